"""What each line of a table of agencies would do to the address book (see `core.agencies.importing`)."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.agencies.sheet import Line
from core.agencies.tables import (
    LEVEL_NAMES,
    Agency,
    AgencyAddress,
    AgencyCode,
    AgencyName,
    AgencySuccession,
    Level,
    Sort,
)
from core.agencies.values import (
    address_values,
    code_values,
    identity_of,
    name_values,
    read_address,
    read_code,
    read_days,
    read_name,
    read_parent,
)
from core.db import Base
from core.errors import CongvanError, Permanent
from core.text import fold

_LEVELS = {fold(words): level for level, words in LEVEL_NAMES.items()} | {"": Level.UNKNOWN}
_LONGEST_NOTE = 2000
SAID: dict[type[Base], tuple[str, ...]] = {
    AgencyName: ("spelling", "parent_key"), AgencyCode: ("sort", "key", "valid_from", "valid_to"),
    AgencyAddress: ("address",),
}  # fmt: skip
_CALLED = {AgencyName: "tên gọi", AgencyCode: "ký hiệu", AgencyAddress: "địa chỉ"}


class Fate(StrEnum):
    """What becomes of a line."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Planned:
    """What one line will do: `words` say what is added or put in place, or why it can't be read."""

    number: int
    name: str
    parent: str
    fate: Fate
    words: str = ""


