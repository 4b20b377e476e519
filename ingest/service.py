"""What `congvan ingest` runs: the watchers, the readers, the committing thread, and an eye on what people ask."""

import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import structlog

from config.command_line import Exit
from config.settings import MailboxSettings, Settings
from core import files, held, mailboxes, registers, removal, sealing
from core.arrivals import Excluded
from core.backup import marks
from core.db import Database
from core.errors import Temporary
from core.files import FolderStore
from core.system_words import reason_of
from core.tasks import making
from ingest import alarms, clearing, jobs
from ingest.background import Background
from ingest.backups import Backups
from ingest.committer import Committer
from ingest.desk import Desk
from ingest.handing import HandedOver
from ingest.listener import Listener, place
from ingest.pipeline import READER, Pipeline
from ingest.priority import step_behind_people, step_service_behind_people
from ingest.shared import Shared
from ingest.spool import Spool, spool_root
from ingest.states import DiskReport, MailboxReport
from ingest.trouble import Kind
from ingest.watcher import FolderWatch

_LOOK_SECONDS = 0.25
_OPEN_SECONDS = 5.0
_TURN_SECONDS = 0.0005

log = structlog.get_logger()


def _now() -> datetime:
    return datetime.now(UTC)


def run(
    settings: Settings,
    database: Database,
    *,
    once: bool = False,
    stop: threading.Event,
    clock: Callable[[], datetime] = _now,
    heartbeat: Callable[[], None] = lambda: None,
    ready: Callable[[], None] = lambda: None,
    reader: str = READER,
) -> int:
    """Take in letters until `stop` is set, or with `once` make one full pass over every mailbox.

    `heartbeat` is called about every quarter of a second while all threads live, `ready` once when the
    watchers have begun. Returns an exit code of sysexits: 0, 69 when a mailbox could not be read, 75 when
    the database or the disk refused; with `once` after eight seconds of it, with a sentence on standard error.
    Raises Permanent when a mailbox names a book that is not there, Temporary when the database is away at the start.
    """
    # Between two letters the thread that asks for commits waits for its turn among our threads.
    sys.setswitchinterval(_TURN_SECONDS)
    step_service_behind_people()
    with ExitStack() as closing:
        try:
            intake = Intake(settings, database, stop, clock, reader)
        except PermissionError:
            raise  # another account's: said by whoever started us, with what to do
        except OSError as error:
            raise Temporary(
                f"Không ghi được đĩa khi khởi động ({reason_of(error)}). Thư vẫn ở hộp thư, sẽ tự thử lại."
            ) from error
        closing.callback(intake.close)
        intake.start()
        if once:
            return intake.once()
        intake.watch(heartbeat, ready)
    return 0


