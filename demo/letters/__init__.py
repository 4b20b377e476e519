"""The letters of the embedded office: made anew for the day on which it is shown.

`letters(now)` gives all of them, first those that lie in the mailbox at the start, then those that arrive
while one watches. They are the same, byte for byte, for the same `now`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, zip_longest

from demo.day import Day
from demo.letters import awkward, centre, communes, departments, kept_out, province
from demo.letters.story import Story

SECONDS_BETWEEN = 20  # between two letters that arrive while one watches


@dataclass(frozen=True, slots=True)
class DemoLetter:
    """One letter ready to be delivered.

    `key` names it for the day; `received_at` (aware) is its INTERNALDATE; `delay_seconds` counts from the
    start of the office, None for letters that are there already. `outcome` is what it should become (draft,
    hold, exclude, report, ignore) and `expected` holds the true fields of each document it brings.
    """

    key: str
    raw: bytes
    received_at: datetime
    mailbox: str
    delay_seconds: int | None
    story: str
    outcome: str
    expected: tuple[Mapping[str, str], ...]
    is_malformed: bool = False


def letters(now: datetime) -> Sequence[DemoLetter]:
    """Every letter of the office on the day of `now` (aware), in order of arrival."""
    day = Day(now)
    stories = [tell(day) for tell in _in_turn()]
    earlier = [story for story in stories if not story.is_later]
    later = [story for story in stories if story.is_later]
    waiting = [_delivered(day, story, at, None) for story, at in zip(earlier, day.arrivals(len(earlier)), strict=True)]
    delays = range(SECONDS_BETWEEN, SECONDS_BETWEEN * (len(later) + 1), SECONDS_BETWEEN)
    arriving = [
        _delivered(day, story, now + timedelta(seconds=delay), delay)
        for story, delay in zip(later, delays, strict=True)
    ]
    return (*waiting, *arriving)


def _in_turn() -> list[Callable[[Day], Story]]:
    """One story of each chapter after the other, as a real morning mixes them."""
    chapters = (
        province.STORIES,
        departments.STORIES,
        centre.STORIES,
        communes.STORIES,
        kept_out.STORIES,
        awkward.STORIES,
    )
    return [tell for tell in chain.from_iterable(zip_longest(*chapters)) if tell is not None]


def _delivered(day: Day, story: Story, at: datetime, delay: int | None) -> DemoLetter:
    raw = story.mail.raw(at - timedelta(seconds=45), story.key)
    return DemoLetter(
        key=f"{day.today:%Y%m%d}-{story.key}", raw=story.damage(raw) if story.damage else raw, received_at=at,
        mailbox=story.mailbox, delay_seconds=delay, story=story.line, outcome=story.outcome,
        expected=tuple(document.truth() for document in story.documents), is_malformed=story.damage is not None,
    )  # fmt: skip
