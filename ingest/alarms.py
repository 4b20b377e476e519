"""Rings once a minute where a mailbox is silent, failing, nearly full, or had letters missed."""

from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from config.settings import MailboxSettings
from core import alarms
from core.alarms import Limits
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
