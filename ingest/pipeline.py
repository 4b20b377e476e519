"""What happens to one letter, start to commit: read in a killable process, judged, stored, its rows written."""

import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

import structlog

from config import VERSION
from config.settings import Settings
from core import arrivals, sealing
from core.arrivals import Excluded, ForDraft, Held, Taken, Where
from core.errors import Temporary
from core.files import FolderStore, sha256_of
from core.held import IN_A_MAILBOX
from core.incoming.dangers import UNSCANNED, VIRUS
from core.sandbox import Limits, SandboxFailed
from ingest import verdict, viruses
from ingest.letter import Outcome, Reading
from ingest.pool import Pool
from ingest.priority import READING_NICE, step_behind_people
from ingest.spool import Slot, Spool
from ingest.viruses import Scan

READER = "ingest.describe:read_raw_letter"
LET_IN = "ingest.handed:read_released"  # reads what a person has let in: screening has no say any more
_STORING_THREADS = 8  # they wait for fsync, and the file system merges what waits together
_LONGEST_PAUSE_SECONDS = 30.0
_UNUSABLE = "unusable"  # in place of a reading that can't be judged or stored

log = structlog.get_logger()


class Origin(Protocol):
    """Who handed a letter in, and hears what became of it: a folder's series, a person's request, a mail server."""

    @property
    def waits(self) -> bool:
        """Whether the letter stays in the spool while disk or database refuse it; else it is given up at once."""

    def settle(self, uids: list[int], outcome: arrivals.Outcome | None = None) -> None:
        """The rows are committed; `outcome` is what the letter became."""

    def give_up(self, uid: int) -> None:
        """The letter did not reach the database and is to be handed in again."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One letter in the spool, on its way to the database. What happens to `slot` is the pipeline's business.

    `reader` reads it in a child ("module:function", None: as a letter of the mailbox), then gets the `name`
    its owner gave it, the `passwords` of its files and the mail that brings them, `key_mail` in the spool, where there
    are such; `for_draft` is the draft that its files are to be added to. Of a letter that was held or left out before,
    `came_by` is the door it came by, and `virus` what was found in it.
    """

    origin: Origin
    where: Where
    slot: Slot
    book_id: int
    reader: str | None = None
    name: str = ""
    for_draft: int | None = None
    passwords: tuple[str, ...] = field(default=(), repr=False)
    key_mail: Path | None = None
    came_by: str = ""
    virus: str = ""

    @property
    def is_let_in(self) -> bool:
        """Whether a person has decided that it comes in."""
        return self.reader == LET_IN


@dataclass(frozen=True, slots=True)
class Ready:
    """A letter that only needs its rows.

    The committer calls `let_go` when the rows are written or never will be (it frees the spool and the
    store's lock), or `hold_instead`, where there is one, when these rows can't be written at all.
    """

    origin: Origin
    where: Where
    outcome: arrivals.Outcome
    let_go: Callable[[], None]
    hold_instead: Callable[[], None] | None = None


