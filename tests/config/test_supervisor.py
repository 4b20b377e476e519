"""The supervisor, with real child processes: readiness, restarts, watchdog, and nobody left behind."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config import notify

ROOT = Path(__file__).parents[2]
CHILD = """
    import os, signal, sys, time
    from config import notify, supervisor
    supervisor.end_with_supervisor()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    open(sys.argv[1], "a").write(f"{os.getpid()}\\n")
    beat = notify.heartbeat()
    %s
    notify.tell(notify.READY)
    while True:
        %s
        time.sleep(0.02)
"""
PARENT = """
    import sys
    from config import logs, supervisor
    from config.settings import LogSettings
    supervisor.SILENCE_SECONDS = 0.6
    supervisor.FIRST_DELAY_SECONDS = 0.05
    logs.configure(LogSettings(), "run")
    pids, *scripts = sys.argv[1:]
    children = [(f"child{n}", [sys.executable, script, f"{pids}{n}"]) for n, script in enumerate(scripts)]
    sys.exit(supervisor.Supervisor(children).run())
"""
ALIVE = "beat()"


class Told:
    """What a supervised process said to its supervisor: a datagram socket under a name of its own."""

    def __init__(self, path: Path) -> None:
        self.address = str(path)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.address)
        self._socket.settimeout(0.2)
        self.words: list[str] = []

    def listen(self) -> list[str]:
        """Everything said until now."""
        try:
            while True:
                self.words.append(self._socket.recv(200).decode())
        except TimeoutError:
            return self.words

    def close(self) -> None:
        self._socket.close()


class Running:
    """A supervisor in a process of its own, and the pids its children wrote down."""

    def __init__(self, process: subprocess.Popen[str], pids: Path, told: Told) -> None:
        self.process, self._pids, self.told = process, pids, told

    def children(self, number: int) -> list[int]:
        """The pids that child `number` has had, the first first."""
        path = Path(f"{self._pids}{number}")
        return [int(line) for line in path.read_text().splitlines()] if path.exists() else []


@contextmanager
def supervised(folder: Path, *bodies: tuple[str, str], watchdog_usec: int = 0) -> Iterator[Running]:
    """Run the supervisor over children made of (before ready, in the loop)."""
    scripts = []
    for number, body in enumerate(bodies):
        scripts.append(folder / f"child{number}.py")
        scripts[-1].write_text(textwrap.dedent(CHILD) % body)
    (folder / "parent.py").write_text(textwrap.dedent(PARENT))
    told = Told(folder / "notify")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NOTIFY_SOCKET": told.address}
    if watchdog_usec:
        environment["WATCHDOG_USEC"] = str(watchdog_usec)
    command = [sys.executable, str(folder / "parent.py"), str(folder / "pids"), *map(str, scripts)]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    running = Running(process, folder / "pids", told)
    try:
        yield running
    finally:
        process.kill()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()
        told.close()


def until(holds: Callable[[], object], seconds: float = 10) -> None:
    """Wait until `holds` is true; the test fails when it never is."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Whether the process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_ready_is_said_once_both_are_ready(tmp_path: Path) -> None:
    with supervised(tmp_path, ("", ALIVE), ("time.sleep(0.7)", ALIVE)) as running:
        until(lambda: running.children(1))
        assert "READY=1" not in running.told.listen()
        until(lambda: "READY=1" in running.told.listen())
        time.sleep(0.3)
        assert running.told.listen().count("READY=1") == 1


def test_a_crashed_child_is_started_again_and_the_other_is_not_touched(tmp_path: Path) -> None:
    with supervised(tmp_path, ("", ALIVE), ("", ALIVE)) as running:
        until(lambda: running.children(0) and running.children(1))
        os.kill(running.children(0)[0], signal.SIGKILL)
        until(lambda: len(running.children(0)) == 2)
        assert len(running.children(1)) == 1


def test_restarts_come_slower_and_slower(tmp_path: Path) -> None:
    began = time.monotonic()
    with supervised(tmp_path, ("sys.exit(1)", "")) as running:
        until(lambda: len(running.children(0)) >= 7, seconds=60)
    # Delays of 0.05, 0.1, 0.2, 0.4, 0.8 and 1.6 s lie between seven starts.
    assert time.monotonic() - began > 3.1


def test_a_child_that_falls_silent_is_killed_and_started_again(tmp_path: Path) -> None:
    with supervised(tmp_path, ("", "time.sleep(60)")) as running:
        until(lambda: len(running.children(0)) >= 2)
        assert not is_alive(running.children(0)[0])


def test_the_watchdog_is_fed_only_while_all_children_answer(tmp_path: Path) -> None:
    slow_at_the_second_start = "time.sleep(30 if len(open(sys.argv[1]).readlines()) > 1 else 0)"
    with supervised(tmp_path, (slow_at_the_second_start, ALIVE), ("", ALIVE), watchdog_usec=300_000) as running:
        until(lambda: running.told.listen().count("WATCHDOG=1") >= 3)
        os.kill(running.children(0)[0], signal.SIGKILL)
        until(lambda: len(running.children(0)) == 2)
        running.told.listen()
        running.told.words.clear()
        time.sleep(0.5)
        assert "WATCHDOG=1" not in running.told.listen()


def test_a_word_from_a_stranger_is_not_believed(tmp_path: Path) -> None:
    telling = "from config import notify; notify.tell(notify.READY)"
    stranger = f"import subprocess; subprocess.run([sys.executable, '-c', '{telling}']); time.sleep(2)"
    with supervised(tmp_path, (stranger, ALIVE)) as running:
        until(lambda: running.children(0))
        time.sleep(0.8)
        assert "READY=1" not in running.told.listen()


def test_a_stop_ends_all_and_exits_with_zero(tmp_path: Path) -> None:
    with supervised(tmp_path, ("", ALIVE), ("", ALIVE)) as running:
        until(lambda: "READY=1" in running.told.listen())
        running.process.terminate()
        assert running.process.wait(timeout=10) == 0
        assert not any(is_alive(pid) for number in (0, 1) for pid in running.children(number))
        assert "STOPPING=1" in running.told.listen()


def test_no_child_survives_a_supervisor_that_was_killed(tmp_path: Path) -> None:
    with supervised(tmp_path, ("", ALIVE), ("", ALIVE)) as running:
        until(lambda: running.children(0) and running.children(1))
        until(lambda: "READY=1" in running.told.listen())
        running.process.kill()
        until(lambda: not any(is_alive(pid) for number in (0, 1) for pid in running.children(number)), seconds=20)


def test_words_of_children_pass_through_to_the_log(tmp_path: Path) -> None:
    with supervised(tmp_path, ('print("a fact of the child", file=sys.stderr, flush=True)', ALIVE)) as running:
        until(lambda: running.children(0))
        until(lambda: "READY=1" in running.told.listen())
        running.process.terminate()
        assert running.process.stderr is not None
        assert "a fact of the child\n" in running.process.stderr.read()


@pytest.mark.parametrize("usec", ["", "0", "nonsense"])
def test_without_a_watchdog_no_heartbeat_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, usec: str) -> None:
    told = Told(tmp_path / "notify")
    monkeypatch.setenv("NOTIFY_SOCKET", told.address)
    monkeypatch.setenv("WATCHDOG_USEC", usec)
    notify.heartbeat()()
    assert told.listen() == []
    told.close()
