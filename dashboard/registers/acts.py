"""Opening a book at a confirmed number, and voiding an entry with its reason."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core import registers
from core.errors import CongvanError, Permanent
from core.incoming import registration
from core.incoming.tables import Incoming, State
from core.listings.books import Shelf
from core.office import office_date
from core.registers import Book
from core.rights import Right, may_read
from dashboard.registers.book import shelf_of
from dashboard.web import acting, flash, form_of, in_reading, in_writing, now, origin_of, render, require


@dataclass(frozen=True, slots=True)
class Entry:
    """What the page for voiding shows of the entry."""

    id: int
    number: int
    year: int
    book: str
    code: str
    issuer: str
    subject: str
    is_voided: bool


async def opening(request: Request) -> Response:
    """GET /so-den/{code}/mo: ask for the number the book begins with this year."""
    require(request, Right.OPEN_SERIES)
    return await _opening_page(request, {})


async def open_book(request: Request) -> Response:
    """POST /so-den/{code}/mo: the clerk confirms the first number, typed twice."""
    person = require(request, Right.OPEN_SERIES)
    form, code, at = await form_of(request), request.path_params["code"], now(request)
    try:
        first = _typed_twice(form)
        await in_writing(request, _open, person.id, code, first, at=at, source=origin_of(request).source)
    except Permanent as error:
        return await _opening_page(request, form, error)
    year = office_date(at).year
    flash(request, "done", f"Đã mở sổ năm {year}. Văn bản đầu tiên sẽ lấy số đến {first}.")
    return RedirectResponse(f"/so-den/{code}/{year}", 303)


async def voiding(request: Request) -> Response:
    """GET /den/{id}/huy-so: ask for the reason."""
    return await _voiding_page(request, "")


async def void(request: Request) -> Response:
    """POST /den/{id}/huy-so: void the entry; its line stays, with the reason."""
    person = require(request, Right.VOID)
    form, incoming_id = await form_of(request), request.path_params["id"]
    reason = form.get("reason", "")
    try:
        voided = await in_writing(
            request, _void, person.id, incoming_id, reason, at=now(request), source=origin_of(request).source
        )
    except Permanent as error:
        return await _voiding_page(request, reason, error)
    flash(request, "done", f"Đã hủy số đến {voided}. Dòng này vẫn nằm trong sổ, kèm lý do.")
    return RedirectResponse(f"/den/{incoming_id}", 303)


def _typed_twice(form: dict[str, str]) -> int:
    first = form.get("first_number", "").replace(".", "").strip()
    if not (first.isascii() and first.isdigit()):
        raise Permanent("Nhập số nguyên từ 1 trở lên, ví dụ 1.", field="first_number")
    if form.get("repeated", "").replace(".", "").strip() != first:
        raise Permanent("Hai lần nhập không giống nhau. Xem lại số trên sổ giấy.", field="repeated")
    return int(first)


def _open(session: Session, user_id: int, code: str, first: int, *, at: datetime, source: str) -> None:
    book = registers.book_by_code(session, code)
    registers.open_series(session, book, first, by=acting(session, user_id), at=at, source=source)


async def _opening_page(request: Request, typed: dict[str, str], error: CongvanError | None = None) -> Response:
    shelf = await in_reading(request, _shelf, request.path_params["code"], at=now(request))
    year = office_date(now(request)).year
    return render(
        request, "registers/open.html", 422 if error else 200, shelf=shelf, year=year, typed=typed,
        error=error.sentence if error else "", wrong_field=error.field if error else "",
    )  # fmt: skip


def _shelf(session: Session, code: str, *, at: datetime) -> Shelf:
    return shelf_of(session, code, office_date(at).year, at=at)[0]


def _void(session: Session, user_id: int, incoming_id: int, reason: str, *, at: datetime, source: str) -> int:
    document = session.get(Incoming, incoming_id)
    if document is None:
        raise HTTPException(404)
    registration.void(session, document, reason, by=acting(session, user_id), at=at, source=source)
    return document.arrival_number or 0


async def _voiding_page(request: Request, reason: str, error: CongvanError | None = None) -> Response:
    person = require(request, Right.VOID)
    entry = await in_reading(request, _entry, person.id, request.path_params["id"])
    return render(
        request, "registers/void.html", 422 if error else 200, entry=entry, reason=reason,
        error=error.sentence if error else "", wrong_field=error.field if error else "",
    )  # fmt: skip


def _entry(session: Session, user_id: int, incoming_id: int) -> Entry:
    document = session.get(Incoming, incoming_id)
    if document is None or not may_read(session, acting(session, user_id), document) or document.arrival_number is None:
        raise HTTPException(404)
    return Entry(
        document.id, document.arrival_number, document.year or 0, session.get_one(Book, document.book_id).name,
        document.code, document.issuer, document.subject, document.state == State.VOIDED,
    )  # fmt: skip


routes = [
    Route("/so-den/{code}/mo", opening, name="registers:opening"),
    Route("/so-den/{code}/mo", open_book, methods=["POST"], name="registers:open"),
    Route("/den/{id:int}/huy-so", voiding, name="registers:voiding"),
    Route("/den/{id:int}/huy-so", void, methods=["POST"], name="registers:void"),
]
