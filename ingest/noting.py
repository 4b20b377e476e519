"""What the clerk is told of a draft besides its fields: what its files would do, and what is odd about its letter."""

from collections.abc import Iterable

from core.signing.values import Status
from ingest.authenticity.sender import notes_on_sender
from ingest.letter import Attachment, Letter

MOST_NOTES = 12
# Of files, told with the file's name.
OF_FILES = (
    "program", "signature_broken", "signature_modified", "signature_partial", "signatures_unchecked", "macro",
    "pdf_script", "pdf_launch", "active_control", "script", "pdf_files", "names_disagree",
    "damaged_base64", "damaged_archive", "damaged_package", "unopened", "plain_copy",
)  # fmt: skip
OF_LETTERS = ("from_twice", "subject_twice", "date_disagrees", "readers_disagree", "too_many_parts", "too_deep")


def notes_of(letter: Letter, files: Iterable[Attachment]) -> tuple[str, ...]:
    """Short codes for a draft of `letter` with `files`: "macro:tên tệp.docm" for a file, "subject_twice" for the
    letter, at most MOST_NOTES, the dangerous first."""
    files = list(files)
    found = list(notes_on_sender(letter))
    found += [f"{code}:{file.name}" for code in OF_FILES for file in files if code in file.warnings]
    found += [code for code in OF_LETTERS if code in letter.warnings]
    if any(one.status is not Status.INTACT for one in letter.signatures):
        found.append("mail_signature_broken")
    if any("signs_nothing_here" in a.warnings for a in letter.attachments):
        found.append("signs_nothing_here")
    return tuple(dict.fromkeys(found))[:MOST_NOTES]
