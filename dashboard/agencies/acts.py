"""What a clerk changes in the address book; each act answers with the page of the agency."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, cast

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from config.vocabulary import vocabulary
from core.agencies import book, said
from core.agencies.said import Said
from core.agencies.tables import Agency, AgencyAddress, AgencyCode, AgencyName, Sort
from core.errors import Permanent, WrongState
from core.incoming.values import read_day
from core.rights import Right
from dashboard.agencies.pages import agency_page, choosing_page, list_page
from dashboard.web import acting, flash, form_of, in_writing, now, origin_of, require, whole_number

_PARTS: dict[str, type[Said]] = {"ten-goi": AgencyName, "ky-hieu": AgencyCode, "dia-chi": AgencyAddress}
Work = Callable[[Session, Agency, Mapping[str, str], dict[str, Any]], str]  # the sentence said when it is done


async def add(request: Request) -> Response:
    """POST /co-quan: put an agency into the book."""
    person, form = require(request, Right.KEEP_AGENCIES), await form_of(request)
    name, parent = form.get("name", ""), form.get("parent", "")
    try:
        agency_id, is_new = await in_writing(
            request, _add, person.id, name, parent, at=now(request), source=origin_of(request).source
        )
    except Permanent as error:
        return await list_page(request, form, error)
    said_so = "Đã thêm. Ghi tiếp ký hiệu, địa chỉ thư nếu biết." if is_new else "Danh bạ đã có cơ quan này."
    flash(request, "done" if is_new else "warning", said_so)
    return RedirectResponse(f"/co-quan/{agency_id}", 303)


async def change(request: Request) -> Response:
    """POST /co-quan/{id}/{sua|da-xem|mo-lai|tach}: what needs no other agency."""
    act = _ACTS.get(request.path_params["purpose"])
    if act is None:
        return await _with_another(request)
    return await _do(request, act, request.path_params["purpose"])


async def say(request: Request) -> Response:
    """POST /co-quan/{id}/{ten-goi|ky-hieu|dia-chi}/them: add a name, a code or an address."""
    part = request.path_params["part"]
    if part not in _PARTS:
        raise HTTPException(404)
    return await _do(request, _SAYING[part], part)


async def correct(request: Request) -> Response:
    """POST /co-quan/{id}/{part}/{row}/{sua|bo|dung-lai}: correct one row, take it out, or put it back."""
    part, row_id, act = (request.path_params[one] for one in ("part", "row", "act"))
    if part not in _PARTS or act not in ("sua", "bo", "dung-lai"):
        raise HTTPException(404)

    def work(session: Session, agency: Agency, form: Mapping[str, str], how: dict[str, Any]) -> str:
        row = _row(session, agency, part, row_id)
        if act == "dung-lai":
            said.put_back(session, agency, row, **how)
            return "Dòng này được dùng lại."
        if act == "sua":
            _SAYING[part](session, agency, form, how)
            session.refresh(row)
            if not _is_same(row, form):
                said.take_out(session, agency, row, **how)
            return "Đã sửa."
        said.take_out(session, agency, row, **how)
        return "Đã bỏ. Thư đến sau không đưa dòng này vào lại; cần thì bấm «Dùng lại»."

    return await _do(request, work, f"{part}-{row_id}" if act == "sua" else "")


async def _with_another(request: Request) -> Response:
    """POST /co-quan/{id}/{gop|ke-thua}: the other agency was chosen on the page of the same address."""
    purpose = request.path_params["purpose"]
    if purpose not in ("gop", "ke-thua"):
        raise HTTPException(404)
    person, form = require(request, Right.KEEP_AGENCIES), await form_of(request)
    try:
        await in_writing(
            request, _pair, person.id, request.path_params["id"], purpose, form, at=now(request),
            source=origin_of(request).source,
        )  # fmt: skip
    except Permanent as error:
        return await choosing_page(request, form.get("day", ""), error)
    if purpose == "gop":
        flash(request, "done", "Đã gộp. Gộp nhầm thì bấm «Tách ra» bên tên cơ quan đã gộp.")
        return RedirectResponse(f"/co-quan/{form['other']}", 303)
    flash(request, "done", "Đã ghi thôi hoạt động.")
    return RedirectResponse(f"/co-quan/{request.path_params['id']}", 303)


async def _do(request: Request, work: Work, section: str) -> Response:
    person, form = require(request, Right.KEEP_AGENCIES), await form_of(request)
    how = {"at": now(request), "source": origin_of(request).source}
    try:
        sentence = await in_writing(request, _work, person.id, request.path_params["id"], work, form, how)
    except Permanent as error:
        return await agency_page(request, form, error, section)
    except WrongState as error:
        flash(request, "warning", error.sentence)
    else:
        flash(request, "done", sentence)
    return RedirectResponse(f"/co-quan/{request.path_params['id']}", 303)


def _work(
    session: Session, user_id: int, agency_id: int, work: Work, form: Mapping[str, str], how: dict[str, Any]
) -> str:
    return work(session, _agency(session, agency_id), form, how | {"by": acting(session, user_id)})


def _add(session: Session, /, user_id: int, name: str, parent: str, **how: Any) -> tuple[int, bool]:
    return book.add(session, name, parent, by=acting(session, user_id), **how)


def _pair(session: Session, /, user_id: int, agency_id: int, purpose: str, form: Mapping[str, str], **how: Any) -> None:
    agency, by, version = _agency(session, agency_id), acting(session, user_id), _version(form)
    other_id = whole_number(form.get("other", ""))
    other = _agency(session, other_id) if other_id is not None else None
    if purpose == "ke-thua":
        book.end(session, agency, _day(form, "day"), other, version=version, by=by, **how)
    elif other is None:
        raise Permanent("Chọn cơ quan để gộp vào.")
    else:
        book.merge(session, agency, other, version=version, by=by, **how)


def _agency(session: Session, agency_id: int) -> Agency:
    found = session.get(Agency, agency_id)
    if found is None:
        raise HTTPException(404)
    return found


def _row(session: Session, agency: Agency, part: str, row_id: int) -> Said:
    row = cast("Said | None", session.get(_PARTS[part], row_id))
    owner = session.get(Agency, row.agency_id) if row is not None else None
    if row is None or owner is None or agency.id not in (owner.id, owner.root_id):
        raise HTTPException(404)
    return row


def _is_same(row: Said, form: Mapping[str, str]) -> bool:
    """Whether what was typed is what the row says, but for its days."""
    if isinstance(row, AgencyName):
        return (row.name, row.parent_name) == (form.get("alias", "").strip(), form.get("parent", "").strip())
    typed = form.get("code" if isinstance(row, AgencyCode) else "address", "").strip()
    return typed.upper() == (row.code if isinstance(row, AgencyCode) else row.address).upper()


def _version(form: Mapping[str, str]) -> int:
    return whole_number(form.get("version", "")) or 0


def _day(form: Mapping[str, str], field: str) -> date | None:
    return read_day(form[field], field=field) if form.get(field, "").strip() else None


def _change(session: Session, agency: Agency, form: Mapping[str, str], how: dict[str, Any]) -> str:
    name, parent, level, note = (form.get(field, "") for field in ("name", "parent", "level", "note"))
    changed = book.change(
        session, agency, name=name, parent=parent, level=level, note=note, version=_version(form), **how
    )
    return "Đã sửa." if changed else "Không có gì thay đổi."


def _check(session: Session, agency: Agency, _form: Mapping[str, str], how: dict[str, Any]) -> str:
    book.check(session, agency, **how)
    return "Đã ghi là có người xem."


def _reopen(session: Session, agency: Agency, form: Mapping[str, str], how: dict[str, Any]) -> str:
    book.reopen(session, agency, version=_version(form), **how)
    return "Cơ quan này lại đang hoạt động; bỏ ghi cơ quan kế thừa."


def _part(session: Session, agency: Agency, _form: Mapping[str, str], how: dict[str, Any]) -> str:
    book.part(session, agency, **how)
    return "Đã tách ra như trước khi gộp."


def _say_name(session: Session, agency: Agency, form: Mapping[str, str], how: dict[str, Any]) -> str:
    said.add_name(session, agency, form.get("alias", ""), form.get("parent", ""), **how)
    return "Đã ghi tên gọi."


def _say_code(session: Session, agency: Agency, form: Mapping[str, str], how: dict[str, Any]) -> str:
    sort = Sort.EXCHANGE if form.get("sort") == Sort.EXCHANGE else Sort.SIGNS
    days = _day(form, "valid_from"), _day(form, "valid_to")
    said.add_code(session, agency, sort, form.get("code", ""), days, **how)
    return "Đã ghi ký hiệu."


def _say_address(session: Session, agency: Agency, form: Mapping[str, str], how: dict[str, Any]) -> str:
    private = vocabulary("screening")["private_domains"]
    said.add_address(session, agency, form.get("address", ""), private, **how)
    return "Đã ghi địa chỉ."


_ACTS: dict[str, Work] = {"sua": _change, "da-xem": _check, "mo-lai": _reopen, "tach": _part}
_SAYING: dict[str, Work] = {"ten-goi": _say_name, "ky-hieu": _say_code, "dia-chi": _say_address}
routes = [
    Route("/co-quan", add, methods=["POST"], name="agencies:add"),
    Route("/co-quan/{id:int}/{purpose}", change, methods=["POST"], name="agencies:change"),
    Route("/co-quan/{id:int}/{part}/them", say, methods=["POST"], name="agencies:say"),
    Route("/co-quan/{id:int}/{part}/{row:int}/{act}", correct, methods=["POST"], name="agencies:correct"),
]
