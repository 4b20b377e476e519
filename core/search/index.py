"""Keeping the index equal to the documents: which have changed, their words, and the rows; behind the acts, not lost.

Every act that changes a document raises its version; a document whose `indexed_version` is behind is the queue. The
words are made while only reading; writing them takes the lock for moments.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.db import table_of
from core.incoming.tables import FileRole, Incoming, IncomingFile
from core.incoming.values import URGENCIES, day_and_clock
from core.letters import Message
from core.search import texts, words
from core.search.tables import PAGE_BREAK, FileText, SearchRow
from core.search.words import Words

_document, _rows = table_of(Incoming).c, table_of(SearchRow)
_total: sa.ColumnElement[int] = _document.version + _document.text_version
_FIELDS = (
    "code", "subject", "kind", "issuer", "parent_issuer", "signer_name", "signer_title", "remark", "closed_reason",
    "event_place", "invited",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Prepared:
    """The words of one document as it stood at `version` (the sum of its two versions), and its unread files."""

    id: int
    version: int
    words: Words
    unasked: tuple[str, ...]


def behind(session: Session, limit: int) -> list[int]:
    """Documents that the index has to follow, the newest first."""
    query = sa.select(_document.id).where(_document.indexed_version != _total)
    return list(session.scalars(query.order_by(_document.id.desc()).limit(limit)))


def prepare(session: Session, incoming_id: int) -> Prepared | None:
    """The words of one document with its mail and files; only reads. None when it is not there."""
    columns = (table_of(Incoming), Message.subject.label("mail_subject"), Message.sender_name, Message.sender_address)
    query = (
        sa.select(*columns)
        .join_from(table_of(Incoming), Message, Message.id == _document.message_id, isouter=True)
        .where(_document.id == incoming_id)
    )
    row = session.execute(query).mappings().first()
    if row is None:
        return None
    files = session.execute(
        sa.select(IncomingFile.name, IncomingFile.sha256, FileText.text)
        .join(FileText, FileText.sha256 == IncomingFile.sha256, isouter=True)
        .where(IncomingFile.incoming_id == incoming_id, IncomingFile.role != FileRole.LEFT_OUT)
        .order_by(IncomingFile.position)
    ).all()
    parts = [*_parts(row), *(file.name for file in files), *_pages(file.text for file in files)]
    unasked = tuple(file.sha256 for file in files if file.text is None)
    return Prepared(incoming_id, row["version"] + row["text_version"], words.of_parts(parts), unasked)


def store(session: Session, prepared: Prepared) -> bool:
    """Write the words of a document unless it has changed since; False when it has, and comes again."""
    table = table_of(Incoming)
    unchanged = sa.and_(_document.id == prepared.id, _total == prepared.version)
    done = session.execute(sa.update(table).where(unchanged).values(indexed_version=prepared.version))
    if not done.rowcount:  # type: ignore[attr-defined]
        return False
    found = {"exact": prepared.words.exact, "folded": prepared.words.folded}
    held = session.execute(sa.update(_rows).where(_rows.c.incoming_id == prepared.id).values(**found))
    if not held.rowcount:  # type: ignore[attr-defined]
        session.execute(sa.insert(_rows).values(incoming_id=prepared.id, **found))
    texts.ask(session, prepared.unasked, prepared.id)
    return True


def drop(session: Session, documents: Sequence[int]) -> None:
    """Take documents out of the index at once; they come back with what is left of them."""
    session.execute(sa.delete(_rows).where(_rows.c.incoming_id.in_(documents)))
    texts.touch(session, documents)


def _parts(row: Any) -> Iterator[str]:
    if row["arrival_number"] is not None:
        number = row["arrival_number"]
        yield f"số đến {number}"
        yield f"{number:,}".replace(",", ".")  # as people may type it
    yield from (row[name] for name in _FIELDS)
    yield row["code"].replace(" ", "")
    for day in (row["issued_on"], row["arrived_on"]):
        yield from _days(day)
    for moment in (row["due_at"], row["event_at"]):
        yield from _moment(moment)
    if row["urgency"] != "thuong":
        yield URGENCIES[row["urgency"]]
    yield from (row[name] or "" for name in ("mail_subject", "sender_name", "sender_address"))


def _days(day: date | None) -> Iterator[str]:
    if day is not None:
        yield f"{day:%d/%m/%Y}"
        yield f"{day.day}/{day.month}/{day.year}"


def _moment(stored: str) -> Iterator[str]:
    """An ISO date, or date and hour, as it may be asked for: 15/06/2026, 15/6/2026, 14 giờ 00, 14h00."""
    if stored:
        day, clock = day_and_clock(stored)
        yield stored[:10]
        yield from _days(day)
        if clock:
            hour, _, minute = clock.partition(":")
            yield f"{hour} giờ {minute}, {hour.lstrip('0')} giờ {minute}, {hour}h{minute}"


def _pages(found: Iterator[str | None]) -> Iterator[str]:
    for text in found:
        # A sentence goes on over the page: the break is no border for phrases.
        yield (text or "").replace(PAGE_BREAK, "\n")
