"""What the clerk's desk shows: the queue of drafts, its counters, what is next, what a document went through."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import calendar
from core.answers.tables import AWAITS_NOD, DocumentReturn
from core.confirmers import who_confirms
from core.db import UtcDateTime
from core.incoming import duplicates, recovery, values
from core.incoming.parts import part_of
from core.incoming.registration import unsure_values
from core.incoming.tables import Incoming, State
from core.letters import IntakeRequest, Message
from core.office import office_date
from core.people import User
from core.registers import Book, Direction, is_open
from core.rights import Right, may, readable
from core.text import fold

QUEUE_LIMIT = 200  # rows of the queue on one page; the counters count all
RANK = {"hoa_toc": 0, "thuong_khan": 1, "khan": 2}
URGENCY = sa.case(RANK, value=Incoming.urgency, else_=len(RANK))
_ORDER = (URGENCY, Incoming.received_at, Incoming.sort_uid, Incoming.id)
_OTHER_FIELDS = ("code_number", "code_notation", "issued_on", "urgency", "secrecy", "page_count", *values.MOMENTS)
_REST = ("id", "received_at", "origin", "notes", "proposed")
_BREAK = timedelta(minutes=10)  # a pause longer than this ends a run at the desk
_AWAITS_RETURN = sa.exists().where(DocumentReturn.incoming_id == Incoming.id, *AWAITS_NOD).label("awaits_return")


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One draft in the queue. `age_days` counts working days since it came.

    `sender` is the mail's, empty where its name only repeats the issuer's.
    `mail_subject` is what its mail is called, where nothing was read that could stand for it.
    `is_suspected`: it may be a document that the office has.
    `part` is "1/3" where its mail says to be one of several parts.
    `awaits_return`: its return to the sender waits for a second person, until then it is not registered.
    `unsure` says how many values wait for a look; `notes` are short codes of the program's warnings.
    """

    id: int
    issuer: str
    sender: str
    code: str
    kind: str
    subject: str
    mail_subject: str
    urgency: str
    event_at: str
    event_place: str
    received_at: datetime
    age_days: int
    unsure: int
    origin: str
    notes: tuple[str, ...]
    part: str
    is_suspected: bool
    awaits_return: bool


@dataclass(frozen=True, slots=True)
class Counters:
    """How many drafts wait, how many of them are urgent or carry a warning, how many were entered today."""

    waiting: int
    urgent: int
    warned: int
    entered_today: int


@dataclass(frozen=True, slots=True)
class Run:
    """The clerk's last unbroken stretch of registering: how many entries, in how many minutes."""

    entries: int
    minutes: int


@dataclass(frozen=True, slots=True)
class AskedFile:
    """A file handed in at the desk and what became of it; `answer` is empty while intake is reading it."""

    name: str
    asked_at: datetime
    answer: str
    incoming_id: int | None


@dataclass(frozen=True, slots=True)
class ClosedBook:
    """A book that can't give numbers yet: its first number of the year was never confirmed, or, where `waits_since`
    is set, its last one after a restore. `who` may confirm it, by name; `may_confirm` speaks of the person asking."""

    id: int
    code: str
    name: str
    waits_since: datetime | None
    who: str
    may_confirm: bool


def queue(session: Session, user: User, *, at: datetime, limit: int = QUEUE_LIMIT) -> list[QueueRow]:
    """Drafts the person may read: the most urgent first, then in the order they came."""
    fields = [Incoming.__table__.c[name] for name in (*values.TEXT_FIELDS, *_OTHER_FIELDS)]
    columns = (*fields, *(Incoming.__table__.c[name] for name in _REST), Message.sender_name, Message.sender_address)
    columns += (Message.subject.label("said"), _AWAITS_RETURN)
    query = (
        sa.select(*columns)
        .join(Message, Message.id == Incoming.message_id, isouter=True)
        .where(Incoming.state == State.DRAFT, readable(user))
        .order_by(*_ORDER)
        .limit(limit)
    )
    special, today = calendar.exceptions(session), office_date(at)
    rows = session.execute(query).all()
    suspected = duplicates.suspected(session, [row.id for row in rows])
    return [_queue_row(row, special, today, row.id in suspected) for row in rows]


def _queue_row(row: Any, special: Mapping[date, bool], today: date, is_suspected: bool) -> QueueRow:
    sender = row.sender_name or row.sender_address or ""
    part = part_of(row.said or "")
    is_said = bool(row.issuer) and fold(row.issuer) in fold(sender)
    return QueueRow(
        id=row.id, issuer=_full_name(row.issuer, row.parent_issuer), sender="" if is_said else sender,
        code=row.code, kind=row.kind, subject=row.subject, mail_subject="" if row.subject else row.said or "",
        urgency=row.urgency, event_at=row.event_at, event_place=row.event_place, received_at=row.received_at,
        age_days=calendar.working_days_between(office_date(row.received_at), today, special),
        unsure=len(unsure_values(row.proposed, row)), origin=row.origin, notes=tuple(map(str, row.notes)),
        part=f"{part.number}/{part.total}" if part and part.is_named else "",
        is_suspected=is_suspected, awaits_return=row.awaits_return,
    )  # fmt: skip


