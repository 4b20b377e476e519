"""The embedded mail server, spoken to by a real IMAP and a real SMTP client."""

import smtplib
import ssl
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from demo import mailserver
from demo.agencies import OFFICE_ADDRESS, SCANNER_ADDRESS
from demo.letters import DemoLetter

MONDAY_MORNING = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)  # 09:30 in Vietnam
RAW = b"From: vanthu@xa.example\r\nSubject: thu nghiem\r\n\r\nXin chao\r\n"


def test_every_letter_comes_back_equal_with_its_time_of_receipt(
    mail: mailserver.DemoMail, imap: IMAPClient, post: Sequence[DemoLetter]
) -> None:
    mine = [letter for letter in post if letter.mailbox == OFFICE_ADDRESS]
    for letter in mine:
        assert mail.append(letter.raw, letter.received_at, letter.mailbox, letter.key)
    imap.noop()
    uids = imap.search("ALL")
    fetched = imap.fetch(uids, ["BODY.PEEK[]", "INTERNALDATE", "FLAGS"])
    assert [fetched[uid][b"BODY[]"] for uid in uids] == [letter.raw for letter in mine]
    assert [fetched[uid][b"INTERNALDATE"] for uid in uids] == [letter.received_at for letter in mine]
    assert not any(b"\\Seen" in fetched[uid][b"FLAGS"] for uid in uids)


def test_a_waiting_client_is_woken_at_once(mail: mailserver.DemoMail, imap: IMAPClient) -> None:
    imap.idle()
    mail.append(RAW, MONDAY_MORNING)
    start = time.monotonic()
    assert (1, b"EXISTS") in imap.idle_check(timeout=30)
    assert time.monotonic() - start < 15
    imap.idle_done()


def test_a_burst_of_arrivals_is_told_to_the_last_one(mail: mailserver.DemoMail, imap: IMAPClient) -> None:
    imap.idle()
    told: list[object] = []
    for _ in range(20):
        mail.append(RAW, MONDAY_MORNING)
    deadline = time.monotonic() + 5
    while (20, b"EXISTS") not in told and time.monotonic() < deadline:
        told += imap.idle_check(timeout=1)
    imap.idle_done()
    assert (20, b"EXISTS") in told
    assert len(imap.search("ALL")) == 20


def test_the_same_letter_is_delivered_once(mail: mailserver.DemoMail, imap: IMAPClient) -> None:
    assert mail.append(RAW, MONDAY_MORNING, key="thu-1")
    assert not mail.append(RAW, MONDAY_MORNING, key="thu-1")
    imap.noop()
    assert len(imap.search("ALL")) == 1


def test_smtp_delivers_to_the_mailboxes_of_the_office_only(mail: mailserver.DemoMail, imap: IMAPClient) -> None:
    with smtplib.SMTP("127.0.0.1", mail.ports.smtp) as smtp:
        smtp.sendmail("xa@example.vn", [OFFICE_ADDRESS], RAW)
        with pytest.raises(smtplib.SMTPDataError, match="no such mailbox"):
            smtp.sendmail("xa@example.vn", ["ai-do@example.vn"], RAW)
    imap.noop()
    (uid,) = imap.search("ALL")
    assert imap.fetch(uid, ["BODY.PEEK[]"])[uid][b"BODY[]"] == RAW


def test_the_scanner_has_a_mailbox_of_its_own(mail: mailserver.DemoMail) -> None:
    mail.append(RAW, MONDAY_MORNING, SCANNER_ADDRESS)
    context = ssl.create_default_context(cafile=str(mail.certificate))
    with IMAPClient("localhost", port=mail.ports.imap, ssl_context=context, timeout=10) as client:
        client.login(SCANNER_ADDRESS, mailserver.PASSWORD)
        assert client.select_folder("INBOX", readonly=True)[b"EXISTS"] == 1


def test_a_wrong_password_is_refused(mail: mailserver.DemoMail) -> None:
    context = ssl.create_default_context(cafile=str(mail.certificate))
    client = IMAPClient("127.0.0.1", port=mail.ports.imap, ssl_context=context, timeout=10)
    with pytest.raises(LoginError):
        client.login(OFFICE_ADDRESS, "sai mat khau")
    client.shutdown()


def test_a_client_that_does_not_know_the_certificate_does_not_connect(mail: mailserver.DemoMail) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        IMAPClient("127.0.0.1", port=mail.ports.imap, ssl_context=ssl.create_default_context(), timeout=10)


def test_after_a_restart_the_mailbox_is_the_same(tmp_path: Path) -> None:
    def seen(mail: mailserver.DemoMail) -> tuple[object, list[int], object]:
        context = ssl.create_default_context(cafile=str(mail.certificate))
        with IMAPClient("127.0.0.1", port=mail.ports.imap, ssl_context=context, timeout=10) as client:
            client.login(OFFICE_ADDRESS, mailserver.PASSWORD)
            validity = client.select_folder("INBOX", readonly=True)[b"UIDVALIDITY"]
            uids = client.search("ALL")
            return validity, uids, client.fetch(uids, ["BODY.PEEK[]", "INTERNALDATE"])

    with mailserver.start(tmp_path) as mail:
        mail.append(RAW, MONDAY_MORNING, key="thu-1")
        mail.append(RAW + b"2\r\n", datetime(2026, 11, 20, 8, 0, tzinfo=UTC), key="thu-2")
        first = seen(mail)
    with mailserver.start(tmp_path) as mail:
        assert seen(mail) == first
        assert not mail.append(RAW, MONDAY_MORNING, key="thu-1")


def test_stopping_ends_waiting_clients_and_leaves_no_thread(tmp_path: Path) -> None:
    before = threading.active_count()
    mail = mailserver.start(tmp_path)
    context = ssl.create_default_context(cafile=str(mail.certificate))
    client = IMAPClient("127.0.0.1", port=mail.ports.imap, ssl_context=context, timeout=10)
    client.login(OFFICE_ADDRESS, mailserver.PASSWORD)
    client.select_folder("INBOX", readonly=True)
    client.idle()
    mail.stop()
    mail.stop()
    client.shutdown()
    assert threading.active_count() == before


def test_a_port_that_is_taken_is_told(mail: mailserver.DemoMail, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="address already in use"):
        mailserver.start(tmp_path / "other", imap_port=mail.ports.imap)
