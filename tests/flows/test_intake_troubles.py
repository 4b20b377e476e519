"""What can go wrong with a mailbox: a sentence on the page, growing pauses, and recovery without a restart."""

import os
import resource
import socket
import sqlite3
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from dovecot_server import PASSWORD, free_port
from intake_office import Office, letter, wait_until
from whole_program import Program

from core.errors import Permanent
from core.letters import MailboxState, MailFolder


def state(office: Office) -> MailboxState:
    with office.database.reading() as session:
        return session.scalars(sa.select(MailboxState)).one()


def ask(office: Office, **columns: object) -> None:
    with office.database.writing() as session:
        session.execute(sa.update(MailboxState).values(**columns))


def test_after_two_refused_logins_nothing_is_tried_until_the_password_changes(office: Office) -> None:
    mailbox = office.mailbox("vanthu")
    office.send(mailbox, letter(1))
    secret = office.home / "vanthu.password"
    secret.write_text("sai")
    with office.watching():
        wait_until(lambda: state(office).stopped_at)
        told = state(office)
        assert told.refused_logins == 2
        assert "từ chối tên đăng nhập hoặc mật khẩu" in told.trouble and "Thử lại" in told.trouble
        wait_until(lambda: office.refused_logins(mailbox) == 2)  # the server writes its log when it likes
        time.sleep(1.5)
        assert office.refused_logins(mailbox) == 2
        secret.write_text(PASSWORD)
        wait_until(lambda: office.messages() == 1, seconds=mailbox.poll_seconds / 2)
        wait_until(lambda: state(office).trouble == "")
        assert state(office).stopped_at is None


def test_pressing_try_again_tries_again_at_once(office: Office) -> None:
    mailbox = office.mailbox("vanthu")
    secret = office.home / "vanthu.password"
    secret.write_text("sai")
    os.utime(secret, (1, 1))
    with office.watching():
        wait_until(lambda: state(office).stopped_at)
        ask(office, retry_asked_at=datetime.now(UTC))
        wait_until(lambda: office.refused_logins(mailbox) == 3)


def test_refused_logins_are_remembered_over_a_restart(office: Office) -> None:
    mailbox = office.mailbox("vanthu")
    secret = office.home / "vanthu.password"
    secret.write_text("sai")
    os.utime(secret, (1, 1))
    assert office.take_in() == 69
    assert office.take_in() == 69
    assert office.take_in() == 69
    assert office.refused_logins(mailbox) == 2


FAULTS: list[tuple[str, dict[str, object], str]] = [
    ("host", {"host": "khong-co.invalid"}, "Không tìm thấy máy chủ thư «khong-co.invalid»"),
    ("connection", {"port": free_port()}, "Không nối được tới máy chủ thư «localhost»"),
    ("tls", {"ca_file": None}, "chứng thư không hợp lệ"),
    ("tls", {"host": "localhost.localdomain"}, "chứng thư không hợp lệ"),
    ("folder", {"folders": ("Không có",)}, "Không mở được thư mục «Không có»"),
    ("secret", {"secret_file": Path("/nonexistent/secret")}, "Không đọc được tệp mật khẩu"),
]


@pytest.mark.parametrize(("kind", "change", "sentence"), FAULTS, ids=[f"{f[0]}{n}" for n, f in enumerate(FAULTS)])
def test_a_fault_is_told_in_words_and_the_exit_code_says_so(
    office: Office, kind: str, change: dict[str, object], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if change.get("host") == "localhost.localdomain":
        known = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", lambda _host, *rest, **named: known("localhost", *rest, **named))
    office.mailbox("vanthu", **change)
    assert office.take_in() == 69
    told = state(office)
    assert told.trouble_kind == kind
    assert sentence in told.trouble
    assert told.last_error_at is not None


def test_a_folder_that_comes_back_is_read_again_without_a_restart(office: Office) -> None:
    mailbox = office.mailbox("vanthu", folders=("Den",))
    with office.watching():
        wait_until(lambda: state(office).trouble_kind == "folder")
        with office.database.reading() as session:
            assert session.scalar(sa.select(MailFolder.is_missing))
        with office.dovecot.client(mailbox.username) as client:
            client.create_folder("Den")
        office.send(mailbox, letter(1), folder="Den")
        wait_until(lambda: office.messages() == 1)
        wait_until(lambda: state(office).trouble == "")


def test_fetch_now_ends_a_long_pause_and_test_answers_in_words(office: Office) -> None:
    mailbox = office.mailbox("vanthu", idle=False, poll_seconds=3600)
    with office.watching():
        wait_until(lambda: state(office).last_success_at)
        office.send(mailbox, letter(1))
        ask(office, fetch_asked_at=datetime.now(UTC), test_asked_at=datetime.now(UTC))
        wait_until(lambda: office.messages() == 1)  # the next poll would be in an hour
        wait_until(lambda: state(office).test_answer)
        assert state(office).test_answer.startswith("Kết nối tốt")
        wait_until(lambda: state(office).fetch_done_at)


def test_a_database_locked_by_another_loses_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.db.LOCK_SECONDS", 0.5)
    mailbox = office.mailbox("vanthu")
    with office.watching():
        wait_until(lambda: state(office).last_success_at)
        other = sqlite3.connect(office.settings.data / "congvan.sqlite3", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        office.send(mailbox, letter(1), letter(2))
        time.sleep(2)
        other.execute("ROLLBACK")
        other.close()
        wait_until(lambda: office.messages() == 2)


def test_a_disk_that_takes_no_more_loses_nothing(office: Office) -> None:
    mailbox = office.mailbox("vanthu")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with office.watching():
        wait_until(lambda: state(office).last_success_at)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, hard))
        try:
            office.send(mailbox, letter(1), letter(2, 3_000_000))
            wait_until(lambda: state(office).trouble_kind == "disk")
            assert "đĩa đầy" in state(office).trouble
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        wait_until(lambda: office.messages() == 2)
        wait_until(lambda: state(office).trouble == "")


def test_configuration_of_a_mailbox_without_its_book_is_refused(office: Office) -> None:
    office.mailbox("vanthu", book="khong-co")
    with pytest.raises(Permanent, match="khong-co"):
        office.take_in()


def test_one_pass_over_a_disk_that_stays_full_ends_with_words_and_the_letter_stays(office: Office) -> None:
    mailbox = office.mailbox("vanthu")
    office.send(mailbox, letter(1, 2_000_000))
    # The store alone is full: a memory file system of a megabyte in its place.
    full = ["bwrap", "--dev-bind", "/", "/", "--size", "1000000", "--tmpfs", str(office.settings.files_folder)]
    began = time.monotonic()
    done = Program(office, subprocess.DEVNULL, lambda line: [*full, *line]).command("ingest", "--once")
    assert done.returncode == 75, done.stderr
    assert "congvan ingest: Không ghi được tệp: đĩa đầy" in done.stderr and "thư vẫn ở hộp thư" in done.stderr
    assert "Traceback" not in done.stderr and time.monotonic() - began < 60
    assert office.arrivals() == []
    assert office.take_in() == 0 and office.arrivals() == [(1, "taken")]
