"""Which agencies of the book a name means, and whether two names then mean one; found by folded keys alone."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from core.agencies.names import Relation, plain_name, relation, spelled
from core.agencies.tables import FEW, LONGEST_KEY, Agency, AgencyName, AgencySuccession

_own, _root = aliased(Agency), aliased(Agency)
# The agency that a row counts for, after all merges.
ROOT_ID = sa.func.coalesce(_own.root_id, _own.id)
_NAMES = (
    sa.select(
        AgencyName.agency_id, AgencyName.name, AgencyName.parent_name, AgencyName.key, AgencyName.spelling,
        AgencyName.parent_key, AgencyName.sightings, AgencyName.is_by_hand, _root.id.label("root_id"),
        _root.is_checked,
    )
    .join(_own, _own.id == AgencyName.agency_id)
    .join(_root, _root.id == ROOT_ID)
    .where(AgencyName.removed_at.is_(None))
    .order_by(AgencyName.id)
)  # fmt: skip
_old, _new = aliased(Agency), aliased(Agency)
_ASKED: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
_MEMBERS = sa.select(Agency.id).where(sa.or_(Agency.id.in_(_ASKED), Agency.root_id.in_(_ASKED)))
_SUCCESSIONS = (
    sa.select(sa.func.coalesce(_old.root_id, _old.id), sa.func.coalesce(_new.root_id, _new.id))
    .select_from(AgencySuccession)
    .join(_old, _old.id == AgencySuccession.old_id)
    .join(_new, _new.id == AgencySuccession.new_id)
    .where(sa.or_(AgencySuccession.old_id.in_(_MEMBERS), AgencySuccession.new_id.in_(_MEMBERS)))
)
_KEYS_AT_ONCE = 500  # SQLite takes 32,766 parameters in a statement


@dataclass(frozen=True, slots=True)
class Known:
    """The agencies that a name may mean, by id; none where the book does not have it.

    `kin` are their predecessors and successors. `is_checked`: a person or a file of the office put all of them there;
    `is_settled`: that, or several letters said so.
    """

    ids: frozenset[int] = frozenset()
    kin: frozenset[int] = frozenset()
    is_checked: bool = False
    is_settled: bool = False


NOBODY = Known()
Name = tuple[str, str]  # and its parent's


def known(session: Session, names: Iterable[Name]) -> dict[Name, Known]:
    """For each name below its parent ("" for none) what the book knows of it. Two queries for any number."""
    asked = {name for name in names if name[0]}
    if not asked:
        return {}
    rows = rows_of(session, {plain_name(name)[:LONGEST_KEY] for name, _ in asked})
    meant = {
        (name, parent): meant_by(rows.get(plain_name(name)[:LONGEST_KEY], ()), name, parent) for name, parent in asked
    }
    kin = _kin(session, {row.root_id for found in meant.values() for row in found})
    return {name: _known(found, kin) for name, found in meant.items()}


def whose(one: Known, other: Known, by_names: Relation) -> Relation:
    """Whether two names mean one agency: as the book says, else `by_names`.

    Two agencies of the book are two where people put both there: what letters alone say may be one name with and
    without its marks. Who took over from another signs with either name for a while: nothing is said.
    """
    if not one.ids or not other.ids:
        return by_names
    if one.ids & other.ids:
        if one.ids == other.ids and len(one.ids) == 1:
            return Relation.SAME
        return Relation.OTHER if by_names is Relation.OTHER else Relation.UNKNOWN
    if one.kin & other.ids or other.kin & one.ids:
        return Relation.UNKNOWN
    return Relation.OTHER if one.is_checked and other.is_checked else by_names


class Book:
    """What the book says of names, each asked once in one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[Name, Known] = {}

    def of(self, names: Iterable[Name]) -> dict[Name, Known]:
        """For each name below its parent what is known of it."""
        asked = set(names)
        self._known |= known(self._session, [name for name in asked if name not in self._known])
        return {name: self._known.get(name, NOBODY) for name in asked}

    def keys_of(self, agency: Known) -> frozenset[str]:
        """The folded names of the agencies that are meant."""
        if not agency.ids:
            return frozenset()
        members = sa.select(Agency.id).where(sa.or_(Agency.id.in_(agency.ids), Agency.root_id.in_(agency.ids)))
        keys = sa.select(AgencyName.key).where(AgencyName.agency_id.in_(members), AgencyName.removed_at.is_(None))
        return frozenset(self._session.scalars(keys))

    def relation(self, one: Name, other: Name) -> Relation:
        """Whether two names mean one agency."""
        found = self.of((one, other))
        return whose(found[one], found[other], relation(*one, *other))


def rows_of(session: Session, keys: Iterable[str]) -> dict[str, list[Any]]:
    """The names of the book with these keys, each with the agency that it counts for (`root_id`)."""
    found: dict[str, list[Any]] = defaultdict(list)
    wanted = sorted(keys)
    for start in range(0, len(wanted), _KEYS_AT_ONCE):
        query = _NAMES.where(AgencyName.key.in_(wanted[start : start + _KEYS_AT_ONCE]))
        for row in session.execute(query):
            found[row.key].append(row)
    return found


def meant_by(rows: Sequence[Any], name: str, parent: str, *, is_read: bool = False) -> list[Any]:
    """Those of `rows`, all with the name's key, that can mean `name` below `parent`.

    Marks count, unless one side was written without any or, with `is_read`, a machine read the name. Where the parent
    is said, those that bear it go before those that bear none.
    """
    spelling, parent_key = spelled(name)[:LONGEST_KEY], plain_name(parent)[:LONGEST_KEY]
    exact = [row for row in rows if row.spelling == spelling and row.parent_key == parent_key]
    if exact and (parent_key or len({row.root_id for row in rows}) == 1):
        return exact
    fitting = [
        row for row in rows
        if (is_read or row.spelling == spelling or name.isascii() or row.name.isascii())
        and relation(name, parent, row.name, row.parent_name) is not Relation.OTHER
    ]  # fmt: skip
    fitting = [row for row in fitting if row.spelling == spelling] or fitting
    with_parent = [row for row in fitting if parent_key and row.parent_key == parent_key]
    return with_parent or fitting


def _known(rows: Sequence[Any], kin: dict[int, set[int]]) -> Known:
    if not rows:
        return NOBODY
    ids = frozenset(row.root_id for row in rows)
    sightings: dict[int, int] = defaultdict(int)
    for row in rows:
        sightings[row.root_id] += FEW if row.is_by_hand else row.sightings
    checked = {row.root_id: row.is_checked for row in rows}
    return Known(
        ids, frozenset(one for id_ in ids for one in kin[id_]), all(checked.values()),
        all(checked[id_] or sightings[id_] >= FEW for id_ in ids),
    )  # fmt: skip


def _kin(session: Session, ids: set[int]) -> dict[int, set[int]]:
    """Predecessors and successors of each agency, by the agencies that they count for."""
    found: dict[int, set[int]] = defaultdict(set)
    if not ids:
        return found
    for one, other in session.execute(_SUCCESSIONS, {"ids": sorted(ids)}):
        found[one].add(other)
        found[other].add(one)
    return found
