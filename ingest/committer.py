"""The one thread that writes what intake found: ready letters in order of completion."""

import queue
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from core import arrivals, events
from core.db import Database
from core.errors import Temporary
from core.letters import ArrivalState
from ingest.pipeline import Ready
from ingest.series import Series

# What a clerk's confirmation may wait for us is one transaction. Three letters in each gained nothing that could
# be measured on SQLite (115 against 109 letters a second) and made people wait longer.
_MOST_LETTERS = 1
_LONGEST_PAUSE_SECONDS = 30.0

log = structlog.get_logger()


class Committer:
    """One transaction for at most `_MOST_LETTERS` letters that wait; each alone when a group fails."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._ready: queue.SimpleQueue[Ready | None] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="committer", daemon=True)

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
        while not self._stop.is_set():
            first = self._ready.get()
            if first is None:
                return
            group = [first]
            while len(group) < _MOST_LETTERS and not self._ready.empty():
                another = self._ready.get()
                if another is not None:
                    group.append(another)
            self._until_written(group)

    def _until_written(self, group: list[Ready], *, is_again: bool = False) -> None:
        pause = 1.0
        while not self._stop.is_set():
            try:
                self._write(group)
                return
            except Temporary as error:
                log.warning("database_refuses", letters=len(group), error=str(error.__cause__ or error))
                self._stop.wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
            except Exception:
                # One of the group may be at fault, or another process wrote the same letter at this moment.
                if is_again:
                    self._refused(group[0])
                    return
                for ready in group:
                    self._until_written([ready], is_again=True)
                return

    def _write(self, group: list[Ready]) -> None:
        at = self._clock()
        with self._database.writing(background=True) as session:
            fresh = _without_recorded(session, group)
            facts = arrivals.record(session, [(ready.where, ready.outcome) for ready in fresh], at=at)
            for series, uids in _by_series(group).items():
                arrivals.advance(session, series.folder_id, series.uidvalidity, series.cursor_after(uids))
            events.record_many(session, facts, by=None, at=at)
        for ready in group:
            ready.let_go()
            ready.origin.settle([ready.where.uid])
            log.info("letter", outcome=type(ready.outcome).__name__.lower(), mailbox=ready.where.mailbox,
                     folder=ready.where.folder, uid=ready.where.uid)  # fmt: skip

    def _refused(self, ready: Ready) -> None:
        # Rows that the database can't take, or a bug of ours: held, so that it stops nothing and is seen.
        log.exception("letter_not_committed", mailbox=ready.where.mailbox, uid=ready.where.uid)
        if ready.hold_instead is not None:
            ready.hold_instead()
        else:
            ready.let_go()
            ready.origin.give_up(ready.where.uid)


def _without_recorded(session: Session, group: Sequence[Ready]) -> list[Ready]:
    """Those whose place has no row yet: another process, or a commit whose answer was lost, may have been first."""
    places: dict[tuple[str, str, int], list[Ready]] = defaultdict(list)
    for ready in group:
        places[ready.where.mailbox, ready.where.folder, ready.where.uidvalidity].append(ready)
    fresh = []
    for place, ready_here in places.items():
        recorded = arrivals.recorded_uids(session, *place, [ready.where.uid for ready in ready_here])
        fresh += [ready for ready in ready_here if ready.where.uid not in recorded]
    return fresh


def _by_series(group: Sequence[Ready]) -> dict[Series, list[int]]:
    found: dict[Series, list[int]] = defaultdict(list)
    for ready in group:
        if isinstance(ready.origin, Series):
            found[ready.origin].append(ready.where.uid)
    return found
