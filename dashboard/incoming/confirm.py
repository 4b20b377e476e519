"""Acts on a draft: into the register, kept for later, left out, back to the desk."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.answers import returning
from core.errors import Permanent, WrongState
from core.incoming import copies, drafts, missing, registration
from core.incoming.tables import FileRole, Incoming, State
from core.listings import desk, history
from core.rights import Right
from dashboard.incoming import view
from dashboard.incoming.desk import desk_page, to_draft
from dashboard.incoming.exchange import is_field, keep_choice
from dashboard.incoming.form import looked_at
from dashboard.incoming.view import Typed
from dashboard.web import flash, form_of, in_reading, in_writing, now, origin_of, require, user_of
from dashboard.words import moment


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The số đến a document has, the draft to open next, and whether it had the number before."""

    number: int
    next_id: int | None
    was_entered: bool


async def register(request: Request) -> Response:
    """POST /den/{id}/vao-so: save the form, take the number, open the next draft. A repeat is harmless."""
    person, form, incoming_id = require(request, Right.REGISTER), await form_of(request), request.path_params["id"]
    at, source = now(request), origin_of(request).source
    try:
        done = await in_writing(request, _register, person.id, incoming_id, form, at=at, source=source)
    except (Permanent, WrongState) as refused:
        return await again(request, form, refused)
    query = f"?vua={incoming_id}" + ("&lai=1" if done.was_entered else "")
    return to_draft(done.next_id, query)


async def keep(request: Request) -> Response:
    """POST /den/{id}/luu: save what was typed without taking a number."""
    person, form, incoming_id = require(request, Right.REGISTER), await form_of(request), request.path_params["id"]
    at, source = now(request), origin_of(request).source
    try:
        changed = await in_writing(request, save, person.id, incoming_id, form, at=at, source=source)
    except (Permanent, WrongState) as refused:
        return await again(request, form, refused)
    flash(request, "done", "Đã lưu, chưa vào sổ." if changed else "Không có gì thay đổi.")
    return to_draft(incoming_id)


async def set_role(request: Request) -> Response:
    """POST /den/{id}/tep/{position}/{role}: say what a file is; what was typed is saved on the way."""
    person, form, place = require(request, Right.REGISTER), await form_of(request), request.path_params
    role, at, source = _ROLES.get(place["role"]), now(request), origin_of(request).source
    if role is None:
        raise HTTPException(404)
    try:
        await in_writing(
            request, _set_role, person.id, place["id"], place["position"], role, form, at=at, source=source
        )
    except (Permanent, WrongState) as refused:
        return await again(request, form, refused)
    return to_draft(place["id"])


async def decline(request: Request) -> Response:
    """POST /den/{id}/khong-cap-nhat: leave the draft out of the register, with a reason."""
    person, form, incoming_id = require(request, Right.REGISTER), await form_of(request), request.path_params["id"]
    at, source = now(request), origin_of(request).source
    try:
        next_id = await in_writing(request, _decline, person.id, incoming_id, form, at=at, source=source)
    except (Permanent, WrongState) as refused:
        return await again(request, {"reason": form.get("reason", "")}, refused)
    flash(request, "done", "Đã để ngoài sổ, lý do được ghi lại. Xem lại ở trang Không vào sổ.")
    return to_draft(next_id)


async def waive_file(request: Request) -> Response:
    """POST /den/{id}/khong-can-tep: let a letter of links be registered without its file, with a reason."""
    person, form, incoming_id = require(request, Right.REGISTER), await form_of(request), request.path_params["id"]
    at, source = now(request), origin_of(request).source
    try:
        await in_writing(request, _waive_file, person.id, incoming_id, form, at=at, source=source)
    except (Permanent, WrongState) as refused:
        return await again(request, form, refused)
    flash(request, "done", "Đã ghi lý do. Văn bản vào sổ được không kèm tệp.")
    return to_draft(incoming_id)


async def take_back(request: Request) -> Response:
    """POST /den/{id}/dua-lai: bring a declined document back to the desk."""
    person, incoming_id = require(request, Right.REGISTER), request.path_params["id"]
    await form_of(request)
    at, source = now(request), origin_of(request).source
    try:
        await in_writing(request, _take_back, person.id, incoming_id, at=at, source=source)
    except WrongState as refused:
        flash(request, "warning", refused.sentence)
    return to_draft(incoming_id)


async def take_paper(request: Request) -> Response:
    """POST /den/{id}/nhan-ban-giay: the original of an entry has come on paper."""
    person, incoming_id = require(request, Right.REGISTER), request.path_params["id"]
    await form_of(request)
    at, source = now(request), origin_of(request).source
    try:
        await in_writing(request, _take_paper, person.id, incoming_id, at=at, source=source)
    except WrongState as refused:
        flash(request, "warning", refused.sentence)
    else:
        flash(request, "done", "Đã ghi nhận bản giấy. Văn bản không còn trong danh sách chưa có bản chính.")
    return to_draft(incoming_id)


async def again(request: Request, form: Mapping[str, str], refused: Permanent | WrongState) -> Response:
    """The desk with what was typed still in the form, and why the act was not done."""
    incoming_id = request.path_params["id"]
    is_conflict = isinstance(refused, WrongState)
    values = {name: value for name, value in form.items() if name not in _NOT_VALUES and not is_field(name)}
    if values:
        values.setdefault("is_dossier_direct", "")
    errors = {refused.field: refused.sentence} if refused.field else {}
    sentence = "" if refused.field in _SHOWN else refused.sentence
    if is_conflict:
        sentence = await in_reading(request, _what_another_did, user_of(request).id, incoming_id) or sentence
    typed = Typed(values, errors, form, is_conflict)
    return await desk_page(
        request, incoming_id, typed=typed, sentence=sentence, status_code=409 if is_conflict else 422
    )


