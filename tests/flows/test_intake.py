"""From a real mailbox to rows: each letter once, byte for byte, the mailbox untouched."""

import hashlib
import socket
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from dovecot_server import Dovecot
from intake_office import Office, attachment, letter, open_office, wait_until

from core.letters import Arrival, ArrivalState, HeldLetter, MailFolder, Message, MessageFile
from ingest.fetch import Fetch
from ingest.mailbox import Session


def test_every_letter_has_one_row_and_its_bytes_are_the_servers(office: Office) -> None:
    mailbox = office.mailbox("vanthu")
    sent = [letter(number, 40_000) for number in range(12)]
    office.send(mailbox, *sent)
    with office.dovecot.client(mailbox.username) as client:
        client.select_folder("INBOX", readonly=True)
        before = client.fetch("1:*", ["FLAGS", "UID", "RFC822.SIZE"])
    assert office.take_in() == 0
    assert office.take_in() == 0
    assert office.arrivals() == [(uid, "taken") for uid in range(1, 13)]
    with office.database.reading() as session:
        stored = session.scalars(sa.select(Message.raw_sha256)).all()
        files = session.scalars(sa.select(MessageFile.sha256)).all()
        assert session.scalar(sa.select(MailFolder.cursor)) == 12
    assert sorted(office.store.path_of(sha).read_bytes() for sha in stored if sha) == sorted(sent)
    assert set(files) == {hashlib.sha256(attachment(number, 40_000)).hexdigest() for number in range(12)}
    with office.dovecot.client(mailbox.username) as client:
        client.select_folder("INBOX", readonly=True)
        assert client.fetch("1:*", ["FLAGS", "UID", "RFC822.SIZE"]) == before


def test_a_letter_that_arrives_is_taken_in_at_once(office: Office) -> None:
    mailbox = office.mailbox("vanthu")
    with office.watching():
        office.send(mailbox, letter(1))
        wait_until(lambda: office.messages() == 1)
        time.sleep(0.3)  # let it fall idle
        office.send(mailbox, letter(2))
        wait_until(lambda: office.messages() == 2, seconds=mailbox.poll_seconds / 3)


def test_without_idle_the_mailbox_is_polled(office: Office) -> None:
    mailbox = office.mailbox("vanthu", idle=False, poll_seconds=5)
    with office.watching():
        time.sleep(0.5)
        office.send(mailbox, letter(1))
        wait_until(lambda: office.messages() == 1)


def test_the_same_letter_in_two_mailboxes_is_one_letter_with_two_arrivals(office: Office) -> None:
    first, second = office.mailbox("vanthu"), office.mailbox("lanhdao")
    office.send(first, letter(1, trace="by mx1; Thu, 04 Jun 2026 08:30:01 +0700"))
    office.send(second, letter(1, trace="by mx2; Thu, 04 Jun 2026 08:30:09 +0700"))
    assert office.take_in() == 0
    assert office.messages() == 1
    assert office.arrivals() == [(1, "taken"), (1, "taken")]


def test_two_letters_with_one_message_id_are_two_letters(office: Office) -> None:
    mailbox = office.mailbox("vanthu")
    office.send(mailbox, letter(1, message_id="<x@y.vn>"), letter(2, message_id="<x@y.vn>"))
    assert office.take_in() == 0
    assert office.messages() == 2


def test_when_uidvalidity_changes_known_letters_only_get_another_arrival(office: Office) -> None:
    mailbox = office.mailbox("vanthu", folders=("Den",))
    with office.dovecot.client(mailbox.username) as client:
        client.create_folder("Den")
    office.send(mailbox, letter(1), letter(2), folder="Den")
    assert office.take_in() == 0
    with office.dovecot.client(mailbox.username) as client:
        client.delete_folder("Den")
        time.sleep(1.1)  # Dovecot's UIDVALIDITY is the second of the folder's making
        client.create_folder("Den")
    office.send(mailbox, letter(1), letter(2), letter(3), folder="Den")
    assert office.take_in() == 0
    assert office.messages() == 3
    assert len(office.arrivals()) == 5
    with office.database.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Arrival.uidvalidity.distinct()))) == 2


def test_mail_from_before_the_cut_off_is_skipped_but_has_its_row(office: Office) -> None:
    mailbox = office.mailbox("vanthu", import_since="2026-06-01")
    with office.dovecot.client(mailbox.username) as client:
        for hour, number in (("2026-05-31T23:59:59+07:00", 1), ("2026-06-01T00:00:00+07:00", 2)):
            client.append("INBOX", letter(number), msg_time=datetime.fromisoformat(hour))
    assert office.take_in() == 0
    assert office.arrivals() == [(1, "skipped"), (2, "taken")]
    with office.dovecot.client(mailbox.username) as client:
        client.append("INBOX", letter(3), msg_time=datetime.fromisoformat("2020-01-01T00:00:00+07:00"))
    assert office.take_in() == 0
    assert office.arrivals()[2] == (3, "taken")


