"""What the signatures of a letter's files say: who signed, and whether what was signed still stands (Điều 5.1)."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from core.errors import CongvanError
from core.signing.values import Signature, Status
from ingest.letter import Attachment
from ingest.reading import forked
from ingest.reading.unreadable import Unreadable

_SECONDS = 5.0  # of processor time for one file: a tenth of a second for a signature
_MEMORY_BYTES = 256 << 20
_MOST_FILES = 20  # of one letter
SIGNED = "pdf_signed"
UNCHECKED = "signatures_unchecked"
_CODES = ((Status.BROKEN, "signature_broken"), (Status.MODIFIED, "signature_modified"))


def with_signatures(attachments: Sequence[Attachment], roots: Path | None) -> tuple[Attachment, ...]:
    """`attachments`, the signed PDFs among them with their signatures, believed by the certificates in the folder
    `roots` (None, or one that cannot be read: nobody is). What cannot be checked within its limits is marked
    "signatures_unchecked"."""
    if not any(SIGNED in attachment.warnings for attachment in attachments):
        return tuple(attachments)
    believed = _roots(roots)
    left = _MOST_FILES
    out = []
    for attachment in attachments:
        if SIGNED in attachment.warnings and attachment.path is not None:
            left -= 1
            found = _checked(attachment, attachment.path, believed) if left >= 0 else _marked(attachment, UNCHECKED)
            out.append(found)
        else:
            out.append(attachment)
    return tuple(out)


def _roots(folder: Path | None) -> tuple[bytes, ...]:
    """The certificates in DER. A folder that holds something else is told by `congvan doctor`; letters come in."""
    from core.signing.roots import read_roots  # half a second with what it needs, for who reads signed files only

    with contextlib.suppress(CongvanError, OSError):
        return tuple(root.dump() for root in read_roots(folder)) if folder else ()
    return ()


def _checked(attachment: Attachment, path: Path, roots: Sequence[bytes]) -> Attachment:
    import core.signing.checking  # noqa: F401 - here, so that all forks to come have it

    try:
        found = forked.objects(_signatures, path, roots, seconds=_SECONDS, memory_bytes=_MEMORY_BYTES)
        signatures = tuple(cast(Signature, one) for one in found)
    except Unreadable:
        return _marked(attachment, UNCHECKED)
    worst = next((code for status, code in _CODES if any(one.status is status for one in signatures)), "")
    attachment = replace(attachment, signatures=signatures)
    return _marked(attachment, worst) if worst else attachment


def _marked(attachment: Attachment, code: str) -> Attachment:
    return replace(attachment, warnings=(*attachment.warnings, code))


def _signatures(path: Path, roots: Sequence[bytes]) -> Iterator[Signature]:
    from asn1crypto import x509

    from core.signing.checking import check_pdf

    yield from check_pdf(path, [x509.Certificate.load(root) for root in roots], datetime.now(UTC))
