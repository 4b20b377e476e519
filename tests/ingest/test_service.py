"""The service's threads: while one of them is dead, nobody is told that all is well."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from intake_office import wait_until

from config.settings import IntakeSettings, Settings
from core import schema
from core.db import Database
from ingest.pipeline import READER
from ingest.service import Intake


def _end_a_reader(intake: Intake) -> None:
    intake.pipeline.pool._jobs.put(None)


def _end_the_committer(intake: Intake) -> None:
    intake.committer._stop.set()
    intake.committer._ready.put(None)


@pytest.mark.parametrize("end_a_thread", [_end_a_reader, _end_the_committer])
def test_a_dead_thread_ends_the_heartbeat(tmp_path: Path, end_a_thread: object) -> None:
    assert callable(end_a_thread)
    (tmp_path / "data").mkdir()
    settings = Settings(data=tmp_path / "data", intake=IntakeSettings(spool=tmp_path / "spool", workers=1))
    database = Database(settings.database_url)
    schema.upgrade(database)
    stop, beats = threading.Event(), threading.Semaphore(0)
    intake = Intake(settings, database, stop, lambda: datetime.now(UTC), READER)
    intake.start()
    thread = threading.Thread(target=intake.watch, args=(beats.release, lambda: None))
    thread.start()
    try:
        assert beats.acquire(timeout=10)
        end_a_thread(intake)
        wait_until(lambda: not beats.acquire(timeout=1.5))
    finally:
        stop.set()
        thread.join()
        intake.close()
        database.close()
