"""Giao việc không có văn bản: once, or again and again (C13)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core.errors import Permanent
from core.incoming.values import read_day
from core.office import office_date
from core.rights import Right
from core.tasks import making, parties
from core.tasks.tables import Duty
from dashboard.tasks.approving import assignment_of, shortcuts
from dashboard.tasks.finding import groups
from dashboard.web import acting, flash, form_of, in_reading, in_writing, now, origin_of, render, require, whole_number


async def ask(request: Request) -> Response:
    """GET /viec/giao: the form, and the duties that come again."""
    require(request, Right.GIVE_WORK)
    return await _page(request, {}, None)


async def make(request: Request) -> Response:
    """POST /viec/giao: give a duty out, or begin one that comes again."""
    person, form = require(request, Right.GIVE_WORK), await form_of(request)
    raw = await request.form()
    try:
        back = await in_writing(
            request, _make, person.id, form, raw, at=now(request), source=origin_of(request).source
        )  # fmt: skip
    except Permanent as refused:
        return await _page(request, form, refused)
    flash(request, "done", "Đã giao việc.")
    return RedirectResponse(back, 303)


async def end(request: Request) -> Response:
    """POST /viec/giao/{id}/thoi: make no more tasks of a duty."""
    person = require(request, Right.GIVE_WORK)
    await form_of(request)
    await in_writing(
        request, _end, person.id, request.path_params["id"], at=now(request), source=origin_of(request).source
    )  # fmt: skip
    flash(request, "done", "Nhiệm vụ không lặp lại nữa; việc đã giao vẫn còn.")
    return RedirectResponse("/viec/giao", 303)


async def _page(request: Request, typed: Mapping[str, str], refused: Permanent | None) -> Response:
    around = await in_reading(request, _around, office_date(now(request)))
    return render(
        request, "tasks/making.html", 422 if refused else 200, typed=typed, refused=refused, periods=making.PERIODS,
        **around,
    )  # fmt: skip


def _around(session: Session, today: date) -> dict[str, Any]:
    return {
        "groups": groups(session), "duties": making.running_duties(session), "names": parties.names(session),
        "shortcuts": shortcuts(session, today),
    }  # fmt: skip


def _make(session: Session, user_id: int, form: Mapping[str, str], raw: FormData, *, at: datetime, source: str) -> str:
    user = acting(session, user_id)
    if not form.get("every"):
        task = making.make(session, form.get("title", ""), assignment_of(form, raw), by=user, at=at, source=source)
        return f"/viec/{task.id}"
    lead = parties.party(form.get("lead", ""))
    if lead is None:
        raise Permanent("Chọn một phòng hoặc một người chủ trì.", field="lead")
    days = whole_number(form.get("days", ""))
    if days is None:
        raise Permanent("Số ngày làm việc là một số nguyên.", field="days")
    making.begin_duty(
        session, form.get("title", ""), form.get("instruction", ""), form["every"],
        read_day(form.get("first_on", ""), field="first_on"), days, lead, by=user, at=at, source=source,
    )  # fmt: skip
    return "/viec/giao"


def _end(session: Session, user_id: int, duty_id: int, *, at: datetime, source: str) -> None:
    duty = session.get(Duty, duty_id)
    if duty is None:
        raise HTTPException(404)
    making.end_duty(session, duty, by=acting(session, user_id), at=at, source=source)


routes = [
    Route("/viec/giao", ask, name="tasks:ask"),
    Route("/viec/giao", make, methods=["POST"], name="tasks:make"),
    Route("/viec/giao/{id:int}/thoi", end, methods=["POST"], name="tasks:end"),
]
