"""A draft beside a document that it may be one with: what differs, joined, told apart; and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.errors import Permanent, WrongState
from core.incoming import joining, replies
from core.incoming.registration import check_version
from core.incoming.tables import Incoming, State
from core.incoming.values import URGENCIES
from core.listings import desk
from core.rights import Right
from core.text import fold
from dashboard.incoming import view
from dashboard.incoming.confirm import again, save
from dashboard.incoming.desk import to_draft
from dashboard.incoming.form import LABELS
from dashboard.incoming.pane import Pane, pane_of
from dashboard.incoming.view import Draft
from dashboard.readings import note_reading
from dashboard.web import flash, form_of, in_reading, in_writing, now, origin_of, render, require

_JUDGED = ("issuer", "code", "issued_on", "subject")  # core says whether these differ: spelling alone is none
_NOT_COMPARED = ("parent_issuer", "remark")


@dataclass(frozen=True, slots=True)
class Row:
    """One field of the two documents; `is_different` when they do not say the same."""

    label: str
    here: str
    there: str
    is_different: bool


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a joined draft: the draft to open next, and what it was joined to in words."""

    next_id: int | None
    words: str
    into_draft: int | None


async def compare(request: Request) -> Response:
    """GET /den/{id}/so-voi/{other}: both documents side by side, with what may be done about it."""
    person, place = require(request, Right.REGISTER), request.path_params
    here = await in_reading(request, view.load_draft, person.id, place["id"])
    there = await in_reading(request, view.load_draft, person.id, place["other"])
    if here.state != State.DRAFT or here.id == there.id:
        return to_draft(here.id)
    entered = await in_reading(request, view.load_entered, person.id, there.id)
    for one in (here, there):
        await note_reading(request, one.id)
    like = next((one for one in here.likes if one.other.id == there.id), None)
    panes: list[tuple[Draft, Pane | None]] = [(one, await pane_of(request, one)) for one in (here, there)]
    return render(
        request, "incoming/compare.html", draft=here, there=there, entered=entered, like=like, panes=panes,
        rows=rows_of(here, there, like.differing if like else None),
    )  # fmt: skip


async def join(request: Request) -> Response:
    """POST /den/{id}/gop-vao/{other}: close the draft as one with the other, which gets its files."""
    person, form, place = require(request, Right.REGISTER), await form_of(request), request.path_params
    at, source = now(request), origin_of(request).source
    try:
        done = await in_writing(request, _join, person.id, place["id"], place["other"], form, at=at, source=source)
    except (Permanent, WrongState) as refused:
        return await again(request, form if _has_fields(form) else {}, refused)
    flash(request, "done", f"Đã gộp vào {done.words}. Gộp nhầm thì mở văn bản ấy, bấm «Tách ra» ở mục Đến nhiều lần.")
    return to_draft(done.into_draft or done.next_id)


async def tell_apart(request: Request) -> Response:
    """POST /den/{id}/khong-trung/{other}: the draft is another document, to be entered by itself."""
    return await _said_apart(request, is_apart=True)


async def compare_again(request: Request) -> Response:
    """POST /den/{id}/so-lai/{other}: take back that they are two."""
    return await _said_apart(request, is_apart=False)


async def part(request: Request) -> Response:
    """POST /den/{id}/tach-ra: a joined draft is back on the desk with its files."""
    person, incoming_id = require(request, Right.REGISTER), request.path_params["id"]
    await form_of(request)
    at, source = now(request), origin_of(request).source
    try:
        await in_writing(request, _part, person.id, incoming_id, at=at, source=source)
    except WrongState as refused:
        flash(request, "warning", refused.sentence)
    return to_draft(incoming_id)


async def answer(request: Request) -> Response:
    """POST /den/{id}/tra-loi/{other}: of several entries with the code this one is answered; 0 leaves it open."""
    person, form, place = require(request, Right.REGISTER), await form_of(request), request.path_params
    at, source = now(request), origin_of(request).source
    try:
        await in_writing(request, _answer, person.id, place["id"], place["other"], form, at=at, source=source)
    except (Permanent, WrongState) as refused:
        return await again(request, form, refused)
    return to_draft(place["id"])


