"""The rules, their versions, and the drafts that they touched."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class Rule(Base):
    """One rule of the clerks. `number` is its place in the order, from 1; `version` the newest of its `RuleVersion`s.

    `tried_*` say what the last trial over past letters found: of which version, when, how many letters it looked at,
    how many fitted, and of those how many the clerks had entered as the rule says (`right`) or otherwise (`wrong`).
    Only a version that was tried can be switched on.
    """

    __tablename__ = "rules"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    is_on: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    tried_version: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None]
    tried_looked: Mapped[int] = mapped_column(default=0)
    tried_matched: Mapped[int] = mapped_column(default=0)
    tried_right: Mapped[int] = mapped_column(default=0)
    tried_wrong: Mapped[int] = mapped_column(default=0)


class RuleVersion(Base):
    """What a rule said from one edit to the next; `definition` is a `core.rules.definition.Definition` as JSON."""

    __tablename__ = "rule_versions"

    rule_id: Mapped[int] = mapped_column(sa.ForeignKey("rules.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    definition: Mapped[str] = mapped_column(sa.Text)
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))


class RuleUse(Base):
    """That a rule fitted a document when it came in, with the version and the number that it had then."""

    __tablename__ = "rule_uses"

    incoming_id: Mapped[int] = mapped_column(sa.ForeignKey("incoming.id"), primary_key=True)
    rule_id: Mapped[int] = mapped_column(sa.ForeignKey("rules.id"), primary_key=True, index=True)
    version: Mapped[int]
    number: Mapped[int]
