"""The pool of reading processes: long-lived, killable, one letter each at a time."""

import contextlib
import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from core.sandbox import Failure, Limits, Sandbox, SandboxFailed

Job = TypeVar("Job")


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
        self._closing = False
        self.sandboxes = [Sandbox(limits, folder / f"tmp-{number}", [preload]) for number in range(workers)]
        self._threads = [
            threading.Thread(target=self._work, args=(sandbox,), name=f"reader-{number}", daemon=True)
            for number, sandbox in enumerate(self.sandboxes)
        ]

    def start(self) -> None:
        """Spawn the processes and begin."""
        for thread in self._threads:
            thread.start()

    def submit(self, job: Job) -> None:
        """Queue one job; the oldest is read first."""
        self._jobs.put(job)

    def close(self) -> None:
        """Kill the processes in the middle of whatever they read; unfinished jobs get no answer."""
        self._closing = True
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
        while (job := self._jobs.get()) is not None and not self._closing:
            answer = self._answer(sandbox, job)
            if isinstance(answer, SandboxFailed) and answer.failure is Failure.CRASH and not self._closing:
                # Somebody may have killed the process for no fault of this letter; twice is its own fault.
                answer = self._answer(sandbox, job)
            if not self._closing:
                self._done(job, answer)

    def _answer(self, sandbox: Sandbox, job: Job) -> object:
        function, *arguments = self._call_of(job)
        try:
            return sandbox.call(str(function), *arguments)
        except SandboxFailed as failed:
            return failed
