"""The tables of the answers to senders."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class AnswerPolicy(Base):
    """What a sender is told: `statuses` are codes of `core.edxml.Status`.

    `key` names whom it is for: an address, "@" and a domain, "agency:" and an id, or "office" for all others.
    """

    __tablename__ = "answer_policies"

    key: Mapped[str] = mapped_column(sa.String(330), primary_key=True)
    statuses: Mapped[list[Any]] = mapped_column(default=list)
    set_at: Mapped[datetime]
    set_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))


class AnswerProgress(Base):
    """How far the journal was answered: up to the event `event_id`; one row (id 1). Letters that came before
    `quiet_before` may have been answered by a state of the office that a restore has lost."""

    __tablename__ = "answer_progress"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int]
    quiet_before: Mapped[datetime | None]


class DocumentReturn(Base):
    """That a clerk returns a document to who sent it ("Trả lại nơi gửi"), and what the second person said where its
    sender stands above the office; without one `decided_by` is blank. Called back where `withdrawn_at` is set.
    `followed_at` is when its mail was queued (`delivery_id`), or nobody was there to be told; `may_be_told` when a
    state of the office that a restore has lost may have told it.
    """

    __tablename__ = "document_returns"
    __table_args__ = (
        sa.Index(
            "uq_document_returns_standing", "incoming_id", unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL AND is_agreed IS NOT FALSE"),
            postgresql_where=sa.text("withdrawn_at IS NULL AND is_agreed IS NOT FALSE"),
        ),
        sa.Index(
            "ix_document_returns_open", "asked_at",
            sqlite_where=sa.text("followed_at IS NULL"), postgresql_where=sa.text("followed_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    incoming_id: Mapped[int] = mapped_column(sa.ForeignKey("incoming.id"), index=True)
    reason: Mapped[str] = mapped_column(sa.Text)
    asked_at: Mapped[datetime]
    asked_by: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    is_agreed: Mapped[bool | None]
    answer: Mapped[str] = mapped_column(sa.Text, default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    withdrawn_at: Mapped[datetime | None]
    followed_at: Mapped[datetime | None]
    may_be_told: Mapped[bool] = mapped_column(default=False)
    delivery_id: Mapped[int | None] = mapped_column(sa.ForeignKey("deliveries.id"))


# Of returns that wait for a second person.
AWAITS_NOD = (DocumentReturn.is_agreed.is_(None), DocumentReturn.withdrawn_at.is_(None))
