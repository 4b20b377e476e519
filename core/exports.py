"""What the office holds, as plain dictionaries for JSON lines: letters, incoming documents, deliveries, events."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.deliveries.tables import Delivery, DeliveryFile, DeliveryStep
from core.events import Event
from core.incoming.tables import Incoming, IncomingFile
from core.letters import Arrival, Message, MessageFile
from core.listings.receivers import Received, received_by
from core.registers import Book

_BATCH = 500


def letters(session: Session) -> Iterator[dict[str, Any]]:
    """Every letter in the order of its coming in, with its files and the places where it arrived.

    What was left out or is held has no letter: nothing of it is told here.
    """
    for rows in _batches(session, Message):
        ids = [row["id"] for row in rows]
        files = _grouped(session, MessageFile, MessageFile.message_id, ids, MessageFile.position)
        arrivals = _grouped(session, Arrival, Arrival.message_id, ids, Arrival.id)
        for row in rows:
            places = [_only(found, "door", "mailbox", "folder", "uidvalidity", "uid") for found in arrivals[row["id"]]]
            kept = [_only(found, "name", "sha256", "media_type", "size", "inside") for found in files[row["id"]]]
            yield {**row, "files": kept, "arrivals": places}


def incoming(session: Session) -> Iterator[dict[str, Any]]:
    """Every incoming document, drafts too, with its book's code and its files; the clerk's values, not the proposed.
    `received_by` is who was given it, "" until somebody is, and `passed_on` the day."""
    books = {book.id: book.code for book in session.scalars(sa.select(Book))}
    for rows in _batches(session, Incoming):
        ids = [row["id"] for row in rows]
        files = _grouped(session, IncomingFile, IncomingFile.incoming_id, ids, IncomingFile.position)
        received = received_by(session, ids)
        for row in rows:
            kept = [_only(found, "name", "sha256", "media_type", "size", "role") for found in files[row["id"]]]
            given = received.get(row["id"], Received())
            yield {
                **row, "book": books[row["book_id"]], "received_by": given.by, "passed_on": given.passed_on,
                "files": kept,
            }  # fmt: skip


def deliveries(session: Session) -> Iterator[dict[str, Any]]:
    """Everything that was to leave the house, with its files and its timeline."""
    for rows in _batches(session, Delivery):
        ids = [row["id"] for row in rows]
        files = _grouped(session, DeliveryFile, DeliveryFile.delivery_id, ids, DeliveryFile.position)
        steps = _grouped(session, DeliveryStep, DeliveryStep.delivery_id, ids, DeliveryStep.id)
        for row in rows:
            kept = [_only(found, "name", "sha256", "media_type") for found in files[row["id"]]]
            way = [_only(found, "at", "step", "stage", "status", "said", "by") for found in steps[row["id"]]]
            yield {**row, "files": kept, "steps": way}


def events(session: Session) -> Iterator[dict[str, Any]]:
    """The whole journal in its order, hashes included, so that others can check the chain."""
    for rows in _batches(session, Event):
        yield from rows


KINDS: dict[str, Callable[[Session], Iterator[dict[str, Any]]]] = {
    "letters": letters, "incoming": incoming, "deliveries": deliveries, "events": events,
}  # fmt: skip


def _batches(session: Session, model: type[Message | Incoming | Delivery | Event]) -> Iterator[list[dict[str, Any]]]:
    last = 0
    while True:
        page = sa.select(*model.__table__.columns).where(model.id > last).order_by(model.id).limit(_BATCH)
        rows = [_plain(row) for row in session.execute(page).mappings()]
        if not rows:
            return
        yield rows
        last = rows[-1]["id"]


def _grouped(
    session: Session, model: Any, key: Any, ids: list[int], order: Any
) -> dict[int, list[dict[str, Any]]]:  # fmt: skip
    found: dict[int, list[dict[str, Any]]] = {one: [] for one in ids}
    query = sa.select(*model.__table__.columns).where(key.in_(ids)).order_by(order)
    for row in session.execute(query).mappings():
        found[row[key.key]].append(_plain(row))
    return found


def _plain(row: Any) -> dict[str, Any]:
    return {name: _text(value) for name, value in row.items()}


def _text(value: Any) -> Any:
    """Instants and dates in ISO 8601, instants with their zone."""
    return value.isoformat() if isinstance(value, date | datetime) else value


def _only(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}
