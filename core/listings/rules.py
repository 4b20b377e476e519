"""Quy tắc: the rules in their order, one rule with its versions, and which ones touched a document."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.people import User
from core.rights import Right, require
from core.rules.definition import Definition, ready
from core.rules.tables import Rule, RuleUse, RuleVersion


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule with its newest version; `uses` counts the documents it fitted when they came in. See `Rule`."""

    id: int
    number: int
    version: int
    is_on: bool
    definition: Definition
    made_at: datetime
    made_by: str
    is_tried: bool
    tried_at: datetime | None
    looked: int
    matched: int
    right: int
    wrong: int
    uses: int


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version of a rule: what it said, from when, by whom."""

    version: int
    definition: Definition
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True)
class UsedRule:
    """A rule that fitted a document when it came in, as it was then."""

    id: int
    number: int
    version: int
    name: str


def rules(session: Session, user: User, *, rule_id: int | None = None) -> list[RuleRow]:
    """All rules in their order, or the one asked for. Raises NotAllowed."""
    require(user, Right.REGISTER)
    uses = sa.select(sa.func.count()).where(RuleUse.rule_id == Rule.id).scalar_subquery()
    query = (
        sa.select(Rule, RuleVersion, User.full_name, uses.label("uses"))
        .join(RuleVersion, sa.and_(RuleVersion.rule_id == Rule.id, RuleVersion.version == Rule.version))
        .join(User, User.id == RuleVersion.made_by)
        .order_by(Rule.number, Rule.id)
    )
    if rule_id is not None:
        query = query.where(Rule.id == rule_id)
    return [_row(*row) for row in session.execute(query)]


def versions(session: Session, user: User, rule_id: int) -> list[VersionRow]:
    """What a rule said, the newest first. Raises NotAllowed."""
    require(user, Right.REGISTER)
    query = (
        sa.select(RuleVersion, User.full_name)
        .join(User, User.id == RuleVersion.made_by)
        .where(RuleVersion.rule_id == rule_id)
        .order_by(RuleVersion.version.desc())
    )
    return [
        VersionRow(one.version, ready(one.definition).definition, one.made_at, name)
        for one, name in session.execute(query)
    ]


def used_for(session: Session, incoming_id: int) -> list[UsedRule]:
    """The rules that fitted a document, in their order. The caller checks the right to read it."""
    query = (
        sa.select(RuleUse, RuleVersion.definition)
        .join(RuleVersion, sa.and_(RuleVersion.rule_id == RuleUse.rule_id, RuleVersion.version == RuleUse.version))
        .where(RuleUse.incoming_id == incoming_id)
        .order_by(RuleUse.number)
    )
    return [
        UsedRule(use.rule_id, use.number, use.version, ready(stored).definition.name)
        for use, stored in session.execute(query)
    ]


def _row(rule: Rule, newest: RuleVersion, made_by: str, uses: int) -> RuleRow:
    return RuleRow(
        rule.id, rule.number, rule.version, rule.is_on, ready(newest.definition).definition, newest.made_at, made_by,
        rule.tried_version == rule.version, rule.tried_at, rule.tried_looked, rule.tried_matched, rule.tried_right,
        rule.tried_wrong, uses,
    )  # fmt: skip
