"""Thu hồi: what senders ask back, each with the documents here that are meant; acts stay with people."""

from datetime import datetime

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core import recalls
from core.errors import CongvanError, Permanent, WrongState
from core.recalls import Recall
from core.rights import Right
from dashboard.web import acting, flash, form_of, in_reading, in_writing, now, origin_of, render, require, user_of


async def index(request: Request) -> Response:
    """GET /thu-hoi: the requests that nobody has answered."""
    return await _page(request)


async def settle(request: Request) -> Response:
    """POST /thu-hoi/{id}/khep: close one without removing anything, with the reason."""
    person, form, notice_id = require(request, Right.REGISTER), await form_of(request), request.path_params["id"]
    reason, source = form.get("reason", ""), origin_of(request).source
    try:
        await in_writing(request, _settle, person.id, notice_id, reason, at=now(request), source=source)
    except Permanent as error:
        return await _page(request, notice_id, reason, error)
    except WrongState as error:
        flash(request, "warning", error.sentence)
    else:
        flash(request, "done", "Đã khép yêu cầu thu hồi, lý do được ghi lại.")
    return RedirectResponse("/thu-hoi", 303)


async def _page(
    request: Request, wrong_id: int | None = None, typed: str = "", error: CongvanError | None = None
) -> Response:  # fmt: skip
    person = user_of(request)
    rows = await in_reading(request, _open, person.id)
    return render(
        request, "recalls/index.html", 422 if error else 200, rows=rows, wrong_id=wrong_id, typed=typed,
        error=error.sentence if error else "",
    )  # fmt: skip


def _open(session: Session, user_id: int) -> list[Recall]:
    return recalls.open_recalls(session, acting(session, user_id))


def _settle(session: Session, user_id: int, notice_id: int, reason: str, *, at: datetime, source: str) -> None:
    recalls.settle(session, notice_id, reason, by=acting(session, user_id), at=at, source=source)


routes = [
    Route("/thu-hoi", index, name="recalls:index"),
    Route("/thu-hoi/{id:int}/khep", settle, methods=["POST"], name="recalls:settle"),
]
