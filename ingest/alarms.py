"""Rings once a minute where a mailbox is silent, failing, nearly full, or had letters missed; or a backup fails."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from config.settings import MailboxSettings
from core import alarms
from core.alarms import Limits
from core.backup import marks
from core.db import Database
from core.errors import Temporary

log = structlog.get_logger()


def look(settings: Sequence[MailboxSettings], database: Database, clock: Callable[[], datetime]) -> None:
    """Look at each mailbox, and write what changed for the pages and the log."""
    for mailbox in settings:
        limits = Limits(mailbox.silent_hours, mailbox.failing_minutes, mailbox.room_percent)
        try:
            with database.reading() as session:
                found = alarms.alarms(session, mailbox.name, limits, at=clock())
                is_known = alarms.is_stored(session, mailbox.name, found)
            if is_known:
                continue
            with database.writing(background=True) as session:
                alarms.store(session, mailbox.name, found)
        except Temporary as error:
            log.warning("alarms_not_looked_at", mailbox=mailbox.name, error=str(error.__cause__ or error))
            continue
        kinds = ",".join(alarm.kind for alarm in found)
        if found:
            log.error("mailbox_alarm", mailbox=mailbox.name, kinds=kinds)
        else:
            log.info("mailbox_alarm_over", mailbox=mailbox.name)


class BackupAlarm:
    """Tells the log once when backups begin to fail or are overdue, and once when all is well again."""

    def __init__(self, late: Mapping[str, timedelta]) -> None:
        """`late` is `marks.late_after` of the office."""
        self._late = late
        self._known: tuple[str, ...] = ()

    def look(self, database: Database, clock: Callable[[], datetime]) -> None:
        """Look at how the last backups went."""
        try:
            with database.reading() as session:
                found = marks.troubled(session, self._late, at=clock())
        except Temporary as error:
            log.warning("alarms_not_looked_at", backups=True, error=str(error.__cause__ or error))
            return
        if found == self._known:
            return
        self._known = found
        if found:
            log.error("backup_alarm", kinds=",".join(found))
        else:
            log.info("backup_alarm_over")
