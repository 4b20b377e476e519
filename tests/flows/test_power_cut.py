"""Promises 1, 2 and 5 when the power goes, on a disk that keeps only what was flushed.

The real program runs once and all its calls are logged; then each instant of that log is a power cut.
"""

import random
import shutil
import signal
import sys
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import pytest
from counts import times
from dovecot_server import Dovecot
from intake_office import Office, letter, open_office, wait_until
from power_cut import Disk, Keeps, by_chance, everything, nothing_more, the_database, write_out
from pushing import connected, dotted, is_open, open_listener
from traced_run import Opener, Recording, contents, record, run
from whole_program import ROOT, Program

from config.settings import MailboxSettings
from core import verify
from core.backup import keys
from core.letters import HeldLetter, Message

HELD = (
    b"From: a@skhcn.gov.vn\r\nSubject: Gui van ban\r\nMessage-ID: <held@x>\r\n\r\n"
    b"Kinh gui Quy So, van ban se gui sau.\r\n"
)
CONFIRMING = """
import sys
from datetime import UTC, datetime
from core import people, registers, tables
from core.db import Database
from core.evidence import Evidence, Source
from core.incoming import drafts, registration
from core.incoming.tables import Incoming, Origin

at = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
values = {"code": "12/UBND-KT", "issued_on": "2026-06-03", "issuer": "UBND", "kind": "Công văn", "subject": "thử"}
proposed = {name: Evidence(value, 0.95, Source.TEXT) for name, value in values.items()}
database = Database(sys.argv[1])
with database.writing() as session:
    clerk = people.add(session, "lan", "Lan", {people.Role.CLERK}, "x", at=at)
    session.flush()
    registers.open_series(session, registers.book_by_code(session, "den"), 1, by=clerk, at=at)
    made = [drafts.insert(session, drafts.NewDraft(Origin.MAIL, 1, None, at, 0, proposed, ())) for _ in range(3)]
for draft in made:
    with database.writing() as session:
        number = registration.register(session, session.get_one(Incoming, draft), by=clerk, at=at)
    print("number", number, flush=True)
"""


def two_files(number: int) -> bytes:
    mail = message_from_bytes(letter(number), policy=SMTP)
    mail.add_attachment(b"%PDF-1.4 no pages", maintype="application", subtype="pdf", filename="phu-luc.pdf")
    return mail.as_bytes()


class Intake:
    """A new office's first `congvan ingest --once`, recorded; three letters wait in the mailbox, one to be held."""

    def __init__(self, home: Path, dovecot: Dovecot) -> None:
        self._home, self._dovecot = home, dovecot
        with open_office(home, dovecot) as office:
            self._mailbox: MailboxSettings = office.mailbox("vanthu")
            office.send(self._mailbox, two_files(1), HELD, letter(2, 400_000))
            office.intake = office.intake.model_copy(update={"workers": 1})  # a second reader would only start
            office.database.close()
            self.recorded = record(office.settings.data, home)
            with (home / "log").open("wb") as log:
                assert Program(office, log, self.recorded.within).begin("ingest", "--once").wait(120) == 0
            self.at_the_end = contents(office.settings.data)
            assert [state for _, state in office.arrivals()] == ["taken", "held", "taken"]

    def assert_recovers(self, disk: Disk, keeps: Keeps, words: str) -> None:
        """After this power cut verify is content, and the next run has each letter once."""
        home = self._home / "after"
        home.mkdir()
        write_out(disk.survivors(keeps), home / "left")
        with open_office(home, self._dovecot, prepared=home / "left") as office:
            assert faults(office) == [], words
            office.mailboxes.append(self._mailbox)
            assert office.take_in() == 0, words
            assert office.arrivals() == [(1, "taken"), (2, "held"), (3, "taken")], words
            assert len(office.rows(Message.id)) == 2 and len(office.rows(HeldLetter.id)) == 1, words
            assert faults(office) == [], words
        shutil.rmtree(home)


@pytest.fixture(scope="module")
def intake(tmp_path_factory: pytest.TempPathFactory, dovecot: Dovecot) -> Intake:
    return Intake(tmp_path_factory.mktemp("power"), dovecot)


def faults(office: Office) -> list[str]:
    with office.database.reading() as session:
        return verify.verify(session, office.store, office.settings.sealed_folder).faults


def assert_named_files_are_whole(recorded: Recording, opener: Opener) -> dict[int, int]:
    """At each instant; returns how many power cuts would leave how many letters."""
    seen: dict[int, int] = {}
    for instant, disk, call in recorded.replay():
        chances = [by_chance(f"{instant}")] if instant % times(5, 3, 1) == 0 else []
        for keeps in (nothing_more, the_database, *chances):
            survivors = disk.survivors(keeps)
            assert opener.missing(survivors) == [], f"cut at {instant} after {call.what} {call.path}"
            letters = opener.look_at(survivors).letters
            seen[letters] = seen.get(letters, 0) + 1
    print(f"power cuts by letters then in the database: {seen}")
    return seen


