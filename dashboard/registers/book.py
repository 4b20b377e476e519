"""GET /so-den: one book and year as a table, and "Kiểm tra sổ"."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core import rights
from core.confirmers import who_confirms
from core.incoming import recovery, registration
from core.incoming.values import URGENCIES
from core.listings import books
from core.listings.books import BookPage, Shelf
from core.office import office_date
from core.registers import Book, BookCheck
from core.rights import Right
from dashboard.registers import query
from dashboard.registers.query import Asked
from dashboard.web import acting, in_reading, now, render, require
from dashboard.words import number

_MOST_NUMBERS = 30


@dataclass(frozen=True, slots=True)
class Opened:
    """One book lying open at a year."""

    shelf: Shelf
    shelves: list[Shelf]
    year: int
    this_year: int
    kinds: list[str]
    page: BookPage
    may_confirm: bool
    who_confirms: str


async def front(request: Request) -> Response:
    """GET /so-den: the first book, this year."""
    require(request, Right.SEE_BOOKS)
    shelves = await in_reading(request, books.shelves, at=now(request))
    if not shelves:
        return render(request, "registers/none.html")
    return RedirectResponse(f"/so-den/{shelves[0].code}/{office_date(now(request)).year}", 303)


async def show(request: Request) -> Response:
    """GET /so-den/{code}/{year}: the lines of one book and year."""
    person = require(request, Right.SEE_BOOKS)
    asked = query.read(request.query_params)
    code, year = request.path_params["code"], request.path_params["year"]
    opened = await in_reading(request, _open, person.id, code, year, asked, at=now(request))
    return render(
        request, "registers/book.html", 422 if asked.faults else 200, opened=opened, asked=asked,
        urgencies=URGENCIES, states=query.STATES, names=query.NAMES, base=f"/so-den/{code}/{year}",
        can_check=Right.CHECK_BOOKS in person.rights, can_open=Right.OPEN_SERIES in person.rights,
    )  # fmt: skip


async def check(request: Request) -> Response:
    """GET /so-den/{code}/{year}/kiem-tra: gaps and doubles of one book and year, in words."""
    person = require(request, Right.CHECK_BOOKS)
    code, year = request.path_params["code"], request.path_params["year"]
    shelf, found = await in_reading(request, _check, person.id, code, year, at=now(request))
    return render(
        request, "registers/check.html", shelf=shelf, year=year, found=found, base=f"/so-den/{code}/{year}",
        sentence=sentence(found) if found else "", missing=_listed(found.missing if found else ()),
        doubled=_listed(found.doubled if found else ()), checked_at=now(request),
    )  # fmt: skip


def shelf_of(session: Session, code: str, year: int, *, at: datetime) -> tuple[Shelf, list[Shelf]]:
    """The named book among all. Raises HTTPException 404 for a book or year that is not there."""
    shelves = books.shelves(session, at=at)
    shelf = next((shelf for shelf in shelves if shelf.code == code), None)
    if shelf is None or year not in shelf.years:
        raise HTTPException(404)
    return shelf, shelves


def sentence(found: BookCheck) -> str:
    """A check in one sentence to read aloud: "3.412 số liên tục, 2 số hủy có lý do"."""
    if found.last < found.first:
        return "Sổ đã mở, chưa cấp số nào."
    voided = f", {number(found.voided)} số hủy có lý do" if found.voided else ", không số nào bị hủy"
    if found.missing or found.doubled:
        return (
            f"Sổ có sai lệch: thiếu {number(len(found.missing))} số, trùng hoặc lạc {number(len(found.doubled))} số "
            f"trong {number(found.count)} dòng{voided}. Báo người quản trị chạy «congvan verify»."
        )
    return f"{number(found.count)} số liên tục{voided}."


def _open(session: Session, user_id: int, code: str, year: int, asked: Asked, *, at: datetime) -> Opened:
    user = acting(session, user_id)
    shelf, shelves = shelf_of(session, code, year, at=at)
    if asked.faults:
        page = BookPage((), 0, None, None)
    else:
        page = books.page(
            session, user, shelf, year, asked.filter, newest_first=not asked.is_oldest_first, after=asked.after,
            before=asked.before,
        )  # fmt: skip
    may_confirm = shelf.waits_since is not None and recovery.may_confirm(session, user)
    kinds = books.kinds_in(session, shelf, year)
    return Opened(shelf, shelves, year, office_date(at).year, kinds, page, may_confirm, who_confirms(session))


def _check(session: Session, user_id: int, code: str, year: int, *, at: datetime) -> tuple[Shelf, BookCheck | None]:
    rights.require(acting(session, user_id), Right.CHECK_BOOKS)
    shelf, _ = shelf_of(session, code, year, at=at)
    return shelf, registration.check_book(session, session.get_one(Book, shelf.id), year)


def _listed(numbers: tuple[int, ...]) -> str:
    shown = ", ".join(map(str, numbers[:_MOST_NUMBERS]))
    return f"{shown} và {number(len(numbers) - _MOST_NUMBERS)} số nữa" if len(numbers) > _MOST_NUMBERS else shown


routes = [
    Route("/so-den", front, name="registers:front"),
    Route("/so-den/{code}/{year:int}", show, name="registers:book"),
    Route("/so-den/{code}/{year:int}/kiem-tra", check, name="registers:check"),
]
