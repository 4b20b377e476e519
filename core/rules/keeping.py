"""Making, changing, ordering rules, and switching them on and off."""

import json
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import events
from core.db import CHANGED
from core.errors import Permanent, WrongState
from core.people import User
from core.rights import Right, require
from core.rules.definition import Definition, checked, from_json, ready
from core.rules.tables import Rule, RuleUse, RuleVersion
from core.rules.trying import Trial

MOST_RULES = 200


def make(session: Session, definition: Definition, *, by: User, at: datetime, source: str = "") -> Rule:
    """Add a rule after the others, switched off. Raises NotAllowed, Permanent naming what is wrong with it."""
    require(by, Right.REGISTER)
    definition = checked(definition)
    rules = in_order(session, lock=True)
    if len(rules) >= MOST_RULES:
        raise Permanent(f"Đã có {MOST_RULES} quy tắc. Bỏ bớt quy tắc không dùng nữa.", field="name")
    rule = Rule(number=len(rules) + 1, version=1, made_at=at, made_by=by.id)
    session.add(rule)
    session.flush()
    _write(session, rule, definition, by=by, at=at)
    events.record(session, "rule_made", "rule", rule.id, by=by.id, at=at, source=source)
    return rule


def change(
    session: Session, rule: Rule, definition: Definition, *, version: int, by: User, at: datetime, source: str = ""
) -> bool:  # fmt: skip
    """Write the next version of a rule, which is off until it was tried; False where nothing differs.

    Raises NotAllowed, WrongState when another changed it since `version`, Permanent naming what is wrong with it.
    """
    require(by, Right.REGISTER)
    if rule.version != version:
        raise WrongState(CHANGED)
    definition = checked(definition)
    if definition == definition_of(session, rule):
        return False
    rule.version, rule.is_on = rule.version + 1, False
    _write(session, rule, definition, by=by, at=at)
    payload = {"version": rule.version}
    events.record(session, "rule_changed", "rule", rule.id, by=by.id, at=at, source=source, payload=payload)
    return True


def note_trial(
    session: Session, rule: Rule, trial: Trial, *, version: int, by: User, at: datetime, source: str = ""
) -> None:  # fmt: skip
    """Keep what a trial counted, nothing of the letters. Raises NotAllowed, WrongState when the rule has changed."""
    require(by, Right.REGISTER)
    if rule.version != version:
        raise WrongState(CHANGED)
    rule.tried_version, rule.tried_at, rule.tried_looked = version, at, trial.looked
    rule.tried_matched, rule.tried_right, rule.tried_wrong = trial.matched, trial.right, trial.wrong
    session.flush()
    payload = {"version": version, "right": trial.right, "wrong": trial.wrong}
    events.record(session, "rule_tried", "rule", rule.id, by=by.id, at=at, source=source, payload=payload)


def switch(session: Session, rule: Rule, *, on: bool, by: User, at: datetime, source: str = "") -> None:
    """Let a rule propose from the next letter on, or no longer.

    Raises NotAllowed, WrongState where it stands so already or its newest version was not tried.
    """
    require(by, Right.REGISTER)
    if rule.is_on == on:
        raise WrongState("Quy tắc này đang bật rồi." if on else "Quy tắc này đang tắt rồi.")
    if on and rule.tried_version != rule.version:
        raise WrongState("Quy tắc đã sửa sau lần chạy thử cuối. Chạy thử lại rồi bật.")
    rule.is_on = on
    session.flush()
    payload = {"version": rule.version}
    act = "rule_switched_on" if on else "rule_switched_off"
    events.record(session, act, "rule", rule.id, by=by.id, at=at, source=source, payload=payload)


def move(session: Session, rule: Rule, *, up: bool, by: User, at: datetime, source: str = "") -> None:
    """Change places with the rule before or after. Raises NotAllowed; harmless at the ends."""
    require(by, Right.REGISTER)
    rules = in_order(session, lock=True)
    here = rules.index(rule)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(rules):
        return
    rules[here], rules[there] = rules[there], rules[here]
    _number(rules)
    session.flush()
    payload = {"number": rule.number}
    events.record(session, "rule_moved", "rule", rule.id, by=by.id, at=at, source=source, payload=payload)


def remove(session: Session, rule: Rule, *, by: User, at: datetime, source: str = "") -> None:
    """Delete a rule that no draft was ever touched by. Raises NotAllowed, WrongState where one was or it is on."""
    require(by, Right.REGISTER)
    if rule.is_on:
        raise WrongState("Tắt quy tắc trước khi xóa.")
    if session.scalar(sa.select(sa.exists().where(RuleUse.rule_id == rule.id))):
        raise WrongState("Quy tắc này đã dùng cho văn bản đến nên được giữ lại; để tắt là đủ.")
    rule_id = rule.id
    session.execute(sa.delete(RuleVersion).where(RuleVersion.rule_id == rule_id))
    rules = in_order(session, lock=True)
    session.delete(rule)
    _number([one for one in rules if one is not rule])
    session.flush()
    events.record(session, "rule_removed", "rule", rule_id, by=by.id, at=at, source=source)


def take_over(session: Session, stored: object, *, by: User, at: datetime, source: str = "") -> int:
    """Add the rules of a file (see `handed_on`), all switched off, and return how many: those that are there already
    by all they say are left out. Raises NotAllowed, Permanent naming the first that is none."""
    if not isinstance(stored, dict) or not isinstance(stored.get("rules"), list):
        raise Permanent("Tệp này không phải tệp quy tắc: cần mục «rules».")
    known = {definition_of(session, rule) for rule in in_order(session)}
    new = [one for one in dict.fromkeys(map(from_json, stored["rules"])) if one not in known]
    for definition in new:
        try:
            make(session, definition, by=by, at=at, source=source)
        except Permanent as fault:
            raise Permanent(f"Quy tắc «{definition.name[:80]}»: {fault.sentence}") from None
    return len(new)


def handed_on(session: Session) -> dict[str, object]:
    """All rules as plain values in their order, for a file that another office takes over."""
    return {"rules": [definition_of(session, rule).to_json() for rule in in_order(session)]}


def in_order(session: Session, *, lock: bool = False) -> list[Rule]:
    """All rules in their order."""
    query = sa.select(Rule).order_by(Rule.number, Rule.id)
    return list(session.scalars(query.with_for_update() if lock else query))


def definition_of(session: Session, rule: Rule) -> Definition:
    """What the newest version of a rule says."""
    return ready(session.get_one(RuleVersion, (rule.id, rule.version)).definition).definition


def _write(session: Session, rule: Rule, definition: Definition, *, by: User, at: datetime) -> None:
    text = json.dumps(definition.to_json(), ensure_ascii=False)
    version = RuleVersion(rule_id=rule.id, version=rule.version, definition=text, made_at=at, made_by=by.id)
    session.add(version)
    session.flush()


def _number(rules: Sequence[Rule]) -> None:
    for number, rule in enumerate(rules, start=1):
        rule.number = number
