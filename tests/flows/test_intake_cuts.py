"""Promise 2 against a server that breaks off, talks nonsense, falls silent or drips, at any byte of a letter."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
import scripted_imap
from counts import times
from intake_office import Office, letter, wait_until
from scripted_imap import Fault, How, ScriptedImap

from core.letters import MailboxState, Message
from ingest import literals
from ingest.pipeline import READER
from ingest.service import Intake
from ingest.trouble import Kind, Trouble

SMALL = 300  # bytes of the file in a small letter


@pytest.fixture
def server(office: Office) -> Iterator[ScriptedImap]:
    with scripted_imap.running(office.dovecot.home) as running:
        office.mailbox("vanthu", port=running.port, timeout_seconds=5, poll_seconds=5)
        yield running


@contextmanager
def intake_of(office: Office) -> Iterator[Intake]:
    """The parts of one intake process, whose passes the test makes one by one."""
    intake = Intake(office.settings, office.database, threading.Event(), lambda: datetime.now(UTC), READER)
    intake.start()
    try:
        yield intake
    finally:
        intake.close()


def one_pass(intake: Intake) -> Trouble | None:
    return intake.watches[0].run_once()


def spooled(office: Office) -> list[str]:
    return [path.name for path in (office.home / "spool").glob("run-*/*/raw")]


@pytest.mark.torture
def test_a_connection_cut_at_any_byte_of_a_fetch_loses_nothing_and_doubles_nothing(
    office: Office, server: ScriptedImap
) -> None:
    count = times(20, 200, 2000)
    server.letters = {1: letter(1, SMALL), 2: letter(2, SMALL)}
    first = len(server.answer(1, b"F1"))
    whole = first + len(server.answer(2, b"F2"))
    rng = random.Random(20260604)
    # In full every byte of both answers is a place; a sample takes the bytes at the seams and some of the rest.
    head = server.answer(1, b"F1").index(b"\r\n") + 2
    seams = [*range(0, head + 2, 3), *range(first - 24, first)]
    ats = [*seams, *range(whole)] if count >= whole else [*seams[: count // 2], *rng.sample(range(first), count // 2)]
    cut = 0
    with intake_of(office) as intake:
        for at in [at for at in ats if at < first]:
            server.fault = Fault(at, How.RESET if at % 2 else How.FIN)
            trouble = one_pass(intake)
            assert trouble is not None and trouble.kind is Kind.CONNECTION, f"at {at}: {trouble}"
            assert office.arrivals() == [] and spooled(office) == [], f"at {at}"
            cut += 1
        for at in [at for at in ats if at >= first]:
            server.fault = Fault(at if not office.arrivals() else at - first, How.FIN)
            trouble = one_pass(intake)
            assert trouble is not None and trouble.kind is Kind.CONNECTION, f"at {at}: {trouble}"
            wait_until(lambda: office.arrivals() == [(1, "taken")])
            cut += 1
        server.fault = None
        assert one_pass(intake) is None
    print(f"{cut} cuts")
    assert_taken(office, server)


@pytest.mark.torture
def test_garbage_at_any_byte_of_a_fetch_is_no_letter(office: Office, server: ScriptedImap) -> None:
    server.letters = {1: letter(1, SMALL)}
    answer = server.answer(1, b"F1")
    head, tail = answer.index(b"\r\n") + 2, answer.index(b")\r\nF1 OK")
    # Within the literal any byte is the letter's, after the tagged OK any word is a remark.
    status = tail + len(b")\r\nF1 ")
    outside = [*range(head), *range(tail, status)]
    rng = random.Random(4)
    with intake_of(office) as intake:
        for at in [status, status + 1, *rng.sample(outside, min(len(outside), times(8, 40, 200)))]:
            server.fault = Fault(at, How.GARBAGE)
            trouble = one_pass(intake)
            assert trouble is not None and trouble.kind in (Kind.PROTOCOL, Kind.CONNECTION), f"at {at}: {trouble}"
            assert office.arrivals() == [] and spooled(office) == [], f"at {at}"
        server.fault = None
        assert one_pass(intake) is None
    assert_taken(office, server)


def test_a_server_that_falls_silent_inside_a_letter_is_left_after_the_time_limit(
    office: Office, server: ScriptedImap
) -> None:
    server.letters = {1: letter(1, SMALL)}
    whole = len(server.answer(1, b"F1"))
    with intake_of(office) as intake:
        for at in (0, 10, whole // 2, whole - 3):
            server.fault = Fault(at, How.SILENCE)
            began = time.monotonic()
            trouble = one_pass(intake)
            assert trouble is not None and trouble.kind is Kind.CONNECTION, f"at {at}: {trouble}"
            assert 4.5 < time.monotonic() - began < 15
            assert office.arrivals() == []
        server.fault = None
        assert one_pass(intake) is None
    assert_taken(office, server)


def test_a_server_that_drips_is_left_and_a_slow_one_is_not(
    office: Office, server: ScriptedImap, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.letters = {1: letter(1, SMALL)}
    at = len(server.answer(1, b"F1")) // 2
    monkeypatch.setattr(literals, "_DRIP_GRACE_SECONDS", 1)
    with intake_of(office) as intake:
        server.fault = Fault(at, How.DRIP)
        trouble = one_pass(intake)
        assert trouble is not None and trouble.kind is Kind.CONNECTION
        assert office.arrivals() == []
        assert server.dripped < len(server.answer(1, b"F1")) // 4  # it did not wait for the end
        server.fault = Fault(0, How.DRIP)  # not even the first line
        trouble = one_pass(intake)
        assert trouble is not None and trouble.kind is Kind.CONNECTION
        server.fault = Fault(len(server.answer(1, b"F1")) - 60, How.DRIP)
        monkeypatch.setattr(literals, "_DRIP_GRACE_SECONDS", 60)
        assert one_pass(intake) is None
    assert_taken(office, server)


def test_after_each_failure_the_next_try_comes_later_and_says_why(office: Office, server: ScriptedImap) -> None:
    server.letters = {1: letter(1, SMALL)}
    server.fault = Fault(20, How.FIN)
    with office.watching():
        wait_until(lambda: len(server.connected_at) >= 4, seconds=40)
        assert office.rows(MailboxState.trouble_kind) == [("connection",)]
        server.fault = None
        wait_until(lambda: office.messages() == 1, seconds=40)
        wait_until(lambda: office.rows(MailboxState.trouble) == [("",)])
    gaps = [later - earlier for earlier, later in zip(server.connected_at, server.connected_at[1:4], strict=False)]
    assert gaps[0] >= 0.8 and gaps[1] >= 1.6 and gaps[2] >= 3.2, gaps
    assert_taken(office, server)


def test_a_uid_that_is_used_again_under_a_new_uidvalidity_is_another_letter(
    office: Office, server: ScriptedImap
) -> None:
    server.letters = {1: letter(1, SMALL), 2: letter(2, SMALL)}
    with intake_of(office) as intake:
        assert one_pass(intake) is None
        server.uidvalidity, server.letters = 2, {1: letter(3, SMALL), 2: letter(1, SMALL)}
        assert one_pass(intake) is None
        assert one_pass(intake) is None
    assert sorted(office.arrivals()) == [(1, "taken"), (1, "taken"), (2, "taken"), (2, "taken")]
    assert office.messages() == 3


def test_letters_without_a_message_id_are_told_apart_by_what_they_say(office: Office, server: ScriptedImap) -> None:
    def bare(number: int) -> bytes:
        return b"\r\n".join(line for line in letter(number, SMALL).split(b"\r\n") if b"Message-ID" not in line)

    server.letters = {1: bare(1), 2: bare(2), 3: bare(1)}
    with intake_of(office) as intake:
        assert one_pass(intake) is None
    assert office.arrivals() == [(1, "taken"), (2, "taken"), (3, "taken")]
    assert office.messages() == 2


def assert_taken(office: Office, server: ScriptedImap) -> None:
    """Every letter once, byte for byte, and nothing left in the spool."""
    assert office.arrivals() == [(uid, "taken") for uid in sorted(server.letters)]
    stored = [office.store.path_of(str(row[0])).read_bytes() for row in office.rows(Message.raw_sha256)]
    assert sorted(stored) == sorted(server.letters.values())
    assert not list((office.home / "spool").glob("run-*"))
