"""Promise 2 by count: any process of a working `congvan ingest` killed at any instant, among many letters."""

import contextlib
import hashlib
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest
from counts import times
from intake_office import Office, letter, wait_until
from whole_program import Program

from core import verify
from core.files import StoredFile
from core.letters import Message

LONGEST_WORK_SECONDS = 0.3
# One that starts anew is struck too: the main process, since a letter whose reader dies twice is held.
AT_ONCE_AGAIN = 0.1
SHARE_OF_MAIN = 0.2  # its start takes longest


@pytest.mark.torture
@pytest.mark.parametrize("part", range(times(1, 1, 10)))
def test_random_kills_of_the_intake_lose_no_letter_and_take_none_twice(office: Office, part: int) -> None:
    kills = times(5, 300, 1000)
    rng = random.Random(int(os.environ.get("SEED", "20260605")) + part)
    mailbox = office.mailbox("vanthu")
    office.intake = office.intake.model_copy(update={"workers": 1 + part % 2})
    sent: set[str] = set()
    struck = {"main": 0, "child": 0}
    with (office.home / "ingest.log").open("wb") as log, office.dovecot.client(mailbox.username) as client:
        program = Program(office, log)
        intake = program.begin("ingest")
        for _ in range(kills):
            for _ in range(rng.randint(1, 3)):
                raw = letter(len(sent), rng.choice((32, 4_000, 100_000)))
                client.append("INBOX", raw)
                sent.add(hashlib.sha256(raw).hexdigest())
            time.sleep(rng.uniform(0, LONGEST_WORK_SECONDS))
            intake = killed(intake, program, rng, struck)
            if rng.random() > AT_ONCE_AGAIN:
                wait_until(lambda: office.messages() == len(sent), 60)
            else:
                intake = killed(intake, program, rng, struck, is_main=True)
        intake.terminate()
        intake.wait(30)
    assert office.take_in() == 0
    print(f"{struck} of {len(sent)} letters")
    assert struck["main"] and struck["child"]
    raws_kept = [str(row[0]) for row in office.rows(Message.raw_sha256)]
    assert len(raws_kept) == len(sent) and set(raws_kept) == sent
    assert office.arrivals() == [(uid, "taken") for uid in range(1, len(sent) + 1)]
    assert {row[0] for row in office.rows(StoredFile.sha256)} == {path.name for path in office.store.contents()}
    with office.database.reading() as session:
        assert verify.verify(session, office.store, office.settings.sealed_folder).faults == []


def killed(
    intake: subprocess.Popen[bytes], program: Program, rng: random.Random, struck: dict[str, int], *,
    is_main: bool = False,
) -> subprocess.Popen[bytes]:  # fmt: skip
    """SIGKILL one process of the intake; returns the intake, begun anew when it was its main process."""
    below = [int(pid) for path in Path(f"/proc/{intake.pid}/task").glob("*/children") for pid in _words(path)]
    is_main = is_main or not below or rng.random() < SHARE_OF_MAIN
    victim = intake.pid if is_main else rng.choice(below)
    with contextlib.suppress(ProcessLookupError):
        os.kill(victim, signal.SIGKILL)
    struck["main" if victim == intake.pid else "child"] += 1
    if victim != intake.pid:
        assert intake.poll() is None, "the intake ended because a child did"
        return intake
    assert intake.wait(30) == -signal.SIGKILL
    return program.begin("ingest")


def _words(path: Path) -> list[str]:
    with contextlib.suppress(OSError):
        return path.read_text().split()
    return []
