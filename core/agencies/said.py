"""Names, codes and addresses of an agency by hand: added, corrected, taken out, put back."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from core import events
from core.agencies.tables import Agency, AgencyAddress, AgencyCode, AgencyName, Sort
from core.agencies.values import (
    address_values,
    code_values,
    name_values,
    read_address,
    read_code,
    read_days,
    read_name,
    read_parent,
)
from core.db import Base, insert_of
from core.errors import WrongState
from core.people import User
from core.rights import Right, require

Said = AgencyName | AgencyCode | AgencyAddress
PLACES: dict[type[Base], tuple[str, ...]] = {
    AgencyName: ("agency_id", "spelling", "parent_key"), AgencyCode: ("agency_id", "sort", "key"),
    AgencyAddress: ("agency_id", "address"),
}  # fmt: skip


def add_name(
    session: Session, agency: Agency, name: str, parent: str, *, by: User, at: datetime, source: str = ""
) -> None:
    """Say that an agency is also written so. Raises NotAllowed, Permanent naming the field that can't be read."""
    require(by, Right.KEEP_AGENCIES)
    say_name(session, agency.id, read_name(name, field="alias"), read_parent(parent), by_id=by.id, at=at)
    _changed(session, agency, "agency_named", by=by, at=at, source=source)


def add_code(
    session: Session, agency: Agency, sort: Sort, code: str, days: tuple[date | None, date | None], *, by: User,
    at: datetime, source: str = "",
) -> None:  # fmt: skip
    """Say that an agency has a code on these days, both inclusive. Raises as `add_name`."""
    require(by, Right.KEEP_AGENCIES)
    say_code(session, agency.id, sort, read_code(sort, code), read_days(*days), by_id=by.id, at=at)
    _changed(session, agency, "agency_coded", by=by, at=at, source=source)


def add_address(
    session: Session, agency: Agency, address: str, private_domains: Collection[str], *, by: User, at: datetime,
    source: str = "",
) -> None:  # fmt: skip
    """Say that an agency writes from an address, or alone from a domain. Raises as `add_name`."""
    require(by, Right.KEEP_AGENCIES)
    say_address(session, agency.id, read_address(address, private_domains), by_id=by.id, at=at)
    _changed(session, agency, "agency_addressed", by=by, at=at, source=source)


def take_out(session: Session, agency: Agency, row: Said, *, by: User, at: datetime, source: str = "") -> None:
    """Take what is wrong out of the book: it counts for nothing, and letters do not bring it back.

    Raises NotAllowed, WrongState where it was taken out, or is what the agency is called.
    """
    require(by, Right.KEEP_AGENCIES)
    if row.removed_at is not None:
        raise WrongState("Dòng này đã bỏ rồi.")
    if isinstance(row, AgencyName) and row.name == agency.name and row.parent_name == agency.parent_name:
        raise WrongState("Đây là tên chính của cơ quan. Sửa tên chính trước rồi bỏ tên này.")
    row.removed_at, row.removed_by = at, by.id
    _changed(session, agency, "agency_taken_out", by=by, at=at, source=source)


def put_back(session: Session, agency: Agency, row: Said, *, by: User, at: datetime, source: str = "") -> None:
    """Let count again what was taken out. Raises NotAllowed, WrongState where it counts."""
    require(by, Right.KEEP_AGENCIES)
    if row.removed_at is None:
        raise WrongState("Dòng này đang được dùng.")
    row.removed_at = row.removed_by = None
    _changed(session, agency, "agency_put_back", by=by, at=at, source=source)


def say_name(session: Session, agency_id: int, name: str, parent: str, *, by_id: int | None, at: datetime) -> None:
    """Write a name, whose text was read before, as said by a person (None: at the command line)."""
    _say(session, AgencyName, agency_id, name_values(name, parent), by_id, at)


def say_code(
    session: Session, agency_id: int, sort: Sort, code: str, days: tuple[date | None, date | None], *,
    by_id: int | None, at: datetime,
) -> None:  # fmt: skip
    """The same for a code, with its days."""
    values = code_values(sort, code) | {"valid_from": days[0], "valid_to": days[1]}
    _say(session, AgencyCode, agency_id, values, by_id, at)


def say_address(session: Session, agency_id: int, address: str, *, by_id: int | None, at: datetime) -> None:
    """The same for an address or a domain."""
    _say(session, AgencyAddress, agency_id, address_values(address), by_id, at)


def _say(
    session: Session, kind: type[Base], agency_id: int, values: dict[str, Any], by_id: int | None, at: datetime
) -> None:
    row = values | {
        "agency_id": agency_id, "sightings": 0, "is_by_hand": True, "added_at": at, "added_by": by_id, "last_at": at,
    }  # fmt: skip
    told = {column: value for column, value in values.items() if column not in PLACES[kind]}
    more = told | {"is_by_hand": True, "removed_at": None, "removed_by": None}
    add = insert_of(session, kind).values(row).on_conflict_do_update(index_elements=PLACES[kind], set_=more)
    session.execute(add)


def _changed(session: Session, agency: Agency, act: str, *, by: User, at: datetime, source: str) -> None:
    if not agency.is_checked:
        agency.is_checked = True
        say_name(session, agency.id, agency.name, agency.parent_name, by_id=by.id, at=at)
    agency.version += 1
    session.flush()
    events.record(session, act, "agency", agency.id, by=by.id, at=at, source=source)
