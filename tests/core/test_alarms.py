"""When a mailbox raises an alarm, and when not."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from core import alarms
from core.alarms import Kind, Limits
from core.letters import Arrival, MailboxState, MailFolder
from core.office import Holiday

LIMITS = Limits(silent_hours=24, failing_minutes=30, room_percent=80)
FRIDAY = datetime(2026, 6, 5, 9, 0, tzinfo=UTC)  # 16:00 in the office


@pytest.fixture
def mailbox(office: Any) -> Any:
    """A mailbox whose last letter came on a Friday at 16:00."""
    with office.database.writing() as session:
        session.add(MailboxState(name="van-thu", last_success_at=FRIDAY))
        session.flush()
        session.add(MailFolder(mailbox="van-thu", folder="INBOX", uidvalidity=7))
        place = {"mailbox": "van-thu", "folder": "INBOX", "uidvalidity": 7, "state": "taken"}
        session.add(Arrival(uid=9, received_at=FRIDAY, seen_at=FRIDAY, **place))
        session.add(Arrival(uid=8, received_at=FRIDAY - timedelta(days=9), seen_at=FRIDAY, **place))
    return office


def kinds(office: Any, at: datetime, limits: Limits = LIMITS) -> list[str]:
    with office.database.reading() as session:
        return [alarm.kind for alarm in alarms.alarms(session, "van-thu", limits, at=at)]


def change(office: Any, **values: Any) -> None:
    with office.database.writing() as session:
        box = session.get_one(MailboxState, "van-thu")
        for name, value in values.items():
            setattr(box, name, value)


def test_a_weekend_is_no_silence_but_a_working_day_is(mailbox: Any) -> None:
    assert kinds(mailbox, datetime(2026, 6, 8, 8, 59, tzinfo=UTC)) == [], "Monday 15:59: 24 working hours not over"
    assert kinds(mailbox, datetime(2026, 6, 8, 9, 1, tzinfo=UTC)) == [Kind.SILENT]
    assert kinds(mailbox, datetime(2026, 6, 8, 9, 1, tzinfo=UTC), Limits(0, 30, 80)) == []


def test_the_alarm_of_silence_says_nothing_of_the_connection_which_may_break_while_it_stands(mailbox: Any) -> None:
    with mailbox.database.reading() as session:
        (silent,) = alarms.alarms(session, "van-thu", LIMITS, at=datetime(2026, 6, 8, 9, 1, tzinfo=UTC))
    assert "ết nối" not in silent.sentence and "chuyển hướng" in silent.sentence


def test_a_holiday_is_no_silence(mailbox: Any) -> None:
    with mailbox.database.writing() as session:
        session.add(Holiday(day=date(2026, 6, 8), is_worked=False, note="Nghỉ bù"))
    assert kinds(mailbox, datetime(2026, 6, 9, 8, 59, tzinfo=UTC)) == []
    assert kinds(mailbox, datetime(2026, 6, 9, 9, 1, tzinfo=UTC)) == [Kind.SILENT]


def test_a_mailbox_that_fails_for_long_raises_an_alarm_and_its_silence_says_nothing(mailbox: Any) -> None:
    change(mailbox, trouble="Không nối được tới máy chủ thư.")
    assert kinds(mailbox, FRIDAY + timedelta(minutes=30)) == []
    assert kinds(mailbox, FRIDAY + timedelta(minutes=31)) == [Kind.FAILING]
    assert kinds(mailbox, FRIDAY + timedelta(days=9)) == [Kind.FAILING]
    change(mailbox, last_success_at=None)
    assert kinds(mailbox, FRIDAY) == [Kind.FAILING]


def test_missed_letters_and_a_full_mailbox_raise_alarms(mailbox: Any) -> None:
    with mailbox.database.writing() as session:
        session.get_one(MailFolder, 1).reconciled_lost = 3
    change(mailbox, room_used=799, room_limit=1000)
    assert kinds(mailbox, FRIDAY) == [Kind.MISSED]
    change(mailbox, room_used=800)
    assert kinds(mailbox, FRIDAY) == [Kind.MISSED, Kind.FULL]


def test_alarms_are_stored_once(mailbox: Any) -> None:
    change(mailbox, room_used=900, room_limit=1000)
    with mailbox.database.writing() as session:
        found = alarms.alarms(session, "van-thu", LIMITS, at=FRIDAY)
        assert not alarms.is_stored(session, "van-thu", found)
        alarms.store(session, "van-thu", found)
    with mailbox.database.reading() as session:
        assert alarms.is_stored(session, "van-thu", found)
        assert "90%" in session.get_one(MailboxState, "van-thu").alarm
