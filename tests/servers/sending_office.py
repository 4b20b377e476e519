"""An office that sends: its database and store, its mail server, and a clock that a test moves."""

import hashlib
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from outbox_desk import Desk, message

from config.sending import SendingSettings
from core import people
from core.db import Database
from core.deliveries.queueing import Attachment
from core.deliveries.tables import Delivery, State
from core.files import Content, FolderStore, note_stored
from core.people import Role
from dispatch.sender import Dispatcher

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)


@dataclass
class Office:
    """`now` is what its clock says."""

    home: Path
    desk: Desk
    store: FolderStore
    settings: SendingSettings
    now: datetime = MORNING
    stop: threading.Event = field(default_factory=threading.Event)
    _count: int = 0

    def queue(self, **values: Any) -> int:
        """Put a message into the outbox."""
        return self.desk.queue(message(**values), at=self.now)

    def file(self, content: bytes, name: str, media_type: str = "application/pdf") -> Attachment:
        """Store a content, to go along under this name."""
        self._count += 1
        path = self.home / f"content-{self._count}"
        path.write_bytes(content)
        stored = Content(path, hashlib.sha256(content).hexdigest(), len(content), media_type)
        with self.store.adding(), self.desk.database.writing() as session:
            self.store.add(stored)
            note_stored(session, [stored], at=self.now)
        path.unlink()
        return Attachment(name, stored.sha256, media_type)

    def dispatcher(self, token: str = "một") -> Dispatcher:
        """A sender of this office."""
        return Dispatcher(self.settings, self.desk.database, self.store, token, lambda: self.now, self.stop)

    def until_settled(self, delivery_id: int, turns: int = 40) -> Delivery:
        """Send, turn after turn with the time that passes between, until it waits no more."""
        for _ in range(turns):
            dispatcher = self.dispatcher()  # its pause after trouble is not to be waited for
            dispatcher.settle_abandoned()
            dispatcher.send_waiting()
            row = self.desk.get(delivery_id)
            if row.state != State.WAITING:
                return row
            self.now = max(self.now, row.try_at) + timedelta(seconds=1)
        return self.desk.get(delivery_id)


@contextmanager
def opened(home: Path, migrated: Path, port: int, **settings: Any) -> Iterator[Office]:
    """An office in `home` that sends through `port` of this machine, in the clear unless `settings` say otherwise."""
    shutil.copy(migrated, home / "congvan.sqlite3")
    database = Database(f"sqlite:///{home / 'congvan.sqlite3'}")
    with database.writing() as session:
        people.add(session, "lan", "Nguyễn Thị Lan", {Role.CLERK}, "x", at=MORNING)
    database.close()
    with reopened(home, port, **settings) as office:
        yield office


@contextmanager
def reopened(home: Path, port: int, **settings: Any) -> Iterator[Office]:
    """The office that stands in `home` already."""
    values = {"host": "127.0.0.1", "port": port, "security": "none", "from_address": "vanthu@so.example",
              "from_name": "Văn thư Sở Khoa học và Công nghệ", "domain_per_minute": 0}  # fmt: skip
    made = SendingSettings.model_validate(values | settings)
    database = Database(f"sqlite:///{home / 'congvan.sqlite3'}")
    yield Office(home, Desk(database, 1), FolderStore(home / "files"), made)
    database.close()
