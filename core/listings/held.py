"""Thư bị giữ, Không vào sổ: letters that wait sealed, were left out, or are no documents, by their traces."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from core.incoming.tables import Incoming, State
from core.letters import Arrival, Exclusion, HeldLetter, IntakeRequest, Message
from core.people import User
from core.rights import Right, may, readable

PAGE_ROWS = 50
_PLACE = (Arrival.received_at, Arrival.door, Arrival.mailbox, Arrival.folder, Arrival.uid)


@dataclass(frozen=True, slots=True)
class HeldRow:
    """One held letter by its outside. `can_be_read` while its bytes are here, `program` the version that held it.

    `answer` is what intake said of the last request, `is_asked` while it works."""

    id: int
    reason: str
    detail: str
    program: str
    sender: str
    can_be_read: bool
    size: int
    held_at: datetime
    received_at: datetime | None
    door: str
    mailbox: str
    folder: str
    uid: int
    decision: str | None
    decision_note: str
    decided_by: str
    decided_at: datetime | None
    is_asked: bool
    answer: str


@dataclass(frozen=True, slots=True)
class LeftOutRow:
    """One letter left out under Điều 3. Of a suspected secret there is no subject here or anywhere."""

    id: int
    category: str
    rule: str
    sender: str
    subject: str
    excluded_at: datetime
    received_at: datetime | None
    door: str
    mailbox: str
    folder: str
    uid: int
    released_at: datetime | None
    is_asked: bool
    answer: str


@dataclass(frozen=True, slots=True)
class DeclinedRow:
    """One draft the clerk left out, with the reason."""

    id: int
    code: str
    issuer: str
    kind: str
    subject: str
    reason: str
    closed_at: datetime
    closed_by: str


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One letter that brings no document: a bounce, a receipt, an automatic answer, an advertisement.

    `rule` is the first of the screening's rules, empty where it named none.
    """

    id: int
    outcome: str
    rule: str
    sender: str
    subject: str
    received_at: datetime


def held(session: Session, *, decided: bool, before: int | None = None, limit: int = PAGE_ROWS) -> list[HeldRow]:
    """Held letters, undecided (oldest last) or decided, newest first, below the id `before`."""
    decider = aliased(User)
    query = (
        sa.select(
            HeldLetter.id, HeldLetter.reason, HeldLetter.detail, HeldLetter.program, HeldLetter.size,
            HeldLetter.sender_address.label("sender"),
            HeldLetter.seal_key.is_not(None).label("can_be_read"), HeldLetter.held_at, HeldLetter.decision,
            HeldLetter.decision_note, HeldLetter.decided_at, decider.full_name.label("decided_by"), *_PLACE,
        )
        .join(Arrival, Arrival.id == HeldLetter.arrival_id)
        .join(decider, decider.id == HeldLetter.decided_by, isouter=True)
        .where(HeldLetter.decision.is_not(None) if decided else HeldLetter.decision.is_(None))
        .order_by(HeldLetter.id.desc())
        .limit(limit)
    )  # fmt: skip
    if before is not None:
        query = query.where(HeldLetter.id < before)
    rows = [dict(row) for row in session.execute(query).mappings()]
    requests = _requests(session, IntakeRequest.held_id, [row["id"] for row in rows])
    return [HeldRow(**{**row, "decided_by": row["decided_by"] or ""}, **_asked(requests, row["id"])) for row in rows]


def left_out(
    session: Session, category: str, *, before: int | None = None, limit: int = PAGE_ROWS
) -> list[LeftOutRow]:  # fmt: skip
    """Letters left out of one category, newest first, below the id `before`."""
    query = (
        sa.select(
            Exclusion.id, Exclusion.category, Exclusion.rule, Exclusion.sender_address.label("sender"),
            sa.func.coalesce(Exclusion.subject, "").label("subject"), Exclusion.excluded_at, Exclusion.released_at,
            *_PLACE,
        )
        .join(Arrival, Arrival.id == Exclusion.arrival_id)
        .where(Exclusion.category == category)
        .order_by(Exclusion.id.desc())
        .limit(limit)
    )  # fmt: skip
    if before is not None:
        query = query.where(Exclusion.id < before)
    rows = [dict(row) for row in session.execute(query).mappings()]
    requests = _requests(session, IntakeRequest.exclusion_id, [row["id"] for row in rows])
    return [LeftOutRow(**row, **_asked(requests, row["id"])) for row in rows]


