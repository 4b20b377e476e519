"""Accounts from the command line."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from core import administration, people
from core.administration import NewAccount
from core.errors import Permanent, WrongState
from core.events import Event
from core.people import Division, Role

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)

NEW = NewAccount("Minh", "Lê Minh", frozenset({Role.HEAD}), "Trưởng phòng", "QLKH")


@pytest.fixture
def with_division(office: Any) -> Any:
    with office.database.writing() as session:
        session.add(Division(name="Phòng Quản lý Khoa học", code="QLKH"))
    return office


def test_a_new_account_must_change_its_password(with_division: Any) -> None:
    with with_division.database.writing() as session:
        administration.add(session, NEW, "hash", at=MORNING)
    with with_division.database.reading() as session:
        made = administration.user(session, "minh")
        assert made.must_change_password
        assert made.division is not None
        assert made.division.code == "QLKH"
        assert session.scalars(sa.select(Event.act)).all()[-1] == "account_added"


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"username": "lan"}, WrongState, "«lan» đã có"),
        ({"username": "hai tên"}, Permanent, "không có dấu cách"),
        ({"full_name": " "}, Permanent, "Thiếu họ tên"),
        ({"division": "XYZ"}, Permanent, r"Không có phòng «XYZ»\. Các phòng: QLKH"),
    ],
)
def test_an_account_that_cannot_be_is_refused_in_words(
    with_division: Any, change: dict[str, Any], error: type[Exception], words: str
) -> None:
    with with_division.database.reading() as session, pytest.raises(error, match=words):
        administration.check_new(session, replace(NEW, **change))


def test_roles_are_set_exactly_and_noted(office: Any) -> None:
    with office.database.writing() as session:
        said = administration.change(session, "roles", "lan", {Role.LEADER, Role.HEAD}, at=MORNING)
    assert said == "«lan» nay là: Trưởng phòng, Lãnh đạo."
    with office.database.reading() as session:
        found = people.by_username(session, "lan")
        assert found is not None
        assert found.roles == {Role.LEADER, Role.HEAD}
        event = session.scalars(sa.select(Event).order_by(Event.id.desc())).first()
        assert event is not None
        assert event.payload == {"roles": ["head", "leader"], "before": ["clerk"]}


def test_a_closed_account_stays_in_the_list(office: Any) -> None:
    with office.database.writing() as session:
        administration.change(session, "disable", "hoa", (), at=MORNING)
    with office.database.reading() as session:
        states = {name: state for name, _, _, state in administration.listing(session, at=MORNING)}
    assert states == {"hoa": "đã đóng", "hung": "đang dùng", "lan": "đang dùng"}


def test_an_unknown_account_says_where_to_look(office: Any) -> None:
    with office.database.reading() as session, pytest.raises(Permanent, match="congvan user list"):
        administration.user(session, "nobody")
