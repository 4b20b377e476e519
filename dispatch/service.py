"""What `congvan dispatch` runs: a look at the journal five times a second, senders are answered, what waits is sent."""

import fcntl
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import structlog

from config.command_line import Exit
from config.settings import Settings, SettingsError
from core import events
from core.db import Database
from core.deliveries import claiming
from core.errors import Temporary
from core.files import FolderStore
from dispatch.answering import Answering
from dispatch.sender import Dispatcher

_LOOK_SECONDS = 0.2
_HELD_BACK_SECONDS = 1.0  # what may not go although its time has come, by a limit or a pause, is asked for so often
_SETTLE_SECONDS = 60.0
_DATABASE_PAUSE_SECONDS = 2.0

_IS_OFF = (
    "chưa khai máy chủ thư để gửi, nên không thư nào đi; thư nằm chờ ở trang «Gửi đi». Khai khóa host và from_address "
    "trong bảng [sending] của tệp cấu hình (docs/install.md, mục 11) rồi chạy lại."
)

log = structlog.get_logger("dispatch")


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
) -> int:
    """Send until `stop` is set, or with `once` what may go now; a message under way is finished first.

    Returns an exit code of sysexits: 0, or with `once` 69 when the mail server could not be had. On SQLite one process
    sends: Temporary when another does. Raises with `once` Temporary when the database is away, SettingsError where no
    mail server is configured.
    """
    with _alone(settings, database):
        token = f"{socket.gethostname()[:40]}:{os.getpid()}:{os.urandom(4).hex()}"
        store = FolderStore(settings.files_folder)
        dispatcher = Dispatcher(settings.sending, database, store, token, clock, stop)
        answering = Answering(settings, database, store, clock)
        if once:
            dispatcher.settle_abandoned()
            if not settings.sending.host:
                raise SettingsError(_IS_OFF)
            answering.follow()
            dispatcher.send_waiting()
            return Exit.UNAVAILABLE if dispatcher.is_in_trouble else Exit.OK
        return _watch(Watch(settings, database, dispatcher, answering, clock, stop), heartbeat, ready)


def _watch(watch: "Watch", heartbeat: Callable[[], None], ready: Callable[[], None]) -> int:
    # Servers may take minutes to answer; each wait has an end of its own, so that a living thread is not stuck.
    thread = threading.Thread(target=watch.run, name="sender", daemon=True)
    thread.start()
    ready()
    while thread.is_alive():
        heartbeat()
        thread.join(_LOOK_SECONDS)
    return Exit.OK if watch.is_stopped else Exit.TEMPORARY


class Watch:
    """Wakes the dispatcher: by news, by the clock."""

    def __init__(
        self, settings: Settings, database: Database, dispatcher: Dispatcher, answering: Answering,
        clock: Callable[[], datetime], stop: threading.Event,
    ) -> None:  # fmt: skip
        self._is_on = bool(settings.sending.host)
        self._database = database
        self._dispatcher = dispatcher
        self._answering = answering
        self._clock = clock
        self._stop = stop
        self._seen = -1
        self._due_at: datetime | None = None
        self._settle_at = 0.0  # monotonic
        self._again_at = 0.0  # monotonic

    @property
    def is_stopped(self) -> bool:
        """Whether it was told to stop."""
        return self._stop.is_set()

    def run(self) -> None:
        """Until it is told to stop; the database may be away meanwhile."""
        while not self._stop.is_set():
            try:
                self._turn()
            except Temporary as error:
                log.warning("database_away", error=str(error.__cause__ or error))
                self._settle_at = 0.0
                self._stop.wait(_DATABASE_PAUSE_SECONDS)
            self._stop.wait(_LOOK_SECONDS)

    def _turn(self) -> None:
        if time.monotonic() >= self._settle_at:
            self._dispatcher.settle_abandoned()
            self._settle_at = time.monotonic() + _SETTLE_SECONDS
            self._seen = -1
        if self._is_on and self._is_time():
            self._answering.follow()
            self._dispatcher.send_waiting()
            with self._database.reading() as session:
                self._due_at = claiming.next_at(session)
            self._again_at = time.monotonic() + _HELD_BACK_SECONDS

    def _is_time(self) -> bool:
        with self._database.reading() as session:
            newest = events.latest(session)
        is_news, self._seen = newest != self._seen, newest
        is_due = self._answering.waits or (self._due_at is not None and self._due_at <= self._clock())
        return is_news or (is_due and time.monotonic() >= self._again_at)


@contextmanager
def _alone(settings: Settings, database: Database) -> Iterator[None]:
    if not database.is_sqlite:
        yield
        return
    handle = os.open(settings.data / "dispatch.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Temporary("Một tiến trình khác đang gửi thư của cơ quan này. Mỗi lúc chỉ một tiến trình gửi.") from None
    finally:
        os.close(handle)
