""" "Gỡ nội dung": the custodian finds a document and removes what it says (promise 4; Điều 18.4 NĐ 30)."""

import re
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core import removal
from core.errors import CongvanError, Permanent
from core.incoming.tables import Incoming
from core.office import office_date
from core.removal import BASES, Basis, Twin
from core.rights import Right
from dashboard.pictures import forget
from dashboard.readings import note_reading
from dashboard.web import (  # fmt: skip
    acting,
    flash,
    form_of,
    in_reading,
    in_thread,
    in_writing,
    now,
    office_of,
    origin_of,
    render,
    require,
)

_NOT_FOUND = "Không có văn bản nào như vậy. Xem lại số đến và năm, hoặc địa chỉ trang."


@dataclass(frozen=True, slots=True)
class Doomed:
    """What the page shows of the document before its content goes."""

    id: int
    number: int | None
    year: int | None
    received_at: datetime
    code: str
    issuer: str
    subject: str
    files: tuple[str, ...]
    twins: tuple[Twin, ...]
    is_removed: bool


async def finding(request: Request) -> Response:
    """GET /go-noi-dung: find the document by its số đến, or by the address that the clerk was looking at."""
    require(request, Right.REMOVE_CONTENT)
    typed = {name: request.query_params.get(name, "").strip() for name in ("so", "nam", "trang")}
    year = typed["nam"] or str(office_date(now(request)).year)
    error = ""
    if typed["so"] or typed["trang"]:
        found = await in_reading(request, _find, typed["so"].replace(".", ""), year, typed["trang"])
        if len(found) == 1:
            return RedirectResponse(f"/den/{found[0]}/go-noi-dung", 303)
        error = "" if found else _NOT_FOUND
    else:
        found = []
    return render(request, "removal/find.html", typed=typed | {"nam": year}, found=found, error=error)


async def asking(request: Request) -> Response:
    """GET /den/{id}/go-noi-dung: ask for law and reason; ?can-cu= the law that a recall names."""
    basis = request.query_params.get("can-cu", "")
    reason = "Nơi gửi thu hồi bằng gói edXML" if basis == Basis.RECALLED else ""
    return await _page(request, {"basis": basis, "reason": reason})


async def remove(request: Request) -> Response:
    """POST /den/{id}/go-noi-dung: remove the content; what is left says by what law and why."""
    person = require(request, Right.REMOVE_CONTENT)
    form, incoming_id = await form_of(request), request.path_params["id"]
    source = origin_of(request).source
    try:
        gone = await in_writing(request, _remove, person.id, incoming_id, form, at=now(request), source=source)
    except Permanent as error:
        return await _page(request, form, error)
    office = office_of(request)
    forget(request)
    is_clean = await in_thread(request, removal.erase, office.database, office.store, gone)
    flash(request, "done", f"Đã gỡ nội dung, xóa {len(gone)} tệp. Số, ngày và lý do được giữ lại.")
    if not is_clean:
        flash(request, "warning", "Vết cũ trong nhật ký của cơ sở dữ liệu sẽ mất trong đêm nay hoặc khi khởi động lại.")
    return RedirectResponse(f"/den/{incoming_id}/go-noi-dung", 303)


async def _page(request: Request, typed: dict[str, str], error: CongvanError | None = None) -> Response:
    require(request, Right.REMOVE_CONTENT)
    doomed = await in_reading(request, _doomed, request.path_params["id"])
    await note_reading(request, doomed.id)
    return render(
        request, "removal/ask.html", 422 if error else 200, doomed=doomed, typed=typed, bases=BASES,
        error=error.sentence if error else "", wrong_field=error.field if error else "",
    )  # fmt: skip


def _find(session: Session, number: str, year: str, address: str) -> list[int]:
    at_end = re.search(r"/den/(\d{1,9})\b", address)
    if at_end:
        document = session.get(Incoming, int(at_end[1]))
        return [document.id] if document is not None else []
    if not (re.fullmatch(r"[0-9]{1,10}", number) and re.fullmatch(r"[0-9]{4}", year)):
        return []
    entered = sa.select(Incoming.id).where(Incoming.arrival_number == int(number), Incoming.year == int(year))
    return list(session.scalars(entered.order_by(Incoming.book_id)))


def _doomed(session: Session, incoming_id: int) -> Doomed:
    document = session.get(Incoming, incoming_id)
    if document is None:
        raise HTTPException(404)
    return Doomed(
        document.id, document.arrival_number, document.year, document.received_at, document.code, document.issuer,
        document.subject, tuple(file.name for file in document.files), tuple(removal.twins(session, document)),
        document.removed_at is not None,
    )  # fmt: skip


def _remove(
    session: Session, user_id: int, incoming_id: int, form: dict[str, str], *, at: datetime, source: str
) -> list[str]:
    document = session.get(Incoming, incoming_id, with_for_update=True)
    if document is None:
        raise HTTPException(404)
    if form.get("basis") not in list(Basis):
        raise Permanent("Chọn căn cứ gỡ nội dung.", field="basis")
    basis, reason = Basis(form["basis"]), form.get("reason", "")
    return removal.remove_content(session, document, basis, reason, by=acting(session, user_id), at=at, source=source)


routes = [
    Route("/go-noi-dung", finding, name="removal:finding"),
    Route("/den/{id:int}/go-noi-dung", asking, name="removal:asking"),
    Route("/den/{id:int}/go-noi-dung", remove, methods=["POST"], name="removal:remove"),
]
