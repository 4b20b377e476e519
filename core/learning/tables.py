"""The lessons."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base

LONGEST_KEY = 300


class Lesson(Base):
    """That clerks entered `value` as a `field` wherever `key` was read there, within `scope`.

    `key` is the folded value that was read, "" where nothing was; `scope` is what it holds for: "" everywhere, else an
    issuer (folded), an issuer and a kind, or a sender's address (see `core.learning.asking`). `votes` counts the
    entries that say so. One that changes nothing (the value as read) is kept too: it outvotes a wrong correction.
    `as_read` and `holds_for` say key and scope as they stand in the document that taught it, for people to read.
    `first_from` and `last_from` are entries of the register. A reverted lesson proposes nothing and takes no votes.
    """

    __tablename__ = "lessons"
    __table_args__ = (sa.UniqueConstraint("field", "scope", "key", "value"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(sa.String(24))
    scope: Mapped[str] = mapped_column(sa.String(LONGEST_KEY))
    key: Mapped[str] = mapped_column(sa.String(LONGEST_KEY))
    value: Mapped[str] = mapped_column(sa.String(300))
    as_read: Mapped[str] = mapped_column(sa.String(LONGEST_KEY), default="")
    holds_for: Mapped[str] = mapped_column(sa.String(2 * LONGEST_KEY), default="")
    is_correction: Mapped[bool] = mapped_column(index=True)
    votes: Mapped[int] = mapped_column(default=0)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    first_from: Mapped[int] = mapped_column(sa.ForeignKey("incoming.id"))
    last_from: Mapped[int] = mapped_column(sa.ForeignKey("incoming.id"))
    taught_by: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    reverted_at: Mapped[datetime | None]
    reverted_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
