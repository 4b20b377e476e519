"""What intake does by the clock: all its periodic work in one list (design §4, Jobs)."""

import logging
from collections.abc import Callable

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from config.settings import BackupSettings
from core.backup.marks import TRIAL
from core.backup.vault import CHANGES, FULL
from core.office import OFFICE_ZONE

logging.getLogger("apscheduler").setLevel(logging.WARNING)  # it says every run of every job


def scheduled(
    *,
    reconcile: Callable[[], None],
    look_for_alarms: Callable[[], None],
    clear: Callable[[], None],
    sweep: Callable[[], None],
    forget_unasked: Callable[[], None],
    renew_leases: Callable[[], None],
    give_duties: Callable[[], None],
    lease_seconds: float,
    backup: Callable[[str], None] | None = None,
    plan: BackupSettings = BackupSettings(),
) -> BackgroundScheduler:
    """The scheduler of an intake process, to be started by the caller; its threads are daemons.

    Each night server and database are compared, which the watchers do in their own sessions. The sweep waits
    for letters that are being stored, so it has a thread of its own and runs before the office opens. Uploads
    that a killed dashboard left half done are forgotten within the hour. Leases are renewed at a third of
    their time. Duties that come again are given out on their day, whenever in it the program runs. `backup` is
    called with the kind of run; None where no place is set.
    """
    scheduler = BackgroundScheduler(
        timezone=OFFICE_ZONE, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 3600}
    )
    scheduler.add_job(reconcile, CronTrigger(hour=2, minute=10, timezone=OFFICE_ZONE), id="reconcile")
    scheduler.add_job(sweep, CronTrigger(hour=2, minute=15, timezone=OFFICE_ZONE), id="sweep")
    scheduler.add_job(clear, CronTrigger(hour=3, minute=30, timezone=OFFICE_ZONE), id="clearing")
    scheduler.add_job(look_for_alarms, IntervalTrigger(minutes=1), id="alarms")
    scheduler.add_job(forget_unasked, IntervalTrigger(minutes=20), id="unasked uploads")
    scheduler.add_job(give_duties, IntervalTrigger(minutes=10), id="duties")
    scheduler.add_job(renew_leases, IntervalTrigger(seconds=lease_seconds / 3), id="leases")
    if backup is not None:
        hour, minute = plan.full_at.split(":")
        daily = CronTrigger(hour=int(hour), minute=int(minute), timezone=OFFICE_ZONE)
        weekly = CronTrigger(day_of_week=plan.trial_day, hour=4, minute=30, timezone=OFFICE_ZONE)
        scheduler.add_job(backup, daily, [FULL], id="full backup")
        scheduler.add_job(backup, IntervalTrigger(minutes=plan.changes_minutes), [CHANGES], id="changes")
        scheduler.add_job(backup, weekly, [TRIAL], id="trial restore")
    return scheduler
