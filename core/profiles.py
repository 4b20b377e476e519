"""Opening an office from a profile: its dated facts become rows, which people edit from then on (promise 10)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import events
from core.db import Base
from core.errors import Permanent, WrongState
from core.office import DocumentKind, Holiday, OfficeName
from core.people import Division
from core.registers import Book, Direction

_TABLES: dict[str, tuple[type[Base], frozenset[str]]] = {
    "name": (OfficeName, frozenset({"name", "parent_name", "code", "place", "valid_from", "valid_to"})),
    "division": (Division, frozenset({"name", "code"})),
    "book": (Book, frozenset({"code", "name", "direction"})),
    "holiday": (Holiday, frozenset({"day", "is_worked", "note"})),
}
_ORDERED = frozenset({"division"})  # rows whose place in the profile is their place in lists


@dataclass(frozen=True, slots=True)
class Opened:
    """How many rows of each sort a profile brought."""

    names: int
    divisions: int
    books: int
    holidays: int
    kinds: int

    def sentence(self) -> str:
        """What was brought, as told at the command line."""
        return (
            f"Đã mở cơ quan: {self.names} tên, {self.divisions} phòng, {self.books} sổ, {self.kinds} tên loại văn bản, "
            f"{self.holidays} ngày nghỉ và làm bù."
        )


def open_office(
    session: Session, profile: Mapping[str, Any], kinds: Sequence[Mapping[str, str]], *, at: datetime
) -> Opened:
    """Fill an empty office from a parsed profile and the list of document kinds (Điều 7 NĐ 30 first).

    `profile` holds lists of tables name, division, book, holiday; `kinds` have name, abbreviation, family.
    Raises WrongState when the office has a name already, Permanent naming what the profile lacks or what
    nobody knows.
    """
    if is_open(session):
        raise WrongState("Cơ quan đã được mở; sửa tên, phòng, ngày nghỉ trong Quản trị.")
    _check(profile)
    counts = {sort: _insert(session, sort, profile.get(sort, [])) for sort in _TABLES}
    session.add_all(
        DocumentKind(name=kind["name"], abbreviation=kind["abbreviation"] or None, family=kind["family"], position=n)
        for n, kind in enumerate(kinds, start=1)
    )
    session.flush()
    opened = Opened(counts["name"], counts["division"], counts["book"], counts["holiday"], len(kinds))
    events.record(
        session, "office_opened", "office", None, by=None, at=at, payload={"name": profile["name"][-1]["name"]}
    )
    return opened


def is_open(session: Session) -> bool:
    """Whether the office has been opened: it has a name."""
    return session.execute(sa.select(sa.exists().where(OfficeName.id.is_not(None)))).scalar_one()


def _check(profile: Mapping[str, Any]) -> None:
    for sort in ("name", "book"):
        if not profile.get(sort):
            raise Permanent(f"Hồ sơ cơ quan thiếu mục «{sort}».")
    for sort, rows in profile.items():
        if sort not in _TABLES:
            raise Permanent(f"Hồ sơ cơ quan có mục «{sort}» không dùng được; chỉ nhận {', '.join(_TABLES)}.")
        unknown = {key for row in rows for key in row} - _TABLES[sort][1]
        if unknown:
            raise Permanent(f"Mục «{sort}» của hồ sơ cơ quan có khóa lạ: {', '.join(sorted(unknown))}.")
    for book in profile["book"]:
        if book["direction"] not in set(Direction):
            raise Permanent(f"Sổ «{book['code']}»: direction chỉ nhận {', '.join(Direction)}.")


def _insert(session: Session, sort: str, rows: Sequence[Mapping[str, Any]]) -> int:
    table, _ = _TABLES[sort]
    for position, row in enumerate(rows, start=1):
        session.add(table(**row, **({"position": position} if sort in _ORDERED else {})))
    session.flush()
    return len(rows)
