"""How the last backup of each kind went, for the page and for `congvan doctor`."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import events
from core.backup.vault import CHANGES, FULL, instant_of
from core.db import Base

TRIAL = "trial"  # khôi phục thử
LATE = {FULL: timedelta(hours=26), CHANGES: timedelta(minutes=20), TRIAL: timedelta(days=8)}
NAMES = {FULL: "Bản sao lưu đầy đủ", CHANGES: "Bản sao lưu thay đổi", TRIAL: "Khôi phục thử"}
_ACTS = {FULL: "backup_taken", TRIAL: "backup_proved"}


class BackupMark(Base):
    """One kind of run: the last that went well, and the last failure with its sentence ("" once one went well).

    `entries` and `files` are counts in the state, `size` bytes of its plain files, `written` bytes that the run
    added to the place.
    """

    __tablename__ = "backup_marks"

    kind: Mapped[str] = mapped_column(sa.String(12), primary_key=True)
    done_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(sa.String(64), default="")
    entries: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    files: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    size: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    written: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    failed_at: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(sa.Text, default="")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run that went well found or made; see `BackupMark`."""

    state: str
    entries: int
    files: int
    size: int
    written: int = 0


def note_done(session: Session, kind: str, outcome: Outcome, *, at: datetime) -> None:
    """Write that a run went well; full backups and trials leave an event."""
    mark = _mark(session, kind)
    mark.done_at, mark.state, mark.entries, mark.files = at, outcome.state, outcome.entries, outcome.files
    mark.size, mark.written, mark.failure = outcome.size, outcome.written, ""
    session.flush()
    if kind in _ACTS:
        payload = {"state": outcome.state, "entries": outcome.entries, "files": outcome.files}
        events.record(session, _ACTS[kind], "office", None, by=None, at=at, payload=payload)


def note_failure(session: Session, kind: str, sentence: str, *, at: datetime) -> None:
    """Write that a run failed and why; the first of several alike leaves an event."""
    mark = _mark(session, kind)
    is_new = mark.failure != sentence
    mark.failed_at, mark.failure = at, sentence
    session.flush()
    if is_new:
        payload = {"kind": kind, "why": sentence}
        events.record(session, "backup_failed", "office", None, by=None, at=at, payload=payload)


def all_marks(session: Session) -> dict[str, BackupMark]:
    """The mark of each kind that ever ran."""
    return {mark.kind: mark for mark in session.scalars(sa.select(BackupMark))}


def proved_until(session: Session) -> datetime | None:
    """What was committed before this instant lies in a state that the last trial has proved; None when none has."""
    mark = session.get(BackupMark, TRIAL)
    return instant_of(mark.state) if mark is not None and mark.done_at is not None and not mark.failure else None


def is_late(mark: BackupMark | None, kind: str, at: datetime) -> bool:
    """Whether the last run that went well is longer ago than the clock's plan allows."""
    return mark is None or mark.done_at is None or at - mark.done_at > LATE[kind]


def _mark(session: Session, kind: str) -> BackupMark:
    mark = session.get(BackupMark, kind)
    if mark is None:
        mark = BackupMark(kind=kind)
        session.add(mark)
    return mark
