"""Root's commands and the service's account: whatever root runs, the office stays its owner's."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from other_account import NOBODY, OfficeOfNobody, give, install, interpreter, owners

PASSWORD = "Mật khẩu thử 2026."
THEIRS, ROOTS = {NOBODY.pw_uid}, {0}


@pytest.fixture(scope="module")
def installed() -> Iterator[Path]:
    """The program where nobody can run it."""
    with tempfile.TemporaryDirectory(prefix="congvan-test-") as name:
        Path(name).chmod(0o755)
        yield install(Path(name))


@pytest.fixture
def office(installed: Path) -> Iterator[OfficeOfNobody]:
    """An office to be opened; its home can be entered by all."""
    with tempfile.TemporaryDirectory(prefix="congvan-test-") as name:
        Path(name).chmod(0o755)
        yield OfficeOfNobody(Path(name), installed)


def opened(office: OfficeOfNobody) -> OfficeOfNobody:
    """With a backup place and key, opened by root in nobody's folders."""
    office.prepare("data", "place")
    assert office.run((), ["backup", "--new-key", "key"]).returncode == 0
    give(office.home / "key")
    done = office.root("upgrade", "--profile", "so-khcn-lam-dong")
    assert done.returncode == 0, done.stderr
    return office


def test_what_root_runs_leaves_nothing_that_the_service_cannot_use(office: OfficeOfNobody) -> None:
    opened(office)
    account = ["user", "add", "lan", "--name", "Lan", "--role", "van-thu"]
    assert office.root(*account, typed=PASSWORD + "\n").returncode == 0
    for words in (["backup"], ["ingest", "--once"], ["verify"], ["export", "events"], ["verify", "--backup"]):
        done = office.root(*words)
        assert done.returncode == 0, (words, done.stderr)
    assert "xem bằng tài khoản «nobody»" in office.root("doctor").stdout
    assert (owners(office.data), owners(office.place)) == (THEIRS, THEIRS)
    assert office.nobody("backup", "--changes").returncode == 0
    listed = office.nobody("backup", "--list").stdout
    assert (listed.count("số đến"), "HỎNG" in listed) == (2, False)
    assert office.nobody("ingest", "--once").returncode == 0


def test_a_folder_to_be_made_is_its_parent_s_owner_s_unless_that_is_root(office: OfficeOfNobody) -> None:
    office.prepare("theirs")
    for data, whose in (("theirs/office", THEIRS), ("new", ROOTS)):
        office.config.write_text(f'data = "{data}"\n')
        assert office.root("upgrade").returncode == 0
        assert owners(office.home / data) == whose


def test_a_restore_by_root_keeps_the_owner_of_the_folder(office: OfficeOfNobody) -> None:
    opened(office)
    assert office.root("backup").returncode == 0
    shutil.rmtree(office.data)
    office.data.mkdir()
    give(office.data)
    done = office.run((), ["restore", "--from", "place", "--to", "data", "--key", "key"])
    assert done.returncode == 0, done.stderr
    assert (owners(office.data), office.data.stat().st_mode & 0o777) == (THEIRS, 0o700)
    assert office.nobody("verify").stdout.splitlines()[-1] == "Nguyên vẹn."


def test_a_program_that_the_owner_cannot_run_is_said_before_anything_is_touched(office: OfficeOfNobody) -> None:
    office.prepare("data")
    closed = office.home / "closed"
    closed.mkdir(mode=0o700)
    python = Path(shutil.copy(interpreter(), closed / "python3"))
    done = office.run((), ["upgrade", "--config", office.config], python=python)
    assert done.returncode == 77
    assert f"không vào được {python}" in done.stderr
    assert f"runuser -u nobody -- congvan upgrade --config {office.config}" in done.stderr
    assert [*office.data.iterdir()] == []


def test_settings_and_keys_that_only_root_may_read_are_named(office: OfficeOfNobody) -> None:
    opened(office)
    os.chown(office.home / "key", 0, 0)
    done = office.root("backup")
    assert done.returncode == 77
    assert f"không đọc được tệp chìa khóa {office.home / 'key'}" in done.stderr
    office.config.chmod(0o600)
    done = office.root("verify")
    assert (done.returncode, f"chmod 644 {office.config}" in done.stderr) == (78, True)


def test_root_s_office_is_not_written_into_another_account_s_backup_place(office: OfficeOfNobody) -> None:
    opened(office)
    for path in (office.data, *office.data.rglob("*")):
        os.chown(path, 0, 0)
    done = office.root("backup")
    assert (done.returncode, f"chown -R nobody: {office.data}" in done.stderr) == (77, True)
    assert [*office.place.iterdir()] == []


def test_what_another_account_left_is_named_with_what_to_do(office: OfficeOfNobody) -> None:
    opened(office)
    assert office.root("backup").returncode == 0
    (state,) = (office.place / "states").glob("*.manifest")
    queue = office.data / "congvan.sqlite3.queue"
    for path in (state, queue):
        os.chown(path, 0, 0)
    listed = office.nobody("backup", "--list")
    assert (listed.returncode, f"chown -R nobody: {office.data}" in listed.stderr) == (77, True)
    doctor = office.nobody("doctor").stdout.splitlines()
    for mark, path in (("✗ Thư mục dữ liệu", queue), ("✗ Cơ sở dữ liệu", queue), ("✗ Nơi sao lưu", state)):
        (advice,) = [doctor[number + 1] for number, line in enumerate(doctor) if line.startswith(mark)]
        assert f"không đọc và ghi được {path} của «root»" in advice
        assert f"chown -R nobody: {path.parent}" in advice
    give(queue)
    listed = office.nobody("backup", "--list")
    assert (listed.returncode, "KHÔNG ĐƯỢC ĐỌC" in listed.stdout, "HỎNG" in listed.stdout) == (0, True, False)
    os.chown(office.data / "backup-work" / "lock", 0, 0)
    failed = office.nobody("backup")
    assert (failed.returncode, "backup-work/lock của «root»" in failed.stderr) == (77, True)
    assert "đầy" not in failed.stderr


def test_whoever_may_not_enter_the_folder_is_told_so(office: OfficeOfNobody) -> None:
    opened(office)
    for path in (office.data, *office.data.rglob("*"), office.place):
        os.chown(path, 0, 0)
    for command in ("verify", "doctor", "ingest", "backup"):
        done = office.nobody(command)
        assert "Traceback" not in done.stderr
        assert "Tài khoản «nobody» không" in done.stdout + done.stderr
        assert f"chown -R congvan: {office.data}" in done.stdout + done.stderr
        assert done.returncode == (1 if command == "doctor" else 77)
    os.chown(office.data, NOBODY.pw_uid, NOBODY.pw_gid)
    done = office.nobody("verify")
    assert (done.returncode, f"chown -R nobody: {office.data}" in done.stderr) == (77, True)