def left_out_door(session: Session, exclusion_id: int) -> str | None:
    """The door that a left-out letter came by."""
    door = sa.select(Arrival.door).join(Exclusion, Exclusion.arrival_id == Arrival.id)
    return session.scalar(door.where(Exclusion.id == exclusion_id))


def declined(
    session: Session, user: User, *, before: int | None = None, limit: int = PAGE_ROWS
) -> list[DeclinedRow]:  # fmt: skip
    """Drafts left out of the register that the person may read, newest first, below the id `before`."""
    query = (
        sa.select(
            Incoming.id, Incoming.code, Incoming.issuer, Incoming.kind, Incoming.subject,
            Incoming.closed_reason.label("reason"), Incoming.closed_at,
            sa.func.coalesce(User.full_name, "").label("closed_by"),
        )
        .join(User, User.id == Incoming.closed_by, isouter=True)
        .where(Incoming.state == State.DECLINED, readable(user))
        .order_by(Incoming.id.desc())
        .limit(limit)
    )  # fmt: skip
    if before is not None:
        query = query.where(Incoming.id < before)
    return [DeclinedRow(**row) for row in session.execute(query).mappings()]


def notices(session: Session, user: User, *, before: int | None = None, limit: int = PAGE_ROWS) -> list[NoticeRow]:
    """Letters that were taken in but bring no document, newest first, below the id `before`; the clerk's to see."""
    if not may(user, Right.REGISTER):
        return []
    sender = sa.case((Message.sender_name != "", Message.sender_name), else_=Message.sender_address)
    query = (
        sa.select(
            Message.id, Message.outcome, sender.label("sender"), Message.subject, Message.received_at, Message.reasons
        )
        .where(Message.outcome.in_(("report", "ignore")))
        .order_by(Message.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(Message.id < before)
    return [_notice(row) for row in session.execute(query)]


def _notice(row: Any) -> NoticeRow:
    rule = str(row.reasons[0]["rule"]) if row.reasons else ""
    return NoticeRow(row.id, row.outcome, rule, row.sender, row.subject, row.received_at)


def left_out_counts(session: Session, user: User) -> dict[str, int]:
    """How many letters stand on each list of "Không vào sổ", by category, `nhap` and `thu_bao`."""
    by_category = sa.select(Exclusion.category, sa.func.count()).group_by(Exclusion.category)
    found = {row[0]: row[1] for row in session.execute(by_category)}
    drafts = sa.select(sa.func.count()).where(Incoming.state == State.DECLINED, readable(user))
    found["nhap"] = session.execute(drafts).scalar_one()
    if may(user, Right.REGISTER):
        notes = sa.select(sa.func.count()).where(Message.outcome.in_(("report", "ignore")))
        found["thu_bao"] = session.execute(notes).scalar_one()
    return found


def _requests(session: Session, column: Any, ids: list[int]) -> dict[int, tuple[bool, str]]:
    """The newest request for each letter: whether intake still works on it, and what it answered."""
    query = sa.select(column, IntakeRequest.done_at, IntakeRequest.answer).where(column.in_(ids))
    rows = session.execute(query.order_by(IntakeRequest.id))
    return {letter_id: (done_at is None, answer if done_at else "") for letter_id, done_at, answer in rows}


def _asked(requests: dict[int, tuple[bool, str]], letter_id: int) -> dict[str, Any]:
    is_asked, answer = requests.get(letter_id, (False, ""))
    return {"is_asked": is_asked, "answer": answer}
