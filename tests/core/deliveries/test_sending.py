"""The outbox as senders use it: who gets what, and what is known of it after each way to end."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from outbox_desk import Desk, message

from core.deliveries import claiming, pausing
from core.deliveries.claiming import Said, Sender
from core.deliveries.tables import State

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_what_is_urgent_goes_first_and_then_what_has_waited_longest(desk: Desk) -> None:
    for number, urgency in enumerate(["thuong", "khan", "hoa_toc", "thuong", "thuong_khan"]):
        desk.queue(message(subject=str(number), urgency=urgency), at=MORNING + number * timedelta(seconds=1))
    claimed = [desk.claim(MORNING + MINUTE) for _ in range(6)]
    assert [one.subject for one in claimed if one] == ["2", "4", "1", "0", "3"] and claimed[-1] is None


def test_the_same_once_key_is_queued_once(desk: Desk) -> None:
    first = desk.queue(message(once_key="ack:1"))
    assert desk.queue(message(once_key="ack:1", subject="khác")) == first
    assert desk.queue(message(once_key="ack:2")) != first
    assert desk.acts() == ["delivery_queued", "delivery_queued"]


def test_a_message_id_is_the_deliverys_own_and_stays_when_it_is_sent_again(desk: Desk) -> None:
    desk.queue(message())
    desk.queue(message())
    first, second = desk.claim(), desk.claim()
    assert first and second and first.message_id and first.message_id != second.message_id
    assert first.message_id.startswith(f"<cv.{first.id}.") and first.message_id.endswith("@so.example>")
    desk.note(claiming.note_deferred, first, Said("bận"), try_at=MORNING + MINUTE)
    again = desk.claim(MORNING + MINUTE)
    assert again and again.id == first.id and again.message_id == first.message_id and again.tries == 2


def test_a_domain_gets_no_more_than_its_share_of_the_minute_and_others_are_not_held_up(desk: Desk) -> None:
    sender = Sender("a", "so.example", per_minute=2)
    for address in ("a@đông.vn", "b@đông.vn", "c@đông.vn", "d@vắng.vn"):
        desk.queue(message(recipient_address=address))
    got = [desk.claim(sender=sender) for _ in range(4)]
    assert [one and one.recipient_address for one in got] == ["a@đông.vn", "b@đông.vn", "d@vắng.vn", None]
    later = desk.claim(MORNING + MINUTE, sender=sender)
    assert later and later.recipient_address == "c@đông.vn"


def test_a_paused_domain_is_passed_over_until_its_time(desk: Desk) -> None:
    desk.queue(message(recipient_address="a@day.vn"))
    with desk.database.writing() as session:
        pausing.pause_domain(session, "day.vn", "450 4.7.1 slow down", at=MORNING, lasts=5 * MINUTE)
        pausing.pause_domain(session, "day.vn", "450 4.7.1 slow down", at=MORNING, lasts=6 * MINUTE)
    assert desk.claim(MORNING + 5 * MINUTE) is None
    assert desk.claim(MORNING + 7 * MINUTE)


def test_nothing_is_claimed_while_the_outbox_is_paused(desk: Desk) -> None:
    desk.queue(message())
    desk.act(pausing.pause, "máy chủ thư bảo trì")
    assert desk.claim() is None
    desk.act(pausing.resume)
    assert desk.claim()
    assert desk.acts() == ["delivery_queued", "outbox_paused", "outbox_resumed"]


@pytest.mark.parametrize(
    ("note", "state"),
    [
        (claiming.note_sent, State.SENT),
        (claiming.note_failed, State.FAILED),
        (claiming.note_uncertain, State.UNCERTAIN),
    ],
)
def test_the_servers_own_words_stay_with_the_outcome(desk: Desk, note: Any, state: State) -> None:
    desk.queue(message())
    delivery = desk.claim()
    assert delivery
    desk.note(note, delivery, Said("250 2.0.0 Ok: queued as 4B7\0", "DATA", "2.0.0"))
    row = desk.get(delivery.id)
    assert (row.state, row.said) == (state, "250 2.0.0 Ok: queued as 4B7")
    assert desk.steps(delivery.id)[-1] == (state.value, "DATA", "2.0.0", "250 2.0.0 Ok: queued as 4B7")
    assert desk.claim(MORNING + timedelta(days=9)) is None


def test_what_a_dead_sender_had_not_handed_over_waits_again_and_the_rest_is_uncertain(desk: Desk) -> None:
    for _ in range(2):
        desk.queue(message())
    claimed, handed = desk.claim(), desk.claim()
    assert claimed and handed and desk.note(claiming.hand_over, handed)
    assert desk.settle(MORNING + MINUTE, is_alone=False) == 0, "both may still be alive"
    assert desk.settle(MORNING + MINUTE, is_alone=True) == 2
    assert (desk.get(claimed.id).state, desk.get(handed.id).state) == (State.WAITING, State.UNCERTAIN)
    again = desk.claim(MORNING + MINUTE)
    assert again and again.id == claimed.id


def test_a_sender_that_was_thought_dead_may_not_hand_over_any_more(desk: Desk) -> None:
    desk.queue(message())
    slow = desk.claim()
    late = MORNING + claiming.LEASE + MINUTE
    assert slow and desk.settle(late, is_alone=False) == 1
    quick = desk.claim(late, sender=Sender("b", "so.example"))
    assert quick and quick.id == slow.id
    assert not desk.note(claiming.hand_over, slow) and desk.note(claiming.hand_over, quick)
    desk.note(claiming.note_failed, slow, Said("của người trước"))
    assert desk.get(slow.id).state == State.SENDING


def test_the_outcome_of_a_sender_that_was_thought_dead_still_counts(desk: Desk) -> None:
    desk.queue(message())
    slow = desk.claim()
    assert slow and desk.note(claiming.hand_over, slow)
    assert desk.settle(MORNING + claiming.LEASE + MINUTE, is_alone=False) == 1
    desk.note(claiming.note_sent, slow, Said("250 ok"))
    assert desk.get(slow.id).state == State.SENT


def test_a_claim_for_nothing_costs_the_message_no_try(desk: Desk) -> None:
    desk.queue(message())
    delivery = desk.claim()
    assert delivery
    with desk.database.writing() as session:
        claiming.give_back(session, delivery)
    again = desk.claim()
    assert again and again.tries == 1


def test_two_senders_never_get_the_same(desk: Desk) -> None:
    for _ in range(3):
        desk.queue(message())
    assert desk.claim()
    if desk.database.is_sqlite:  # one writer at a time
        return
    with desk.database.writing() as one, desk.database.writing() as other:
        first = claiming.claim(one, Sender("a", "so.example"), at=MORNING)
        second = claiming.claim(other, Sender("b", "so.example"), at=MORNING)
        assert first and second and first.id != second.id
