"""The journal as senders are told it: each act that concerns one becomes an answer, once (C3).

Answers follow the journal, a moment behind: no act waits for them, none is left out by a kill, and whatever does an act
need not know of them. What is read, what is written and how far the journal was followed are one transaction, in which
the documents are locked: nothing is said of one whose content is being removed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core import dkim_checks, events, files
from core.answers import deciding
from core.answers.deciding import Us
from core.answers.making import Answer, Maker
from core.answers.tables import AnswerProgress, DocumentReturn
from core.db import insert_of
from core.deliveries import pausing, queueing
from core.deliveries.tables import Delivery
from core.edxml import Status
from core.errors import Temporary
from core.events import ACTS, Event
from core.files import Content
from core.incoming.tables import Incoming
from core.letters import Message
from core.people import User
from core.tasks import tables as tasks
from core.tasks.tables import Form, Task

_AT_ONCE = 50  # answers in one transaction, while which others wait
_TOO_LATE = timedelta(days=7)  # what happened so long ago is no news to anybody
_FOR_SIGNATURE = timedelta(minutes=1)  # how long a receipt waits for what DNS says of its letter
RETURN_GRACE = timedelta(minutes=2)  # in which a person may still call a return back
_TASK_STATES: dict[str, Status] = {
    tasks.State.WITH_HEAD: Status.ASSIGNED, tasks.State.GIVEN: Status.ASSIGNED,
    tasks.State.IN_PROGRESS: Status.IN_PROGRESS, tasks.State.DONE: Status.DONE,
}  # fmt: skip
_TAKEN_IN, _REGISTERED = "taken_in", "registered"
_TOLD = (Event.chain == ACTS, sa.or_(Event.act.in_((_TAKEN_IN, _REGISTERED)), Event.subject_kind == "task"))
_UNTOLD = (
    DocumentReturn.is_agreed.is_(True), DocumentReturn.withdrawn_at.is_(None), DocumentReturn.followed_at.is_(None),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Followed:
    """What one step made: how many answers; whether more is to be done at once, or in a moment (`waits`); the ids of
    events that no answer could be made of, for a fault of the program."""

    count: int
    has_more: bool
    waits: bool
    failed: tuple[int, ...]


def begin(session: Session, *, at: datetime) -> None:
    """Follow the journal from here on; letters that came before `at` are not answered. Harmless when it was begun."""
    newest = session.scalar(sa.select(sa.func.max(Event.id))) or 0
    insert = insert_of(session, AnswerProgress).values(id=1, event_id=newest, quiet_before=at)
    session.execute(insert.on_conflict_do_nothing(index_elements=["id"]))


def begin_after_restore(session: Session, *, at: datetime) -> None:
    """What a lost state of the office may have answered is not answered anew: letters that came before `at`. Of the
    returns that nobody was told of yet, the mail waits for a person."""
    row = session.get(AnswerProgress, 1)
    if row is not None:
        row.quiet_before = at
    untold = (DocumentReturn.withdrawn_at.is_(None), DocumentReturn.followed_at.is_(None))
    session.execute(sa.update(DocumentReturn).where(*untold).values(may_be_told=True))


def is_due(session: Session, *, at: datetime) -> bool:
    """Whether something has happened that a sender may be told of."""
    upto = session.scalar(sa.select(AnswerProgress.event_id)) or 0
    new = sa.select(Event.id).where(Event.id > upto, *_TOLD).limit(1)
    untold = sa.select(DocumentReturn.id).where(*_UNTOLD, DocumentReturn.decided_at <= at - RETURN_GRACE).limit(1)
    return session.execute(new).first() is not None or session.execute(untold).first() is not None


def has_returns(session: Session) -> bool:
    """Whether a return is to be told of, now or when its grace is over."""
    return session.execute(sa.select(DocumentReturn.id).where(*_UNTOLD).limit(1)).first() is not None


def follow(session: Session, us: Us, keep: Callable[[bytes], Content], *, at: datetime) -> Followed:
    """Put what is to be told next into the outbox. `keep` puts bytes into the store, whose lock the caller holds.

    Records events: call it last in a transaction. Raises what `keep` raises.
    """
    progress = session.get_one(AnswerProgress, 1, with_for_update=True, populate_existing=True)
    news = session.scalars(
        sa.select(Event).where(Event.id > progress.event_id, *_TOLD).order_by(Event.id).limit(_AT_ONCE)
    ).all()
    maker = Maker(session, us, keep, progress.quiet_before, at)
    answers, failed, waits = [], [], False
    for event in news:
        if us.has_signatures_checked and _waits_for_signature(session, event, at):
            waits = True
            break
        try:
            answers.append(_of_event(session, maker, event, at))
        except (SQLAlchemyError, Temporary):
            raise
        except Exception:  # one act that nothing can be made of must not hold up the whole outbox
            failed.append(event.id)
        progress.event_id = event.id
    made = [one for one in answers if one is not None]
    returns = _returns(session, maker, at)
    files.note_stored(session, [content for one in (*made, *returns.values()) for content in one.contents], at=at)
    facts = [fact for one in made for _, fact in [queueing.add(session, one.new, by_id=None, at=at)] if fact]
    for row, one in returns.items():
        row.delivery_id, fact = queueing.add(session, one.new, by_id=None, at=at)
        if row.may_be_told:
            pausing.doubt(session, session.get_one(Delivery, row.delivery_id), at=at)
        facts += [fact] if fact is not None else []
    session.flush()
    events.record_many(session, facts, by=None, at=at)
    return Followed(len(facts), len(news) == _AT_ONCE and not waits, waits, tuple(failed))


def _of_event(session: Session, maker: Maker, event: Event, at: datetime) -> Answer | None:
    """What the sender is told of an event; None for nothing."""
    if event.act == _TAKEN_IN:
        # A removal blanks the letter with the first of its documents.
        message = session.get(Message, event.subject_id, with_for_update={"read": True}, populate_existing=True)
        documents = deciding.documents_of(session, message.id) if message is not None else ()
        return maker.receipt(message, documents) if message is not None else None
    if at - event.at > _TOO_LATE:
        return None
    status = Status.REGISTERED
    incoming_id = event.subject_id
    if event.act != _REGISTERED:
        reached = _TASK_STATES.get((event.payload or {}).get("to", ""))
        task = session.get(Task, event.subject_id) if reached is not None else None
        if reached is None or task is None or task.form == Form.FOR_INFORMATION:
            return None
        status, incoming_id = reached, task.incoming_id
    document = _locked(session, incoming_id)
    actor = session.get(User, event.actor_id) if event.actor_id is not None else None
    return maker.course(document, status, actor) if document is not None else None


def _returns(session: Session, maker: Maker, at: datetime) -> dict[DocumentReturn, Answer]:
    """The returns that nobody was told of yet; one that a person has in hand is left for the next time."""
    due = (*_UNTOLD, DocumentReturn.decided_at <= at - RETURN_GRACE)
    query = sa.select(DocumentReturn).where(*due).order_by(DocumentReturn.id).limit(_AT_ONCE)
    made: dict[DocumentReturn, Answer] = {}
    for row in session.scalars(query.with_for_update(skip_locked=True)).all():
        row.followed_at = at
        document = _locked(session, row.incoming_id)
        answer = maker.returning(row, document) if document is not None else None
        if answer is not None:
            made[row] = answer
    return made


def _locked(session: Session, incoming_id: int | None) -> Incoming | None:
    """A document that nobody changes until our transaction ends."""
    if incoming_id is None:
        return None
    return session.get(Incoming, incoming_id, with_for_update={"read": True}, populate_existing=True)


def _waits_for_signature(session: Session, event: Event, at: datetime) -> bool:
    is_fresh = event.act == _TAKEN_IN and timedelta() <= at - event.at < _FOR_SIGNATURE
    return is_fresh and event.subject_id is not None and dkim_checks.finding_of(session, event.subject_id) is None
