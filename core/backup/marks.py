"""How the last backup of each kind went, for the pages and for `congvan doctor`, and when that is an alarm."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import events
from core.backup.vault import CHANGES, FULL, instant_of
from core.db import Base, UtcDateTime, table_of

TRIAL = "trial"  # khôi phục thử
LATE = {FULL: timedelta(hours=26), CHANGES: timedelta(minutes=20), TRIAL: timedelta(days=8)}
_LATE_TURNS = 4  # turns of changes that may be missed
NAMES = {FULL: "Bản sao lưu đầy đủ", CHANGES: "Bản sao lưu thay đổi", TRIAL: "Khôi phục thử"}
_ACTS = {FULL: "backup_taken", TRIAL: "backup_proved"}


class BackupMark(Base):
    """One kind of run: the last that went well, and the last failure with its sentence ("" once one went well).

    `awaited_at` is when intake last began to take backups; of a kind that never went well, when it first did.
    `entries` and `files` are counts in the state, `size` bytes of its plain files, `written` bytes that the run
    added to the place.
    """

    __tablename__ = "backup_marks"

    kind: Mapped[str] = mapped_column(sa.String(12), primary_key=True)
    done_at: Mapped[datetime | None]
    awaited_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(sa.String(64), default="")
    entries: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    files: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    size: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    written: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    failed_at: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(sa.Text, default="")


_mark_table = table_of(BackupMark).c
# Built once: every page asks it. Needs for each kind since when it should have gone well, and _STARTED: when intake
# began at the latest.
_STARTED = "started"
_IS_TROUBLED = sa.or_(
    _mark_table.failure != "",
    *(
        sa.and_(
            _mark_table.kind == kind,
            sa.func.coalesce(_mark_table.done_at, _mark_table.awaited_at) <= sa.bindparam(kind, type_=UtcDateTime),
            # A service that was off has a few minutes to make up for it.
            sa.or_(
                _mark_table.done_at.is_(None),
                _mark_table.awaited_at.is_(None),
                _mark_table.awaited_at <= sa.bindparam(_STARTED, type_=UtcDateTime),
            ),
        )
        for kind in LATE
    ),
)
_TROUBLED = sa.select(_mark_table.kind).where(_IS_TROUBLED).order_by(_mark_table.kind)


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


def newest_taken(session: Session) -> str:
    """The newest state that was written to the place, "" where none was."""
    return max((mark.state for kind, mark in all_marks(session).items() if kind != TRIAL), default="")


def proved_until(session: Session) -> datetime | None:
    """What was committed before this instant lies in a state that the last trial has proved; None when none has."""
    mark = session.get(BackupMark, TRIAL)
    return instant_of(mark.state) if mark is not None and mark.done_at is not None and not mark.failure else None


class Plan(Protocol):
    """What the settings say of backups: where to, and minutes from one of changes to the next."""

    @property
    def folder(self) -> Path | None:
        """None: no place is set."""

    @property
    def changes_minutes(self) -> int:
        """At least 1."""


def late_after(plan: Plan) -> dict[str, timedelta]:
    """How long after a good run of each kind the next is late; empty where no place is set, and nothing ever is."""
    if plan.folder is None:
        return {}
    return LATE | {CHANGES: max(LATE[CHANGES], _LATE_TURNS * timedelta(minutes=plan.changes_minutes))}


def is_late(mark: BackupMark | None, kind: str, at: datetime, late: Mapping[str, timedelta] = LATE) -> bool:
    """Whether the last run that went well is longer ago than the clock's plan allows."""
    return mark is None or mark.done_at is None or at - mark.done_at > late[kind]


def is_awaited(mark: BackupMark | None, kind: str, at: datetime, late: Mapping[str, timedelta] = LATE) -> bool:
    """Whether no run of this kind went well yet, and the first is not overdue."""
    return (
        mark is not None
        and mark.done_at is None
        and mark.awaited_at is not None
        and (at - mark.awaited_at <= late[kind])
    )


def await_runs(session: Session, *, at: datetime) -> None:
    """Intake begins to take backups: it has a few minutes to make up for what it missed, and what never ran is waited
    for from the first time on."""
    for kind in LATE:
        mark = _mark(session, kind)
        if mark.done_at is not None or mark.awaited_at is None:
            mark.awaited_at = at


def troubled(session: Session, late: Mapping[str, timedelta], *, at: datetime) -> tuple[str, ...]:
    """The kinds whose last run failed or that are overdue by `late_after`; none where `late` is empty: no place is
    set."""
    if not late:
        return ()
    values = {kind: at - longest for kind, longest in late.items()} | {_STARTED: at - late[CHANGES]}
    return tuple(session.scalars(_TROUBLED, values))


def _mark(session: Session, kind: str) -> BackupMark:
    mark = session.get(BackupMark, kind)
    if mark is None:
        mark = BackupMark(kind=kind)
        session.add(mark)
    return mark
