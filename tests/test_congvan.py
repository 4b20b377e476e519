"""The command line as an operator meets it: exit codes of sysexits, sentences, and a quick start."""

import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from faulty_command import command_with_fault

ROOT = Path(__file__).parents[1]
PASSWORD = "Mật khẩu thử 2026."
LETTER = (
    b"From: vanthu@snv.lamdong.example.gov.vn\r\nTo: vanthu@skhcn.example.gov.vn\r\n"
    b"Subject: =?utf-8?B?MTIvVEItU05W?=\r\nMessage-ID: <a@b.example>\r\n\r\nKinh gui\r\n"
)


def congvan(*arguments: object, typed: str = "", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the program as a user would, with `typed` on its standard input."""
    command = [sys.executable, str(ROOT / "congvan.py"), *map(str, arguments)]
    return subprocess.run(command, input=typed, capture_output=True, text=True, timeout=60, check=False, cwd=cwd)


def written(folder: Path) -> Path:
    """Settings of an office without mailboxes, kept in `folder`."""
    path = folder / "congvan.toml"
    path.write_text(f'data = "data"\n[intake]\nspool = "{folder / "spool"}"\n', encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of an office that was just opened, to be copied."""
    folder = tmp_path_factory.mktemp("opened")
    done = congvan("upgrade", "--profile", "so-khcn-lam-dong", "--config", written(folder))
    assert done.returncode == 0, done.stderr
    assert "Đã mở cơ quan: 2 tên" in done.stdout
    return folder / "data"


@pytest.fixture
def config(opened: Path, tmp_path: Path) -> Path:
    """Settings of an office without mailboxes, its database upgraded and the office opened."""
    shutil.copytree(opened, tmp_path / "data")
    return written(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([], 64, "thiếu đối số: LỆNH"),
        (["send"], 64, "không nhận: 'send'"),
        (["export", "outbox"], 64, "không nhận: 'outbox'"),
        (["demo", "--port", "70000"], 64, "cổng phải từ 0 đến 65535"),
        (["user", "add", "lan", "--name", "Lan", "--role", "boss"], 64, "không nhận: 'boss'"),
        (["run", "--config", "/nonexistent.toml"], 78, "Không thấy tệp cấu hình /nonexistent.toml"),
        (["read", "/nonexistent.eml"], 66, "không có /nonexistent.eml"),
    ],
)
def test_a_wrong_call_ends_with_its_code_and_a_sentence(arguments: list[str], code: int, words: str) -> None:
    done = congvan(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [[], ["run"], ["ingest"], ["demo"], ["user"], ["user", "add"], ["verify"]])
def test_help_is_vietnamese(command: Sequence[str]) -> None:
    done = congvan(*command, "--help")
    assert done.returncode == 0
    assert "Cách dùng: congvan" in done.stdout
    for english in ("usage", "options", "show this", "positional"):
        assert english not in done.stdout


def test_help_starts_without_the_database_or_the_web() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", str(ROOT / "congvan.py"), "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert not [part for part in ("sqlalchemy", "starlette", "pydantic", "flanker") if f" {part}\n" in done.stderr]


