"""The register on paper and as a table file, with the columns of Phụ lục IV NĐ 30."""

import csv
import io
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core import office
from core.incoming.values import URGENCIES
from core.listings import books
from core.listings.books import BookRow, Shelf
from core.rights import Right
from dashboard.registers import query
from dashboard.registers.book import shelf_of
from dashboard.registers.query import Asked
from dashboard.web import acting, in_reading, in_thread, now, render, require
from dashboard.words import day

HEADINGS = (
    "Ngày đến", "Số đến", "Tác giả", "Số, ký hiệu", "Ngày tháng văn bản", "Tên loại và trích yếu nội dung",
    "Đơn vị hoặc người nhận", "Ngày chuyển", "Ký nhận", "Ghi chú",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Printed:
    """What a printed register shows: whose it is, and its lines in the order of numbers."""

    shelf: Shelf
    office_name: str
    parent_name: str
    rows: list[BookRow]


async def print_book(request: Request) -> Response:
    """GET /so-den/{code}/{year}/in: every line that fits, laid out for A4 landscape."""
    printed = await _printed(request)
    rows = [(row, remark_of(row)) for row in printed.rows]
    # A year's book is some thousand lines: drawn in a thread, so that other pages don't wait.
    return await in_thread(
        request, render, request, "registers/print.html", printed=printed, rows=rows, headings=HEADINGS,
        year=request.path_params["year"], asked=query.read(request.query_params), printed_at=now(request),
    )  # fmt: skip


async def export(request: Request) -> Response:
    """GET /so-den/{code}/{year}/so.csv: the same lines, UTF-8 with BOM so that spreadsheets read the letters."""
    printed, year = await _printed(request), request.path_params["year"]
    name = f"so-van-ban-den-{printed.shelf.code}-{year}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    content = await in_thread(request, table, printed.rows)
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


def table(rows: list[BookRow]) -> bytes:
    """The lines as CSV. A text that a spreadsheet would take for a formula gets an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(HEADINGS)
    for row in rows:
        what = f"{row.kind}: {row.subject}" if row.kind else row.subject
        cells = (
            day(row.arrived_on), str(row.number), row.issuer, row.code, day(row.issued_on), what, row.receiver,
            day(row.passed_on), "", remark_of(row),
        )  # fmt: skip
        writer.writerow([_harmless(cell) for cell in cells])
    return out.getvalue().encode("utf-8-sig")


def remark_of(row: BookRow) -> str:
    """The last column: voided with its reason, urgency, the clerk's remark."""
    parts = [f"ĐÃ HỦY: {row.void_reason}"] if row.is_voided else []
    if row.urgency != "thuong":
        parts.append(URGENCIES.get(row.urgency, row.urgency))
    return "; ".join([*parts, row.remark] if row.remark else parts)


def _harmless(cell: str) -> str:
    return "'" + cell if cell.startswith(_FORMULA) else cell


async def _printed(request: Request) -> Printed:
    person = require(request, Right.SEE_BOOKS)
    code, year = request.path_params["code"], request.path_params["year"]
    asked = query.read(request.query_params)
    return await in_reading(request, _read, person.id, code, year, asked, at=now(request))


def _read(session: Session, user_id: int, code: str, year: int, asked: Asked, *, at: datetime) -> Printed:
    shelf, _ = shelf_of(session, code, year, at=at)
    found = books.all_rows(session, acting(session, user_id), shelf, year, asked.filter)
    name = office.name_on(session, office.office_date(at))
    return Printed(shelf, name.name if name else "", name.parent_name if name else "", list(found))


routes = [
    Route("/so-den/{code}/{year:int}/in", print_book, name="registers:print"),
    Route("/so-den/{code}/{year:int}/so.csv", export, name="registers:export"),
]
