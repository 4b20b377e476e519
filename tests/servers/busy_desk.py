"""An office with a backup place, whose clerk confirms drafts while the program's own commands back it up."""

import hashlib
import subprocess
import sys
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from core import files, people, registers
from core.db import Database
from core.evidence import Evidence, Source
from core.files import Content, FolderStore
from core.incoming import drafts, registration
from core.incoming.tables import Incoming, Origin
from core.people import Role, User
from core.registers import Book

ROOT = Path(__file__).resolve().parents[2]
VALUES = {"code": "12/UBND-KT", "issued_on": "2026-06-03", "issuer": "UBND", "kind": "Công văn", "subject": "thử"}


@dataclass
class Desk:
    """An office whose clerk confirms drafts as fast as it is asked to."""

    home: Path
    database: Database
    numbers: list[int] = field(default_factory=list)
    waiting: deque[int] = field(default_factory=deque)  # drafts on the desk, oldest first

    def __post_init__(self) -> None:
        self.store = FolderStore(self.home / "data" / "files")

    def open(self) -> None:
        """The book, its series and two clerks."""
        at = datetime.now(UTC)
        with self.database.writing() as session:
            session.add(Book(code="den", name="Sổ văn bản đến", direction=registers.Direction.INCOMING))
            clerk = people.add(session, "lan", "Lan", {Role.CLERK}, "x", at=at)
            people.add(session, "hoa", "Hoa", {Role.CLERK}, "x", at=at)
            session.flush()
            registers.open_series(session, registers.book_by_code(session, "den"), 1, by=clerk, at=at)

    def lay(self, count: int = 1) -> None:
        """Lay drafts on the desk in one transaction, with one file more in the store."""
        at, source = datetime.now(UTC), self.home / "source"
        source.write_bytes(hashlib.sha256(at.isoformat().encode()).digest() * 2000)
        content = Content(source, files.sha256_of(source), source.stat().st_size, "application/pdf")
        proposed = {name: Evidence(value, 0.95, Source.TEXT) for name, value in VALUES.items()}
        draft = drafts.NewDraft(Origin.MAIL, 1, None, at, 0, proposed, ())
        with self.store.adding(), self.database.writing(background=True) as session:
            self.store.add(content)
            files.note_stored(session, [content], at=at)
            self.waiting.extend(drafts.insert(session, draft) for _ in range(count))

    def confirm(self) -> None:
        """The oldest draft on the desk takes its number; where there is none, one is laid first."""
        if not self.waiting:
            self.lay()
        with self.database.writing() as session:
            document, clerk = session.get_one(Incoming, self.waiting.popleft()), session.get_one(User, 1)
            self.numbers.append(registration.register(session, document, by=clerk, at=datetime.now(UTC)))

    def work(self, done: threading.Event, numbers_a_second: float) -> None:
        """Confirm at that pace until told to stop, while a letter comes in each second; what was late by less than
        a second is made up for."""
        turn, letter = time.monotonic(), time.monotonic()
        while not done.is_set():
            self.confirm()
            if time.monotonic() > letter:
                self.lay()
                letter = time.monotonic() + 1
            turn = max(turn + 1 / numbers_a_second, time.monotonic() - 1)
            done.wait(max(0.0, turn - time.monotonic()))


def congvan(*words: str) -> subprocess.CompletedProcess[str]:
    """Run one command of the program to its end."""
    return subprocess.run(
        [sys.executable, str(ROOT / "congvan.py"), *words], capture_output=True, text=True, timeout=300, check=False
    )
