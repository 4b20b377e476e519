"""The day on which the embedded office is shown: dates and running numbers that follow it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core.office import OFFICE_ZONE, office_date

_MAIL_HOURS = tuple(time(*at) for at in (
    (7, 35), (8, 20), (9, 5), (9, 50), (10, 40), (13, 35), (14, 20), (15, 10), (16, 0), (16, 40),
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Day:
    """The moment `now` (aware) as the office sees it."""

    now: datetime

    @property
    def today(self) -> date:
        """The date in office time."""
        return office_date(self.now)

    @property
    def year(self) -> int:
        """The year in office time."""
        return self.today.year

    def back(self, working_days: int) -> date:
        """The date so many working days (Monday to Friday) before today."""
        return self._step(working_days, -1)

    def ahead(self, working_days: int) -> date:
        """The date so many working days (Monday to Friday) after today."""
        return self._step(working_days, 1)

    def number(self, per_year: int, working_days_back: int = 1) -> str:
        """The number a series of `per_year` documents has reached so many working days ago."""
        reached = self.back(working_days_back).timetuple().tm_yday
        return f"{max(1, per_year * reached // 365):02d}"

    def arrivals(self, count: int) -> list[datetime]:
        """When `count` letters arrived: in order, over the office hours of the last working day and of today."""
        days = [on for on in (self.back(1), self.today) if on.weekday() < 5]
        slots = [datetime.combine(on, at, OFFICE_ZONE) for on in days for at in _MAIL_HOURS]
        past = [slot for slot in slots if slot < self.now - timedelta(minutes=40)]
        chosen = [place * len(past) // count for place in range(count)]
        return [
            past[slot] + timedelta(minutes=4 * (place - chosen.index(slot)), seconds=7 * place % 60)
            for place, slot in enumerate(chosen)
        ]

    def _step(self, working_days: int, direction: int) -> date:
        on = self.today
        while working_days:
            on += timedelta(days=direction)
            working_days -= on.weekday() < 5
        return on


def printed(on: date) -> str:
    """A date as an office writes it in running text: 05/6/2026."""
    month = f"{on.month:02d}" if on.month < 3 else str(on.month)
    return f"{on.day:02d}/{month}/{on.year}"
