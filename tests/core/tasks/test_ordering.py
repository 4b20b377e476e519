"""Orders that documents go straight to their handler: given, tried, ended, on both databases."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from task_office import MORNING, PEOPLE, Office, given
from transfer_orders import end, order, task_of, wanted

from core import delegations, events
from core.agencies import book
from core.delegations import Kind
from core.errors import NotAllowed, Permanent, WrongState
from core.office import office_date
from core.tasks import directing, ordering, transfers
from core.tasks.ordering import Trial
from core.tasks.parties import Party
from core.tasks.tables import Form, State, TransferOrder


def test_an_order_runs_on_its_days_and_until_it_is_ended(office: Office) -> None:
    tomorrow = office_date(MORNING) + timedelta(days=1)
    coming = order(office, starts_on=tomorrow.isoformat())
    assert office.state(office.entered(kind="Thông báo")) == State.SUBMITTED
    end(office, coming)
    ended = order(office)
    assert office.state(office.entered(kind="Thông báo")) == State.WITH_HEAD
    end(office, ended)
    assert office.state(office.entered(kind="Thông báo")) == State.SUBMITTED
    with pytest.raises(WrongState, match="đã hết hiệu lực"):
        end(office, ended)
    over = order(office, ends_on=office_date(MORNING).isoformat())
    with office.database.reading() as session:
        running = [len(transfers.running(session, on=day)) for day in (office_date(MORNING), tomorrow)]
        assert running == [1, 0]
    with pytest.raises(WrongState, match="đã hết hiệu lực"):
        end(office, over, at=MORNING + timedelta(days=1))


def authorise(office: Office, session: Session, to: str) -> None:
    director, day = office.user(session, "director"), office_date(MORNING)
    delegations.delegate(
        session, Kind.APPROVE, director, office.user(session, to), day, day, "Giấy ủy quyền 01", by=director, at=MORNING
    )


def test_only_who_may_approve_that_day_orders_and_ends(office: Office) -> None:
    first = order(office)
    for name in PEOPLE.keys() - {"director"}:
        with pytest.raises(NotAllowed):
            order(office, by=name, kind="Báo cáo")
        with pytest.raises(NotAllowed):
            end(office, first, by=name)
    with office.database.writing() as session:
        authorise(office, session, "deputy")
    second = order(office, by="deputy", kind="Báo cáo")
    row = task_of(office, office.entered(kind="Báo cáo"))
    assert (row.directed_by, row.directed_for, row.order_id) == (office.ids["deputy"], office.ids["director"], second)
    end(office, first, by="deputy")
    with office.database.reading() as session:
        acts = ("transfer_ordered", "transfer_order_ended")
        found = session.scalars(sa.select(events.Event).where(events.Event.act.in_(acts)).order_by(events.Event.id))
        assert [(one.act, one.subject_id, one.for_id) for one in found] == [
            ("transfer_ordered", first, None), ("transfer_ordered", second, office.ids["director"]),
            ("transfer_order_ended", first, office.ids["director"]),
        ]  # fmt: skip


def test_the_same_order_again_is_the_one_that_runs(office: Office) -> None:
    assert order(office) == order(office)
    assert order(office, days="3") != order(office)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"basis": " "}, "basis"),
        ({"basis": "x" * 301}, "basis"),
        ({"kind": " "}, "kind"),
        ({"words": "..."}, "words"),
        ({"lead": None}, "lead"),
        ({"lead": Party(user_id=999)}, "lead"),
        ({"days": "0"}, "days"),
        ({"days": "91"}, "days"),
        ({"days": "năm"}, "days"),
        ({"days": "9" * 5000}, "days"),
        ({"starts_on": "03/06/2026"}, "starts_on"),
        ({"ends_on": "03/06/2026"}, "ends_on"),
        ({"instruction": "x" * 2001}, "instruction"),
    ],
)
def test_what_makes_no_order(office: Office, typed: dict[str, Any], field: str) -> None:
    with pytest.raises(Permanent) as refused:
        order(office, **typed)
    assert refused.value.field == field


def test_a_name_that_several_agencies_bear_is_asked_for_with_its_parent(office: Office) -> None:
    with office.database.writing() as session:
        clerk = office.user(session, "clerk")
        for parent in ("UBND huyện Di Linh", "UBND huyện Lạc Dương"):
            book.add(session, "UBND xã Tân Hòa", parent, by=clerk, at=MORNING)
    with pytest.raises(Permanent, match="cơ quan cấp trên"):
        order(office, kind="", issuer="UBND xã Tân Hòa")
    order(office, kind="", issuer="UBND xã Tân Hòa, UBND huyện Di Linh")
    entered = [
        office.entered(issuer="UBND xã Tân Hòa", parent_issuer=parent)
        for parent in ("UBND huyện Di Linh", "UBND huyện Lạc Dương", "")
    ]
    assert [office.state(one) for one in entered] == [State.WITH_HEAD, State.SUBMITTED, State.SUBMITTED]


def test_a_trial_says_where_such_documents_went(office: Office) -> None:
    to = {name: given(office, lead=office.division(name)) for name in ("QLKH", "QLCN")}
    for name in ("QLKH", "QLKH", "QLCN"):
        office.do(directing.assign, office.entered(kind="Thông báo"), to[name], by="director")
    filed = given(office, form=Form.FOR_INFORMATION, lead=None, due_at="")
    office.do(directing.assign, office.entered(kind="Thông báo"), filed, by="director")
    office.entered(kind="Thông báo", subject="lịch họp")
    office.entered()
    order(office, kind="", words="lịch họp", lead=office.division("QLCN"))
    with office.database.reading() as session:
        director = office.user(session, "director")
        found = ordering.try_out(session, wanted(office), by=director, at=MORNING)
        went = (("Phòng QLKH", 2), ("Phòng QLCN", 1), ("Để biết và lưu", 1))
        assert found == Trial(6, 5, 2, 2, 1, went, 1)
        with pytest.raises(NotAllowed):
            ordering.try_out(session, wanted(office), by=office.user(session, "head"), at=MORNING)
        assert session.scalars(sa.select(TransferOrder)).one().words == "lịch họp"
