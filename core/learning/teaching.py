"""What an entry of the register teaches, and taking a lesson back."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import calendar, events
from core.db import insert_of, table_of
from core.errors import NotAllowed, WrongState
from core.evidence import Evidence, Source
from core.incoming.tables import Incoming
from core.learning.asking import DEADLINE, FIELDS, MOST_DAYS, NO_DEADLINE, WORKING_DAYS, Question, lead_question, taught
from core.learning.tables import LONGEST_KEY, Lesson
from core.letters import Message
from core.office import office_date
from core.people import Role, User
from core.text import squeeze

_lessons = table_of(Lesson)
_PLACE = ("field", "scope", "key", "value")


def learn(session: Session, document: Incoming, *, by: User, at: datetime) -> None:
    """Count what was entered for `document`, beside what was read of it. Call when it is entered in the register."""
    read = {field: was_read(document, field) for field in FIELDS}
    entered = {field: str(getattr(document, field)) for field in FIELDS}
    entered[DEADLINE] = "" if read[DEADLINE] or _is_caught(document) else _usual_days(session, document)
    sender = session.get_one(Message, document.message_id).sender_address if document.message_id else ""
    # In one order, that of their places: two entries at once would else wait for each other's rows.
    questions = sorted(taught(read, document.issuer, document.kind, sender), key=lambda one: (one.field, one.scope))
    for question in questions:
        value = entered[question.field]
        if value:
            _vote(session, question, value, read[question.field], document, by=by, at=at)


def learn_lead(session: Session, document: Incoming, value: str, *, by: User, at: datetime) -> None:
    """Count to whom leaders gave `document`: a division's name, or what else its handling is called."""
    _vote(session, lead_question(document.issuer, document.kind), value, "", document, by=by, at=at)


def unlearn_lead(session: Session, document: Incoming, value: str) -> None:
    """Take back one vote of `learn_lead`: the document was given otherwise."""
    asked = lead_question(document.issuer, document.kind)
    place = (_lessons.c.field == asked.field, _lessons.c.scope == asked.scope, _lessons.c.value == value)
    counted = sa.update(_lessons).where(*place, _lessons.c.votes > 0).values(votes=_lessons.c.votes - 1)
    session.execute(counted)


def forget(session: Session, document: Incoming) -> None:
    """Erase the lessons that `document` alone has taught: they quote it. Call before its content is removed."""
    alone = (_lessons.c.first_from == document.id, _lessons.c.last_from == document.id)
    session.execute(sa.delete(_lessons).where(*alone))


def was_read(document: Incoming, field: str) -> str:
    """What stood in the document as it was read, whatever a lesson, the address book or a rule made of it; "" for
    nothing."""
    stored = document.proposed.get(field)
    return Evidence.from_json(stored).read if stored else ""


def _is_caught(document: Incoming) -> bool:
    """Whether a rule proposed the deadline: it catches one from the letter's own words alone."""
    return bool(document.proposed.get(DEADLINE, {}).get("source") == Source.RULE)


def _usual_days(session: Session, document: Incoming) -> str:
    """The deadline as working days after the day of arrival, "" where it does not lie behind that day."""
    if not document.due_at:
        return NO_DEADLINE
    arrived_on = document.arrived_on or office_date(document.received_at)
    due_on = datetime.fromisoformat(document.due_at).date()
    days = calendar.working_days_between(arrived_on, due_on, calendar.exceptions(session))
    return WORKING_DAYS.format(days) if 0 < days <= MOST_DAYS else ""


def _vote(
    session: Session, question: Question, value: str, read: str, document: Incoming, *, by: User, at: datetime
) -> None:
    corrects = value != NO_DEADLINE if question.is_usual else value != squeeze(read)
    row = {
        "field": question.field, "scope": question.scope, "key": question.key, "value": value,
        "is_correction": corrects, "votes": 1, "first_at": at, "last_at": at,
        "first_from": document.id, "last_from": document.id, "taught_by": by.id,
        "as_read": "" if question.is_usual else read[:LONGEST_KEY],
        "holds_for": question.holds_for[: 2 * LONGEST_KEY],
    }  # fmt: skip
    # Two clerks may teach the same at one moment: on PostgreSQL the second waits here and adds its vote.
    add = insert_of(session, Lesson).values(row)
    ever = sa.or_(_lessons.c.is_correction, add.excluded.is_correction)
    more = {"votes": _lessons.c.votes + 1, "last_at": at, "last_from": document.id, "is_correction": ever}
    session.execute(add.on_conflict_do_update(index_elements=_PLACE, set_=more, where=_lessons.c.reverted_at.is_(None)))


def revert(session: Session, lesson: Lesson, *, by: User, at: datetime, source: str = "") -> None:
    """Take a lesson back: it proposes nothing any more. Raises NotAllowed, WrongState where it was taken back."""
    _may_change(by)
    if lesson.reverted_at is not None:
        raise WrongState("Bài học này đã được bỏ rồi.")
    lesson.reverted_at, lesson.reverted_by = at, by.id
    session.flush()
    events.record(session, "lesson_reverted", "lesson", lesson.id, by=by.id, at=at, source=source)


def restore(session: Session, lesson: Lesson, *, by: User, at: datetime, source: str = "") -> None:
    """Let a lesson propose again. Raises NotAllowed, WrongState where it does."""
    _may_change(by)
    if lesson.reverted_at is None:
        raise WrongState("Bài học này đang được dùng.")
    lesson.reverted_at = lesson.reverted_by = None
    session.flush()
    events.record(session, "lesson_restored", "lesson", lesson.id, by=by.id, at=at, source=source)


def _may_change(by: User) -> None:
    if Role.CLERK not in by.roles:
        raise NotAllowed("Chỉ văn thư được bỏ hay dùng lại bài học.")
