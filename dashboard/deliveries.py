"""Gửi đi: the queues of the outbox, the way of one delivery, and what people decide about it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core.deliveries import pausing, queueing
from core.deliveries.tables import Delivery, Kind, State, Step
from core.errors import CongvanError, Permanent, WrongState
from core.listings import deliveries as listing
from core.listings.deliveries import DeliveryRow, Whole
from core.people import User
from core.rights import Right
from dashboard.readings import note_reading
from dashboard.web import (
    acting,
    flash,
    form_of,
    in_reading,
    in_writing,
    now,
    office_of,
    origin_of,
    render,
    require,
    whole_number,
)

QUEUES = {
    "cho-gui": ("waiting", "Chờ gửi"), "khong-gui-duoc": ("failed", "Không gửi được"),
    "chua-ro": ("uncertain", "Chưa rõ"), "da-gui": ("sent", "Đã gửi"), "da-huy": ("cancelled", "Đã hủy"),
}  # fmt: skip
KINDS = {Kind.ANSWER: "Trả lời nơi gửi", Kind.NOTICE: "Thông báo", Kind.DOCUMENT: "Văn bản đi"}
URGENCIES = dict(enumerate(("hoa_toc", "thuong_khan", "khan", "thuong")))
STATES = {
    State.WAITING: ("…", "Chờ gửi", ""), State.SENDING: ("…", "Đang gửi", ""), State.SENT: ("✓", "Đã gửi", "done"),
    State.FAILED: ("⚠", "Không gửi được", "urgent"), State.UNCERTAIN: ("?", "Chưa rõ", "warning"),
    State.CANCELLED: ("✕", "Đã hủy", "quiet"),
}  # fmt: skip
STEPS = {
    Step.QUEUED: "Vào hàng chờ", Step.DEFERRED: "Chưa gửi được, sẽ thử lại",
    Step.INTERRUPTED: "Bị ngắt trước khi gửi xong; chắc chắn chưa đi", Step.SENT: "Máy chủ thư đã nhận chuyển",
    Step.FAILED: "Không gửi được", Step.UNCERTAIN: "Mất liên lạc đúng lúc gửi xong; có thể đã đi, có thể chưa",
    Step.RESTORED: "Khôi phục từ bản sao lưu: không rõ đã gửi hay chưa", Step.HELD_SENT: "Coi là đã gửi",
    Step.SENT_AGAIN: "Cho gửi lại", Step.CORRECTED: "Gửi lại tới địa chỉ khác", Step.CANCELLED: "Hủy, không gửi",
    Step.TOLD: "Nơi nhận báo đã nhận", Step.REPORT_FAILED: "Thư trả lại: không tới nơi",
    Step.REPORT_DELAYED: "Báo chậm: máy chủ còn thử", Step.REPORT_DELIVERED: "Máy của nơi nhận đã nhận",
    Step.REPORT_DISPLAYED: "Người nhận đã mở",
}  # fmt: skip


async def index(request: Request) -> Response:
    """GET /gui-di and /gui-di/{queue}: one queue; ?tiep= the last id seen."""
    return await _index(request)


async def show(request: Request) -> Response:
    """GET /gui-di/{id}: one delivery with its way."""
    return await _show(request)


async def act(request: Request) -> Response:
    """POST /gui-di/{id}/…: what a person decides about one delivery."""
    person, what, delivery_id = (
        require(request, Right.RUN_OUTBOX),
        request.path_params["what"],
        request.path_params["id"],
    )
    form = await form_of(request)
    if what not in _ACTS:
        raise HTTPException(404)
    try:
        await in_writing(
            request, _act, person.id, delivery_id, _ACTS[what][0], form, at=now(request),
            source=origin_of(request).source,
        )  # fmt: skip
    except Permanent as error:
        return await _show(request, error, form.get("address", ""))
    except WrongState as error:
        flash(request, "warning", error.sentence)
    else:
        flash(request, "done", _ACTS[what][1])
    return RedirectResponse(f"/gui-di/{delivery_id}", 303)


async def pause(request: Request) -> Response:
    """POST /gui-di/tam-dung: stop the whole outbox, with the reason."""
    person, form = require(request, Right.RUN_OUTBOX), await form_of(request)
    reason = form.get("reason", "")
    try:
        await in_writing(request, _pause, person.id, reason, at=now(request), source=origin_of(request).source)
    except Permanent as error:
        return await _index(request, error, reason)
    except WrongState as error:
        flash(request, "warning", error.sentence)
    else:
        flash(request, "done", "Đã tạm dừng: không thư nào đi nữa cho tới khi có người cho gửi tiếp.")
    return RedirectResponse("/gui-di", 303)


async def resume(request: Request) -> Response:
    """POST /gui-di/tiep-tuc: let the outbox go on."""
    person = require(request, Right.RUN_OUTBOX)
    await form_of(request)
    try:
        await in_writing(request, _resume, person.id, at=now(request), source=origin_of(request).source)
    except WrongState as error:
        flash(request, "warning", error.sentence)
    else:
        flash(request, "done", "Đang gửi tiếp.")
    return RedirectResponse("/gui-di", 303)


async def _index(request: Request, error: CongvanError | None = None, typed: str = "") -> Response:
    person = require(request, Right.SEE_OUTBOX)
    name = request.path_params.get("queue", next(iter(QUEUES)))
    if name not in QUEUES:
        raise HTTPException(404)
    after = whole_number(request.query_params.get("tiep", ""))
    found = await in_reading(request, _list, person.id, QUEUES[name][0], after, at=now(request))
    rows: list[DeliveryRow] = found["rows"]
    has_more = len(rows) == listing.PAGE_ROWS and name != "cho-gui"
    return render(
        request, "deliveries/index.html", 422 if error else 200, **found | {"rows": [_shown(row) for row in rows]},
        queue=name, queues=[(slug, words, found["counts"][key]) for slug, (key, words) in QUEUES.items()],
        is_on=bool(office_of(request).settings.sending.host), may_run=Right.RUN_OUTBOX in person.rights,
        error=error.sentence if error else "", typed=typed, next_id=rows[-1].id if has_more else None,
    )  # fmt: skip


async def _show(request: Request, error: CongvanError | None = None, typed: str = "") -> Response:
    person = require(request, Right.SEE_OUTBOX)
    whole = await in_reading(request, _whole, person.id, request.path_params["id"])
    if whole.row.incoming_id is not None and whole.row.may_read:
        await note_reading(request, whole.row.incoming_id, in_full=False)
    return render(
        request, "deliveries/show.html", 422 if error else 200, whole=whole, one=_shown(whole.row), step_names=STEPS,
        may_run=Right.RUN_OUTBOX in person.rights, error=error.sentence if error else "",
        typed=typed if error else whole.row.recipient_address,
    )  # fmt: skip


def _shown(row: DeliveryRow) -> dict[str, Any]:
    mark, words, tone = STATES[State(row.state)]
    back = [
        said
        for at, said in (
            (row.acknowledged_at, "↩ nơi nhận báo đã nhận"),
            (row.displayed_at, "↩ người nhận đã mở"),
            (row.delivered_at, "✓ máy nhận đã nhận"),
        )
        if at is not None
    ]
    return {
        "row": row, "mark": mark, "state": words, "tone": tone, "kind": KINDS[Kind(row.kind)],
        "urgency": URGENCIES[row.rank], "back": back[:1],
    }  # fmt: skip


def _list(session: Session, user_id: int, queue: str, after: int | None, *, at: datetime) -> dict[str, Any]:
    user = acting(session, user_id)
    rows = listing.deliveries(session, user, queue, after=after)
    trouble = pausing.trouble(session)
    return {
        "rows": rows, "counts": listing.counts(session, user), "trouble": trouble,
        "pauses": listing.pauses(session, at=at),
    }  # fmt: skip


def _whole(session: Session, user_id: int, delivery_id: int) -> Whole:
    return listing.whole(session, acting(session, user_id), delivery_id)


def _act(
    session: Session, user_id: int, delivery_id: int, what: Callable[..., None], form: dict[str, str], *,
    at: datetime, source: str,
) -> None:  # fmt: skip
    user = acting(session, user_id)
    listing.whole(session, user, delivery_id)  # only what the person may see
    what(session, session.get_one(Delivery, delivery_id), form, by=user, at=at, source=source)


def _again(session: Session, delivery: Delivery, _form: dict[str, str], **acting: Any) -> None:
    queueing.decide(session, delivery, State.WAITING, **acting)


def _hold_sent(session: Session, delivery: Delivery, _form: dict[str, str], **acting: Any) -> None:
    queueing.decide(session, delivery, State.SENT, **acting)


def _correct(session: Session, delivery: Delivery, form: dict[str, str], **acting: Any) -> None:
    queueing.resend(session, delivery, form.get("address", ""), **acting)


def _cancel(session: Session, delivery: Delivery, _form: dict[str, str], **acting: Any) -> None:
    queueing.cancel(session, delivery, **acting)


def _told(session: Session, delivery: Delivery, form: dict[str, str], **acting: Any) -> None:
    queueing.acknowledge(session, delivery, form.get("words", ""), **acting)


def _pause(session: Session, user_id: int, why: str, *, at: datetime, source: str) -> None:
    pausing.pause(session, why, by=acting(session, user_id), at=at, source=source)


def _resume(session: Session, user_id: int, *, at: datetime, source: str) -> None:
    by: User = acting(session, user_id)
    pausing.resume(session, by=by, at=at, source=source)


_ACTS: dict[str, tuple[Callable[..., None], str]] = {
    "gui-lai": (_again, "Đã đưa lại vào hàng chờ gửi."),
    "coi-la-da-gui": (_hold_sent, "Đã ghi là đã gửi."),
    "sua-dia-chi": (_correct, "Đã gửi lại tới địa chỉ mới, thành một thư riêng."),
    "huy": (_cancel, "Đã hủy; thư này không đi nữa."),
    "bao-nhan": (_told, "Đã ghi nơi nhận báo đã nhận."),
}
routes = [
    Route("/gui-di", index, name="deliveries:index"),
    Route("/gui-di/tam-dung", pause, methods=["POST"], name="deliveries:pause"),
    Route("/gui-di/tiep-tuc", resume, methods=["POST"], name="deliveries:resume"),
    Route("/gui-di/{id:int}", show, name="deliveries:show"),
    Route("/gui-di/{id:int}/{what}", act, methods=["POST"], name="deliveries:act"),
    Route("/gui-di/{queue}", index, name="deliveries:queue"),
]
