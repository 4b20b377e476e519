"""Chuyển thẳng: which documents go straight to their handler by the work rules (Điều 23.1 NĐ 30)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core import office
from core.agencies.tables import Agency
from core.delegations import authority
from core.errors import Permanent
from core.listings import transfers
from core.listings.transfers import OrderRow
from core.office import office_date
from core.rights import Right
from core.tasks import ordering, parties
from core.tasks.ordering import Trial, Wanted
from core.tasks.tables import FORM_NAMES, Form, TransferOrder
from dashboard.tasks.finding import Group, groups
from dashboard.web import acting, flash, form_of, in_reading, in_writing, now, origin_of, render, require

_TRIED = (
    "basis", "kind", "issuer", "words", "is_urgent_too", "form", "lead", "days", "instruction", "starts_on", "ends_on",
)  # fmt: skip
_MOST_AGENCIES = 500


@dataclass(frozen=True, slots=True)
class Around:
    """What the page shows beside what is typed; whom and what an order may name only to who may give one."""

    orders: tuple[OrderRow, ...]
    may_order: bool
    groups: tuple[Group, ...]
    kinds: tuple[str, ...]
    agencies: tuple[str, ...]


async def index(request: Request) -> Response:
    """GET /chuyen-thang: the orders and what they caught; the form for who may approve today."""
    person = require(request, Right.DIRECT)
    return await _page(request, person.id, {}, None)


async def order(request: Request) -> Response:
    """POST /chuyen-thang: try an order on the last entries, or give it once it was tried as it stands."""
    person, form = require(request, Right.DIRECT), await form_of(request)
    at = now(request)
    try:
        if form.get("tried", "") != _mark(form):
            trial = await in_reading(request, _try, person.id, form, at=at)
            return await _page(request, person.id, form, None, trial)
        await in_writing(request, _order, person.id, form, at=at, source=origin_of(request).source)
    except Permanent as refused:
        return await _page(request, person.id, form, refused)
    flash(request, "done", "Đã ra lệnh chuyển thẳng. Văn bản vào sổ từ nay hợp lệnh thì đi ngay.")
    return RedirectResponse("/chuyen-thang", 303)


async def end(request: Request) -> Response:
    """POST /chuyen-thang/{id}/thoi: end one at once."""
    person = require(request, Right.DIRECT)
    await form_of(request)
    await in_writing(
        request, _end, person.id, request.path_params["id"], at=now(request), source=origin_of(request).source
    )  # fmt: skip
    flash(request, "done", "Đã dừng lệnh. Văn bản đã chuyển thẳng vẫn ở nơi nhận.")
    return RedirectResponse("/chuyen-thang", 303)


async def _page(
    request: Request, user_id: int, typed: Mapping[str, str], refused: Permanent | None, trial: Trial | None = None
) -> Response:
    around = await in_reading(request, _around, user_id, at=now(request))
    return render(
        request, "tasks/ordering.html", 422 if refused else 200, around=around, typed=typed, refused=refused,
        trial=trial, tried=_mark(typed) if trial else "", forms=FORM_NAMES, today=office_date(now(request)),
    )  # fmt: skip


def _around(session: Session, user_id: int, *, at: datetime) -> Around:
    user = acting(session, user_id)
    rows = tuple(transfers.orders(session, at=at))
    if authority(session, user, on=office_date(at)).approves_for is None:
        return Around(rows, False, (), (), ())
    names = sa.select(Agency.name).where(Agency.root_id.is_(None), Agency.ended_on.is_(None)).distinct()
    agencies = session.scalars(names.order_by(Agency.name).limit(_MOST_AGENCIES))
    return Around(rows, True, groups(session), tuple(office.kinds(session)), tuple(agencies))


def _wanted(form: Mapping[str, str]) -> Wanted:
    """What the form says. Raises Permanent naming a field."""
    try:
        chosen = Form(form.get("form", ""))
    except ValueError:
        raise Permanent("Chọn hình thức giao.", field="form") from None
    texts = {
        name: form.get(name, "") for name in ("kind", "issuer", "words", "days", "instruction", "starts_on", "ends_on")
    }
    return Wanted(
        form.get("basis", ""), chosen, parties.party(form.get("lead", "")),
        is_urgent_too=form.get("is_urgent_too") == "1", **texts,
    )  # fmt: skip


def _mark(form: Mapping[str, str]) -> str:
    """Names what was tried: an order is given as it was tried, or is tried again."""
    said = repr([form.get(name, "").strip() for name in _TRIED])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _try(session: Session, user_id: int, form: Mapping[str, str], *, at: datetime) -> Trial:
    user = acting(session, user_id)
    ordering.approves_for(session, user, at)  # who may not is told so, whatever the form lacks
    return ordering.try_out(session, _wanted(form), by=user, at=at)


def _order(session: Session, user_id: int, form: Mapping[str, str], *, at: datetime, source: str) -> None:
    ordering.order(session, _wanted(form), by=acting(session, user_id), at=at, source=source)


def _end(session: Session, user_id: int, order_id: int, *, at: datetime, source: str) -> None:
    row = session.get(TransferOrder, order_id)
    if row is None:
        raise HTTPException(404)
    ordering.end(session, row, by=acting(session, user_id), at=at, source=source)


routes = [
    Route("/chuyen-thang", index, name="tasks:orders"),
    Route("/chuyen-thang", order, methods=["POST"], name="tasks:order"),
    Route("/chuyen-thang/{id:int}/thoi", end, methods=["POST"], name="tasks:end_order"),
]
