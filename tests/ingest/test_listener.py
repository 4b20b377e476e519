"""LMTP and SMTP as mail servers speak them: real clients and bare sockets against a running intake."""

import hashlib
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from dovecot_server import Dovecot
from intake_office import Office, letter, open_office, wait_until
from pushing import CLERK, HEAD, SENDER, connected, dotted, is_open, open_listener

from config.settings import IntakeSettings
from core.letters import Arrival, Exclusion, HeldLetter, Message


@pytest.fixture
def office(tmp_path: Path, dovecot: Dovecot) -> Iterator[Office]:
    with open_office(tmp_path, dovecot) as opened:
        yield opened


def secret() -> bytes:
    mail = EmailMessage()
    mail["From"] = "Văn thư <vanthu@daknong.example.gov.vn>"
    mail["Subject"] = "Công văn độ mật: TUYỆT MẬT về kế hoạch X9-bí-danh"
    mail["Date"] = "Thu, 04 Jun 2026 08:30:00 +0700"
    mail["Message-ID"] = "<mat@daknong.example.gov.vn>"
    mail.set_content("Độ mật: TUYỆT MẬT\nNội dung X9-bí-danh.\n")
    mail.add_attachment(b"x9" * 500, maintype="application", subtype="octet-stream", filename="TUYET MAT X9.bin")
    return mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def unread() -> bytes:
    """A letter without a file, of nobody known: held, so that a person looks."""
    return (
        b"From: UBND <vanthu@lamdong.gov.vn>\r\nSubject: Ve cuoc hop\r\nMessage-ID: <h1@lamdong.gov.vn>\r\n"
        b"Date: Thu, 04 Jun 2026 08:30:00 +0700\r\n\r\nKinh gui So Khoa hoc va Cong nghe.\r\n"
    )


def test_a_letter_pushed_by_lmtp_is_taken_in_byte_for_byte_and_answered_for_each_recipient(office: Office) -> None:
    settings = open_listener(office)
    raw = letter(1).replace(b"Kinh", b".Kinh") + b".\r\n..x\r\n"
    with office.watching(), connected(settings) as line:
        line.envelope(CLERK, HEAD)
        first = line.say(dotted(raw))
        assert office.messages() == 1, "answered before the commit"
        assert first == line.answer() == "250 2.0.0 Da nhan thu\r\n"
        assert line.say(b"QUIT\r\n").startswith("221")
    assert office.rows(Message.raw_sha256) == [(hashlib.sha256(raw).hexdigest(),)]
    assert office.rows(Arrival.door, Arrival.mailbox, Arrival.folder, Arrival.size) == [
        ("lmtp", "may-chu-thu", f"{CLERK}, {HEAD}", len(raw))
    ]


@pytest.mark.parametrize("protocol", ["lmtp", "smtp"])
def test_the_standard_librarys_client_delivers(office: Office, protocol: str) -> None:
    settings = open_listener(office, protocol)
    kind = smtplib.LMTP if protocol == "lmtp" else smtplib.SMTP
    with office.watching(), kind(settings.host, settings.port) as client:
        for number in (1, 2):
            assert client.sendmail(SENDER, [CLERK], letter(number), ["BODY=8BITMIME", "SMTPUTF8"]) == {}
        assert int(client.esmtp_features["size"]) == 200 << 20
        assert {"8bitmime", "smtputf8", "pipelining"} <= client.esmtp_features.keys()
    assert office.messages() == 2
    assert {row[0] for row in office.rows(Arrival.door)} == {protocol}


def test_a_bounce_without_a_sender_and_an_address_in_vietnamese_come_in(office: Office) -> None:
    settings = open_listener(office, recipients={"văn-thư@sở.example": "den"})
    with office.watching(), connected(settings) as line:
        line.say(b"LHLO a\r\n")
        assert line.say(b"MAIL FROM:<> SMTPUTF8\r\n").startswith("250")
        assert line.say("RCPT TO:<Văn-thư@sở.example>\r\n".encode()).startswith("250")
        line.say(b"DATA\r\n")
        assert line.say(dotted(letter(1))).startswith("250")


def test_strangers_are_told_that_nobody_of_that_name_lives_here(office: Office) -> None:
    settings = open_listener(office)
    with office.watching(), connected(settings) as line:
        line.say(b"LHLO a\r\n")
        line.say(b"MAIL FROM:<a@b.example>\r\n")
        assert line.say(b"RCPT TO:<other@lamdong.example.gov.vn>\r\n").startswith("550 5.1.1")
        assert line.say(b"DATA\r\n").startswith("503")
        assert line.say(b"RCPT TO:<%s>\r\n" % CLERK.upper().encode()).startswith("250")


