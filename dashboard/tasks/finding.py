"""One task for who may see it, and the people and divisions to whom work can be given."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from core.people import Division, Role, User
from core.rights import may_see
from core.tasks import parties
from core.tasks.tables import Task

# Bare columns: the page of a document lists everybody.
_WORKERS = (
    sa.select(User.id, User.full_name, User.title, User.division_id)
    .where(parties.working())
    .order_by(User.full_name, User.id)
)
_MEMBERS = _WORKERS.where(User.division_id == sa.bindparam("division"))
_DIVISIONS = sa.select(Division.id, Division.name).order_by(Division.position, Division.name)


@dataclass(frozen=True, slots=True)
class Choice:
    """A division or a person to choose: `key` is that of `parties.Party`, `title` what he is."""

    key: str
    name: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A division with its people."""

    division: Choice
    people: tuple[Choice, ...]


def task_for(session: Session, user: User, task_id: int, *, is_act: bool = False) -> Task:
    """A task, locked where it `is_act`ed on, for who may read its document, or takes part in a duty without one. Not
    there and not allowed look alike: HTTPException 404."""
    query = sa.select(Task).where(Task.id == task_id)
    task = session.scalars(query.with_for_update() if is_act else query).first()
    if task is None or not may_see(session, user, task):
        raise HTTPException(404)
    return task


def groups(session: Session) -> tuple[Group, ...]:
    """Everybody to whom work can be given, by division in the office's order; last those of no division."""
    people: dict[int | None, list[Choice]] = {}
    for one in session.execute(_WORKERS):
        people.setdefault(one.division_id, []).append(Choice(f"u{one.id}", one.full_name, one.title))
    rows = session.execute(_DIVISIONS)
    found = [Group(Choice(f"d{row.id}", row.name), tuple(people.get(row.id, ()))) for row in rows]
    if None in people:
        found.append(Group(Choice("", "Không thuộc phòng"), tuple(people[None])))
    return tuple(found)


def colleagues(session: Session, division_id: int, *, besides: int | None) -> tuple[Choice, ...]:
    """Those of a division to whom work can be given besides who has it, by name; their keys are ids alone."""
    rows = session.execute(_MEMBERS, {"division": division_id})
    return tuple(Choice(str(one.id), one.full_name, one.title) for one in rows if one.id != besides)


def deputies(session: Session) -> tuple[Choice, ...]:
    """The deputy directors."""
    found = session.scalars(sa.select(User).where(User.is_active).order_by(User.full_name))
    return tuple(
        Choice(str(one.id), one.full_name, one.title)
        for one in found
        if Role.LEADER in one.roles and Role.DIRECTOR not in one.roles
    )
