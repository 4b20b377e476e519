"""Backups that fail or are overdue: the menu's counter, /healthz and /metrics."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from config.settings import BackupSettings
from core.backup import marks
from core.backup.marks import TRIAL, Outcome
from core.backup.vault import CHANGES, FULL


@pytest.fixture
def plan(tmp_path: Path) -> BackupSettings:
    """The offices of this module have a backup place."""
    return BackupSettings(folder=tmp_path / "place", secret_file=tmp_path / "key")


def counted(browser: Any) -> str | None:
    found = re.search(r'Sao lưu <span class="counter counter-trouble">(\d+)', browser.get("/doi-mat-khau").text)
    return found[1] if found else None


def test_a_backup_that_fails_stands_in_the_menu_in_the_health_and_in_the_figures(office: Any, signed_in: Any) -> None:
    at = office.clock()
    with office.database.writing() as session:
        marks.await_runs(session, at=at - timedelta(days=3))
        for kind in marks.LATE:
            marks.note_done(session, kind, Outcome("s", 1, 1, 1), at=at - timedelta(minutes=2))
    quan = signed_in("quan")
    assert counted(signed_in("quan")) is None and quan.get("/healthz").text == "ok\n"
    with office.database.writing() as session:
        marks.note_failure(session, CHANGES, "Không thấy nơi sao lưu /mnt/sao-luu.", at=at)
    assert counted(signed_in("quan")) == "1" and counted(signed_in("hoa")) == "1"
    assert counted(signed_in("lan")) is None, "who may not see the page sees no counter"
    said = "ok\ncảnh báo: sao lưu hỏng hoặc quá hạn (Bản sao lưu thay đổi)\n"
    assert (quan.get("/healthz").status_code, quan.get("/healthz").text) == (200, said)
    office.clock.pass_(hours=25)
    assert counted(signed_in("quan")) == "1"
    office.clock.pass_(hours=2)
    assert counted(signed_in("quan")) == "2" and "Bản sao lưu đầy đủ" in quan.get("/healthz").text
    office.clock.pass_(days=8)
    assert counted(signed_in("quan")) == "3"


def test_figures_tell_the_age_of_the_last_good_backups(office: Any, app: Starlette) -> None:
    at = office.clock()
    with office.database.writing() as session:
        marks.note_done(session, FULL, Outcome("s", 1, 1, 1), at=at - timedelta(hours=1))
        marks.note_done(session, TRIAL, Outcome("s", 1, 1, 1), at=at - timedelta(days=1))
        marks.note_failure(session, CHANGES, "Không thấy nơi sao lưu.", at=at)
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 5000)) as here:
        text = here.get("/metrics").text
    assert "congvan_backup_full_age_seconds 3600.0" in text and "congvan_backup_trial_age_seconds 86400.0" in text
    assert "congvan_backup_changes_age_seconds" not in text and "congvan_backup_changes_failed 1.0" in text
    assert "congvan_backups_troubled 1.0" in text and "congvan_backup_places 1.0" in text


def test_a_first_backup_that_is_not_due_raises_no_alarm(office: Any, signed_in: Any) -> None:
    assert counted(signed_in("quan")) is None, "intake has not begun"
    with office.database.writing() as session:
        marks.await_runs(session, at=office.clock())
    office.clock.pass_(minutes=19)
    assert counted(signed_in("quan")) is None and "Quá hạn" not in signed_in("quan").get("/sao-luu").text
    office.clock.pass_(minutes=2)
    assert counted(signed_in("quan")) == "1" and signed_in("quan").get("/sao-luu").text.count("Quá hạn") == 1
    with office.database.writing() as session:  # a machine that is off at night
        for kind in marks.LATE:
            marks.note_done(session, kind, Outcome("s", 1, 1, 1), at=office.clock())
        office.clock.pass_(days=3)
        marks.await_runs(session, at=office.clock())
    assert counted(signed_in("quan")) is None, "it has a few minutes to make up for what it missed"
    office.clock.pass_(minutes=21)
    assert counted(signed_in("quan")) == "2"


def test_changes_that_are_taken_each_hour_are_not_late_after_twenty_minutes(plan: BackupSettings) -> None:
    assert marks.late_after(plan)[CHANGES] == timedelta(minutes=20)
    assert marks.late_after(plan.model_copy(update={"changes_minutes": 60}))[CHANGES] == timedelta(hours=4)
    assert marks.late_after(BackupSettings()) == {}
