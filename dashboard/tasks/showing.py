"""One task: that of a document stands on the document's page, a duty without one has a page of its own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core.incoming.tables import Incoming, State
from core.listings import history, ways
from core.people import User
from core.tasks import notes
from core.tasks.tables import FORM_NAMES, PART_NAMES, STATE_NAMES, Task
from core.tasks.transitions import Act
from dashboard.tasks.finding import Choice, Group, colleagues, groups, task_for
from dashboard.web import acting, in_reading, now, render, user_of

WORDS: dict[str, Any] = {"forms": FORM_NAMES, "parts": PART_NAMES, "task_states": STATE_NAMES, "Act": Act}
_WITH_PARTIES = frozenset({Act.ASK, Act.ADD_PART})


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote beside the task."""

    who: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Panel:
    """A task with whom its acts may name. `may_submit` where an older entry has no task yet."""

    way: ways.Way | None
    colleagues: tuple[Choice, ...]
    groups: tuple[Group, ...]
    readers: tuple[ways.Seen, ...]
    notes: tuple[Note, ...]
    may_submit: bool


async def show(request: Request) -> Response:
    """GET /viec/{id}: a duty; the task of a document is shown on the document's page."""
    person, task_id = user_of(request), request.path_params["id"]
    incoming_id = await in_reading(request, _document_of, person.id, task_id)
    if incoming_id is not None:
        return RedirectResponse(f"/den/{incoming_id}", 303)
    panel, steps = await in_reading(request, _duty, person.id, task_id, at=now(request))
    return render(request, "tasks/duty.html", panel=panel, steps=steps, **WORDS)


def panel_of(session: Session, user: User, document: Incoming, *, at: datetime) -> Panel | None:
    """The task of a document that `user` may read, for its page; None for what was never entered."""
    if document.arrival_number is None:
        return None
    task = session.scalars(sa.select(Task).where(Task.incoming_id == document.id)).first()
    seen = tuple(ways.readers(session, document.id))
    if task is None:
        return Panel(None, (), (), seen, (), document.state == State.REGISTERED)
    way = ways.way_of(session, task, user, at=at)
    return _panel(session, way, seen)


def _panel(session: Session, way: ways.Way, seen: tuple[ways.Seen, ...]) -> Panel:
    members: tuple[Choice, ...] = ()
    if Act.GIVE in way.acts and way.lead_division_id is not None:
        members = colleagues(session, way.lead_division_id, besides=way.handler_id)
    all_groups = groups(session) if way.acts.keys() & _WITH_PARTIES else ()
    rows = notes.of_task(session, way.task_id)
    written = tuple(Note(row.full_name, row.TaskNote.text, row.TaskNote.at) for row in rows)
    return Panel(way, members, all_groups, seen, written, may_submit=False)


def _document_of(session: Session, user_id: int, task_id: int) -> int | None:
    return task_for(session, acting(session, user_id), task_id).incoming_id


def _duty(session: Session, user_id: int, task_id: int, *, at: datetime) -> tuple[Panel, list[history.Step]]:
    user = acting(session, user_id)
    task = task_for(session, user, task_id)
    return _panel(session, ways.way_of(session, task, user, at=at), ()), history.steps_of_task(session, task_id)


routes = [Route("/viec/{id:int}", show, name="tasks:show")]
