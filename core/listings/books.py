"""Sổ văn bản đến: the rows of one book and year, filtered, sorted and paged by số đến."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import registers
from core.incoming.copies import lacks_original
from core.incoming.tables import Incoming, State
from core.listings.receivers import Received, received_by
from core.office import office_date
from core.people import User
from core.registers import Book, Direction, Series
from core.rights import readable
from core.text import fold

PAGE_ROWS = 50
_COLUMNS = (
    Incoming.id, Incoming.arrived_on, Incoming.arrival_number, Incoming.issuer, Incoming.code, Incoming.issued_on,
    Incoming.kind, Incoming.subject, Incoming.urgency, Incoming.origin, Incoming.remark, Incoming.state,
    Incoming.closed_reason, Incoming.event_at, Incoming.event_place, Incoming.receiver,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shelf:
    """One book of incoming documents with the years it has, newest first; `is_open` speaks of the year of today.

    `waits_since` is set while the book waits after a restore.
    """

    id: int
    code: str
    name: str
    years: tuple[int, ...]
    is_open: bool
    waits_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """What a person asked to see; empty means all. `words` are matched without tone marks in any order."""

    words: str = ""
    kind: str = ""
    urgency: str = ""
    state: str = ""
    from_day: date | None = None
    to_day: date | None = None
    from_number: int | None = None
    to_number: int | None = None
    lacks_original: bool = False


@dataclass(frozen=True, slots=True)
class BookRow:
    """One line of the register, with the columns of Phụ lục IV NĐ 30. `receiver` is who was given the document, on
    `passed_on`; until then what the clerk typed."""

    id: int
    arrived_on: date
    number: int
    issuer: str
    code: str
    issued_on: date | None
    kind: str
    subject: str
    urgency: str
    origin: str
    remark: str
    is_voided: bool
    void_reason: str
    event_at: str
    event_place: str
    receiver: str
    passed_on: date | None


@dataclass(frozen=True, slots=True)
class BookPage:
    """Some lines of a book. `before` and `after` are the numbers where the neighbouring pages begin, if any."""

    rows: tuple[BookRow, ...]
    total: int
    before: int | None
    after: int | None


def shelves(session: Session, *, at: datetime) -> list[Shelf]:
    """Every book of incoming documents; the year of `at` stands among its years even before it is opened."""
    year = office_date(at).year
    books = session.scalars(sa.select(Book).where(Book.direction == Direction.INCOMING).order_by(Book.id))
    return [
        Shelf(
            book.id,
            book.code,
            book.name,
            _years(session, book.id, year),
            registers.is_open(session, book, year),
            book.waits_since,
        )
        for book in books.all()
    ]


def page(
    session: Session, user: User, shelf: Shelf, year: int, asked: Filter, *, newest_first: bool = True,
    after: int | None = None, before: int | None = None, limit: int = PAGE_ROWS,
) -> BookPage:  # fmt: skip
    """One page of what the person may read: behind number `after`, or the one that ends before number `before`.

    Words are compared in Python, over one year of one book: some 20 ms for each thousand entries.
    """
    wanted = _where(user, shelf, year, asked)
    matching = _matching(session, wanted, asked.words)
    total = _count(session, wanted) if matching is None else len(matching)
    if matching is not None:
        wanted = (*wanted, Incoming.id.in_(_window(matching, newest_first, after, before, limit)))
    goes_back = before is not None
    falls = newest_first != goes_back
    edge = before if goes_back else after
    if edge is not None:
        wanted = (*wanted, Incoming.arrival_number < edge if falls else Incoming.arrival_number > edge)
    order = Incoming.arrival_number.desc() if falls else Incoming.arrival_number
    query = sa.select(*_COLUMNS).where(*wanted).order_by(order).limit(limit + 1)
    found = _rows(session, session.execute(query).mappings().all())
    has_more, rows = len(found) > limit, found[:limit]
    if goes_back:
        rows.reverse()
    return _paged(rows, total, has_more=has_more, edge=edge, goes_back=goes_back)


def all_rows(
    session: Session, user: User, shelf: Shelf, year: int, asked: Filter, *, newest_first: bool = False
) -> Iterator[BookRow]:
    """Every line that fits, in the order of numbers: for printing and export."""
    matching = _matching(session, _where(user, shelf, year, asked), asked.words)
    order = Incoming.arrival_number.desc() if newest_first else Incoming.arrival_number
    query = sa.select(*_COLUMNS).where(*_where(user, shelf, year, asked)).order_by(order)
    ids = None if matching is None else {row_id for _, row_id in matching}
    for some in session.execute(query.execution_options(yield_per=500)).mappings().partitions():
        yield from _rows(session, [row for row in some if ids is None or row["id"] in ids])


def kinds_in(session: Session, shelf: Shelf, year: int) -> list[str]:
    """The kinds of document that occur in a book's year, for choosing."""
    in_book = (Incoming.book_id == shelf.id, Incoming.year == year, Incoming.kind != "")
    return list(session.scalars(sa.select(Incoming.kind).where(*in_book).distinct().order_by(Incoming.kind)))


