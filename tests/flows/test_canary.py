"""Promise 4 over the running program: a canary in suspected secrets and in held letters is nowhere on a disk."""

import os
import re
import resource
import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
import secret_letters
import sqlalchemy as sa
from counts import times
from intake_office import Office, letter, wait_until
from leaks import files_with
from secret_letters import CANARY, WRAPPINGS
from whole_program import PASSWORD, Clerk, Program, running

from config.settings import BackupSettings
from core import accounts, people, registers
from core.backup import keys, restoring
from core.backup.vault import CHANGES, FULL, Vault
from core.incoming.tables import Incoming
from core.letters import Arrival, Exclusion, HeldLetter, IntakeRequest, Message
from core.people import Role
from core.search import index
from core.search.tables import FileText, SearchRow, TextState
from ingest.backups import Backups

PAGES = ("/den", "/den/hang-doi", "/bi-giu", "/khong-vao-so", "/khong-vao-so/bi_mat", "/hop-thu", "/so-den")


@pytest.fixture
def disk(office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Everywhere the program may write: its data, spool, log and temporary files, and cores of any size."""
    for name in ("temporary", "cores"):
        (office.home / name).mkdir()
    monkeypatch.setenv("TMPDIR", str(office.home / "temporary"))
    monkeypatch.chdir(office.home / "cores")
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    yield office.home
    resource.setrlimit(resource.RLIMIT_CORE, before)


def leaks(folder: Path) -> dict[str, bytes]:
    """Every file below a folder whose bytes or name bear the canary in some form."""
    return files_with(folder, secret_letters.forms())


def custodian_at_work(office: Office) -> None:
    at = datetime.now(UTC)
    with office.database.writing() as session:
        roles = {Role.CLERK, Role.CUSTODIAN}
        hashed = accounts.hash_password(PASSWORD)
        lan = people.add(session, "lan", "Lan", roles, hashed, at=at, must_change_password=False)
        registers.open_series(session, registers.book_by_code(session, "den"), 1, by=lan, at=at)


class Onlooker:
    """A clerk whose pages stay open all the while; what they say is looked through."""

    def __init__(self, program: Program) -> None:
        self._clerk = Clerk(program.url, "lan")
        self._clerk.sign_in()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.seen: list[str] = []
        self.read = 0

    def __enter__(self) -> "Onlooker":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
        self._clerk.close()

    def _look(self) -> None:
        while not self._done.wait(0.2):
            for path in PAGES:
                try:
                    says = self._clerk.page(path)
                except httpx2.HTTPError:  # the pages' process was killed
                    continue
                self.read += 1
                if CANARY in says:
                    self.seen.append(path)

    def drop(self, program: Program, name: str, data: bytes) -> None:
        """Lay a file on the desk, as a browser sends it."""
        send(program, self._clerk, "/den/tha-tep", files={"tep": (name, data)})


def send(program: Program, clerk: Clerk, path: str, **form: Any) -> None:
    """Send a form of the pages with its token, as the clerk."""
    token = clerk.page("/doi-mat-khau").split('name="csrf" value="', 1)[1].split('"', 1)[0]
    with httpx2.Client(base_url=program.url, headers={"Cookie": clerk.cookies}, timeout=30) as browser:
        answer = browser.post(path, data={"csrf": token, **form.pop("data", {})}, **form)
        assert answer.status_code == 303, answer.text


def abort_whoever_reads(program: Program) -> None:
    """SIGABRT, which leaves a core where cores are allowed, to every process but the supervisor."""
    for pid in program.pids()[1:]:
        try:
            os.kill(pid, signal.SIGABRT)
        except ProcessLookupError:
            continue


def may_leave_cores(program: Program) -> list[str]:
    """The processes that the kernel would write a core of; whether it bears a letter is a matter of luck."""
    found = []
    for pid in program.pids():
        try:
            limits, words = (Path(f"/proc/{pid}/{name}").read_text() for name in ("limits", "cmdline"))
        except (FileNotFoundError, ProcessLookupError):
            continue
        # A process that has just ended has no limits any more: the file is empty.
        if limits and re.search(r"^Max core file size +0 +0 ", limits, re.MULTILINE) is None:
            found.append(words)
    return found


def spool_is_empty(office: Office) -> bool:
    try:
        return not [path for path in (office.home / "spool").rglob("*") if path.is_file() and path.stat().st_size]
    except FileNotFoundError:  # a letter's folder went while we looked
        return False


@pytest.mark.torture
def test_a_canary_in_suspected_secrets_is_nowhere_on_the_disk(office: Office, disk: Path) -> None:
    count, dropped = times(14, 100, 500), 4
    makers = list(WRAPPINGS.values())
    secrets = [secret_letters.raw(makers[number % len(makers)](number)) for number in range(count)]
    assert all(CANARY.encode() in raw for raw in secrets)
    custodian_at_work(office)
    boxes = [office.mailbox("chinh"), office.mailbox("phu")]
    with running(office) as program:
        program.wait_for_pages()
        with Onlooker(program) as onlooker:
            for number, raw in enumerate(secrets):
                office.send(boxes[number % 2], raw, *([letter(number)] if number % 10 == 0 else []))
                if number == count // 2:
                    assert may_leave_cores(program) == []
                    abort_whoever_reads(program)
                    program.wait_for_pages()
            for number in range(dropped):
                data = secret_letters.pdf(number) if number % 2 else secrets[number]
                onlooker.drop(program, f"{CANARY} {number}.{'pdf' if number % 2 else 'eml'}", data)
            plain = (count + 9) // 10
            wait_until(lambda: len(office.rows(Arrival.id)) == count + plain + dropped, seconds=120 + count)
            wait_until(lambda: spool_is_empty(office))
        assert onlooker.seen == [] and onlooker.read > len(PAGES)
        assert leaks(disk) == {}, "while it runs: the database's log is not yet written back"
    assert leaks(disk) == {}
    assert len(office.rows(Message.id)) == plain, "the ordinary letters among them came in"
    # A dropped mail is the same letter as the one from the mailbox: it is known again by its mark.
    assert len(office.rows(Exclusion.id)) == count + dropped // 2
    assert {row[0] for row in office.rows(Exclusion.category)} == {"bi_mat"}
    assert {row[0] for row in office.rows(IntakeRequest.name)} == {"(tên tệp không giữ lại)"}


@pytest.mark.torture
def test_a_canary_in_held_letters_is_on_the_disk_only_sealed(office: Office, disk: Path) -> None:
    count = times(3, 20, 100)
    custodian_at_work(office)
    box = office.mailbox("chinh")
    held = [
        secret_letters.raw(secret_letters.with_file(number, f"{CANARY}.zip", secret_letters.locked(number), CANARY))
        for number in range(count)
    ]
    with running(office) as program:
        program.wait_for_pages()
        with Onlooker(program) as onlooker:
            office.send(box, *held)
            wait_until(lambda: len(office.rows(Arrival.id)) == count, seconds=60 + count)
            wait_until(lambda: spool_is_empty(office))
        assert onlooker.read > 0 and onlooker.seen == []
        assert leaks(disk) == {}
    assert leaks(disk) == {}
    assert {row[0] for row in office.rows(HeldLetter.reason)} == {"locked_archive"}
    sealed = [path.stat().st_size for path in office.settings.sealed_folder.iterdir()]
    assert sorted(sealed) == sorted(len(raw) + 16 for raw in held), "each is kept whole: its bytes and one tag"


def has_followed(office: Office, count: int) -> bool:
    """Whether every file has been read in full and every document stands in the search index as it is now."""
    with office.database.reading() as session:
        read = sa.select(sa.func.count()).where(FileText.state == TextState.READ)
        words = sa.select(sa.func.count()).where(SearchRow.exact.contains(CANARY.casefold()))
        is_behind = bool(index.behind(session, 1))
        return session.scalar(read) == session.scalar(words) == count and not is_behind


@pytest.mark.torture
def test_a_canary_is_nowhere_once_the_content_was_removed(office: Office, disk: Path) -> None:
    count = times(2, 10, 40)
    custodian_at_work(office)
    box = office.mailbox("chinh")
    for number in range(count):
        made = secret_letters.with_file(number, f"{CANARY} {number}.pdf", secret_letters.pdf(number, "khong"), CANARY)
        office.send(box, secret_letters.raw(made))
    (disk / "second").mkdir()
    keys.new_key(disk / "key")
    place = BackupSettings(folder=disk / "second", secret_file=disk / "key")
    backups = Backups(office.settings.model_copy(update={"backup": place}), office.database, lambda: datetime.now(UTC))
    with running(office) as program:
        program.wait_for_pages()
        wait_until(lambda: len(office.rows(Incoming.id)) == count, seconds=60 + count)
        clerk = Clerk(program.url, "lan")
        clerk.sign_in()
        assert clerk.confirm_next({"subject": CANARY, "code": "1/KOAI", "issued_on": "04/06/2026"})
        assert CANARY in clerk.page("/den/1")
        assert "PNG" in clerk.page("/trang/1/1/1.png")[:8]
        wait_until(lambda: has_followed(office, count), seconds=120 + count)
        backups.take(FULL)
        assert len(leaks(disk / "data")) >= 2 * count, "so far it is there: each raw letter, each file, the database"
        for number in range(1, count + 1):
            form = {"basis": "thu_hoi", "reason": "Cơ quan gửi báo thu hồi"}
            send(program, clerk, f"/den/{number}/go-noi-dung", data=form)
        backups.take(CHANGES)
        assert leaks(disk) == {}, "the database and its log, store, pictures, spool"
        assert CANARY not in "".join(map(clerk.page, ("/den", "/den/1", "/so-den", "/khong-vao-so")))
        clerk.close()
        assert program.command("verify").returncode == 0
    assert leaks(disk) == {}
    vault = Vault(disk / "second", keys.read_key(disk / "key"))
    assert len(vault.states()) == 1, "states from before the removal are gone"
    restoring.restore(vault, disk / "restored", at=datetime.now(UTC))
    assert leaks(disk) == {}
    assert not list((disk / "restored").rglob("files/??/*"))


def test_the_search_for_leaks_sees_every_form(tmp_path: Path) -> None:
    for number, form in enumerate(secret_letters.forms()):
        (tmp_path / str(number)).write_bytes(b"x" * number + form + b"y")
    assert len(leaks(tmp_path)) == len(secret_letters.forms())
