"""Tables in and out of the address book: uploaded, looked at line by line, then written."""

from collections import Counter
from typing import Any

from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from config.settings import MEGABYTE
from config.vocabulary import vocabulary
from core.agencies import importing
from core.agencies.planning import Fate, Planned
from core.agencies.sheet import write_table
from core.errors import CongvanError, Permanent, WrongState
from core.rights import Right
from dashboard.web import (
    acting,
    flash,
    form_of,
    in_reading,
    in_thread,
    in_writing,
    now,
    origin_of,
    render,
    require,
    uploads_of,
)
from dashboard.words import number

_MOST_MEGABYTES = 10
_MOST_SHOWN = 300
FATES = {Fate.WRONG: "lỗi", Fate.NEW: "thêm mới", Fate.CHANGED: "bổ sung", Fate.SAME: "đã có đủ"}
_GONE = "Tệp đã ghi hoặc đã bỏ. Chọn lại tệp."


async def ask(request: Request) -> Response:
    """GET /co-quan/nhap: choose a table, or see what the one that was chosen would do."""
    return await _page(request)


async def upload(request: Request) -> Response:
    """POST /co-quan/nhap: keep a table and show what each line would do; nothing is written in the book."""
    person = require(request, Right.KEEP_AGENCIES)
    await form_of(request)
    try:
        name, content = await _content(await uploads_of(request, "table"))
        await in_reading(request, _preview, content)
        await in_writing(request, _keep, person.id, name, content, at=now(request))
    except Permanent as error:
        return await _page(request, error)
    return RedirectResponse("/co-quan/nhap", 303)


async def write(request: Request) -> Response:
    """POST /co-quan/nhap/{ghi|bo}: write the table into the book, or forget it."""
    person = require(request, Right.KEEP_AGENCIES)
    await form_of(request)
    if request.path_params["act"] == "bo":
        await in_writing(request, _drop, person.id)
        return RedirectResponse("/co-quan/nhap", 303)
    try:
        done = await in_writing(request, _write, person.id, at=now(request), source=origin_of(request).source)
    except WrongState as error:
        flash(request, "warning", error.sentence)
        return RedirectResponse("/co-quan/nhap", 303)
    counts = Counter(one.fate for one in done)
    said = f"Đã ghi: {number(counts[Fate.NEW])} cơ quan thêm mới, {number(counts[Fate.CHANGED])} bổ sung."
    flash(request, "done", said + (f" Bỏ qua {number(counts[Fate.WRONG])} dòng lỗi." if counts[Fate.WRONG] else ""))
    return RedirectResponse("/co-quan", 303)


async def export(request: Request) -> Response:
    """GET /co-quan/danh-ba.csv: the whole book as a table that /co-quan/nhap takes back."""
    require(request, Right.SEARCH)
    lines = await in_reading(request, importing.lines)
    headers = {"Content-Disposition": 'attachment; filename="danh-ba-co-quan.csv"'}
    content = await in_thread(request, write_table, lines)
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


async def _page(request: Request, error: CongvanError | None = None) -> Response:
    person = require(request, Right.KEEP_AGENCIES)
    waiting = await in_reading(request, _waiting, person.id) if error is None else None
    name, planned = waiting or ("", [])
    counts = Counter(one.fate for one in planned)
    planned.sort(key=lambda one: (list(FATES).index(one.fate), one.number))
    return render(
        request, "agencies/import.html", 422 if error else 200, name=name, planned=planned[:_MOST_SHOWN],
        counts=[(words, counts[fate]) for fate, words in FATES.items() if counts[fate]], fates=FATES,
        writes=counts[Fate.NEW] + counts[Fate.CHANGED], wrong=counts[Fate.WRONG], left=len(planned) - _MOST_SHOWN,
        megabytes=_MOST_MEGABYTES, error=error.sentence if error else "",
    )  # fmt: skip


async def _content(files: list[UploadFile]) -> tuple[str, bytes]:
    if not files:
        raise Permanent("Chọn tệp CSV trước khi bấm «Xem trước».", field="table")
    content = await files[0].read(_MOST_MEGABYTES * MEGABYTE + 1)
    for file in files:
        await file.close()
    if len(content) > _MOST_MEGABYTES * MEGABYTE:
        raise Permanent(f"Tệp lớn hơn {_MOST_MEGABYTES} MB. Chia nhỏ rồi tải lên từng phần.", field="table")
    return files[0].filename or "", content


def _private() -> Any:
    return vocabulary("screening")["private_domains"]


def _preview(session: Session, content: bytes) -> list[Planned]:
    return importing.preview(session, content, _private())


def _waiting(session: Session, user_id: int) -> tuple[str, list[Planned]] | None:
    kept = importing.upload_of(session, acting(session, user_id))
    return (kept.name, _preview(session, kept.content)) if kept is not None else None


def _keep(session: Session, /, user_id: int, name: str, content: bytes, **how: Any) -> None:
    importing.keep_upload(session, name, content, by=acting(session, user_id), **how)


def _drop(session: Session, user_id: int) -> None:
    importing.drop_upload(session, acting(session, user_id))


def _write(session: Session, /, user_id: int, **how: Any) -> list[Planned]:
    by = acting(session, user_id)
    kept = importing.upload_of(session, by)
    if kept is None:
        raise WrongState(_GONE)
    content = kept.content
    importing.drop_upload(session, by)
    return importing.write(session, content, _private(), by=by, **how)


routes = [
    Route("/co-quan/nhap", ask, name="agencies:ask"),
    Route("/co-quan/nhap", upload, methods=["POST"], name="agencies:upload"),
    Route("/co-quan/nhap/{act}", write, methods=["POST"], name="agencies:write"),
    Route("/co-quan/danh-ba.csv", export, name="agencies:export"),
]
