"""A table of agencies into the book: first what each line would do, then doing it; and the book as such a table.

A line adds what the book lacks and puts its own words for level, end and note in place of the book's; it takes nothing
out. Lines that can't be read are left out and said.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import events
from core.agencies.planning import SAID, Plan, Planned, planned
from core.agencies.said import PLACES
from core.agencies.sheet import Code, Line, read_table
from core.agencies.tables import (
    LEVEL_NAMES,
    Agency,
    AgencyAddress,
    AgencyCode,
    AgencyName,
    AgencySuccession,
    AgencyUpload,
    Level,
    Sort,
)
from core.agencies.values import name_values
from core.db import Base, insert_of, table_of
from core.people import User
from core.rights import Right, require

_AT_ONCE = 1000
_TOLD = frozenset({"name", "parent_name", "key", "code", "valid_from", "valid_to", "domain"})


def preview(session: Session, content: bytes, private_domains: Collection[str]) -> list[Planned]:
    """What each line of a table would do; nothing is written. Raises Permanent for a file that can't be read."""
    return [one for one, _ in planned(session, read_table(content), private_domains)]


def write(
    session: Session, content: bytes, private_domains: Collection[str], *, by: User | None, at: datetime,
    source: str = "",
) -> list[Planned]:  # fmt: skip
    """Write a table into the book and return what each line did. `by` None is the command line.

    Raises NotAllowed unless `by` keeps the book, Permanent for a file that can't be read.
    """
    if by is not None:
        require(by, Right.KEEP_AGENCIES)
    by_id = by.id if by is not None else None
    done = planned(session, read_table(content), private_domains)
    plans = [plan for _, plan in done if plan is not None]
    ids = _make(session, [plan for plan in plans if plan.agency_id is None], by_id=by_id, at=at)
    for plan in plans:
        if plan.agency_id is None:
            plan.agency_id = ids[plan.values["identity"]]
        elif plan.values:
            change = sa.update(table_of(Agency)).where(Agency.id == plan.agency_id)
            session.execute(change.values(plan.values | {"version": Agency.version + 1}))
    for kind in SAID:
        _say(session, kind, plans, by_id=by_id, at=at)
    _succeed(session, plans)
    session.expire_all()
    facts = [events.Fact("agency_imported", "agency", plan.agency_id) for plan in plans]
    events.record_many(session, facts, by=by_id, at=at, source=source)
    return [one for one, _ in done]


def keep_upload(session: Session, name: str, content: bytes, *, by: User, at: datetime) -> None:
    """Keep a table that a person has uploaded until they have looked at what it would do; the one before goes.

    Raises NotAllowed.
    """
    require(by, Right.KEEP_AGENCIES)
    drop_upload(session, by)
    session.add(AgencyUpload(user_id=by.id, name=name[:200], content=content, uploaded_at=at))
    session.flush()


def upload_of(session: Session, by: User) -> AgencyUpload | None:
    """The table that waits for a person's word; None where there is none. Raises NotAllowed."""
    require(by, Right.KEEP_AGENCIES)
    return session.get(AgencyUpload, by.id)


def drop_upload(session: Session, by: User) -> None:
    """Forget a person's table; harmless when there is none."""
    session.execute(sa.delete(AgencyUpload).where(AgencyUpload.user_id == by.id))
    session.expire_all()