def _years(session: Session, book_id: int, this_year: int) -> tuple[int, ...]:
    found = session.scalars(sa.select(Series.year).where(Series.book_id == book_id))
    return tuple(sorted({this_year, *found}, reverse=True))


def _where(user: User, shelf: Shelf, year: int, asked: Filter) -> tuple[sa.ColumnElement[bool], ...]:
    wanted = [
        Incoming.book_id == shelf.id, Incoming.year == year, Incoming.arrival_number.is_not(None), readable(user),
    ]  # fmt: skip
    for column, value in (
        (Incoming.kind, asked.kind),
        (Incoming.urgency, asked.urgency),
        (Incoming.state, asked.state),
    ):
        if value:
            wanted.append(column == value)
    if asked.from_day:
        wanted.append(Incoming.arrived_on >= asked.from_day)
    if asked.to_day:
        wanted.append(Incoming.arrived_on <= asked.to_day)
    if asked.from_number is not None:
        wanted.append(Incoming.arrival_number >= asked.from_number)
    if asked.to_number is not None:
        wanted.append(Incoming.arrival_number <= asked.to_number)
    if asked.lacks_original:
        wanted.append(lacks_original())
    return tuple(wanted)


def _matching(
    session: Session, wanted: tuple[sa.ColumnElement[bool], ...], words: str
) -> list[tuple[int, int]] | None:  # fmt: skip
    """(number, id) of the entries in which all words occur, by number; None when no words were asked for."""
    if not words:
        return None
    parts = fold(words).split()
    columns = (Incoming.arrival_number, Incoming.id, Incoming.code, Incoming.issuer, Incoming.subject)
    rows = session.execute(sa.select(*columns).where(*wanted).order_by(Incoming.arrival_number))
    found = []
    for number, row_id, code, issuer, subject in rows:
        text = fold(f"{number} {_dotted(number)} {code} {issuer} {subject}")
        if number is not None and all(part in text for part in parts):
            found.append((number, row_id))
    return found


def _dotted(number: int | None) -> str:
    # 1.317, as people may type it.
    return f"{number or 0:,}".replace(",", ".")


def _window(
    matching: list[tuple[int, int]], newest_first: bool, after: int | None, before: int | None, limit: int
) -> list[int]:
    """The ids that one page can need, so that the list in the query stays short."""
    falls = newest_first != (before is not None)
    edge = after if before is None else before
    ordered = reversed(matching) if falls else matching
    fitting = [i for n, i in ordered if edge is None or (n < edge if falls else n > edge)]
    return fitting[: limit + 1]


def _count(session: Session, wanted: tuple[sa.ColumnElement[bool], ...]) -> int:
    return session.execute(sa.select(sa.func.count()).select_from(Incoming).where(*wanted)).scalar_one()


def _paged(rows: list[BookRow], total: int, *, has_more: bool, edge: int | None, goes_back: bool) -> BookPage:
    has_before = has_more if goes_back else edge is not None
    has_after = goes_back or has_more
    first, last = (rows[0].number, rows[-1].number) if rows else (None, None)
    return BookPage(tuple(rows), total, first if has_before else None, last if has_after else None)


def _rows(session: Session, rows: Sequence[sa.RowMapping]) -> list[BookRow]:
    received = received_by(session, [row["id"] for row in rows])
    return [_row(row, received.get(row["id"], Received(row["receiver"]))) for row in rows]


def _row(row: sa.RowMapping, received: Received) -> BookRow:
    is_voided = row["state"] == State.VOIDED
    return BookRow(
        id=row["id"], arrived_on=row["arrived_on"], number=row["arrival_number"], issuer=row["issuer"],
        code=row["code"], issued_on=row["issued_on"], kind=row["kind"], subject=row["subject"],
        urgency=row["urgency"], origin=row["origin"], remark=row["remark"], is_voided=is_voided,
        void_reason=row["closed_reason"] if is_voided else "",
        event_at=row["event_at"], event_place=row["event_place"],
        receiver=received.by, passed_on=received.passed_on,
    )  # fmt: skip
