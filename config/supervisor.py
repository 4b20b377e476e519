"""Keeping child processes running: start, readiness, watchdog, restarts with growing delay, and the end of all."""

import ctypes
import os
import secrets
import selectors
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType

import structlog

from config.command_line import Exit
from config.notify import ALIVE, READY, STOPPING, tell, watchdog_seconds

SUPERVISOR_PID = "CONGVAN_SUPERVISOR_PID"
SILENCE_SECONDS = 30.0  # a child that says nothing for so long after it was ready is killed and started again
START_SECONDS = 60.0  # ... and one that is not ready by then
STOP_SECONDS = 10.0
FIRST_DELAY_SECONDS, LONGEST_DELAY_SECONDS = 0.5, 60.0
STEADY_SECONDS = 60.0  # a child that ran so long starts its delays from the beginning
_CREDENTIALS = struct.Struct("iII")  # pid, uid, gid: unix(7), SCM_CREDENTIALS

log = structlog.get_logger("supervisor")


@dataclass
class Child:
    """One program that is kept running, and how it is at this moment (monotonic seconds)."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    heard: float = 0.0
    is_ready: bool = False
    failures: int = 0
    start_at: float = 0.0
    ear: socket.socket = field(default_factory=lambda: _listening_socket())

    @property
    def address(self) -> str:
        """NOTIFY_SOCKET for this child, in sd_notify's writing of abstract names."""
        name: bytes = self.ear.getsockname()
        return "@" + name[1:].decode()


class Supervisor:
    """Runs children until it is told to stop. Create and `run` it in the main thread of the process."""

    def __init__(self, children: Sequence[tuple[str, Sequence[str]]], *, on_ready: Callable[[], None] | None = None):
        """`children` are (name, command line); `on_ready` is called once, when all are ready at a time."""
        self._children = [Child(name, command) for name, command in children]
        self._on_ready = on_ready
        self._was_ready = False
        self._is_stopping = False
        self._silence = watchdog_seconds()
        self._beat_at = 0.0
        # A signal only wakes the loop: whatever it has to do is done there.
        self._wake_in, self._wake_out = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def run(self) -> int:
        """Keep the children running until SIGTERM or SIGINT; returns the exit code 0."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        try:
            while not self._is_stopping:
                self._tick()
                self._listen()
        finally:
            self._stop()
        return 0

    def stop(self) -> None:
        """Ask `run` to end; may be called from any thread."""
        self._is_stopping = True
        os.write(self._wake_out, b".")

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.stop()

    def _tick(self) -> None:
        now = time.monotonic()
        for child in self._children:
            if child.process is None:
                if now >= child.start_at:
                    self._start(child, now)
            elif (code := child.process.poll()) is not None:
                self._ended(child, code, now)
            elif now - child.heard > (SILENCE_SECONDS if child.is_ready else START_SECONDS):
                log.error("child_silent", child=child.name, pid=child.process.pid, seconds=round(now - child.heard))
                child.process.kill()
        self._tell(now)

    def _tell(self, now: float) -> None:
        if not all(child.is_ready for child in self._children):
            return
        if not self._was_ready:
            self._was_ready = True
            log.info("ready")
            tell(READY)
            if self._on_ready is not None:
                self._on_ready()
        if self._silence is not None and now - self._beat_at > self._silence / 3:
            self._beat_at = now
            tell(ALIVE)

    def _start(self, child: Child, now: float) -> None:
        environment = {
            **os.environ, "NOTIFY_SOCKET": child.address, SUPERVISOR_PID: str(os.getpid()),
            "WATCHDOG_USEC": str(int(SILENCE_SECONDS * 1_000_000)),
        }  # fmt: skip
        # A session each, as systemd gives: the kernel shares the processor out by session first (sched(7), autogroup),
        # so that the intake's work is weighed against the pages' as a whole.
        child.process = subprocess.Popen(
            child.command, stdin=subprocess.DEVNULL, env=environment, start_new_session=True
        )
        child.started = child.heard = now
        log.info("child_started", child=child.name, pid=child.process.pid)

    def _ended(self, child: Child, code: int, now: float) -> None:
        child.failures = 1 if now - child.started > STEADY_SECONDS else child.failures + 1
        delay = min(FIRST_DELAY_SECONDS * 2 ** (child.failures - 1), LONGEST_DELAY_SECONDS)
        log.error("child_ended", child=child.name, code=code, again_in_seconds=delay)
        child.process, child.is_ready, child.start_at = None, False, now + delay

    def _listen(self) -> None:
        """Wait up to 0.2 s for a word from the children or a signal."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._wake_in, selectors.EVENT_READ)
            for child in self._children:
                selector.register(child.ear, selectors.EVENT_READ, child)
            for key, _ in selector.select(0.2):
                if key.data is not None:
                    self._hear(key.data)

    def _hear(self, child: Child) -> None:
        data, ancillary, _flags, _address = child.ear.recvmsg(4096, socket.CMSG_SPACE(_CREDENTIALS.size))
        if child.process is None or not _is_from(child.process.pid, ancillary):
            return
        child.heard = time.monotonic()
        for line in data.decode("utf-8", "replace").splitlines():
            if line == READY:
                child.is_ready = True
            elif line == STOPPING:
                child.is_ready = False

    def _stop(self) -> None:
        tell(STOPPING)
        for child in self._children:
            if child.process is not None:
                child.process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self._children:
            if child.process is not None:
                _wait_or_kill(child.process, deadline)
            child.ear.close()
        log.info("stopped")


def end_with_supervisor() -> None:
    """Make the kernel kill this process when its supervisor ends, even by kill -9 (prctl(2), PR_SET_PDEATHSIG).

    Harmless in a process that no `Supervisor` started.
    """
    parent = os.environ.pop(SUPERVISOR_PID, "")
    if not parent:
        return
    ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != int(parent):  # it ended before the call
        sys.exit(Exit.TEMPORARY)


def _listening_socket() -> socket.socket:
    # An abstract name leaves no file behind; who sent a message is told by the kernel, so others can't feign it.
    ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
    ear.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    ear.bind("\0congvan-" + secrets.token_hex(8))
    return ear


def _is_from(pid: int, ancillary: list[tuple[int, int, bytes]]) -> bool:
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS:
            sender: int = _CREDENTIALS.unpack(data[: _CREDENTIALS.size])[0]
            return sender == pid
    return False


def _wait_or_kill(process: subprocess.Popen[bytes], deadline: float) -> None:
    try:
        process.wait(max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        log.error("child_killed", pid=process.pid)
        process.kill()
        process.wait()
