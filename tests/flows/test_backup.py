"""A backup while people work, and the office back on a fresh machine by one command (Điều 9.3 Quy chế 63)."""

import hashlib
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from backup_office import rows

from core import files, people, registers
from core.db import Database
from core.events import Event
from core.evidence import Evidence, Source
from core.files import Content, FolderStore
from core.incoming import drafts, registration
from core.incoming.tables import Incoming, Origin
from core.people import Role, User
from core.registers import Book

ROOT = Path(__file__).resolve().parents[2]
VALUES = {"code": "12/UBND-KT", "issued_on": "2026-06-03", "issuer": "UBND", "kind": "Công văn", "subject": "thử"}
NUMBERS_A_SECOND = 20


@dataclass
class Desk:
    """An office whose clerk confirms drafts, each with a file, as fast as it is asked to."""

    home: Path
    database: Database
    numbers: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = FolderStore(self.home / "data" / "files")
        at = datetime.now(UTC)
        with self.database.writing() as session:
            session.add(Book(code="den", name="Sổ văn bản đến", direction=registers.Direction.INCOMING))
            clerk = people.add(session, "lan", "Lan", {Role.CLERK}, "x", at=at)
            people.add(session, "hoa", "Hoa", {Role.CLERK}, "x", at=at)
            session.flush()
            registers.open_series(session, registers.book_by_code(session, "den"), 1, by=clerk, at=at)

    def confirm(self) -> None:
        """One letter's file stored, its draft written, its number taken."""
        at, source = datetime.now(UTC), self.home / "source"
        source.write_bytes(hashlib.sha256(at.isoformat().encode()).digest() * 2000)
        content = Content(source, files.sha256_of(source), source.stat().st_size, "application/pdf")
        with self.store.adding(), self.database.writing(background=True) as session:
            self.store.add(content)
            files.note_stored(session, [content], at=at)
            proposed = {name: Evidence(value, 0.95, Source.TEXT) for name, value in VALUES.items()}
            draft = drafts.insert(session, drafts.NewDraft(Origin.MAIL, 1, None, at, 0, proposed, ()))
        with self.database.writing() as session:
            document, clerk = session.get_one(Incoming, draft), session.get_one(User, 1)
            self.numbers.append(registration.register(session, document, by=clerk, at=at))

    def work(self, done: threading.Event) -> None:
        """Confirm `NUMBERS_A_SECOND` until told to stop."""
        turn = time.monotonic()
        while not done.is_set():
            self.confirm()
            turn = max(turn + 1 / NUMBERS_A_SECOND, time.monotonic() - 1)
            done.wait(max(0.0, turn - time.monotonic()))


def congvan(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "congvan.py"), *words], capture_output=True, text=True, timeout=300, check=False
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    data = tmp_path / "data"
    data.mkdir()
    (tmp_path / "place").mkdir()
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_sqlite"), data / "congvan.sqlite3")
        url = f"sqlite:///{data / 'congvan.sqlite3'}"
    else:
        url = request.getfixturevalue("postgres").new_database(request.getfixturevalue("migrated_postgresql"))
    assert congvan("backup", "--new-key", str(tmp_path / "key")).returncode == 0
    text = f'data = "data"\ndatabase = "{url}"\n[backup]\nfolder = "place"\nsecret_file = "key"\n'
    (tmp_path / "congvan.toml").write_text(text)
    with closing(Database(url)) as database:
        yield Desk(tmp_path, database)


@pytest.fixture
def empty_database(desk: Desk, request: pytest.FixtureRequest) -> Callable[[], str]:
    """The URL of a fresh database, "" for SQLite."""
    return lambda: "" if desk.database.is_sqlite else request.getfixturevalue("postgres").new_database()


def back_up(desk: Desk, *words: str) -> str:
    """`congvan backup`; returns the state's name."""
    done = congvan("backup", *words, "--config", str(desk.home / "congvan.toml"))
    assert done.returncode == 0, done.stderr
    return done.stdout.split()[3].rstrip(":")


def restored(desk: Desk, folder: Path, url: str, *words: str) -> str:
    """`congvan restore`; returns the URL of the restored database."""
    options = [*words, *(["--database", url] if url else [])]
    done = congvan("restore", "--from", str(desk.home / "place"), "--to", str(folder), "--key", str(desk.home / "key"),
                   *options)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return url or f"sqlite:///{folder / 'congvan.sqlite3'}"


