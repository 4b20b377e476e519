"""One rule: what it says, its trial over past letters, its versions."""

from typing import Any

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core.errors import WrongState
from core.listings import rules as listing
from core.listings.rules import RuleRow, VersionRow
from core.rights import Right
from core.rules import keeping
from core.rules.definition import Definition
from core.rules.trying import Trial, Tried, Verdict, try_out
from dashboard.rules.editing import rule_of
from dashboard.rules.wording import shown, shown_letter, tried_in_words
from dashboard.web import acting, flash, form_of, in_reading, in_writing, now, origin_of, render, require

_MOST_WRONG, _MOST_OTHERS = 100, 20  # letters of a trial that are shown


async def show(request: Request) -> Response:
    """GET /quy-tac/{id}: the rule, and where its newest version was tried, what it would have said of past letters."""
    person = require(request, Right.REGISTER)
    row, trial, versions = await in_reading(request, _load, person.id, request.path_params["id"])
    letters = _listed(trial) if trial is not None else []
    return render(
        request, "rules/rule.html", row=row, rule=shown(row.definition), trial=trial, tried=tried_in_words(row),
        letters=[shown_letter(one) for one in letters],
        versions=[{"row": one, "rule": shown(one.definition)} for one in versions[1:]],
    )  # fmt: skip


async def try_rule(request: Request) -> Response:
    """POST /quy-tac/{id}/chay-thu: count what the rule would have said of past letters; their contents are not kept."""
    person, rule_id = require(request, Right.REGISTER), request.path_params["id"]
    await form_of(request)
    # Read apart, so that nobody who writes has to wait for it.
    version, definition = await in_reading(request, _newest, person.id, rule_id)
    trial = await in_reading(request, _try, person.id, definition)
    try:
        await in_writing(
            request, _note, person.id, rule_id, trial, version=version, at=now(request),
            source=origin_of(request).source,
        )  # fmt: skip
    except WrongState as refused:
        flash(request, "warning", refused.sentence)
    return RedirectResponse(f"/quy-tac/{rule_id}", 303)


def _listed(trial: Trial) -> list[Tried]:
    wrong = [one for one in trial.letters if one.verdict is Verdict.DIFFERS]
    others = [one for one in trial.letters if one.verdict is not Verdict.DIFFERS]
    return [*wrong[:_MOST_WRONG], *others[:_MOST_OTHERS]]


def _load(session: Session, user_id: int, rule_id: int) -> tuple[RuleRow, Trial | None, list[VersionRow]]:
    user = acting(session, user_id)
    rows = listing.rules(session, user, rule_id=rule_id)
    if not rows:
        raise HTTPException(404)
    trial = try_out(session, user, rows[0].definition) if rows[0].is_tried else None
    return rows[0], trial, listing.versions(session, user, rule_id)


def _newest(session: Session, user_id: int, rule_id: int) -> tuple[int, Definition]:
    acting(session, user_id)
    rule = rule_of(session, rule_id)
    return rule.version, keeping.definition_of(session, rule)


def _try(session: Session, user_id: int, definition: Definition) -> Trial:
    return try_out(session, acting(session, user_id), definition)


def _note(session: Session, /, user_id: int, rule_id: int, trial: Trial, **how: Any) -> None:
    keeping.note_trial(session, rule_of(session, rule_id, lock=True), trial, by=acting(session, user_id), **how)


routes = [
    Route("/quy-tac/{id:int}", show, name="rules:show"),
    Route("/quy-tac/{id:int}/chay-thu", try_rule, methods=["POST"], name="rules:try"),
]
