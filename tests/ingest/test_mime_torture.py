"""Mails damaged at random: each is read in time, none ends its reader, the bytes stay what they were."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import mutated_mails
import pytest
from counts import times

ROOT = Path(__file__).parents[2]
MAX_SECONDS = 2.0
PROCESSES = 2
CHUNK = 2_000  # mails of one process, so that what a mail left behind can't spoil all the others


@pytest.fixture
def spool() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        yield Path(folder)


def started(first: int, count: int, spool: Path) -> subprocess.Popen[str]:
    program = [sys.executable, mutated_mails.__file__, str(first), str(count), str(spool)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests" / "servers")])}
    environment["TMPDIR"] = str(spool)
    return subprocess.Popen(program, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.torture
def test_no_mutated_mail_stops_its_reader_or_takes_long(spool: Path) -> None:
    count = times(100, 20_000, 100_000)
    each = min(CHUNK, count // PROCESSES)
    faults: dict[str, str] = {}
    read, slowest = 0, (0.0, 0)
    for first in range(0, count, each * PROCESSES):
        running = [started(at, each, spool) for at in range(first, min(first + each * PROCESSES, count), each)]
        for process in running:
            out, errors = process.communicate(timeout=600)
            assert process.returncode == 0, errors[-2_000:]
            seen = json.loads(out)
            read += seen["count"]
            slowest = max(slowest, (seen["seconds"], seen["slowest"]))
            faults |= seen["faults"]
    print(f"{read} mails, the slowest {slowest[0]:.2f} s (seed {slowest[1]})")
    assert (read, faults) == (count, {})
    assert slowest[0] < MAX_SECONDS


def test_a_seed_gives_the_same_mail_each_time_and_most_seeds_another() -> None:
    mails = [mutated_mails.mutated(seed) for seed in range(200)]
    assert mails == [mutated_mails.mutated(seed) for seed in range(200)]
    assert len(set(mails)) > 190
    assert len(set(mails) - set(mutated_mails.sources())) > 180
