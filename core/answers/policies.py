"""Which senders are told what: by address, by domain, by agency, else as the office does (C3)."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import events, rights
from core.agencies.tables import Agency
from core.answers.tables import AnswerPolicy
from core.db import insert_of
from core.deliveries import addresses
from core.edxml import Status
from core.errors import Permanent
from core.office import OfficeFact
from core.people import User
from core.rights import Right

OFFICE = "office"
# What may be chosen; what goes back (02) is always told, for a person decided it.
CHOICES = (Status.RECEIVED, Status.REGISTERED, Status.ASSIGNED, Status.IN_PROGRESS, Status.DONE)
USUAL = frozenset({Status.RECEIVED, Status.REGISTERED})
_AGENCY = "agency:"
_ORGAN = "exchange_code"
_ORGAN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Policy:
    """What one sender is told: `key` as of `AnswerPolicy`, `agency` its name where it is one."""

    key: str
    statuses: frozenset[Status]
    agency: str
    set_at: datetime
    set_by: str


def told(session: Session, address: str, agency_id: int | None) -> frozenset[Status]:
    """What is told to who writes from `address`: the policy of the address, else of its domain or one above, of
    the agency, of the office, else the usual."""
    address = address.lower()
    labels = addresses.domain_of(address).split(".")
    domains = [f"@{'.'.join(labels[n:])}" for n in range(len(labels) - 1)]
    keys = [address, *domains, *_of_agency(session, agency_id), OFFICE]
    rows = session.execute(sa.select(AnswerPolicy.key, AnswerPolicy.statuses).where(AnswerPolicy.key.in_(keys)))
    found = {row.key: row.statuses for row in rows}
    return next((_statuses(found[key]) for key in keys if key in found), USUAL)


def of_office(session: Session) -> frozenset[Status]:
    """What is told to all who have no policy of their own."""
    row = session.get(AnswerPolicy, OFFICE)
    return USUAL if row is None else _statuses(row.statuses)


def policies(session: Session) -> list[Policy]:
    """The policies of senders of their own, agencies first."""
    query = (
        sa.select(AnswerPolicy, User.full_name)
        .join(User, User.id == AnswerPolicy.set_by, isouter=True)
        .where(AnswerPolicy.key != OFFICE)
        .order_by(AnswerPolicy.key.not_like(f"{_AGENCY}%"), AnswerPolicy.key)
    )
    rows = session.execute(query).all()
    ids = [found for row in rows if (found := agency_of(row.AnswerPolicy.key)) is not None]
    named = sa.select(Agency.id, Agency.name).where(Agency.id.in_(ids))
    names = {row.id: row.name for row in session.execute(named)}
    return [
        Policy(one.key, _statuses(one.statuses), names.get(agency_of(one.key) or 0, ""), one.set_at, who or "")
        for one, who in rows
    ]


def keep(
    session: Session, key: str, statuses: Collection[Status], *, by: User, at: datetime, source: str = ""
) -> str:  # fmt: skip
    """Set what a sender is told, by a key of `AnswerPolicy` as typed; returns the key.

    Raises NotAllowed without the right, Permanent where it names no sender.
    """
    rights.require(by, Right.KEEP_ANSWERS)
    key = _checked(session, key)
    chosen = [one.value for one in CHOICES if one in statuses]
    row = session.get(AnswerPolicy, key)
    if row is not None and row.statuses == chosen:
        return key
    values = {"key": key, "statuses": chosen, "set_at": at, "set_by": by.id}
    insert = insert_of(session, AnswerPolicy).values(values)
    session.execute(insert.on_conflict_do_update(index_elements=["key"], set_=values))
    session.expire_all()
    payload = {"key": key, "statuses": chosen}
    events.record(session, "answers_chosen", "answers", None, by=by.id, at=at, source=source, payload=payload)
    return key


def drop(session: Session, key: str, *, by: User, at: datetime, source: str = "") -> None:
    """Tell a sender as all others; harmless where it has no policy. Raises NotAllowed without the right."""
    rights.require(by, Right.KEEP_ANSWERS)
    row = session.get(AnswerPolicy, key)
    if row is None:
        return
    session.delete(row)
    session.flush()
    events.record(session, "answers_usual", "answers", None, by=by.id, at=at, source=source, payload={"key": key})


def agency_key(agency_id: int) -> str:
    """The key of an agency's policy."""
    return f"{_AGENCY}{agency_id}"


def agency_of(key: str) -> int | None:
    """The agency that a key names; None for another key."""
    found = key.removeprefix(_AGENCY)
    return int(found) if key.startswith(_AGENCY) and found.isascii() and found.isdecimal() and len(found) < 10 else None


def organ_id(session: Session) -> str:
    """The office's own code on the exchange (QĐ 20/2020/QĐ-TTg), "" where nobody has entered it."""
    fact = session.get(OfficeFact, _ORGAN)
    return str(fact.value.get("code", "")) if fact is not None else ""


def keep_organ_id(session: Session, code: str, *, by: User, at: datetime, source: str = "") -> None:
    """Enter the office's own code on the exchange. Raises NotAllowed without the right, Permanent where it can't be
    one."""
    rights.require(by, Right.KEEP_ANSWERS)
    code = code.strip()
    if code and not _ORGAN_ID.fullmatch(code):
        raise Permanent(
            "Mã định danh chỉ gồm chữ cái không dấu, chữ số, dấu chấm, ví dụ H36.09, nhiều nhất 64 ký tự.",
            field="organ_id",
        )
    if code == organ_id(session):
        return
    values = {"name": _ORGAN, "value": {"code": code}}
    insert = insert_of(session, OfficeFact).values(values)
    session.execute(insert.on_conflict_do_update(index_elements=["name"], set_=values))
    session.expire_all()
    events.record(session, "exchange_code_set", "answers", None, by=by.id, at=at, source=source, payload={"code": code})


def _of_agency(session: Session, agency_id: int | None) -> list[str]:
    """The keys of an agency and of those that were merged into it."""
    if agency_id is None:
        return []
    merged = session.scalars(sa.select(Agency.id).where(Agency.root_id == agency_id).order_by(Agency.id))
    return [agency_key(one) for one in (agency_id, *merged)]


def _checked(session: Session, key: str) -> str:
    key = key.strip().lower()
    if key == OFFICE:
        return key
    agency_id = agency_of(key)
    if agency_id is not None:
        if session.get(Agency, agency_id) is None:
            raise Permanent("Không có cơ quan này trong danh bạ.", field="key")
        return agency_key(agency_id)
    # A domain is what stands behind "@" of an address that can be.
    addresses.checked(f"a{key}" if key.startswith("@") else key, field="key")
    return key


def _statuses(codes: Iterable[object]) -> frozenset[Status]:
    return frozenset(one for one in CHOICES if one.value in set(codes))
