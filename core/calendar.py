"""Working days of the office: weekdays without holidays, plus swap days that are worked."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.office import OFFICE_ZONE, Holiday

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


def working_time_between(start: datetime, end: datetime, special: Mapping[date, bool]) -> timedelta:
    """How much of the time from `start` to `end` (aware instants) fell on working days, each of 24 hours in the
    office's zone; zero when `end` is not after `start`."""
    begin, until = start.astimezone(OFFICE_ZONE), end.astimezone(OFFICE_ZONE)
    passed = timedelta()
    while begin < until:
        midnight = datetime.combine(begin.date() + timedelta(days=1), time.min, OFFICE_ZONE)
        if is_working_day(begin.date(), special):
            passed += min(midnight, until) - begin
        begin = midnight
    return passed


def add_working_days(start: date, count: int, special: Mapping[date, bool]) -> date:
    """The day on which `count` (at least 0) working days after `start` have passed."""
    day = start
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day, special)
    return day
