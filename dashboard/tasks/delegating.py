"""Ủy quyền và xử lý thay: who acts for whom, on which days (C8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core import delegations
from core.delegations import KIND_NAMES, Delegation, Kind
from core.errors import Permanent
from core.incoming.values import read_day
from core.office import office_date
from core.people import Role, User
from core.rights import Right
from core.tasks import parties
from dashboard.tasks.finding import Choice
from dashboard.web import acting, flash, form_of, in_reading, in_writing, now, origin_of, render, require, whole_number


@dataclass(frozen=True, slots=True)
class Shown:
    """One delegation with the names of both, whether it runs today and whether the person may end it."""

    row: Delegation
    absent: str
    to: str
    is_running: bool
    may_end: bool


async def index(request: Request) -> Response:
    """GET /uy-quyen: what runs and is to come, and the form."""
    require(request, Right.WORK)
    return await _page(request, {}, None)


async def delegate(request: Request) -> Response:
    """POST /uy-quyen: let somebody act for oneself or, by the chief of office, for another."""
    person, form = require(request, Right.WORK), await form_of(request)
    try:
        await in_writing(
            request, _delegate, person.id, form, at=now(request), source=origin_of(request).source
        )  # fmt: skip
    except Permanent as refused:
        return await _page(request, form, refused)
    flash(request, "done", "Đã ghi. Người được cử thấy việc trong những ngày ấy; nhật ký ghi cả hai tên.")
    return RedirectResponse("/uy-quyen", 303)


async def end(request: Request) -> Response:
    """POST /uy-quyen/{id}/thoi: end one at once."""
    person = require(request, Right.WORK)
    await form_of(request)
    await in_writing(
        request, _end, person.id, request.path_params["id"], at=now(request), source=origin_of(request).source
    )  # fmt: skip
    flash(request, "done", "Đã kết thúc.")
    return RedirectResponse("/uy-quyen", 303)


async def _page(request: Request, typed: Mapping[str, str], refused: Permanent | None) -> Response:
    around = await in_reading(request, _around, require(request, Right.WORK).id, at=now(request))
    return render(
        request, "tasks/delegating.html", 422 if refused else 200, typed=typed, refused=refused, kinds=KIND_NAMES,
        **around,
    )  # fmt: skip


def _around(session: Session, user_id: int, *, at: datetime) -> dict[str, Any]:
    user, today = acting(session, user_id), office_date(at)
    is_chief = Role.OFFICE_CHIEF in user.roles
    rows = delegations.running_or_coming(session, on=today)
    everybody = session.scalars(sa.select(User).where(User.is_active).order_by(User.full_name, User.id)).all()
    names = {one.id: one.full_name for one in session.scalars(sa.select(User))}
    return {
        "rows": [
            Shown(row, names[row.from_id], names[row.to_id], row.starts_on <= today, is_chief or _is_owner(user, row))
            for row in rows
        ],
        "people": [Choice(str(one.id), one.full_name, one.title) for one in everybody if parties.may_work(one)],
        "me": user.id, "may_name_others": is_chief, "may_approve": Role.DIRECTOR in user.roles or is_chief,
        "today": today,
    }  # fmt: skip


def _is_owner(user: User, row: Delegation) -> bool:
    return user.id in (row.from_id, row.made_by)


def _delegate(session: Session, user_id: int, form: Mapping[str, str], *, at: datetime, source: str) -> None:
    user = acting(session, user_id)
    absent = session.get(User, whole_number(form.get("absent", "")) or user.id)
    to = session.get(User, whole_number(form.get("to", "")) or 0)
    if absent is None or to is None or not parties.may_work(to):
        raise Permanent("Chọn người trong danh sách.", field="to")
    try:
        kind = Kind(form.get("kind", Kind.SUBSTITUTE))
    except ValueError:
        raise Permanent("Chọn việc được giao lại.", field="kind") from None
    starts_on, ends_on = (read_day(form.get(name, ""), field=name) for name in ("starts_on", "ends_on"))
    delegations.delegate(
        session, kind, absent, to, starts_on, ends_on, form.get("basis", ""), by=user, at=at, source=source
    )


def _end(session: Session, user_id: int, row_id: int, *, at: datetime, source: str) -> None:
    row = session.get(Delegation, row_id)
    if row is None:
        raise HTTPException(404)
    delegations.end(session, row, by=acting(session, user_id), at=at, source=source)


routes = [
    Route("/uy-quyen", index, name="tasks:delegations"),
    Route("/uy-quyen", delegate, methods=["POST"], name="tasks:delegate"),
    Route("/uy-quyen/{id:int}/thoi", end, methods=["POST"], name="tasks:undelegate"),
]