def test_the_log_of_calls_makes_the_same_files_as_the_program_made(intake: Intake) -> None:
    for _, disk, call in intake.recorded.replay():
        last = disk, call
    made = last[0].survivors(everything)
    assert {name: content for name, content in made.items() if not name.endswith("-shm")} == intake.at_the_end


def test_a_letter_that_the_database_may_hold_after_a_power_cut_has_its_files_whole(
    intake: Intake, tmp_path: Path
) -> None:
    seen = assert_named_files_are_whole(intake.recorded, Opener(intake.recorded, tmp_path))
    assert set(seen) == {0, 1, 2, 3}


def test_what_the_committing_process_answers_is_on_the_disk_by_then(intake: Intake, tmp_path: Path) -> None:
    opener = Opener(intake.recorded, tmp_path)
    answered = -1  # the first answer is to `open_office`
    for _, disk, call in intake.recorded.replay():
        if call.what == "say" and "ingest.committing" in call.who:
            answered += 1
            assert opener.look_at(disk.survivors(nothing_more)).letters >= answered
    assert answered == 3


@pytest.mark.torture
def test_after_a_power_cut_the_next_run_has_each_letter_once_and_verify_finds_no_fault(intake: Intake) -> None:
    instants = [instant for instant, _, call in intake.recorded.replay() if call.what not in ("mkdir", "say")]
    rng = random.Random(len(instants))
    wanted = set(rng.sample(instants, min(len(instants), times(1, 8, len(instants)))))
    cuts = 0
    for instant, disk, call in intake.recorded.replay():
        if instant in wanted:
            for keeps in rng.sample([nothing_more, the_database, by_chance(f"{instant}")], times(1, 1, 3)):
                intake.assert_recovers(disk, keeps, f"cut at {instant} after {call.what} {call.path}")
                cuts += 1
    print(f"{cuts} power cuts repaired")


def test_a_pushed_letter_is_on_the_disk_before_its_sender_hears_that_it_is_taken(
    office: Office, tmp_path: Path
) -> None:
    settings = open_listener(office)
    office.intake = office.intake.model_copy(update={"workers": 1})
    office.database.close()
    recorded = record(office.settings.data, tmp_path)
    with (tmp_path / "log").open("wb") as log:
        ingest = Program(office, log, recorded.within).begin("ingest")
        try:
            wait_until(lambda: is_open(settings), seconds=60)
            with connected(settings) as line:
                for raw in (two_files(1), HELD):
                    line.envelope()
                    assert line.say(dotted(raw)).startswith("250 2.0.0")
        finally:
            ingest.send_signal(signal.SIGTERM)
            assert ingest.wait(60) == 0
    answered, opener = 0, Opener(recorded, tmp_path)
    for _, disk, call in recorded.replay():
        if call.what == "say" and call.data.startswith(b"250 2.0.0 "):
            answered += 1
            survivors = disk.survivors(nothing_more)
            assert opener.look_at(survivors).letters == answered
            assert opener.missing(survivors) == []
    assert answered == 2


def test_a_number_is_on_the_disk_before_the_clerk_is_told(office: Office, tmp_path: Path) -> None:
    office.database.close()
    url = office.database.url.render_as_string()
    recorded = record(office.settings.data, tmp_path)
    said = run(recorded, [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}){CONFIRMING}", url])
    assert said == "number 1\nnumber 2\nnumber 3\n"
    told, opener = 0, Opener(recorded, tmp_path)
    for _, disk, call in recorded.replay():
        if call.what == "say" and call.data.startswith(b"number"):
            told += 1
            assert opener.look_at(disk.survivors(nothing_more)).last_number == told
    assert told == 3


def test_a_backup_that_counts_after_a_power_cut_has_all_its_parts_whole(intake: Intake, tmp_path: Path) -> None:
    shutil.copytree(intake.recorded.folder, tmp_path / "data")
    place = tmp_path / "place"
    place.mkdir()
    keys.new_key(tmp_path / "key")
    config = tmp_path / "congvan.toml"
    config.write_text('data = "data"\n[backup]\nfolder = "place"\nsecret_file = "key"\n')
    recorded = record(place, tmp_path)
    run(recorded, [sys.executable, str(ROOT / "congvan.py"), "backup", "--config", str(config)])
    parts = {name: content for name, content in contents(place).items() if content is not None}
    assert len([name for name in parts if name.startswith("objects/")]) == 6
    complete = 0
    for instant, disk, call in recorded.replay():
        for keeps in (nothing_more, manifest_first, by_chance(f"{instant}")):
            survivors = disk.survivors(keeps)
            if any(survivors.get(name) == content for name, content in parts.items() if name.endswith(".manifest")):
                complete += 1
                lost = [name for name, content in parts.items() if survivors.get(name) != content]
                assert lost == [], f"cut at {instant} after {call.what} {call.path}"
    assert complete


def manifest_first(path: str) -> bool:
    """The disk happened to write the manifest at once, and nothing else before it had to."""
    return path.endswith((".manifest", "states")) or path.startswith("tmp")
