"""What people ask of the mailboxes on their page: fetch, test, compare, try again; and changed passwords."""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import structlog

from config.settings import MailboxSettings
from core import mailboxes
from core.db import Database
from core.errors import Temporary
from core.letters import MailboxState
from ingest import checkup
from ingest.states import MailboxReport
from ingest.trouble import Trouble
from ingest.watcher import FolderWatch

log = structlog.get_logger()


class Desk:
    """Looked at a few times a second by the service's main thread."""

    def __init__(
        self,
        settings: Sequence[MailboxSettings],
        reports: Mapping[str, MailboxReport],
        watches: Sequence[FolderWatch],
        database: Database,
        clock: Callable[[], datetime],
    ) -> None:
        self._settings = {mailbox.name: mailbox for mailbox in settings}
        self._reports = reports
        self._watches = watches
        self._database = database
        self._clock = clock
        self._answered: dict[tuple[str, str], datetime] = {}

    def look(self) -> None:
        """Pass on what was asked since the last look. Raises Temporary when the database is away."""
        with self._database.reading() as session:
            rows = [row for row in mailboxes.requests(session) if row.name in self._settings]
        for row in rows:
            if self._is_new(row.name, "fetch", row.fetch_asked_at, row.fetch_done_at):
                self._wake(row.name)
            if self._is_new(row.name, "test", row.test_asked_at, row.test_done_at):
                threading.Thread(target=self._test, args=(self._settings[row.name],), daemon=True).start()
            if self._is_new(row.name, "reconcile", row.reconcile_asked_at, row.reconcile_done_at):
                for watch in self._of(row.name):
                    watch.compare()
            self._retry(row)

    def _is_new(self, mailbox: str, what: str, asked: datetime | None, done: datetime | None) -> bool:
        if asked is None or (done is not None and done >= asked) or self._answered.get((mailbox, what)) == asked:
            return False
        self._answered[mailbox, what] = asked
        return True

    def _retry(self, row: MailboxState) -> None:
        report = self._reports[row.name]
        stopped_at = report.stopped_at
        if stopped_at is None:
            return
        pressed = row.retry_asked_at is not None and row.retry_asked_at > stopped_at
        if pressed or _changed_after(self._settings[row.name], stopped_at):
            log.info("mailbox_tried_again", mailbox=row.name, pressed=pressed)
            report.try_again()
            self._wake(row.name)

    def _wake(self, mailbox: str) -> None:
        for watch in self._of(mailbox):
            watch.wake(asked=True)

    def _of(self, mailbox: str) -> list[FolderWatch]:
        return [watch for watch in self._watches if watch.mailbox.name == mailbox]

    def _test(self, mailbox: MailboxSettings) -> None:
        try:
            checkup.look_at(mailbox)
            answer = f"Kết nối tốt: đăng nhập được, mở được {len(mailbox.folders)} thư mục."
        except Trouble as trouble:
            log.warning("mailbox_test", mailbox=mailbox.name, kind=trouble.kind.value, detail=trouble.detail)
            answer = trouble.sentence
        try:
            with self._database.writing(background=True) as session:
                mailboxes.answer_test(session, mailbox.name, answer, at=self._clock())
        except Temporary as error:
            log.warning("state_not_written", mailbox=mailbox.name, error=str(error.__cause__ or error))


def _changed_after(mailbox: MailboxSettings, instant: datetime) -> bool:
    try:
        changed = mailbox.secret_path().stat().st_mtime
    except OSError:
        return False
    return datetime.fromtimestamp(changed, UTC) > instant
