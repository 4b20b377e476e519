"""Which signatures are to be judged again: one row for each signed file, and for each letter that is signed itself."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.db import Base, table_of

_ONE = "(sha256 IS NULL) <> (message_id IS NULL)"
_WAITS = sa.text("try_at IS NOT NULL")


class SignatureCheck(Base):
    """How the signatures of a content (`sha256`), or those that a letter bears or brings beside its files
    (`message_id`), were judged: `roots` is the fingerprint of the installed ones ("" for none), `is_asked` whether
    issuers were asked about revocation, or need not be. A row with `try_at` waits; `tries` were in vain.
    """

    __tablename__ = "signature_checks"
    __table_args__ = (
        sa.CheckConstraint(_ONE, name="one_thing"),
        sa.Index("ix_signature_checks_try_at", "try_at", sqlite_where=_WAITS, postgresql_where=_WAITS),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str | None] = mapped_column(sa.ForeignKey("files.sha256"), unique=True)
    message_id: Mapped[int | None] = mapped_column(sa.ForeignKey("messages.id"), unique=True)
    roots: Mapped[str] = mapped_column(sa.String(64), default="")
    is_asked: Mapped[bool] = mapped_column(default=False)
    checked_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    try_at: Mapped[datetime | None]


def begin(
    session: Session, *, contents: Sequence[str] = (), letters: Sequence[int] = (), at: datetime
) -> None:  # fmt: skip
    """Have the signatures of `contents` (SHA-256) and `letters` (ids) judged again, which intake has just checked."""
    things = [(sha256, None) for sha256 in contents] + [(None, letter) for letter in letters]
    rows = [
        {
            "sha256": sha256, "message_id": letter, "roots": "", "is_asked": False, "checked_at": at, "tries": 0,
            "try_at": at,
        }
        for sha256, letter in things
    ]  # fmt: skip
    if rows:
        session.execute(sa.insert(table_of(SignatureCheck)), rows)
