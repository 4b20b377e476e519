"""The journal as senders are told it: each act that concerns one becomes an answer, once (C3).

Answers follow the journal, a moment behind: no act waits for them, none is left out by a kill, and whatever does an act
need not know of them.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.answers import deciding, policies, wording
from core.answers.deciding import Addressee, Us
from core.answers.tables import AnswerProgress, DocumentReturn
from core.answers.wording import Course
from core.deliveries import queueing
from core.deliveries.queueing import Attachment, NewDelivery
from core.deliveries.tables import Kind
from core.edxml import Author, Reference, Status, write_status
from core.events import ACTS, Event
from core.exchange import Exchange
from core.incoming.tables import Incoming, State
from core.letters import Message
from core.office import OFFICE_ZONE, OfficeName, name_on, office_date
from core.people import Division, User
from core.tasks import tables as tasks
from core.tasks.tables import Form, Task

_AT_ONCE = 100  # events in one transaction
_TOO_LATE = timedelta(days=7)  # what happened so long ago is no news to anybody
_TAKEN, _REGISTERED, _RETURNED = "taken_in", "registered", "returned"
_TASK_STATES: dict[str, Status] = {
    tasks.State.WITH_HEAD: Status.ASSIGNED, tasks.State.GIVEN: Status.ASSIGNED,
    tasks.State.IN_PROGRESS: Status.IN_PROGRESS, tasks.State.DONE: Status.DONE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer that is to go into the outbox; `packages` are the status messages that go with it, by file name."""

    new: NewDelivery
    packages: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Batch:
    """The answers to the events behind `after` up to `upto`."""

    after: int
    upto: int
    answers: Sequence[Answer]


def begin(session: Session, *, at: datetime) -> None:
    """Follow the journal from here on; letters that came before `at` are not answered. Harmless when it was begun."""
    if session.get(AnswerProgress, 1) is None:
        newest = session.scalar(sa.select(sa.func.max(Event.id))) or 0
        session.add(AnswerProgress(id=1, event_id=newest, quiet_before=at))


def begin_after_restore(session: Session, *, at: datetime) -> None:
    """What a lost state of the office may have answered is not answered anew: letters that came before `at`."""
    row = session.get(AnswerProgress, 1)
    if row is not None:
        row.quiet_before = at


def next_batch(session: Session, us: Us, *, at: datetime) -> Batch | None:
    """What the next events of the journal make of answers; None where nothing has happened."""
    progress = session.get_one(AnswerProgress, 1)
    query = sa.select(Event).where(Event.chain == ACTS, Event.id > progress.event_id).order_by(Event.id)
    events = session.scalars(query.limit(_AT_ONCE)).all()
    if not events:
        return None
    follower = _Follower(session, us, progress.quiet_before, at)
    found = (follower.answer(event) for event in events)
    return Batch(progress.event_id, events[-1].id, [one for one in found if one is not None])


def queue(
    session: Session, batch: Batch, files: Sequence[Sequence[Attachment]], *, at: datetime
) -> None:  # fmt: skip
    """Put a batch into the outbox, each answer with its stored files; nothing where another process was first."""
    progress = session.get_one(AnswerProgress, 1, with_for_update=True, populate_existing=True)
    if progress.event_id != batch.after:
        return
    progress.event_id = batch.upto
    session.flush()
    for answer, attached in zip(batch.answers, files, strict=True):
        queueing.queue(session, replace(answer.new, files=attached), by=None, at=at)


