"""What the sender of a document was told, as its page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.answers import returning, wording
from core.answers.tables import DocumentReturn
from core.deliveries.tables import Delivery, Kind
from core.edxml import Status
from core.incoming.tables import Incoming, State
from core.people import User


@dataclass(frozen=True, slots=True)
class Told:
    """One answer: what it says in words, and how far it got; `at` is when it left, or was queued."""

    delivery_id: int
    words: str
    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """The answers about a document, and its return. `return_waits` for a second person, `why_not_withdrawn` says why
    it can't be called back; `may_return` where it can go back still. `refused_by` and `refusal`: who did not agree to
    the last return, and why."""

    told: Sequence[Told] = ()
    return_reason: str = ""
    return_waits: bool = False
    why_not_withdrawn: str = ""
    may_return: bool = False
    refused_by: str = ""
    refusal: str = ""


NOTHING = Answered()


def answered(session: Session, document: Incoming) -> Answered:
    """What the sender of a document was told. The caller checks the right to read it."""
    if document.message_id is None or document.removed_at is not None:
        return NOTHING
    columns = (Delivery.id, Delivery.state, Delivery.once_key, Delivery.corrects_id, Delivery.created_at,
               Delivery.sent_at)  # fmt: skip
    of_letter = Delivery.once_key == f"answer:letter-{document.message_id}:{Status.RECEIVED}"
    query = sa.select(*columns).where(Delivery.letter_id == document.message_id, Delivery.kind == Kind.ANSWER)
    query = query.where(sa.or_(Delivery.incoming_id == document.id, of_letter)).order_by(Delivery.id)
    words: dict[int | None, str] = {}
    told = []
    for row in session.execute(query):
        status = Status(row.once_key.rpartition(":")[2]) if row.once_key else None
        words[row.id] = wording.NAMES[status] if status is not None else words.get(row.corrects_id, "")
        told.append(Told(row.id, words[row.id], row.state, row.sent_at or row.created_at))
    made = returning.standing(session, document.id)
    if made is None:
        refused_by, refusal = _refused(session, document.id)
        may_return = document.state in (State.DRAFT, State.REGISTERED)
        return Answered(told, may_return=may_return, refused_by=refused_by, refusal=refusal)
    return Answered(told, made.reason, made.is_agreed is None, returning.hindrance(session, made))


def _refused(session: Session, incoming_id: int) -> tuple[str, str]:
    query = (
        sa.select(DocumentReturn.is_agreed, DocumentReturn.withdrawn_at, User.full_name, DocumentReturn.answer)
        .outerjoin(User, User.id == DocumentReturn.decided_by)
        .where(DocumentReturn.incoming_id == incoming_id)
        .order_by(DocumentReturn.id.desc())
        .limit(1)
    )
    last = session.execute(query).first()
    is_refused = last is not None and last.is_agreed is False and last.withdrawn_at is None and last.answer
    return (last.full_name or "", last.answer) if last is not None and is_refused else ("", "")
