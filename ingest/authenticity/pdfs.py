"""The signatures that PDFs carry."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from core.signing.values import Signature, Status
from ingest.letter import Attachment
from ingest.reading import forked
from ingest.reading.unreadable import Unreadable

SECONDS = 5.0  # of processor time for one file: a tenth of a second for a signature
MEMORY_BYTES = 256 << 20
MOST_FILES = 20  # of one letter
UNCHECKED = "signatures_unchecked"
_SIGNED = "pdf_signed"
_CODES = (
    (Status.BROKEN, "signature_broken"),
    (Status.MODIFIED, "signature_modified"),
    (Status.PARTIAL, "signature_partial"),
)


def is_signed(file: Attachment) -> bool:
    """Whether `file` is a PDF that carries signatures."""
    return _SIGNED in file.warnings and file.path is not None


def worst_of(signatures: Iterable[Signature]) -> str:
    """The code of what the clerk is to be told of `signatures`, "" where all stand."""
    states = {one.status for one in signatures}
    return next((code for status, code in _CODES if status in states), "")


def with_signatures(files: Sequence[Attachment], roots: Sequence[bytes]) -> tuple[Attachment, ...]:
    """`files`, those that carry signatures with them; `roots` are certificates in DER."""
    signed = [place for place, file in enumerate(files) if is_signed(file)]
    out = list(files)
    for number, place in enumerate(signed):
        found = _signatures(files[place], roots) if number < MOST_FILES else None
        if found is None:
            out[place] = replace(out[place], warnings=(*out[place].warnings, UNCHECKED))
        else:
            out[place] = replace(out[place], signatures=found)
    return tuple(out)


def _signatures(file: Attachment, roots: Sequence[bytes]) -> tuple[Signature, ...] | None:
    import core.signing.pdfs  # noqa: F401 - here, so that all forks to come have it

    try:
        found = forked.objects(_checked, file.path, roots, seconds=SECONDS, memory_bytes=MEMORY_BYTES)
        return tuple(cast(Signature, one) for one in found)
    except Unreadable:
        return None


def _checked(path: Path, roots: Sequence[bytes]) -> Iterator[Signature]:
    from asn1crypto import x509

    from core.signing.judging import Judge
    from core.signing.pdfs import check_pdf

    yield from check_pdf(path, Judge([x509.Certificate.load(root) for root in roots], datetime.now(UTC)))