class _Follower:
    """Makes answers of events, in one reading transaction."""

    def __init__(self, session: Session, us: Us, quiet_before: datetime | None, at: datetime) -> None:
        self._session, self._us, self._quiet_before, self._at = session, us, quiet_before, at
        self._office = name_on(session, office_date(at))
        self._organ_id = policies.organ_id(session)
        self._made: Counter[str] = Counter()

    def answer(self, event: Event) -> Answer | None:
        """What the sender is told of an event; None for nothing."""
        if event.act == _TAKEN and event.subject_kind == "message":
            return self._receipt(event)
        if event.act == _RETURNED:
            return self._course(event, Status.RETURNED, self._session.get(Incoming, event.subject_id))
        if self._at - event.at > _TOO_LATE:
            return None
        if event.act == _REGISTERED:
            return self._course(event, Status.REGISTERED, self._session.get(Incoming, event.subject_id))
        reached = (event.payload or {}).get("to", "") if event.subject_kind == "task" else ""
        status = _TASK_STATES.get(reached)
        return self._course(event, status, self._document_of(event)) if status is not None else None

    def _document_of(self, event: Event) -> Incoming | None:
        task = self._session.get(Task, event.subject_id)
        is_told = task is not None and task.incoming_id is not None and task.form != Form.FOR_INFORMATION
        return self._session.get(Incoming, task.incoming_id) if task is not None and is_told else None

    def _receipt(self, event: Event) -> Answer | None:
        message = self._session.get(Message, event.subject_id)
        if message is None or office_date(message.received_at) != office_date(self._at):
            return None
        to = self._addressee(message, Status.RECEIVED)
        documents = deciding.documents_of(self._session, message.id) if to is not None else ()
        if to is None or not documents:
            return None
        titles = [wording.title_of(one) for one in documents]
        body = wording.receipt(self._name, self._greeted(to), message.received_at, titles)
        courses = [Course(Status.RECEIVED, one) for one in documents]
        return self._made_of(message, to, Status.RECEIVED, body, courses, documents[0].id, f"letter-{message.id}", None)

    def _course(self, event: Event, status: Status, document: Incoming | None) -> Answer | None:
        if document is None or document.message_id is None or document.removed_at is not None:
            return None
        reason = self._reason(document) if status is Status.RETURNED else ""
        if not reason if status is Status.RETURNED else document.state != State.REGISTERED:
            return None  # called back, or voided since
        message = self._session.get_one(Message, document.message_id)
        to = self._addressee(message, status)
        if to is None:
            return None
        told = Course(status, document, reason, self._lead(document))
        body = wording.course(self._name, self._greeted(to), told)
        actor = self._session.get(User, event.actor_id) if event.actor_id is not None else None
        return self._made_of(message, to, status, body, [told], document.id, str(document.id), actor)

    def _addressee(self, message: Message, status: Status) -> Addressee | None:
        if status is Status.RETURNED:
            return deciding.returned_to(self._session, message, self._us.address)
        to = deciding.addressee(self._session, message, self._us, quiet_before=self._quiet_before)
        if to is None or status not in policies.told(self._session, to.address, to.owner.id if to.owner else None):
            return None
        midnight = datetime.combine(office_date(self._at), datetime.min.time(), OFFICE_ZONE)
        sent = deciding.count_since(self._session, to.address, midnight) + self._made[to.address]
        return to if sent < deciding.MOST_A_DAY else None

    def _made_of(
        self, message: Message, to: Addressee, status: Status, body: str, courses: Sequence[Course], incoming_id: int,
        about: str, actor: User | None,
    ) -> Answer:  # fmt: skip
        self._made[to.address] += 1
        thread = [one for one in (message.in_reply_to, message.message_id) if one]
        new = NewDelivery(
            Kind.ANSWER, to.address, wording.subject_of(status, message.subject), body,
            recipient_name=to.owner.name if to.owner else to.name, in_reply_to=message.message_id, references=thread,
            is_automatic=status is not Status.RETURNED, incoming_id=incoming_id, letter_id=message.id,
            once_key=f"answer:{about}:{status.value}",
        )  # fmt: skip
        written = [one for told in courses if (one := self._package(told, actor)) is not None]
        many = len(written) > 1
        names = [f"trang-thai-{status.value}{f'-{n}' if many else ''}.edxml" for n in range(1, len(written) + 1)]
        return Answer(new, dict(zip(names, written, strict=True)))

    def _package(self, told: Course, actor: User | None) -> bytes | None:
        """The status message about a document that came as a package."""
        brought = Exchange.from_json(told.document.exchange)
        if brought is None or not brought.document_id:
            return None
        about = Reference(brought.document_id, told.document.code, told.document.issued_on, brought.organ_id)
        division = self._session.get(Division, actor.division_id) if actor and actor.division_id else None
        author = Author(
            self._organ_id, self._office.parent_name if self._office else "", self._name, self._us.address,
            division.name if division else "", actor.full_name if actor else "",
        )  # fmt: skip
        return write_status(told.status, about, author, wording.description(told), at=self._at)

    def _reason(self, document: Incoming) -> str:
        agreed = (DocumentReturn.withdrawn_at.is_(None), DocumentReturn.is_agreed.is_(True))
        query = sa.select(DocumentReturn.reason).where(DocumentReturn.incoming_id == document.id, *agreed)
        return self._session.scalar(query) or ""

    def _lead(self, document: Incoming) -> str:
        """The division that has the document: whom the sender may ask."""
        query = (
            sa.select(Division.name)
            .join(Task, Task.lead_division_id == Division.id)
            .where(Task.incoming_id == document.id)
        )
        return self._session.scalar(query) or ""

    @property
    def _name(self) -> str:
        office: OfficeName | None = self._office
        return office.name if office is not None else self._us.name

    @staticmethod
    def _greeted(to: Addressee) -> str:
        return to.owner.name if to.owner else to.name or to.address
