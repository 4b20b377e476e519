"""Finding documents: what is meant by its number or words first, then the newest, page by page, only what the person
may read (Quy chế 63, Chương III, Điều 9.4)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from core.db import table_of
from core.incoming.tables import Incoming
from core.people import User
from core.rights import readable
from core.search import raising, snippets
from core.search.query import Query, Term
from core.search.snippets import Piece
from core.search.tables import SearchRow
from core.text import fold

PAGE_ROWS = 20
_document, _rows = table_of(Incoming).c, table_of(SearchRow).c
COLUMNS = (
    _document.id, _document.state, _document.arrival_number, _document.arrived_on, _document.received_at,
    _document.code, _document.issued_on, _document.issuer, _document.kind, _document.subject, _document.urgency,
    _document.event_at, _document.event_place,
)  # fmt: skip
_PLANNER_SETTINGS = (
    # A plan made for any words at all takes the index and sorts, for common words a thousand times the work.
    "SET LOCAL plan_cache_mode = force_custom_plan",
    # Side by side with the few rows of a rare word PostgreSQL would walk through all documents.
    "SET LOCAL enable_mergejoin = off",
)
_FTS = sa.table("fts_rows", sa.column("rowid", sa.Integer))


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a search; empty means all. Days are ngày đến, `issuer` a part of the name, marks left out."""

    book_id: int | None = None
    year: int | None = None
    from_day: date | None = None
    to_day: date | None = None
    issuer: str = ""
    kind: str = ""
    urgency: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found. `subject` is marked where words hit it; `snippet` shows where else, () if nowhere else."""

    id: int
    state: str
    arrival_number: int | None
    arrived_on: date | None
    received_at: datetime
    code: str
    issued_on: date | None
    issuer: str
    kind: str
    urgency: str
    event_at: str
    event_place: str
    subject: tuple[Piece, ...]
    snippet: tuple[Piece, ...]
    place: str


@dataclass(frozen=True, slots=True)
class Found:
    """One page of hits; `before` is where the next page begins, None at the end."""

    hits: tuple[Hit, ...] = ()
    before: int | None = None


def find(
    session: Session, user: User, query: Query, filters: Filters, *, before: int | None = None,
    limit: int = PAGE_ROWS,
) -> Found:  # fmt: skip
    """What the person may read and the query and filters name: first what `core.search.raising` raises, then by the
    order it was taken in, the newest first.

    `before` is the id that the page before ended with, negative among what is raised; what is no longer raised begins
    anew. Nothing asked finds nothing.
    """
    if not query.terms and filters == Filters():
        return Found()
    wanted = [readable(user), *_narrowed(session, filters)]
    select, order = _matching(session, query, wanted)
    first = raising.raised(session, query, wanted, lambda: select(_document.id).order_by(order.desc()))
    if before is not None and before <= 0 and -before not in first:
        before = None
    shown = _behind(first, before)[: limit + 1]
    by_id = (
        {row.id: row for row in session.execute(sa.select(*COLUMNS).where(_document.id.in_(shown)))} if shown else {}
    )
    rows: list[Any] = [by_id[one] for one in shown if one in by_id]
    if len(rows) <= limit:
        statement, is_met = select(*COLUMNS), set(first)
        if before is not None and before > 0:
            statement = statement.where(order < before)
            is_met = {one for one in first if one < before}
        # The raised are left out here: a NOT IN costs both databases their walk backwards.
        rest = session.execute(statement.order_by(order.desc()).limit(limit + 1 - len(rows) + len(is_met)))
        rows = [*rows, *(row for row in rest if row.id not in is_met)][: limit + 1]
    places = snippets.of_documents(session, [row.id for row in rows[:limit]], query)
    hits = tuple(_hit(row, query, *places.get(row.id, ((), ""))) for row in rows[:limit])
    if len(rows) <= limit:
        return Found(hits)
    last = rows[limit - 1].id
    return Found(hits, -last if last in first else last)


def _behind(first: Sequence[int], before: int | None) -> Sequence[int]:
    """What of the raised is still to be shown on a page that begins behind `before`."""
    if before is None:
        return first
    return first[first.index(-before) + 1 :] if -before in first else ()


def _matching(
    session: Session, query: Query, wanted: Sequence[sa.ColumnElement[bool]]
) -> tuple[Callable[..., sa.Select[Any]], sa.ColumnElement[int]]:
    """How to select columns of what matches, and by what it is ordered so that no more than a page is looked at."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    if is_sqlite and not query.terms:
        behind = [_behind_the_order(condition) for condition in wanted]
        return (lambda *columns: sa.select(*columns).where(*behind)), _document.id
    if is_sqlite:
        return (lambda *columns: _on_sqlite(sa.select(*columns), query).where(*wanted)), _FTS.c.rowid
    if not query.terms:
        return (lambda *columns: sa.select(*columns).where(*wanted)), _document.id
    for setting in _PLANNER_SETTINGS:
        session.execute(sa.text(setting))
    return (lambda *columns: _on_postgresql(sa.select(*columns), query).where(*wanted)), _rows.incoming_id


