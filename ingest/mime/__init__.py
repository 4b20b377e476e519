"""The mail reader: raw bytes to a Letter, whatever the bytes are.

Warnings of a letter: charset_repaired (a label was missing or wrong) · header_too_large, too_many_fields,
damaged_header, header_not_ended · subject_twice, from_twice, date_disagrees, readers_disagree (another mail
program would see another letter) · boundary_guessed, boundary_missing · too_deep,
too_many_parts, too_many_dashed_lines (what lies beyond was not taken apart) · too_many_parameters.
Warnings of an attachment, besides: damaged_base64, damaged_uuencode, unknown_transfer_encoding (the bytes
may not be what was sent) · empty · name_generated (the sender gave none) · names_disagree (filename and
filename* differ) · opened (a mail, winmail.dat or signed mail whose own files follow as attachments `inside`
it) · locked (an encrypted mail).
"""

from pathlib import Path

from ingest.letter import Letter
from ingest.mime.reader import LetterReader


class Unreadable(Exception):
    """A mail that truly can't be read: it is held with this reason (Vietnamese), never tried for ever."""


def read_letter(raw: Path, parts_folder: Path | None) -> Letter:
    """Read the mail in the file `raw` (bytes as received) into a Letter.

    Each attachment is decoded into a file of its own in `parts_folder`, which must exist and be empty of
    earlier parts; without a folder attachments are only measured and hashed. Memory stays flat whatever the
    mail's size: it is read in windows of 256 kB. What is malformed is repaired as far as mail programs do
    and noted in `warnings`. Raises Unreadable for an empty file, OSError when a file can't be read or written.
    """
    if raw.stat().st_size == 0:
        raise Unreadable("Thư rỗng, không có byte nào.")
    return LetterReader(parts_folder).read(raw)
