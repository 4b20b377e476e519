"""Pauses between attempts: they grow, they end, and they are the same each time."""

from datetime import timedelta

from dispatch.retry import pause_after


def _pauses(rank: int, delivery_id: int = 1) -> list[timedelta]:
    found = (pause_after(tries, rank, delivery_id) for tries in range(1, 100))
    return [pause for pause in found if pause is not None]


def test_pauses_grow_from_five_minutes_and_end_after_two_days() -> None:
    pauses = _pauses(rank=3)
    assert timedelta(minutes=4.5) <= pauses[0] <= timedelta(minutes=5.5)
    assert max(pauses) <= timedelta(hours=4.4) and pauses[4] > 4 * pauses[1]
    assert timedelta(days=1, hours=18) < sum(pauses, timedelta(0)) < timedelta(days=2, hours=5)
    assert pause_after(len(pauses) + 1, 3, 1) is None


def test_what_is_urgent_is_tried_and_given_up_sooner() -> None:
    pauses = _pauses(rank=0)
    assert pauses == _pauses(rank=1) and pauses[0] < timedelta(minutes=2)
    assert timedelta(hours=10) < sum(pauses, timedelta(0)) < timedelta(hours=14)


def test_deliveries_that_failed_together_do_not_come_together() -> None:
    assert len({pause_after(1, 3, number) for number in range(50)}) > 20
    assert pause_after(3, 3, 9) == pause_after(3, 3, 9)
