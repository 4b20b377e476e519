"""Working days of the office: weekdays without holidays, plus swap days that are worked."""

from collections.abc import Mapping
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.office import Holiday

_SATURDAY = 5


def exceptions(session: Session) -> dict[date, bool]:
    """Days that differ from the week: day -> is it worked. Loaded once per page or act."""
    return {row.day: row.is_worked for row in session.scalars(sa.select(Holiday))}


def is_working_day(day: date, special: Mapping[date, bool]) -> bool:
    """Whether the office works on `day`; `special` comes from `exceptions`."""
    return special.get(day, day.weekday() < _SATURDAY)


def working_days_between(start: date, end: date, special: Mapping[date, bool]) -> int:
    """Working days after `start` up to and including `end`; 0 when `end` is not after `start`."""
    days = (end - start).days
    return sum(is_working_day(start + timedelta(days=n), special) for n in range(1, days + 1))


def add_working_days(start: date, count: int, special: Mapping[date, bool]) -> date:
    """The day on which `count` (at least 0) working days after `start` have passed."""
    day = start
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day, special)
    return day