class Intake:
    """The parts of one intake process, wired."""

    def __init__(
        self, settings: Settings, database: Database, stop: threading.Event, clock: Callable[[], datetime], reader: str
    ) -> None:
        self._settings = settings
        self._database = database
        self._stop = stop
        store = FolderStore(settings.files_folder)
        _sweep(settings, database, store)
        with database.writing() as session:
            key = sealing.mark_key(session)
        self.spool = Spool(spool_root(settings), settings.intake.spool_megabytes << 20)
        self.committer = Committer(database, settings.files_folder, self.spool.folder, clock)
        self._reports: dict[str, MailboxReport] = {}
        on_disk_trouble = DiskReport(self._reports.values())
        self.pipeline = Pipeline(
            settings, self.spool, store, key, self.committer.put, on_disk_trouble, clock, reader,
            is_removed=partial(_is_removed, database), is_admitted=partial(_is_admitted, database, clock),
        )  # fmt: skip
        host = socket.gethostname()[:40]
        _free_leases_of_the_dead(database, host)
        holder = f"{host}:{os.getpid()}:{os.urandom(4).hex()}"
        lease = settings.intake.lease_seconds
        shared = Shared(database, self.spool, self.pipeline, self.committer, clock, holder, lease, stop)
        self.watches: list[FolderWatch] = []
        for mailbox in settings.mailboxes:
            self._add(shared, mailbox)
        listener = self._listener_of(shared) if settings.listener.enabled else None
        self._listeners = [listener] if listener else []
        self._desk = Desk(settings.mailboxes, self._reports, self.watches, database, clock)
        self._handed = HandedOver(shared, settings, self.watches)
        self._handed.forget_unasked()
        self._background = Background(settings, database, store, self.spool.folder, clock, stop, self._is_reading)
        self._threads = [threading.Thread(target=watch.run, name=watch.name, daemon=True) for watch in self.watches]
        self._threads += [listener.thread for listener in self._listeners]
        self._threads += self._background.threads
        self._backups = Backups(settings, database, clock)
        self._backup_alarm = alarms.BackupAlarm(marks.late_after(settings.backup))
        self._jobs = jobs.scheduled(
            reconcile=self._reconcile,
            clear=lambda: self._clear(store, clock),
            look_for_alarms=self._look_for_alarms,
            sweep=lambda: _sweep(settings, database, store),
            forget_unasked=self._handed.forget_unasked,
            renew_leases=self._renew_leases,
            give_duties=lambda: _give_duties(database, clock),
            lease_seconds=lease,
            backup=self._backups.by_clock if settings.backup.folder is not None else None,
            plan=settings.backup,
        )

    def start(self) -> None:
        """Begin to read and commit; the watchers come with `watch` or `once`."""
        self.pipeline.start()
        self.committer.start()

    def _is_reading(self) -> bool:
        return self.spool.is_in_use

    def _look_for_alarms(self) -> None:
        alarms.look(self._settings.mailboxes, self._database, self._backups.clock)
        self._backup_alarm.look(self._database, self._backups.clock)

    def once(self) -> int:
        """One pass over every folder, mailbox after mailbox."""
        with ThreadPoolExecutor(1, "once", step_behind_people) as worker:
            troubles = [trouble for trouble in worker.map(FolderWatch.run_once, self.watches) if trouble]
        if not troubles:
            return 0
        for sentence in sorted({trouble.sentence for trouble in troubles}):
            sys.stderr.write(f"congvan ingest: {sentence}\n")
        return Exit.TEMPORARY if all(t.kind in (Kind.DATABASE, Kind.DISK) for t in troubles) else Exit.UNAVAILABLE

    def watch(self, heartbeat: Callable[[], None], ready: Callable[[], None]) -> None:
        """Run the watchers until the stop is asked for, looking meanwhile at what people ask."""
        for thread in self._threads:
            thread.start()
        for listener in self._listeners:
            listener.wait_until_tried(_OPEN_SECONDS)
        ready()
        if self._settings.backup.folder is not None:
            self._backups.begin()
        self._jobs.start()
        while not self._stop.wait(_LOOK_SECONDS):
            self._look()
            if self._is_alive():
                heartbeat()

    def _is_alive(self) -> bool:
        watching = all(thread.is_alive() for thread in self._threads)
        return watching and self.pipeline.pool.is_alive and self.committer.is_alive

    def _reconcile(self) -> None:
        for watch in self.watches:
            watch.compare()

    def _clear(self, store: FolderStore, clock: Callable[[], datetime]) -> None:
        proved = self._backups.proved_letters()
        for watch in self.watches:
            if (uidvalidity := watch.watched_series) is not None:
                clearing.clear(self._database, clock, watch.mailbox, watch.folder, uidvalidity, store, proved)

    def _renew_leases(self) -> None:
        for watch in self.watches:
            watch.renew_lease()

    def _look(self) -> None:
        try:
            self._desk.look()
            self._handed.look()
        except Temporary as error:
            log.warning("desk_not_read", error=str(error.__cause__ or error))
        except Exception:
            log.exception("desk_failed")

    def close(self) -> None:
        """Stop everything; what is not committed stays on the server and comes again."""
        self._stop.set()
        if self._jobs.running:
            self._jobs.shutdown(wait=False)
        self._background.close()
        for watch in self.watches:
            watch.wake()
        for listener in self._listeners:
            listener.close()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(timeout=5)
        self.pipeline.close()
        self.committer.close()
        self.spool.close()

    def _add(self, shared: Shared, mailbox: MailboxSettings) -> None:
        with self._database.writing() as session:
            mailboxes.ensure(session, mailbox.name, mailbox.username)
            book_id = registers.book_by_code(session, mailbox.book).id
            refused, stopped_at = mailboxes.refusals(session, mailbox.name)
            folders = {name: mailboxes.ensure_folder(session, mailbox.name, name).id for name in mailbox.folders}
        report = MailboxReport(mailbox.name, self._database, shared.clock, refused, stopped_at)
        self._reports[mailbox.name] = report
        for folder, folder_id in folders.items():
            self.watches.append(FolderWatch(shared, mailbox, folder, folder_id, book_id, report))

    def _listener_of(self, shared: Shared) -> Listener:
        settings = self._settings.listener
        with self._database.writing() as session:
            mailboxes.ensure(session, settings.name, f"{settings.protocol} {place(settings)}"[:200])
            books = {
                address.casefold(): registers.book_by_code(session, code).id
                for address, code in settings.recipients.items()
            }
        report = MailboxReport(settings.name, self._database, shared.clock, 0, None)
        return Listener(shared, settings, books, report)


def _is_removed(database: Database, mark: str) -> bool:
    with database.reading() as session:
        return removal.is_removed(session, mark)


def _is_admitted(database: Database, clock: Callable[[], datetime], letter: Excluded) -> bool:
    with database.reading() as session:
        return held.is_admitted(session, letter, at=clock())


def _give_duties(database: Database, clock: Callable[[], datetime]) -> None:
    """Give out the duties whose day has come; the next turn does what this one could not."""
    with suppress(Temporary), database.writing(background=True) as session:
        making.make_due(session, at=clock())


def _sweep(settings: Settings, database: Database, store: FolderStore) -> None:
    """Remove what a killed process stored and no row names (promise 2); what can't be removed waits for the next."""
    removed = 0
    try:
        removed = store.sweep(_named(database))
        with store.alone(), database.reading() as session:
            sealed = held.sealed_names(session)
            for path in settings.sealed_folder.glob("*"):
                if path.name not in sealed:
                    path.unlink()
                    removed += 1
        removal.clear_traces(database)  # of a removal that was killed before it had
    except (OSError, Temporary) as error:
        log.warning("not_swept", error=str(error))
    if removed:
        log.info("swept", files=removed)


def _free_leases_of_the_dead(database: Database, host: str) -> None:
    """Give back what killed processes of this host still hold, so that a restart reads at once."""
    with database.writing() as session:
        for folder_id, holder in mailboxes.leases(session).items():
            owner, _, pid = holder.rpartition(":")[0].rpartition(":")
            if owner == host and not Path(f"/proc/{pid}").exists():
                mailboxes.give_lease_back(session, folder_id, holder)


def _named(database: Database) -> Iterator[str]:
    with database.reading() as session:
        yield from files.named(session)
