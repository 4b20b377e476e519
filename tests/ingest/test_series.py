"""The cursor never passes a UID without a row, whatever the order in which letters are committed."""

import random

from ingest.series import Series


def series(cursor: int = 0, recorded: tuple[int, ...] = ()) -> Series:
    return Series(1, "vanthu", "INBOX", 1, cursor, recorded)


def test_the_cursor_waits_for_the_oldest_letter_without_a_row() -> None:
    one = series()
    assert one.see([1, 2, 5]) == ([1, 2, 5], [])
    one.settle([2, 5])
    assert one.cursor == 0
    one.settle([1])
    assert one.cursor == 5


def test_letters_on_the_way_are_not_fetched_again_until_they_are_given_up() -> None:
    one = series()
    one.see([1, 2])
    one.hand_over(1)
    assert one.see([1, 2]) == ([2], [])
    one.give_up(1)
    assert one.see([1, 2]) == ([1, 2], [])


def test_what_was_seen_and_is_gone_is_told() -> None:
    one = series()
    one.see([1, 2, 3])
    assert one.see([1, 3]) == ([1, 3], [2])


def test_rows_of_an_earlier_run_are_known() -> None:
    one = series(cursor=3, recorded=(5, 6))
    assert one.see([4, 5, 6, 7]) == ([4, 7], [])
    one.settle([4])
    assert one.cursor == 6


def test_in_any_order_of_commits_the_cursor_is_right_at_each_step() -> None:
    for seed in range(50):
        rng = random.Random(seed)
        uids = sorted(rng.sample(range(1, 100), 20))
        one, left = series(), set(uids)
        one.see(uids)
        for uid in rng.sample(uids, len(uids)):
            left.discard(uid)
            assert one.cursor_after([uid]) == (min(left) - 1 if left else uids[-1])
            one.settle([uid])
            assert one.cursor == (min(left) - 1 if left else uids[-1])


def test_a_lost_letter_below_the_cursor_is_looked_for_until_it_has_its_row() -> None:
    one = series(cursor=9)
    assert one.see([2, 5, 9], lost=[5]) == ([5], [])
    assert (one.cursor, one.floor) == (9, 4)
    assert one.see([5, 9, 10]) == ([5, 10], []), "what was compared once is not forgotten by the next look"
    one.settle([10])
    assert (one.cursor, one.floor) == (9, 4), "the cursor neither goes back nor hides it"
    one.settle([5])
    assert (one.cursor, one.floor) == (10, 10)