def rows_of(here: Draft, there: Draft, differing: tuple[str, ...] | None) -> list[Row]:
    """The fields that either has, in the order of the form. `differing` is what core found, None where it was not
    asked."""
    found = []
    for name, label in LABELS.items():
        one, other = here.form.fields[name].value, there.form.fields[name].value
        if not one and not other:
            continue
        is_different = bool(one and other) and fold(one) != fold(other) and name not in _NOT_COMPARED
        if differing is not None and name in _JUDGED:
            is_different = name in differing
        if name == "urgency":
            one, other = URGENCIES[one], URGENCIES[other]
        found.append(Row(label, one, other, is_different))
    return found


async def _said_apart(request: Request, *, is_apart: bool) -> Response:
    person, form, place = require(request, Right.REGISTER), await form_of(request), request.path_params
    at, source = now(request), origin_of(request).source
    try:
        await in_writing(
            request, _tell_apart, person.id, place["id"], place["other"], form, is_apart=is_apart, at=at, source=source
        )
    except (Permanent, WrongState) as refused:
        return await again(request, form if _has_fields(form) else {}, refused)
    if is_apart:
        flash(request, "done", "Đã ghi: hai văn bản khác nhau. Văn bản này vào sổ riêng như thường.")
    return to_draft(place["id"])


def _has_fields(form: Mapping[str, str]) -> bool:
    return "subject" in form


def _checked(
    session: Session, user_id: int, incoming_id: int, form: Mapping[str, str], at: datetime, source: str
) -> Incoming:
    """The draft, with what was typed in its form saved; from a page without that form only its version is asked."""
    document = view.find(session, view.clerk(session, user_id), incoming_id)
    if _has_fields(form):
        save(session, user_id, incoming_id, form, at=at, source=source)
    else:
        version = form.get("version", "")
        check_version(document, int(version) if version.isdecimal() and len(version) < 10 else -1)
    return document


def _join(
    session: Session, user_id: int, incoming_id: int, other_id: int, form: Mapping[str, str], *, at: datetime,
    source: str,
) -> Done:  # fmt: skip
    document = _checked(session, user_id, incoming_id, form, at, source)
    user = view.clerk(session, user_id)
    into, next_id = view.find(session, user, other_id), desk.next_after(session, user, incoming_id)
    joining.join(session, document, into, by=user, at=at, source=source)
    if into.arrival_number is None:
        return Done(next_id, "dự thảo này", into.id)
    return Done(next_id, f"số đến {into.arrival_number}", None)


def _tell_apart(
    session: Session, user_id: int, incoming_id: int, other_id: int, form: Mapping[str, str], *, is_apart: bool,
    at: datetime, source: str,
) -> None:  # fmt: skip
    document = _checked(session, user_id, incoming_id, form, at, source)
    user = view.clerk(session, user_id)
    other = view.find(session, user, other_id)
    joining.tell_apart(session, document, other, is_apart=is_apart, by=user, at=at, source=source)


def _part(session: Session, user_id: int, incoming_id: int, *, at: datetime, source: str) -> None:
    user = view.clerk(session, user_id)
    joining.part(session, view.find(session, user, incoming_id), by=user, at=at, source=source)


def _answer(
    session: Session, user_id: int, incoming_id: int, other_id: int, form: Mapping[str, str], *, at: datetime,
    source: str,
) -> None:  # fmt: skip
    document = _checked(session, user_id, incoming_id, form, at, source)
    user = view.clerk(session, user_id)
    if document.state not in (State.DRAFT, State.REGISTERED):
        raise HTTPException(404)
    replies.choose(session, document, other_id or None, by=user, at=at, source=source)


_PLACE = "/den/{id:int}"
routes = [
    Route(_PLACE + "/so-voi/{other:int}", compare, methods=["GET"], name="incoming:compare"),
    Route(_PLACE + "/gop-vao/{other:int}", join, methods=["POST"], name="incoming:join"),
    Route(_PLACE + "/khong-trung/{other:int}", tell_apart, methods=["POST"], name="incoming:tell_apart"),
    Route(_PLACE + "/so-lai/{other:int}", compare_again, methods=["POST"], name="incoming:compare_again"),
    Route(_PLACE + "/tach-ra", part, methods=["POST"], name="incoming:part"),
    Route(_PLACE + "/tra-loi/{other:int}", answer, methods=["POST"], name="incoming:answer"),
]
