"""The outbox through a real Postfix: what goes out arrives, what comes back finds the message that it speaks of."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import postfix_server
import pytest
import scripted_smtp
import sending_office
from scripted_smtp import Fault, Server
from sending_office import Office

from core.deliveries import reports
from core.deliveries.tables import State
from ingest import mime


@contextmanager
def _relay(sink: Server) -> Iterator[postfix_server.Postfix]:
    with tempfile.TemporaryDirectory(prefix="congvan-test-") as name:
        transport = f"smtp:[127.0.0.1]:{sink.port}"
        with postfix_server.running(Path(name), "lamdong.example", transport) as relay:
            yield relay


@pytest.fixture
def sink() -> Iterator[Server]:
    with scripted_smtp.running() as running:
        yield running


@pytest.fixture
def relay(sink: Server) -> Iterator[postfix_server.Postfix]:
    with _relay(sink) as running:
        yield running


@pytest.fixture
def office(tmp_path: Path, migrated_sqlite: Path, relay: postfix_server.Postfix) -> Iterator[Office]:
    ours = {"from_address": "vanthu.so@lamdong.example"}
    with sending_office.opened(tmp_path, migrated_sqlite, relay.port, **ours) as made:
        yield made


def _wait(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def test_postfix_carries_each_message_once_and_names_its_queue_id(office: Office, sink: Server) -> None:
    file = office.file(b"%PDF-1.7\n.\n" * 5000, "Báo cáo quý II.pdf")
    ids = [office.queue(subject=f"Văn bản số {number}", files=[file]) for number in range(20)]
    office.dispatcher().send_waiting()
    rows = [office.desk.get(one) for one in ids]
    assert {row.state for row in rows} == {State.SENT} and all("queued as" in row.said for row in rows)
    _wait(lambda: len(sink.taken) >= len(ids))
    assert sorted(sink.taken) == sorted(row.message_id or "" for row in rows)


def test_a_bounce_of_postfix_finds_the_message_it_speaks_of(office: Office, sink: Server, tmp_path: Path) -> None:
    sink.arm(Fault("RCPT", "reply", b"550 5.1.1 no such mailbox"))
    lost, arrives = office.queue(), office.queue(recipient_address="khac@lamdong.example")
    office.dispatcher().send_waiting()
    _wait(lambda: len(sink.mails) >= 2)
    bounce = next(mail for mail in sink.mails if b"multipart/report" in mail)
    path = tmp_path / "bounce.eml"
    path.write_bytes(bounce)
    letter = mime.read_letter(path, None)
    with office.desk.database.writing() as session:
        for said in letter.reports:
            reports.take_report(
                session, said.original_message_id, said.recipient, said.action, said.status, said.text, at=office.now
            )  # fmt: skip
    states = {office.desk.get(one).state for one in (lost, arrives)}
    failed = next(one for one in (lost, arrives) if office.desk.get(one).state == State.FAILED)
    assert states == {State.FAILED, State.SENT}
    step = office.desk.steps(failed)[-1]
    assert step[0] == "report_failed" and step[2] == "5.1.1" and "no such mailbox" in step[3]


def test_postfix_that_is_away_costs_no_message(office: Office, relay: postfix_server.Postfix, sink: Server) -> None:
    office.settings = office.settings.model_copy(update={"port": sink.port + 1 if sink.port < 60000 else 1})
    waiting = office.queue()
    dispatcher = office.dispatcher()
    dispatcher.send_waiting()
    assert dispatcher.is_in_trouble and office.desk.get(waiting).tries == 0
    office.settings = office.settings.model_copy(update={"port": relay.port})
    assert office.until_settled(waiting).state == State.SENT
