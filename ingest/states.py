"""What the pages are told of each mailbox: its last success, its trouble, and when it must not be tried any more."""

import threading
from collections.abc import Callable, Iterable
from datetime import datetime

import structlog

from core import mailboxes
from core.db import Database
from core.errors import Temporary
from ingest.trouble import Kind, Trouble

_MOST_REFUSED_LOGINS = 2  # a third wrong password locks the account at many servers
_SUCCESS_EVERY_SECONDS = 10.0

log = structlog.get_logger()


class MailboxReport:
    """The shared state of one mailbox, written by the threads of its folders."""

    def __init__(
        self, name: str, database: Database, clock: Callable[[], datetime], refused: int, stopped_at: datetime | None
    ) -> None:
        """`refused` and `stopped_at` are what the row says from an earlier run."""
        self.name = name
        self._database = database
        self._clock = clock
        self._refused = refused
        self.stopped_at = stopped_at
        self._troubles: dict[str, Trouble] = {}
        self._written_at: datetime | None = None
        self._lock = threading.Lock()

    @property
    def is_stopped(self) -> bool:
        """Whether logins were refused so often that a person must act first."""
        return self.stopped_at is not None

    def try_again(self) -> None:
        """A person pressed "Thử lại", or the password changed."""
        self._refused, self.stopped_at = 0, None

    def success(self, folder: str, *, asked: bool) -> None:
        """A pass over `folder` went well; `asked` when somebody waits to see it on the page."""
        with self._lock:
            had_trouble = self._troubles.pop(folder, None) is not None
            self._refused = 0
            now = self._clock()
            quiet = self._written_at and (now - self._written_at).total_seconds() < _SUCCESS_EVERY_SECONDS
            if self._troubles or (quiet and not had_trouble and not asked):
                return
            self._written_at = now
        with self._database.writing(background=True) as session:
            mailboxes.note_success(session, self.name, at=now)
        if had_trouble:
            log.info("mailbox_recovered", mailbox=self.name, folder=folder)

    def trouble(self, folder: str, trouble: Trouble) -> None:
        """A try failed: a line in the log, a sentence on the page (as far as the database takes it)."""
        with self._lock:
            self._troubles[folder] = trouble
            if trouble.kind is Kind.PASSWORD:
                self._refused += 1
                if self._refused >= _MOST_REFUSED_LOGINS:
                    self.stopped_at = self._clock()
            refused, stopped, now = self._refused, self.is_stopped, self._clock()
        log.warning("mailbox_trouble", mailbox=self.name, folder=folder, kind=trouble.kind.value, detail=trouble.detail,
                    stopped=stopped)  # fmt: skip
        try:
            with self._database.writing(background=True) as session:
                if trouble.kind is Kind.FOLDER:
                    mailboxes.note_missing(session, self.name, folder)
                mailboxes.note_trouble(session, self.name, trouble.kind, trouble.sentence, refused_logins=refused,
                                       is_stopped=stopped, at=now)  # fmt: skip
        except Temporary as error:
            log.warning("state_not_written", mailbox=self.name, error=str(error.__cause__ or error))


class DiskReport:
    """Tells every mailbox's page that the store takes no files, and when it does again."""

    _PLACE = "(kho tệp)"

    def __init__(self, reports: Iterable[MailboxReport]) -> None:
        self._reports = reports

    def __call__(self, error: Exception | None) -> None:
        """`error` None when a file was stored again."""
        for report in self._reports:
            if error is None:
                report.success(self._PLACE, asked=False)
            else:
                report.trouble(self._PLACE, Trouble(Kind.DISK, detail=str(error)))
