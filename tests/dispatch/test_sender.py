"""Sending: what leaves, what waits, what failed and what nobody knows, by the answers of a mail server."""

import base64
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import scripted_smtp
import sending_office
from scripted_smtp import Fault, Server
from sending_office import MORNING, Office

from core.deliveries import pausing, queueing
from core.deliveries.tables import State
from demo import certificate
from dispatch import sender

QUICK: dict[str, Any] = {"timeout_seconds": 1, "answer_seconds": 1}


def test_what_waits_is_sent_over_one_connection_each_once(office: Office, server: Server) -> None:
    ids = [office.queue(subject=f"Văn bản {number}") for number in range(5)]
    assert office.dispatcher().send_waiting() == 5
    rows = [office.desk.get(one) for one in ids]
    assert [row.state for row in rows] == [State.SENT] * 5
    assert server.taken == [row.message_id for row in rows] and server.connections == 1
    assert rows[0].said == "250 2.0.0 Ok: queued as 4BD1" and rows[0].sent_at == MORNING
    assert office.dispatcher().send_waiting() == 0


def test_the_envelope_asks_for_reports_where_the_server_knows_them(office: Office, server: Server) -> None:
    office.queue(recipient_address="vanthu@đồng-nai.example")
    office.dispatcher().send_waiting()
    mail, recipient = (line.decode() for line in server.said if line[:4] in (b"MAIL", b"RCPT"))
    assert mail.startswith("MAIL FROM:<vanthu@so.example> SIZE=") and " RET=HDRS ENVID=cv.1." in mail
    assert (
        recipient.startswith("RCPT TO:<vanthu@xn--") and " NOTIFY=FAILURE,DELAY ORCPT=rfc822;vanthu@xn--" in recipient
    )
    server.offers, server.said = (), []
    office.queue()
    office.dispatcher().send_waiting()
    assert [line for line in server.said if line[:4] in (b"MAIL", b"RCPT")] == [
        b"MAIL FROM:<vanthu@so.example>", b"RCPT TO:<vanthu@lamdong.example>"
    ]  # fmt: skip


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "DOT"])
def test_a_temporary_no_is_tried_again_later_and_a_final_one_is_shown_with_its_step(
    office: Office, server: Server, stage: str
) -> None:
    server.arm(Fault(stage, "reply", b"451-4.3.0 try\r\n451 4.3.0 later"))
    first = office.queue()
    office.dispatcher().send_waiting()
    row = office.desk.get(first)
    assert row.state == State.WAITING and timedelta(minutes=4) < row.try_at - MORNING < timedelta(minutes=6)
    where = "DATA" if stage == "DOT" else stage
    assert office.desk.steps(first)[-1] == ("deferred", where, "4.3.0", "451-4.3.0 try\n451 4.3.0 later")
    assert office.until_settled(first).state == State.SENT
    server.arm(Fault(stage, "reply", b"550 5.1.1 no such user"))
    second = office.queue()
    assert office.until_settled(second).state == State.FAILED
    assert office.desk.steps(second)[-1] == ("failed", where, "5.1.1", "550 5.1.1 no such user")
    assert server.taken == [row.message_id]


@pytest.mark.parametrize("act", ["cut", "late_cut", "silence", "drip"])
def test_no_answer_to_the_end_of_the_data_is_uncertain_and_never_tried_again(
    office: Office, server: Server, act: str
) -> None:
    office.settings = office.settings.model_copy(update=QUICK)
    server.arm(Fault("DOT", act, takes=True))
    unsure, next_one = office.queue(), office.queue()
    office.dispatcher().send_waiting()
    office.now += timedelta(days=3)
    office.dispatcher().settle_abandoned()
    office.dispatcher().send_waiting()
    assert office.desk.get(unsure).state == State.UNCERTAIN
    assert office.desk.get(next_one).state == State.SENT
    assert server.taken == [office.desk.get(one).message_id for one in (unsure, next_one)]
    office.desk.act(queueing.decide, unsure, State.WAITING)
    assert office.until_settled(unsure).state == State.SENT
    assert server.taken.count(office.desk.get(unsure).message_id or "") == 2, "the same Message-ID tells the recipient"


