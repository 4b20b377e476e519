"""GET /den: the clerk's desk, queue beside form beside page; GET /den/{id}: one document."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core.incoming.tables import State
from core.incoming.values import URGENCIES
from core.listings import history
from core.rights import Right, may
from dashboard.incoming import notes, signatures, view
from dashboard.incoming.pane import chosen_file, pane_of, stored
from dashboard.incoming.view import Draft, Typed
from dashboard.pictures import draw
from dashboard.readings import is_noted, note_reading
from dashboard.tasks.showing import WORDS as TASK_WORDS
from dashboard.tasks.showing import Panel, panel_of
from dashboard.web import acting, in_reading, now, render, require, user_of

_Around = tuple[view.Queue, view.Entered | None]


async def show_desk(request: Request) -> Response:
    """GET /den: the desk with the first draft open, or empty with what would be here."""
    person = require(request, Right.REGISTER)
    first = await in_reading(request, view.first_draft, person.id)
    if first is not None:
        return await desk_page(request, first)
    around = await in_reading(request, _around, person.id, _just(request), at=now(request))
    return render(request, "incoming/desk.html", draft=None, **_shown_around(request, around))


async def show(request: Request) -> Response:
    """GET /den/{id}: a draft opens on the desk, anything else as an entry of the register."""
    person, incoming_id = user_of(request), request.path_params["id"]
    if not is_noted(request, incoming_id):
        await in_reading(request, view.check, person.id, incoming_id)
        await note_reading(request, incoming_id)
    entry = await in_reading(request, _entry, person.id, incoming_id, at=now(request))
    return await desk_page(request, incoming_id) if entry is None else await _entry_page(request, entry)


async def show_queue(request: Request) -> Response:
    """GET /den/hang-doi: the left zone alone, fetched again when something has happened."""
    person, open_id = require(request, Right.REGISTER), _number(request.query_params.get("mo"))
    around = await in_reading(request, _around, person.id, _just(request), at=now(request))
    return render(request, "incoming/queue.html", open_id=open_id, **_shown_around(request, around))


async def show_pane(request: Request) -> Response:
    """GET /den/{id}/xem: the right zone alone, with the file and page that the address asks for."""
    person, incoming_id = user_of(request), request.path_params["id"]
    draft = await in_reading(request, view.load_draft, person.id, incoming_id)
    await note_reading(request, incoming_id)
    return render(request, "incoming/pane.html", draft=draft, pane=await pane_of(request, draft), **_words())


async def show_others(request: Request) -> Response:
    """GET /den/{id}/moi: whether somebody else has changed or entered the draft since version `ban`."""
    person = require(request, Right.REGISTER)
    draft = await in_reading(request, view.load_draft, person.id, request.path_params["id"])
    seen = _number(request.query_params.get("ban")) or 0
    return render(request, "incoming/others.html", draft=draft, is_new=draft.form.version != seen)


async def desk_page(
    request: Request, incoming_id: int, *, typed: Typed | None = None, sentence: str = "", status_code: int = 200
) -> Response:  # fmt: skip
    """The desk with one draft open. `sentence` says above the form why an act was not done."""
    person = require(request, Right.REGISTER)
    draft, around = await in_reading(
        request, _desk, person.id, incoming_id, typed, _just(request), at=now(request)
    )  # fmt: skip
    await note_reading(request, incoming_id)
    page = render(
        request, "incoming/desk.html", status_code, draft=draft, pane=await pane_of(request, draft),
        sentence=sentence, is_conflict=status_code == 409, **_shown_around(request, around),
    )  # fmt: skip
    page.background = BackgroundTask(partial(_draw_ahead, request, draft, person.id))
    return page


async def _entry_page(request: Request, entry: tuple[Draft, view.Entered | None, Panel | None]) -> Response:
    person, (draft, entered, panel) = user_of(request), entry
    may_void = Right.VOID in person.rights and draft.state == State.REGISTERED
    return render(
        request, "incoming/entry.html", draft=draft, entered=entered, pane=await pane_of(request, draft),
        may_void=may_void, may_take_back=Right.REGISTER in person.rights and draft.state == State.DECLINED,
        panel=panel, **_words(), **TASK_WORDS,
    )  # fmt: skip


def _entry(
    session: Session, user_id: int, incoming_id: int, *, at: datetime
) -> tuple[Draft, view.Entered | None, Panel | None] | None:
    """What the page of an entry shows; None of a draft, which opens on the desk, but for who has none."""
    user = acting(session, user_id)
    document = view.find(session, user, incoming_id)
    is_draft = document.state == State.DRAFT
    if is_draft and may(user, Right.REGISTER):
        return None
    panel = panel_of(session, user, document, at=at) if not is_draft else None
    return view.draft_of(session, user, document), view.entered_of(session, document), panel


def _desk(
    session: Session, user_id: int, incoming_id: int, typed: Typed | None, just: int | None, *, at: datetime
) -> tuple[Draft, _Around]:
    return view.load_draft(session, user_id, incoming_id, typed), _around(session, user_id, just, at=at)


def _around(session: Session, user_id: int, just: int | None, *, at: datetime) -> _Around:
    """The queue, and the entry that was made `just` now."""
    entered = view.load_entered(session, user_id, just) if just else None
    return view.load_queue(session, user_id, at=at), entered


def _just(request: Request) -> int | None:
    return _number(request.query_params.get("vua"))


def _shown_around(request: Request, around: _Around) -> dict[str, Any]:
    queue, entered = around
    return {"queue": queue, "entered": entered, "is_again": "lai" in request.query_params, **_words()}


def _words() -> dict[str, Any]:
    return {
        "urgencies": URGENCIES, "roles": view.ROLE_WORDS, "note_in_words": notes.in_words,
        "note_in_short": notes.in_short, "signed_in_words": signatures.summary, "signature_lines": signatures.lines,
        "differing_in_words": differing_in_words,
    }  # fmt: skip


def differing_in_words(fields: Sequence[str]) -> str:
    """The fields in which two documents differ, as people name them."""
    return ", ".join("tệp chính" if name == "main" else history.FIELD_NAMES[name] for name in fields)


async def _draw_ahead(request: Request, draft: Draft, user_id: int) -> None:
    """Draw the page that the browser is about to ask for, then the first one of the draft that comes next."""
    file = chosen_file(draft.files, None)
    if file is not None:
        await draw(request, stored(file), 1)
    if draft.next_id is None:
        return
    file = chosen_file(await in_reading(request, view.load_files, user_id, draft.next_id), None)
    if file is not None:
        await draw(request, stored(file), 1)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 12 else None


def to_draft(incoming_id: int | None, query: str = "") -> RedirectResponse:
    """303 to a draft, or to the empty desk when none is left."""
    return RedirectResponse((f"/den/{incoming_id}" if incoming_id else "/den") + query, status_code=303)


routes = [
    Route("/den", show_desk, name="incoming:desk"),
    Route("/den/hang-doi", show_queue, name="incoming:queue"),
    Route("/den/{id:int}", show, name="incoming:show"),
    Route("/den/{id:int}/xem", show_pane, name="incoming:pane"),
    Route("/den/{id:int}/moi", show_others, name="incoming:others"),
]
