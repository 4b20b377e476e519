"""What a mail's own domain vouches for (DKIM, RFC 6376): which letters are to be checked, and what was found."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.db import Base
from core.letters import Message
from core.signing.values import DkimFinding, DkimResult

_FIRST_LOOK_BACK = timedelta(days=1)  # keys of older letters may have been changed since
_PAUSE = timedelta(minutes=10)
_MOST_TRIES = 6
_HABIT_OF = 10  # letters that are looked at
_FEW = 3
_MOST = 0.9


class DkimCheck(Base):
    """The finding of one letter; `sender` is its address in small letters. A row with `try_at` waits for DNS."""

    __tablename__ = "dkim_checks"
    __table_args__ = (sa.Index("ix_dkim_checks_try_at", "try_at", sqlite_where=sa.text("try_at IS NOT NULL"),
                               postgresql_where=sa.text("try_at IS NOT NULL")),)  # fmt: skip

    message_id: Mapped[int] = mapped_column(sa.ForeignKey("messages.id"), primary_key=True, autoincrement=False)
    sender: Mapped[str] = mapped_column(sa.String(320), index=True)
    result: Mapped[str] = mapped_column(sa.String(12))
    domain: Mapped[str] = mapped_column(sa.String(253), default="")
    is_aligned: Mapped[bool] = mapped_column(default=False)
    checked_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=1)
    try_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A letter that is to be checked: its stored bytes and its sender's address."""

    message_id: int
    raw_sha256: str
    size: int
    sender: str


def next_unchecked(session: Session, *, at: datetime) -> Unchecked | None:
    """The letter that is to be checked next: one that has come since the last, else one for which DNS is asked again at
    `at`; None when there is none."""
    columns = (Message.id, Message.raw_sha256, Message.raw_size, Message.sender_address)
    last = session.scalar(sa.select(sa.func.max(DkimCheck.message_id)))
    since = Message.id > last if last is not None else Message.taken_at >= at - _FIRST_LOOK_BACK
    new = sa.select(*columns).where(since, Message.raw_sha256.is_not(None)).order_by(Message.id).limit(1)
    again = sa.select(*columns).join(DkimCheck, DkimCheck.message_id == Message.id)
    again = again.where(DkimCheck.try_at <= at, Message.raw_sha256.is_not(None)).order_by(DkimCheck.try_at).limit(1)
    row = session.execute(new).first() or session.execute(again).first()
    return Unchecked(row.id, row.raw_sha256 or "", row.raw_size, row.sender_address) if row is not None else None


def note(session: Session, letter: Unchecked, finding: DkimFinding, *, at: datetime) -> None:
    """Keep what was found, unless the letter's content was removed meanwhile. What DNS did not answer is asked again, a
    few times."""
    message = session.get(Message, letter.message_id, with_for_update=True)
    if message is None or message.raw_sha256 is None:
        return
    row = session.get(DkimCheck, letter.message_id)
    if row is None:
        row = DkimCheck(message_id=letter.message_id, sender=letter.sender.lower(), tries=0)
        session.add(row)
    row.tries += 1
    row.result, row.domain, row.is_aligned, row.checked_at = finding.result, finding.domain, finding.is_aligned, at
    is_last = finding.result is not DkimResult.UNKNOWN or row.tries >= _MOST_TRIES
    row.try_at = None if is_last else at + _PAUSE * row.tries
    session.flush()


def finding_of(session: Session, message_id: int) -> DkimFinding | None:
    """What was found of a letter; None where it was not checked."""
    row = session.get(DkimCheck, message_id)
    return DkimFinding(DkimResult(row.result), row.domain, row.is_aligned) if row is not None else None


def is_usually_signed(session: Session, sender: str, before: int) -> bool:
    """Whether the last letters from this address before the message `before` bore their own domain's signature."""
    latest = (
        sa.select(DkimCheck.is_aligned, DkimCheck.result)
        .where(DkimCheck.sender == sender.lower(), DkimCheck.message_id < before)
        .order_by(DkimCheck.message_id.desc())
        .limit(_HABIT_OF)
    )
    rows = [row for row in session.execute(latest) if row.result not in (DkimResult.UNKNOWN, DkimResult.TOO_LARGE)]
    signed = sum(row.is_aligned and row.result == DkimResult.PASS for row in rows)
    return len(rows) >= _FEW and signed >= _MOST * len(rows)


def forget(session: Session, message_id: int) -> None:
    """Delete what was found of a letter whose content is removed."""
    session.execute(sa.delete(DkimCheck).where(DkimCheck.message_id == message_id))
