"""What the desk shows of documents that a draft may be one with, and of comings of one document that were joined."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.incoming import duplicates
from core.incoming.likeness import Likeness
from core.incoming.tables import Incoming, State
from core.people import User
from core.rights import readable
from core.text import squeeze

_LONGEST = 90  # letters of a title
_MOST = 20
# To most nothing was joined, and that is one short question.
_JOINED = sa.select(Incoming.id).where(Incoming.merged_into_id == sa.bindparam("document")).limit(1)


@dataclass(frozen=True, slots=True)
class Other:
    """Another document in one line: `arrival_number` and `arrived_on` are None for a draft."""

    id: int
    state: State
    title: str
    received_at: datetime
    arrival_number: int | None
    arrived_on: date | None


@dataclass(frozen=True, slots=True)
class Like:
    """A document that the draft is like, and the names of the fields that differ, "main" for the main file."""

    likeness: Likeness
    other: Other
    differing: tuple[str, ...]


def likes(session: Session, user: User, document: Incoming) -> list[Like]:
    """What a draft may be one with, as `core.incoming.duplicates.find` says it."""
    found = duplicates.find(session, user, document)
    others = _others(session, user, Incoming.id.in_([match.id for match in found])) if found else {}
    return [Like(match.likeness, others[match.id], match.differing) for match in found]


def told_apart(session: Session, user: User, document: Incoming) -> list[Other]:
    """The documents that a clerk said the draft is not."""
    if document.state != State.DRAFT or not document.told_apart:
        return []
    return list(_others(session, user, Incoming.id.in_(document.told_apart)).values())


def joined(session: Session, user: User, document: Incoming) -> list[Other]:
    """Other comings of an entry or a draft, which were joined to it."""
    if session.execute(_JOINED, {"document": document.id}).first() is None:
        return []
    return list(_others(session, user, Incoming.merged_into_id == document.id).values())


def joined_to(session: Session, user: User, document: Incoming) -> Other | None:
    """What a closed draft was joined to; None where it was not."""
    if document.merged_into_id is None:
        return None
    return next(iter(_others(session, user, Incoming.id == document.merged_into_id).values()), None)


def _others(session: Session, user: User, which: sa.ColumnElement[bool]) -> dict[int, Other]:
    query = (
        sa.select(Incoming.id, Incoming.state, Incoming.kind, Incoming.code, Incoming.subject, Incoming.received_at,
                  Incoming.arrival_number, Incoming.arrived_on)
        .where(which, readable(user))
        .order_by(Incoming.id)
        .limit(_MOST)
    )  # fmt: skip
    return {
        row.id: Other(row.id, State(row.state), _title(row.kind, row.code, row.subject), row.received_at,
                      row.arrival_number, row.arrived_on)
        for row in session.execute(query)
    }  # fmt: skip


def _title(kind: str, code: str, subject: str) -> str:
    words = squeeze(f"{kind} {code} {subject}") or "chưa đọc được"
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1].rstrip()}…"
