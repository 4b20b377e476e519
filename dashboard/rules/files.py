"""Rules as a file: taken to another office, or brought from one."""

import json
from typing import Any

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core.errors import Permanent
from core.rights import Right
from core.rights import require as require_right
from core.rules import keeping
from dashboard.web import acting, flash, form_of, in_reading, in_writing, now, origin_of, require, uploads_of

_NOT_READ = "Không đọc được tệp quy tắc (JSON, tối đa 1 MB). Chưa có gì được ghi."
_MOST_BYTES = 1 << 20


async def hand_on(request: Request) -> Response:
    """GET /quy-tac/quy-tac.json: all rules as a file."""
    person = require(request, Right.REGISTER)
    rules = await in_reading(request, _handed_on, person.id)
    text = json.dumps(rules, ensure_ascii=False, indent=2) + "\n"
    headers = {"Content-Disposition": 'attachment; filename="quy-tac.json"'}
    return Response(text, media_type="application/json", headers=headers)


async def take_over(request: Request) -> Response:
    """POST /quy-tac/nap: add the rules of a file, switched off."""
    person = require(request, Right.REGISTER)
    await form_of(request)
    files = await uploads_of(request, "tep")
    raw = await files[0].read(_MOST_BYTES + 1) if files else b""
    for file in files:
        await file.close()
    try:
        count = await in_writing(
            request, _take_over, person.id, _parsed(raw), at=now(request), source=origin_of(request).source
        )  # fmt: skip
    except Permanent as wrong:
        flash(request, "error", wrong.sentence)
    else:
        flash(request, "done", f"Đã thêm {count} quy tắc, đang tắt. Chạy thử từng quy tắc rồi bật.")
    return RedirectResponse("/quy-tac", 303)


def _parsed(raw: bytes) -> Any:
    try:
        if not raw or len(raw) > _MOST_BYTES:
            raise ValueError
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise Permanent(_NOT_READ) from None


def _handed_on(session: Session, user_id: int) -> dict[str, object]:
    require_right(acting(session, user_id), Right.REGISTER)
    return keeping.handed_on(session)


def _take_over(session: Session, /, user_id: int, stored: Any, **how: Any) -> int:
    return keeping.take_over(session, stored, by=acting(session, user_id), **how)


routes = [
    Route("/quy-tac/quy-tac.json", hand_on, name="rules:hand_on"),
    Route("/quy-tac/nap", take_over, methods=["POST"], name="rules:take_over"),
]
