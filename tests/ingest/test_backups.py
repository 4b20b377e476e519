"""Backups by the clock: what is noted, put off, left alone, and what may leave the mailbox afterwards."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from config.settings import BackupSettings, Settings
from core.backup import keys, marks, taking
from core.backup.marks import TRIAL
from core.backup.vault import CHANGES, FULL
from core.clearing import Letter
from core.db import Database
from core.errors import Permanent
from core.registers import Book
from ingest import checkup
from ingest.alarms import BackupAlarm
from ingest.backups import Backups

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)


class Clock:
    """The only clock of the backups; each look is a minute later."""

    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


@pytest.fixture(params=["sqlite", "postgresql"])
def backups(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Backups]:
    place, data = tmp_path / "place", tmp_path / "data"
    place.mkdir()
    data.mkdir()
    keys.new_key(tmp_path / "key")
    trial = ""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_sqlite"), data / "congvan.sqlite3")
        url = f"sqlite:///{data / 'congvan.sqlite3'}"
    else:
        server = request.getfixturevalue("postgres")
        url, trial = server.new_database(request.getfixturevalue("migrated_postgresql")), server.new_database()
    plan = BackupSettings(folder=place, secret_file=tmp_path / "key", trial_database=trial)
    with closing(Database(url)) as database:
        yield Backups(Settings(data=data, database=url, backup=plan), database, Clock())


def mark(backups: Backups, kind: str) -> marks.BackupMark | None:
    with backups.database.reading() as session:
        return marks.all_marks(session).get(kind)


def test_a_run_by_the_clock_is_noted_and_so_is_its_failure(backups: Backups) -> None:
    backups.by_clock(FULL)
    done = mark(backups, FULL)
    assert done is not None and done.failure == "" and done.state.split("-")[1] == FULL
    folder = backups.settings.backup.folder
    assert folder is not None
    shutil.rmtree(folder)
    backups.by_clock(FULL)
    failed = mark(backups, FULL)
    assert failed is not None and "Không thấy nơi sao lưu" in failed.failure and failed.done_at == done.done_at


def test_the_trial_restores_for_real_each_week(backups: Backups) -> None:
    backups.by_clock(TRIAL)
    before = mark(backups, TRIAL)
    assert before is not None and "không phải nơi sao lưu" in before.failure
    backups.by_clock(FULL)
    for _ in range(2):  # the scratch database is emptied each time
        backups.by_clock(TRIAL)
        proved = mark(backups, TRIAL)
        assert proved is not None and proved.failure == "" and proved.done_at is not None


@pytest.mark.parametrize(("days", "is_made_up_for"), [(6, False), (9, True)])
def test_a_weekly_trial_that_was_missed_follows_the_next_full_backup(
    backups: Backups, days: int, is_made_up_for: bool
) -> None:
    backups.by_clock(FULL)
    before = mark(backups, TRIAL)
    assert before is not None and before.done_at is not None, "what was never tried proves nothing"
    assert isinstance(backups.clock, Clock)
    backups.clock.now += timedelta(days=days)
    backups.by_clock(FULL)
    after = mark(backups, TRIAL)
    assert after is not None and after.done_at is not None
    assert (after.done_at > before.done_at) == is_made_up_for


def test_a_place_put_back_to_an_older_state_is_noticed(backups: Backups, tmp_path: Path) -> None:
    folder = backups.settings.backup.folder
    assert folder is not None and isinstance(backups.clock, Clock)
    backups.by_clock(FULL)
    shutil.copytree(folder, tmp_path / "old")
    backups.clock.now += timedelta(minutes=5)
    newer = backups.take(FULL).state
    shutil.rmtree(folder)
    shutil.copytree(tmp_path / "old", folder)
    with pytest.raises(Permanent, match=f"không còn bản mới nhất {newer}"):
        backups.trial()
    told = [
        check for check in checkup.database(backups.settings, backups.clock(), backups.clock()) if not check.is_right
    ]
    assert any(newer in check.advice for check in told), told
    backups.clock.now += timedelta(minutes=5)
    backups.take(FULL)
    assert backups.trial().files == 0


def test_a_run_while_another_is_under_way_is_put_off_without_alarm(backups: Backups) -> None:
    with taking.alone(backups.settings.backup_work):
        backups.by_clock(CHANGES)
    assert mark(backups, CHANGES) is None


def test_postgresql_is_not_dumped_again_while_nothing_was_written(backups: Backups) -> None:
    backups.take(FULL)
    folder = backups.settings.backup.folder
    assert folder is not None
    if backups.database.is_sqlite:
        return
    _flush_statistics(backups)
    first = backups.take(CHANGES)
    assert backups.take(CHANGES).state == first.state
    with backups.database.writing() as session:
        session.add(Book(code="khac", name="Sổ khác", direction="incoming"))
    _flush_statistics(backups)
    assert backups.take(CHANGES).state != first.state


def _flush_statistics(backups: Backups) -> None:
    backups.database.close()  # a connection that ends hands in what it counted
    with backups.database.engine.connect() as connection:
        connection.execute(sa.text("SELECT pg_sleep(1.2)"))


def test_only_letters_in_a_proved_backup_may_leave_the_mailbox(backups: Backups) -> None:
    letter = Letter(1, 1, 1, "ab" * 32, MORNING - timedelta(days=1))
    assert not backups.proved_letters()(letter), "there is no backup"
    backups.take(FULL)
    assert not backups.proved_letters()(letter), "no trial has proved it"
    backups.trial()
    assert backups.proved_letters()(letter)
    assert not backups.proved_letters()(replace(letter, taken_at=MORNING + timedelta(minutes=1)))
    assert backups.settings.backup.folder is not None
    shutil.rmtree(backups.settings.backup.folder)
    assert not backups.proved_letters()(letter), "what was proved is gone"


def test_without_a_place_the_sentence_names_the_setting(backups: Backups) -> None:
    without = Backups(backups.settings.model_copy(update={"backup": BackupSettings()}), backups.database, Clock())
    with pytest.raises(Permanent, match=r"backup\.folder"):
        without.take(FULL)


def test_a_failing_backup_rings_once_in_the_log_and_again_when_all_is_well(
    backups: Backups, capfd: pytest.CaptureFixture[str]
) -> None:
    alarm, said = BackupAlarm(marks.late_after(backups.settings.backup)), [""]

    def rung() -> tuple[int, int]:
        alarm.look(backups.database, backups.clock)
        said.extend(capfd.readouterr())
        return "".join(said).count("backup_alarm "), "".join(said).count("backup_alarm_over")

    backups.begin()
    assert rung() == (0, 0), "nothing is due yet"
    backups.by_clock(FULL)
    folder = backups.settings.backup.folder
    assert folder is not None
    folder.rename(folder.with_name("away"))
    backups.by_clock(CHANGES)
    assert (rung(), rung()) == ((1, 0), (1, 0))
    folder.with_name("away").rename(folder)
    backups.by_clock(CHANGES)
    assert rung() == (1, 1)


def test_a_machine_that_is_off_at_night_has_its_trial_after_the_backup_that_makes_up(backups: Backups) -> None:
    backups.by_clock(CHANGES)
    proved = mark(backups, TRIAL)
    assert proved is not None and proved.done_at is not None
