"""An office with files and a sealed letter, its backup place, and what stands in a database row for row."""

import os
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from core import events, files, sealing
from core.backup import keys, restoring, taking
from core.backup.restoring import Restored, restore
from core.backup.taking import Taken
from core.backup.vault import FULL, Vault
from core.db import Base, Database
from core.files import Content, FolderStore
from core.incoming import registration
from core.incoming.tables import Incoming
from core.letters import Arrival, ArrivalState, HeldLetter
from core.people import User

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
# What a restore writes itself: books wait, sessions end, leases are free, one event more.
_TOUCHED = {"books", "login_sessions", "mail_folders", "chain_heads", "alembic_version", "outbox_pauses"}


@dataclass(frozen=True)
class BackedUp:
    """The office of the fixtures, with its folders and its backup place."""

    office: Any
    home: Path
    vault: Vault
    parts: taking.Office
    empty_database: Callable[[], str]

    @property
    def store(self) -> FolderStore:
        return self.parts.store

    def file(self, data: bytes) -> str:
        """A content in the store with its row; returns its SHA-256."""
        source = self.home / "source"
        source.write_bytes(data)
        content = Content(source, files.sha256_of(source), len(data), "application/pdf")
        with self.store.adding(), self.office.database.writing() as session:
            self.store.add(content)
            files.note_stored(session, [content], at=MORNING)
        return content.sha256

    def held(self, data: bytes) -> int:
        """A sealed letter; returns the id of its row."""
        source = self.home / "source"
        source.write_bytes(data)
        name, key = sealing.seal(source, self.parts.sealed)
        with self.office.database.writing() as session:
            uid = int.from_bytes(os.urandom(3), "big")
            arrival = Arrival(
                mailbox="m", folder="f", uidvalidity=1, uid=uid, state=ArrivalState.HELD, seen_at=MORNING
            )  # fmt: skip
            session.add(arrival)
            session.flush()
            held = HeldLetter(
                arrival_id=arrival.id, reason="locked_archive", mark=name, size=len(data), sealed_path=name,
                seal_key=key, held_at=MORNING,
            )  # fmt: skip
            session.add(held)
            session.flush()
            return held.id

    def confirm(self, at: datetime = MORNING) -> int:
        """One more entry in the register; returns its number."""
        draft = self.office.draft()
        with self.office.database.writing() as session:
            clerk = session.get_one(User, self.office.clerk_id)
            return registration.register(session, session.get_one(Incoming, draft), by=clerk, at=at)

    def take(self, kind: str = FULL, at: datetime = MORNING) -> Taken:
        return taking.take(self.parts, self.vault, kind, at=at)

    def remove(self, sha256: str) -> None:
        """What `remove_content` does to a file: bytes and row gone, an event left."""
        with self.office.database.writing() as session:
            session.execute(sa.delete(files.StoredFile).where(files.StoredFile.sha256 == sha256))
            events.record(session, taking.REMOVED, "incoming", 1, by=None, at=MORNING)
        self.store.remove(sha256)


def backed_up(office: Any, home: Path, empty_database: Callable[[], str]) -> BackedUp:
    """The office of the fixtures with folders below `home`."""
    place = home / "place"
    place.mkdir()
    parts = taking.Office(office.database, FolderStore(home / "files"), home / "sealed", home / "work")
    return BackedUp(office, home, Vault(place, keys.new_key(home / "key")), parts, empty_database)


def come_back(town: BackedUp, folder: Path, *, state: str = "", skip_damaged: bool = False) -> tuple[Restored, str]:
    """Restore into the new `folder`; returns what was restored and the URL of its database."""
    url = town.empty_database()
    at = MORNING + timedelta(days=1)
    restored = restore(town.vault, folder, state=state, database_url=url, skip_damaged=skip_damaged, at=at)
    return restored, url or f"sqlite:///{folder / restoring.DATABASE}"


def rows(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that a restore leaves alone, the restore's own event left out."""
    with closing(Database(url)) as database, database.reading() as session:
        found = {}
        for table in Base.metadata.sorted_tables:
            if table.name not in _TOUCHED:
                listed = session.execute(sa.select(table).order_by(*table.primary_key.columns)).all()
                found[table.name] = [tuple(row) for row in listed if getattr(row, "act", "") != "restored"]
        return found
