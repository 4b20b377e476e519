"""The outbox of an office that came back from a backup."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path

from backup_office import MORNING, BackedUp, come_back
from outbox_desk import Desk

from core.db import Database
from core.deliveries import claiming, identity, pausing, queueing
from core.deliveries.claiming import Sender
from core.deliveries.queueing import NewDelivery
from core.deliveries.tables import Delivery, Kind, State
from core.people import User


def test_a_restored_office_sends_nothing_before_a_person_resumes(town: BackedUp, tmp_path: Path) -> None:
    new = NewDelivery(Kind.NOTICE, "a@lamdong.example", "việc mới", "lời")
    with town.office.database.writing() as session:
        waiting = queueing.queue(session, new, by=None, at=MORNING).id
    town.take()
    _, url = come_back(town, tmp_path / "new")
    with closing(Database(url)) as database, database.writing() as session:
        clerk, sender = session.get_one(User, town.office.clerk_id), Sender("a", "so.example")
        assert session.get_one(Delivery, waiting).state == State.UNCERTAIN
        fresh = queueing.queue(session, new, by=None, at=MORNING).id
        assert claiming.claim(session, sender, at=MORNING) is None
        pausing.resume(session, by=clerk, at=MORNING)
        claimed = claiming.claim(session, sender, at=MORNING)
        assert claimed is not None and claimed.id == fresh


def test_a_message_that_takes_the_number_of_a_lost_one_has_another_name(desk: Desk) -> None:
    moments = (MORNING, MORNING, MORNING + timedelta(days=1))
    with desk.database.writing() as session:
        first, same, later = (identity.message_id(session, 7, at, "so.example") for at in moments)
    assert first == same != later
