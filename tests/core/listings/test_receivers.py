"""The register's column «Đơn vị hoặc người nhận» follows the assignment, on both databases."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from task_office import MORNING, Office, given, opened, user_of

from core import exports
from core.db import Database
from core.incoming import registration
from core.incoming.tables import Incoming
from core.listings import books, ways
from core.listings.books import Filter
from core.tasks import directing, dividing
from core.tasks.tables import Form, Task


@pytest.fixture
def office(database: Database) -> Office:
    return opened(database)


def _named(office: Office) -> str:
    """Whom the register names for its only entry: on its pages, printed, exported and beside the document."""
    with office.database.reading() as session:
        lan, shelf = office.user(session, "clerk"), books.shelves(session, at=MORNING)[0]
        [row] = books.page(session, lan, shelf, 2026, Filter()).rows
        [printed] = books.all_rows(session, lan, shelf, 2026, Filter())
        [exported] = exports.incoming(session)
        way = ways.way_of(session, session.scalars(sa.select(Task)).one(), lan, at=MORNING)
    assert printed.receiver == row.receiver
    assert exported["received_by"] == way.receiver and (way.receiver or "Phòng VP") == row.receiver
    assert printed.passed_on == row.passed_on == exported["passed_on"]
    assert (row.passed_on is None) is (not way.receiver)
    return row.receiver


def _information(office: Office, *informed: Any) -> Any:
    return given(office, form=Form.FOR_INFORMATION, lead=None, due_at="", informed=informed)


def test_what_the_clerk_typed_stands_until_the_document_is_given_out(office: Office) -> None:
    task = office.entered(receiver="Phòng VP")
    assert _named(office) == "Phòng VP"
    office.do(directing.assign, task, given(office), by="director")
    assert _named(office) == "Phòng QLKH"
    office.do(directing.take_back, task, by="director")
    assert _named(office) == "Phòng VP"


def test_the_day_of_passing_on_is_the_office_s_day_of_the_assignment(office: Office) -> None:
    task = office.entered(receiver="Phòng VP")
    late = datetime(2026, 6, 5, 17, 30, tzinfo=UTC)  # half past midnight here
    office.do(directing.assign, task, given(office), by="director", at=late)
    with office.database.reading() as session:
        shelf = books.shelves(session, at=MORNING)[0]
        [row] = books.page(session, office.user(session, "clerk"), shelf, 2026, Filter()).rows
    assert row.passed_on == date(2026, 6, 6)


def test_the_division_stays_named_when_its_head_gives_the_work_on(office: Office) -> None:
    task = office.entered(receiver="Phòng VP")
    office.do(directing.assign, task, given(office), by="director")
    office.do(dividing.give, task, user_of(office, "worker"), "", by="head")
    assert _named(office) == "Phòng QLKH"


def test_a_person_whom_the_leader_named_is_named_himself(office: Office) -> None:
    task = office.entered(receiver="Phòng VP")
    office.do(directing.assign, task, given(office, lead=office.person("other")), by="director")
    assert _named(office) == "Other"


def test_for_information_those_who_are_informed_are_named_in_their_order(office: Office) -> None:
    task = office.entered(receiver="Phòng VP")
    informed = (office.division("QLKH"), office.person("deputy"), office.division("VP"))
    office.do(directing.assign, task, _information(office, *informed), by="director")
    assert _named(office) == "Phòng QLKH, Deputy, Phòng VP"


def test_what_is_only_filed_went_to_nobody(office: Office) -> None:
    task = office.entered(receiver="Phòng VP")
    office.do(directing.assign, task, _information(office), by="director")
    assert _named(office) == "Lưu trữ"


def test_of_a_document_whose_content_was_removed_nobody_is_told_where_it_went(office: Office) -> None:
    task = office.entered()
    office.do(directing.assign, task, given(office), by="director")
    with office.database.writing() as session:
        session.scalars(sa.select(Incoming)).one().removed_at = MORNING
    with office.database.reading() as session:
        lan, shelf = office.user(session, "clerk"), books.shelves(session, at=MORNING)[0]
        [row] = books.all_rows(session, lan, shelf, 2026, Filter())
        [exported] = exports.incoming(session)
    assert (row.receiver, row.passed_on, exported["received_by"], exported["passed_on"]) == ("", None, "", None)


def test_an_entry_that_was_voided_keeps_who_had_received_it(office: Office) -> None:
    task = office.entered(receiver="Phòng VP")
    office.do(directing.assign, task, given(office, lead=office.division("QLCN")), by="director")
    with office.database.writing() as session:
        document = session.scalars(sa.select(Incoming)).one()
        registration.void(session, document, "Vào trùng", by=office.user(session, "clerk"), at=MORNING)
    assert _named(office) == "Phòng QLCN"
