"""The way of a document, or of a duty without one: where it stands, who has it, what may be done next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.events import READINGS, Event
from core.listings.receivers import receiver
from core.office import OFFICE_ZONE, office_date
from core.people import User
from core.tasks import asking, parties
from core.tasks.places import Standing, own_part, places
from core.tasks.tables import Asked, Part, State, Task, TaskPart, TaskRequest, TransferOrder
from core.tasks.transitions import OF_DOCUMENTS, TRANSITIONS, Act, Place

_STAGES = ("Vào sổ", "Duyệt", "Giao phòng", "Xử lý", "Xong")
_STRAIGHT_STAGES = ("Vào sổ", "Chuyển thẳng", "Giao phòng", "Xử lý", "Xong")
_REACHED = {
    State.SUBMITTED: 1, State.SUGGESTING: 1, State.DEPUTED: 1, State.RETURNED: 0, State.WITH_HEAD: 2, State.GIVEN: 3,
    State.IN_PROGRESS: 3, State.REPORTED: 3, State.DONE: 5, State.FILED: 5, State.WITHDRAWN: 5,
}  # fmt: skip
_DUTY_STAGES = ("Giao việc", "Phân công", "Xử lý", "Xong")
_DUTY_REACHED = {
    State.WITH_HEAD: 1, State.GIVEN: 2, State.IN_PROGRESS: 2, State.REPORTED: 2, State.DONE: 4, State.WITHDRAWN: 4,
}  # fmt: skip
_ENDED = frozenset({State.DONE, State.FILED, State.WITHDRAWN})
_READERS = (
    sa.select(User.full_name, sa.func.max(Event.at).label("last"))
    .join(User, User.id == Event.actor_id)
    .where(Event.chain == READINGS, Event.subject_kind == "incoming", Event.subject_id == sa.bindparam("document"))
    .group_by(User.id, User.full_name)
    .order_by(sa.desc("last"))
)


@dataclass(frozen=True, slots=True)
class PartRow:
    """A co-handler, or who is informed: by name, with the answer, or why none is waited for."""

    id: int
    part: Part
    name: str
    answer: str
    answered_at: datetime | None
    answered_by: str
    waived_reason: str
    is_settled: bool


@dataclass(frozen=True, slots=True)
class RequestRow:
    """What a handler asked for and nobody has answered; `wanted` is who is to join in. `may_decide` speaks of the
    person who looks."""

    id: int
    kind: Asked
    wanted: str
    due_at: str
    reason: str
    asked_by: str
    asked_at: datetime
    may_decide: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """Who has opened a document, and when last."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Way:
    """Where a task stands, for the page. `acts` are those that the person may do now, with the name of whom he does
    them for, "" for himself; `stages` are the steps of the line with whether each is behind. `ordered_by` is the basis
    of the order by which it went straight there; `directed_by` then gave that order. `waits_because` says why orders
    that fit it sent it nowhere. `receiver` is whom the register names."""

    task_id: int
    version: int
    incoming_id: int | None
    title: str
    state: State
    form: str
    lead: str
    receiver: str
    lead_division_id: int | None
    handler_id: int | None
    deputy: str
    instruction: str
    due_at: str
    is_late: bool
    directed_by: str
    directed_for: str
    ordered_by: str
    waits_because: str
    outcome: str
    parts: tuple[PartRow, ...]
    requests: tuple[RequestRow, ...]
    acts: Mapping[Act, str]
    stages: tuple[tuple[str, bool], ...]