def test_a_backup_under_twenty_confirmations_a_second_comes_back_whole(
    desk: Desk, empty_database: Callable[[], str], tmp_path: Path
) -> None:
    done = threading.Event()
    worker = threading.Thread(target=desk.work, args=(done,))
    worker.start()
    began = time.monotonic()
    while len(desk.numbers) < NUMBERS_A_SECOND:
        time.sleep(0.05)
    states = [back_up(desk), back_up(desk, "--changes")]
    pace = len(desk.numbers) / (time.monotonic() - began)
    done.set()
    worker.join()
    states.append(back_up(desk, "--changes"))
    live = str(desk.database.url.render_as_string(hide_password=False))
    for number, state in enumerate(states[1:]):
        folder = tmp_path / f"back{number}"
        url = restored(desk, folder, empty_database(), "--at", state)
        assert_is_a_moment_of(desk, url, folder)
        if state == states[-1]:
            there, here = rows(live), rows(url)
            there.pop("backup_marks"), here.pop("backup_marks")  # the last run noted itself after its snapshot
            last = len(here["events"])
            assert there["events"][:last] == here["events"]
            assert {**there, "events": []} == {**here, "events": []}
            assert len(here["incoming"]) == len(desk.numbers)
    assert pace > NUMBERS_A_SECOND / 4, f"only {pace:.0f} confirmations a second: the backups hardly met any"


def assert_is_a_moment_of(desk: Desk, url: str, folder: Path) -> None:
    """What came back is the office as it stood at one moment: numbers 1..n, every file, the journal's beginning."""
    with closing(Database(url)) as database, database.reading() as session:
        numbers = session.scalars(sa.select(Incoming.arrival_number).order_by(Incoming.arrival_number)).all()
        named = set(files.named(session))
        journal = session.scalars(sa.select(Event.hash).where(Event.act != "restored").order_by(Event.id)).all()
    given = [number for number in numbers if number is not None]
    assert given == list(range(1, len(given) + 1)) and len(given) >= NUMBERS_A_SECOND
    assert {path.name for path in FolderStore(folder / "files").contents()} == named
    with desk.database.reading() as session:
        live = session.scalars(sa.select(Event.hash).order_by(Event.id)).all()
    assert live[: len(journal)] == journal


@pytest.mark.parametrize("desk", ["sqlite"], indirect=True)
def test_a_spoiled_backup_is_refused_by_the_command_and_the_one_before_named(desk: Desk, tmp_path: Path) -> None:
    desk.confirm()
    good = back_up(desk)
    desk.confirm()
    spoiled = back_up(desk)
    path = desk.home / "place" / "states" / f"{spoiled}.db"
    path.write_bytes(path.read_bytes()[:-1])
    done = congvan("restore", "--from", str(desk.home / "place"), "--to", str(tmp_path / "new"), "--key",
                   str(desk.home / "key"))  # fmt: skip
    assert done.returncode == 65
    assert "bị cắt hoặc bị sửa" in done.stderr and f"--at {good}" in done.stderr
    assert "Traceback" not in done.stderr and not (tmp_path / "new").exists()
    restored(desk, tmp_path / "new", "", "--at", good)


@pytest.mark.parametrize("desk", ["sqlite"], indirect=True)
def test_the_weekly_trial_says_what_it_proved_and_leaves_nothing(desk: Desk) -> None:
    desk.confirm()
    back_up(desk)
    config = str(desk.home / "congvan.toml")
    proved = congvan("verify", "--backup", "--config", config)
    assert proved.returncode == 0 and "đã khôi phục thử: 1 số đến, 1 tệp khớp" in proved.stdout, proved.stderr
    assert [path.name for path in (desk.home / "data" / "backup-work").iterdir()] == ["lock"]
    (found,) = (desk.home / "place" / "objects").glob("??/*")
    found.write_bytes(b"x")
    failed = congvan("verify", "--backup", "--config", config)
    assert failed.returncode == 65 and "Đã bỏ 1 tệp hỏng" in failed.stderr
    doctor = congvan("doctor", "--config", config)
    assert "✗ Khôi phục thử" in doctor.stdout and "bản đầy đủ kế tiếp chép lại" in doctor.stdout
    back_up(desk)
    assert congvan("verify", "--backup", "--config", config).returncode == 0
