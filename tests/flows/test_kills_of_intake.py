"""Promise 2 by count: any process of one `congvan ingest --once` killed at any instant, among many letters."""

import contextlib
import hashlib
import os
import random
import signal
import time
from pathlib import Path

import pytest
from counts import times
from intake_office import Office, letter
from whole_program import Program

from core import verify
from core.files import StoredFile
from core.letters import Message

LETTERS_A_KILL = 3


@pytest.mark.torture
def test_random_kills_of_the_intake_lose_no_letter_and_take_none_twice(office: Office) -> None:
    kills = times(3, 40, 10_000)
    rng = random.Random(int(os.environ.get("SEED", "20260605")))
    mailbox = office.mailbox("vanthu")
    sent: set[str] = set()
    killed = 0
    with (office.home / "ingest.log").open("wb") as log:
        program = Program(office, log)
        while killed < kills:
            raws = [letter(len(sent) + n, rng.randint(32, 100_000)) for n in range(LETTERS_A_KILL)]
            office.send(mailbox, *raws)
            sent.update(hashlib.sha256(raw).hexdigest() for raw in raws)
            killed += kill_within(program, rng)
    assert office.take_in() == 0
    raws_kept = [str(row[0]) for row in office.rows(Message.raw_sha256)]
    assert len(raws_kept) == len(sent) and set(raws_kept) == sent
    assert office.arrivals() == [(uid, "taken") for uid in range(1, len(sent) + 1)]
    assert {row[0] for row in office.rows(StoredFile.sha256)} == {path.name for path in office.store.contents()}
    with office.database.reading() as session:
        assert verify.verify(session, office.store, office.settings.sealed_folder).faults == []


def kill_within(program: Program, rng: random.Random) -> bool:
    """Start the intake and kill one of its processes while it works; False when it was quicker."""
    ingest = program.begin("ingest", "--once")
    end = time.monotonic() + rng.uniform(0.5, 5)
    while time.monotonic() < end and ingest.poll() is None:
        time.sleep(0.01)
    below = [int(pid) for path in Path(f"/proc/{ingest.pid}/task").glob("*/children") for pid in _words(path)]
    if ingest.poll() is not None:
        return False
    victim = rng.choice([ingest.pid, ingest.pid, *below])
    with contextlib.suppress(ProcessLookupError):
        os.kill(victim, signal.SIGKILL)
    return ingest.wait(120) == -signal.SIGKILL or victim != ingest.pid


def _words(path: Path) -> list[str]:
    with contextlib.suppress(OSError):
        return path.read_text().split()
    return []