@dataclass
class Plan:
    """One readable line against the book. `said` are the rows that are not there, by table."""

    agency_id: int | None
    values: dict[str, Any]  # of the agency's own columns that change
    said: dict[type[Base], list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    successors: list[str] = field(default_factory=list)  # identities
    ended_on: date | None = None


class _Shelf:
    """The whole book in memory, as the lines of a table meet it."""

    def __init__(self, session: Session) -> None:
        columns = (Agency.id, Agency.root_id, Agency.identity, Agency.level, Agency.note, Agency.ended_on,
                   Agency.is_checked)  # fmt: skip
        rows = session.execute(sa.select(*columns)).all()
        roots = {row.id: row.root_id or row.id for row in rows}
        by_id = {row.id: row for row in rows}
        self.agencies = {row.identity: by_id[roots[row.id]] for row in rows}
        self.said: set[tuple[Any, ...]] = set()
        for kind, columns_of in SAID.items():
            found = sa.select(kind.agency_id, *(getattr(kind, one) for one in columns_of))  # type: ignore[attr-defined]
            live = found.where(kind.removed_at.is_(None), kind.is_by_hand)  # type: ignore[attr-defined]
            self.said |= {(kind, roots[row[0]], *row[1:]) for row in session.execute(live)}
        pairs = session.execute(sa.select(AgencySuccession.old_id, AgencySuccession.new_id))
        self.successions = {(roots[row[0]], roots[row[1]]) for row in pairs}


def planned(
    session: Session, table: Sequence[Line], private_domains: Collection[str]
) -> list[tuple[Planned, Plan | None]]:
    """Each line of a table with what it will do; no plan where it does nothing."""
    shelf, seen = _Shelf(session), dict[str, int]()
    done: list[tuple[Planned, Plan | None]] = []
    named = {identity_of(line.name, line.parent) for line in table if not line.fault}
    for line in table:
        try:
            if line.fault:
                raise Permanent(line.fault)
            identity = identity_of(line.name, line.parent)
            if identity in seen:
                raise Permanent(f"Trùng với dòng {seen[identity]}. Gộp hai dòng làm một.")
            plan = _plan(line, shelf, private_domains, named)
            seen[identity] = line.number
        except CongvanError as error:
            done.append((Planned(line.number, line.name, line.parent, Fate.WRONG, error.sentence), None))
            continue
        fate, words = _fate(plan)
        done.append(
            (Planned(line.number, line.name, line.parent, fate, words), plan if fate is not Fate.SAME else None)
        )
    return done


def _plan(line: Line, shelf: _Shelf, private_domains: Collection[str], named: Collection[str]) -> Plan:
    """Raises Permanent for what can't be read, and for a successor that stands neither in the book nor in the table."""
    name, parent = read_name(line.name), read_parent(line.parent)
    if fold(line.level) not in _LEVELS:
        raise Permanent(f"Không có cấp «{line.level}». Dùng một trong: {', '.join(list(LEVEL_NAMES.values())[1:])}.")
    if len(line.note) > _LONGEST_NOTE:
        raise Permanent(f"Ghi chú dài quá {_LONGEST_NOTE} ký tự. Rút gọn lại.")
    identity = identity_of(name, parent)
    before = shelf.agencies.get(identity)
    plan = Plan(before.id if before is not None else None, _columns(line, before), ended_on=line.ended_on)
    if before is None:
        values = name_values(name, parent)
        plan.values |= {one: values[one] for one in ("name", "parent_name", "key", "parent_key")}
        plan.values["identity"] = identity
    for row in [(name, parent), *((read_name(one), read_parent(above)) for one, above in line.aliases)]:
        _add(plan, shelf, AgencyName, name_values(*row))
    for sort, codes in ((Sort.SIGNS, line.signs), (Sort.EXCHANGE, line.exchange)):
        for code, first, last in codes:
            days = dict(zip(("valid_from", "valid_to"), read_days(first, last), strict=True))
            _add(plan, shelf, AgencyCode, code_values(sort, _named(code, partial(read_code, sort))) | days)
    read = partial(read_address, private_domains=private_domains)
    for address in line.addresses:
        _add(plan, shelf, AgencyAddress, address_values(_named(address, read)))
    _plan_successors(line, plan, shelf, named, identity)
    return plan


def _named(cell: str, read: Callable[[str], str]) -> str:
    """What `read` makes of one of several in a cell. Raises Permanent that names it."""
    try:
        return read(cell)
    except Permanent as error:
        raise Permanent(f"«{cell}»: {error.sentence}") from error


def _columns(line: Line, before: Any) -> dict[str, Any]:
    told = {"level": _LEVELS[fold(line.level)], "note": line.note, "ended_on": line.ended_on}
    if before is None:
        return told | {"is_checked": True}
    changed = {one: value for one, value in told.items() if value and value != getattr(before, one)}
    return changed if before.is_checked else changed | {"is_checked": True}


def _plan_successors(line: Line, plan: Plan, shelf: _Shelf, named: Collection[str], identity: str) -> None:
    if line.successors and line.ended_on is None:
        raise Permanent("Có cơ quan kế thừa thì phải ghi ngày thôi hoạt động.")
    for one, above in line.successors:
        new = identity_of(one, above)
        if new == identity:
            raise Permanent("Cơ quan không kế thừa chính mình.")
        if new not in shelf.agencies and new not in named:
            raise Permanent(f"Cơ quan kế thừa «{one}» chưa có trong danh bạ, trong tệp. Thêm một dòng cho nó.")
        known = shelf.agencies.get(new)
        if known is None or (plan.agency_id, known.id) not in shelf.successions:
            plan.successors.append(new)


def _add(plan: Plan, shelf: _Shelf, kind: type[Base], values: dict[str, Any]) -> None:
    place = (kind, plan.agency_id, *(values[one] for one in SAID[kind]))
    if plan.agency_id is None or place not in shelf.said:
        plan.said[kind].append(values)


def _fate(plan: Plan) -> tuple[Fate, str]:
    if plan.agency_id is None:
        return Fate.NEW, ""
    added = [f"{len(rows)} {_CALLED[kind]}" for kind, rows in plan.said.items() if rows]
    words = ["thêm " + ", ".join(added)] if added else []
    if plan.successors:
        words.append("ghi cơ quan kế thừa")
    columns = {"level": "cấp", "note": "ghi chú", "ended_on": "ngày thôi hoạt động"}
    if changed := [columns[one] for one in plan.values if one in columns]:
        words.append("đổi " + ", ".join(changed))
    if "is_checked" in plan.values and not words:
        words.append("ghi là đã xem")
    return (Fate.CHANGED, "; ".join(words)) if words else (Fate.SAME, "")
