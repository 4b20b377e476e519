"""The address book by hand: agencies added, corrected, ended, merged, and what was done undone."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import events
from core.agencies.feeding import make, rename
from core.agencies.said import say_name
from core.agencies.tables import Agency, AgencySuccession, Level
from core.agencies.values import identity_of, read_name, read_parent
from core.db import CHANGED
from core.errors import Permanent, WrongState
from core.people import User
from core.rights import Right, require

_LONGEST_NOTE = 2000
_MOST_MERGES = 20  # of merged agencies below each other


def add(session: Session, name: str, parent: str, *, by: User, at: datetime, source: str = "") -> tuple[int, bool]:
    """Put an agency into the book; returns its id and whether it is new.

    One that is there already, perhaps put there by a colleague at this moment, is given back as checked. Raises
    NotAllowed unless `by` keeps the book, Permanent naming the field that can't be read.
    """
    require(by, Right.KEEP_AGENCIES)
    name, parent = read_name(name), read_parent(parent)
    agency_id, is_new = make(session, name, parent, by_id=by.id, at=at, is_checked=True)
    agency = session.get_one(Agency, agency_id)
    if not is_new:
        agency = session.get_one(Agency, agency.root_id or agency.id)
    _look_at(session, agency, by=by, at=at)
    if is_new:
        events.record(session, "agency_added", "agency", agency_id, by=by.id, at=at, source=source)
    return agency.id, is_new


def change(
    session: Session, agency: Agency, *, name: str, parent: str, level: str, note: str, version: int, by: User,
    at: datetime, source: str = "",
) -> set[str]:  # fmt: skip
    """Call an agency otherwise, or say more of it; returns the names of the columns that changed.

    The name before stays as another name of it. Raises NotAllowed, WrongState (changed since `version`, or another
    agency has that name), Permanent naming the field that can't be read.
    """
    require(by, Right.KEEP_AGENCIES)
    _check_version(agency, version)
    if level not in set(Level):
        raise Permanent("Chọn cấp trong danh sách.", field="level")
    name, parent, note = read_name(name), read_parent(parent), note.strip().replace("\r\n", "\n")
    if len(note) > _LONGEST_NOTE:
        raise Permanent(f"Ghi chú dài quá {_LONGEST_NOTE} ký tự. Rút gọn lại.", field="note")
    told = {"name": name, "parent_name": parent, "level": level, "note": note}
    changed = {column for column, value in told.items() if getattr(agency, column) != value}
    if changed & {"name", "parent_name"}:
        _refuse_taken(session, agency, identity_of(name, parent))
        _look_at(session, agency, by=by, at=at)  # what it was called before
        rename(agency, name, parent)
    agency.level, agency.note = level, note
    _look_at(session, agency, by=by, at=at)
    if changed:
        agency.version += 1
        session.flush()
        payload = {"fields": sorted(changed)}
        events.record(session, "agency_changed", "agency", agency.id, by=by.id, at=at, source=source, payload=payload)
    return changed


def check(session: Session, agency: Agency, *, by: User, at: datetime, source: str = "") -> None:
    """Say that what letters brought of an agency is right. Raises NotAllowed, WrongState where it was said."""
    require(by, Right.KEEP_AGENCIES)
    if agency.is_checked:
        raise WrongState("Cơ quan này đã có người xem rồi.")
    _look_at(session, agency, by=by, at=at)
    agency.version += 1
    session.flush()
    events.record(session, "agency_checked", "agency", agency.id, by=by.id, at=at, source=source)


def end(
    session: Session, agency: Agency, on: date | None, successor: Agency | None, *, version: int, by: User,
    at: datetime, source: str = "",
) -> None:  # fmt: skip
    """Say that an agency is no more from the day `on`, and who took over. Ended before, it gets one more successor.

    Raises NotAllowed, WrongState (changed since `version`, or the successor is itself or its predecessor), Permanent
    without a day.
    """
    require(by, Right.KEEP_AGENCIES)
    _check_version(agency, version)
    if on is None:
        raise Permanent("Ghi ngày cơ quan thôi hoạt động theo dạng ngày/tháng/năm, ví dụ 01/07/2025.", field="day")
    if successor is not None:
        succeed(session, agency.id, successor.id, on)
    agency.ended_on = on
    _look_at(session, agency, by=by, at=at)
    agency.version += 1
    session.flush()
    payload = {"day": f"{on:%d/%m/%Y}", "name": f", {successor.name} kế thừa" if successor else ""}
    events.record(session, "agency_ended", "agency", agency.id, by=by.id, at=at, source=source, payload=payload)


def succeed(session: Session, old_id: int, new_id: int, since: date) -> None:
    """Write that one agency took over from another. Raises WrongState where that makes no sense."""
    if old_id == new_id:
        raise WrongState("Cơ quan không kế thừa chính mình. Chọn cơ quan khác.")
    if session.get(AgencySuccession, (new_id, old_id)) is not None:
        raise WrongState("Cơ quan ấy đã được ghi là cơ quan trước của cơ quan này. Xem lại mục «Kế thừa».")
    known = session.get(AgencySuccession, (old_id, new_id))
    if known is None:
        session.add(AgencySuccession(old_id=old_id, new_id=new_id, since=since))
    else:
        known.since = since
    session.flush()


def reopen(session: Session, agency: Agency, *, version: int, by: User, at: datetime, source: str = "") -> None:
    """Take back that an agency ended, and who took over from it. Raises NotAllowed, WrongState where it did not."""
    require(by, Right.KEEP_AGENCIES)
    _check_version(agency, version)
    if agency.ended_on is None:
        raise WrongState("Cơ quan này đang hoạt động.")
    session.execute(sa.delete(AgencySuccession).where(AgencySuccession.old_id == agency.id))
    agency.ended_on = None
    agency.version += 1
    session.flush()
    events.record(session, "agency_reopened", "agency", agency.id, by=by.id, at=at, source=source)


def merge(
    session: Session, agency: Agency, into: Agency, *, version: int, by: User, at: datetime, source: str = ""
) -> None:
    """Say that two agencies of the book are one, which is called as `into`. What is known of each stays its own.

    Raises NotAllowed, WrongState (changed since `version`, one was merged already, or both are the same).
    """
    require(by, Right.KEEP_AGENCIES)
    _check_version(agency, version)
    if agency.id == into.id:
        raise WrongState("Không gộp một cơ quan vào chính nó. Chọn cơ quan khác.")
    if agency.merged_into_id is not None or into.merged_into_id is not None:
        raise WrongState("Một trong hai cơ quan đã được gộp rồi. Tải lại trang.")
    agency.merged_into_id, agency.merged_at, agency.merged_by = into.id, at, by.id
    _set_root(session, agency.id, into.id)
    _look_at(session, into, by=by, at=at)
    agency.version, into.version = agency.version + 1, into.version + 1
    session.flush()
    facts = [
        events.Fact("agency_merged_into", "agency", agency.id, {"name": into.name}),
        events.Fact("agency_merged", "agency", into.id, {"name": agency.name if agency.is_checked else ""}),
    ]
    events.record_many(session, facts, by=by.id, at=at, source=source)


def part(session: Session, agency: Agency, *, by: User, at: datetime, source: str = "") -> int:
    """Take a merge back; returns the id of the agency that it was merged into. Raises NotAllowed, WrongState."""
    require(by, Right.KEEP_AGENCIES)
    if agency.merged_into_id is None:
        raise WrongState("Cơ quan này không gộp vào đâu.")
    into_id = agency.merged_into_id
    agency.merged_into_id = agency.merged_at = agency.merged_by = None
    _set_root(session, agency.id, None)
    agency.version += 1
    session.flush()
    facts = [events.Fact("agency_parted", "agency", one) for one in (agency.id, into_id)]
    events.record_many(session, facts, by=by.id, at=at, source=source)
    return into_id


def _set_root(session: Session, agency_id: int, root_id: int | None) -> None:
    """Let an agency, and all that was merged into it before, count for `root_id` (None: itself)."""
    members = {agency_id}
    for _ in range(_MOST_MERGES):
        below = set(session.scalars(sa.select(Agency.id).where(Agency.merged_into_id.in_(members)))) - members
        if not below:
            break
        members |= below
    for member in session.scalars(sa.select(Agency).where(Agency.id.in_(members)).with_for_update()):
        member.root_id = root_id if root_id is not None else (agency_id if member.id != agency_id else None)


def _look_at(session: Session, agency: Agency, *, by: User, at: datetime) -> None:
    """A person stands for an agency and its name from now on: neither goes with the letter that brought it."""
    agency.is_checked = True
    say_name(session, agency.id, agency.name, agency.parent_name, by_id=by.id, at=at)


def _refuse_taken(session: Session, agency: Agency, identity: str) -> None:
    taken = sa.select(Agency.id).where(Agency.identity == identity, Agency.id != agency.id)
    if session.execute(taken).first() is not None:
        raise WrongState("Danh bạ đã có một cơ quan tên ấy, thuộc cơ quan cấp trên ấy. Nếu là một, bấm «Gộp…».")


def _check_version(agency: Agency, version: int) -> None:
    if agency.version != version:
        raise WrongState(CHANGED)
