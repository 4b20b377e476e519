"""What an entry of the register says of its issuer goes into the book, and goes out of it with the entry."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.agencies.known import meant_by, rows_of
from core.agencies.names import Relation, plain_name, relation, spelled
from core.agencies.said import PLACES
from core.agencies.senders import is_pretended
from core.agencies.tables import (
    LONGEST_ADDRESS,
    LONGEST_KEY,
    Agency,
    AgencyAddress,
    AgencyCode,
    AgencyName,
    AgencySighting,
    Sort,
)
from core.agencies.values import (
    address_values,
    code_values,
    identity_of,
    is_exchange_code,
    name_values,
    signing_codes,
)
from core.db import Base, insert_of, table_of
from core.edxml.references import named
from core.events import Fact
from core.incoming.tables import Incoming
from core.letters import Message
from core.people import User

_MOST_SIBLINGS = 300  # agencies below one parent whose names are compared with a new one
_SEEN_AS = {"name_id": AgencyName, "code_id": AgencyCode, "exchange_code_id": AgencyCode, "address_id": AgencyAddress}


def see(session: Session, document: Incoming, *, by: User, at: datetime) -> list[Fact]:
    """Count what `document` says of its issuer: name and parent, codes, the address it came from.

    Call when it is entered in the register, and again when the entry was corrected. Returns the event of an agency
    that was not in the book. Nothing is counted where the name may mean several and the address does not say which.
    """
    unsee(session, document)
    sender = session.get_one(Message, document.message_id).sender_address if document.message_id else ""
    is_known = "@" in sender and not is_pretended(document.notes)
    address = sender.strip().lower()[:LONGEST_ADDRESS] if is_known else ""
    agency_id, facts = _agency_of(session, document, address, by=by, at=at)
    if agency_id is None:
        return []
    # Always in this order: two entries at once would else wait for each other's rows.
    row: dict[str, Any] = {"incoming_id": document.id}
    row["name_id"] = _count(
        session, AgencyName, agency_id, name_values(document.issuer, document.parent_issuer), by, at
    )
    signs = signing_codes(document.code)
    if signs:
        row["code_id"] = _count(session, AgencyCode, agency_id, code_values(Sort.SIGNS, signs[0]), by, at)
    organ = named(document.exchange_id).organ_id if document.exchange_id else ""
    if is_exchange_code(organ):
        row["exchange_code_id"] = _count(session, AgencyCode, agency_id, code_values(Sort.EXCHANGE, organ), by, at)
    if address:
        row["address_id"] = _count(session, AgencyAddress, agency_id, address_values(address), by, at)
    session.execute(sa.insert(table_of(AgencySighting)), row)
    return facts


def unsee(session: Session, document: Incoming) -> None:
    """Take back what `document` has said: what it alone said is erased, an agency of which nothing else is known too.

    Call when the entry is voided, or before the content of the document is removed.
    """
    seen = session.get(AgencySighting, document.id)
    if seen is None:
        return
    agency_id = session.scalars(sa.select(AgencyName.agency_id).where(AgencyName.id == seen.name_id)).one()
    # Before its rows, as `see` does: who counts a letter of it meanwhile waits here.
    agency = session.get_one(Agency, agency_id, with_for_update=True, populate_existing=True)
    rows = [(kind, getattr(seen, column)) for column, kind in _SEEN_AS.items()]
    session.delete(seen)
    session.flush()
    for kind, row_id in rows:
        if row_id is not None:
            table = table_of(kind)
            less = sa.update(table).where(table.c.id == row_id).values(sightings=table.c.sightings - 1)
            session.execute(less)
            alone = (table.c.id == row_id, table.c.sightings <= 0, ~table.c.is_by_hand)
            session.execute(sa.delete(table).where(*alone))
    _tidy(session, agency)


def _agency_of(
    session: Session, document: Incoming, address: str, *, by: User, at: datetime
) -> tuple[int | None, list[Fact]]:
    """The agency that the issuer is, made where the book has none; None where it may be several."""
    name, parent = document.issuer, document.parent_issuer
    key = plain_name(name)[:LONGEST_KEY]
    if not key:
        return None, []
    found = meant_by(rows_of(session, [key])[key], name, parent) or _written_otherwise(session, name, parent, address)
    if len({row.root_id for row in found}) > 1:
        writers = _writers(session, address)
        found = [row for row in found if row.root_id in writers]
        if len({row.root_id for row in found}) != 1:
            return None, []
    if found:
        spelling = spelled(name)[:LONGEST_KEY]
        # A name stays with the agency that brought it, also when that was merged into another.
        agency_id = next((row.agency_id for row in found if row.spelling == spelling), found[0].root_id)
        lock = sa.select(Agency.id).where(Agency.id == agency_id).with_for_update(read=True, key_share=True)
        if session.execute(lock).first() is not None:  # else its only letter was voided a moment ago
            return agency_id, []
    agency_id, is_new = make(session, name, parent, by_id=by.id, at=at)
    return agency_id, [Fact("agency_seen", "agency", agency_id)] if is_new else []


def _written_otherwise(session: Session, name: str, parent: str, address: str) -> list[Any]:
    """Names that are the same but for abbreviations ("Sở KH&CN"), of who writes from there or stands below one parent.

    Marks that differ make another agency, hence no name with the same folded key is asked for.
    """
    key, parent_key = plain_name(name)[:LONGEST_KEY], plain_name(parent)[:LONGEST_KEY]
    keys = sa.select(AgencyName.key).where(AgencyName.removed_at.is_(None), AgencyName.key != key)
    writes = sa.select(AgencyAddress.agency_id).where(AgencyAddress.address == address)
    near = (
        set(session.scalars(keys.where(AgencyName.agency_id.in_(writes)).limit(_MOST_SIBLINGS))) if address else set()
    )
    if parent_key:
        near |= set(session.scalars(keys.where(AgencyName.parent_key == parent_key).limit(_MOST_SIBLINGS)))
    rows = [row for found in rows_of(session, near).values() for row in found]
    return [row for row in rows if relation(name, parent, row.name, row.parent_name) is Relation.SAME]


def _writers(session: Session, address: str) -> set[int]:
    if not address:
        return set()
    root_id = sa.func.coalesce(Agency.root_id, Agency.id)
    query = sa.select(root_id).join(AgencyAddress, AgencyAddress.agency_id == Agency.id)
    return set(session.scalars(query.where(AgencyAddress.address == address, AgencyAddress.removed_at.is_(None))))


def make(
    session: Session, name: str, parent: str, *, by_id: int | None, at: datetime, is_checked: bool = False
) -> tuple[int, bool]:
    """The id of the agency with just this name and parent, and whether it is new. Nothing is said of its names."""
    values = name_values(name, parent)
    row = {column: values[column] for column in ("name", "parent_name", "key", "parent_key")} | {
        "identity": identity_of(name, parent), "version": 1, "level": "", "note": "", "is_checked": is_checked,
        "made_at": at, "made_by": by_id,
    }  # fmt: skip
    add = insert_of(session, Agency).values(row).on_conflict_do_nothing(index_elements=["identity"])
    made = session.execute(add.returning(table_of(Agency).c.id)).scalar_one_or_none()
    if made is not None:
        return made, True
    return session.scalars(sa.select(Agency.id).where(Agency.identity == row["identity"])).one(), False


def _count(
    session: Session, kind: type[Base], agency_id: int, values: dict[str, str], by: User, at: datetime
) -> int:  # fmt: skip
    table = table_of(kind)
    row = values | {
        "agency_id": agency_id, "sightings": 1, "is_by_hand": False, "added_at": at, "added_by": by.id, "last_at": at,
    }  # fmt: skip
    more = {"sightings": table.c.sightings + 1, "last_at": at}
    add = insert_of(session, kind).values(row).on_conflict_do_update(index_elements=PLACES[kind], set_=more)
    counted: int = session.execute(add.returning(table.c.id)).scalar_one()
    return counted


def _tidy(session: Session, agency: Agency) -> None:
    """An agency that was only seen is called as it still is in letters, and gone when it is in none."""
    if agency.is_checked:
        return
    left = sa.select(AgencyName).where(AgencyName.agency_id == agency.id).order_by(AgencyName.sightings.desc())
    names = session.scalars(left.execution_options(populate_existing=True)).all()
    if not names:
        merged = sa.update(Agency).where(Agency.merged_into_id == agency.id)
        session.execute(merged.values(merged_into_id=agency.merged_into_id))
        for kind in (AgencyCode, AgencyAddress):
            session.execute(sa.delete(kind).where(kind.agency_id == agency.id))
        session.delete(agency)
    elif all(name.name != agency.name or name.parent_name != agency.parent_name for name in names):
        taken = sa.select(Agency.id).where(Agency.identity == identity_of(names[0].name, names[0].parent_name))
        if session.execute(taken).first() is None:
            rename(agency, names[0].name, names[0].parent_name)
    session.flush()


def rename(agency: Agency, name: str, parent: str) -> None:
    """Call an agency so. Nothing is said of its names; the caller counts the version."""
    values = name_values(name, parent)
    agency.name, agency.parent_name = values["name"], values["parent_name"]
    agency.key, agency.parent_key = values["key"], values["parent_key"]
    agency.identity = identity_of(name, parent)
