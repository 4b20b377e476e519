"""Who acts for whom, on which days."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from task_office import MORNING, PEOPLE, Office, given

from core import delegations, events
from core.delegations import Kind
from core.errors import NotAllowed, Permanent
from core.office import office_date
from core.tasks import directing, dividing
from core.tasks.tables import Task


def test_only_the_director_or_who_is_authorised_that_day_approves(office: Office) -> None:
    task = office.entered()
    for name in PEOPLE.keys() - {"director"}:
        with pytest.raises(NotAllowed):
            office.do(directing.assign, task, given(office), by=name)
    with office.database.writing() as session:
        delegations.delegate(
            session, Kind.APPROVE, office.user(session, "director"), office.user(session, "deputy"),
            office_date(MORNING), office_date(MORNING), "Giấy ủy quyền 01/GUQ", by=office.user(session, "director"),
            at=MORNING,
        )  # fmt: skip
    with pytest.raises(NotAllowed):
        office.do(directing.assign, task, given(office), by="deputy", at=MORNING + timedelta(days=1))
    directed = office.do(directing.assign, task, given(office), by="deputy")
    assert (directed.directed_by, directed.directed_for) == (office.ids["deputy"], office.ids["director"])
    with office.database.reading() as session:
        event = session.scalars(sa.select(events.Event).where(events.Event.act == "task_assign")).one()
        assert (event.actor_id, event.for_id) == (office.ids["deputy"], office.ids["director"])


def test_who_is_authorised_cannot_pass_it_on(office: Office) -> None:
    task = office.entered()
    with office.database.writing() as session:
        names = {name: office.user(session, name) for name in ("director", "deputy", "chief")}
        day = office_date(MORNING)
        delegations.delegate(session, Kind.APPROVE, names["director"], names["deputy"], day, day, "Giấy ủy quyền",
                             by=names["director"], at=MORNING)  # fmt: skip
        with pytest.raises(Permanent, match="không ủy quyền lại"):
            delegations.delegate(session, Kind.APPROVE, names["deputy"], names["chief"], day, day, "Giấy ủy quyền",
                                 by=names["deputy"], at=MORNING)  # fmt: skip
        delegations.delegate(session, Kind.SUBSTITUTE, names["deputy"], names["chief"], day, day, "đi công tác",
                             by=names["deputy"], at=MORNING)  # fmt: skip
    with pytest.raises(NotAllowed):
        office.do(directing.assign, task, given(office), by="chief")


def test_a_substitutes_substitute_does_the_work_and_the_journal_names_all(office: Office) -> None:
    task = office.entered()
    office.do(directing.assign, task, given(office), by="director")
    with office.database.writing() as session:
        day = office_date(MORNING)
        for absent, to in (("head", "worker"), ("worker", "second")):
            delegations.delegate(session, Kind.SUBSTITUTE, office.user(session, absent), office.user(session, to), day,
                                 day, "nghỉ phép", by=office.user(session, absent), at=MORNING)  # fmt: skip
    office.do(dividing.keep, task, by="second")
    with office.database.reading() as session:
        assert session.get_one(Task, task).handler_id == office.ids["head"]
        event = session.scalars(sa.select(events.Event).where(events.Event.act == "task_keep")).one()
        assert (event.actor_id, event.for_id) == (office.ids["second"], office.ids["head"])
        assert event.payload is not None and event.payload["between"] == [office.ids["worker"]]


def test_delegations_in_a_circle_end(office: Office) -> None:
    with office.database.writing() as session:
        day = office_date(MORNING)
        for absent, to in (("head", "worker"), ("worker", "second"), ("second", "head")):
            delegations.delegate(session, Kind.SUBSTITUTE, office.user(session, absent), office.user(session, to), day,
                                 day, "nghỉ phép", by=office.user(session, absent), at=MORNING)  # fmt: skip
        found = delegations.authority(session, office.user(session, "head"), on=day).substitutes
        assert set(found) == {office.ids["worker"], office.ids["second"]}
