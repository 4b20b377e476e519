"""One step of a task: whether it may be done, by whom and for whom, and what the journal says of it."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core import events
from core.errors import NotAllowed, WrongState
from core.events import Fact
from core.office import office_date
from core.people import User
from core.tasks.places import Standing, places
from core.tasks.tables import STATE_NAMES, State, Task
from core.tasks.transitions import ACT_NAMES, OF_DOCUMENTS, TRANSITIONS, Act

CHANGED = "Việc này vừa đổi sau khi bạn mở trang. Xem lại rồi làm tiếp; chưa có gì bị ghi đè."
_WAITING = frozenset({State.SUBMITTED, State.SUGGESTING, State.DEPUTED, State.RETURNED})
# Looking on, asking and adding are no work on an assignment: it can still be taken back.
_NO_WORK = frozenset(
    {Act.URGE, Act.ADD_PART, Act.REDIRECT, Act.TAKE_BACK, Act.ASSIGN, Act.DEPUTE, Act.ASK_OFFICE, Act.TRANSFER}
)


def begin(
    session: Session, task: Task, act: Act, *, by: User, at: datetime, version: int, said: object = ""
) -> Standing | None:
    """In whose place `by` may do `act` to the task as `version` shows it; None when he has just done it, and `said` the
    same: a repeat, which changes nothing.

    Raises WrongState where the act does not fit or the task has changed since, NotAllowed where it is not his.
    """
    if is_repeat(task, act, by=by, version=version, said=said):
        return None
    move = TRANSITIONS.get((State(task.state), act))
    if move is None or (task.incoming_id is None and act in OF_DOCUMENTS):
        raise WrongState(
            f"Việc này đang ở bước «{STATE_NAMES[State(task.state)]}», không {_lower(ACT_NAMES[act])} được."
        )
    mine = places(session, task, by, on=office_date(at))
    open_to_me = [mine[place] for place in mine if place in move.places]
    if not open_to_me:
        raise NotAllowed(f"Bạn không được giao việc «{ACT_NAMES[act]}» ở bước này.")
    if task.version != version:
        raise WrongState(CHANGED)
    standing = next((one for one in open_to_me if one.for_id is None), open_to_me[0])
    return replace(standing, key=_key(act, by, version, said))


def is_repeat(task: Task, act: Act, *, by: User, version: int, said: object = "") -> bool:
    """Whether `by` made of this very version what the task is now, by this act and what was `said` with it."""
    return task.version != version and task.last_act == _key(act, by, version, said)


def finish(
    session: Session, task: Task, act: Act, target: State, standing: Standing, *, by: User, at: datetime, source: str,
    payload: Mapping[str, Any] = {},
) -> None:  # fmt: skip
    """Put the task into the state that `act` leads to, and tell the journal. Locks the chain head: call it last."""
    fact = step(session, task, act, target, standing, at=at, payload=payload)
    events.record_many(session, [fact], by=by.id, at=at, source=source, for_id=standing.for_id)


def step(
    session: Session, task: Task, act: Act, target: State, standing: Standing, *, at: datetime,
    payload: Mapping[str, Any] = {},
) -> Fact:  # fmt: skip
    """Put the task into the state that `act` leads to; returns what the journal is to say."""
    before = State(task.state)
    assert target in TRANSITIONS[before, act].targets
    task.state = target
    task.last_act = standing.key
    task.version += 1
    if target in _WAITING:
        task.acted_at = None
    elif act not in _NO_WORK:
        task.acted_at = task.acted_at or at
    session.flush()
    said = dict(payload) | {"from": before.value, "to": target.value}
    if standing.between:
        said["between"] = list(standing.between)
    return Fact(f"task_{act.value}", "task", task.id, said)


def _key(act: Act, by: User, version: int, said: object) -> str:
    return f"{act.value} {by.id} {version} {hashlib.sha256(repr(said).encode()).hexdigest()[:16]}"


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
