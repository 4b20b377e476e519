"""Writes what intake found, one letter a transaction in order of completion, through a process of its own."""

import contextlib
import os
import queue
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import structlog

from core import arrivals
from core.db import Database
from core.letters import ArrivalState
from core.sandbox import Limits, Sandbox, SandboxFailed
from ingest.committing import Entry, Office, Written
from ingest.pipeline import Ready
from ingest.series import Series

_LONGEST_PAUSE_SECONDS = 30.0
_LIMITS = Limits(seconds=60, memory_bytes=1 << 30)  # far more than a letter's rows need: a stuck writer is ended

log = structlog.get_logger()


class Committer:
    """One thread here asks, one process writes.

    In this process the thread would give up the interpreter at every statement and wait for its turn among the
    others, with the write lock in hand, for which clerks wait too.
    """

    def __init__(self, database: Database, files: Path, spool: Path, clock: Callable[[], datetime]) -> None:
        """`files` is the store's folder, `spool` where the process may keep its temporary files."""
        self._database = database
        self._clock = clock
        self._office = Office(database.url.render_as_string(hide_password=False), files, os.getpid())
        self._writer = Sandbox(_LIMITS, spool / "tmp-committing", ["ingest.committing"])
        self._ready: queue.SimpleQueue[Ready | None] = queue.SimpleQueue()
        self._stop = threading.Event()
        self.refused_since: float | None = None  # monotonic seconds: the database has taken nothing since
        self._thread = threading.Thread(target=self._work, name="committer", daemon=True)

    @property
    def is_alive(self) -> bool:
        """Whether the asking thread lives."""
        return self._thread.is_alive()

    @property
    def pid(self) -> int | None:
        """The committing process's id while there is one."""
        return self._writer.pid

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def put(self, ready: Ready) -> None:
        """Queue one letter."""
        self._ready.put(ready)

    def close(self) -> None:
        """Stop after the transaction under way; what still waits comes again from the server."""
        self._stop.set()
        self._ready.put(None)
        self._thread.join()
        self._writer.close()

    def without_letter(self, series: Series, places: Sequence[arrivals.Where], state: ArrivalState) -> None:
        """Write the rows of UIDs that have no letter (skipped, vanished), from the watcher's thread.

        Raises Temporary.
        """
        for start in range(0, len(places), 500):
            some = {place.uid: place for place in places[start : start + 500]}
            with self._database.writing(background=True) as session:
                key = (series.mailbox, series.folder, series.uidvalidity)
                for uid in arrivals.recorded_uids(session, *key, some):
                    del some[uid]
                arrivals.record_without_letter(session, list(some.values()), state, at=self._clock())
                series_uids = list(some)
                arrivals.advance(session, series.folder_id, series.uidvalidity, series.cursor_after(series_uids))
            series.settle(place.uid for place in places[start : start + 500])

    def _work(self) -> None:
        with contextlib.suppress(SandboxFailed):  # the first letter will say what is wrong
            self._writer.call("ingest.committing:open_office", self._office)
        while not self._stop.is_set():
            ready = self._ready.get()
            if ready is not None:
                try:
                    self._until_written(ready)
                except Exception:
                    log.exception("letter_not_settled", mailbox=ready.where.mailbox, uid=ready.where.uid)

    def _until_written(self, ready: Ready) -> None:
        pause = 1.0
        failed = False
        while not self._stop.is_set():
            try:
                answer = self._write(ready)
            except SandboxFailed as why:
                # Somebody may have killed the process for no fault of this letter, or another process wrote the
                # same letter at this moment; twice is its own fault.
                if failed:
                    self._refused(ready, why)
                    return
                failed = True
                continue
            if isinstance(answer, Written):
                self.refused_since = None
                self._written(ready, answer.outcome or ready.outcome)
                return
            log.warning("database_refuses", mailbox=ready.where.mailbox, uid=ready.where.uid, error=answer)
            if not ready.origin.waits:
                ready.let_go()
                ready.origin.give_up(ready.where.uid)
                return
            self.refused_since = self.refused_since or time.monotonic()
            self._stop.wait(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    def _write(self, ready: Ready) -> object:
        series = ready.origin if isinstance(ready.origin, Series) else None
        cursor = series.cursor_after([ready.where.uid]) if series else 0
        entry = Entry(ready.where, ready.outcome, series.folder_id if series else None, cursor, self._clock())
        return self._writer.call("ingest.committing:write", self._office, entry)

    def _written(self, ready: Ready, outcome: arrivals.Outcome) -> None:
        ready.let_go()
        ready.origin.settle([ready.where.uid], outcome)
        log.info("letter", outcome=type(outcome).__name__.lower(), mailbox=ready.where.mailbox,
                 folder=ready.where.folder, uid=ready.where.uid)  # fmt: skip

    def _refused(self, ready: Ready, why: SandboxFailed) -> None:
        # Rows that the database can't take, or a bug of ours: held, so that it stops nothing and is seen.
        log.error("letter_not_committed", mailbox=ready.where.mailbox, uid=ready.where.uid,
                  reason=why.failure.value, detail=why.detail)  # fmt: skip
        if ready.hold_instead is not None:
            ready.hold_instead()
        else:
            ready.let_go()
            ready.origin.give_up(ready.where.uid)
