"""What happens by the clock stands in one list."""

import threading
from datetime import datetime

from core.office import OFFICE_ZONE
from ingest import jobs


def _nothing() -> None:
    pass


def test_the_sweep_runs_each_night_before_the_office_opens() -> None:
    scheduler = jobs.scheduled(sweep=_nothing, forget_unasked=_nothing, renew_leases=_nothing, lease_seconds=60)
    trigger = next(job.trigger for job in scheduler.get_jobs() if job.id == "sweep")
    evening = datetime(2026, 12, 31, 17, 0, tzinfo=OFFICE_ZONE)
    assert trigger.get_next_fire_time(None, evening) == datetime(2027, 1, 1, 2, 15, tzinfo=OFFICE_ZONE)


def test_leases_are_renewed_three_times_before_they_end() -> None:
    renewed = threading.Semaphore(0)
    scheduler = jobs.scheduled(sweep=_nothing, forget_unasked=_nothing, renew_leases=renewed.release, lease_seconds=0.3)
    scheduler.start()
    try:
        assert all(renewed.acquire(timeout=5) for _ in range(3))
    finally:
        scheduler.shutdown()
