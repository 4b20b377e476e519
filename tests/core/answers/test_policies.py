"""Who is told what: the nearest policy decides (C3)."""

import pytest
import sqlalchemy as sa
from answer_desk import MORNING, SENDER, AnswerDesk

from core.agencies.tables import Agency
from core.answers import policies
from core.edxml import Status
from core.errors import NotAllowed, Permanent
from core.people import User

DONE, NUMBER = frozenset({Status.DONE}), frozenset({Status.REGISTERED})


def keep(desk: AnswerDesk, key: str, statuses: frozenset[Status], by: int | None = None) -> str:
    with desk.office.database.writing() as session:
        return policies.keep(
            session, key, statuses, by=session.get_one(User, by or desk.office.clerk_id), at=MORNING
        )  # fmt: skip


def told(desk: AnswerDesk, address: str, agency_id: int | None = None) -> frozenset[Status]:
    with desk.office.database.reading() as session:
        return policies.told(session, address, agency_id)


def test_the_nearest_policy_decides(desk: AnswerDesk) -> None:
    desk.enter(desk.arrives())
    with desk.office.database.reading() as session:
        agency = session.scalars(sa.select(Agency.id)).first() or 0
    assert told(desk, SENDER, agency) == policies.USUAL
    for key in (policies.OFFICE, policies.agency_key(agency), "@MAU.gov.vn", SENDER):
        keep(desk, key, frozenset())
        assert told(desk, SENDER.upper(), agency) == frozenset()
        keep(desk, key, DONE if key == policies.OFFICE else NUMBER | DONE)
        assert told(desk, SENDER, agency) == (DONE if key == policies.OFFICE else NUMBER | DONE)
    assert told(desk, "khac@khac.gov.vn") == DONE
    assert told(desk, "khac@duoi.mau.gov.vn", agency) == NUMBER | DONE


def test_what_was_chosen_for_an_agency_holds_when_it_is_merged(desk: AnswerDesk) -> None:
    for issuer in ("Sở Nội vụ", "Sở Y tế"):
        desk.enter(desk.arrives(read={"issuer": issuer}))
    with desk.office.database.reading() as session:
        first, second = session.scalars(sa.select(Agency.id).where(Agency.name.like("Sở%")).order_by(Agency.id))
    keep(desk, policies.agency_key(first), DONE)
    with desk.office.database.writing() as session:
        session.execute(sa.update(Agency).where(Agency.id == first).values(root_id=second))
    assert told(desk, "x@khac.gov.vn", second) == DONE


def test_a_policy_is_dropped_and_what_goes_back_is_no_choice(desk: AnswerDesk) -> None:
    keep(desk, SENDER, frozenset(Status))
    assert told(desk, SENDER) == frozenset(policies.CHOICES)
    with desk.office.database.writing() as session:
        (row,) = policies.policies(session)
        assert (row.key, row.agency, row.set_by) == (SENDER, "", "Nguyễn Thị Lan")
        policies.drop(session, SENDER, by=session.get_one(User, desk.office.clerk_id), at=MORNING)
    assert told(desk, SENDER) == policies.USUAL


@pytest.mark.parametrize("key", ["", "@", "khong phai", "agency:99", "a@b\r\nX: y", "@-.vn", "agency:x"])
def test_what_names_no_sender_is_refused(desk: AnswerDesk, key: str) -> None:
    with pytest.raises(Permanent):
        keep(desk, key, NUMBER)


def test_leaders_and_others_do_not_choose(desk: AnswerDesk) -> None:
    with pytest.raises(NotAllowed):
        keep(desk, SENDER, NUMBER, by=desk.office.leader_id)


def test_the_offices_own_code_stands_in_what_it_writes(desk: AnswerDesk) -> None:
    with desk.office.database.writing() as session:
        clerk = session.get_one(User, desk.office.clerk_id)
        policies.keep_organ_id(session, " H16.09 ", by=clerk, at=MORNING)
        with pytest.raises(Permanent):
            policies.keep_organ_id(session, "H16 09", by=clerk, at=MORNING)
        assert policies.organ_id(session) == "H16.09"