def test_a_refused_recipient_does_not_end_the_connection(office: Office, server: Server) -> None:
    server.arm(Fault("RCPT", "reply", b"550 5.1.1 no"))
    office.queue()
    office.queue()
    office.dispatcher().send_waiting()
    assert server.connections == 1 and len(server.taken) == 1 and b"RSET" in server.said


def test_a_connection_that_was_kept_and_is_gone_is_opened_anew(office: Office, server: Server) -> None:
    first, second = office.queue(), office.queue()
    strikes = server.strikes

    def gone_after_the_first(stage: str, line: int = 0) -> Fault | None:
        is_second = stage == "MAIL" and len(server.taken) == 1 and server.connections == 1
        return Fault(stage, "reply", b"421 4.4.2 idle for too long") if is_second else strikes(stage, line)

    server.strikes = gone_after_the_first  # type: ignore[method-assign]
    office.dispatcher().send_waiting()
    assert [office.desk.get(one).state for one in (first, second)] == [State.SENT, State.SENT]
    assert office.desk.get(second).tries == 1 and server.connections == 2


def test_without_a_mail_server_no_message_is_to_blame_and_the_reason_stands_there(
    office: Office, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "_FIRST_PAUSE_SECONDS", 30.0)
    waiting = office.queue()
    server.arm(Fault("CONNECT", "reply", b"554 5.7.1 not you"))
    dispatcher = office.dispatcher()
    dispatcher.send_waiting()
    assert dispatcher.is_in_trouble and dispatcher.send_waiting() == 0, "it waits a little"
    row = office.desk.get(waiting)
    assert (row.state, row.tries) == (State.WAITING, 0)
    with office.desk.database.reading() as session:
        trouble = pausing.trouble(session)
        assert trouble and trouble.why == "Máy chủ thư 127.0.0.1 từ chối ở bước CONNECT: 554 5.7.1 not you"
    assert office.until_settled(waiting).state == State.SENT
    with office.desk.database.reading() as session:
        assert pausing.trouble(session) is None


def test_a_server_that_asks_to_slow_down_for_a_domain_is_heeded_for_that_domain(office: Office, server: Server) -> None:
    server.arm(Fault("RCPT", "reply", b"450 4.7.1 rate limited"))
    first, second = office.queue(), office.queue()
    other = office.queue(recipient_address="a@khac.example")
    office.dispatcher().send_waiting()
    states = [office.desk.get(one).state for one in (first, second, other)]
    assert states == [State.WAITING, State.WAITING, State.SENT] and office.desk.get(second).tries == 0


def test_a_missing_file_fails_its_own_message_only(office: Office, server: Server) -> None:
    file = office.file(b"%PDF", "van-ban.pdf")
    office.store.remove(file.sha256)
    broken, good = office.queue(files=[file]), office.queue()
    office.dispatcher().send_waiting()
    assert office.desk.get(broken).state == State.FAILED and "Kho tệp thiếu" in office.desk.get(broken).said
    assert office.desk.get(good).state == State.SENT and server.connections == 1


def test_a_mail_larger_than_the_server_takes_is_not_sent_at_all(office: Office, server: Server) -> None:
    server.offers = (b"SIZE 1000",)
    large = office.queue(body="dài " * 1000)
    office.dispatcher().send_waiting()
    assert office.desk.steps(large)[-1][:3] == ("failed", "SIZE", "5.3.4") and not server.taken


def test_an_address_beyond_ascii_needs_a_server_that_knows_it(office: Office, server: Server) -> None:
    good = office.queue(recipient_address="văn.thư@lamdong.example")
    office.dispatcher().send_waiting()
    assert office.desk.get(good).state == State.SENT
    assert any(line.endswith(b"SMTPUTF8") or b" SMTPUTF8 " in line for line in server.said if line[:4] == b"MAIL")
    server.offers = ()
    bad = office.queue(recipient_address="văn.thư@lamdong.example")
    office.dispatcher().send_waiting()
    assert office.desk.get(bad).state == State.FAILED


