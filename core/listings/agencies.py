"""Danh bạ cơ quan: the list of agencies, and everything that is known of one, for the pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.agencies.known import known
from core.agencies.names import plain_name
from core.agencies.tables import Agency, AgencyAddress, AgencyCode, AgencyName, AgencySuccession
from core.agencies.values import code_key_of
from core.events import ACTS, Event
from core.people import User
from core.rights import Right, require
from core.text import fold

PAGE_ROWS = 50
_MOST_OF_ONE = 200
_MOST_CHILDREN = 100
_SENTENCES = {
    "agency_seen": "Thấy lần đầu trong văn bản đến", "agency_added": "Thêm vào danh bạ",
    "agency_changed": "Sửa thông tin", "agency_checked": "Xác nhận đã xem", "agency_named": "Ghi tên gọi",
    "agency_coded": "Ghi ký hiệu", "agency_addressed": "Ghi địa chỉ", "agency_taken_out": "Bỏ một dòng",
    "agency_put_back": "Dùng lại một dòng", "agency_ended": "Ghi thôi hoạt động từ {day}{name}",
    "agency_reopened": "Bỏ ghi thôi hoạt động", "agency_merged_into": "Gộp vào {name}",
    "agency_merged": "Gộp cơ quan khác vào đây", "agency_parted": "Tách ra như trước khi gộp",
    "agency_imported": "Nhập từ tệp bảng",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """One agency of the list. `letters` counts the entries of the register that were its."""

    id: int
    name: str
    parent_name: str
    level: str
    is_checked: bool
    ended_on: date | None
    letters: int
    codes: tuple[str, ...]
    key: str

    @property
    def place(self) -> str:
        """Where the next page of the list goes on."""
        return f"{self.key}~{self.id}"


@dataclass(frozen=True, slots=True)
class Link:
    """Another agency beside this one; `since` where one took over from the other."""

    id: int
    name: str
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One act on an agency: who (empty: the program), what in words, when."""

    who: str
    what: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AgencyPage:
    """Everything known of one agency. `names`, `codes` and `addresses` are rows of those who were merged into it too,
    what was taken out at the end."""

    agency: Agency
    parent: Link | None
    names: Sequence[AgencyName]
    codes: Sequence[AgencyCode]
    addresses: Sequence[AgencyAddress]
    before: tuple[Link, ...]
    after: tuple[Link, ...]
    merged: tuple[Link, ...]
    merged_into: Link | None
    children: tuple[Link, ...]
    letters: int
    steps: tuple[Step, ...]


def agencies(
    session: Session, user: User, *, words: str = "", which: str = "", after: tuple[str, int] | None = None,
    besides: int | None = None, limit: int = PAGE_ROWS,
) -> list[AgencyRow]:  # fmt: skip
    """Agencies in the order of their folded names; merged ones stand with the one they were merged into.

    `words` stand in one of the names, or in an address, or are a code; `which` is "" (all), "unchecked" or "ended";
    `after` is the key and id of the last row of the page before. Raises NotAllowed.
    """
    require(user, Right.SEARCH)
    query = sa.select(Agency).where(Agency.merged_into_id.is_(None)).order_by(Agency.key, Agency.id).limit(limit)
    if words:
        query = query.where(Agency.id.in_(_with_words(words)))
    if which == "unchecked":
        query = query.where(~Agency.is_checked)
    elif which == "ended":
        query = query.where(Agency.ended_on.is_not(None))
    if after is not None:
        query = query.where(sa.tuple_(Agency.key, Agency.id) > sa.tuple_(sa.literal(after[0]), sa.literal(after[1])))
    if besides is not None:
        query = query.where(Agency.id != besides)
    found = session.scalars(query).all()
    letters, codes = _letters(session, found), _codes(session, found)
    return [
        AgencyRow(
            one.id, one.name, one.parent_name, one.level, one.is_checked, one.ended_on, letters.get(one.id, 0),
            tuple(codes.get(one.id, ())), one.key,
        )
        for one in found
    ]  # fmt: skip


def agency(session: Session, user: User, agency_id: int) -> AgencyPage | None:
    """Everything of one agency; None where there is none. Raises NotAllowed."""
    require(user, Right.SEARCH)
    found = session.get(Agency, agency_id)
    if found is None:
        return None
    members = _members([found.id])
    into = session.get(Agency, found.merged_into_id) if found.merged_into_id is not None else None
    merged = sa.select(Agency).where(Agency.merged_into_id == found.id).order_by(Agency.key)
    return AgencyPage(
        agency=found, parent=_parent(session, found),
        names=_rows(session, AgencyName, members), codes=_rows(session, AgencyCode, members),
        addresses=_rows(session, AgencyAddress, members),
        before=_kin(session, found.id, AgencySuccession.new_id, AgencySuccession.old_id),
        after=_kin(session, found.id, AgencySuccession.old_id, AgencySuccession.new_id),
        merged=tuple(Link(one.id, one.name) for one in session.scalars(merged)),
        merged_into=Link(into.id, into.name) if into else None,
        children=_children(session, found), letters=_letters(session, [found]).get(found.id, 0),
        steps=_steps(session, found.id),
    )  # fmt: skip


