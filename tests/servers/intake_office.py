"""A whole office: real mailboxes, a database, a store, and intake as `congvan ingest` runs it."""

import hashlib
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

import sqlalchemy as sa
from dovecot_server import PASSWORD, Dovecot

from config.listening import ListenerSettings
from config.outside import SenderSettings, SignatureSettings
from config.settings import ClamdSettings, IntakeSettings, MailboxSettings, Settings
from core import registers, requests, schema
from core.db import Database
from core.files import FolderStore
from core.letters import Arrival, IntakeRequest, Message
from core.registers import Book
from ingest import service
from ingest.pipeline import READER

LONGEST_WAIT_SECONDS = 20.0


@dataclass
class Office:
    """One installation in a temporary folder, reading the accounts that were opened with `mailbox`."""

    home: Path
    dovecot: Dovecot
    database: Database
    mailboxes: list[MailboxSettings] = field(default_factory=list)
    # One process reads, one more starts when that is busy: few letters need no third, and starting it takes time.
    intake: IntakeSettings = field(default_factory=lambda: IntakeSettings(workers=1))
    clamd: ClamdSettings = field(default_factory=ClamdSettings)
    listener: ListenerSettings = field(default_factory=ListenerSettings)
    senders: SenderSettings = field(default_factory=SenderSettings)
    signatures: SignatureSettings = field(default_factory=SignatureSettings)

    @property
    def settings(self) -> Settings:
        return Settings(
            data=self.home / "data", database=str(self.database.url.render_as_string(hide_password=False)),
            mailboxes=tuple(self.mailboxes), intake=self.intake.model_copy(update={"spool": self.home / "spool"}),
            listener=self.listener, clamd=self.clamd, senders=self.senders, signatures=self.signatures,
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

    def refused_logins(self, mailbox: MailboxSettings) -> int:
        """How often the server has refused this account's password."""
        log = (self.dovecot.home / "dovecot.log").read_text(errors="replace").splitlines()
        return sum("auth failed" in line and f"user=<{mailbox.username}>" in line for line in log)

    def arrivals(self) -> list[tuple[int, str]]:
        """UID and state of every arrival, by UID."""
        with self.database.reading() as session:
            rows = session.execute(sa.select(Arrival.uid, Arrival.state).order_by(Arrival.uid))
            return [(row.uid, row.state) for row in rows]

    def messages(self) -> int:
        """How many letters are in the database."""
        with self.database.reading() as session:
            return session.scalar(sa.select(sa.func.count()).select_from(Message)) or 0

    def take_in(self, reader: str = READER) -> int:
        """`congvan ingest --once`; returns its exit code."""
        return service.run(self.settings, self.database, once=True, stop=threading.Event(), reader=reader)

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

    def answer(self) -> str:
        """Watch until every request of a person is answered; returns the last answer."""

        def is_answered() -> bool:
            with self.database.reading() as session:
                return not requests.waiting(session)

        with self.watching():
            wait_until(is_answered)
        with self.database.reading() as session:
            return session.scalars(sa.select(IntakeRequest.answer).order_by(IntakeRequest.id.desc())).first() or ""

    def rows(
        self, *columns: sa.ColumnElement[object] | sa.orm.InstrumentedAttribute[object]
    ) -> list[tuple[object, ...]]:
        """Read columns of a table, in the order of the rows' making."""
        with self.database.reading() as session:
            return [tuple(row) for row in session.execute(sa.select(*columns))]


@contextmanager
def open_office(home: Path, dovecot: Dovecot, url: str | None = None, prepared: Path | None = None) -> Iterator[Office]:
    """An office with one empty book; `url` names its empty database, SQLite in `home` by default.

    `prepared` is the data folder of an office that was made before; it is copied.
    """
    if prepared is not None:
        shutil.copytree(prepared, home / "data")
        database = Database(f"sqlite:///{home / 'data' / 'congvan.sqlite3'}")
        yield Office(home, dovecot, database)
        database.close()
        return
    (home / "data").mkdir()
    database = Database(url or f"sqlite:///{home / 'data' / 'congvan.sqlite3'}")
    schema.upgrade(database)
    with database.writing() as session:
        session.add(Book(code="den", name="Sổ văn bản đến", direction=registers.Direction.INCOMING))
    yield Office(home, dovecot, database)
    database.close()


def wait_until(holds: Callable[[], object], seconds: float = LONGEST_WAIT_SECONDS, pause: float = 0.01) -> float:
    """Wait until something holds and return the seconds it took; fails when it never does."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds, "waited in vain"
        time.sleep(pause)
    return time.monotonic() - began


def letter(number: int, size: int = 1000, message_id: str | None = None, trace: str = "") -> bytes:
    """A letter with one file of an unread type; `trace` stands in a Received header."""
    mail = EmailMessage()
    if trace:
        mail["Received"] = trace
    mail["From"] = "Văn thư UBND <vanthu@lamdong.gov.vn>"
    mail["To"] = "skhcn@lamdong.gov.vn"
    mail["Subject"] = f"Công văn {number}/UBND-KGVX"
    mail["Date"] = "Thu, 04 Jun 2026 08:30:00 +0700"
    mail["Message-ID"] = message_id or f"<{number}@lamdong.gov.vn>"
    mail.set_content("Kính gửi Sở Khoa học và Công nghệ. Gửi kèm văn bản.\n")
    mail.add_attachment(attachment(number, size), maintype="application", subtype="octet-stream",
                        filename=f"van-ban-{number}.bin")  # fmt: skip
    return mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def attachment(number: int, size: int = 1000) -> bytes:
    """The file of letter `number`."""
    return hashlib.sha256(b"%d" % number).digest() * (size // 32)
