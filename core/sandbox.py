"""One killable child process that runs functions, on hostile input above all, within limits of time and memory."""

import contextlib
import os
import pickle
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from core.errors import is_of_disk
from core.sandbox_child import load_plain

# PR_SET_PDEATHSIG fires when the *thread* that made the child ends, so one thread that lasts makes them all.
_spawner = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sandbox-spawner")
_STATUSES = ("done", "memory", "disk", "error")
_ANSWER_MAX_BYTES = 64 * 1024 * 1024


class Failure(StrEnum):
    """Why a call gave no answer."""

    TIME = "time"
    MEMORY = "memory"
    CRASH = "crash"
    DISK = "disk"
    ERROR = "error"


class SandboxFailed(Exception):
    """A call gave no answer: it took too long, too much memory, its process died, its disk is full, or it raised.

    `detail` names the exception and the places it passed, never its text, which may quote a letter.
    """

    def __init__(self, failure: Failure, detail: str = "") -> None:
        super().__init__(f"{failure}: {detail}")
        self.failure = failure
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may take: wall time in seconds, private memory in bytes (RLIMIT_DATA), and nice level."""

    seconds: float
    memory_bytes: int
    nice: int = 0


class Sandbox:
    """A long-lived child process, spawned at the first call and again after it had to be killed.

    Calls are made one at a time; several threads may share one sandbox and wait for each other. The child
    ends with its parent, writes no core dump, ignores SIGINT and has TMPDIR inside `folder`.
    """

    def __init__(self, limits: Limits, folder: Path, preload: Sequence[str] = ()) -> None:
        """`preload` names the modules that the child imports at once, so that its first call is quick."""
        self._limits = limits
        self._folder = folder
        self._preload = tuple(preload)
        self._child: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()

    def start(self) -> None:
        """Spawn the child now instead of at the first call."""
        with self._turn:
            self._running()

    @property
    def pid(self) -> int | None:
        """The child's process id while there is one."""
        return self._child.pid if self._child else None

    def call(self, function: str, *arguments: object, seconds: float | None = None) -> object:
        """Run `function` ("module:name") with plain arguments in the child and return its plain answer.

        Plain means what pickle carries of builtins, datetime, pathlib, and our dataclasses and enums.
        `seconds` overrides the time limit. Raises SandboxFailed.
        """
        with self._turn:
            try:
                status, answer = self._ask(pickle.dumps((function, arguments)), seconds or self._limits.seconds)
            except (OSError, EOFError, ValueError, pickle.UnpicklingError) as error:
                failure = Failure.DISK if is_of_disk(error) else Failure.CRASH
                raise SandboxFailed(failure, self._end(type(error).__name__)) from error
            except SandboxFailed:
                self._end()
                raise
            if status == Failure.MEMORY:
                self._end()  # what is left of its heap is anybody's guess
        if status == "done":
            return answer
        raise SandboxFailed(Failure(status), str(answer))

    def close(self) -> None:
        """Kill the child with everything it started. The next call would start another."""
        with self._turn:
            self._end()

    def kill(self) -> None:
        """Kill the child from another thread, in the middle of its call; that call raises SandboxFailed."""
        child = self._child
        if child is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)

    def _ask(self, question: bytes, seconds: float) -> tuple[str, object]:
        child = self._running()
        assert child.stdin and child.stdout
        child.stdin.write(struct.pack(">Q", len(question)) + question)
        child.stdin.flush()
        deadline = time.monotonic() + seconds
        (size,) = struct.unpack(">Q", _read(child.stdout.fileno(), 8, deadline))
        if size > _ANSWER_MAX_BYTES:
            raise ValueError("answer too large")
        answer = load_plain(_read(child.stdout.fileno(), size, deadline))
        if not isinstance(answer, tuple) or len(answer) != 2 or answer[0] not in _STATUSES:
            raise ValueError("answer of a wrong shape")
        return answer[0], answer[1]

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is not None:
            self._end()
        if self._child is None:
            self._child = _spawner.submit(self._spawn).result()
        return self._child

    def _spawn(self) -> subprocess.Popen[bytes]:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        code = "import core.sandbox_child as child; child.main()"
        settings = [os.getpid(), self._limits.memory_bytes, self._limits.nice, *self._preload]
        search = os.pathsep.join(path for path in sys.path if path)
        environment = {**os.environ, "TMPDIR": str(self._folder), "PYTHONPATH": search, "OMP_THREAD_LIMIT": "1",
                       "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}  # fmt: skip
        # Without -P the folder in which somebody stands would come first among those that modules are taken from.
        return subprocess.Popen(
            [sys.executable, "-P", "-c", code, *map(str, settings)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, start_new_session=True,
        )  # fmt: skip

    def _end(self, why: str = "") -> str:
        child, self._child = self._child, None
        if child is None:
            return why
        # The child leads a session of its own: one signal takes the programs it started too.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        code = child.wait()
        for pipe in (child.stdin, child.stdout):
            with contextlib.suppress(OSError):
                pipe.close()  # type: ignore[union-attr]
        return f"{why} exit={code}"


def _read(descriptor: int, size: int, deadline: float) -> bytes:
    """Exactly `size` bytes from the child. Raises SandboxFailed past the deadline, EOFError when it died."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    data = bytearray()
    while len(data) < size:
        left = deadline - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise SandboxFailed(Failure.TIME)
        part = os.read(descriptor, min(size - len(data), 1 << 18))
        if not part:
            raise EOFError
        data += part
    return bytes(data)