class Pipeline:
    """From the spool to the committing thread."""

    def __init__(
        self,
        settings: Settings,
        spool: Spool,
        store: FolderStore,
        key: bytes,
        commit: Callable[[Ready], None],
        on_disk_trouble: Callable[[Exception | None], None],
        clock: Callable[[], datetime],
        reader: str = READER,
        *,
        is_removed: Callable[[str], bool],
        is_admitted: Callable[[Excluded], bool],
    ) -> None:
        """`is_removed` tells by its mark whether a letter's content was removed: it never comes to the disk again.
        `is_admitted` tells whether a person has called leaving a letter out a false alarm.

        `key` is the office's key for marks, `reader` the function that reads a raw letter in the pool.

        `on_disk_trouble` is told when the store refuses a file, and None when it takes files again.
        """
        self._settings = settings
        self._spool = spool
        self._store = store
        self._key = key
        self._commit = commit
        self._on_disk_trouble = on_disk_trouble
        self._clock = clock
        self._reader = reader
        self._is_removed = is_removed
        self._is_admitted = is_admitted
        self.refused_since: float | None = None  # monotonic seconds: the disk has taken nothing since
        self._stop = threading.Event()
        limits = Limits(settings.intake.letter_seconds, settings.intake.letter_megabytes << 20, nice=READING_NICE)
        self._storing = ThreadPoolExecutor(_STORING_THREADS, "storing", step_behind_people)
        self.pool: Pool[Parcel] = Pool(
            settings.intake.workers,
            limits,
            spool.folder,
            reader.partition(":")[0],
            self._call_of,
            self._takes_long,
            self._have_read,
        )

    def start(self) -> None:
        """Spawn the reading processes."""
        self.pool.start()

    def submit(self, parcel: Parcel) -> None:
        """Take over a letter whose raw bytes lie complete in its slot."""
        self.pool.submit(parcel)

    def close(self) -> None:
        """Stop reading and storing; what is not committed stays on the server and comes again."""
        self._stop.set()
        self.pool.close()
        self._storing.shutdown(cancel_futures=True)

    def _takes_long(self, answer: object) -> bool:
        is_left = isinstance(answer, Reading) and answer.is_unfinished and not answer.is_secret
        return is_left and self._settings.intake.scan_seconds > 0

    def _call_of(self, parcel: Parcel, is_long: bool) -> tuple[object, ...]:
        shutil.rmtree(parcel.slot.parts, ignore_errors=True)  # what an earlier try left
        parcel.slot.parts.mkdir(mode=0o700)
        seconds, roots = self._settings.intake.scan_seconds if is_long else 0, self._settings.intake.roots
        if parcel.reader is None:
            return self._reader, parcel.slot.raw, parcel.slot.parts, seconds, roots
        keys = (parcel.passwords, parcel.key_mail) if parcel.passwords or parcel.key_mail else ()
        return parcel.reader, parcel.slot.raw, parcel.slot.parts, seconds, roots, parcel.name, *keys

    def _have_read(self, parcel: Parcel, answer: object) -> None:
        self._storing.submit(self._until_stored, parcel, answer)

    def _until_stored(self, parcel: Parcel, answer: object) -> None:
        pause = 1.0
        scan = viruses.scan(self._settings.clamd, parcel.where, parcel.slot.raw, answer)
        while not self._stop.is_set():
            try:
                ready = self._stored(parcel, answer, scan)
                if pause > 1.0:
                    self._on_disk_trouble(None)
                self.refused_since = None
                if ready is None:
                    self.pool.submit(_let_in(parcel))
                else:
                    self._commit(ready)
                return
            except (Temporary, OSError) as error:
                # The letter waits in the spool and, whatever happens to us, on the server.
                log.warning("storing_failed", uid=parcel.where.uid, mailbox=parcel.where.mailbox, error=str(error))
                if not parcel.origin.waits:
                    self._spool.release(parcel.slot)
                    parcel.origin.give_up(parcel.where.uid)
                    return
                self._on_disk_trouble(error)
                self.refused_since = self.refused_since or time.monotonic()
                self._stop.wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
            except Exception:
                log.exception("letter_not_judged", uid=parcel.where.uid, mailbox=parcel.where.mailbox)
                if answer == _UNUSABLE:  # not even sealing works
                    self._stop.wait(pause)
                    pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
                answer = _UNUSABLE

    def _stored(self, parcel: Parcel, answer: object, scan: Scan) -> Ready | None:
        """Put on disk what the letter needs there, durably, under the lock that keeps the sweep away.

        None when it is to be read once more, because a person has admitted it.
        """
        lock = ExitStack()
        try:
            lock.enter_context(self._store.adding())
            outcome = self._judge(parcel, answer, scan)
            # What lies in a mailbox is fetched again when a person says so.
            if isinstance(outcome, Excluded) and parcel.where.door != IN_A_MAILBOX and self._is_admitted(outcome):
                lock.close()
                return None
            if isinstance(outcome, Taken | ForDraft):
                self._store.add(*outcome.contents())
        except BaseException:
            lock.close()
            raise

        def let_go() -> None:
            lock.close()
            self._spool.release(parcel.slot)

        def hold_instead() -> None:
            lock.close()
            self._storing.submit(self._until_stored, parcel, _UNUSABLE)

        again = hold_instead if isinstance(outcome, Taken) else None
        return Ready(parcel.origin, parcel.where, outcome, let_go, again)

    def _judge(self, parcel: Parcel, answer: object, scan: Scan) -> arrivals.Outcome:
        if virus := self._virus_to_hold(parcel, scan):
            return self._seal(parcel, VIRUS, answer, virus)
        if not isinstance(answer, Reading):
            reason = answer.failure.value if isinstance(answer, SandboxFailed) else "crash"
            detail = answer.detail if isinstance(answer, SandboxFailed) else ""
            log.warning("letter_unreadable", uid=parcel.where.uid, mailbox=parcel.where.mailbox, reason=reason,
                        detail=detail)  # fmt: skip
            return self._seal(parcel, f"unreadable_{reason}", answer)
        if answer.outcome is Outcome.EXCLUDE:
            return verdict.excluded(answer, self._key, sha256_of(parcel.slot.raw))
        if answer.outcome is Outcome.HOLD or answer.letter is None:
            rule = answer.reasons[0].rule if answer.reasons else "hold"
            return self._seal(parcel, rule, answer)
        if scan.is_missed and self._settings.clamd.when_away == "hold" and not parcel.is_let_in:
            return self._seal(parcel, UNSCANNED, answer)
        if parcel.for_draft is not None:
            return verdict.for_draft(answer, answer.letter, parcel.for_draft)
        # A custodian who lets it in all the same knows better.
        if not parcel.is_let_in and self._is_removed(sealing.mark(self._key, answer.letter.identity)):
            return verdict.removed(answer, answer.letter, self._key)
        door = parcel.came_by or parcel.where.door
        taken = verdict.taken(
            answer, answer.letter, parcel.slot, parcel.where, door, parcel.book_id, self._clock(),
            uses_lessons=self._settings.intake.lessons, uses_rules=self._settings.intake.rules,
        )  # fmt: skip
        if parcel.is_let_in and (virus := parcel.virus):
            return verdict.noted(taken, f"{VIRUS}:{virus}")
        return verdict.noted(taken, UNSCANNED) if scan.is_missed else taken

    def _seal(self, parcel: Parcel, reason: str, answer: object, detail: str = "") -> Held:
        raw = parcel.slot.raw
        name, key = sealing.seal(raw, self._settings.sealed_folder)
        reading = answer if isinstance(answer, Reading) else None
        known_by = sealing.mark(self._key, (verdict.identity_of(reading) if reading else None) or sha256_of(raw))
        sender = verdict.held_sender(reading) if reading else ""
        brings_password = reading is not None and reading.brings_password
        return Held(reason, known_by, raw.stat().st_size, name, key, detail, VERSION, sender, brings_password)

    def _virus_to_hold(self, parcel: Parcel, scan: Scan) -> str:
        """The virus a letter is held for; what was found before stands until a scanner has looked again."""
        if parcel.virus and parcel.is_let_in:
            return ""
        is_scanned = self._settings.clamd.address and not scan.is_missed
        return scan.virus or ("" if is_scanned else parcel.virus)


def _let_in(parcel: Parcel) -> Parcel:
    """The same letter, to be read as one that a person has let in, and to be known as such from then on."""
    door, where = parcel.where.door, replace(parcel.where, door="released")
    return replace(parcel, where=where, reader=LET_IN, name=parcel.name or "thu.eml", came_by=parcel.came_by or door)
