"""The service's threads: while one of them is dead, nobody is told that all is well."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from intake_office import wait_until

from config.settings import BackupSettings, IntakeSettings, Settings
from core import schema
from core.backup import marks
from core.db import Database
from core.office import OfficeFact
from ingest.pipeline import READER
from ingest.service import Intake


def _end_a_reader(intake: Intake) -> None:
    intake.pipeline.pool._jobs.put(None)


def _end_the_committer(intake: Intake) -> None:
    intake.committer._stop.set()
    intake.committer._ready.put(None)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "data").mkdir()
    return Settings(data=tmp_path / "data", intake=IntakeSettings(spool=tmp_path / "spool", workers=1))


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    made = Database(settings.database_url)
    schema.upgrade(made)
    yield made
    made.close()


@pytest.mark.parametrize("end_a_thread", [_end_a_reader, _end_the_committer])
def test_a_dead_thread_ends_the_heartbeat(
    settings: Settings, database: Database, end_a_thread: Callable[[Intake], None]
) -> None:
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


def test_backups_are_awaited_from_the_service_s_first_start_on(settings: Settings, database: Database) -> None:
    plan = BackupSettings(folder=settings.data / "place", secret_file=settings.data / "key")
    stop = threading.Event()
    intake = Intake(settings.model_copy(update={"backup": plan}), database, stop, lambda: datetime.now(UTC), READER)
    intake.start()
    thread = threading.Thread(target=intake.watch, args=(lambda: None, lambda: None))
    thread.start()

    def awaited() -> int:
        with database.reading() as session:
            return sum(mark.awaited_at is not None for mark in marks.all_marks(session).values())

    try:
        wait_until(lambda: awaited() == len(marks.LATE))
    finally:
        stop.set()
        thread.join()
        intake.close()


def test_a_start_empties_the_log_of_what_a_killed_removal_left_there(settings: Settings, database: Database) -> None:
    log = settings.data / "congvan.sqlite3-wal"
    with database.writing() as session:
        session.add(OfficeFact(name="canary", value={"says": "CANARY-0b5e"}))
    with database.writing() as session:
        session.execute(sa.delete(OfficeFact).where(OfficeFact.name == "canary"))
    assert b"CANARY-0b5e" in log.read_bytes()
    intake = Intake(settings, database, threading.Event(), lambda: datetime.now(UTC), READER)
    intake.start()
    intake.close()
    assert b"CANARY-0b5e" not in log.read_bytes()
