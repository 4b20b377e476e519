"""Promise 6 by count: whatever the mail server does wrong, each message arrives once, or is uncertain; none is lost."""

import os
import random
import time
from typing import Any

import pytest
from counts import times
from scripted_smtp import STAGES, Fault, Server
from sending_office import Office

from core.deliveries.tables import State
from dispatch.composer import Mail
from dispatch.smtp import Lost, Refused, Unanswered, open_connection

_WORDS = (b"421 4.3.2 closing", b"450 4.2.0 later", b"451-4.3.0 one\r\n451 4.3.0 two", b"452 4.5.3 full",
          b"500 5.5.2 what", b"550 5.1.1 unknown", b"552 5.2.2 over quota", b"554 5.7.1 refused", b"150 soon", b"299 ?",
          b"354 more", b"rubbish", b"", b"-", b"9" * 5000)  # fmt: skip


def generated(rng: random.Random) -> Fault:
    """One fault: answers of every kind are frequent, silence and slow drips, which take time, rare."""
    stage = rng.choice(STAGES)
    act = rng.choices(("reply", "cut", "late_cut", "silence", "drip"), (12, 6, 3, 1, 1))[0]
    if stage == "BODY":  # 421 is all that a server may say before the end (RFC 5321 3.8)
        return Fault(stage, rng.choice(("reply", "cut", "cut")), _WORDS[0], line=rng.randint(1, 40))
    words, takes, times_over = rng.choice(_WORDS), rng.random() < 0.5, rng.choice((1, 1, 1, 3))
    return Fault(stage, act, words, line=rng.randint(1, 40), takes=takes, times=times_over)


def settles(office: Office, server: Server, fault: Fault, **message: Any) -> str:
    """Send one message through a server that does this wrong; returns what became of it."""
    server.arm(fault)
    server.taken.clear()
    delivery = office.queue(body="dòng thư\n" * 20, **message)
    row = office.until_settled(delivery)
    server.arm(None)
    came = server.taken.count(row.message_id or "")
    assert len(server.taken) == came <= 1, f"{fault}: sent {came} times"
    if row.state == State.SENT:
        assert came == 1 or fault.stage == "DOT", f"{fault}: lost"
    else:
        assert row.state in (State.FAILED, State.UNCERTAIN), f"{fault}: {row.state}"
        assert row.state == State.UNCERTAIN or came == 0 or is_a_lie(fault), f"{fault}: arrived, but «không gửi được»"
    return row.state


def is_a_lie(fault: Fault) -> bool:
    """Whether the server refuses a message in words, and keeps it."""
    return fault.stage == "DOT" and fault.act == "reply" and fault.takes


@pytest.mark.parametrize("part", range(2))
def test_faults_of_the_mail_server_lose_nothing_and_send_nothing_twice(
    office: Office, server: Server, part: int
) -> None:
    _generated_faults(office, server, part, 40)


@pytest.mark.torture
@pytest.mark.parametrize("part", range(2))
def test_many_faults_of_the_mail_server_lose_nothing_and_send_nothing_twice(
    office: Office, server: Server, part: int
) -> None:
    _generated_faults(office, server, part, times(60, 1_000, 10_000))


def _generated_faults(office: Office, server: Server, part: int, count: int) -> None:
    office.settings = office.settings.model_copy(update={"timeout_seconds": 0.3, "answer_seconds": 0.3})
    rng = random.Random(int(os.environ.get("SEED", "20260607")) + part)
    became: dict[str, int] = {}
    for _ in range(count):
        fault = generated(rng)
        if fault.stage == "DOT" and fault.act == "reply":  # a server that lies about what it keeps deceives anybody
            fault = Fault("DOT", "reply", fault.words, takes=fault.words.startswith(b"2"), times=fault.times)
        state = settles(office, server, fault)
        became[state] = became.get(state, 0) + 1
    print(f"{count} faults: {became}")
    assert State.SENT in became and (count < 500 or len(became) == 3)


@pytest.mark.parametrize("line", [1, 5, 20])
def test_a_connection_cut_in_the_middle_of_the_data_sends_it_once_later(
    office: Office, server: Server, line: int
) -> None:
    # Longer than all that the system holds for a connection: its end can't have been said before the cut is noticed.
    long = office.file(random.Random(line).randbytes(8 << 20), "phu luc.pdf")
    assert settles(office, server, Fault("BODY", "cut", line=line), files=(long,)) == State.SENT


@pytest.mark.parametrize("fault", [Fault("BODY", "cut", line=5), Fault("BODY", "reply", b"421 4.3.2 closing", line=5)])
def test_a_server_that_gave_up_before_the_end_of_the_data_has_nothing(
    office: Office, server: Server, fault: Fault
) -> None:
    """All of the data is on its way, its end is not: nothing is uncertain."""
    server.arm(fault)
    mail = Mail(
        "vanthu@so.example", "vanthu@lamdong.example", b"Message-ID: <1@so.example>\r\n\r\n" + b"d\r\n" * 9, "", False
    )
    connection = open_connection(office.settings)

    def until_it_hung_up() -> bool:
        until = time.monotonic() + 10
        while not server.ended and time.monotonic() < until:
            time.sleep(0.01)
        return True

    with pytest.raises((Lost, Refused)) as told:
        connection.send(mail, until_it_hung_up)
    assert not isinstance(told.value, Unanswered)
    assert (server.ended, server.taken) == (1, [])
