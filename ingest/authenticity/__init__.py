"""Who signed a letter and its files, and whether what was signed still stands (Điều 5.1)."""

import contextlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from core.errors import CongvanError
from ingest.authenticity import messages, pdfs
from ingest.letter import Attachment, Letter


def with_signatures(letter: Letter, raw: Path | None, roots: Path | None) -> Letter:
    """`letter` with the signatures of its PDFs, of what other files of it sign, and of the mail itself, believed by the
    certificates in the folder `roots` (None, or one that cannot be read: nobody is).

    `raw` is the mail as it came, None where that is not at hand. What cannot be checked within its limits is marked
    "signatures_unchecked", a signature of which nobody knows what it signs "signs_nothing_here".
    """
    is_signed = any(pdfs.is_signed(file) or messages.is_signature(file) for file in letter.attachments)
    if not is_signed:
        return letter
    believed = _roots(roots)
    letter = replace(letter, attachments=pdfs.with_signatures(letter.attachments, believed))
    letter = messages.with_signatures(letter, raw, messages.Terms(believed, datetime.now(UTC)))
    return replace(letter, attachments=tuple(map(_marked, letter.attachments)))


def _roots(folder: Path | None) -> tuple[bytes, ...]:
    """The certificates in DER. A folder that holds something else is told by `congvan doctor`; letters come in."""
    from core.signing.roots import read_roots  # half a second with what it needs, for who reads signed files only

    with contextlib.suppress(CongvanError, OSError):
        return tuple(root.dump() for root in read_roots(folder)) if folder else ()
    return ()


def _marked(file: Attachment) -> Attachment:
    worst = pdfs.worst_of(file.signatures + file.signed_beside)
    return replace(file, warnings=(*file.warnings, worst)) if worst else file
