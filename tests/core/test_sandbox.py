"""The killable child: it answers, it is stopped, and nothing of it survives."""

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.sandbox import Failure, Limits, Sandbox, SandboxFailed
from core.sandbox_child import load_plain

HERE = str(Path(__file__).parent)


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    monkeypatch.syspath_prepend(HERE)
    made = Sandbox(Limits(seconds=10, memory_bytes=300 << 20), tmp_path / "tmp")
    yield made
    made.close()


def test_a_call_is_answered_by_the_same_child_and_its_prints_do_no_harm(sandbox: Sandbox) -> None:
    assert sandbox.call("sandbox_tasks:twice", 21) == 42
    first = sandbox.pid
    assert sandbox.call("sandbox_tasks:twice", 4) == 8
    assert sandbox.pid == first


def test_temporary_files_lie_in_the_folder_given(sandbox: Sandbox, tmp_path: Path) -> None:
    assert sandbox.call("sandbox_tasks:temporary_folder") == str(tmp_path / "tmp")


def test_modules_that_lie_where_somebody_stands_are_not_taken(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("core", "pickle"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise SystemExit('another program')")
    monkeypatch.chdir(tmp_path)
    assert sandbox.call("sandbox_tasks:twice", 21) == 42


def test_a_call_past_its_time_is_killed_with_the_programs_it_started(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.start()
    with pytest.raises(SandboxFailed) as caught:
        sandbox.call("sandbox_tasks:sleep", seconds=1)
    assert caught.value.failure is Failure.TIME
    assert (tmp_path / "tmp" / "began").exists()
    # SIGKILL has been sent to all of them; the grandchild's end is not ours to wait for, only soon.
    end = time.monotonic() + 2
    while _processes_with(str(tmp_path / "tmp")):
        assert time.monotonic() < end, "a program that the call started is still alive"
        time.sleep(0.01)
    assert sandbox.call("sandbox_tasks:twice", 1) == 2


@pytest.mark.parametrize(("task", "failure"), [("grow", Failure.MEMORY), ("die", Failure.CRASH)])
def test_a_call_that_ends_its_child_is_told_apart_and_the_next_one_works(
    sandbox: Sandbox, task: str, failure: Failure
) -> None:
    with pytest.raises(SandboxFailed) as caught:
        sandbox.call(f"sandbox_tasks:{task}")
    assert caught.value.failure is failure
    assert sandbox.call("sandbox_tasks:twice", 1) == 2


def test_an_exception_is_reported_without_its_words(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxFailed) as caught:
        sandbox.call("sandbox_tasks:fail", "nội dung của một lá thư")
    assert caught.value.failure is Failure.ERROR
    assert caught.value.detail.startswith("ValueError at fail:")
    assert "nội dung" not in str(caught.value)


def test_an_answer_that_is_not_plain_data_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxFailed) as caught:
        sandbox.call("sandbox_tasks:crafted")
    assert caught.value.failure is Failure.CRASH


def test_the_child_ends_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    code = (
        "import time; from pathlib import Path; from core.sandbox import *\n"
        f"box = Sandbox(Limits(30, 300 << 20), Path({str(tmp_path)!r})); box.start()\n"
        "print(box.pid, flush=True); time.sleep(60)"
    )
    search = os.pathsep.join(path for path in sys.path if path)
    parent = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": search}
    )
    assert parent.stdout
    child = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    until = time.monotonic() + 5
    while _is_alive(child):
        assert time.monotonic() < until
        time.sleep(0.01)


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def _processes_with(folder: str) -> list[str]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"TMPDIR={folder}".encode() in (process / "environ").read_bytes():
                found.append(process.name)
        except OSError:
            continue
    return found


class _ByGetattr:
    """Pickles itself as getattr(owner, name): Python 3.11.2's way with an enum's members."""

    def __init__(self, owner: object, name: str) -> None:
        self._asked = (owner, name)

    def __reduce__(self) -> tuple[object, tuple[object, str]]:
        return getattr, self._asked


def test_an_enums_member_travels_as_every_python_writes_it() -> None:
    assert load_plain(pickle.dumps(_ByGetattr(Failure, "TIME"))) is Failure.TIME


@pytest.mark.parametrize(("owner", "name"), [(Failure, "__init__"), (Failure, "mro"), (Limits, "__init__")])
def test_getattr_reaches_nothing_else(owner: object, name: str) -> None:
    with pytest.raises(pickle.UnpicklingError):
        load_plain(pickle.dumps(_ByGetattr(owner, name)))


@pytest.mark.parametrize(
    ("module", "name"), [("pathlib", "os.system"), ("datetime", "sys.exit"), ("os", "system"), ("zoneinfo", "ZoneInfo")]
)
def test_an_answer_reaches_no_function_through_a_plain_module(module: str, name: str) -> None:
    words = b"".join(b"\x8c" + bytes([len(word)]) + word.encode() for word in (module, name))
    with pytest.raises(pickle.UnpicklingError, match="is not plain data"):
        load_plain(b"\x80\x04" + words + b"\x93.")
