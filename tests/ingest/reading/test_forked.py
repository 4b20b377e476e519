"""Work in a fork: ended past its limits, waiting for the next file after work that went well."""

import contextlib
import importlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.reading import forked
from ingest.reading.unreadable import Unreadable

KEPT: list[bytearray] = []
GIGABYTE = 1 << 30  # more than any process has lying free


def number() -> Iterator[bytes]:
    yield str(os.getpid()).encode()


def busy() -> Iterator[bytes]:
    yield from number()
    while True:
        pass


def asleep() -> Iterator[bytes]:
    yield from number()
    time.sleep(60)


def greedy(size: int) -> Iterator[bytes]:
    yield str(len(bytearray(size))).encode()


def measured(data: bytes) -> Iterator[bytes]:
    yield str(len(data)).encode()


def growing(size: int) -> Iterator[bytes]:
    KEPT.append(bytearray(size))
    yield from number()


def endless() -> Iterator[bytes]:
    while True:
        yield from number()


def refusing() -> Iterator[bytes]:
    yield b"begun"
    raise Unreadable("locked")


def faulty() -> Iterator[bytes]:
    yield b"begun"
    raise KeyError("the letter's words")


def dying() -> Iterator[bytes]:
    os.kill(os.getpid(), signal.SIGSEGV)
    yield b""


def pid_of_one() -> int:
    (pid,) = forked.each(number)
    return int(pid)


def is_there(pid: int) -> bool:
    """Whether a process runs: one that ended and was not waited for does not."""
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


def await_end(pid: int) -> None:
    ends = time.monotonic() + 5
    while is_there(pid):
        assert time.monotonic() < ends
        time.sleep(0.01)


def test_a_fork_that_did_its_work_does_the_next() -> None:
    assert pid_of_one() == pid_of_one() != os.getpid()


@pytest.mark.parametrize(
    ("work", "arguments", "why"),
    [
        (busy, (), "too_slow"),
        (greedy, (GIGABYTE,), "too_large_inside"),
        (refusing, (), "locked"),
        (dying, (), "damaged"),
    ],
)
def test_one_that_did_not_is_followed_by_another(work: object, arguments: tuple[object, ...], why: str) -> None:
    before = pid_of_one()
    with pytest.raises(Unreadable) as caught:
        list(forked.each(work, *arguments, seconds=1))  # type: ignore[arg-type]
    assert caught.value.why == why
    assert not is_there(before)
    assert pid_of_one() != before


def test_limits_are_those_of_each_file() -> None:
    assert list(forked.each(greedy, GIGABYTE, memory_bytes=2 * GIGABYTE)) == [str(GIGABYTE).encode()]
    with pytest.raises(Unreadable):
        list(forked.each(greedy, GIGABYTE))


def test_the_clock_counts_where_it_is_to() -> None:
    began = time.monotonic()
    parts = forked.each(asleep, seconds=0.5, is_wall_time=True)
    pid = int(next(parts))
    with pytest.raises(Unreadable) as refused:
        next(parts)
    assert refused.value.why == "too_slow" and time.monotonic() - began < 30 and not is_there(pid)
    waiting = list(forked.each(number, seconds=2, is_wall_time=True))
    time.sleep(2.2)
    assert list(forked.each(number)) == waiting, "its time was over with its work"


def test_a_question_may_be_longer_than_a_pipe_holds() -> None:
    assert list(forked.each(measured, bytes(10 << 20))) == [str(10 << 20).encode()]


def test_a_fault_of_ours_is_said_without_the_letter_s_words() -> None:
    with pytest.raises(RuntimeError, match=r"^KeyError$"):
        list(forked.each(faulty))


def test_a_fork_that_keeps_much_is_not_used_again() -> None:
    (pid,) = forked.each(growing, GIGABYTE, memory_bytes=2 * GIGABYTE, seconds=30)
    assert not is_there(int(pid))


def test_a_new_one_is_had_where_it_is_wanted_and_ends() -> None:
    waiting = pid_of_one()
    (pid,) = forked.each(number, is_last=True)
    assert int(pid) != waiting and not is_there(int(pid))
    assert pid_of_one() == waiting
    with pytest.raises(Unreadable):  # now none waits
        list(forked.each(refusing))
    (pid,) = forked.each(number, is_last=True)
    assert not is_there(int(pid))


def test_work_that_nobody_waits_for_is_ended() -> None:
    parts = forked.each(endless)
    pid = int(next(parts))
    parts.close()
    assert not is_there(pid)


def test_work_within_work_has_a_fork_of_its_own() -> None:
    outer = forked.each(endless)
    assert int(next(outer)) != pid_of_one()
    assert next(outer)
    outer.close()


def test_one_from_before_an_import_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would import the same itself, out of what a file may take."""
    (tmp_path / "learned_later.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    before = pid_of_one()
    importlib.import_module("learned_later")
    after = pid_of_one()
    assert after != before and not is_there(before) and pid_of_one() == after


def test_one_that_was_killed_while_it_waited_is_replaced() -> None:
    before = pid_of_one()
    os.kill(before, signal.SIGKILL)
    await_end(before)
    assert pid_of_one() != before


@pytest.mark.parametrize(
    "begun",
    ["test_forked.pid_of_one()", "int(next(test_forked.forked.each(test_forked.busy, seconds=60)))"],
    ids=["waiting", "at work"],
)
def test_none_outlives_its_parent(begun: str) -> None:
    """Killed, a reading process cannot end anything any more."""
    code = f"import os, test_forked; print({begun}, flush=True); os.kill(os.getpid(), 9)"
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        check=False,
        timeout=20,
    )
    assert done.returncode == -signal.SIGKILL
    await_end(int(done.stdout))


def test_the_fork_that_waits_holds_no_pipe_of_the_parents_open() -> None:
    reading, writing = os.pipe()
    with contextlib.suppress(Unreadable):
        list(forked.each(refusing))  # so that the next is a new one
    assert len(list(forked.each(number))) == 1
    os.close(writing)
    assert select.select([reading], [], [], 5)[0] and os.read(reading, 1) == b""
    os.close(reading)