def test_a_suspected_secret_is_refused_and_leaves_only_its_trace(office: Office) -> None:
    settings = open_listener(office)
    with office.watching(), connected(settings) as line:
        line.envelope(CLERK, HEAD)
        assert line.say(dotted(secret())).startswith("550 5.7.1")
        assert line.answer().startswith("550 5.7.1")
        assert office.rows(Exclusion.category, Exclusion.subject) == [("bi_mat", None)]
        assert office.messages() == 0
        found = [path for path in office.home.rglob("*") if path.is_file() and b"X9" in path.read_bytes()]
        assert found == []
        assert list(office.store.contents()) == []


def test_a_held_letter_is_stored_sealed_and_answered_as_taken_also_when_it_comes_again(office: Office) -> None:
    settings = open_listener(office)
    with office.watching(), connected(settings) as line:
        for _ in range(2):
            line.envelope()
            assert line.say(dotted(unread())).startswith("250")
    assert len(office.rows(HeldLetter.id)) == 1
    assert [row[0] for row in office.rows(Arrival.state)] == ["held", "held"]


def test_a_letter_sent_again_after_a_lost_answer_is_one_letter_with_two_arrivals(office: Office) -> None:
    settings = open_listener(office)
    with office.watching():
        with connected(settings) as line:
            line.envelope()
            line.socket.sendall(dotted(letter(1)))  # and the client dies before it hears the answer
        wait_until(lambda: office.messages() == 1)
        with connected(settings) as line:
            line.envelope()
            assert line.say(dotted(letter(1, trace="by another try"))).startswith("250")
    assert office.messages() == 1
    assert [row[0] for row in office.rows(Arrival.state)] == ["taken", "taken"]


def test_too_large_is_said_at_once_where_the_size_is_declared_and_after_the_data_where_not(office: Office) -> None:
    settings = open_listener(office, max_megabytes=1)
    with office.watching(), connected(settings) as line:
        line.say(b"LHLO a\r\n")
        assert line.say(b"MAIL FROM:<a@b.example> SIZE=1048577\r\n").startswith("552 5.3.4")
        assert line.say(b"MAIL FROM:<a@b.example> SIZE=x\r\n").startswith("501")
        line.say(b"RSET\r\n")
        line.envelope()
        assert line.say(dotted(letter(1, 1_100_000))).startswith("552 5.3.4")
        line.envelope()
        assert line.say(dotted(letter(2))).startswith("250"), "the connection goes on"
    assert office.messages() == 1


def test_no_letter_is_announced_that_the_spool_can_never_hold(office: Office) -> None:
    office.intake = IntakeSettings(spool_megabytes=16)
    settings = open_listener(office)
    with office.watching(), smtplib.LMTP(settings.host, settings.port) as client:
        client.ehlo_or_helo_if_needed()
        assert int(client.esmtp_features["size"]) == 8 << 20


def test_while_the_spool_is_full_the_sender_is_asked_to_come_again(office: Office) -> None:
    office.intake = IntakeSettings(spool_megabytes=16)
    settings = open_listener(office)
    with office.watching(), connected(settings) as greedy, connected(settings) as line:
        greedy.say(b"LHLO a\r\n")
        assert greedy.say(b"MAIL FROM:<a@b.example> SIZE=8000000\r\n").startswith("250")
        greedy.say(b"RCPT TO:<%s>\r\n" % CLERK.encode())
        assert greedy.say(b"DATA\r\n").startswith("354")  # its room is kept until it has come
        line.envelope()
        assert line.say(dotted(letter(1, 1_000_000))).startswith("452 4.3.1")
        greedy.socket.shutdown(socket.SHUT_RDWR)
        wait_until(lambda: not any((office.home / "spool").glob("run-*/*/raw")))
        line.envelope()
        assert line.say(dotted(letter(1, 1_000_000))).startswith("250")


def test_pipelined_commands_and_a_second_letter_in_one_breath_are_answered_in_order(office: Office) -> None:
    settings = open_listener(office)
    with office.watching(), connected(settings) as line:
        line.say(b"LHLO a\r\n")
        envelope = b"MAIL FROM:<a@b.example>\r\nRCPT TO:<%s>\r\nDATA\r\n" % CLERK.encode()
        line.socket.sendall(envelope + dotted(letter(1)) + envelope + dotted(letter(2)) + b"QUIT\r\n")
        answers = [line.answer()[:3] for _ in range(9)]
    assert answers == ["250", "250", "354", "250", "250", "250", "354", "250", "221"]
    assert office.messages() == 2


