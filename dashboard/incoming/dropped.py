"""Files dropped on the desk or added to a draft: laid in the spool, asked of intake, read there (features A10)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from core import requests
from core.errors import Permanent
from core.rights import Right
from dashboard.incoming.desk import to_draft
from dashboard.incoming.uploads import Upload, spool_files
from dashboard.incoming.view import clerk, find
from dashboard.web import flash, in_writing, now, office_of, origin_of, require


async def drop(request: Request) -> Response:
    """POST /den/tha-tep: hand files to intake, which makes drafts of them as from mail."""
    count = await _hand_over(request, None)
    return _answer(request, None, f"Đã nhận {count} tệp. Máy đang đọc; dự thảo hiện ra trong hàng đợi khi xong.")


async def attach(request: Request) -> Response:
    """POST /den/{id}/them-tep: hand files to intake for a draft that lacks them."""
    incoming_id = request.path_params["id"]
    count = await _hand_over(request, incoming_id)
    return _answer(request, incoming_id, f"Đã nhận {count} tệp. Máy đang đọc; tệp hiện ra trong dự thảo khi xong.")


def _answer(request: Request, incoming_id: int | None, sentence: str) -> Response:
    # The desk's own script sends files without leaving the page, so that nothing typed is lost.
    if "x-live" in request.headers:
        return PlainTextResponse(sentence)
    flash(request, "done", sentence)
    return to_draft(incoming_id)


async def _hand_over(request: Request, incoming_id: int | None) -> int:
    person = require(request, Right.REGISTER)
    folder = office_of(request).spool / requests.FOLDER
    uploads = await spool_files(request, folder)
    if not uploads:
        raise Permanent("Chưa chọn tệp nào. Chọn tệp rồi bấm Gửi.")
    try:
        await in_writing(
            request, _ask, person.id, uploads, incoming_id, at=now(request), source=origin_of(request).source
        )
    except BaseException:
        for upload in uploads:
            upload.forget(folder)
        raise
    return len(uploads)


def _ask(
    session: Session, user_id: int, uploads: Sequence[Upload], incoming_id: int | None, *, at: datetime, source: str
) -> None:
    user = clerk(session, user_id)
    document = find(session, user, incoming_id) if incoming_id is not None else None
    handed = [requests.HandedFile(upload.spool_name) for upload in uploads]
    requests.hand_over(session, handed, document, by=user, at=at, source=source)


routes = [
    Route("/den/tha-tep", drop, methods=["POST"], name="incoming:drop"),
    Route("/den/{id:int}/them-tep", attach, methods=["POST"], name="incoming:attach"),
]
