"""Which of our incoming documents a package means: by DocumentId, else by số ký hiệu, day and issuer."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.agencies.known import Book
from core.agencies.names import Relation
from core.edxml import Reference
from core.incoming.tables import Incoming
from core.notation import matching_key

_MOST = 5


@dataclass(frozen=True, slots=True)
class Match:
    """A document that is meant; not `is_sure` where number and day are the same and the issuer is written otherwise."""

    document: Incoming
    is_sure: bool


def find(session: Session, about: Reference, organ_name: str, *, besides: int | None = None) -> list[Match]:
    """The documents that `about` can mean, the sure ones first; `organ_name` is who issued what is meant.

    Documents whose content was removed bear neither number nor DocumentId any more.
    """
    key = _key_of(about)
    by_id = Incoming.exchange_id == about.document_id[:200] if about.document_id else sa.false()
    by_code = Incoming.code_key == key if key else sa.false()
    query = sa.select(Incoming).where(sa.or_(by_id, by_code), Incoming.removed_at.is_(None)).order_by(Incoming.id)
    if besides is not None:
        query = query.where(Incoming.id != besides)
    found = [
        Match(document, sure)
        for document in session.scalars(query.limit(50))
        if (sure := agrees(session, about, organ_name, document)) is not None
    ]
    return sorted(found, key=lambda match: not match.is_sure)[:_MOST]


def agrees(session: Session, about: Reference, organ_name: str, document: Incoming) -> bool | None:
    """Whether `document` is surely what is meant, False where it may be, None where it is not.

    Numbers repeat each year and at each issuer: without the same day they say nothing.
    """
    if about.document_id and document.exchange_id == about.document_id[:200]:
        return True
    key = _key_of(about)
    if not key or document.code_key != key or about.issued_on is None or document.issued_on != about.issued_on:
        return None
    whose = Book(session).relation((organ_name, ""), (document.issuer, document.parent_issuer))
    return whose is Relation.SAME


def _key_of(about: Reference) -> str:
    """The số ký hiệu as the register matches it; "" for what is no number ("không số")."""
    return matching_key(about.code) if any(letter.isdigit() for letter in about.code) else ""