def test_read_tells_what_a_letter_would_become_and_stores_nothing(tmp_path: Path) -> None:
    letter = tmp_path / "thư.eml"
    letter.write_bytes(LETTER)
    done = congvan("read", letter, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    found = json.loads(line)
    assert (found["type"], found["letter"]["subject"]) == ("letter", "12/TB-SNV")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["thư.eml"]


def test_read_goes_on_after_a_file_that_is_missing(tmp_path: Path) -> None:
    letter = tmp_path / "a.eml"
    letter.write_bytes(LETTER)
    done = congvan("read", tmp_path / "none.eml", letter)
    assert done.returncode == 66
    assert json.loads(done.stdout)["path"] == str(letter)


def test_a_service_asks_for_the_upgrade_it_needs(tmp_path: Path) -> None:
    path = tmp_path / "congvan.toml"
    path.write_text('data = "data"\n')
    for command in ("run", "ingest", "dashboard", "verify"):
        done = congvan(command, "--config", path)
        assert done.returncode == 78
        assert "congvan upgrade" in done.stderr


def test_sending_once_without_a_mail_server_says_what_to_set(config: Path) -> None:
    done = congvan("dispatch", "--once", "--config", config)
    assert (done.returncode, done.stdout) == (78, "")
    assert done.stderr.startswith("congvan dispatch: chưa khai máy chủ thư") and "[sending]" in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_upgrade_says_what_it_did_and_the_second_that_there_is_nothing_to_do(tmp_path: Path) -> None:
    path = tmp_path / "congvan.toml"
    path.write_text('data = "data"\n')
    first, second = (congvan("upgrade", "--config", path) for _ in range(2))
    assert "Đã làm: " in first.stdout
    assert "congvan upgrade --profile" in first.stdout
    assert "không phải làm gì" in second.stdout


def test_a_second_opening_is_refused(config: Path) -> None:
    done = congvan("upgrade", "--profile", "so-khcn-lam-dong", "--config", config)
    assert done.returncode == 65
    assert "Cơ quan đã được mở" in done.stderr


def test_an_account_is_made_changed_and_closed(config: Path) -> None:
    options = ["--config", config]
    add = ["user", "add", "Lan", "--name", "Nguyễn Lan", "--role", "van-thu", "--division", "VP", *options]
    assert congvan(*add, typed=PASSWORD + "\n").returncode == 0
    again = congvan(*add, typed=PASSWORD + "\n")
    assert (again.returncode, "«lan» đã có" in again.stderr) == (65, True)
    poor = congvan("user", "password", "lan", *options, typed="ngắn\n")
    assert (poor.returncode, "ít nhất 14 ký tự" in poor.stderr) == (65, True)
    assert congvan("user", "password", "lan", *options, typed=PASSWORD + "\n").returncode == 0
    assert "Lãnh đạo" in congvan("user", "roles", "lan", "lanh-dao", *options).stdout
    assert congvan("user", "disable", "lan", *options).returncode == 0
    assert congvan("user", "list", *options).stdout == "lan\tNguyễn Lan\tLãnh đạo\tđã đóng\n"


def test_no_command_takes_a_password_as_an_argument() -> None:
    assert congvan("user", "add", "lan", "--name", "Lan", "--role", "van-thu", "--password", "x").returncode == 64


def test_a_disk_that_refuses_is_said_in_words(config: Path) -> None:
    words = ("verify", "--config", str(config))
    assert congvan(*words).returncode == 0  # makes the store's 256 folders, with a call for each
    calls = command_with_fault(0, "EIO", *words).calls
    faults = [command_with_fault(at, "EIO", *words) for at in range(1, calls + 1)]
    # A folder that is there already need not be made.
    assert {fault.code for fault in faults} == {0, 75} and not any("Traceback" in fault.said for fault in faults)
    assert all("congvan verify: " in fault.said for fault in faults if fault.code), faults
    assert any("Đĩa không đọc hay ghi được: đĩa hỏng hoặc không trả lời" in fault.said for fault in faults), (
        "the store's folders"
    )


def test_verify_proves_an_office_and_finds_what_was_deleted(config: Path) -> None:
    options = ["--config", config]
    whole = congvan("verify", *options)
    assert (whole.returncode, whole.stdout.splitlines()[-1]) == (0, "Nguyên vẹn.")
    with sqlite3.connect(config.parent / "data" / "congvan.sqlite3") as database:
        database.execute("DELETE FROM events")
    database.close()
    harmed = congvan("verify", *options)
    assert harmed.returncode == 1
    assert "✗ Nhật ký: cuối chuỗi" in harmed.stdout


def test_export_gives_json_lines(config: Path) -> None:
    done = congvan("export", "events", "--config", config)
    assert [json.loads(line)["act"] for line in done.stdout.splitlines()] == ["office_opened"]


def test_a_reader_that_goes_away_is_no_failure_of_ours(config: Path) -> None:
    command = f'"{sys.executable}" "{ROOT / "congvan.py"}" export events --config "{config}" | true'
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr


def test_doctor_says_what_is_wrong_and_what_to_do(config: Path, tmp_path: Path) -> None:
    secret = tmp_path / "mật khẩu"
    secret.write_text("x\n")
    secret.chmod(0o644)
    mailbox = '[[mailboxes]]\nname = "a"\nhost = "127.0.0.1"\nport = 9\nusername = "u"\nsecret_file = "mật khẩu"\n'
    with tempfile.TemporaryDirectory(prefix="congvan-test-", dir="/var/tmp") as disk:
        config.write_text(config.read_text().replace(str(tmp_path / "spool"), f"{disk}/spool") + mailbox)
        done = congvan("doctor", "--config", config)
    assert done.returncode == 1
    assert "✓ Cơ sở dữ liệu mở được" in done.stdout
    assert "✗ Vùng đệm nằm trong bộ nhớ" in done.stdout
    assert f"chmod 600 {secret}" in done.stdout
    assert "✗ Hộp thư «a» (u, 127.0.0.1:9)" in done.stdout
