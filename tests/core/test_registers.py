"""Promise 5: numbers have no gaps and no doubles."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from core import registers
from core.errors import NotAllowed, Permanent, WrongState
from core.incoming import registration
from core.incoming.tables import Incoming
from core.people import User
from core.registers import Book, Series

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)


def confirm(office: Any, draft_id: int, at: datetime = MORNING, by: int | None = None) -> int:
    with office.database.writing() as session:
        document = session.get_one(Incoming, draft_id, with_for_update=True)
        clerk = session.get_one(User, by or office.clerk_id)
        return registration.register(session, document, by=clerk, at=at)


def test_numbers_run_without_gaps_from_the_confirmed_first(office: Any) -> None:
    assert [confirm(office, office.draft()) for _ in range(5)] == [1, 2, 3, 4, 5]


def _name(number: int) -> str:
    return "".join("Lâm Hòa Sơn Phú An Bình Đức Tân Minh Xuân".split()[int(digit)] for digit in str(number))


def test_clerks_confirming_at_once_get_every_number_exactly_once(office: Any) -> None:
    # Of one office each, or they would wait for each other where lessons and the address book are counted.
    ids = [
        office.draft(issuer=f"Ủy ban nhân dân xã {name}", parent_issuer=f"Huyện {name}", signer_name=f"Trần {name}")
        for name in map(_name, range(40))
    ]
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda draft_id: confirm(office, draft_id), ids))
    assert sorted(numbers) == list(range(1, 41))


def test_a_number_taken_in_a_transaction_that_fails_is_given_again(office: Any) -> None:
    draft_id = office.draft()
    with pytest.raises(RuntimeError, match="mất điện"), office.database.writing() as session:
        document = session.get_one(Incoming, draft_id)
        registration.register(session, document, by=session.get_one(User, office.clerk_id), at=MORNING)
        raise RuntimeError("mất điện")
    assert confirm(office, draft_id) == 1


def test_a_draft_gets_one_number_only(office: Any) -> None:
    draft_id = office.draft()
    assert confirm(office, draft_id) == 1
    with pytest.raises(WrongState, match="số đến 1"):
        confirm(office, draft_id)
    assert confirm(office, office.draft()) == 2


def test_only_a_clerk_takes_a_number(office: Any) -> None:
    with pytest.raises(NotAllowed):
        confirm(office, office.draft(), by=office.leader_id)
    assert confirm(office, office.draft()) == 1


def test_the_year_of_a_number_is_the_year_in_the_office(office: Any) -> None:
    last = datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC)  # 23:59:59 +07
    assert confirm(office, office.draft(), at=last) == 1
    assert confirm(office, office.draft(), at=last + timedelta(seconds=1)) == 1
    with office.database.reading() as session:
        rows = session.execute(sa.select(Incoming.year, Incoming.arrival_number).order_by(Incoming.year)).all()
    assert [tuple(row) for row in rows] == [(2026, 1), (2027, 1)]


def test_a_clock_that_jumps_back_gets_no_number(office: Any) -> None:
    confirm(office, office.draft())
    with pytest.raises(WrongState, match="Đồng hồ"):
        confirm(office, office.draft(), at=MORNING - timedelta(days=1))


def test_the_database_itself_refuses_a_double(office: Any) -> None:
    first, second = office.draft(), office.draft()
    confirm(office, first)
    statement = (
        sa.update(Incoming)
        .where(Incoming.id == second)
        .values(state="registered", book_id=office.book_id, year=2026, arrival_number=1)
    )
    with pytest.raises(sa.exc.IntegrityError), office.database.writing() as session:
        session.execute(statement)


def test_the_database_itself_refuses_a_counter_that_goes_backwards(office: Any) -> None:
    with pytest.raises(sa.exc.IntegrityError), office.database.writing() as session:
        session.execute(sa.update(Series).values(next_number=0))


def test_a_book_that_starts_in_mid_year_begins_at_the_confirmed_number(office: Any) -> None:
    with office.database.writing() as session:
        book = Book(code="mat", name="Sổ khác", direction="incoming")
        session.add(book)
        session.flush()
        clerk = session.get_one(User, office.clerk_id)
        with pytest.raises(WrongState, match="chưa xác nhận số bắt đầu"):
            registers.next_number(session, book, at=MORNING)
        with pytest.raises(Permanent, match="từ 1 trở lên"):
            registers.open_series(session, book, 0, by=clerk, at=MORNING)
        with pytest.raises(NotAllowed):
            registers.open_series(session, book, 7, by=session.get_one(User, office.leader_id), at=MORNING)
        registers.open_series(session, book, 413, by=clerk, at=MORNING)
        assert registers.next_number(session, book, at=MORNING)[0] == 413
        with pytest.raises(WrongState, match="không đổi được"):
            registers.open_series(session, book, 1, by=clerk, at=MORNING)


def test_a_locked_year_gives_no_number(office: Any) -> None:
    with office.database.writing() as session:
        session.execute(sa.update(Series).values(locked_at=MORNING))
    with pytest.raises(WrongState, match="đã khóa"):
        confirm(office, office.draft())


def test_a_voided_entry_keeps_its_number_and_reason(office: Any) -> None:
    draft_id = office.draft()
    confirm(office, draft_id)
    with office.database.writing() as session:
        document = session.get_one(Incoming, draft_id)
        clerk = session.get_one(User, office.clerk_id)
        with pytest.raises(Permanent, match="lý do"):
            registration.void(session, document, " ", by=clerk, at=MORNING)
        registration.void(session, document, "vào sổ nhầm", by=clerk, at=MORNING)
        assert (document.state, document.arrival_number) == ("voided", 1)
    assert confirm(office, office.draft()) == 2


def test_checking_the_book_names_gaps_and_strangers(office: Any) -> None:
    for _ in range(4):
        confirm(office, office.draft())
    with office.database.writing() as session:
        session.execute(sa.update(Incoming).where(Incoming.arrival_number == 3).values(arrival_number=9))
    with office.database.reading() as session:
        check = registration.check_book(session, session.get_one(Book, office.book_id), 2026)
    assert check is not None
    assert (check.first, check.last, check.count) == (1, 4, 4)
    assert (check.missing, check.doubled) == ((3,), (9,))


def test_checking_a_sound_book_finds_nothing(office: Any) -> None:
    for _ in range(3):
        confirm(office, office.draft())
    with office.database.reading() as session:
        check = registration.check_book(session, session.get_one(Book, office.book_id), 2026)
    assert check is not None
    assert (check.missing, check.doubled, check.count) == ((), (), 3)