def test_it_is_tried_for_two_days_and_then_fails_with_the_last_words(office: Office, server: Server) -> None:
    server.arm(Fault("RCPT", "reply", b"451 4.2.1 mailbox busy", times=1000))
    row = office.until_settled(office.queue())
    assert row.state == State.FAILED and "451 4.2.1 mailbox busy" in row.said and row.tries == 17
    assert timedelta(days=1, hours=16) < office.now - MORNING < timedelta(days=2, hours=6)


def test_told_to_stop_it_finishes_the_message_in_hand(office: Office, server: Server) -> None:
    first, second = office.queue(), office.queue()
    office.stop.set()
    office.dispatcher().send_waiting()
    assert [office.desk.get(one).state for one in (first, second)] == [State.SENT, State.WAITING]


def test_the_end_of_the_data_waits_for_the_commit(office: Office, server: Server) -> None:
    """While the database takes nothing, the server gets no end of the data."""
    waiting = office.queue()
    is_held, may_go = threading.Event(), threading.Event()
    ended_early = []
    strikes = server.strikes

    def holder() -> None:
        with office.desk.database.writing():
            is_held.set()
            may_go.wait(1)
            may_go.set()

    def meanwhile(stage: str, line: int = 0) -> Fault | None:
        if stage == "DATA":
            threading.Thread(target=holder).start()
            assert is_held.wait(5)
        if stage == "DOT":
            ended_early.append(not may_go.is_set())
        return strikes(stage, line)

    server.strikes = meanwhile  # type: ignore[method-assign]
    office.dispatcher().send_waiting()
    assert ended_early == [False] and office.desk.get(waiting).state == State.SENT


def test_a_sender_that_was_thought_dead_leaves_the_message_to_the_next(office: Office, server: Server) -> None:
    waiting = office.queue()
    strikes = server.strikes

    def meanwhile(stage: str, line: int = 0) -> Fault | None:
        if stage == "DATA" and server.connections == 1:  # as another sender would
            office.desk.settle(office.now, is_alone=True)
        return strikes(stage, line)

    server.strikes = meanwhile  # type: ignore[method-assign]
    office.dispatcher().send_waiting()
    assert server.connections == 2  # the first was left before the letter's end: the message was not its own
    assert office.until_settled(waiting).state == State.SENT and len(server.taken) == 1


def test_tls_is_verified_and_the_password_goes_out_behind_it_only(tmp_path: Path, migrated_sqlite: Path) -> None:
    chain, key = certificate.make(tmp_path / "tls", datetime.now(UTC))
    secret = tmp_path / "secret"
    secret.write_text("mật khẩu\n")
    log_in = {"security": "starttls", "username": "vanthu", "secret_file": secret}
    with (
        scripted_smtp.running(certificate.server_context(chain, key)) as server,
        sending_office.opened(tmp_path, migrated_sqlite, server.port, **log_in) as office,
    ):
        waiting = office.queue()
        office.dispatcher().send_waiting()
        assert office.desk.get(waiting).state == State.WAITING
        with office.desk.database.reading() as session:
            trouble = pausing.trouble(session)
            assert trouble and "chứng thư của máy ấy không tin được: tự ký, máy này chưa tin" in trouble.why
        assert not any(line.startswith((b"AUTH", b"MAIL")) for line in server.said)
        office.settings = office.settings.model_copy(update={"ca_file": chain})
        assert office.until_settled(waiting).state == State.SENT
        assert b"AUTH PLAIN " + base64.b64encode("\0vanthu\0mật khẩu".encode()) in server.said


def test_a_server_without_tls_gets_nothing_where_tls_is_asked_for(office: Office, server: Server) -> None:
    office.settings = office.settings.model_copy(update={"security": "starttls"})
    office.queue()
    dispatcher = office.dispatcher()
    dispatcher.send_waiting()
    assert dispatcher.is_in_trouble and [line[:4] for line in server.said] == [b"EHLO"]
