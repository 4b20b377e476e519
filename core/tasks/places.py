"""What a person is to a task on a day, himself or for somebody else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from core.delegations import authority
from core.people import Role, User
from core.tasks import parties
from core.tasks.tables import Part, Task, TaskPart
from core.tasks.transitions import Place


@dataclass(frozen=True, slots=True)
class Standing:
    """In whose place somebody acts: `for_id` None for himself; `between` are those through whom it came to him. `key`
    names the act that is being done, so that a repeat of it is known."""

    for_id: int | None = None
    between: tuple[int, ...] = ()
    key: str = ""


def places(
    session: Session, task: Task, user: User, *, on: date, parts: Sequence[TaskPart] | None = None
) -> dict[Place, Standing]:
    """Every place that `user` has to `task` on the office's day `on`; his own before those of whom he stands for.

    `parts` are those of the task, where the caller has read them.
    """
    parts = parties.parts(session, task) if parts is None else parts
    given = authority(session, user, on=on)
    found = {place: Standing() for place in _own(task, parts, user)}
    if given.approves_for is not None:
        found[Place.APPROVER] = Standing(given.approves_for if given.approves_for != user.id else None)
    for absent_id, between in given.substitutes.items():
        absent = session.get_one(User, absent_id)
        for place in _own(task, parts, absent):
            # A clerk's and a director's authority is not handed over by substitution.
            if place is not Place.CLERK:
                found.setdefault(place, Standing(absent_id, between))
    return found


def _own(task: Task, parts: Sequence[TaskPart], user: User) -> Iterable[Place]:
    if Role.CLERK in user.roles:
        yield Place.CLERK
    if Role.OFFICE_CHIEF in user.roles:
        yield Place.OFFICE
    if user.id == task.deputy_id:
        yield Place.DEPUTY
    if task.lead_division_id is not None and Role.HEAD in user.roles and user.division_id == task.lead_division_id:
        yield Place.HEAD
    if user.id == task.handler_id:
        yield Place.HANDLER
    if task.incoming_id is None and user.id == task.submitted_by:
        yield Place.MAKER
    if own_part(parts, user) is not None:
        yield Place.CO_HANDLER


def own_part(parts: Sequence[TaskPart], user: User) -> TaskPart | None:
    """Of a task's parts that of a co-handler which is `user`'s own or, of a head, his division's: of both the one that
    is waited for still."""
    led = user.division_id if Role.HEAD in user.roles else None
    own = [
        one
        for one in parts
        if one.part == Part.CO_HANDLER and (one.user_id == user.id or (led is not None and one.division_id == led))
    ]
    return min(own, key=lambda one: (one.is_settled, one.user_id is None, one.id), default=None)
