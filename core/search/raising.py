"""What comes before the newest: a document whose own number or code was typed, then those with the words as typed."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.db import table_of
from core.incoming.tables import Incoming
from core.notation import matching_key
from core.registers import Series
from core.search.query import Query, Run
from core.search.tables import SearchRow

LOOKED_THROUGH = 300  # of the newest that have all words: their texts are looked through, which takes milliseconds
_MOST_NAMED = 100  # by each of them: the newest
_NUMBER = re.compile(r"0*(\d{1,9})")
_document, _rows, _series = table_of(Incoming).c, table_of(SearchRow).c, table_of(Series).c


def raised(
    session: Session, query: Query, wanted: Sequence[sa.ColumnElement[bool]], newest: Callable[[], sa.Select[Any]]
) -> list[int]:
    """The ids of those that come first, in their order. `wanted` is what the person may read and asks for; `newest`
    selects the ids of all that match."""
    if not query.terms:
        return []
    found = dict.fromkeys(_named(session, query, wanted))
    if query.phrase is not None:
        window = newest().limit(LOOKED_THROUGH).subquery()
        pair = _rows.incoming_id == window.c.id
        with_phrase = sa.select(_rows.incoming_id).join_from(table_of(SearchRow), window, pair)
        with_phrase = with_phrase.where(_has(session, query.phrase, is_exact=query.is_exact))
        found |= dict.fromkeys(sorted(session.scalars(with_phrase), reverse=True))
    return list(found)


def _named(session: Session, query: Query, wanted: Sequence[sa.ColumnElement[bool]]) -> Sequence[int]:
    """Those whose số đến, or whose own number or code, was typed, with all the other words."""
    if not query.codes:
        return ()
    has_all = [sa.or_(*(_has(session, run, is_exact=term.is_exact) for run in term.runs)) for term in query.terms]
    pair = _rows.incoming_id == _document.id
    # Else SQLite goes by an index of what is wanted; and for the newest by id both may walk through all documents.
    is_wanted = sa.case((sa.and_(sa.true(), *wanted), 1), else_=0) == 1
    named = sa.select(_document.id).join_from(table_of(Incoming), table_of(SearchRow), pair).where(is_wanted, *has_all)
    named = named.order_by((_document.id + 0).desc()).limit(_MOST_NAMED)
    series = [tuple(row) for row in session.execute(sa.select(_series.book_id, _series.year))]
    bears = (one for typed in dict.fromkeys(query.codes) for one in _bearing(typed, series))
    return sorted({id_ for one in bears for id_ in session.scalars(named.where(one))}, reverse=True)


def _bearing(typed: str, series: Sequence[tuple[int, int]]) -> list[sa.ColumnElement[bool]]:
    """By index alone: the documents of a code, or of a number."""
    asked: list[sa.ColumnElement[bool]] = [_document.code_key == key for key in [matching_key(typed)] if key]
    if number := _NUMBER.fullmatch(typed.replace(".", "")):
        digits = number[1]
        books, years = ({row[place] for row in series} for place in (0, 1))
        in_book = sa.and_(_document.book_id.in_(sorted(books)), _document.year.in_(sorted(years)))
        asked.append(sa.and_(in_book, _document.arrival_number == int(digits)))
        asked.append(sa.and_(_document.code_number != "", _document.code_number.in_((digits, digits.zfill(2)))))
    return asked


def _has(session: Session, run: Run, *, is_exact: bool) -> sa.ColumnElement[bool]:
    place = sa.func.instr if session.get_bind().dialect.name == "sqlite" else sa.func.strpos
    return place(_rows.exact if is_exact else _rows.folded, f" {' '.join(run)} ") > 0
