"""What `congvan doctor` says of backups and of the port of the pages, and that it changes nothing."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from dovecot_server import free_port

from config import web_port
from config.settings import BackupSettings, DashboardSettings, Settings
from core import events
from core.backup import keys, marks
from core.backup.marks import Outcome
from core.backup.vault import CHANGES, FULL
from core.db import Database
from ingest import checkup

ROOT = Path(__file__).parents[2]
MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def office(tmp_path: Path, migrated_sqlite: Path) -> Settings:
    """An office that was opened in the MORNING, with a backup place."""
    (tmp_path / "place").mkdir()
    keys.new_key(tmp_path / "key")
    shutil.copy(migrated_sqlite, tmp_path / "congvan.sqlite3")
    backup = BackupSettings(folder=tmp_path / "place", secret_file=tmp_path / "key")
    settings = Settings(data=tmp_path, backup=backup, dashboard=DashboardSettings(port=free_port()))
    with closing(Database(settings.database_url)) as database, database.writing() as session:
        events.record(session, "office_opened", "office", None, by=None, at=MORNING)
    return settings


def backups(office: Settings, at: datetime, set_up_at: datetime = MORNING) -> list[str]:
    return [check.line() for check in checkup.database(office, at, set_up_at)][1:]


def test_backups_that_were_never_due_are_still_to_come(office: Settings) -> None:
    for at, set_up_at in ((MORNING + DAY, MORNING), (MORNING + 30 * DAY, MORNING + 29 * DAY)):
        for line in backups(office, at, set_up_at):
            assert line.startswith("✓ ") and line.endswith("chưa đến lần đầu, dịch vụ tự làm sau khi khởi động")
    full, changes, trial = backups(office, MORNING + 9 * DAY)
    assert full.startswith("✗ Bản sao lưu đầy đủ: chưa lần nào") and "khởi động dịch vụ" in full
    assert changes.startswith("✗ ") and trial.startswith("! ")


def test_backups_that_stopped_are_late(office: Settings) -> None:
    with closing(Database(office.database_url)) as database, database.writing() as session:
        for kind in (FULL, CHANGES):
            marks.note_done(session, kind, Outcome("20260604T013000000000Z-full-0", 0, 0, 0), at=MORNING)
    full, changes, _trial = backups(office, MORNING + timedelta(hours=1))
    assert full.startswith("✓ Bản sao lưu đầy đủ: ")
    assert changes.startswith("✗ ") and "Quá hạn: xem «congvan ingest» có chạy không" in changes


def test_doctor_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "place" / "tmp").mkdir(parents=True)
    (tmp_path / "place" / "tmp" / "of-a-run-under-way").touch()
    keys.new_key(tmp_path / "key")
    config = tmp_path / "congvan.toml"
    config.write_text(
        'data = "below/data"\n[intake]\nspool = "spool"\n[backup]\nfolder = "place"\nsecret_file = "key"\n'
    )
    before = {path: path.lstat().st_mtime_ns for path in tmp_path.rglob("*")}
    done = congvan("doctor", config)
    assert f"✗ Thư mục dữ liệu {tmp_path / 'below' / 'data'} ghi được" in done.stdout
    assert f"✓ Vùng đệm thư {tmp_path / 'spool'} ghi được" in done.stdout
    assert f"✓ Nơi sao lưu {tmp_path / 'place'} và chìa khóa" in done.stdout
    assert {path: path.lstat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_a_spool_of_another_account_is_named(tmp_path: Path) -> None:
    (tmp_path / "spool").mkdir()
    os.chown(tmp_path / "spool", 65534, 65534)
    config = tmp_path / "congvan.toml"
    config.write_text('data = "."\n[intake]\nspool = "spool"\n')
    done = congvan("doctor", config)
    assert f"✗ Vùng đệm thư {tmp_path / 'spool'} ghi được\n    → Là của «nobody»" in done.stdout


def test_doctor_says_whether_the_pages_can_have_their_port(office: Settings, tmp_path: Path) -> None:
    place = f"Trang web ở 127.0.0.1:{office.dashboard.port}"
    assert web_port.look_at(office).line() == f"✓ {place}: mở được"
    config = tmp_path / "congvan.toml"
    config.write_text(f'data = "."\n[intake]\nspool = "spool"\n[dashboard]\nport = {office.dashboard.port}\n')
    with running(config):
        assert web_port.look_at(office).line() == f"✓ {place}: đang chạy"
        other = web_port.look_at(office.model_copy(update={"data": tmp_path / "other"}))
        assert (other.is_right, "cơ quan khác" in other.advice, "dashboard.port" in other.advice) == (False, True, True)
        second = congvan("dashboard", config)
        assert second.returncode == 69
        assert "đổi dashboard.port" in second.stderr and "rrno" not in second.stderr
    with socket.create_server(("127.0.0.1", office.dashboard.port)):
        squatted = web_port.look_at(office)
        assert (squatted.is_right, squatted.advice.startswith("Chương trình khác")) == (False, True)
    elsewhere = office.model_copy(update={"dashboard": DashboardSettings(host="192.0.2.1")})
    assert "dashboard.host" in web_port.look_at(elsewhere).advice


def congvan(command: str, config: Path) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, str(ROOT / "congvan.py"), command, "--config", str(config)]
    return subprocess.run(line, capture_output=True, text=True, check=False, timeout=120)


@contextmanager
def running(config: Path) -> Iterator[None]:
    """`congvan dashboard`, from when it serves."""
    line = [sys.executable, str(ROOT / "congvan.py"), "dashboard", "--config", str(config)]
    with subprocess.Popen(line, stderr=subprocess.PIPE, text=True) as pages:
        assert pages.stderr is not None
        try:
            assert any("serving" in said for said in pages.stderr)
            yield
        finally:
            pages.terminate()
