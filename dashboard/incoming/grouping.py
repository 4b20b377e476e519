"""Tách, gộp: a file becomes a draft of its own, a draft goes into another. What was typed is saved on the way."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.errors import Permanent, WrongState
from core.incoming import grouping, parts
from core.rights import Right
from dashboard.incoming import view
from dashboard.incoming.confirm import again, save
from dashboard.incoming.desk import to_draft
from dashboard.web import flash, form_of, in_writing, now, origin_of, require


async def split(request: Request) -> Response:
    """POST /den/{id}/tep/{position}/tach: open the new draft that has the file as its main one."""
    person, form, place = require(request, Right.REGISTER), await form_of(request), request.path_params
    at, source = now(request), origin_of(request).source
    try:
        new_id = await in_writing(
            request, _split, person.id, place["id"], place["position"], form, at=at, source=source
        )
    except (Permanent, WrongState) as refused:
        return await again(request, form, refused)
    flash(request, "done", "Đã tách tệp thành dự thảo riêng. Tách nhầm thì gộp lại ở đây.")
    return to_draft(new_id)


async def merge(request: Request) -> Response:
    """POST /den/{id}/gop/{other}: open the draft that has the files now."""
    person, form, place = require(request, Right.REGISTER), await form_of(request), request.path_params
    at, source = now(request), origin_of(request).source
    try:
        await in_writing(request, _merge, person.id, place["id"], place["other"], form, at=at, source=source)
    except (Permanent, WrongState) as refused:
        return await again(request, form, refused)
    flash(request, "done", "Đã gộp. Các tệp nay là phụ lục của dự thảo này.")
    return to_draft(place["other"])


async def merge_parts(request: Request) -> Response:
    """POST /den/{id}/gop-phan: merge all waiting parts of one sending into the first, and open that."""
    person, form, incoming_id = require(request, Right.REGISTER), await form_of(request), request.path_params["id"]
    at, source = now(request), origin_of(request).source
    try:
        first = await in_writing(request, _merge_parts, person.id, incoming_id, form, at=at, source=source)
    except (Permanent, WrongState) as refused:
        return await again(request, form, refused)
    flash(request, "done", "Đã gộp các phần. Tệp của các phần sau nay là phụ lục của dự thảo này.")
    return to_draft(first)


def _split(
    session: Session, user_id: int, incoming_id: int, position: int, form: Mapping[str, str], *, at: datetime,
    source: str,
) -> int:  # fmt: skip
    save(session, user_id, incoming_id, form, at=at, source=source)
    user = view.clerk(session, user_id)
    return grouping.split(session, view.find(session, user, incoming_id), position, by=user, at=at, source=source)


def _merge(
    session: Session, user_id: int, incoming_id: int, other_id: int, form: Mapping[str, str], *, at: datetime,
    source: str,
) -> None:  # fmt: skip
    save(session, user_id, incoming_id, form, at=at, source=source)
    user = view.clerk(session, user_id)
    document, into = view.find(session, user, incoming_id), view.find(session, user, other_id)
    grouping.merge(session, document, into, by=user, at=at, source=source)


def _merge_parts(
    session: Session, user_id: int, incoming_id: int, form: Mapping[str, str], *, at: datetime, source: str
) -> int:
    save(session, user_id, incoming_id, form, at=at, source=source)
    user = view.clerk(session, user_id)
    return parts.merge_all(session, user, view.find(session, user, incoming_id), at=at, source=source)


routes = [
    Route("/den/{id:int}/tep/{position:int}/tach", split, methods=["POST"], name="incoming:split"),
    Route("/den/{id:int}/gop/{other:int}", merge, methods=["POST"], name="incoming:merge"),
    Route("/den/{id:int}/gop-phan", merge_parts, methods=["POST"], name="incoming:merge_parts"),
]
