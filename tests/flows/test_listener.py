"""Letters pushed by mail servers, from the connection to the book: a real Postfix, lost answers, kills."""

import hashlib
import os
import signal
import smtplib
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import postfix_server
import pytest
import sqlalchemy as sa
from intake_office import Office, letter, wait_until
from pushing import CLERK, SENDER, connected, dotted, is_open, open_listener
from whole_program import Program, running

from core import held, people
from core.errors import WrongState
from core.incoming.tables import Incoming
from core.letters import Arrival, Exclusion, IntakeRequest, Message
from core.people import Role

DOMAIN = "lamdong.example.gov.vn"


@pytest.fixture
def server_home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="congvan-postfix-") as name:
        yield Path(name)


def test_postfix_hands_letters_over_by_lmtp_and_keeps_them_while_we_are_away(office: Office, server_home: Path) -> None:
    settings = open_listener(office)
    transport = f"lmtp:inet:127.0.0.1:{settings.port}"
    with postfix_server.running(server_home, DOMAIN, transport) as postfix:
        with smtplib.SMTP("127.0.0.1", postfix.port) as client:
            client.sendmail(SENDER, [CLERK], letter(1))
            wait_until(lambda: "Connection refused" in postfix.log())
            assert postfix.queued() == 1
            with office.watching():
                client.sendmail(SENDER, [CLERK], letter(2, 5_000_000), ["BODY=8BITMIME", "SMTPUTF8"])
                client.sendmail(SENDER, [CLERK], letter(2, 5_000_000))
                wait_until(lambda: office.messages() == 2 and postfix.queued() == 0, seconds=60)
        assert postfix.log().count("status=sent (250 2.0.0 Da nhan thu)") == 3
    assert [row[0] for row in office.rows(Arrival.door)] == ["lmtp"] * 3
    assert len(office.rows(Incoming.id)) == 2


def secret(
    subject: str = "Công văn độ mật: TUYỆT MẬT", message_id: str = "<mat@x>", files: bytes = b"x9" * 500
) -> bytes:  # fmt: skip
    """A letter that screening leaves out; false alarm or not, only a person can say."""
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["Message-ID"] = SENDER, subject, message_id
    mail.set_content("Kính gửi.\n")
    mail.add_attachment(files, maintype="application", subtype="octet-stream", filename="van ban.bin")
    return mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def is_refused(office: Office, raw: bytes) -> bool:
    with smtplib.LMTP(office.listener.host, office.listener.port) as client:
        client.ehlo_or_helo_if_needed()
        client.mail(SENDER)
        client.rcpt(CLERK)
        code, _ = client.data(raw)
        assert code in (250, 550)
        return code == 550


def test_a_false_alarm_that_was_refused_comes_in_when_it_is_sent_again(office: Office) -> None:
    open_listener(office)
    at = datetime.now(UTC)
    with office.watching():
        assert is_refused(office, secret()) and is_refused(office, secret())
        with office.database.writing() as session:
            kha = people.add(session, "kha", "Kha", {Role.CUSTODIAN}, "x", at=at)
            session.flush()
            alarm = session.scalars(sa.select(Exclusion)).one()
            assert held.release_exclusion(session, alarm, by=kha, at=at) is None
            with pytest.raises(WrongState):
                held.release_exclusion(session, alarm, by=kha, at=at)
        assert not is_refused(office, secret()) and not is_refused(office, secret()), "the very letter"
        assert not is_refused(office, secret("Gửi lại công văn độ mật: TUYỆT MẬT", "<lai@x>")), "written anew"
        assert is_refused(office, secret(message_id="<khac@x>", files=b"other" * 99)), "other files: another letter"
    assert office.rows(Message.subject) == [("Công văn độ mật: TUYỆT MẬT",), ("Gửi lại công văn độ mật: TUYỆT MẬT",)]
    assert office.rows(Incoming.origin) == [("mail",)] * 2
    assert office.rows(IntakeRequest.id) == []


def main_process_of(program: Program) -> int:
    """The intake below the supervisor."""
    for pid in program.pids()[1:]:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        if b"ingest" in words:
            return pid
    raise AssertionError("no intake runs")


def is_committing(program: Program) -> bool:
    """Whether the committing process has been asked, and waits for the lock of the database."""
    for pid in program.pids():
        try:
            is_child = b"sandbox_child" in Path(f"/proc/{pid}/cmdline").read_bytes()
            opened = [str(handle.readlink()) for handle in Path(f"/proc/{pid}/fd").iterdir()] if is_child else []
        except OSError:
            continue
        if any(path.endswith(".sqlite3.lock") for path in opened):
            return True
    return False


def test_killed_between_commit_and_answer_the_letter_is_there_once_however_often_it_comes_again(
    office: Office,
) -> None:
    settings = open_listener(office)
    raw = letter(1)
    with running(office) as program:
        wait_until(lambda: is_open(settings), seconds=60)
        with connected(settings) as line:
            line.envelope()
            with office.database.writing():  # the committing process waits for this lock, which nobody can miss
                line.socket.sendall(dotted(raw))
                wait_until(lambda: is_committing(program))
                intake = main_process_of(program)
                os.kill(intake, signal.SIGSTOP)  # it can't say 250 any more; the process that commits goes on
            wait_until(lambda: office.messages() == 1, seconds=60)
            program.kill(intake)
            assert line.answer() == "", "an answer came after all"
        push_again(office, program, raw)
    assert [row[0] for row in office.rows(Arrival.state)] == ["taken", "taken"]
    assert_one_letter(office, program, raw)


def test_killed_before_the_commit_nothing_is_there_until_it_comes_again(office: Office) -> None:
    settings = open_listener(office)
    raw = letter(1)
    with running(office) as program:
        wait_until(lambda: is_open(settings), seconds=60)
        with connected(settings) as line:
            line.envelope()
            with office.database.writing():
                line.socket.sendall(dotted(raw))
                wait_until(lambda: any(office.store.contents()))
                for pid in reversed(program.pids()):
                    program.kill(pid)
            assert line.answer() == ""
        assert office.messages() == 0
        push_again(office, program, raw)
    assert len(office.rows(Arrival.id)) == 1
    assert_one_letter(office, program, raw)


def push_again(office: Office, program: Program, raw: bytes) -> None:
    """What every mail server does when it heard no answer."""
    program.restart()

    def is_taken() -> bool:
        try:
            with smtplib.LMTP(office.listener.host, office.listener.port) as client:
                return client.sendmail(SENDER, [CLERK], raw) == {}
        except OSError:
            return False

    wait_until(is_taken, seconds=40, pause=0.2)


def assert_one_letter(office: Office, program: Program, raw: bytes) -> None:
    """One letter, one draft, no file that no row names, everything intact."""
    assert office.rows(Message.raw_sha256) == [(hashlib.sha256(raw).hexdigest(),)]
    assert len(office.rows(Incoming.id)) == 1
    assert len(list(office.store.contents())) == 2
    checked = program.command("verify")
    assert checked.returncode == 0, checked.stdout + checked.stderr