def test_mail_expunged_between_search_and_fetch_has_vanished(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    mailbox = office.mailbox("vanthu")
    office.send(mailbox, letter(1), letter(2), letter(3))
    places = Session.places

    def expunge_after(session: Session, uids: list[int]) -> object:
        found = places(session, uids)
        with office.dovecot.client(mailbox.username) as client:
            client.select_folder("INBOX")
            client.delete_messages([2])
            client.expunge()
        return found

    monkeypatch.setattr(Session, "places", expunge_after)
    assert office.take_in() == 0
    assert office.arrivals() == [(1, "taken"), (2, ArrivalState.VANISHED), (3, "taken")]


def test_two_daemons_on_one_mailbox_take_each_letter_once(office: Office) -> None:
    mailbox = office.mailbox("vanthu")
    with office.watching(), office.watching():
        office.send(mailbox, *(letter(number) for number in range(6)))
        wait_until(lambda: office.messages() == 6)
        with office.database.reading() as session:
            assert session.scalar(sa.select(MailFolder.lease_holder))
    assert office.arrivals() == [(uid, "taken") for uid in range(1, 7)]


def test_what_a_killed_daemon_of_this_host_held_is_free_at_the_next_start(office: Office) -> None:
    mailbox = office.mailbox("vanthu")
    office.send(mailbox, letter(1))
    assert office.take_in() == 0
    gone = subprocess.Popen(["true"])
    gone.wait()
    holder = f"{socket.gethostname()[:40]}:{gone.pid}:abcd"
    later = datetime.now(UTC) + timedelta(hours=1)
    with office.database.writing() as session:
        session.execute(sa.update(MailFolder).values(lease_holder=holder, lease_until=later))
    office.send(mailbox, letter(2))
    assert office.take_in() == 0
    assert office.messages() == 2


def test_a_letter_larger_than_the_spool_is_held_where_it_lies(office: Office) -> None:
    office.intake = office.intake.model_copy(update={"spool_megabytes": 16})
    mailbox = office.mailbox("vanthu")
    office.send(mailbox, letter(1, 7_000_000), letter(2))
    assert office.take_in() == 0
    assert office.arrivals() == [(1, "held"), (2, "taken")]


def test_more_letters_than_the_spool_holds_wait_for_room(office: Office) -> None:
    office.intake = office.intake.model_copy(update={"spool_megabytes": 16})
    mailbox = office.mailbox("vanthu")
    office.send(mailbox, *(letter(number, 3_000_000) for number in range(8)))
    assert office.take_in() == 0
    assert office.messages() == 8
    assert not list((office.home / "spool").glob("run-*"))


def test_an_office_on_postgresql_takes_in_the_same(tmp_path: Path, dovecot: Dovecot, postgresql_url: str) -> None:
    with open_office(tmp_path, dovecot, postgresql_url) as office:
        mailbox = office.mailbox("vanthu")
        nul = letter(3).replace(b"Subject: ", b"Subject: =?utf-8?q?=00?= ")
        office.send(mailbox, letter(1), letter(2), nul)
        with office.watching(), office.watching():
            wait_until(lambda: office.messages() == 3)
        assert office.arrivals() == [(1, "taken"), (2, "taken"), (3, "taken")]


def test_starttls_is_used_where_it_is_asked_for(office: Office) -> None:
    mailbox = office.mailbox("vanthu", tls="starttls", port=office.dovecot.plain_port)
    office.send(mailbox, letter(1))
    assert office.take_in() == 0
    assert office.messages() == 1


def test_a_letter_that_takes_too_long_is_held_and_the_next_is_not_delayed(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    office.intake = office.intake.model_copy(update={"letter_seconds": 15, "workers": 2})
    mailbox = office.mailbox("vanthu")
    office.send(mailbox, b"Subject: SLEEP\r\n\r\nx", b"Subject: DIE\r\n\r\nx", letter(1))
    assert office.take_in(reader="slow_reader:read_raw_letter") == 0
    assert office.arrivals() == [(1, "held"), (2, "held"), (3, "taken")]
    with office.database.reading() as session:
        reasons = session.scalars(sa.select(HeldLetter.reason).order_by(HeldLetter.reason)).all()
    assert reasons == ["unreadable_crash", "unreadable_time"]


def test_a_letter_whose_reader_dies_late_and_twice_is_held_and_the_next_does_not_wait_for_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    office.intake = office.intake.model_copy(update={"letter_seconds": 20, "workers": 2})
    mailbox = office.mailbox("vanthu")
    office.send(mailbox, b"Subject: LINGER\r\n\r\nx", letter(1))
    began = datetime.now(UTC)
    assert office.take_in(reader="slow_reader:read_raw_letter") == 0
    assert office.arrivals() == [(1, "held"), (2, "taken")]
    with office.database.reading() as session:
        assert session.scalars(sa.select(HeldLetter.reason)).all() == ["unreadable_crash"]
        dying, following = session.scalars(sa.select(Arrival.seen_at).order_by(Arrival.uid)).all()
    assert following < dying, "the next letter waited for one that only dies"
    assert (dying - began).total_seconds() < 2 * 20 + 20, "two readings, each within its limit, and no third"


def test_a_mail_that_the_server_will_not_give_is_held_where_it_lies_after_three_tries(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox = office.mailbox("vanthu")
    office.send(mailbox, letter(1), letter(2), letter(3))
    monkeypatch.setattr(Fetch, "open_target", _refusing(2, Fetch.open_target))
    with office.watching():
        wait_until(lambda: len(office.arrivals()) == 3)
    assert office.arrivals() == [(1, "taken"), (2, "held"), (3, "taken")]


def _refusing(refused: int, given: Callable[[Fetch, int, int], int | None]) -> Callable[[Fetch, int, int], int | None]:
    return lambda fetch, uid, size: None if uid == refused else given(fetch, uid, size)