def way_of(session: Session, task: Task, user: User, *, at: datetime) -> Way:
    """A task as `user` sees it."""
    state = State(task.state)
    names, parts = parties.names(session), parties.parts(session, task)
    stages, reached = (_STAGES, _REACHED) if task.incoming_id is not None else (_DUTY_STAGES, _DUTY_REACHED)
    if task.is_transferred:
        stages = _STRAIGHT_STAGES
    mine = places(session, task, user, on=office_date(at), parts=parts)
    acts = _acts(task, parts, user, mine, names)
    return Way(
        task_id=task.id, version=task.version, incoming_id=task.incoming_id, title=task.title, state=state,
        form=task.form, lead=lead_words(task, names), receiver=_receiver(task, parts, names),
        lead_division_id=task.lead_division_id, handler_id=task.handler_id, deputy=_person(task.deputy_id, names),
        instruction=task.instruction,
        due_at=task.due_at, is_late=state not in _ENDED and is_late(task.due_at, at),
        directed_by=_person(task.directed_by, names), directed_for=_person(task.directed_for, names),
        ordered_by=session.get_one(TransferOrder, task.order_id).basis if task.is_transferred else "",
        waits_because=task.waits_because if state is State.SUBMITTED else "",
        outcome=task.outcome, parts=tuple(_part(one, names) for one in parts),
        requests=tuple(
            _request(
                one, names, may_decide=Act.DECIDE in acts and not asking.why_not(session, task, one, mine, by=user)
            )
            for one in asking.open_requests(session, task)
        ),
        acts=acts, stages=tuple((name, n < reached.get(state, 0)) for n, name in enumerate(stages)),
    )  # fmt: skip


def is_late(due_at: str, at: datetime) -> bool:
    """Whether a deadline, an ISO date or date and hour in office time, has passed."""
    if not due_at:
        return False
    now = at.astimezone(OFFICE_ZONE)
    return due_at < (now.date().isoformat() if len(due_at) == 10 else f"{now:%Y-%m-%dT%H:%M}")


def lead_words(task: Task, names: Mapping[str, str]) -> str:
    """Who leads, by name: the division, the person, or both; "" where nobody does. `names` are `parties.names`."""
    who = [_person(task.handler_id, names), _division(task.lead_division_id, names)]
    return ", ".join(one for one in who if one)


def readers(session: Session, incoming_id: int) -> list[Seen]:
    """Who has opened a document, the last first."""
    return [Seen(row.full_name, row.last) for row in session.execute(_READERS, {"document": incoming_id})]


def _receiver(task: Task, parts: Sequence[TaskPart], names: Mapping[str, str]) -> str:
    informed = [_party(one, names) for one in parts if one.part == Part.INFORMED]
    division, handler = _division(task.lead_division_id, names), _person(task.handler_id, names)
    return receiver(task.form, division, handler, informed, task.is_personal)


def _person(user_id: int | None, names: Mapping[str, str]) -> str:
    return names.get(f"u{user_id}", "")


def _party(one: TaskPart | TaskRequest, names: Mapping[str, str]) -> str:
    return _person(one.user_id, names) or _division(one.division_id, names)


def _division(division_id: int | None, names: Mapping[str, str]) -> str:
    return names.get(f"d{division_id}", "")


def _part(one: TaskPart, names: Mapping[str, str]) -> PartRow:
    return PartRow(
        one.id, Part(one.part), _party(one, names), one.answer, one.answered_at, _person(one.answered_by, names),
        one.waived_reason, one.is_settled,
    )  # fmt: skip


def _request(one: TaskRequest, names: Mapping[str, str], *, may_decide: bool) -> RequestRow:
    return RequestRow(
        one.id, Asked(one.kind), _party(one, names), one.due_at, one.reason, _person(one.asked_by, names), one.asked_at,
        may_decide,
    )  # fmt: skip


def _acts(
    task: Task, parts: Sequence[TaskPart], user: User, mine: Mapping[Place, Standing], names: Mapping[str, str]
) -> dict[Act, str]:
    found = {}
    for (state, act), move in TRANSITIONS.items():
        if state != task.state:
            continue
        held = [mine[place] for place in mine if place in move.places]
        if held and _makes_sense(task, parts, act, user):
            found[act] = "" if any(one.for_id is None for one in held) else _person(held[0].for_id, names)
    return found


def _makes_sense(task: Task, parts: Sequence[TaskPart], act: Act, user: User) -> bool:
    """Whether an act that the table allows would not be refused for what else is known."""
    if task.incoming_id is None and act in OF_DOCUMENTS:
        return False
    if act is Act.TAKE_BACK:
        return task.acted_at is None
    if act is Act.WAIVE:
        return any(not one.is_settled for one in parts)
    if act is Act.ANSWER:
        part = own_part(parts, user)
        return part is None or not part.is_settled
    return True
