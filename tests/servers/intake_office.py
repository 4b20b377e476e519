"""A whole office: real mailboxes, a database, a store, and intake as `congvan ingest` runs it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from dovecot_server import PASSWORD, Dovecot

from config.settings import IntakeSettings, MailboxSettings, Settings
from core import registers, schema
from core.db import Database
from core.files import FolderStore
from core.registers import Book
from ingest import service

LONGEST_WAIT_SECONDS = 20.0


@dataclass
class Office:
    """One installation in a temporary folder, reading the accounts that were opened with `mailbox`."""

    home: Path
    dovecot: Dovecot
    database: Database
    mailboxes: list[MailboxSettings] = field(default_factory=list)
    intake: IntakeSettings = field(default_factory=IntakeSettings)

    @property
    def settings(self) -> Settings:
        return Settings(
            data=self.home / "data", database=str(self.database.url.render_as_string(hide_password=False)),
            mailboxes=tuple(self.mailboxes), intake=self.intake.model_copy(update={"spool": self.home / "spool"}),
        )  # fmt: skip

    @property
    def store(self) -> FolderStore:
        return FolderStore(self.settings.files_folder)

    def mailbox(self, name: str, **changes: object) -> MailboxSettings:
        """Have intake read an account of the server that nobody else uses."""
        user = f"{self.home.name}-{name}"
        secret = self.home / f"{name}.password"
        secret.write_text(PASSWORD)
        values = {
            "name": name, "host": self.dovecot.host, "port": self.dovecot.port, "ca_file": self.dovecot.ca_file,
            "username": user, "secret_file": secret, "timeout_seconds": 10, **changes,
        }  # fmt: skip
        made = MailboxSettings.model_validate(values)
        self.mailboxes.append(made)
        return made

    def send(self, mailbox: MailboxSettings, *letters: bytes, folder: str = "INBOX") -> None:
        """Put letters into a mailbox as a mail server would."""
        with self.dovecot.client(mailbox.username) as client:
            for letter in letters:
                client.append(folder, letter)

    def take_in(self) -> int:
        """`congvan ingest --once`; returns its exit code."""
        return service.run(self.settings, self.database, once=True, stop=threading.Event())

    @contextmanager
    def watching(self) -> Iterator[None]:
        """`congvan ingest` in the background."""
        stop = threading.Event()
        settings = self.settings
        ready = threading.Event()
        thread = threading.Thread(
            target=service.run, args=(settings, self.database), kwargs={"stop": stop, "ready": ready.set}
        )
        thread.start()
        assert ready.wait(10)
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def rows(
        self, *columns: sa.ColumnElement[object] | sa.orm.InstrumentedAttribute[object]
    ) -> list[tuple[object, ...]]:
        """Read columns of a table, in the order of the rows' making."""
        with self.database.reading() as session:
            return [tuple(row) for row in session.execute(sa.select(*columns))]


@contextmanager
def open_office(home: Path, dovecot: Dovecot, url: str | None = None) -> Iterator[Office]:
    """An office with one empty book; `url` names its database, SQLite in `home` by default."""
    (home / "data").mkdir()
    database = Database(url or f"sqlite:///{home / 'data' / 'congvan.sqlite3'}")
    schema.upgrade(database)
    with database.writing() as session:
        session.add(Book(code="den", name="Sổ văn bản đến", direction=registers.Direction.INCOMING))
    yield Office(home, dovecot, database)
    database.close()


def wait_until(holds: Callable[[], object], seconds: float = LONGEST_WAIT_SECONDS) -> float:
    """Wait until something holds and return the seconds it took; fails when it never does."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds, "waited in vain"
        time.sleep(0.01)
    return time.monotonic() - began
