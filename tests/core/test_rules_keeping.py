"""Rules come on only after a trial, go off, are handed on, and are kept once used."""

import json
from typing import Any

import pytest
import sqlalchemy as sa
from rules_desk import MORNING, Desk, rule

from core.errors import NotAllowed, Permanent, WrongState
from core.events import Event
from core.people import User
from core.rules import keeping
from core.rules.definition import Condition, How, Setting, What
from core.rules.trying import Trial


@pytest.fixture
def desk(office: Any) -> Desk:
    return Desk(office)


def test_a_new_version_is_off_until_it_was_tried(desk: Desk) -> None:
    rule_id = desk.make(rule())
    changed = rule(settings=(Setting("receiver", "Văn phòng"),))
    assert desk.act(keeping.change, rule_id, changed, version=1)
    assert desk.document(desk.arrives()).receiver == ""
    with pytest.raises(WrongState, match="Chạy thử lại"):
        desk.act(keeping.switch, rule_id, on=True)
    with pytest.raises(WrongState):
        desk.act(keeping.change, rule_id, rule(), version=1)
    with pytest.raises(WrongState):
        desk.act(keeping.note_trial, rule_id, Trial(0, ()), version=1)
    desk.act(keeping.note_trial, rule_id, Trial(0, ()), version=2)
    desk.act(keeping.switch, rule_id, on=True)
    assert desk.document(desk.arrives()).receiver == "Văn phòng"
    with desk.office.database.reading() as session:
        acts = session.scalars(sa.select(Event.act).where(Event.subject_kind == "rule").order_by(Event.id)).all()
    assert acts == ["rule_made", "rule_tried", "rule_switched_on", "rule_changed", "rule_tried", "rule_switched_on"]


def test_only_clerks_make_and_switch_rules(desk: Desk) -> None:
    rule_id = desk.make(rule())
    for act, arguments, how in (
        (keeping.change, (rule(),), {"version": 1}), (keeping.switch, (), {"on": False}), (keeping.remove, (), {}),
        (keeping.move, (), {"up": True}), (keeping.note_trial, (Trial(0, ()),), {"version": 1}),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            desk.act(act, rule_id, *arguments, by=desk.office.leader_id, **how)
    with pytest.raises(NotAllowed):
        desk.trial(rule(), by=desk.office.leader_id)


def test_a_rule_that_touched_a_draft_is_never_deleted(desk: Desk) -> None:
    used, unused = desk.make(rule()), desk.make(rule(Condition(What.KIND, How.EQUALS, "Giấy mời")), on=False)
    desk.arrives()
    desk.act(keeping.switch, used, on=False)
    with pytest.raises(WrongState, match="được giữ lại"):
        desk.act(keeping.remove, used)
    desk.act(keeping.remove, unused)
    with desk.office.database.reading() as session:
        assert [(one.id, one.number) for one in keeping.in_order(session)] == [(used, 1)]


def test_rules_go_from_office_to_office_as_a_file_and_arrive_switched_off(desk: Desk) -> None:
    desk.make(rule())
    with desk.office.database.writing() as session:
        clerk = session.get_one(User, desk.office.clerk_id)
        stored = json.loads(json.dumps(keeping.handed_on(session)))
        assert keeping.take_over(session, stored, by=clerk, at=MORNING) == 0
        stored["rules"][0]["name"] = "Bản tin khác"
        assert keeping.take_over(session, stored, by=clerk, at=MORNING) == 1
        assert [one.is_on for one in keeping.in_order(session)] == [True, False]
        stored["rules"][0]["conditions"][0] |= {"how": "matches", "value": "(a"}
        with pytest.raises(Permanent, match=r"Bản tin khác.*ngoặc"):
            keeping.take_over(session, stored, by=clerk, at=MORNING)
        wrongs: list[object] = [[], {"rules": [{}]}, {"rules": ["x"]}, {"rules": [{"name": "a", "conditions": 5}]}]
        for wrong in wrongs:
            with pytest.raises(Permanent):
                keeping.take_over(session, wrong, by=clerk, at=MORNING)