def lines(session: Session) -> list[Line]:
    """The book as a table: every agency that was not merged, with what counts of it."""
    agencies = session.execute(
        sa.select(*Agency.__table__.columns).where(Agency.merged_into_id.is_(None)).order_by(Agency.key, Agency.id)
    ).all()
    names, codes, mail = (_of_each(session, kind) for kind in (AgencyName, AgencyCode, AgencyAddress))
    called = {row.id: (row.name, row.parent_name) for row in agencies}
    after = defaultdict(list)
    for row in session.execute(sa.select(AgencySuccession).order_by(AgencySuccession.new_id)).scalars():
        after[row.old_id].append(called.get(row.new_id))
    made = []
    for number, one in enumerate(agencies, start=2):
        own = name_values(one.name, one.parent_name)
        aliases = [
            (row.name, row.parent_name) for row in names[one.id]
            if (row.spelling, row.parent_key) != (own["spelling"], own["parent_key"])
        ]  # fmt: skip
        made.append(Line(
            number, one.name, one.parent_name, LEVEL_NAMES[Level(one.level)] if one.level else "",
            _codes(codes[one.id], Sort.SIGNS), _codes(codes[one.id], Sort.EXCHANGE),
            tuple(row.address for row in mail[one.id]), tuple(dict.fromkeys(aliases)), one.ended_on,
            tuple(name for name in after[one.id] if name is not None), one.note,
        ))  # fmt: skip
    return made


def _of_each(session: Session, kind: Any) -> dict[int, list[Any]]:
    root_id = sa.func.coalesce(Agency.root_id, Agency.id).label("root")
    query = (
        sa.select(root_id, *kind.__table__.columns)
        .join(Agency, Agency.id == kind.agency_id)
        .where(kind.removed_at.is_(None))
        .order_by(kind.id)
    )
    found: dict[int, list[Any]] = defaultdict(list)
    for row in session.execute(query):
        found[row.root].append(row)
    return found


def _codes(rows: Iterable[Any], sort: Sort) -> tuple[Code, ...]:
    return tuple((row.code, row.valid_from, row.valid_to) for row in rows if row.sort == sort)


def _make(session: Session, plans: Sequence[Plan], *, by_id: int | None, at: datetime) -> dict[str, int]:
    ids: dict[str, int] = {}
    for start in range(0, len(plans), _AT_ONCE):
        rows = [
            plan.values | {"version": 1, "made_at": at, "made_by": by_id} for plan in plans[start : start + _AT_ONCE]
        ]
        add = insert_of(session, Agency).on_conflict_do_nothing(index_elements=["identity"])
        session.execute(add, rows)
        identities = [row["identity"] for row in rows]
        found = sa.select(Agency.identity, Agency.id).where(Agency.identity.in_(identities))
        ids |= {row[0]: row[1] for row in session.execute(found)}
    return ids


def _say(session: Session, kind: type[Base], plans: Sequence[Plan], *, by_id: int | None, at: datetime) -> None:
    rows = [
        values | {
            "agency_id": plan.agency_id, "sightings": 0, "is_by_hand": True, "added_at": at, "added_by": by_id,
            "last_at": at,
        }
        for plan in plans for values in plan.said[kind]
    ]  # fmt: skip
    add = insert_of(session, kind)
    told = {one: add.excluded[one] for one in (rows[0] if rows else {}) if one in _TOLD}
    more = told | {"is_by_hand": True, "removed_at": None, "removed_by": None}
    add = add.on_conflict_do_update(index_elements=PLACES[kind], set_=more)
    for start in range(0, len(rows), _AT_ONCE):
        session.execute(add, rows[start : start + _AT_ONCE])


def _succeed(session: Session, plans: Sequence[Plan]) -> None:
    wanted = {identity for plan in plans for identity in plan.successors}
    if not wanted:
        return
    ids: dict[str, int] = {}
    listed = sorted(wanted)
    for start in range(0, len(listed), _AT_ONCE):
        root_id = sa.func.coalesce(Agency.root_id, Agency.id)
        found = sa.select(Agency.identity, root_id).where(Agency.identity.in_(listed[start : start + _AT_ONCE]))
        ids |= {row[0]: row[1] for row in session.execute(found)}
    rows = {
        (plan.agency_id, ids[identity]): plan.ended_on
        for plan in plans for identity in plan.successors
    }  # fmt: skip
    add = insert_of(session, AgencySuccession).on_conflict_do_nothing(index_elements=["old_id", "new_id"])
    session.execute(add, [{"old_id": old, "new_id": new, "since": since} for (old, new), since in rows.items()])
