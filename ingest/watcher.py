"""One thread for each mailbox folder: keep a session, see new UIDs, stream their letters into the spool."""

import contextlib
import os
import random
import select
from collections import Counter, deque
from collections.abc import Sequence

import structlog

from config.settings import MailboxSettings
from core import arrivals, mailboxes
from core.arrivals import Held, Where
from core.errors import Temporary
from core.letters import ArrivalState
from ingest import awaited, reconcile
from ingest.account import account_of
from ingest.again import fetch_again
from ingest.fetch import Fetch
from ingest.mailbox import Place, Session
from ingest.pipeline import Parcel, Ready
from ingest.priority import step_behind_people
from ingest.series import Series
from ingest.shared import Again, Shared
from ingest.states import MailboxReport
from ingest.trouble import Kind, Trouble, trouble_of

_PASSES_WITHOUT_NEWS = 5  # with IDLE, look by ourselves only every fifth poll
_PLACES_AT_ONCE = 500
_MOST_REFUSED_BODIES = 3
_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 300.0
_ONCE_PATIENCE_SECONDS = 8.0

log = structlog.get_logger()


class FolderWatch:
    """Watches one folder until `shared.stop` is set."""

    def __init__(
        self,
        shared: Shared,
        mailbox: MailboxSettings,
        folder: str,
        folder_id: int,
        book_id: int,
        report: MailboxReport,
    ) -> None:
        self.mailbox = mailbox
        self.folder = folder
        self._shared = shared
        self._book_id = book_id
        self._report = report
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._asked = False
        self._compares = False
        self._folder_id = folder_id
        self._leased = False
        self._is_once = False
        self._series: Series | None = None
        self._not_given: Counter[int] = Counter()
        self._again: deque[Again] = deque()

    @property
    def name(self) -> str:
        """The mailbox and the folder, for threads and logs."""
        return f"{self.mailbox.name}/{self.folder}"

    @property
    def watched_series(self) -> int | None:
        """The UIDVALIDITY of the folder while this process watches it."""
        series = self._series
        return series.uidvalidity if self._leased and series is not None else None

    def wake(self, *, asked: bool = False) -> None:
        """Look at the mailbox now, from any thread; `asked` when a person waits for it."""
        self._asked = self._asked or asked
        os.eventfd_write(self._wake, 1)

    def fetch_again(self, again: Again) -> None:
        """Fetch one letter a second time, for a request; from any thread."""
        self._again.append(again)
        self.wake()

    def compare(self) -> None:
        """Compare server and database at the next pass, which begins now; from any thread."""
        self._compares = True
        self.wake(asked=True)

    def run(self) -> None:
        """The thread: sessions one after another, with growing pauses while they fail."""
        step_behind_people()
        pause = _FIRST_PAUSE_SECONDS
        while not self._shared.stop.is_set():
            if self._report.is_stopped or not self._has_lease():
                self._sleep(self._shared.lease_seconds / 4)
                continue
            try:
                with Session(account_of(self.mailbox)) as imap:
                    is_news = False
                    while not self._shared.stop.is_set() and self._leased:
                        self._pass(imap, reopen=not is_news)
                        pause = _FIRST_PAUSE_SECONDS
                        is_news = self._wait(imap)
            except Exception as error:
                self._failed(error)
                self._sleep(pause * random.uniform(0.8, 1.2))
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
        self._give_lease_back()

    def run_once(self) -> Trouble | None:
        """One full pass, waiting until everything seen has its row; the trouble met, if any."""
        self._is_once = True
        try:
            if self._report.is_stopped:
                return Trouble(Kind.PASSWORD, self.mailbox.host)
            if not self._has_lease():
                log.info("folder_watched_by_another", mailbox=self.mailbox.name, folder=self.folder)
                return None
            with Session(account_of(self.mailbox)) as imap:
                self._pass(imap, reopen=True)
            while self._series and not self._series.is_settled and not self._shared.stop.wait(0.01):
                self._end_where_nothing_is_taken()
        except Exception as error:
            return self._failed(error)
        finally:
            self._give_lease_back()
        return None

    def renew_lease(self) -> None:
        """Called every third of the lease's time; ends the session when another process took the folder over."""
        try:
            if not self._leased or self._take_lease():
                return
        except Temporary:
            return  # nobody else can take it either, and rows are unique whoever holds it
        self._leased = False
        self.wake()

    def _pass(self, imap: Session, *, reopen: bool) -> None:
        """Everything in the folder that has no row yet is fetched, or its absence noted."""
        asked, self._asked = self._asked, False
        series = self._open(imap) if reopen or self._series is None else self._series
        found = imap.uids_above(0 if self._compares else series.floor)
        compared = reconcile.compare(self._shared, series, found) if self._compares else None
        fresh, gone = series.see(found, compared.lost if compared else ())
        awaited.note(self._shared, series)
        refused: list[int] = []
        for start in range(0, len(fresh), _PLACES_AT_ONCE):
            some = fresh[start : start + _PLACES_AT_ONCE]
            places = imap.places(some)
            missing = [uid for uid in some if uid not in places]
            missing += self._fetch(imap, series, [places[uid] for uid in some if uid in places])
            if missing:
                # A server may refuse one mail for reasons of its own: only what is not there has vanished.
                present = imap.existing(missing)
                gone += [uid for uid in missing if uid not in present]
                refused += sorted(present)
        awaited.vanish(self._shared, series, gone)
        self._not_given.update(refused)
        for uid in [uid for uid in refused if self._not_given[uid] >= _MOST_REFUSED_BODIES]:
            refused.remove(uid)
            self._hold_in_place(series, uid, None, "not_given")
        if refused:
            raise Trouble(Kind.PROTOCOL, self.mailbox.host, self.folder, f"no body for UIDs {refused[:10]}")
        fetch_again(imap, self._again, series.uidvalidity, self._shared.spool, self._shared.stop)
        if compared is not None:
            reconcile.note(self._shared, series, compared, imap.room())
            self._compares = False
        self._report.success(self.folder, asked=asked)

    def _open(self, imap: Session) -> Series:
        uidvalidity = imap.open_folder(self.folder)
        if self._series is not None and self._series.uidvalidity == uidvalidity:
            return self._series
        with self._shared.database.reading() as session:
            state = mailboxes.folder_state(session, self._folder_id)
        if state.uidvalidity != uidvalidity:
            log.info("series_begins", mailbox=self.mailbox.name, folder=self.folder, uidvalidity=uidvalidity)
            awaited.end_series(self._shared, self.mailbox.name, self.folder, state)
            cut_off = state.import_since or self.mailbox.import_since
            if cut_off is not None:
                series = Series(self._folder_id, self.mailbox.name, self.folder, uidvalidity, 0, ())
                skipped = [self._where(series, uid, None) for uid in imap.uids_received_before(cut_off)]
                self._shared.committer.without_letter(series, skipped, ArrivalState.SKIPPED)
            with self._shared.database.writing(background=True) as session:
                mailboxes.begin_series(session, self._folder_id, uidvalidity, cut_off)
        place = (self.mailbox.name, self.folder, uidvalidity)
        with self._shared.database.reading() as session:
            state = mailboxes.folder_state(session, self._folder_id)
            recorded = arrivals.recorded_above(session, *place, state.cursor)
        self._compares = self._compares or reconcile.is_due(state, self._shared.clock())
        self._series = Series(self._folder_id, *place, state.cursor, recorded, state.awaited)
        return self._series

    def _fetch(self, imap: Session, series: Series, places: Sequence[Place]) -> list[int]:
        """Stream letters into the spool as room allows; returns the UIDs that the server had no body for."""
        todo: deque[Place] = deque()
        for place in places:
            if self._shared.spool.can_ever_hold(place.size):
                todo.append(place)
            else:
                self._hold_in_place(series, place.uid, place, "too_large")
        fetch = Fetch(self._shared.spool, todo, self._shared.stop)
        missing: list[int] = []
        try:
            while todo and not self._shared.stop.is_set():
                for body in imap.bodies(fetch.next_uid, fetch.open_target):
                    place, slot = fetch.complete(body.uid)
                    if body.size is None or slot is None:
                        missing.append(body.uid)
                        continue
                    series.hand_over(body.uid)
                    where = self._where(series, body.uid, place)
                    self._shared.pipeline.submit(Parcel(series, where, slot, self._book_id))
                if todo:
                    self._shared.spool.wait_for_room(todo[0].size, 0.5)
                    self._end_where_nothing_is_taken()
        finally:
            fetch.abandon()
        return missing

    def _end_where_nothing_is_taken(self) -> None:
        # The service waits for the disk without end; whoever started one pass wants to hear how it went.
        if self._is_once and (kind := self._shared.refusing(_ONCE_PATIENCE_SECONDS)):
            raise Trouble(kind, self.mailbox.host, self.folder, "nothing is taken")

    def _hold_in_place(self, series: Series, uid: int, place: Place | None, reason: str) -> None:
        """A letter that can't be fetched is held where it lies, and stops nothing."""
        mark = f"{self.mailbox.name}/{series.folder_id}/{series.uidvalidity}/{uid}"
        held = Held(reason, mark[-64:], place.size if place else 0, None, None)
        series.hand_over(uid)
        self._shared.committer.put(Ready(series, self._where(series, uid, place), held, lambda: None))

    def _where(self, series: Series, uid: int, place: Place | None) -> Where:
        return Where(
            "imap", series.mailbox, series.folder, series.uidvalidity, uid,
            place.received_at if place else None, place.size if place else None,
        )  # fmt: skip

    def _wait(self, imap: Session) -> bool:
        seconds = float(self.mailbox.poll_seconds)
        idle = self.mailbox.idle and imap.has_idle
        is_news = imap.wait(seconds * _PASSES_WITHOUT_NEWS if idle else seconds, self._wake, idle=idle)
        self._drain_wakes()
        return is_news

    def _sleep(self, seconds: float) -> None:
        if not self._shared.stop.is_set():
            poll = select.poll()
            poll.register(self._wake, select.POLLIN)
            poll.poll(seconds * 1000)
        self._drain_wakes()

    def _drain_wakes(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.eventfd_read(self._wake)

    def _failed(self, error: Exception) -> Trouble | None:
        if isinstance(error, Temporary):
            error = Trouble(Kind.DATABASE, detail=str(error.__cause__ or error))
        trouble = trouble_of(error, self.mailbox.host, self.folder)
        if trouble is None:
            log.exception("watcher_failed", mailbox=self.mailbox.name, folder=self.folder)
            trouble = Trouble(Kind.PROTOCOL, self.mailbox.host, self.folder, type(error).__name__)
        self._report.trouble(self.folder, trouble)
        return trouble

    def _has_lease(self) -> bool:
        try:
            self._leased = self._take_lease()
        except Temporary as error:
            self._failed(error)
            return False
        return self._leased

    def _take_lease(self) -> bool:
        shared = self._shared
        with shared.database.writing(background=True) as session:
            seconds = shared.lease_seconds
            return mailboxes.take_lease(session, self._folder_id, shared.holder, seconds=seconds, at=shared.clock())

    def _give_lease_back(self) -> None:
        if self._leased:
            self._leased = False
            with contextlib.suppress(Temporary), self._shared.database.writing(background=True) as session:
                mailboxes.give_lease_back(session, self._folder_id, self._shared.holder)
