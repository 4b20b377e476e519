"""Hộp thư: what the page shows of every mailbox."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.letters import Arrival, ArrivalState, MailboxState, MailFolder


@dataclass(frozen=True, slots=True)
class FolderRow:
    """One watched folder: its cut-off, whether a process watches it now, and what became of its letters."""

    name: str
    import_since: date | None
    is_missing: bool
    is_watched: bool
    reconciled_at: datetime | None
    reconciled_count: int
    reconciled_lost: int
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class MailboxRow:
    """One mailbox; see `core.letters.MailboxState`. `asked` are requests without an answer:
    fetch, test, reconcile, retry."""

    name: str
    address: str
    last_success_at: datetime | None
    last_error_at: datetime | None
    trouble: str
    alarm: str
    room_used: int | None
    room_limit: int | None
    room_read_at: datetime | None
    stopped_at: datetime | None
    test_done_at: datetime | None
    test_answer: str
    asked: frozenset[str]
    folders: tuple[FolderRow, ...]


def mailboxes(session: Session, *, at: datetime) -> list[MailboxRow]:
    """Every mailbox that was ever configured, by name."""
    folders = _folders(session, at)
    states = session.scalars(sa.select(MailboxState).order_by(MailboxState.name))
    return [
        MailboxRow(
            name=box.name, address=box.address, last_success_at=box.last_success_at, last_error_at=box.last_error_at,
            trouble=box.trouble, alarm=box.alarm, room_used=box.room_used, room_limit=box.room_limit,
            room_read_at=box.room_read_at, stopped_at=box.stopped_at, test_done_at=box.test_done_at,
            test_answer=box.test_answer, asked=_asked(box), folders=tuple(folders[box.name]),
        )
        for box in states
    ]  # fmt: skip


def pulse(session: Session) -> str:
    """Changes when a mailbox answered, failed, stopped or began again: what the journal does not record.

    A pass that merely went well, each minute, changes nothing: pages would be woken for no news.
    """
    box = MailboxState
    answered = sa.case((box.fetch_done_at >= box.fetch_asked_at, 1), else_=0)
    query = sa.select(
        sa.func.max(box.test_done_at), sa.func.max(box.last_error_at), sa.func.max(box.stopped_at),
        sa.func.max(box.reconcile_done_at), sa.func.sum(box.refused_logins), sa.func.sum(answered),
        sa.func.sum(sa.case((box.trouble != "", 1), else_=0)), sa.func.sum(sa.func.length(box.alarm)),
    )  # fmt: skip
    values = session.execute(query).one()
    return "_".join(f"{v:%y%m%dT%H%M%S%f}" if isinstance(v, datetime) else str(v or 0) for v in values)


def _folders(session: Session, at: datetime) -> dict[str, list[FolderRow]]:
    counts = _counts(session)
    found = defaultdict(list)
    for folder in session.scalars(sa.select(MailFolder).order_by(MailFolder.id)):
        is_watched = folder.lease_until is not None and folder.lease_until > at
        row = FolderRow(
            folder.folder, folder.import_since, folder.is_missing, is_watched, folder.reconciled_at,
            folder.reconciled_count, folder.reconciled_lost, counts.get((folder.mailbox, folder.folder), {}),
        )  # fmt: skip
        found[folder.mailbox].append(row)
    return found


def _counts(session: Session) -> dict[tuple[str, str], dict[str, int]]:
    place = (Arrival.mailbox, Arrival.folder)
    query = sa.select(*place, Arrival.state, sa.func.count()).where(Arrival.door == "imap")
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: dict.fromkeys(ArrivalState, 0))
    for mailbox, folder, state, count in session.execute(query.group_by(*place, Arrival.state)):
        found[mailbox, folder][state] = count
    return found


def _asked(box: MailboxState) -> frozenset[str]:
    pairs = {
        "fetch": (box.fetch_asked_at, box.fetch_done_at), "test": (box.test_asked_at, box.test_done_at),
        "reconcile": (box.reconcile_asked_at, box.reconcile_done_at),
    }  # fmt: skip
    found = {name for name, (asked, done) in pairs.items() if asked and (done is None or done < asked)}
    if box.stopped_at and box.retry_asked_at and box.retry_asked_at > box.stopped_at:
        found.add("retry")
    return frozenset(found)
