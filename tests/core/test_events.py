"""Promise 8: every act leaves an event, and the chain proves that none was changed or removed."""

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from core import events
from core.errors import WrongState
from core.events import Event

MORNING = datetime(2026, 6, 4, 1, 30, 0, 123456, tzinfo=UTC)


def write(office: Any, count: int) -> None:
    with office.database.writing() as session:
        for number in range(count):
            events.record(session, "amended", "incoming", number, by=office.clerk_id, at=MORNING, payload={"n": number})


def faults(office: Any) -> list[str]:
    with office.database.reading() as session:
        return list(events.verify(session))


def test_a_whole_chain_verifies(office: Any) -> None:
    write(office, 5)
    assert faults(office) == []


@pytest.mark.parametrize(
    "change",
    [
        sa.update(Event).where(Event.subject_id == 2).values(act="registered"),
        sa.update(Event).where(Event.subject_id == 2).values(payload={"n": 99}),
        sa.update(Event).where(Event.subject_id == 2).values(at=datetime(2020, 1, 1, tzinfo=UTC)),
        sa.delete(Event).where(Event.subject_id == 2),
        sa.delete(Event).where(Event.subject_id == 4),
    ],
    ids=["another act", "another payload", "another time", "one removed", "the last removed"],
)
def test_a_change_behind_our_back_is_found(office: Any, change: Any) -> None:
    write(office, 5)
    with office.database.writing() as session:
        session.execute(change)
    assert faults(office)


def test_a_removed_payload_can_be_blanked_and_the_chain_still_verifies(office: Any) -> None:
    write(office, 5)
    with office.database.writing() as session:
        session.execute(sa.update(Event).where(Event.subject_id == 2).values(payload=sa.null()))
    assert faults(office) == []


def test_an_event_is_never_changed_through_the_program(office: Any) -> None:
    write(office, 1)
    with pytest.raises(WrongState), office.database.writing() as session:
        session.scalars(sa.select(Event).order_by(Event.id.desc())).first().act = "another"


def test_an_act_that_fails_leaves_no_event(office: Any) -> None:
    with office.database.reading() as session:
        before = events.latest(session)
    with pytest.raises(RuntimeError), office.database.writing() as session:
        events.record(session, "amended", "incoming", 1, by=None, at=MORNING)
        raise RuntimeError
    with office.database.reading() as session:
        assert events.latest(session) == before
