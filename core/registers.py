"""Books and their gapless numbers (promise 5; Điều 15 and 22 NĐ 30)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import events
from core.confirmers import who_confirms
from core.db import Base
from core.errors import NotAllowed, Permanent, WrongState
from core.office import office_date, office_moment
from core.people import Role, User

LARGEST_NUMBER = 9_999_999_999  # Phụ lục VI NĐ 30: ArrivalNumber is Number(10)


class Direction(StrEnum):
    """Which way the documents of a book go."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"


class Book(Base):
    """One register (sổ đăng ký), such as "Sổ văn bản đến"; `code` is what settings name it by.

    `waits_since` is set by a restore to the instant of its backup: numbers given after it are unknown, so none is
    given until a person has confirmed the last one. `is_open` where everybody who works on documents may read its
    entries, not only those to whom they were given (NĐ 30, Phụ lục VI: quyền đọc).
    """

    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(24), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    direction: Mapped[str] = mapped_column(sa.String(12))
    waits_since: Mapped[datetime | None]
    is_open: Mapped[bool] = mapped_column(default=False)


class Series(Base):
    """The numbers of one book in one year. `next_number` is taken by the next entry and never decreases.

    `opened_by` confirmed the first number of a book that starts in mid-year; None where the year rolled over.
    """

    __tablename__ = "number_series"
    __table_args__ = (sa.CheckConstraint("next_number >= first_number", name="never_backwards"),)

    book_id: Mapped[int] = mapped_column(sa.ForeignKey("books.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    first_number: Mapped[int] = mapped_column(sa.BigInteger)
    next_number: Mapped[int] = mapped_column(sa.BigInteger)
    last_on: Mapped[date | None]
    opened_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    opened_at: Mapped[datetime]
    locked_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class BookCheck:
    """ "Kiểm tra sổ": what a book's year holds. `missing`, and `doubled` (given twice or
    outside the series), are empty in a sound book."""

    first: int
    last: int
    count: int
    voided: int
    missing: tuple[int, ...]
    doubled: tuple[int, ...]


def book_by_code(session: Session, code: str) -> Book:
    """The book that settings name `code`. Raises Permanent when there is none."""
    book = session.scalars(sa.select(Book).where(Book.code == code)).first()
    if book is None:
        known = ", ".join(f"«{one}»" for one in session.scalars(sa.select(Book.code).order_by(Book.id)))
        raise Permanent(
            f"Không có sổ nào mang mã «{code}»; các mã sổ đang có: {known or 'chưa có'}. Sửa khóa «book» của bảng "
            "[[mailboxes]] hoặc khóa «recipients» của bảng [listener]."
        )
    return book


def open_series(
    session: Session, book: Book, first_number: int, *, by: User, at: datetime, source: str = ""
) -> Series:  # fmt: skip
    """Confirm the number a book begins with in the year of `at` (features E14).

    Raises NotAllowed unless `by` is a clerk, WrongState when the year is already open, Permanent for a
    number outside 1..9,999,999,999.
    """
    if Role.CLERK not in by.roles:
        raise NotAllowed("Chỉ văn thư được xác nhận số bắt đầu của sổ.")
    if not 1 <= first_number <= LARGEST_NUMBER:
        raise Permanent("Số bắt đầu phải là số nguyên từ 1 trở lên.", field="first_number")
    today = office_date(at)
    if session.get(Series, (book.id, today.year)) is not None:
        raise WrongState(f"{book.name} năm {today.year} đã mở; số bắt đầu không đổi được nữa.")
    series = Series(
        book_id=book.id, year=today.year, first_number=first_number, next_number=first_number,
        opened_by=by.id, opened_at=at,
    )  # fmt: skip
    session.add(series)
    session.flush()
    payload = {"book": book.code, "year": today.year, "first_number": first_number}
    events.record(session, "series_opened", "book", book.id, by=by.id, at=at, source=source, payload=payload)
    return series


def is_open(session: Session, book: Book, year: int) -> bool:
    """Whether the next entry of that year can get its number: opened, or following an earlier year."""
    series = session.get(Series, (book.id, year))
    if series is not None:
        return series.locked_at is None
    return _follows_an_earlier_year(session, book, year)


def next_number(session: Session, book: Book, *, at: datetime) -> tuple[int, date]:
    """Take the next number of a book; returns it with the office's day of `at`.

    The caller writes the entry in the same transaction and does nothing but database work: no gap, no
    double. Raises WrongState when the first number was never confirmed, the year is locked, the book waits after
    a restore, or the clock stands before the last entry (a register follows time).
    """
    if book.waits_since is not None:
        raise WrongState(
            f"{book.name} vừa khôi phục từ bản sao lưu lúc {office_moment(book.waits_since)}. Chờ "
            f"{who_confirms(session)} xác nhận số cuối cùng đã cấp (trang Sổ văn bản đến) rồi mới cấp số tiếp."
        )
    today = office_date(at)
    series = series_to_go_on(session, book, at=at)
    if series.locked_at is not None:
        raise WrongState(f"{book.name} năm {today.year} đã khóa.")
    if series.last_on is not None and today < series.last_on:
        raise WrongState(
            f"Đồng hồ máy chủ ({today:%d/%m/%Y}) lùi trước số đã cấp gần nhất ({series.last_on:%d/%m/%Y}). "
            "Chỉnh lại giờ máy chủ rồi vào sổ."
        )
    number = series.next_number
    series.next_number = number + 1
    series.last_on = today
    return number, today


def _roll_over(session: Session, book: Book, year: int, *, at: datetime) -> Series:
    if not _follows_an_earlier_year(session, book, year):
        raise WrongState(f"{book.name} năm {year} chưa xác nhận số bắt đầu. Mở trang Sổ văn bản đến để xác nhận.")
    series = Series(book_id=book.id, year=year, first_number=1, next_number=1, opened_at=at)
    session.add(series)
    session.flush()
    return series


def _follows_an_earlier_year(session: Session, book: Book, year: int) -> bool:
    latest = sa.select(sa.func.max(Series.year)).where(Series.book_id == book.id)
    newest = session.execute(latest).scalar_one()
    return newest is not None and newest < year


def wait_for_confirmation(session: Session, *, at: datetime) -> None:
    """After a restore of a backup taken at `at`: no book gives a number before its last one is confirmed."""
    session.execute(sa.update(Book).values(waits_since=at))


def series_to_go_on(session: Session, book: Book, *, at: datetime) -> Series:
    """The series that the next number comes from, made when the year has turned. Raises WrongState as
    `next_number` where the first number was never confirmed."""
    year = office_date(at).year
    series = session.get(Series, (book.id, year), with_for_update=True)
    return series if series is not None else _roll_over(session, book, year, at=at)


def check_numbers(series: Series, numbers: Sequence[int], voided: int) -> BookCheck:
    """Compare the numbers found in a book's year with those its series has given out."""
    expected = range(series.first_number, series.next_number)
    counts = Counter(numbers)
    missing = [number for number in expected if number not in counts]
    wrong = [number for number, times in counts.items() if times > 1 or number not in expected]
    return BookCheck(
        first=series.first_number, last=series.next_number - 1, count=len(numbers), voided=voided,
        missing=tuple(missing), doubled=tuple(sorted(wrong)),
    )  # fmt: skip
