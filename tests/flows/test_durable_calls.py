"""Promise 2 at every durable system call of taking in one letter: killed there, or refused by a full disk.

Each run is the real `congvan ingest --once` on a real mailbox, one process of it traced; the next run repairs.
"""

import hashlib
import random
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from counts import times
from dovecot_server import Dovecot
from faulty_run import COMMITTING, MAIN, READING, Fault, Template, once_with_fault
from intake_office import Office, letter

from core import verify
from core.events import Event
from core.files import StoredFile, sha256_of
from core.incoming.tables import Incoming
from core.letters import Arrival, Message, MessageFile

RAW = letter(1, 4000)
PROCESSES = (MAIN, COMMITTING, READING)
ERRORS = ("EIO", "ENOSPC", "EFBIG")
SPARE_CALLS = 12  # threads take turns differently each time: so many more than were counted are tried


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, dovecot: Dovecot) -> Template:
    return Template(tmp_path_factory.mktemp("durable"), dovecot, RAW)


@pytest.mark.torture
@pytest.mark.parametrize("process", PROCESSES)
def test_a_process_killed_at_any_durable_call_leaves_one_letter_and_nothing_else(
    template: Template, process: str
) -> None:
    struck = []
    for at in places(template, process, "kill"):
        with template.copy() as office:
            fault = once_with_fault(office, process, at, "kill")
            words = f"killed {process} at {at}: {fault}"
            if fault.hit:
                struck.append(f"{at} {fault.hit}")
            # In place of a child the same run starts another.
            assert fault.code == (-9 if process == MAIN and fault.hit else 0), words
            assert "Traceback" not in fault.log, words
            assert_whole_or_nothing(office, words)
            assert_one_letter_after_another_run(office, words)
    print(f"{process}: {len(struck)} kills")
    assert struck


@pytest.mark.torture
@pytest.mark.parametrize("process", PROCESSES)
def test_a_disk_that_fails_at_any_durable_call_costs_no_letter_and_is_said(template: Template, process: str) -> None:
    struck = []
    for error in ERRORS if times(0, 0, 1) else [random.Random(process).choice(ERRORS)]:
        for at in places(template, process, error):
            with template.copy() as office:
                fault = once_with_fault(office, process, at, error)
                words = f"{error} in {process} at {at}: {fault}"
                if fault.hit:
                    struck.append(f"{error} {at} {fault.hit}")
                assert fault.code in (0, 69, 75), words
                assert fault.code == 0 or said(fault), words
                assert "Traceback" not in fault.log, words
                assert_whole_or_nothing(office, words)
                assert_one_letter_after_another_run(office, words)
    print(f"{process}: {len(struck)} failed calls")
    assert struck


def places(template: Template, process: str, act: str) -> Sequence[int]:
    """The calls at which to strike: in full every one, else some, spread over all."""
    counted = template.calls_of(process, is_kill=act == "kill")
    every = range(1, counted + 1 + SPARE_CALLS)
    wanted = times(1, 8 if process == MAIN else 4, len(every))
    if wanted >= len(every):
        return every
    wanted = min(wanted, counted)  # a reading process makes two or three
    rng = random.Random(f"{process} {act}")
    return [rng.randint(1 + counted * n // wanted, max(1, counted * (n + 1) // wanted)) for n in range(wanted)]


def said(fault: Fault) -> bool:
    """Whether the log says in a line of its own that something is wrong."""
    return bool(re.search(r"level=(warning|error)|^congvan ingest: ", fault.log, re.MULTILINE))


def assert_whole_or_nothing(office: Office, words: str) -> None:
    """No half draft: either all rows of the letter are there with their files, or none."""
    counts = [len(office.rows(column)) for column in (Arrival.id, Message.id, MessageFile.message_id, Incoming.id)]
    assert counts in ([0, 0, 0, 0], [1, 1, 1, 1]), words
    for row in office.rows(StoredFile.sha256):
        assert sha256_of(office.store.path_of(str(row[0]))) == row[0], words


def assert_one_letter_after_another_run(office: Office, words: str) -> None:
    assert office.take_in() == 0, words
    assert office.arrivals() == [(1, "taken")], words
    assert office.rows(Message.raw_sha256) == [(hashlib.sha256(RAW).hexdigest(),)], words
    assert len(office.rows(Incoming.id)) == len(office.rows(MessageFile.message_id)) == 1, words
    assert [row for row in office.rows(Event.act) if row[0] == "taken_in"] == [("taken_in",)], words
    assert_only_named_files(office, words)
    with office.database.reading() as session:
        assert verify.verify(session, office.store, office.settings.sealed_folder).faults == [], words
    with office.dovecot.client(office.mailboxes[0].username) as client:
        client.select_folder("INBOX", readonly=True)
        (found,) = client.fetch("1:*", ["FLAGS", "BODY.PEEK[]"]).values()
    assert found[b"BODY[]"] == RAW and set(found[b"FLAGS"]) <= {b"\\Recent"}, words


def assert_only_named_files(office: Office, words: str) -> None:
    stored = {path.name: sha256_of(path) for path in office.store.contents()}
    assert {row[0] for row in office.rows(StoredFile.sha256)} == set(stored) == set(stored.values()), words
    left = [*(office.store.folder / "tmp").iterdir(), *office.settings.sealed_folder.glob("*")]
    spool = [path for path in (office.home / "spool").rglob("*") if path.is_file() and path.name != "lock"]
    assert left + spool == [], words
    known = {"congvan.sqlite3", "congvan.sqlite3-wal", "congvan.sqlite3-shm", "congvan.sqlite3.lock",
             "congvan.sqlite3.queue", "congvan.sqlite3.upgrade", "files", "sealed"}  # fmt: skip
    assert {path.name for path in Path(office.settings.data).iterdir()} <= known, words
