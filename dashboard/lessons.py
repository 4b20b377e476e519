"""Bài học: what the program proposes because clerks corrected it before, and taking such a lesson back (B8)."""

from typing import Any

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core.errors import WrongState
from core.learning import teaching
from core.learning.asking import FIELDS, LEAD
from core.learning.proposing import speaks
from core.learning.tables import Lesson
from core.listings import lessons as listing
from core.listings.lessons import LessonRow
from core.rights import Right
from core.rules.definition import FIXED
from dashboard.incoming.form import LABELS
from dashboard.web import acting, flash, form_of, in_reading, in_writing, now, origin_of, render, require, whole_number

_NAMES = {name: LABELS[name] for name in FIELDS} | {LEAD: "Lãnh đạo giao"}
_FIELDS = [("", "Tất cả"), *_NAMES.items()]
_ACTS = {"bo": (teaching.revert, "Đã bỏ bài học. Thư sau không đề xuất như thế nữa."),
         "dung-lai": (teaching.restore, "Bài học được dùng lại từ thư sau.")}  # fmt: skip


async def index(request: Request) -> Response:
    """GET /bai-hoc: ?tim= words, ?truong= one field, ?bo=1 those taken back, ?tiep= the last id seen."""
    person = require(request, Right.REGISTER)
    asked = request.query_params
    field = asked.get("truong", "") if asked.get("truong", "") in dict(_FIELDS) else ""
    words, is_reverted, after = asked.get("tim", "").strip()[:100], asked.get("bo") == "1", asked.get("tiep", "")
    rows = await in_reading(
        request, _list, person.id, words=words, field=field, is_reverted=is_reverted,
        after=whole_number(after),
    )  # fmt: skip
    return render(
        request, "lessons/index.html", rows=[_shown(row) for row in rows], fields=_FIELDS, field=field, words=words,
        is_reverted=is_reverted, is_narrowed=bool(field or words or after),
        next_id=rows[-1].id if len(rows) == listing.PAGE_ROWS else None,
    )  # fmt: skip


async def change(request: Request) -> Response:
    """POST /bai-hoc/{id}/{bo|dung-lai}: take a lesson back, or use it again."""
    person = require(request, Right.REGISTER)
    await form_of(request)
    act = _ACTS.get(request.path_params["act"])
    if act is None:
        raise HTTPException(404)
    try:
        await in_writing(
            request, _change, act[0], person.id, request.path_params["id"], at=now(request),
            source=origin_of(request).source,
        )  # fmt: skip
    except WrongState as refused:
        flash(request, "warning", refused.sentence)
    else:
        flash(request, "done", act[1])
    return RedirectResponse("/bai-hoc" + ("" if act[0] is teaching.revert else "?bo=1"), 303)


def _list(session: Session, user_id: int, /, **asked: Any) -> list[LessonRow]:
    return listing.lessons(session, acting(session, user_id), **asked)


def _change(session: Session, /, act: Any, user_id: int, lesson_id: int, **how: Any) -> None:
    lesson = session.get(Lesson, lesson_id)
    if lesson is None:
        raise HTTPException(404)
    act(session, lesson, by=acting(session, user_id), **how)


def _shown(row: LessonRow) -> dict[str, Any]:
    is_used = speaks(row.votes, row.others, is_usual=not row.as_read)
    return {"row": row, "field": _NAMES[row.field], "where": _where(row), "is_used": is_used,
            "may_be_rule": row.field in FIXED}  # fmt: skip


def _where(row: LessonRow) -> str:
    if row.as_read:
        return f"Khi đọc được «{row.as_read}»" + (f" trên văn bản của {row.holds_for}" if row.holds_for else "")
    if row.field == LEAD:
        return f"Khi duyệt văn bản của {row.holds_for}"
    if "@" in row.holds_for:
        return f"Khi không đọc được trong thư của {row.holds_for}"
    return f"Khi không đọc được trên văn bản của {row.holds_for}"


routes = [
    Route("/bai-hoc", index, name="lessons:index"),
    Route("/bai-hoc/{id:int}/{act}", change, methods=["POST"], name="lessons:change"),
]
