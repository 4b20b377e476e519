"""An exact phrase, code or number comes before what is only newer, on both databases alike."""

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from core import people
from core.incoming.tables import Incoming
from core.people import Role, User
from core.rights import readable
from core.search import raising
from core.search.query import parse

APART = "đổi mới sáng tạo, chuyển số liệu về quy chế"  # the words of "chuyển đổi số", each elsewhere


def _pages(library: Any, typed: str, limit: int = 2) -> list[int]:
    """What is found, page by page."""
    page = library.found(typed, limit=limit)
    seen = [hit.id for hit in page.hits]
    while page.before is not None:
        page = library.found(typed, limit=limit, before=page.before)
        seen += [hit.id for hit in page.hits]
    return seen


@pytest.mark.parametrize("typed", ["chuyển đổi số", "chuyen doi so", "quy chế chuyển đổi số"])
def test_the_words_as_they_were_typed_come_first_and_pages_have_neither_gap_nor_double(
    library: Any, typed: str
) -> None:
    with_phrase = [library.draft(), library.draft()]
    apart = [library.draft(subject=APART) for _ in range(4)]
    library.follow()
    assert _pages(library, typed) == with_phrase[::-1] + apart[::-1]
    assert _pages(library, typed, limit=20) == _pages(library, typed, limit=1) == _pages(library, typed)


def test_a_document_comes_first_by_its_own_code_and_by_the_number_in_it(library: Any) -> None:
    wanted = library.draft(code="87/SNV-VP")
    answers = [library.draft(subject=f"Trả lời Công văn số 87/SNV-VP lần {n}") for n in range(3)]
    library.follow()
    for typed in ("87/SNV-VP", "87/snv-vp", "87", "trả lời 87/SNV-VP"):
        expected = answers[::-1] if typed.startswith("trả") else [wanted, *answers[::-1]]
        assert _pages(library, typed) == expected, typed


@pytest.mark.parametrize("typed", ["1", "số đến 1"])
def test_an_entry_comes_first_by_its_arrival_number(library: Any, typed: str) -> None:
    wanted = library.draft()
    library.register(wanted)
    newer = library.draft(subject="số đến thứ 1, góp ý phần 1")
    library.follow()
    assert _pages(library, typed)[:2] == [wanted, newer]


def test_what_a_person_may_not_read_is_not_raised_either(library: Any) -> None:
    library.draft(code="87/SNV-VP")
    library.follow()
    assert [hit.id for hit in library.found("87/SNV-VP", by=library.office.leader_id).hits] == []


def test_the_most_that_are_raised_are_counted_among_what_is_wanted(
    library: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raising, "_MOST_NAMED", 1)
    entered = library.draft(code="87/SNV-VP")
    library.register(entered)
    others = [library.draft(code="87/SNV-VP", issuer="Sở Nội vụ", subject="lịch họp") for _ in range(3)]
    library.follow()
    with library.office.database.reading() as session:
        leader, clerk = (session.get_one(User, one) for one in (library.office.leader_id, library.office.clerk_id))
        for typed, by, filters, expected in (
            ("87/SNV-VP", clerk, [], others[-1:]), ("87/SNV-VP", leader, [], [entered]),
            ("87/SNV-VP", clerk, [Incoming.state == "registered"], [entered]),
            ("chuyển đổi 87/SNV-VP", clerk, [], [entered]), ("chuyển đổi 87", clerk, [], [entered]),
        ):  # fmt: skip
            wanted = [readable(by), *filters]
            assert raising.raised(session, parse(typed), wanted, _nothing) == expected, (typed, by.username)


def _nothing() -> sa.Select[Any]:
    return sa.select(Incoming.id).where(Incoming.id == 0)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # the other's planner reads a small table whole
def test_a_number_or_code_is_looked_up_by_an_index(library: Any) -> None:
    library.register(library.draft(code="87/SNV-VP"))
    library.follow()
    with library.office.database.writing() as session:
        people.add(session, "head", "head", {Role.HEAD}, "x", at=datetime(2026, 6, 4, tzinfo=UTC))
    plans: list[str] = []

    def explain(connection: Any, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        if statement.startswith("SELECT"):
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(row[-1] for row in cursor.fetchall())

    with library.office.database.reading() as session:
        users = [session.get_one(User, library.office.clerk_id), people.by_username(session, "head")]
        sa.event.listen(session.get_bind(), "before_cursor_execute", explain)
        for user in filter(None, users):
            wanted = [readable(user), Incoming.book_id == 1, Incoming.year == 2026, Incoming.state == "registered"]
            raising.raised(session, parse("87/SNV-VP 87"), wanted, _nothing)
        sa.event.remove(session.get_bind(), "before_cursor_execute", explain)
    for index in ("(book_id=? AND year=? AND arrival_number=?)", "(code_key=?)", "(code_number=?)"):
        assert any(index in plan for plan in plans), plans
    assert not [plan for plan in plans if plan.startswith(("SCAN incoming", "SCAN search_rows"))]


def test_a_place_that_is_no_longer_raised_begins_anew(library: Any) -> None:
    wanted = library.draft(code="87/SNV-VP")
    newer = [library.draft(subject=f"Trả lời Công văn số 87/SNV-VP lần {n}") for n in range(2)]
    library.follow()
    first = [wanted, *newer[::-1]]
    for place in (0, -newer[0], -999):
        assert library.ids("87/SNV-VP", before=place) == first, place
    assert library.ids("87/SNV-VP", before=-wanted) == newer[::-1]


def test_no_more_than_the_newest_are_looked_through(library: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raising, "LOOKED_THROUGH", 2)
    oldest = library.draft()
    apart = [library.draft(subject=APART) for _ in range(2)]
    library.follow()
    assert _pages(library, "chuyển đổi số") == [*apart[::-1], oldest]
