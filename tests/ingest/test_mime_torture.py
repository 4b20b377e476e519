"""Mails damaged at random: each is read in time, none ends its reader, the bytes stay what they were."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import mutated_mails
import pytest
from counts import times
from seeds import try_seeds

MAX_SECONDS = 2.0


@pytest.fixture
def spool() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        yield Path(folder)


@pytest.mark.torture
def test_no_mutated_mail_stops_its_reader_or_takes_long(spool: Path) -> None:
    count = times(100, 20_000, 100_000)
    tried = try_seeds(mutated_mails.__file__, spool, count, TMPDIR=str(spool))
    assert (tried.count, tried.faults) == (count, {})
    assert tried.slowest < MAX_SECONDS


def test_a_seed_gives_the_same_mail_each_time_and_most_seeds_another() -> None:
    mails = [mutated_mails.mutated(seed) for seed in range(200)]
    assert mails == [mutated_mails.mutated(seed) for seed in range(200)]
    assert len(set(mails)) > 190
    assert len(set(mails) - set(mutated_mails.sources())) > 180
