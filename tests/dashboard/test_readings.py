"""The journal of readings: once an hour for each person and document, whatever the machine's clock does."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.events import READINGS, Event


def _readings(office: Any) -> list[datetime]:
    query = sa.select(Event.at).where(Event.chain == READINGS, Event.act == "read").order_by(Event.id)
    with office.database.reading() as session:
        return list(session.scalars(query))


def test_a_reading_is_noted_once_an_hour(full_office: Any, signed_in: Any) -> None:
    lan, began = signed_in("lan"), full_office.clock()
    for minutes in (0, 59, 1):
        full_office.clock.pass_(minutes=minutes)
        assert lan.get("/den/1").status_code == 200
    assert _readings(full_office) == [began, full_office.clock()]


def test_a_reading_is_noted_when_the_clock_was_set_back_a_day(full_office: Any, signed_in: Any) -> None:
    lan, began = signed_in("lan"), full_office.clock()
    assert lan.get("/den/1").status_code == 200
    full_office.clock.pass_(days=-1)
    for _ in range(2):
        assert lan.get("/den/1").status_code == 200
    assert _readings(full_office) == [began, full_office.clock()]
