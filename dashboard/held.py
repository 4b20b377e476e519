"""Thư bị giữ, Không vào sổ: what waits sealed or was left out, and what the custodian decides."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from config import VERSION
from core import held as letters
from core.errors import CongvanError, Permanent
from core.incoming.dangers import VIRUS
from core.key_mails import LOCKED, KeyMail
from core.letters import Exclusion, HeldLetter
from core.listings import held as listing
from core.listings.held import HeldRow, LeftOutRow
from core.requests import FOLDER
from core.rights import Right, may_open_held
from dashboard import reasons
from dashboard.incoming.uploads import keep_password
from dashboard.key_mails import chosen_key_mail, shown_key_mail, with_key_mails
from dashboard.web import (
    PASSWORD_FIELD,
    Person,
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
)  # fmt: skip
from dashboard.words import age

LISTS = {"nhap": "Văn thư không cập nhật", **reasons.CATEGORIES, "thu_bao": "Thư báo, trả lời tự động, quảng cáo"}
_OF_EVERYBODY = frozenset(reasons.CATEGORIES)  # the other lists show what letters say: the clerk's alone
_LET_IN = "Đã yêu cầu đưa thư vào nháp. Máy đọc xong thì dự thảo hiện ở Văn bản đến."
_ADMITTED = "Đã ghi nhận báo nhầm. Nội dung không được giữ lại: đề nghị nơi gửi gửi lại, máy sẽ nhận thư ấy."
_DECIDED = {
    letters.RELEASED: "Đã đưa vào nháp", "read_again": "Máy đọc lại được, không còn giữ",
    "excluded": "Đọc lại: không vào sổ theo Điều 3",
}  # fmt: skip
_OF_CITIZENS = frozenset({"hoi_don_thu", "phieu_chuyen_don"})  # whoever wrote is protected
_KNOWS_OF_VIRUS = "biet-co-vi-rut"
_LOST_WITH_US = (
    "Máy chủ thư đã chuyển giao thư này cho chương trình và không giữ lại: bản niêm phong ở đây là bản duy nhất. "
    "Hủy rồi thì chỉ còn cách đề nghị nơi gửi gửi lại."
)
_LOSSES = {
    "imap": "Thư trên máy chủ thư không bị đụng đến.",
    "dropped": "Đây là bản duy nhất trong chương trình; tệp gốc chỉ còn ở người đã thả vào bàn văn thư.",
}  # what is left of a held letter when our copy is destroyed, by the door it came by
_DOORS = {
    "dropped": "tệp thả vào bàn văn thư", "released": "thư được đưa vào nháp", "again": "thư được đọc lại",
    "lmtp": "thư máy chủ thư đẩy vào (LMTP)", "smtp": "thư máy chủ thư đẩy vào (SMTP)",
}  # fmt: skip


async def index(request: Request) -> Response:
    """GET /bi-giu: letters that wait for a decision; ?xong=1 those decided."""
    return await _index(request)


async def show_decline(request: Request) -> Response:
    """GET /bi-giu/{id}/khong-cap-nhat: ask for the reason before the bytes are destroyed."""
    return await _decline_page(request, "")


async def decline(request: Request) -> Response:
    """POST /bi-giu/{id}/khong-cap-nhat: destroy the key, with the reason."""
    person = require(request, Right.SEE_HELD)
    form, held_id = await form_of(request), request.path_params["id"]
    reason = form.get("reason", "")
    try:
        await in_writing(
            request, _decline, held_id, reason, person.id, at=now(request), source=origin_of(request).source
        )
    except Permanent as error:
        return await _decline_page(request, reason, error)
    flash(request, "done", f"Không cập nhật thư bị giữ số {held_id}. Nội dung đã hủy, không mở lại được.")
    return RedirectResponse("/bi-giu", 303)


async def show_release(request: Request) -> Response:
    """GET /bi-giu/{id}/dua-vao-nhap: what a letter with a virus brings, before it is let in."""
    return await _release_page(request)


async def release(request: Request) -> Response:
    """POST /bi-giu/{id}/dua-vao-nhap: ask intake to open a held letter and draft it; one with a virus is asked about
    first."""
    form, row = await form_of(request), await in_reading(request, _one_or_none, request.path_params["id"])
    if row is not None and row.reason == VIRUS and form.get(_KNOWS_OF_VIRUS) != "1":
        return await _release_page(request, is_sent=True)
    return await _release(request, Right.SEE_HELD, _release_held, "/bi-giu")


async def read_again(request: Request) -> Response:
    """POST /bi-giu/{id}/doc-lai: ask intake to read a held letter once more."""
    require(request, Right.SEE_HELD)
    folder, form = office_of(request).spool / FOLDER, await form_of(request)
    key_name = keep_password(folder, form.get(PASSWORD_FIELD, ""))
    act = partial(_read_again, key_name=key_name, key_mail=chosen_key_mail(form))
    said = "Đã yêu cầu đọc lại thư. Đọc được thì thư thành dự thảo ở Văn bản đến; chưa được thì lý do hiện ở đây."
    try:
        return await _release(request, Right.SEE_HELD, act, "/bi-giu", said)
    except BaseException:
        if key_name is not None:
            (folder / key_name).unlink(missing_ok=True)
        raise


async def release_exclusion(request: Request) -> Response:
    """POST /khong-vao-so/{id}/dua-vao-nhap: a false alarm; intake fetches the letter again."""
    row = await in_reading(request, listing.left_out_door, request.path_params["id"])
    said = _LET_IN if row == letters.IN_A_MAILBOX else _ADMITTED
    shown = request.query_params.get("ds", "")  # the list it was asked from, to go back to
    back = f"/khong-vao-so/{shown}" if shown in reasons.CATEGORIES else "/khong-vao-so"
    return await _release(request, Right.RELEASE_EXCLUDED, _release_exclusion, back, said)


async def not_entered(request: Request) -> Response:
    """GET /khong-vao-so/{list}: drafts left out by the clerk, letters left out under Điều 3, notices."""
    person = require(request, Right.SEE_HELD)
    is_clerk = Right.REGISTER in person.rights
    lists = {key: words for key, words in LISTS.items() if is_clerk or key in _OF_EVERYBODY}
    chosen = request.path_params.get("list") or next(iter(lists))
    if chosen not in lists:
        raise HTTPException(404)
    before = _before(request)
    counts, rows = await in_reading(request, _list, person.id, chosen, before)
    shown = [_left_out(row) for row in rows] if chosen in reasons.CATEGORIES else rows
    if chosen == "thu_bao":
        shown = [{"row": row, "kind": reasons.notice(row.outcome, row.rule)} for row in rows]
    return render(
        request, "held/not_entered.html", chosen=chosen, lists=lists, counts=counts, rows=shown,
        next_id=_next_id(rows), can_open=Right.RELEASE_EXCLUDED in person.rights,
        can_take_back=is_clerk,
    )  # fmt: skip


async def _index(request: Request) -> Response:
    person = require(request, Right.SEE_HELD)
    decided = request.query_params.get("xong") == "1"
    rows, mails = await in_reading(request, with_key_mails, person.id, decided=decided, before=_before(request))
    shown = [_held(row, person, now(request), mails.get(row.id, ())) for row in rows]
    return render(request, "held/index.html", rows=shown, decided=decided, next_id=_next_id(rows))


async def _decline_page(request: Request, reason: str, error: CongvanError | None = None) -> Response:
    person = require(request, Right.SEE_HELD)
    row = await in_reading(request, _one, request.path_params["id"])
    if not may_open_held(person.roles, row.reason):
        raise HTTPException(404)
    return render(
        request, "held/decline.html", 422 if error else 200, row=_held(row, person, now(request)), reason=reason,
        error=error.sentence if error else "", wrong_field=error.field if error else "",
    )  # fmt: skip


async def _release_page(request: Request, *, is_sent: bool = False) -> Response:
    person = require(request, Right.SEE_HELD)
    row = await in_reading(request, _one, request.path_params["id"])
    if not may_open_held(person.roles, row.reason) or row.reason != VIRUS:
        raise HTTPException(404)
    shown = _held(row, person, now(request))
    return render(
        request, "held/release.html", 422 if is_sent else 200, row=shown, is_sent=is_sent, name=_KNOWS_OF_VIRUS
    )  # fmt: skip


async def _release(
    request: Request, right: Right, act: Callable[..., None], back: str, said: str = _LET_IN
) -> Response:  # fmt: skip
    person = require(request, right)
    await form_of(request)
    source = origin_of(request).source
    await in_writing(request, act, request.path_params["id"], person.id, at=now(request), source=source)
    flash(request, "done", said)
    return RedirectResponse(back, 303)


def _one(session: Session, held_id: int) -> HeldRow:
    row = _one_or_none(session, held_id)
    if row is None:
        raise HTTPException(404)
    return row


def _one_or_none(session: Session, held_id: int) -> HeldRow | None:
    rows = listing.held(session, decided=False, before=held_id + 1, limit=1)
    return rows[0] if rows and rows[0].id == held_id else None


def _decline(session: Session, held_id: int, reason: str, user_id: int, *, at: datetime, source: str) -> None:
    row = _row(session, HeldLetter, held_id)
    letters.decline_held(session, row, reason, by=acting(session, user_id), at=at, source=source)


def _release_held(session: Session, held_id: int, user_id: int, *, at: datetime, source: str) -> None:
    row = _row(session, HeldLetter, held_id)
    letters.release_held(session, row, by=acting(session, user_id), at=at, source=source)


def _read_again(
    session: Session, held_id: int, user_id: int, *, at: datetime, source: str, key_name: str | None,
    key_mail: dict[str, int],
) -> None:  # fmt: skip
    row = _row(session, HeldLetter, held_id)
    letters.read_again(session, row, by=acting(session, user_id), at=at, source=source, key_name=key_name, **key_mail)


def _release_exclusion(session: Session, exclusion_id: int, user_id: int, *, at: datetime, source: str) -> None:
    row = _row(session, Exclusion, exclusion_id)
    letters.release_exclusion(session, row, by=acting(session, user_id), at=at, source=source)


def _row(session: Session, kind: type[Any], row_id: int) -> Any:
    row = session.get(kind, row_id, with_for_update=True)
    if row is None:
        raise HTTPException(404)
    return row


def _list(session: Session, user_id: int, chosen: str, before: int | None) -> tuple[dict[str, int], list[Any]]:
    user = acting(session, user_id)
    counts = listing.left_out_counts(session, user)
    if chosen == "nhap":
        return counts, list(listing.declined(session, user, before=before))
    if chosen == "thu_bao":
        return counts, list(listing.notices(session, user, before=before))
    return counts, list(listing.left_out(session, chosen, before=before))


def _held(row: HeldRow, person: Person, at: datetime, mails: Sequence[KeyMail] = ()) -> dict[str, Any]:
    return {
        "row": row, "reason": reasons.held(row.reason) + (f": {row.detail}" if row.detail else ""),
        "is_older": row.can_be_read and row.program != VERSION, "decision": _DECIDED.get(row.decision or "", ""),
        "sender": row.sender or _no_sender(row.reason), "place": _place(row), "age": age(row.held_at, at),
        "can_open": may_open_held(person.roles, row.reason), "takes_password": row.reason in LOCKED,
        "key_mails": [shown_key_mail(mail, row.id) for mail in mails],
        "has_virus": row.reason == VIRUS, "loss": _LOSSES.get(row.door, _LOST_WITH_US),
    }  # fmt: skip


def _no_sender(reason: str) -> str:
    return "(không lưu: có thể là đơn thư)" if reason in _OF_CITIZENS else "(máy chưa đọc được)"


def _left_out(row: LeftOutRow) -> dict[str, Any]:
    return {
        "row": row, "reason": reasons.left_out(row.category, row.rule), "place": _place(row),
        "is_in_a_mailbox": row.door == letters.IN_A_MAILBOX,
    }  # fmt: skip


def _place(row: HeldRow | LeftOutRow) -> str:
    if row.door != "imap":
        return _DOORS.get(row.door, row.door)
    return f"{row.mailbox}, thư mục {row.folder}, UID {row.uid}"


def _before(request: Request) -> int | None:
    return whole_number(request.query_params.get("truoc", ""))


def _next_id(rows: list[Any]) -> int | None:
    return rows[-1].id if len(rows) == listing.PAGE_ROWS else None


routes = [
    Route("/bi-giu", index, name="held:index"),
    Route("/bi-giu/{id:int}/khong-cap-nhat", show_decline, name="held:show_decline"),
    Route("/bi-giu/{id:int}/khong-cap-nhat", decline, methods=["POST"], name="held:decline"),
    Route("/bi-giu/{id:int}/doc-lai", read_again, methods=["POST"], name="held:read_again"),
    Route("/bi-giu/{id:int}/dua-vao-nhap", show_release, name="held:show_release"),
    Route("/bi-giu/{id:int}/dua-vao-nhap", release, methods=["POST"], name="held:release"),
    Route("/khong-vao-so", not_entered, name="held:not_entered"),
    Route("/khong-vao-so/{list}", not_entered, name="held:list"),
    Route("/khong-vao-so/{id:int}/dua-vao-nhap", release_exclusion, methods=["POST"], name="held:release_exclusion"),
]
