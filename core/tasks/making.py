"""Duties without a document: given once, or made again by the calendar (nhiệm vụ định kỳ) (C13)."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import calendar, events
from core.errors import NotAllowed, Permanent, WrongState
from core.events import Fact
from core.office import office_date
from core.people import Role, User
from core.tasks import directing, parties
from core.tasks.directing import Assignment
from core.tasks.parties import Party
from core.tasks.tables import Duty, Form, State, Task
from core.text import squeeze

MAKERS = frozenset({Role.LEADER, Role.HEAD, Role.OFFICE_CHIEF})
PERIODS = {"week": "Hằng tuần", "month": "Hằng tháng", "quarter": "Hằng quý", "year": "Hằng năm"}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_LONGEST_TITLE = 500
_MOST_DAYS = 250


def make(session: Session, title: str, given: Assignment, *, by: User, at: datetime, source: str = "") -> Task:
    """Give out a duty that no document asks for; a head within his division alone.

    Raises NotAllowed, Permanent naming a field.
    """
    if not by.roles & MAKERS:
        raise NotAllowed("Lãnh đạo, Chánh Văn phòng, trưởng phòng giao việc.")
    if given.form is Form.FOR_INFORMATION:
        raise Permanent("Việc phải có người chủ trì.", field="form")
    task = Task(title=_title(title), submitted_at=at, submitted_by=by.id, state=State.SUBMITTED)
    session.add(task)
    session.flush()
    directing.assign(session, task, given, by=by, at=at, version=task.version, source=source)
    return task


def begin_duty(
    session: Session, title: str, instruction: str, every: str, first_on: date, days: int, lead: Party, *, by: User,
    at: datetime, source: str = "",
) -> Duty:  # fmt: skip
    """A duty that comes again `every` week, month, quarter or year from `first_on` on, each time with `days` working
    days. Raises NotAllowed, Permanent naming a field."""
    if not by.roles & MAKERS:
        raise NotAllowed("Lãnh đạo, Chánh Văn phòng, trưởng phòng giao việc.")
    if every not in PERIODS:
        raise Permanent("Chọn kỳ lặp trong danh sách.", field="every")
    if first_on < office_date(at):
        raise Permanent("Kỳ đầu từ hôm nay trở đi.", field="first_on")
    if not 0 <= days <= _MOST_DAYS:
        raise Permanent(f"Số ngày làm việc từ 0 đến {_MOST_DAYS}.", field="days")
    found = parties.check(session, lead, field="lead")
    directing.check_reach(found, by)
    duty = Duty(
        title=_title(title), instruction=directing.text_of(instruction), every=every, day=first_on.day, days=days,
        next_on=first_on.isoformat(), lead_division_id=lead.division_id, handler_id=lead.user_id, made_by=by.id,
        made_at=at,
    )  # fmt: skip
    session.add(duty)
    session.flush()
    payload = {"title": duty.title, "every": every, "first_on": duty.next_on, "days": days, "lead": lead.key}
    events.record(session, "duty_begun", "duty", duty.id, by=by.id, at=at, source=source, payload=payload)
    return duty


def end_duty(session: Session, duty: Duty, *, by: User, at: datetime, source: str = "") -> None:
    """Make no more tasks of a duty. Raises NotAllowed unless `by` made it or leads, WrongState when it has ended."""
    if by.id != duty.made_by and not by.roles & {Role.LEADER, Role.OFFICE_CHIEF}:
        raise NotAllowed("Người giao hoặc lãnh đạo được kết thúc nhiệm vụ này.")
    if duty.ended_at is not None:
        raise WrongState("Nhiệm vụ này đã kết thúc.")
    duty.ended_at = at
    session.flush()
    events.record(session, "duty_ended", "duty", duty.id, by=by.id, at=at, source=source)


def running_duties(session: Session) -> Sequence[Duty]:
    """The duties that come again, the next first."""
    return session.scalars(sa.select(Duty).where(Duty.ended_at.is_(None)).order_by(Duty.next_on, Duty.id)).all()


def make_due(session: Session, *, at: datetime) -> int:
    """Make the tasks of all duties whose day has come, each once, and return how many. A duty that was missed for
    several periods, since the program did not run, is made once and goes on from the next day to come."""
    today = office_date(at)
    due = sa.select(Duty).where(Duty.ended_at.is_(None), Duty.next_on <= today.isoformat()).order_by(Duty.id)
    special = calendar.exceptions(session)
    made: list[Fact] = []
    for duty in session.scalars(due.with_for_update()):
        until = calendar.add_working_days(today, duty.days, special)
        handler = session.get_one(User, duty.handler_id) if duty.handler_id is not None else None
        division_id = handler.division_id if handler is not None else duty.lead_division_id
        if handler is not None and not parties.may_work(handler) and division_id is not None:
            handler = None  # who has left: his head gives it to another
        state = State.GIVEN if handler is not None else State.WITH_HEAD
        task = Task(
            title=duty.title, instruction=duty.instruction, form=Form.NO_FILE, state=state, due_at=until.isoformat(),
            lead_division_id=division_id, handler_id=handler.id if handler else None, is_personal=handler is not None,
            submitted_at=at, submitted_by=duty.made_by, directed_at=at, directed_by=duty.made_by, duty_id=duty.id,
        )  # fmt: skip
        session.add(task)
        session.flush()
        made.append(Fact("task_due", "task", task.id, {"duty": duty.id, "due_at": task.due_at}))
        while duty.next_on <= today.isoformat():
            duty.next_on = _next(duty, date.fromisoformat(duty.next_on)).isoformat()
    session.flush()
    events.record_many(session, made, by=None, at=at)
    return len(made)


def _next(duty: Duty, day: date) -> date:
    if duty.every == "week":
        return day + timedelta(days=7)
    month = day.month - 1 + _MONTHS[duty.every]
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(duty.day, monthrange(year, month)[1]))


def _title(typed: str) -> str:
    title = squeeze(typed)
    if len(title) < 3:
        raise Permanent("Ghi việc cần làm.", field="title")
    if len(title) > _LONGEST_TITLE:
        raise Permanent(f"Dài quá {_LONGEST_TITLE} ký tự, xin rút gọn.", field="title")
    return title
