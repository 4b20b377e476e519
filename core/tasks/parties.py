"""Who takes part in a task beside the lead, and whom it can be given to."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.errors import Permanent
from core.people import Division, Role, User, UserRole
from core.tasks.tables import Part, Task, TaskPart, TaskReader

_PARTS = sa.select(TaskPart).where(TaskPart.task_id == sa.bindparam("task")).order_by(TaskPart.id)
_READING_NONE = frozenset({Role.ADMIN, Role.CUSTODIAN})
_NAMES = sa.union_all(
    sa.select(sa.literal("d").label("kind"), Division.id, Division.name),
    sa.select(sa.literal("u"), User.id, User.full_name),
)

LEAD_JOINS_IN = "Nơi chủ trì không đồng thời phối hợp. Bỏ chọn ở phần phối hợp."


@dataclass(frozen=True, slots=True)
class Party:
    """A division or a person: one of the two is set."""

    division_id: int | None = None
    user_id: int | None = None

    @property
    def key(self) -> str:
        """As forms and payloads name it: d7, u3."""
        return f"d{self.division_id}" if self.division_id is not None else f"u{self.user_id}"


def party(key: str) -> Party | None:
    """The inverse of `Party.key`; None for anything else."""
    kind, number = key[:1], key[1:]
    if kind not in ("d", "u") or not (number.isascii() and number.isdigit() and len(number) <= 9):
        return None
    return Party(division_id=int(number)) if kind == "d" else Party(user_id=int(number))


def check(session: Session, one: Party, *, field: str) -> User | Division:
    """The division or the person, who works here. Raises Permanent naming `field`."""
    is_division = one.division_id is not None
    found = session.get(Division, one.division_id) if is_division else session.get(User, one.user_id)
    if found is None or (isinstance(found, User) and not may_work(found)):
        raise Permanent("Chọn phòng hoặc người đang làm việc trong danh sách.", field=field)
    return found


def names(session: Session) -> dict[str, str]:
    """The name of every division and person by `Party.key`."""
    return {f"{row.kind}{row.id}": row.name for row in session.execute(_NAMES)}


def may_work(user: User) -> bool:
    """Whether documents can be given to a person: a technical administrator reads none."""
    return user.is_active and bool(user.roles - _READING_NONE)


def working() -> sa.ColumnElement[bool]:
    """`may_work` as an SQL filter over User."""
    has_role = sa.exists().where(UserRole.user_id == User.id, UserRole.role.not_in(_READING_NONE))
    return sa.and_(User.is_active, has_role)


def heads(session: Session, division_id: int) -> list[User]:
    """The heads of a division."""
    return [one for one in members(session, division_id) if Role.HEAD in one.roles]


def members(session: Session, division_id: int) -> list[User]:
    """Those of a division to whom work can be given, by name."""
    query = sa.select(User).where(User.division_id == division_id, User.is_active).order_by(User.full_name, User.id)
    return [one for one in session.scalars(query) if may_work(one)]


def is_within(session: Session, task: Task, one: Party) -> bool:
    """Whether `one` is a person of the lead division."""
    return one.user_id is not None and session.get_one(User, one.user_id).division_id == task.lead_division_id


def parts(session: Session, task: Task) -> list[TaskPart]:
    """The co-handlers and those informed, in the order in which they were named."""
    return list(session.scalars(_PARTS, {"task": task.id}))


def set_parts(session: Session, task: Task, part: Part, wanted: Sequence[Party], *, field: str) -> None:
    """Make exactly these the co-handlers or those informed of a task; who stays keeps what he answered.

    Raises Permanent, naming `field`, for who is not here and for who is the lead already.
    """
    unique = list(dict.fromkeys(wanted))
    for one in unique:
        check(session, one, field=field)
        is_lead = one.user_id == task.handler_id if one.user_id else one.division_id == task.lead_division_id
        if is_lead and part is Part.CO_HANDLER:
            raise Permanent(LEAD_JOINS_IN, field=field)
    kept = {Party(row.division_id, row.user_id): row for row in parts(session, task) if row.part == part}
    for gone in kept.keys() - set(unique):
        session.delete(kept[gone])
    session.add_all(
        TaskPart(task_id=task.id, part=part, division_id=one.division_id, user_id=one.user_id)
        for one in unique
        if one not in kept
    )
    if part is Part.INFORMED:
        _set_readers(session, task, unique)


def _set_readers(session: Session, task: Task, informed: Sequence[Party]) -> None:
    """Who is to open the document: each by himself, the members of a division as it is today."""
    wanted = {one.user_id for one in informed if one.user_id is not None}
    wanted |= {one.id for place in informed if place.division_id for one in members(session, place.division_id)}
    known = {row.user_id: row for row in session.scalars(sa.select(TaskReader).where(TaskReader.task_id == task.id))}
    for gone in known.keys() - wanted:
        if known[gone].seen_at is None:
            session.delete(known[gone])
    session.add_all(TaskReader(task_id=task.id, user_id=one) for one in sorted(wanted - known.keys()))


def add_part(session: Session, task: Task, part: Part, one: Party, *, field: str) -> None:
    """Add a co-handler or somebody to be informed; harmless for who is that already. Raises Permanent."""
    known = [Party(row.division_id, row.user_id) for row in parts(session, task) if row.part == part]
    set_parts(session, task, part, [*known, one], field=field)
