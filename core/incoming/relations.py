"""Thay thế, cập nhật: what a document that a package brings changes, linked both ways when it is registered.

The old entry keeps its number and its page says what came instead (Điều 18.3 NĐ 30; DOMAIN §3.2).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.db import table_of
from core.edxml import Kind
from core.events import Fact
from core.exchange import Exchange
from core.incoming.matching import Match, find
from core.incoming.tables import Incoming, IncomingRelation, State

CHANGES = (Kind.REPLACEMENT, Kind.UPDATE)
_CHOICES = "links"  # in a document's `exchange`: id of an entry -> whether the clerk wants it linked


@dataclass(frozen=True, slots=True)
class Target:
    """A document that a package says it changes, in words, and those of ours that are meant; `is_chosen` by id."""

    words: str
    matches: tuple[Match, ...]
    chosen: frozenset[int]


@dataclass(frozen=True, slots=True)
class Related:
    """An entry that came instead of this one (`is_newer`), or that this one came instead of."""

    kind: Kind
    is_newer: bool
    id: int
    arrival_number: int
    arrived_on: date


def targets(session: Session, document: Incoming) -> tuple[Target, ...]:
    """What the document's package changes; nothing for a new document."""
    exchange = Exchange.from_json(document.exchange)
    if exchange is None or exchange.kind not in CHANGES:
        return ()
    choices = document.exchange.get(_CHOICES, {})
    made = []
    for about in exchange.concerns:
        matches = tuple(find(session, about, document.issuer, besides=document.id))
        chosen = frozenset(m.document.id for m in matches if choices.get(str(m.document.id), m.is_sure))
        made.append(Target(about.in_words, matches, chosen))
    return tuple(made)


def choose(document: Incoming, shown: Collection[int], ticked: Collection[int]) -> None:
    """Keep which of the entries `shown` to the clerk are to be linked: those that are `ticked`."""
    if shown:
        choices = {str(one): one in ticked for one in shown}
        if document.exchange.get(_CHOICES) != choices:
            document.exchange = document.exchange | {_CHOICES: choices}


def link(session: Session, document: Incoming, *, at: datetime) -> list[Fact]:
    """Link a document that was just registered to the entries that it changes; returns the events, both sides'."""
    exchange = Exchange.from_json(document.exchange)
    found: dict[int, Incoming] = {}
    for target in targets(session, document):
        for match in target.matches:
            if match.document.id in target.chosen and match.document.state == State.REGISTERED:
                found[match.document.id] = match.document
    if exchange is None or not found:
        return []
    rows = [{"newer_id": document.id, "older_id": older, "kind": exchange.kind, "made_at": at} for older in found]
    session.execute(sa.insert(table_of(IncomingRelation)), rows)
    facts = []
    for older in found.values():
        facts.append(Fact(f"{exchange.kind}_of", "incoming", document.id, {"number": older.arrival_number}))
        facts.append(Fact(f"{exchange.kind}_by", "incoming", older.id, {"number": document.arrival_number}))
    return facts


def related(session: Session, document: Incoming) -> list[Related]:
    """The entries linked with this one, those that came instead of it first, in the order of their numbers."""
    rows = session.execute(_RELATED, {"own": document.id})
    return [Related(Kind(row.kind), bool(row.is_newer), row.id, row.arrival_number, row.arrived_on) for row in rows]


def _related(own: sa.Column[int], other: sa.Column[int], *, is_newer: bool) -> sa.Select[Any]:
    return (
        sa.select(
            sa.literal(is_newer).label("is_newer"), _links.kind, Incoming.id, Incoming.arrival_number,
            Incoming.arrived_on,
        )
        .join(Incoming, Incoming.id == other)
        .where(own == sa.bindparam("own"))
    )  # fmt: skip


_links = table_of(IncomingRelation).c
_RELATED = sa.union_all(
    _related(_links.older_id, _links.newer_id, is_newer=True),
    _related(_links.newer_id, _links.older_id, is_newer=False),
).order_by(sa.desc("is_newer"), "id")
