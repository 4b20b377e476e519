"""Pages of an office on PostgreSQL, which refuses to be asked what SQLite answers with nothing."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from office_people import add_everybody
from postgres_server import Postgres

from core import schema
from core.db import Database
from core.registers import Book, Direction
from dashboard.web import Office


@pytest.fixture
def office(office: Office, postgres: Postgres, clock: Any) -> Iterator[Office]:
    url = postgres.new_database()
    database = Database(url)
    schema.upgrade(database)
    with database.writing() as session:
        session.add(Book(code="den", name="Sổ văn bản đến", direction=Direction.INCOMING))
        add_everybody(session, "x", at=clock())
    yield replace(office, database=database)
    database.close()
    postgres.drop_database(url)


@pytest.mark.parametrize(
    "path",
    [
        "/den/{}", "/den/{}/xem", "/den/1/so-voi/{}", "/tep/{}/1", "/tep/1/{}", "/trang/1/{}/1.png",
        "/trang/1/1/{}.json", "/viec/{}", "/gui-di/{}", "/bi-giu/{}/khong-cap-nhat", "/co-quan/{}", "/so-den/den/{}",
    ],
)  # fmt: skip
def test_a_number_no_row_can_have_is_not_found(path: str, signed_in: Any) -> None:
    assert {digits: signed_in("lan").get(path.format("9" * digits)).status_code for digits in (10, 18, 40)} == {
        10: 404, 18: 404, 40: 404,
    }  # fmt: skip


def test_a_name_no_text_can_have_is_not_found(signed_in: Any) -> None:
    assert signed_in("lan").get("/so-den/%00/xac-nhan-so").status_code == 404
