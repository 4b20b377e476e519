"""Whose address it is: the agency that writes from there, as people say or as several letters agree."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from core.agencies.known import NOBODY, known
from core.agencies.names import Relation, relation
from core.agencies.tables import FEW, Agency, AgencyAddress
from core.evidence import Evidence

OF_OTHER = "sender_of_other"  # a note: then a colon, the address and the agency that it is known for
# Notes on a letter by which its sender may be another than he seems.
DOUBTS = ("name_pretends:", "domain_lookalike:", "reply_elsewhere:", "sender_private:", f"{OF_OTHER}:")
_PRETENDS = ("name_pretends:", "domain_lookalike:")
_MOST = 0.8  # of the letters from an address, before it is one agency's
_CLEAR = 0.7  # an issuer read less surely says nothing against a sender
_OF_STRANGERS = ("sender_private:", "reply_elsewhere:")  # what is odd of a stranger only
_MOST_WRITERS = 50
_own, _root = aliased(Agency), aliased(Agency)
# Made once: each letter asks, and SQLAlchemy takes longer to make it than the database to answer.
_WRITERS = (
    sa.select(_root.id, _root.name, _root.parent_name, AgencyAddress.sightings, AgencyAddress.is_by_hand)
    .select_from(AgencyAddress)
    .join(_own, _own.id == AgencyAddress.agency_id)
    .join(_root, _root.id == sa.func.coalesce(_own.root_id, _own.id))
    .where(AgencyAddress.address.in_(sa.bindparam("addresses", expanding=True)), AgencyAddress.removed_at.is_(None))
    .order_by(AgencyAddress.id)
    .limit(_MOST_WRITERS)
)


@dataclass(frozen=True, slots=True)
class Owner:
    """The agency that writes from an address, as it is called today."""

    id: int
    name: str
    parent_name: str


@dataclass(frozen=True, slots=True)
class Writers:
    """Who writes from an address: its `owner`, None for a shared or unknown one, and all that ever did, by id."""

    owner: Owner | None = None
    ids: frozenset[int] = frozenset()


def is_pretended(notes: Iterable[object]) -> bool:
    """Whether a letter with these notes tries to look like another sender's: its address is not learned."""
    return any(str(note).startswith(_PRETENDS) for note in notes)


def writers(session: Session, sender: str) -> Writers:
    """Who writes from the address `sender`, "" for none."""
    address = sender.strip().lower()
    if "@" not in address:
        return Writers()
    rows = _rows(session, [address])
    ids = frozenset(row.id for row in rows)
    owner = _of_domain(session, address) if not rows else _most(rows)
    return Writers(owner, ids)


def notes_on_sender(
    session: Session, notes: Sequence[str], writing: Writers, sender: str, read: dict[str, Evidence]
) -> list[str]:
    """`notes` as the book makes them: silent on what is odd of a stranger where the address is known for the issuer,
    and aloud where it is known for another agency than the document names and has never written for that one."""
    issuer = read.get("issuer")
    if writing.owner is None or issuer is None or issuer.confidence < _CLEAR:
        return list(notes)
    parent = read["parent_issuer"].value if "parent_issuer" in read else ""
    name, own = (issuer.value, parent), (writing.owner.name, writing.owner.parent_name)
    found = known(session, (name, own))
    meant, owner = found.get(name, NOBODY), found.get(own, NOBODY)
    if meant.ids == {writing.owner.id}:
        return [note for note in notes if not note.startswith(_OF_STRANGERS)]
    is_kin = bool(meant.kin & owner.ids)
    has_written = bool(meant.ids & writing.ids)
    if has_written or is_kin or not (meant.is_settled and owner.is_settled) or relation(*name, *own) is Relation.SAME:
        return list(notes)
    return [*notes, f"{OF_OTHER}:{sender} ({writing.owner.name})"]


def _rows(session: Session, addresses: Sequence[str]) -> Sequence[Any]:
    return session.execute(_WRITERS, {"addresses": addresses}).all()


def _most(rows: Sequence[Any]) -> Owner | None:
    """Whose an address is: his for whom it was typed, where that is one; else who has most of its letters."""
    by_hand = {row.id: row for row in rows if row.is_by_hand}
    if by_hand:
        return _owner(next(iter(by_hand.values()))) if len(by_hand) == 1 else None
    counts: dict[int, int] = {}
    for row in rows:
        counts[row.id] = counts.get(row.id, 0) + row.sightings
    best = max(counts, key=lambda one: counts[one])
    if counts[best] < max(FEW, _MOST * sum(counts.values())):
        return None
    return _owner(next(row for row in rows if row.id == best))


def _of_domain(session: Session, address: str) -> Owner | None:
    """Who has the address's domain, or the nearest one above it, for himself: nobody else is known to write there."""
    labels = address.rpartition("@")[2].split(".")
    above = [".".join(labels[n:]) for n in range(len(labels) - 1)]
    rows = _rows(session, [f"@{one}" for one in above])
    owners = {row.id for row in rows}
    if len(owners) != 1:
        return None
    root_id = sa.func.coalesce(Agency.root_id, Agency.id)
    another = (
        sa.select(AgencyAddress.id)
        .join(Agency, Agency.id == AgencyAddress.agency_id)
        .where(AgencyAddress.domain == above[0], AgencyAddress.removed_at.is_(None), root_id.not_in(owners))
        .where(sa.or_(AgencyAddress.is_by_hand, AgencyAddress.sightings >= FEW))
        .limit(1)
    )
    return _owner(rows[0]) if session.execute(another).first() is None else None


def _owner(row: Any) -> Owner:
    return Owner(row.id, row.name, row.parent_name)
