"""The register as pages of lines: order, filter and paging by number."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from core.incoming import registration
from core.incoming.tables import Incoming, Origin, State
from core.listings import books
from core.listings.books import BookPage, Filter
from core.people import User

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)


@pytest.fixture
def filled(office: Any) -> Any:
    """Seven entries on seven days: 3 is hỏa tốc, 5 voided, the even ones quyết định."""
    with office.database.writing() as session:
        lan = session.get_one(User, office.clerk_id)
        for n in range(1, 8):
            at = MORNING + timedelta(days=n - 1)
            document = Incoming(
                origin=Origin.MAIL, book_id=office.book_id, received_at=at, code=f"{n}/QĐ-UBND",
                issuer="Ủy ban nhân dân tỉnh Lâm Đồng" if n < 5 else "Bộ Khoa học và Công nghệ",
                kind="Quyết định" if n % 2 == 0 else "Công văn", subject=f"Việc thứ {n}",
                issued_on=date(2026, 6, 1), urgency="hoa_toc" if n == 3 else "thuong",
            )  # fmt: skip
            session.add(document)
            session.flush()
            registration.register(session, document, by=lan, at=at)
            if n == 5:
                registration.void(session, document, "Vào trùng", by=lan, at=at)
    return office


def _page(office: Any, asked: Filter | None = None, **paging: Any) -> BookPage:
    with office.database.reading() as session:
        user = session.get_one(User, office.clerk_id)
        shelf = books.shelves(session, at=MORNING)[0]
        return books.page(session, user, shelf, 2026, asked or Filter(), **({"limit": 3} | paging))


def _numbers(page: BookPage) -> list[int]:
    return [row.number for row in page.rows]


def test_pages_follow_one_another_without_a_gap_and_lead_back(filled: Any) -> None:
    first = _page(filled)
    assert (_numbers(first), first.total, first.before, first.after) == ([7, 6, 5], 7, None, 5)
    second = _page(filled, after=first.after)
    assert (_numbers(second), second.before, second.after) == ([4, 3, 2], 4, 2)
    last = _page(filled, after=second.after)
    assert (_numbers(last), last.before, last.after) == ([1], 1, None)
    assert _numbers(_page(filled, before=last.before)) == [4, 3, 2]
    again = _page(filled, before=second.before)
    assert (_numbers(again), again.before, again.after) == ([7, 6, 5], None, 5)


def test_the_book_can_be_read_from_its_first_number(filled: Any) -> None:
    first = _page(filled, newest_first=False)
    assert (_numbers(first), first.after) == ([1, 2, 3], 3)
    assert _numbers(_page(filled, newest_first=False, after=3)) == [4, 5, 6]


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        (Filter(words="lam dong"), [4, 3, 2, 1]),
        (Filter(words="ĐỒNG uy ban"), [4, 3, 2, 1]),
        (Filter(words="6/QD"), [6]),
        (Filter(words="công nghệ thứ 7"), [7]),
        (Filter(words="không có"), []),
        (Filter(kind="Quyết định"), [6, 4, 2]),
        (Filter(urgency="hoa_toc"), [3]),
        (Filter(state=State.VOIDED), [5]),
        (Filter(from_number=2, to_number=3), [3, 2]),
        (Filter(from_day=date(2026, 6, 8)), [7, 6, 5]),
        (Filter(to_day=date(2026, 6, 5)), [2, 1]),
        (Filter(words="bo khoa hoc", state=State.REGISTERED), [7, 6]),
    ],
)
def test_the_book_is_searched_without_tone_marks_and_filtered(filled: Any, asked: Filter, numbers: list[int]) -> None:
    page = _page(filled, asked, limit=50)
    assert (_numbers(page), page.total) == (numbers, len(numbers))
    with filled.database.reading() as session:
        user, shelf = session.get_one(User, filled.clerk_id), books.shelves(session, at=MORNING)[0]
        rows = books.all_rows(session, user, shelf, 2026, asked)
        assert [row.number for row in rows] == numbers[::-1], "what is printed must be what is shown"


def test_a_search_is_paged_like_the_book(filled: Any) -> None:
    first = _page(filled, Filter(words="lam dong"))
    assert (_numbers(first), first.total, first.after) == ([4, 3, 2], 4, 2)
    last = _page(filled, Filter(words="lam dong"), after=2)
    assert (_numbers(last), last.before, last.after) == ([1], 1, None)
    assert _numbers(_page(filled, Filter(words="lam dong"), before=1)) == [4, 3, 2]


def test_a_voided_entry_stays_with_its_reason(filled: Any) -> None:
    row = _page(filled, Filter(state=State.VOIDED)).rows[0]
    assert (row.is_voided, row.void_reason) == (True, "Vào trùng")


def test_who_may_read_no_entry_sees_an_empty_book(filled: Any) -> None:
    with filled.database.writing() as session:
        user = session.get_one(User, filled.clerk_id)
        user.role_rows[0].role = "admin"
    assert _page(filled).total == 0