def test_a_mail_smuggled_behind_a_bare_line_feed_stays_part_of_the_first(office: Office) -> None:
    settings = open_listener(office)
    evil = b"\n.\nMAIL FROM:<evil@b.example>\r\nRCPT TO:<%s>\r\nDATA\r\nFrom: evil\r\n\r\nx" % CLERK.encode()
    raw = letter(1) + evil + b"\r\n"
    with office.watching(), connected(settings) as line:
        line.envelope()
        assert line.say(dotted(raw)).startswith("250")
        assert line.say(b"NOOP\r\n").startswith("250")
    assert office.rows(Message.raw_size) == [(len(raw),)]


@pytest.mark.parametrize("when", ["in a command", "in the letter"])
def test_a_sender_who_only_drips_is_cut_off_and_keeps_nobody_waiting(office: Office, when: str) -> None:
    settings = open_listener(office, timeout_seconds=2)
    with office.watching(), connected(settings) as line:
        if when == "in the letter":
            line.envelope()
        began = time.monotonic()
        with pytest.raises(ConnectionError):
            for _ in range(100):
                line.socket.sendall(b"x")
                time.sleep(0.2)
        assert 1.5 < time.monotonic() - began < 15
        assert not any((office.home / "spool").glob("run-*/*/raw"))
        with connected(settings) as other:
            other.envelope()
            assert other.say(dotted(letter(1))).startswith("250")


def test_only_so_many_connections_and_only_from_the_networks_named(office: Office) -> None:
    settings = open_listener(office, connections=1)
    with office.watching(), connected(settings), socket.create_connection((settings.host, settings.port)) as second:
        assert second.recv(100).startswith(b"421 4.3.2")
    settings = open_listener(office, networks=["10.0.0.0/8"])
    with office.watching(), socket.create_connection((settings.host, settings.port)) as stranger:
        assert stranger.recv(100).startswith(b"554 5.7.1")


def test_while_the_database_can_not_be_written_the_answer_is_to_come_again(office: Office) -> None:
    settings = open_listener(office)
    with office.watching():
        with office.database.writing(), connected(settings) as line:
            line.envelope()
            assert line.say(dotted(letter(1))).startswith("451 4.3.0")
        assert not any((office.home / "spool").glob("run-*/*/raw"))
        with connected(settings) as line:
            line.envelope()
            assert line.say(dotted(letter(1))).startswith("250")
    assert office.messages() == 1


def test_a_store_that_takes_no_file_is_answered_at_once(office: Office) -> None:
    settings = open_listener(office)
    with office.watching():
        folder = office.settings.files_folder / "tmp"
        folder.rmdir()
        with connected(settings) as line:
            line.envelope()
            assert line.say(dotted(letter(1))).startswith("451 4.3.0")
        folder.mkdir()
        with connected(settings) as line:
            line.envelope()
            assert line.say(dotted(letter(1))).startswith("250")
    assert office.messages() == 1


def test_where_there_is_a_certificate_nothing_is_said_before_starttls(office: Office) -> None:
    home = office.dovecot.home
    settings = open_listener(office, "smtp", certificate=home / "server.pem", key=home / "server.key", host="localhost")
    with office.watching(), smtplib.SMTP(settings.host, settings.port) as client:
        client.ehlo()
        assert client.mail(SENDER)[0] == 530
        client.starttls(context=ssl.create_default_context(cafile=home / "ca.pem"))
        assert client.sendmail(SENDER, [CLERK], letter(1)) == {}
    assert office.messages() == 1


def test_a_unix_socket_serves_as_well(office: Office) -> None:
    settings = open_listener(office, socket=office.home / "lmtp")
    assert settings.socket is not None
    with office.watching():
        wait_until(settings.socket.exists)
        with smtplib.LMTP(str(settings.socket)) as client:
            assert client.sendmail(SENDER, [CLERK], letter(1)) == {}
        assert settings.socket.stat().st_mode & 0o777 == 0o660


def test_a_port_that_is_taken_is_tried_again_and_stops_nothing(office: Office) -> None:
    settings = open_listener(office)
    mailbox = office.mailbox("den")
    office.send(mailbox, letter(1))
    with socket.create_server((settings.host, settings.port)) as squatter, office.watching():
        wait_until(lambda: office.messages() == 1)
        squatter.close()
        wait_until(lambda: is_open(settings))


def test_twenty_letters_at_once_are_twenty_letters(office: Office) -> None:
    settings = open_listener(office)
    answers: list[str] = []

    def push(number: int) -> None:
        with connected(settings) as line:
            line.envelope()
            answers.append(line.say(dotted(letter(number, 300_000)))[:3])

    with office.watching():
        threads = [threading.Thread(target=push, args=(number,)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert answers == ["250"] * 20
    assert office.messages() == len(office.rows(Arrival.id)) == 20
