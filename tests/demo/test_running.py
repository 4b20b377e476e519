"""`congvan demo` as a newcomer meets it: one command, real processes, and nothing left behind."""

import http.client
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from demo.office import ACCOUNTS

ROOT = Path(__file__).parents[2]
READY_SECONDS = 60  # fifteen on a machine with nothing else to do


class Demo:
    """A running demo, its port and what it has printed."""

    def __init__(self, process: subprocess.Popen[str], output: Path) -> None:
        self.process, self._output = process, output

    @property
    def text(self) -> str:
        return self._output.read_text(encoding="utf-8")

    @property
    def port(self) -> int:
        found = re.search(r"^ready http://127\.0\.0\.1:(\d+)$", self.text, re.M)
        assert found, self.text
        return int(found[1])

    def wait(self) -> None:
        until = time.monotonic() + READY_SECONDS
        while "Ctrl+C" not in self.text:
            assert self.process.poll() is None, self.text
            assert time.monotonic() < until, self.text
            time.sleep(0.1)


@contextmanager
def demo(home: Path) -> Iterator[Demo]:
    """Start the demo on `home`, wait until it is ready, and end it as Ctrl+C does."""
    output = home.with_name("output")
    with output.open("w") as writing:
        command = [sys.executable, str(ROOT / "congvan.py"), "demo", "--home", str(home), "--port", "0"]
        process = subprocess.Popen(command, stdout=writing, stderr=subprocess.STDOUT, text=True, start_new_session=True)
    try:
        running = Demo(process, output)
        running.wait()
        yield running
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=20)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "office"


def count(home: Path, query: str) -> int:
    """One number out of the demo's database."""
    with closing(sqlite3.connect(home / "data" / "congvan.sqlite3")) as database:
        return int(database.execute(query).fetchone()[0])


def processes_of(home: Path) -> list[str]:
    """Command lines of living processes that mention this home."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(home) in line:
            found.append(line)
    return found


def status_of(port: int, path: str) -> int:
    """The HTTP status of a page, redirects not followed."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", path)
        return connection.getresponse().status


def test_one_office_opens_with_drafts_on_the_desk_and_accounts_to_try(home: Path) -> None:
    with demo(home) as running:
        assert status_of(running.port, "/") in {200, 303}
        assert count(home, "SELECT count(*) FROM incoming WHERE state = 'draft'") >= 3
        for username in ("vanthu", "giamdoc", "chanhvp", "truongphong", "chuyenvien", "giuthu", "quantri"):
            assert re.search(rf"^{username} +\S+ +\S+", running.text, re.M), running.text
        assert count(home, "SELECT first_number FROM number_series") > 1
        command = [sys.executable, str(ROOT / "congvan.py"), "demo", "--home", str(home), "--port", "0"]
        second = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        assert second.returncode == 65
        assert "cơ quan mẫu khác đang dùng" in second.stderr
    assert running.process.returncode == 0
    assert processes_of(home) == []


def test_killed_at_any_moment_it_leaves_no_process_and_opens_again_with_its_letters(home: Path) -> None:
    with demo(home) as running:
        running.process.kill()
        running.process.wait()
        until = time.monotonic() + 5
        while processes_of(home):
            assert time.monotonic() < until, processes_of(home)
            time.sleep(0.05)
    before = count(home, "SELECT count(*) FROM messages")
    with demo(home):
        assert count(home, "SELECT count(*) FROM messages") >= before
        doubled = "SELECT count(*) FROM (SELECT identity FROM messages GROUP BY identity HAVING count(*) > 1)"
        assert count(home, doubled) == 0
        assert count(home, "SELECT count(*) FROM users") == len(ACCOUNTS)