def save(
    session: Session, user_id: int, incoming_id: int, form: Mapping[str, str], *, at: datetime, source: str
) -> set[str]:
    """Write the typed values into the draft; returns the names of what changed. Raises as `drafts.amend`."""
    user = view.clerk(session, user_id)
    return _amend(session, view.find(session, user, incoming_id), form, user_id, at, source)


def _register(
    session: Session, user_id: int, incoming_id: int, form: Mapping[str, str], *, at: datetime, source: str
) -> Confirmed:
    user = view.clerk(session, user_id)
    document = view.find(session, user, incoming_id)
    next_id = desk.next_after(session, user, incoming_id)
    if document.state == State.REGISTERED and document.registered_by == user.id:
        return Confirmed(document.arrival_number or 0, next_id, was_entered=True)
    if returning.standing(session, document.id) is not None:
        raise WrongState("Văn bản này đang chờ đồng ý trả lại nơi gửi. Muốn vào sổ thì bấm «Rút, không trả lại» trước.")
    _amend(session, document, form, user_id, at, source)
    seen = looked_at(document, form)
    number = registration.register(session, document, by=user, at=at, source=source, looked_at=seen)
    return Confirmed(number, next_id, was_entered=False)


def _amend(
    session: Session, document: Incoming, form: Mapping[str, str], user_id: int, at: datetime, source: str
) -> set[str]:
    version = form.get("version", "")
    if not version.isdecimal() or len(version) > 9:
        raise Permanent("Biểu mẫu thiếu phiên bản. Tải lại trang rồi làm lại.")
    # A tick that was taken out is not sent at all.
    values = {"is_dossier_direct": ""} | {name: value for name, value in form.items() if name not in _NOT_VALUES}
    user = view.clerk(session, user_id)
    changed = drafts.amend(session, document, values, version=int(version), by=user, at=at, source=source)
    keep_choice(document, form)
    return changed


def _set_role(
    session: Session, user_id: int, incoming_id: int, position: int, role: FileRole, form: Mapping[str, str], *,
    at: datetime, source: str,
) -> None:  # fmt: skip
    save(session, user_id, incoming_id, form, at=at, source=source)
    user = view.clerk(session, user_id)
    document = view.find(session, user, incoming_id)
    drafts.set_file_role(session, document, position, role, by=user, at=at, source=source)


def _decline(
    session: Session, user_id: int, incoming_id: int, form: Mapping[str, str], *, at: datetime, source: str
) -> int | None:
    user = view.clerk(session, user_id)
    document = view.find(session, user, incoming_id)
    next_id = desk.next_after(session, user, incoming_id)
    drafts.decline(session, document, form.get("reason", ""), by=user, at=at, source=source)
    return next_id


def _waive_file(
    session: Session, user_id: int, incoming_id: int, form: Mapping[str, str], *, at: datetime, source: str
) -> None:
    save(session, user_id, incoming_id, form, at=at, source=source)
    user = view.clerk(session, user_id)
    document = view.find(session, user, incoming_id)
    missing.waive(session, document, form.get("file_reason", ""), by=user, at=at, source=source)


def _take_paper(session: Session, user_id: int, incoming_id: int, *, at: datetime, source: str) -> None:
    user = view.clerk(session, user_id)
    copies.take_paper(session, view.find(session, user, incoming_id), by=user, at=at, source=source)


def _take_back(session: Session, user_id: int, incoming_id: int, *, at: datetime, source: str) -> None:
    user = view.clerk(session, user_id)
    document = view.find(session, user, incoming_id)
    returning.withdraw(session, document, by=user, at=at, source=source, is_told_too=True)
    drafts.take_back(session, document, by=user, at=at, source=source)


def _what_another_did(session: Session, user_id: int, incoming_id: int) -> str:
    """Who did what last to a document that was changed under somebody's hands."""
    view.find(session, view.clerk(session, user_id), incoming_id)
    done = history.steps(session, incoming_id)
    if not done:
        return ""
    last = done[-1]
    who, act = last.who or "Chương trình", last.what[:1].lower() + last.what[1:]
    return (
        f"{who} vừa {act} lúc {moment(last.at)}. Những gì bạn gõ còn nguyên trong phiếu, chưa có gì bị ghi đè. "
        "Xem lại những chỗ khác nhau rồi làm tiếp."
    )


_NOT_VALUES = frozenset({"version", "looked_at", "looked_all", "reason", "file_reason"})
_SHOWN = frozenset(history.FIELD_NAMES)  # their sentences stand at the field
_ROLES = {"chinh": FileRole.MAIN, "phu-luc": FileRole.ANNEX, "bo": FileRole.LEFT_OUT}

routes = [
    Route("/den/{id:int}/vao-so", register, methods=["POST"], name="incoming:register"),
    Route("/den/{id:int}/luu", keep, methods=["POST"], name="incoming:keep"),
    Route("/den/{id:int}/khong-cap-nhat", decline, methods=["POST"], name="incoming:decline"),
    Route("/den/{id:int}/khong-can-tep", waive_file, methods=["POST"], name="incoming:waive_file"),
    Route("/den/{id:int}/nhan-ban-giay", take_paper, methods=["POST"], name="incoming:take_paper"),
    Route("/den/{id:int}/dua-lai", take_back, methods=["POST"], name="incoming:take_back"),
    Route("/den/{id:int}/tep/{position:int}/{role}", set_role, methods=["POST"], name="incoming:file"),
]
