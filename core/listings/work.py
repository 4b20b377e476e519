"""Công việc của tôi: what needs the person's hand first, then what he waits for."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.delegations import authority
from core.incoming.tables import Incoming
from core.listings.desk import URGENCY
from core.listings.ways import is_late
from core.office import office_date
from core.people import Division, Role, User
from core.tasks.notes import NoteMention
from core.tasks.tables import Part, State, Task, TaskPart, TaskSeen

MOST_ROWS = 100  # of one group on one page
_RUNNING = (State.WITH_HEAD, State.GIVEN, State.IN_PROGRESS, State.REPORTED)


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One task in a list. `handler` and `division` are names; `urged_at` when somebody last asked to hurry."""

    task_id: int
    incoming_id: int | None
    number: int | None
    subject: str
    code: str
    issuer: str
    urgency: str
    state: State
    due_at: str
    is_late: bool
    handler: str
    division: str
    urged_at: datetime | None


@dataclass(frozen=True, slots=True)
class Work:
    """The groups of the page, each with its rows in order of urgency and deadline."""

    returned: list[WorkRow]  # trả lại văn thư
    to_divide: list[WorkRow]  # chờ phân công
    to_accept: list[WorkRow]  # chờ nhận việc
    to_do: list[WorkRow]  # đang xử lý
    to_confirm: list[WorkRow]  # chờ xác nhận hoàn thành
    to_join: list[WorkRow]  # phối hợp
    mentioned: list[WorkRow]  # được nhắc trong ý kiến, chưa xem
    to_read: list[WorkRow]  # để biết, chưa xem
    waited_for: list[WorkRow]  # đã giao, đang chờ người khác


def work_of(session: Session, user: User, *, at: datetime) -> Work:
    """What `user` has to do and waits for, for himself and for those whose work he does today."""
    return Work(
        **{name: _rows(session, which, at=at) for name, which in _groups(session, user, on=office_date(at)).items()}
    )


def waiting(session: Session, user: User, *, on: date) -> int:
    """How many tasks need the person's hand."""
    groups = _groups(session, user, on=on)
    del groups["waited_for"]
    which = sa.or_(*groups.values())
    return session.scalar(sa.select(sa.func.count()).select_from(Task).where(which)) or 0


def _groups(session: Session, user: User, *, on: date) -> dict[str, sa.ColumnElement[bool]]:
    absent = [session.get_one(User, one) for one in authority(session, user, on=on).substitutes]
    people = [user, *absent]
    ids = [one.id for one in people]
    heads = [one.division_id for one in people if Role.HEAD in one.roles and one.division_id is not None]
    # Where nobody handles yet, "not mine" must be true, not unknown.
    mine = sa.and_(Task.handler_id.is_not(None), Task.handler_id.in_(ids))
    led = sa.and_(Task.lead_division_id.is_not(None), Task.lead_division_id.in_(heads))
    open_part = sa.and_(
        TaskPart.part == Part.CO_HANDLER, TaskPart.answered_at.is_(None), TaskPart.waived_at.is_(None),
        sa.or_(TaskPart.user_id.in_(ids), TaskPart.division_id.in_(heads)),
    )  # fmt: skip
    own = [user.division_id] if user.division_id is not None else []
    informed = sa.and_(
        TaskPart.part == Part.INFORMED, sa.or_(TaskPart.user_id == user.id, TaskPart.division_id.in_(own))
    )
    unseen = Task.id.not_in(sa.select(TaskSeen.task_id).where(TaskSeen.user_id == user.id))
    return {
        "returned": sa.and_(Task.state == State.RETURNED, sa.true() if Role.CLERK in user.roles else sa.false()),
        "to_divide": sa.and_(Task.state == State.WITH_HEAD, led),
        "to_accept": sa.and_(Task.state == State.GIVEN, mine),
        "to_do": sa.and_(Task.state == State.IN_PROGRESS, mine),
        "to_confirm": sa.and_(Task.state == State.REPORTED, sa.or_(led, _directed_personally(ids))),
        "to_join": sa.and_(Task.state.in_(_RUNNING), _with_part(open_part)),
        "mentioned": Task.id.in_(
            sa.select(NoteMention.task_id).where(NoteMention.user_id == user.id, NoteMention.seen_at.is_(None))
        ),
        "to_read": sa.and_(Task.state.in_((*_RUNNING, State.FILED, State.DONE)), _with_part(informed), unseen),
        "waited_for": sa.or_(
            sa.and_(Task.state.in_(_RUNNING), Task.directed_by.in_(ids), sa.not_(sa.or_(mine, led))),
            sa.and_(Task.state.in_((State.GIVEN, State.IN_PROGRESS)), led, sa.not_(mine)),
            sa.and_(Task.state == State.REPORTED, mine),
        ),
    }


def _directed_personally(ids: list[int]) -> sa.ColumnElement[bool]:
    return sa.and_(Task.is_personal, Task.directed_by.in_(ids))


def _with_part(which: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return Task.id.in_(sa.select(TaskPart.task_id).where(which))


def _rows(session: Session, which: sa.ColumnElement[bool], *, at: datetime) -> list[WorkRow]:
    handler = sa.orm.aliased(User)
    query = (
        sa.select(
            Task.id, Task.incoming_id, Task.title, Task.state, Task.due_at, Task.urged_at, Incoming.arrival_number,
            Incoming.subject, Incoming.code, Incoming.issuer, Incoming.urgency, handler.full_name.label("handler"),
            Division.name.label("division"),
        )
        .join(Incoming, Incoming.id == Task.incoming_id, isouter=True)
        .join(handler, handler.id == Task.handler_id, isouter=True)
        .join(Division, Division.id == Task.lead_division_id, isouter=True)
        .where(which)
        .order_by(Task.due_at == "", Task.due_at, URGENCY, Task.id)
        .limit(MOST_ROWS)
    )  # fmt: skip
    return [
        WorkRow(
            row.id, row.incoming_id, row.arrival_number, row.subject or row.title, row.code or "", row.issuer or "",
            row.urgency or "thuong", State(row.state), row.due_at, is_late(row.due_at, at), row.handler or "",
            row.division or "", row.urged_at,
        )
        for row in session.execute(query)
    ]  # fmt: skip
