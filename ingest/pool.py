"""The pool of reading processes: long-lived, killable, one letter each at a time, one process free for new letters."""

import contextlib
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

import structlog

from core.sandbox import Failure, Limits, Sandbox, SandboxFailed

Job = TypeVar("Job")
FIRST_SECONDS = 15.0  # of the first try; who needs longer waits for a process that new letters can spare
_PAUSES_FOR_DISK = (1.0, 2.0, 4.0)

log = structlog.get_logger()


class _Waiting(Generic[Job]):
    """The jobs that wait: new ones, and those that were tried and take long."""

    def __init__(self, workers: int) -> None:
        self._turn = threading.Condition()
        self._free = workers  # that have no job
        self._new: deque[Job | None] = deque()
        self._long: deque[Job] = deque()

    def put(self, job: Job | None) -> None:
        """A new one; None ends the thread that gets it."""
        with self._turn:
            self._new.append(job)
            self._turn.notify_all()

    def put_back(self, job: Job) -> None:
        with self._turn:
            self._long.append(job)
            self._turn.notify_all()

    def get(self) -> tuple[Job | None, bool]:
        """The next one for a worker, and whether it takes long. Long ones go first, so that none waits for ever."""
        with self._turn:
            self._turn.wait_for(lambda: self._new or self._long)
            self._free -= 1
            self._turn.notify_all()
            if self._long and None not in self._new:
                return self._long.popleft(), True
            return self._new.popleft(), False

    def get_new(self) -> Job | None:
        """The next new one that finds every worker busy."""
        with self._turn:
            self._turn.wait_for(lambda: self._new and (self._free == 0 or None in self._new))
            return self._new.popleft()

    def have_done(self) -> None:
        """A worker has no job any more."""
        with self._turn:
            self._free += 1


class Pool(Generic[Job]):
    """`limits` and `workers` as configured; each job names what its worker is to call.

    One process more than `workers`, started when it is first needed, reads only what was never tried, so that no
    letter waits for the pictures of those before it (promise 3).
    """

    def __init__(
        self,
        workers: int,
        limits: Limits,
        folder: Path,
        preload: str,
        call_of: Callable[[Job, bool], tuple[object, ...]],
        takes_long: Callable[[object], bool],
        done: Callable[[Job, object], None],
        first_seconds: float = FIRST_SECONDS,
    ) -> None:
        """`call_of(job, is_long)` gives function and arguments for `Sandbox.call`; `done(job, answer)` is called in the
        worker's thread with the answer or the SandboxFailed. `takes_long(answer)` tells of a first try whether the job
        is to be done again with all its time, as one that took longer than `first_seconds`. `preload` is the module
        that workers import."""
        self._jobs: _Waiting[Job] = _Waiting(workers)
        self._seconds, self._first_seconds = limits.seconds, min(first_seconds, limits.seconds)
        self._call_of = call_of
        self._takes_long = takes_long
        self._done = done
        self._closing = threading.Event()
        self.sandboxes = [Sandbox(limits, folder / f"tmp-{number}", [preload]) for number in range(workers + 1)]
        self._threads = [
            threading.Thread(target=self._work, args=(sandbox,), name=f"reader-{number}", daemon=True)
            for number, sandbox in enumerate(self.sandboxes[:workers])
        ]
        spare = self.sandboxes[workers]
        self._threads.append(threading.Thread(target=self._read_new, args=(spare,), name="reader-new", daemon=True))

    def start(self) -> None:
        """Spawn the processes and begin."""
        for thread in self._threads:
            thread.start()

    @property
    def is_alive(self) -> bool:
        """Whether every thread that waits on a process lives."""
        return all(thread.is_alive() for thread in self._threads)

    def submit(self, job: Job) -> None:
        """Queue one job; the oldest is read first."""
        self._jobs.put(job)

    def close(self) -> None:
        """Kill the processes in the middle of whatever they read; unfinished jobs get no answer."""
        self._closing.set()
        for _ in self._threads:
            self._jobs.put(None)
        for sandbox in self.sandboxes:
            sandbox.kill()
        for thread in self._threads:
            thread.join()
        for sandbox in self.sandboxes:
            sandbox.close()

    def _work(self, sandbox: Sandbox) -> None:
        with contextlib.suppress(OSError):
            sandbox.start()
        while not self._closing.is_set():
            job, is_long = self._jobs.get()
            if job is None:
                return
            self._read(sandbox, job, is_long=is_long)
            self._jobs.have_done()

    def _read_new(self, sandbox: Sandbox) -> None:
        while not self._closing.is_set() and (job := self._jobs.get_new()) is not None:
            self._read(sandbox, job, is_long=False)

    def _read(self, sandbox: Sandbox, job: Job, *, is_long: bool) -> None:
        answer = self._until_disk_allows(sandbox, job, is_long)
        if isinstance(answer, SandboxFailed) and answer.failure is Failure.CRASH and not self._closing.is_set():
            # Somebody may have killed the process for no fault of this letter; twice is its own fault.
            answer = self._answer(sandbox, job, is_long)
        if self._closing.is_set():
            return
        if not is_long and self._is_put_back(answer):
            self._jobs.put_back(job)
        else:
            self._done(job, answer)

    def _is_put_back(self, answer: object) -> bool:
        if isinstance(answer, SandboxFailed):
            return answer.failure is Failure.TIME and self._seconds > self._first_seconds
        return self._takes_long(answer)

    def _until_disk_allows(self, sandbox: Sandbox, job: Job, is_long: bool) -> object:
        answer = self._answer(sandbox, job, is_long)
        # A few times only: a letter may itself unpack to more than there is room for.
        for pause in _PAUSES_FOR_DISK:
            if not isinstance(answer, SandboxFailed) or answer.failure is not Failure.DISK or self._closing.wait(pause):
                break
            log.warning("no_room_to_read", detail=answer.detail)
            answer = self._answer(sandbox, job, is_long)
        return answer

    def _answer(self, sandbox: Sandbox, job: Job, is_long: bool) -> object:
        try:
            function, *arguments = self._call_of(job, is_long)
        except OSError as error:
            return SandboxFailed(Failure.DISK, type(error).__name__)
        seconds = self._seconds if is_long else self._first_seconds
        try:
            return sandbox.call(str(function), *arguments, seconds=seconds)
        except SandboxFailed as failed:
            return failed