def _behind_the_order(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    # Else SQLite takes an index of the condition and sorts all it finds, where a walk back by id ends after a page.
    return sa.case((condition, 1), else_=0) == 1


def _hit(row: sa.Row[Any], query: Query, snippet: tuple[Piece, ...], place: str) -> Hit:
    values = {**row._mapping, "subject": snippets.marked(row.subject, query)}
    return Hit(**values, snippet=snippet, place=place)


def _on_sqlite(statement: sa.Select[Any], query: Query) -> sa.Select[Any]:
    # The plus keeps SQLite from looking each document up in the index instead of the other way round.
    pair = sa.literal_column("+fts_rows.rowid", sa.Integer) == _document.id
    matches = sa.literal_column("fts_rows").op("MATCH")(_fts5(query))
    return statement.select_from(_FTS.join(table_of(Incoming), pair)).where(matches)


def _fts5(query: Query) -> str:
    """The query in FTS5's syntax: only words of letters and digits, each run in quotes."""
    return " AND ".join(
        f"{_column(term)} : ({' OR '.join(_quoted(' '.join(run)) for run in term.runs)})" for term in query.terms
    )


def _quoted(words: str) -> str:
    return f'"{words}"'


def _on_postgresql(statement: sa.Select[Any], query: Query) -> sa.Select[Any]:
    pair = _rows.incoming_id == _document.id
    statement = statement.select_from(table_of(Incoming).join(table_of(SearchRow), pair))
    return statement.where(*(condition for term in query.terms for condition in _conditions(term)))


def _conditions(term: Term) -> list[sa.ColumnElement[bool]]:
    # The index knows which words occur. Whether they stand in a row the text itself tells: tsvector keeps no
    # places beyond word 16,383 and only 256 of each word.
    column = _column(term)
    asked = " | ".join(f"({' & '.join(map(_lexeme, run))})" for run in term.runs)
    matches = sa.literal_column(f"search_rows.fts_{column}").op("@@")(sa.cast(asked, TSQUERY))
    if all(len(run) == 1 for run in term.runs):
        return [matches]
    return [matches, sa.or_(*(sa.func.strpos(_rows[column], f" {' '.join(run)} ") > 0 for run in term.runs))]


def _lexeme(word: str) -> str:
    return f"'{word}'"


def _column(term: Term) -> str:
    return "exact" if term.is_exact else "folded"


def _narrowed(session: Session, filters: Filters) -> list[sa.ColumnElement[bool]]:
    pairs = (
        (_document.book_id, filters.book_id), (_document.year, filters.year), (_document.kind, filters.kind),
        (_document.urgency, filters.urgency), (_document.state, filters.state),
    )  # fmt: skip
    wanted = [column == value for column, value in pairs if value]
    if filters.from_day is not None:
        wanted.append(_document.arrived_on >= filters.from_day)
    if filters.to_day is not None:
        wanted.append(_document.arrived_on <= filters.to_day)
    if filters.issuer:
        wanted.append(_document.issuer.in_(_issuers(session, filters.issuer)))
    return wanted


def _issuers(session: Session, typed: str) -> list[str]:
    """The spellings of an office's name that the documents bear: both databases fold Vietnamese differently."""
    part = fold(typed)
    return [name for name in session.scalars(sa.select(_document.issuer).distinct()) if part in fold(name)]
