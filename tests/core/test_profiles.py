"""Opening an office from a profile, and the profile that ships."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from config.profiles import names, profile
from config.settings import SettingsError
from config.vocabulary import vocabulary
from core import calendar, office, profiles, registers
from core.db import Database
from core.errors import Permanent, WrongState
from core.events import Event
from core.people import Division

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)

KINDS = vocabulary("document_kinds")["kind"]


def opened(database: Database, at: Any, found: dict[str, Any] | None = None) -> profiles.Opened:
    with database.writing() as session:
        return profiles.open_office(session, found or profile("so-khcn-lam-dong"), KINDS, at=at)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2015, 6, 4), "Sở Khoa học và Công nghệ tỉnh Đắk Nông"),
        (date(2025, 6, 30), "Sở Khoa học và Công nghệ tỉnh Đắk Nông"),
        (date(2025, 7, 1), "Sở Khoa học và Công nghệ tỉnh Lâm Đồng"),
        (date(2026, 6, 4), "Sở Khoa học và Công nghệ tỉnh Lâm Đồng"),
    ],
)
def test_an_old_document_keeps_the_offices_old_name(database: Database, day: date, name: str) -> None:
    opened(database, MORNING)
    with database.reading() as session:
        found = office.name_on(session, day)
        assert found is not None
        assert found.name == name


def test_the_office_has_its_books_divisions_and_kinds(database: Database) -> None:
    told = opened(database, MORNING)
    with database.reading() as session:
        assert registers.book_by_code(session, "den").name == "Sổ văn bản đến"
        assert office.kinds(session)[:3] == ["Nghị quyết", "Quyết định", "Chỉ thị"]
        assert session.scalars(sa.select(Division.code).order_by(Division.position)).first() == "LĐ"
        assert session.scalars(sa.select(Event.act)).all() == ["office_opened"]
    assert (told.names, told.books, told.kinds) == (2, 2, len(KINDS))


def test_the_nd30_kinds_are_the_29_of_the_decree() -> None:
    assert sum(kind["family"] == "nd30" for kind in KINDS) == 29


def test_deadlines_know_the_holidays_and_swapped_days(database: Database) -> None:
    opened(database, MORNING)
    with database.reading() as session:
        special = calendar.exceptions(session)
    assert not calendar.is_working_day(date(2026, 2, 17), special)
    assert calendar.is_working_day(date(2026, 8, 22), special)
    assert calendar.add_working_days(date(2026, 8, 28), 1, special) == date(2026, 9, 3)
    assert calendar.add_working_days(date(2026, 2, 13), 1, special) == date(2026, 2, 23)


def test_an_open_office_is_not_opened_again(database: Database) -> None:
    opened(database, MORNING)
    with pytest.raises(WrongState):
        opened(database, MORNING)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": []}, "thiếu mục «name»"),
        ({"books": [{}]}, "mục «books» không dùng được"),
        ({"division": [{"name": "Phòng A", "boss": "x"}]}, "khóa lạ: boss"),
        ({"book": [{"code": "den", "name": "Sổ", "direction": "in"}]}, "«den»: direction chỉ nhận incoming, outgoing"),
    ],
)
def test_a_wrong_profile_is_refused_in_words(database: Database, change: dict[str, Any], words: str) -> None:
    with pytest.raises(Permanent) as refused:
        opened(database, MORNING, profile("so-khcn-lam-dong") | change)
    assert words in str(refused.value)


def test_an_unknown_profile_names_those_that_ship() -> None:
    assert "so-khcn-lam-dong" in names()
    with pytest.raises(SettingsError, match="so-khcn-lam-dong"):
        profile("so-khac")
