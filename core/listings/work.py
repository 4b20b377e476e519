"""Công việc của tôi: what needs the person's hand first, then what he waits for.

One statement each for the page and for the counter, made once: every page of the program asks the counter. Each branch
looks up its own index, so that neither grows with the register.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.db import table_of
from core.delegations import authority
from core.incoming.tables import Incoming
from core.listings.desk import RANK
from core.listings.ways import is_late
from core.office import office_date
from core.people import Division, Role, User
from core.rights import visible
from core.tasks.notes import NoteMention
from core.tasks.tables import Part, State, Task, TaskPart, TaskReader

MOST_ROWS = 100  # of one group on one page
# The groups of the page, in their order.
RETURNED = "returned"  # văn bản trả lại văn thư, việc trả lại người giao
TO_DIVIDE = "to_divide"  # chờ phân công
TO_ACCEPT = "to_accept"  # chờ nhận việc
TO_DO = "to_do"  # đang xử lý
TO_CONFIRM = "to_confirm"  # chờ xác nhận hoàn thành
TO_JOIN = "to_join"  # phối hợp
MENTIONED = "mentioned"  # được nhắc trong ý kiến, chưa xem
TO_READ = "to_read"  # để biết, chưa xem
WAITED_FOR = "waited_for"  # đã giao, đang chờ người khác
GROUPS = (RETURNED, TO_DIVIDE, TO_ACCEPT, TO_DO, TO_CONFIRM, TO_JOIN, MENTIONED, TO_READ, WAITED_FOR)
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


_task, _part, _reader, _mention = (table_of(one).c for one in (Task, TaskPart, TaskReader, NoteMention))
_ids: Any = sa.bindparam("ids", expanding=True)
_heads: Any = sa.bindparam("heads", expanding=True)
_me: Any = sa.bindparam("me", expanding=True)


def _tasks(group: str, *which: Any) -> sa.Select[Any]:
    return sa.select(_task.id.label("id"), sa.literal(group).label("name")).where(*which)


def _joined(whose: Any) -> sa.Select[Any]:
    """Parts that are waited for, of tasks that are running."""
    is_open = (_part.part == Part.CO_HANDLER, _part.answered_at.is_(None), _part.waived_at.is_(None))
    running = sa.exists().where(_task.id == _part.task_id, _task.state.in_(_RUNNING))
    return sa.select(_part.task_id, sa.literal(TO_JOIN)).where(whose, *is_open, running)


def _told() -> Any:
    """Whether the reader, or the division where he is now, is to know still: with that the right to read ends."""
    whose = sa.or_(_part.user_id.in_(_me), _part.division_id.in_(sa.bindparam("own", expanding=True)))
    return sa.exists().where(_part.task_id == _reader.task_id, _part.part == Part.INFORMED, whose)


_NEEDING = (
    _tasks(RETURNED, _task.state == State.RETURNED, sa.bindparam("is_clerk", type_=sa.Boolean())),
    _tasks(RETURNED, _task.state == State.SUBMITTED, _task.incoming_id.is_(None), _task.submitted_by.in_(_ids)),
    _tasks(TO_DIVIDE, _task.lead_division_id.in_(_heads), _task.state == State.WITH_HEAD),
    _tasks(TO_ACCEPT, _task.handler_id.in_(_ids), _task.state == State.GIVEN),
    _tasks(TO_DO, _task.handler_id.in_(_ids), _task.state == State.IN_PROGRESS),
    _tasks(TO_CONFIRM, _task.lead_division_id.in_(_heads), _task.state == State.REPORTED),
    _tasks(TO_CONFIRM, _task.directed_by.in_(_ids), _task.state == State.REPORTED, _task.is_personal),
    _joined(_part.user_id.in_(_ids)),
    _joined(_part.division_id.in_(_heads)),
    sa.select(_mention.task_id, sa.literal(MENTIONED)).where(_mention.user_id.in_(_me), _mention.seen_at.is_(None)),
    sa.select(_reader.task_id, sa.literal(TO_READ)).where(_reader.user_id.in_(_me), _reader.seen_at.is_(None), _told()),
)
_WAITED = (
    _tasks(WAITED_FOR, _task.directed_by.in_(_ids), _task.state.in_(_RUNNING)),
    _tasks(WAITED_FOR, _task.lead_division_id.in_(_heads), _task.state.in_((State.GIVEN, State.IN_PROGRESS))),
    _tasks(WAITED_FOR, _task.handler_id.in_(_ids), _task.state == State.REPORTED),
)
_counted = sa.union_all(*_NEEDING).subquery()
_NEEDED = sa.select(_counted.c.id, _counted.c.name)
_found = sa.union_all(*_NEEDING, *_WAITED).subquery()
_incoming, _user, _division = (table_of(one).c for one in (Incoming, User, Division))
_ROWS = (
    sa.select(
        _found.c.name, _task.id, _task.incoming_id, _task.title, _task.state, _task.due_at, _task.urged_at,
        _incoming.arrival_number, _incoming.subject, _incoming.code, _incoming.issuer, _incoming.urgency,
        _user.full_name.label("handler"), _division.name.label("division"),
    )
    .select_from(_found)
    .join(table_of(Task), _task.id == _found.c.id)
    .join(table_of(Incoming), _incoming.id == _task.incoming_id, isouter=True)
    .join(table_of(User), _user.id == _task.handler_id, isouter=True)
    .join(table_of(Division), _division.id == _task.lead_division_id, isouter=True)
)  # fmt: skip


def work_of(session: Session, user: User, *, at: datetime) -> dict[str, list[WorkRow]]:
    """What `user` has to do and waits for, for himself and for those whose work he does today: a list for each group
    that has something, by deadline and urgency. What needs his hand is not among what he waits for."""
    groups: dict[str, dict[int, Any]] = defaultdict(dict)
    for row in session.execute(_ROWS, _whose(session, user, on=office_date(at))):
        groups[row.name][row.id] = row
    # A mention stays where the work has gone on to others; the right to read does not.
    seen = visible(session, user, groups[MENTIONED])
    groups[MENTIONED] = {task: row for task, row in groups[MENTIONED].items() if task in seen}
    needing = {task for name, rows in groups.items() if name != WAITED_FOR for task in rows}
    for task in needing & groups[WAITED_FOR].keys():
        del groups[WAITED_FOR][task]
    return {name: _in_order(groups[name].values(), at) for name in GROUPS if groups[name]}


def waiting(session: Session, user: User, *, on: date) -> int:
    """How many tasks need the person's hand."""
    rows = session.execute(_NEEDED, _whose(session, user, on=on)).all()
    sure = {row.id for row in rows if row.name != MENTIONED}
    mentioned = {row.id for row in rows} - sure
    return len(sure) + len(visible(session, user, mentioned))


def _whose(session: Session, user: User, *, on: date) -> Mapping[str, Any]:
    absent = [session.get_one(User, one) for one in authority(session, user, on=on).substitutes]
    people = [user, *absent]
    heads = [one.division_id for one in people if Role.HEAD in one.roles and one.division_id is not None]
    return {
        "ids": [one.id for one in people], "heads": heads, "me": [user.id],
        "own": [user.division_id] if user.division_id is not None else [], "is_clerk": Role.CLERK in user.roles,
    }  # fmt: skip


def _in_order(rows: Any, at: datetime) -> list[WorkRow]:
    def key(row: Any) -> tuple[bool, str, int, int]:
        return not row.due_at, row.due_at, RANK.get(row.urgency, len(RANK)), row.id

    return [
        WorkRow(
            row.id, row.incoming_id, row.arrival_number, row.subject or row.title, row.code or "", row.issuer or "",
            row.urgency or "thuong", State(row.state), row.due_at, is_late(row.due_at, at), row.handler or "",
            row.division or "", row.urged_at,
        )
        for row in sorted(rows, key=key)[:MOST_ROWS]
    ]  # fmt: skip
