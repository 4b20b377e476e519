"""Trả lại nơi gửi: asked for at the clerk's desk, agreed to at the leaders'."""

from datetime import datetime

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core.answers import returning
from core.answers.tables import DocumentReturn
from core.errors import NotAllowed, Permanent, WrongState
from core.incoming.tables import State
from core.listings import desk
from core.rights import Right
from dashboard.incoming import view
from dashboard.incoming.confirm import again
from dashboard.incoming.desk import to_draft
from dashboard.web import acting, flash, form_of, in_writing, now, office_of, origin_of, require

_DONE = "Đã trả lại. Hai phút nữa thư báo nơi gửi, kèm lý do, mới đi; trong lúc ấy còn rút được."
_NO_SERVER = "Chưa có máy chủ thư để gửi (mục [sending]): nơi gửi chưa được báo cho tới khi khai xong."
_WAITS = "Văn bản của cấp trên: chờ lãnh đạo hoặc Chánh Văn phòng đồng ý rồi mới trả lại. Văn bản còn ở bàn văn thư."


async def ask(request: Request) -> Response:
    """POST /den/{id}/tra-lai: return a document to who sent it, with a reason."""
    person, form, incoming_id = require(request, Right.REGISTER), await form_of(request), request.path_params["id"]
    at, source, reason = now(request), origin_of(request).source, form.get("reason", "")
    sending = office_of(request).settings.sending
    try:
        waits, where = await in_writing(
            request, _ask, person.id, incoming_id, reason, at=at, source=source, own_address=sending.from_address
        )
    except (Permanent, WrongState) as refused:
        if form.get("tu") == "so":  # from the page of an entry, which has no form of the desk
            flash(request, "warning", refused.sentence)
            return RedirectResponse(f"/den/{incoming_id}", 303)
        return await again(request, {"reason": reason}, refused)
    flash(request, "done" if sending.host and not waits else "warning", _WAITS if waits else _DONE)
    if not sending.host:
        flash(request, "warning", _NO_SERVER)
    return to_draft(where)


async def withdraw(request: Request) -> Response:
    """POST /den/{id}/rut-tra-lai: call a return back."""
    person, incoming_id = require(request, Right.REGISTER), request.path_params["id"]
    await form_of(request)
    at, source = now(request), origin_of(request).source
    try:
        await in_writing(request, _withdraw, person.id, incoming_id, at=at, source=source)
    except WrongState as refused:
        flash(request, "warning", refused.sentence)
    else:
        flash(request, "done", "Đã rút; nơi gửi không được báo trả lại.")
    return RedirectResponse(f"/den/{incoming_id}", 303)


async def decide(request: Request) -> Response:
    """POST /tra-lai/{id}: the second person agrees or not (`answer` yes or no, `words`)."""
    person, form = require(request, Right.AGREE_RETURNS), await form_of(request)
    at, source, is_agreed = now(request), origin_of(request).source, form.get("answer") == "yes"
    try:
        await in_writing(
            request, _decide, person.id, request.path_params["id"], form.get("words", ""), is_agreed=is_agreed,
            at=at, source=source,
        )  # fmt: skip
    except (Permanent, WrongState, NotAllowed) as refused:
        flash(request, "warning", refused.sentence)
    else:
        flash(request, "done", "Đã đồng ý trả lại nơi gửi." if is_agreed else "Đã trả lời: không trả lại.")
    return RedirectResponse("/duyet", 303)


def _ask(
    session: Session, user_id: int, incoming_id: int, reason: str, *, at: datetime, source: str, own_address: str
) -> tuple[bool, int | None]:
    user = view.clerk(session, user_id)
    document = view.find(session, user, incoming_id)
    was_draft, next_id = document.state == State.DRAFT, desk.next_after(session, user, incoming_id)
    made = returning.ask(session, document, reason, by=user, at=at, source=source, own_address=own_address)
    waits = made.is_agreed is None
    return waits, next_id if was_draft and not waits else incoming_id


def _withdraw(session: Session, user_id: int, incoming_id: int, *, at: datetime, source: str) -> None:
    user = view.clerk(session, user_id)
    returning.withdraw(session, view.find(session, user, incoming_id), by=user, at=at, source=source)


def _decide(
    session: Session, user_id: int, return_id: int, words: str, *, is_agreed: bool, at: datetime, source: str
) -> None:
    user = acting(session, user_id)
    made = session.get(DocumentReturn, return_id)
    if made is None:
        raise HTTPException(404)
    returning.decide(session, made, words, is_agreed=is_agreed, by=user, at=at, source=source)


routes = [
    Route("/den/{id:int}/tra-lai", ask, methods=["POST"], name="answers:return"),
    Route("/den/{id:int}/rut-tra-lai", withdraw, methods=["POST"], name="answers:withdraw"),
    Route("/tra-lai/{id:int}", decide, methods=["POST"], name="answers:decide"),
]
