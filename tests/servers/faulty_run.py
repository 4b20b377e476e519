"""One `congvan ingest --once` in which one process meets a fault at its N-th durable system call."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dovecot_server import Dovecot
from intake_office import Office, open_office
from whole_program import Program

_TRACER = Path(__file__).with_name("fault_tracer.py")
_PATIENCE_SECONDS = 60.0
# Which process of the intake: the words of its command line.
MAIN, COMMITTING, READING = "main", "ingest.committing", "ingest.describe"


@dataclass(frozen=True, slots=True)
class Fault:
    """What happened: the exit code (-9 when it was killed), how many calls there were, and which was hit."""

    code: int
    calls: int
    hit: str
    log: str


class Template:
    """An office with letters waiting in its mailbox, prepared once and copied for each run."""

    def __init__(self, home: Path, dovecot: Dovecot, *letters: bytes) -> None:
        self._dovecot = dovecot
        self._home = home
        self._runs = 0
        self._counted: dict[tuple[str, bool], int] = {}
        (home / "template").mkdir()
        with open_office(home / "template", dovecot) as office:
            self._mailbox = office.mailbox("vanthu")
            office.send(self._mailbox, *letters)
            assert office.store.folder.is_dir()  # with its 256 folders
        for left in (home / "template" / "data").glob("congvan.sqlite3-*"):
            left.unlink()

    def calls_of(self, process: str, *, is_kill: bool) -> int:
        """How many durable calls this process makes, or how many of them could fail for a disk."""
        if (process, is_kill) not in self._counted:
            with self.copy() as office:
                fault = once_with_fault(office, process, 0, "kill" if is_kill else "EIO")
            assert fault.calls, f"the tracer saw no durable call of {process}: {fault}"
            self._counted[process, is_kill] = fault.calls
        return self._counted[process, is_kill]

    @contextmanager
    def copy(self) -> Iterator[Office]:
        """A fresh office on the same mailbox; it is removed at the end."""
        self._runs += 1
        home = self._home / f"run-{self._runs}"
        home.mkdir()
        with open_office(home, self._dovecot, prepared=self._home / "template" / "data") as office:
            office.mailboxes.append(self._mailbox)
            office.intake = office.intake.model_copy(update={"workers": 1})  # a second reader would only start
            _leave_behind(office)
            yield office
        shutil.rmtree(home)


def _leave_behind(office: Office) -> None:
    """What an earlier kill may have left: the sweep at the start meets the fault too."""
    spool = office.home / "spool"
    for folder in (office.settings.sealed_folder, spool / "run-dead" / "letter"):
        folder.mkdir(parents=True, mode=0o700)
    spool.chmod(0o700)
    orphan = "ab" * 32
    for path in (
        office.store.path_of(orphan), office.store.folder / "tmp" / f"{orphan}.1", office.settings.sealed_folder / "cd",
        spool / "run-dead" / "alive", spool / "run-dead" / "letter" / "raw",
    ):  # fmt: skip
        path.write_bytes(b"left")


def once_with_fault(office: Office, process: str, at: int, act: str) -> Fault:
    """Run to its end; `act` is "kill" or an errno's name, `at` the number of the call, 0 to only count."""
    held = office.store.folder / "lock"
    log = office.home / "ingest.log"
    # Its first sweep waits for this lock, before anything is changed: time enough to attach to it.
    with log.open("wb") as errors, held.open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ingest = Program(office, errors).begin("ingest", "--once")
        _until(lambda: _waits_for(ingest.pid, held))
        tracer = _trace(ingest.pid, at, act) if process == MAIN else None
        fcntl.flock(lock, fcntl.LOCK_UN)
        if tracer is None:
            _until(lambda: _child(ingest.pid, process))
            tracer = _trace(_child(ingest.pid, process), at, act)
        try:
            code = ingest.wait(_PATIENCE_SECONDS)
            said = json.loads(tracer.communicate(timeout=10)[0])
        finally:
            for each in (ingest, tracer):
                each.kill()
                each.wait()
    _until(lambda: not _alive_below(office.home / "spool"))
    return Fault(code, said["calls"], said["hit"], log.read_text(errors="replace"))


def _trace(pid: int, at: int, act: str) -> subprocess.Popen[str]:
    line = [sys.executable, "-I", str(_TRACER), str(pid), str(at), act]
    tracer = subprocess.Popen(line, stdout=subprocess.PIPE, text=True)
    assert tracer.stdout and tracer.stdout.readline() == "ready\n"
    return tracer


def _waits_for(pid: int, path: Path) -> bool:
    inode = f":{path.stat().st_ino} "
    return any("->" in line and f" {pid} " in line and inode in line
               for line in Path("/proc/locks").read_text().splitlines())  # fmt: skip


def _child(parent: int, words: str) -> int:
    for status in Path(f"/proc/{parent}/task").glob("*/children"):
        for pid in status.read_text().split():
            if words.encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                return int(pid)
    return 0


def _alive_below(folder: Path) -> bool:
    """Whether a process of a killed intake still has its temporary folder there."""
    mark = f"TMPDIR={folder}/".encode()
    for environment in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark in environment.read_bytes() and int(environment.parent.name) != os.getpid():
                return True
        except OSError:
            continue
    return False


def _until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + _PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)
