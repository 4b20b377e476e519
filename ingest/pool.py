"""The pool of reading processes: long-lived, killable, one letter each at a time."""

import contextlib
import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

import structlog

from core.sandbox import Failure, Limits, Sandbox, SandboxFailed

Job = TypeVar("Job")
_PAUSES_FOR_DISK = (1.0, 2.0, 4.0)

log = structlog.get_logger()


class Pool(Generic[Job]):
    """`limits` and `workers` as configured; each job names what its worker is to call."""

    def __init__(
        self,
        workers: int,
        limits: Limits,
        folder: Path,
        preload: str,
        call_of: Callable[[Job], tuple[object, ...]],
        done: Callable[[Job, object], None],
    ) -> None:
        """`call_of(job)` gives function and arguments for `Sandbox.call`; `done(job, answer)` is called in the
        worker's thread with the answer or the SandboxFailed. `preload` is the module that workers import."""
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._call_of = call_of
        self._done = done
        self._closing = threading.Event()
        self.sandboxes = [Sandbox(limits, folder / f"tmp-{number}", [preload]) for number in range(workers)]
        self._threads = [
            threading.Thread(target=self._work, args=(sandbox,), name=f"reader-{number}", daemon=True)
            for number, sandbox in enumerate(self.sandboxes)
        ]

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
        while (job := self._jobs.get()) is not None and not self._closing.is_set():
            answer = self._until_disk_allows(sandbox, job)
            if isinstance(answer, SandboxFailed) and answer.failure is Failure.CRASH and not self._closing.is_set():
                # Somebody may have killed the process for no fault of this letter; twice is its own fault.
                answer = self._answer(sandbox, job)
            if not self._closing.is_set():
                self._done(job, answer)

    def _until_disk_allows(self, sandbox: Sandbox, job: Job) -> object:
        answer = self._answer(sandbox, job)
        # A few times only: a letter may itself unpack to more than there is room for.
        for pause in _PAUSES_FOR_DISK:
            if not isinstance(answer, SandboxFailed) or answer.failure is not Failure.DISK or self._closing.wait(pause):
                break
            log.warning("no_room_to_read", detail=answer.detail)
            answer = self._answer(sandbox, job)
        return answer

    def _answer(self, sandbox: Sandbox, job: Job) -> object:
        try:
            function, *arguments = self._call_of(job)
        except OSError as error:
            return SandboxFailed(Failure.DISK, type(error).__name__)
        try:
            return sandbox.call(str(function), *arguments)
        except SandboxFailed as failed:
            return failed
