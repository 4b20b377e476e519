"""Xin quyền đọc: reading what was not given to somebody, asked for and granted (C10; NĐ 30, Phụ lục VI)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import events, rights
from core.db import table_of
from core.errors import Permanent, WrongState
from core.incoming.registration import require_reason
from core.incoming.tables import Incoming, ReadingGrant
from core.people import User
from core.registers import Book
from core.rights import Right

_LATEST = 30
IS_OPEN = table_of(ReadingGrant).c.decided_at.is_(None)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, with what it is for as who decides sees it. `is_granted` None while nobody has decided, False where
    it was refused or, `is_revoked`, taken back; `decided_by` is who did so last."""

    user_id: int
    incoming_id: int
    number: int
    subject: str
    who: str
    reason: str
    asked_at: datetime
    is_granted: bool | None
    is_revoked: bool
    answer: str
    decided_by: str
    decided_at: datetime | None


def ask(
    session: Session, book_id: int, year: int, number: int, reason: str, *, by: User, at: datetime, source: str = ""
) -> None:
    """Ask to read the entry of that number.

    Raises NotAllowed, Permanent without a reason or where there is no such number, WrongState where it was asked
    already or may be read.
    """
    rights.require(by, Right.SEARCH)
    reason = require_reason(reason)
    where = (Incoming.book_id == book_id, Incoming.year == year, Incoming.arrival_number == number)
    document = session.scalars(sa.select(Incoming).where(*where)).first()
    if document is None:
        raise Permanent(f"Sổ này năm {year} không có số đến {number}.", field="number")
    if rights.may_read(session, by, document):
        raise WrongState("Bạn đã được đọc văn bản này rồi; tìm theo số đến.")
    session.refresh(document, with_for_update=True)  # of two who ask at once the second finds the first's request
    row = session.get(ReadingGrant, (document.id, by.id))
    if row is not None and row.decided_at is None:
        raise WrongState("Bạn đã xin đọc văn bản này, đang chờ trả lời.")
    if row is None:
        row = ReadingGrant(incoming_id=document.id, user_id=by.id)
        session.add(row)
    row.reason, row.asked_at = reason, at
    row.is_granted = row.decided_at = row.decided_by = None
    row.is_revoked, row.answer = False, ""
    session.flush()
    payload = {"reason": reason}
    events.record(session, "reading_asked", "incoming", document.id, by=by.id, at=at, source=source, payload=payload)


def decide(
    session: Session, row: ReadingGrant, words: str, *, is_granted: bool, by: User, at: datetime, source: str = ""
) -> None:
    """Grant or refuse. Raises NotAllowed, WrongState when it was decided, Permanent where it is refused unexplained."""
    rights.require(by, Right.GRANT_READING)
    if row.decided_at is not None:
        raise WrongState("Đề nghị này đã được trả lời.")
    row.answer = " ".join(words.split())[:500] if is_granted else require_reason(words)
    row.is_granted, row.decided_at, row.decided_by = is_granted, at, by.id
    session.flush()
    payload = {"to": row.user_id, "is_granted": is_granted, "words": row.answer}
    events.record(
        session, "reading_decided", "incoming", row.incoming_id, by=by.id, at=at, source=source, payload=payload
    )  # fmt: skip


def revoke(session: Session, row: ReadingGrant, reason: str, *, by: User, at: datetime, source: str = "") -> None:
    """ "Thu hồi": what was granted is read no more from now on; it can be asked for again.

    Raises NotAllowed, WrongState where nothing is granted, Permanent without a reason.
    """
    rights.require(by, Right.GRANT_READING)
    if not row.is_granted:
        raise WrongState("Người này không còn được đọc văn bản ấy.")
    row.answer = require_reason(reason)
    row.is_granted, row.is_revoked, row.decided_at, row.decided_by = False, True, at, by.id
    session.flush()
    payload = {"to": row.user_id, "reason": row.answer}
    events.record(
        session, "reading_revoked", "incoming", row.incoming_id, by=by.id, at=at, source=source, payload=payload
    )  # fmt: skip


def granted(session: Session) -> list[Asked]:
    """What was granted last and still is, the last first."""
    running = sa.select(ReadingGrant).where(ReadingGrant.is_granted.is_(True))
    rows = _rows(session, running.order_by(ReadingGrant.decided_at.desc()).limit(_LATEST).subquery())
    return list(reversed(rows))


def waiting(session: Session) -> list[Asked]:
    """What nobody has decided, the oldest first."""
    return _rows(session, sa.select(ReadingGrant).where(IS_OPEN).subquery())


def own(session: Session, user: User) -> list[Asked]:
    """What `user` asked for lately. The subject is told where it was granted alone."""
    mine = sa.select(ReadingGrant).where(ReadingGrant.user_id == user.id)
    rows = _rows(session, mine.order_by(ReadingGrant.asked_at.desc()).limit(_LATEST).subquery())
    return [one if one.is_granted else replace(one, subject="") for one in rows]


def books(session: Session) -> Sequence[sa.Row[int, str]]:
    """The registers that numbers are of."""
    return session.execute(sa.select(Book.id, Book.name).where(Book.direction == "incoming").order_by(Book.id)).all()


def _rows(session: Session, chosen: sa.Subquery) -> list[Asked]:
    row, decider = sa.orm.aliased(ReadingGrant, chosen), sa.orm.aliased(User)
    query = (
        sa.select(row, Incoming.arrival_number, Incoming.subject, User.full_name, decider.full_name.label("decider"))
        .join(Incoming, Incoming.id == row.incoming_id)
        .join(User, User.id == row.user_id)
        .join(decider, decider.id == row.decided_by, isouter=True)
        .order_by(row.asked_at)
    )
    return [
        Asked(
            one[0].user_id, one[0].incoming_id, one.arrival_number or 0, one.subject, one.full_name, one[0].reason,
            one[0].asked_at, one[0].is_granted, one[0].is_revoked, one[0].answer, one.decider or "", one[0].decided_at,
        )
        for one in session.execute(query)
    ]  # fmt: skip
