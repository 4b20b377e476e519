"""`congvan dispatch --once` killed at any durable system call: the message went once, or a person is asked."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import scripted_smtp
import sending_office
from counts import times
from faulty_command import Fault, command_with_fault
from scripted_smtp import Server
from sending_office import Office

from core.deliveries.tables import State

_TOML = """\
data = "."
[sending]
host = "127.0.0.1"
port = {port}
security = "none"
from_address = "vanthu@so.example"
"""


@pytest.fixture
def server() -> Iterator[Server]:
    with scripted_smtp.running() as running:
        yield running


def killed(home: Path, template: Path, server: Server, at: int) -> tuple[Fault, str, int]:
    """Send one waiting message in a copy of the office, killed at the N-th call, then with a program that lives;
    returns the kill, what became of the message, and how often it arrived."""
    shutil.copytree(template, home)
    (home / "congvan.toml").write_text(_TOML.format(port=server.port))
    server.taken.clear()
    fault = command_with_fault(at, "kill", "dispatch", "--once", "--config", str(home / "congvan.toml"))
    with sending_office.reopened(home, server.port) as office:
        row = office.until_settled(1)
        state, came = row.state, server.taken.count(row.message_id or "")
    shutil.rmtree(home)
    return fault, state, came


@pytest.fixture
def template(tmp_path: Path, migrated_sqlite: Path, server: Server) -> Path:
    home = tmp_path / "template"
    home.mkdir()
    with sending_office.opened(home, migrated_sqlite, server.port) as office:
        _queued(office)
    for left in home.glob("congvan.sqlite3-*"):
        left.unlink()
    return home


def _queued(office: Office) -> None:
    office.now = office.now.replace(year=2025)  # it has waited for long
    office.queue(files=[office.file(b"%PDF-1.7 " * 1000, "Công văn.pdf")])


def _kills(tmp_path: Path, template: Path, server: Server, chosen: list[int]) -> None:
    seen = {State.SENT: 0, State.UNCERTAIN: 0}
    for at in chosen:
        fault, state, came = killed(tmp_path / "run", template, server, at)
        assert fault.code in (-9, 0), fault
        assert state in seen, f"call {at} ({fault.hit}): {state}"
        assert came == 1 or (came == 0 and state == State.UNCERTAIN), f"call {at} ({fault.hit}): arrived {came} times"
        seen[State(state)] += 1
    print(f"{len(chosen)} kills: {seen}")


def test_a_sender_that_is_killed_sends_once_or_asks_a_person(tmp_path: Path, template: Path, server: Server) -> None:
    fault, state, came = killed(tmp_path / "run", template, server, 0)
    assert (fault.code, state, came) == (0, State.SENT, 1) and fault.calls > 20, fault
    chosen = random.Random(20260607).sample(range(1, fault.calls + 1), 6)
    _kills(tmp_path, template, server, sorted(chosen))


@pytest.mark.torture
def test_a_sender_that_is_killed_anywhere_sends_once_or_asks_a_person(
    tmp_path: Path, template: Path, server: Server
) -> None:
    calls = killed(tmp_path / "run", template, server, 0)[0].calls
    _kills(tmp_path, template, server, list(range(1, calls + 1, times(10, 2, 1))))
