"""Which copy of a document a file is, by its signatures and by whether it is a picture (FEATURES B10)."""

from collections.abc import Sequence
from functools import cache

from config.vocabulary import vocabulary
from core.incoming.copies import Copy
from core.signing.values import Signature, Status, Trust
from core.text import fold
from ingest.letter import Attachment, Page

_DISBELIEVED = (Trust.STRANGE, Trust.REVOKED, Trust.WEAK, Trust.REFUSED)


def copy_of(file: Attachment, pages: Sequence[Page]) -> Copy:
    """What `file` is, `pages` being those that were read of it.

    Signers whose certificate is revoked, forgeable, made out for something else, or given by none of those whom the
    office believes do not count; where it has named nobody, they do, and the line on the signature says that.
    """
    is_picture = file.media_type.startswith("image/") or any(page.is_scan or page.is_seen for page in pages[:1])
    return signed_copy(file.signatures + file.signed_beside) or (Copy.SCAN if is_picture else Copy.UNSIGNED)


def signed_copy(signatures: Sequence[Signature]) -> Copy | None:
    """What these make of a file, None where none of them counts."""
    standing = [one for one in signatures if one.status is Status.INTACT and one.trust not in _DISBELIEVED]
    if any(map(_is_office, standing)):
        return Copy.SIGNED
    return Copy.UNSEALED if standing else None


def _is_office(signature: Signature) -> bool:
    """Whether a certificate is made out for an office, not for somebody who works there."""
    name = fold(signature.signer)
    return any(name == head or name.startswith(head + " ") for head in _heads())


@cache
def _heads() -> tuple[str, ...]:
    return tuple(fold(head) for head in vocabulary("organs")["heads"])
