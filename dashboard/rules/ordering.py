"""The list of rules: their order, on and off, deleting one that was never used."""

from functools import partial
from typing import Any

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core.errors import WrongState
from core.listings import rules as listing
from core.listings.rules import RuleRow
from core.rights import Right
from core.rules import keeping
from dashboard.rules.editing import rule_of
from dashboard.rules.wording import shown, tried_in_words
from dashboard.web import acting, flash, form_of, in_reading, in_writing, now, office_of, origin_of, render, require

_ACTS = {
    "bat": (partial(keeping.switch, on=True), "Đã bật. Quy tắc đề xuất từ thư sau."),
    "tat": (partial(keeping.switch, on=False), "Đã tắt. Thư sau không dùng quy tắc này."),
    "len": (partial(keeping.move, up=True), ""),
    "xuong": (partial(keeping.move, up=False), ""),
    "xoa": (keeping.remove, "Đã xóa quy tắc."),
}


async def index(request: Request) -> Response:
    """GET /quy-tac: all rules in the order in which they are asked."""
    person = require(request, Right.REGISTER)
    rows = await in_reading(request, _rows, person.id)
    listed = [{"row": row, "rule": shown(row.definition), "tried": tried_in_words(row)} for row in rows]
    return render(
        request, "rules/index.html", rows=listed, is_used=office_of(request).settings.intake.rules
    )  # fmt: skip


async def act_on(request: Request) -> Response:
    """POST /quy-tac/{id}/{bat|tat|len|xuong|xoa}: switch, move or delete a rule."""
    person, rule_id = require(request, Right.REGISTER), request.path_params["id"]
    form = await form_of(request)
    act, said = _ACTS.get(request.path_params["act"]) or (None, "")
    if act is None:
        raise HTTPException(404)
    try:
        await in_writing(
            request, _act, act, person.id, rule_id, at=now(request), source=origin_of(request).source
        )  # fmt: skip
    except WrongState as refused:
        flash(request, "warning", refused.sentence)
    else:
        if said:
            flash(request, "done", said)
    is_from_rule = form.get("tu") == "quy-tac" and act is not keeping.remove
    return RedirectResponse(f"/quy-tac/{rule_id}" if is_from_rule else f"/quy-tac#quy-tac-{rule_id}", 303)


def _rows(session: Session, user_id: int) -> list[RuleRow]:
    return listing.rules(session, acting(session, user_id))


def _act(session: Session, /, act: Any, user_id: int, rule_id: int, **how: Any) -> None:
    act(session, rule_of(session, rule_id, lock=True), by=acting(session, user_id), **how)


routes = [
    Route("/quy-tac", index, name="rules:index"),
    Route("/quy-tac/{id:int}/{act}", act_on, methods=["POST"], name="rules:act"),
]