def agency_of(session: Session, name: str, parent: str) -> int | None:
    """The id of the one agency that a name below a parent means; None where the book has none or several."""
    ids = known(session, [(name, parent)]).get((name, parent))
    return next(iter(ids.ids)) if ids is not None and len(ids.ids) == 1 else None


def _with_words(words: str) -> sa.Select[int]:
    likes = f"%{plain_name(words)}%"
    key, mail = code_key_of(words), fold(words).replace("%", "").replace("_", r"\_")
    found = [sa.select(AgencyName.agency_id).where(AgencyName.key.like(likes), AgencyName.removed_at.is_(None))]
    if key and " " not in words.strip():
        of_code = sa.select(AgencyCode.agency_id).where(AgencyCode.key == key, AgencyCode.removed_at.is_(None))
        of_address = sa.select(AgencyAddress.agency_id).where(
            AgencyAddress.address.like(f"%{mail}%", escape="\\"), AgencyAddress.removed_at.is_(None)
        )
        found += [of_code, of_address]
    member = sa.union(*found).subquery()
    return sa.select(sa.func.coalesce(Agency.root_id, Agency.id)).join(member, member.c.agency_id == Agency.id)


def _members(ids: Sequence[int]) -> sa.Select[int]:
    return sa.select(Agency.id).where(sa.or_(Agency.id.in_(ids), Agency.root_id.in_(ids)))


def _letters(session: Session, found: Sequence[Agency]) -> dict[int, int]:
    ids = [one.id for one in found]
    root_id = sa.func.coalesce(Agency.root_id, Agency.id)
    query = (
        sa.select(root_id, sa.func.sum(AgencyName.sightings))
        .join(Agency, Agency.id == AgencyName.agency_id)
        .where(AgencyName.agency_id.in_(_members(ids)))
        .group_by(root_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _codes(session: Session, found: Sequence[Agency]) -> dict[int, list[str]]:
    ids = [one.id for one in found]
    query = (
        sa.select(AgencyCode.agency_id, AgencyCode.code)
        .where(AgencyCode.agency_id.in_(ids), AgencyCode.removed_at.is_(None))
        .order_by(AgencyCode.sort.desc(), AgencyCode.id)
    )
    codes: dict[int, list[str]] = {}
    for agency_id, code in session.execute(query):
        codes.setdefault(agency_id, []).append(code)
    return codes


def _rows(session: Session, kind: Any, members: sa.Select[int]) -> Sequence[Any]:
    order = (kind.removed_at.is_not(None), kind.is_by_hand.desc(), kind.sightings.desc(), kind.id)
    return session.scalars(
        sa.select(kind).where(kind.agency_id.in_(members)).order_by(*order).limit(_MOST_OF_ONE)
    ).all()


def _parent(session: Session, found: Agency) -> Link | None:
    parent_id = agency_of(session, found.parent_name, "") if found.parent_name else None
    return Link(parent_id, found.parent_name) if parent_id is not None and parent_id != found.id else None


def _children(session: Session, found: Agency) -> tuple[Link, ...]:
    keys = sa.select(AgencyName.key).where(AgencyName.agency_id.in_(_members([found.id])))
    query = (
        sa.select(Agency.id, Agency.name)
        .where(Agency.parent_key.in_(keys), Agency.parent_key != "", Agency.merged_into_id.is_(None))
        .order_by(Agency.key)
        .limit(_MOST_CHILDREN)
    )
    return tuple(Link(row.id, row.name) for row in session.execute(query))


def _kin(session: Session, agency_id: int, own: Any, other: Any) -> tuple[Link, ...]:
    query = (
        sa.select(Agency.id, Agency.name, AgencySuccession.since)
        .join(AgencySuccession, Agency.id == other)
        .where(own == agency_id)
        .order_by(AgencySuccession.since, Agency.key)
    )
    return tuple(Link(row.id, row.name, row.since) for row in session.execute(query))


def _steps(session: Session, agency_id: int) -> tuple[Step, ...]:
    query = (
        sa.select(Event.act, Event.payload, Event.at, User.full_name)
        .join(User, User.id == Event.actor_id, isouter=True)
        .where(Event.chain == ACTS, Event.subject_kind == "agency", Event.subject_id == agency_id)
        .order_by(Event.id.desc())
        .limit(_MOST_OF_ONE)
    )
    return tuple(
        Step(row.full_name or "", in_words(row.act, row.payload), row.at) for row in session.execute(query)
    )  # fmt: skip


def in_words(act: str, payload: dict[str, Any] | None) -> str:
    """One event of an agency as a Vietnamese phrase; an act unknown here keeps its name."""
    return _SENTENCES.get(act, act).format(**({"day": "", "name": "cơ quan khác"} | (payload or {})))
