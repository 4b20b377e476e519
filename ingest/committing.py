"""What the committing process does for `ingest.committer`: the rows of one letter in one transaction."""

import os
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from core import arrivals, events, removal
from core.arrivals import Excluded, Outcome, Where
from core.db import Database
from core.errors import Temporary
from core.files import FolderStore
from core.letters import Message


@dataclass(frozen=True, slots=True)
class Entry:
    """One letter to be written. `folder_id` and `cursor` say how far its folder is read then, None where the
    letter came by no folder; `at` is the instant it is taken in."""

    where: Where
    outcome: Outcome
    folder_id: int | None
    cursor: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Office:
    """Where the rows go: the database's URL with its password, the store's folder, and the intake's process id."""

    database: str
    files: Path
    intake_pid: int


@dataclass(frozen=True, slots=True)
class Written:
    """The rows are committed, or stood there already; `outcome` is what the letter became where that is not what it
    was handed in as."""

    outcome: Excluded | None = None


def open_office(office: Office) -> None:
    """Connect and look once, so that the first letter does not wait for what is made at first use."""
    with _database(office.database).reading() as session:
        arrivals.recorded_uids(session, "", "", 0, [0])
        session.get(Message, 0)


def write(office: Office, entry: Entry) -> Written | str:
    """Write one letter's rows; returns why the database refuses where it does.

    The letter's files must stand in the store under the intake's lock. Raises what the database finds wrong with
    the rows themselves.
    """
    try:
        with _store(office.files).adding(is_covered=True):
            # Our lock began while the intake held its own: no sweep can have come between file and row. If the
            # intake is gone, its lock may have been gone before ours began.
            if os.getppid() != office.intake_pid:
                os._exit(0)
            outcome = _write(_database(office.database), entry)
    except (Temporary, OSError) as refused:  # OSError: of the lock files, on a full or broken disk
        return str(refused.__cause__ or refused)
    return Written(outcome if outcome is not entry.outcome and isinstance(outcome, Excluded) else None)


def _write(database: Database, entry: Entry) -> Outcome:
    where = entry.where
    with database.writing(background=True) as session:
        # Another process, or a commit whose answer was lost, may have been first.
        place = (where.mailbox, where.folder, where.uidvalidity)
        is_written = where.uid in arrivals.recorded_uids(session, *place, [where.uid])
        if is_written and arrivals.take_back_vanished(session, where):
            is_written = False
        outcome = removal.unless_removed(session, where, entry.outcome)
        facts = [] if is_written else arrivals.record(session, [(where, outcome)], at=entry.at)
        if entry.folder_id is not None:
            arrivals.advance(session, entry.folder_id, where.uidvalidity, entry.cursor)
        events.record_many(session, facts, by=None, at=entry.at)
    return outcome


@cache
def _database(url: str) -> Database:
    return Database(url)


@cache
def _store(folder: Path) -> FolderStore:
    return FolderStore(folder)
