"""Báo nơi gửi: which senders are told what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core.agencies.tables import Agency
from core.answers import policies
from core.answers.policies import CHOICES, OFFICE, Policy
from core.edxml import Status
from core.errors import Permanent
from core.rights import Right
from dashboard.web import acting, flash, form_of, in_reading, in_writing, now, origin_of, render, require, whole_number

WORDS = {
    Status.RECEIVED: "Đã nhận thư, trong ngày", Status.REGISTERED: "Đã vào sổ, kèm số đến",
    Status.ASSIGNED: "Đã phân công, kèm đơn vị xử lý", Status.IN_PROGRESS: "Đang xử lý",
    Status.DONE: "Đã xử lý xong",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows; `asked` is the agency for which a policy is to be made, with its name."""

    office: frozenset[Status]
    others: tuple[Policy, ...]
    organ_id: str
    asked: tuple[str, str]


async def index(request: Request) -> Response:
    """GET /bao-noi-gui: ?co-quan= the id of an agency that a policy is to be made for."""
    return await _page(request, {}, None)


async def keep(request: Request) -> Response:
    """POST /bao-noi-gui: set what the office tells all, or one sender, by the field `key`."""
    person, form = require(request, Right.KEEP_ANSWERS), await form_of(request)
    chosen = [one for one in CHOICES if form.get(f"s{one.value}")]
    key, at, source = form.get("key", ""), now(request), origin_of(request).source
    try:
        await in_writing(request, _keep, person.id, key, chosen, at=at, source=source)
    except Permanent as refused:
        return await _page(request, form, refused)
    flash(request, "done", "Đã ghi; áp dụng cho thư báo từ lúc này.")
    return RedirectResponse("/bao-noi-gui", 303)


async def drop(request: Request) -> Response:
    """POST /bao-noi-gui/bo: tell a sender as all others."""
    person, form = require(request, Right.KEEP_ANSWERS), await form_of(request)
    at, source = now(request), origin_of(request).source
    await in_writing(request, _drop, person.id, form.get("key", ""), at=at, source=source)
    flash(request, "done", "Đã bỏ; nơi này được báo như mọi nơi khác.")
    return RedirectResponse("/bao-noi-gui", 303)


async def keep_organ(request: Request) -> Response:
    """POST /bao-noi-gui/ma-dinh-danh: the office's own code on the exchange."""
    person, form = require(request, Right.KEEP_ANSWERS), await form_of(request)
    at, source = now(request), origin_of(request).source
    try:
        await in_writing(request, _keep_organ, person.id, form.get("organ_id", ""), at=at, source=source)
    except Permanent as refused:
        return await _page(request, form, refused)
    flash(request, "done", "Đã ghi mã định danh của cơ quan.")
    return RedirectResponse("/bao-noi-gui", 303)


async def _page(request: Request, typed: Mapping[str, str], refused: Permanent | None) -> Response:
    person = require(request, Right.SEE_OUTBOX)
    asked = whole_number(request.query_params.get("co-quan", ""))
    shown = await in_reading(request, _shown, person.id, asked)
    return render(
        request, "answers/index.html", 422 if refused else 200, shown=shown, words=WORDS, office_key=OFFICE,
        may_keep=Right.KEEP_ANSWERS in person.rights, typed=typed, error=refused.sentence if refused else "",
        wrong=refused.field if refused else "",
    )  # fmt: skip


def _shown(session: Session, user_id: int, asked: int | None) -> Shown:
    acting(session, user_id)
    agency = session.get(Agency, asked) if asked is not None else None
    return Shown(
        policies.of_office(session), tuple(policies.policies(session)), policies.organ_id(session),
        (policies.agency_key(agency.id), agency.name) if agency is not None else ("", ""),
    )  # fmt: skip


def _keep(session: Session, user_id: int, key: str, chosen: list[Status], *, at: datetime, source: str) -> None:
    policies.keep(session, key, chosen, by=acting(session, user_id), at=at, source=source)


def _drop(session: Session, user_id: int, key: str, *, at: datetime, source: str) -> None:
    policies.drop(session, key, by=acting(session, user_id), at=at, source=source)


def _keep_organ(session: Session, user_id: int, code: str, *, at: datetime, source: str) -> None:
    policies.keep_organ_id(session, code, by=acting(session, user_id), at=at, source=source)


routes = [
    Route("/bao-noi-gui", index, name="answers:index"),
    Route("/bao-noi-gui", keep, methods=["POST"], name="answers:keep"),
    Route("/bao-noi-gui/bo", drop, methods=["POST"], name="answers:drop"),
    Route("/bao-noi-gui/ma-dinh-danh", keep_organ, methods=["POST"], name="answers:organ"),
]
