"""The form of a rule: a new one, from a lesson or a correction too, and the next version of one."""

from typing import Any

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core import people
from core.errors import CongvanError, Permanent, WrongState
from core.learning.tables import Lesson
from core.rights import Right
from core.rules import keeping, suggesting
from core.rules.definition import MOST_CONDITIONS, MOST_SETTINGS, Condition, Definition, Setting
from core.rules.tables import Rule
from dashboard.incoming.view import find
from dashboard.rules.wording import (
    FIELDS,
    HOWS,
    WHATS,
    typed_condition,
    typed_setting,
    value_in_words,
)
from dashboard.web import acting, flash, form_of, in_reading, in_writing, now, origin_of, render, require, whole_number

_ROWS = 3  # shown at least
_NONE = Definition("", ())
_MORE = "them_dong"


async def new(request: Request) -> Response:
    """GET /quy-tac/moi: an empty form; ?bai-hoc= filled from a lesson, ?van-ban= from what a clerk corrected."""
    person = require(request, Right.REGISTER)
    asked = {name: whole_number(request.query_params.get(name, "")) for name in ("bai-hoc", "van-ban")}
    filled = await in_reading(request, _suggested, person.id, asked["bai-hoc"], asked["van-ban"])
    return await _page(request, filled, is_filled=filled != _NONE)


async def make(request: Request) -> Response:
    """POST /quy-tac: make the rule, switched off."""
    person = require(request, Right.REGISTER)
    form = await form_of(request)
    typed = _typed(form)
    if _MORE in form:
        return await _page(request, typed, more=True)
    try:
        rule_id = await in_writing(
            request, _make, person.id, typed, at=now(request), source=origin_of(request).source
        )  # fmt: skip
    except Permanent as wrong:
        return await _page(request, typed, error=wrong)
    flash(request, "done", "Đã lưu quy tắc, đang tắt. Chạy thử trên thư đã nhận rồi bật.")
    return RedirectResponse(f"/quy-tac/{rule_id}", 303)


async def edit(request: Request) -> Response:
    """GET /quy-tac/{id}/sua: the newest version in the form."""
    person = require(request, Right.REGISTER)
    definition, version = await in_reading(request, _newest, person.id, request.path_params["id"])
    return await _page(request, definition, version=version)


async def change(request: Request) -> Response:
    """POST /quy-tac/{id}/sua: the next version, off until it was tried."""
    person = require(request, Right.REGISTER)
    form, rule_id = await form_of(request), request.path_params["id"]
    typed, version = _typed(form), whole_number(form.get("version", "")) or 0
    if _MORE in form:
        return await _page(request, typed, version=version, more=True)
    try:
        is_changed = await in_writing(
            request, _change, person.id, rule_id, typed, version=version, at=now(request),
            source=origin_of(request).source,
        )  # fmt: skip
    except (Permanent, WrongState) as wrong:
        return await _page(request, typed, version=version, error=wrong)
    said = "Đã lưu bản mới, quy tắc đang tắt. Chạy thử rồi bật lại." if is_changed else "Không có gì khác bản cũ."
    flash(request, "done", said)
    return RedirectResponse(f"/quy-tac/{rule_id}", 303)


async def _page(
    request: Request, typed: Definition, *, version: int = 0, error: CongvanError | None = None, more: bool = False,
    is_filled: bool = False,
) -> Response:  # fmt: skip
    rule_id = request.path_params.get("id")
    conditions: list[Any] = [*typed.conditions, *[None] * _blank(len(typed.conditions), MOST_CONDITIONS, more=more)]
    settings: list[Any] = [*typed.settings, *[None] * _blank(len(typed.settings), MOST_SETTINGS, more=more)]
    status = 409 if isinstance(error, WrongState) else 422 if error else 200
    return render(
        request, "rules/form.html", status, rule_id=rule_id, version=version, typed=typed, conditions=conditions,
        settings=settings, whats=_options(WHATS), hows=_options(HOWS), fields=FIELDS, shown=value_in_words,
        divisions=await in_reading(request, people.division_names), error=error.sentence if error else "",
        wrong_field=(error.field or "") if error else "", is_filled=is_filled, more=_MORE,
    )  # fmt: skip


def _blank(filled: int, most: int, *, more: bool) -> int:
    return min(max(_ROWS - filled, 1) + 2 * more, most - filled)


def _options(words: Any) -> list[tuple[str, str]]:
    return [(key.value, said) for key, said in words.items()]


def _typed(form: dict[str, str]) -> Definition:
    def rows(name: str, most: int, *parts: str) -> list[list[str]]:
        return [[form.get(f"{name}-{n}-{part}", "") for part in parts] for n in range(1, most + 1)]

    conditions: list[Condition | None] = [
        typed_condition(*row) for row in rows("condition", MOST_CONDITIONS, "what", "how", "value")
    ]
    settings: list[Setting | None] = [typed_setting(*row) for row in rows("setting", MOST_SETTINGS, "field", "value")]
    return Definition(
        form.get("name", "").strip(), tuple(one for one in conditions if one), tuple(one for one in settings if one),
        form.get("declines", "").strip(), form.get("main_file", "").strip(), form.get("stops") == "1",
    )  # fmt: skip


def _suggested(session: Session, user_id: int, lesson_id: int | None, incoming_id: int | None) -> Definition:
    user = acting(session, user_id)
    if lesson_id is not None:
        lesson = session.get(Lesson, lesson_id)
        if lesson is None:
            raise HTTPException(404)
        return suggesting.from_lesson(lesson)
    if incoming_id is not None:
        return suggesting.from_correction(session, find(session, user, incoming_id))
    return _NONE


def _newest(session: Session, user_id: int, rule_id: int) -> tuple[Definition, int]:
    acting(session, user_id)
    rule = rule_of(session, rule_id)
    return keeping.definition_of(session, rule), rule.version


def _make(session: Session, /, user_id: int, definition: Definition, **how: Any) -> int:
    return keeping.make(session, definition, by=acting(session, user_id), **how).id


def _change(session: Session, /, user_id: int, rule_id: int, definition: Definition, **how: Any) -> bool:
    rule = rule_of(session, rule_id, lock=True)
    return keeping.change(session, rule, definition, by=acting(session, user_id), **how)


def rule_of(session: Session, rule_id: int, *, lock: bool = False) -> Rule:
    """The rule's row, locked for an act; HTTPException 404 where there is none."""
    rule = session.get(Rule, rule_id, with_for_update=lock or None)
    if rule is None:
        raise HTTPException(404)
    return rule


routes = [
    Route("/quy-tac/moi", new, name="rules:new"),
    Route("/quy-tac", make, methods=["POST"], name="rules:make"),
    Route("/quy-tac/{id:int}/sua", edit, name="rules:edit"),
    Route("/quy-tac/{id:int}/sua", change, methods=["POST"], name="rules:change"),
]
