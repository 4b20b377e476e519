"""The pool of reading processes: whoever takes long lets new letters pass."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from intake_office import wait_until
from pool_tasks import UNFINISHED

from core.sandbox import Limits
from ingest.pool import Pool

Answers = list[tuple[str, object]]


@pytest.fixture
def answers() -> Answers:
    return []


@pytest.fixture
def pool(tmp_path: Path, answers: Answers) -> Iterator[Pool[str]]:
    """One worker and, as always, one process for new letters."""
    made: Pool[str] = Pool(
        1,
        Limits(20, 256 << 20),
        tmp_path,
        "pool_tasks",
        call_of=lambda job, is_long: ("pool_tasks:read", job, is_long),
        takes_long=lambda answer: answer == UNFINISHED,
        done=lambda job, answer: answers.append((job, answer)),
        first_seconds=1.0,
    )
    made.start()
    yield made
    made.close()


@pytest.mark.parametrize(("slow", "count"), [("pictures", 4), ("stuck", 2)])
def test_a_new_letter_does_not_wait_for_those_that_take_long(
    pool: Pool[str], answers: Answers, slow: str, count: int
) -> None:
    jobs = [f"{slow} {number}" for number in range(count)]
    for job in jobs:
        pool.submit(job)
    pool.submit("new")
    wait_until(lambda: len(answers) > 0, 30)
    assert answers[0] == ("new", "new")
    wait_until(lambda: len(answers) == count + 1, 60)
    assert sorted(answers) == sorted((job, job) for job in ("new", *jobs))


def test_letters_that_take_long_come_to_their_turn_among_new_ones(pool: Pool[str], answers: Answers) -> None:
    pool.submit("pictures")
    begun = time.monotonic()
    while ("pictures", "pictures") not in answers:
        assert time.monotonic() - begun < 30
        pool.submit("new")
        time.sleep(0.05)