def _full_name(issuer: str, parent: str) -> str:
    # "Văn phòng" alone names half the offices of the province.
    return f"{issuer} {parent}".strip() if len(issuer.split()) < 3 else issuer


def counters(session: Session, user: User, *, at: datetime) -> Counters:
    """The figures above the queue."""
    waiting = (Incoming.state == State.DRAFT, readable(user))
    urgent = sa.case((Incoming.urgency != "thuong", 1), else_=0)
    # An empty JSON list reads "[]" on both databases once it is text.
    warned = sa.case((sa.cast(Incoming.notes, sa.String) != "[]", 1), else_=0)
    total = sa.select(sa.func.count(), sa.func.sum(urgent), sa.func.sum(warned)).where(*waiting)
    count, hurried, noted = session.execute(total).one()
    today = (Incoming.arrived_on == office_date(at), Incoming.state == State.REGISTERED)  # voided lines are no work
    entered = sa.select(sa.func.count()).where(*today, readable(user))
    return Counters(count, hurried or 0, noted or 0, session.execute(entered).scalar_one())


def next_after(session: Session, user: User, incoming_id: int) -> int | None:
    """The draft that follows another document in the order of the queue, the first one after the last.

    None when no other draft waits. The document itself need not be a draft any more.
    """
    waiting = (
        sa.select(Incoming.id)
        .where(Incoming.state == State.DRAFT, Incoming.id != incoming_id, readable(user))
        .order_by(*_ORDER)
        .limit(1)
    )
    here = session.execute(sa.select(*_ORDER).where(Incoming.id == incoming_id)).one_or_none()
    if here is not None:
        place = sa.tuple_(sa.literal(here[0]), sa.literal(here[1], UtcDateTime()), *here[2:])
        behind = waiting.where(sa.tuple_(*_ORDER) > place)
        found = session.execute(behind).scalar_one_or_none()
        if found is not None:
            return found
    return session.execute(waiting).scalar_one_or_none()


def first(session: Session, user: User) -> int | None:
    """The draft at the head of the queue; None when the desk is empty."""
    query = sa.select(Incoming.id).where(Incoming.state == State.DRAFT, readable(user)).order_by(*_ORDER).limit(1)
    return session.execute(query).scalar_one_or_none()


def last_run(session: Session, user: User, *, at: datetime) -> Run | None:
    """The person's last stretch of registering today, None when there was none."""
    query = (
        sa.select(Incoming.registered_at)
        .where(Incoming.registered_by == user.id, Incoming.arrived_on == office_date(at))
        .where(Incoming.state == State.REGISTERED)
        .order_by(Incoming.registered_at.desc())
    )
    moments = [moment for moment in session.scalars(query) if moment is not None]
    if not moments:
        return None
    entries, begun = 1, moments[0]
    for moment in moments[1:]:
        if begun - moment > _BREAK:
            break
        entries, begun = entries + 1, moment
    return Run(entries, max(1, round((moments[0] - begun).total_seconds() / 60)))


def asked_files(session: Session, *, since: datetime) -> list[AskedFile]:
    """Files handed in at the desk since an instant, the newest first."""
    draft = sa.select(sa.func.min(Incoming.id)).where(Incoming.message_id == IntakeRequest.message_id).scalar_subquery()
    query = (
        sa.select(IntakeRequest.name, IntakeRequest.asked_at, IntakeRequest.done_at, IntakeRequest.answer,
                  sa.func.coalesce(IntakeRequest.incoming_id, draft).label("incoming_id"))
        .where(IntakeRequest.kind.in_(("dropped", "attached")), IntakeRequest.asked_at >= since)
        .order_by(IntakeRequest.id.desc())
    )  # fmt: skip
    return [
        AskedFile(row.name, row.asked_at, (row.answer or "Đã đọc xong.") if row.done_at else "", row.incoming_id)
        for row in session.execute(query)
    ]


def closed_books(session: Session, user: User, *, at: datetime) -> list[ClosedBook]:
    """The books of incoming documents that can't give numbers yet."""
    books = session.scalars(sa.select(Book).where(Book.direction == Direction.INCOMING).order_by(Book.id)).all()
    year, found = office_date(at).year, []
    for book in books:
        if book.waits_since is not None:
            who, may_confirm = who_confirms(session), recovery.may_confirm(session, user)
            found.append(ClosedBook(book.id, book.code, book.name, book.waits_since, who, may_confirm))
        elif not is_open(session, book, year):
            found.append(ClosedBook(book.id, book.code, book.name, None, "văn thư", may(user, Right.OPEN_SERIES)))
    return found
