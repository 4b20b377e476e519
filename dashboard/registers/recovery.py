"""After a restore: a named person confirms the last number that was given, so that the book goes on."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core import registers
from core.confirmers import confirmers, who_confirms
from core.errors import CongvanError, NotAllowed, Permanent
from core.incoming import recovery
from core.office import office_date
from core.rights import Right
from dashboard.web import acting, flash, form_of, in_reading, in_writing, now, origin_of, render, require
from dashboard.words import number


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the page says of the book; `since` is the instant of the backup, None when the book does not wait.

    `who` may confirm, by name; whoever is not among them only reads that."""

    code: str
    name: str
    since: datetime | None
    known: int
    year: int
    who: str
    may_confirm: bool


async def asking(request: Request) -> Response:
    """GET /so-den/{code}/xac-nhan-so: ask for the last number; others are told who may confirm it."""
    return await _page(request, {})


async def confirm(request: Request) -> Response:
    """POST /so-den/{code}/xac-nhan-so: the last number, typed twice."""
    person = require(request, Right.SEE_BOOKS)
    form, code, at = await form_of(request), request.path_params["code"], now(request)
    try:
        last = _typed_twice(form)
        lost = await in_writing(request, _confirm, person.id, code, last, at=at, source=origin_of(request).source)
    except Permanent as error:
        return await _page(request, form, error)
    note = f" {number(len(lost))} số đã mất nội dung được ghi là hủy, kèm lý do." if lost else ""
    flash(request, "done", f"Đã xác nhận số cuối {last}; văn bản tiếp theo lấy số {last + 1}.{note}")
    return RedirectResponse(f"/so-den/{code}/{office_date(at).year}", 303)


def _typed_twice(form: dict[str, str]) -> int:
    last = form.get("last_number", "").replace(".", "").strip()
    if not (last.isascii() and last.isdigit()) or len(last) > 10:
        raise Permanent("Nhập số nguyên, ví dụ 412; sổ chưa cấp số nào trong năm thì nhập 0.", field="last_number")
    if form.get("repeated", "").replace(".", "").strip() != last:
        raise Permanent("Hai lần nhập không giống nhau. Xem lại sổ in hoặc văn bản sau cùng.", field="repeated")
    return int(last)


def _confirm(session: Session, user_id: int, code: str, last: int, *, at: datetime, source: str) -> list[int]:
    book = registers.book_by_code(session, code)
    return recovery.confirm_last_number(session, book, last, by=acting(session, user_id), at=at, source=source)


async def _page(request: Request, typed: dict[str, str], error: CongvanError | None = None) -> Response:
    person = require(request, Right.SEE_BOOKS)
    book = await in_reading(request, _waiting, person.id, request.path_params["code"], at=now(request))
    return render(
        request, "registers/recovery.html", 422 if error else 200 if book.may_confirm else 403, book=book, typed=typed,
        error=error.sentence if error else "", wrong_field=error.field if error else "",
    )  # fmt: skip


def _waiting(session: Session, user_id: int, code: str, *, at: datetime) -> Waiting:
    try:
        book = registers.book_by_code(session, code)
    except Permanent as error:
        raise HTTPException(404) from error
    may_confirm, who = recovery.may_confirm(session, acting(session, user_id)), who_confirms(session)
    if not may_confirm and not confirmers(session):
        raise NotAllowed("Chỉ văn thư xác nhận số.")
    known = recovery.last_known(session, book, at=at)
    return Waiting(book.code, book.name, book.waits_since, known, office_date(at).year, who, may_confirm)


routes = [
    Route("/so-den/{code}/xac-nhan-so", asking, name="registers:recovery"),
    Route("/so-den/{code}/xac-nhan-so", confirm, methods=["POST"], name="registers:recover"),
]
