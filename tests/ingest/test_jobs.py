"""What happens by the clock stands in one list."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from apscheduler.schedulers.background import BackgroundScheduler

from config.settings import BackupSettings
from core.backup.marks import TRIAL
from core.backup.vault import CHANGES, FULL
from core.office import OFFICE_ZONE
from ingest import jobs


def _nothing() -> None:
    pass


def _scheduled(**changes: Any) -> BackgroundScheduler:
    names = ("reconcile", "look_for_alarms", "clear", "sweep", "forget_unasked", "renew_leases", "give_duties")
    return jobs.scheduled(**{**dict.fromkeys(names, _nothing), "lease_seconds": 60, **changes})


@pytest.mark.parametrize(("job", "hour", "minute"), [("reconcile", 2, 10), ("sweep", 2, 15)])
def test_mailboxes_are_compared_and_files_swept_each_night(job: str, hour: int, minute: int) -> None:
    trigger = next(found.trigger for found in _scheduled().get_jobs() if found.id == job)
    evening = datetime(2026, 12, 31, 17, 0, tzinfo=OFFICE_ZONE)
    assert trigger.get_next_fire_time(None, evening) == datetime(2027, 1, 1, hour, minute, tzinfo=OFFICE_ZONE)


def test_backups_run_each_day_each_five_minutes_and_each_week_on_trial() -> None:
    ran: list[str] = []
    scheduler = _scheduled(backup=ran.append, plan=BackupSettings(full_at="23:30", trial_day="wed"))
    found = {job.id: job for job in scheduler.get_jobs() if job.args}
    evening = datetime(2026, 12, 31, 17, 0, tzinfo=OFFICE_ZONE)  # a Thursday
    nexts = {job.args[0]: job.trigger.get_next_fire_time(None, evening) for job in found.values()}
    assert nexts[FULL] == datetime(2026, 12, 31, 23, 30, tzinfo=OFFICE_ZONE)
    assert nexts[TRIAL] == datetime(2027, 1, 6, 4, 30, tzinfo=OFFICE_ZONE)
    assert found["changes"].trigger.interval == timedelta(minutes=5) and found["changes"].args[0] == CHANGES


def test_leases_are_renewed_three_times_before_they_end() -> None:
    renewed = threading.Semaphore(0)
    scheduler = _scheduled(renew_leases=renewed.release, lease_seconds=0.3)
    scheduler.start()
    try:
        assert all(renewed.acquire(timeout=5) for _ in range(3))
    finally:
        scheduler.shutdown()


def test_duties_are_given_out_several_times_an_hour() -> None:
    duties = next(found.trigger for found in _scheduled().get_jobs() if found.id == "duties")
    assert duties.interval <= timedelta(minutes=20)
