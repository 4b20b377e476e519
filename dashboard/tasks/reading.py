"""Xin quyền đọc: asking to read what was not given to one, and the answer (C10)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core import reading_grants
from core.errors import Permanent, WrongState
from core.incoming.tables import ReadingGrant
from core.office import office_date
from core.rights import Right, may
from dashboard.web import acting, flash, form_of, in_reading, in_writing, now, origin_of, render, require, whole_number


async def index(request: Request) -> Response:
    """GET /xin-doc: the form, what one asked for, and for who decides what waits."""
    require(request, Right.SEARCH)
    return await _page(request, {}, None)


async def ask(request: Request) -> Response:
    """POST /xin-doc: ask to read an entry by its số đến."""
    person, form = require(request, Right.SEARCH), await form_of(request)
    try:
        await in_writing(request, _ask, person.id, form, at=now(request), source=origin_of(request).source)
    except Permanent as refused:
        return await _page(request, form, refused)
    flash(request, "done", "Đã gửi. Văn thư hoặc lãnh đạo trả lời ở trang này.")
    return RedirectResponse("/xin-doc", 303)


async def decide(request: Request) -> Response:
    """POST /xin-doc/{id}/{user}: grant or refuse."""
    person, form = require(request, Right.GRANT_READING), await form_of(request)
    await in_writing(
        request, _decide, person.id, request.path_params["id"], request.path_params["user"], form, at=now(request),
        source=origin_of(request).source,
    )  # fmt: skip
    flash(request, "done", "Đã trả lời.")
    return RedirectResponse("/xin-doc", 303)


async def revoke(request: Request) -> Response:
    """POST /xin-doc/{id}/{user}/thu-hoi: let a person read no more what he was let read."""
    person, form = require(request, Right.GRANT_READING), await form_of(request)
    try:
        await in_writing(
            request, _revoke, person.id, request.path_params["id"], request.path_params["user"],
            form.get("reason", ""), at=now(request), source=origin_of(request).source,
        )  # fmt: skip
    except (Permanent, WrongState) as refused:
        flash(request, "warning", refused.sentence)
    else:
        flash(request, "done", "Đã thu hồi quyền đọc.")
    return RedirectResponse("/xin-doc", 303)


async def _page(request: Request, typed: Mapping[str, str], refused: Permanent | None) -> Response:
    person = require(request, Right.SEARCH)
    around = await in_reading(request, _around, person.id, at=now(request))
    return render(request, "tasks/reading.html", 422 if refused else 200, typed=typed, refused=refused, **around)


def _around(session: Session, user_id: int, *, at: datetime) -> dict[str, Any]:
    user = acting(session, user_id)
    return {
        "own": reading_grants.own(session, user), "books": reading_grants.books(session), "year": office_date(at).year,
        "waiting": reading_grants.waiting(session) if may(user, Right.GRANT_READING) else [],
        "granted": reading_grants.granted(session) if may(user, Right.GRANT_READING) else [],
    }  # fmt: skip


def _ask(session: Session, user_id: int, form: Mapping[str, str], *, at: datetime, source: str) -> None:
    numbers = [whole_number(form.get(name, "").replace(".", "").strip()) for name in ("book", "year", "number")]
    book_id, year, number = numbers
    if book_id is None or year is None or number is None:
        raise Permanent("Số đến và năm là số nguyên.", field="number")
    user = acting(session, user_id)
    reading_grants.ask(session, book_id, year, number, form.get("reason", ""), by=user, at=at, source=source)


def _decide(
    session: Session, user_id: int, incoming_id: int, asker_id: int, form: Mapping[str, str], *, at: datetime,
    source: str,
) -> None:  # fmt: skip
    row = _row(session, incoming_id, asker_id)
    is_granted = form.get("answer") == "yes"
    user = acting(session, user_id)
    reading_grants.decide(session, row, form.get("words", ""), is_granted=is_granted, by=user, at=at, source=source)


def _revoke(
    session: Session, user_id: int, incoming_id: int, reader_id: int, reason: str, *, at: datetime, source: str
) -> None:
    row = _row(session, incoming_id, reader_id)
    reading_grants.revoke(session, row, reason, by=acting(session, user_id), at=at, source=source)


def _row(session: Session, incoming_id: int, asker_id: int) -> ReadingGrant:
    row = session.get(ReadingGrant, (incoming_id, asker_id), with_for_update=True)
    if row is None:
        raise HTTPException(404)
    return row


routes = [
    Route("/xin-doc", index, name="tasks:reading"),
    Route("/xin-doc", ask, methods=["POST"], name="tasks:ask_reading"),
    Route("/xin-doc/{id:int}/{user:int}", decide, methods=["POST"], name="tasks:decide_reading"),
    Route("/xin-doc/{id:int}/{user:int}/thu-hoi", revoke, methods=["POST"], name="tasks:revoke_reading"),
]
