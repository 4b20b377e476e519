"""Chuyển thẳng: the orders with what they caught, and what went straight to its handler today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.agencies.tables import Agency
from core.delegations import authority
from core.incoming.tables import Incoming
from core.listings.ways import lead_words
from core.office import office_date
from core.people import User
from core.tasks import ordering, parties
from core.tasks.parties import Party
from core.tasks.tables import FORM_NAMES, STATE_NAMES, Form, State, Task, TransferOrder

_MOST_TODAY = 100
_MOST_ENDED = 50
_BACK = frozenset({State.FILED, State.WITH_HEAD, State.GIVEN})
_WAITS = frozenset({State.SUBMITTED, State.SUGGESTING, State.DEPUTED, State.RETURNED, State.WITHDRAWN})
_CAUGHT = (
    sa.select(
        Task.order_id,
        sa.func.count().label("caught"),
        sa.func.sum(sa.cast(Task.is_transferred, sa.Integer)).label("stands"),
        sa.func.max(Task.submitted_at).label("last"),
    )
    .where(Task.order_id.is_not(None))
    .group_by(Task.order_id)
)
_TODAY = (
    sa.select(Task, Incoming.arrival_number, Incoming.subject, TransferOrder.basis)
    .join(Incoming, Incoming.id == Task.incoming_id)
    .join(TransferOrder, TransferOrder.id == Task.order_id)
    .where(Task.order_id.is_not(None), Task.submitted_at >= sa.bindparam("since"))
    .order_by(Task.submitted_at.desc(), Task.id.desc())
    .limit(_MOST_TODAY)
)


@dataclass(frozen=True, slots=True)
class Transferred:
    """A document that went straight to its handler. `where` says who has it now, `basis` by which article it went;
    `may_take_back` while nobody has acted."""

    task_id: int
    version: int
    incoming_id: int
    number: int
    subject: str
    where: str
    basis: str
    may_take_back: bool


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order for the page: `conditions` and `effects` in words, whose it is, what it `caught` and how much of that
    somebody gave anew. `is_over` once it takes nothing more, `is_coming` before its first day."""

    id: int
    basis: str
    conditions: tuple[str, ...]
    to: str
    effects: tuple[str, ...]
    made_by: str
    made_for: str
    made_at: datetime
    starts_on: date
    ends_on: date | None
    ended_by: str
    ended_at: datetime | None
    caught: int
    given_anew: int
    last_at: datetime | None
    is_over: bool
    is_coming: bool


def today(
    session: Session, user: User, *, since: datetime, names: Mapping[str, str] | None = None
) -> list[Transferred]:
    """What went straight to its handler since an instant, the last first, for who may approve on that day; `names` are
    `parties.names`, where the caller has read them."""
    if authority(session, user, on=office_date(since)).approves_for is None:
        return []
    rows = session.execute(_TODAY, {"since": since}).all()
    names = names or (parties.names(session) if rows else {})
    return [_transferred(row, names) for row in rows]


def orders(session: Session, *, at: datetime) -> list[OrderRow]:
    """Every order that runs or will, the newest first, then the latest of those that are over."""
    on = office_date(at)
    rows = session.execute(
        sa.select(TransferOrder, Agency.name).join(Agency, Agency.id == TransferOrder.agency_id, isouter=True)
        .order_by(TransferOrder.id.desc())
    ).all()  # fmt: skip
    caught = {row.order_id: row for row in session.execute(_CAUGHT)}
    names = parties.names(session)
    found = [_row(row.TransferOrder, row.name, caught.get(row.TransferOrder.id), names, on) for row in rows]
    over = [one for one in found if one.is_over]
    return [one for one in found if not one.is_over] + over[:_MOST_ENDED]


def conditions_in_words(order: TransferOrder, agency: str | None) -> tuple[str, ...]:
    """What an order asks of a document; `agency` is the name of its agency in the address book."""
    said = []
    if order.kind:
        said.append(f"loại {order.kind}")
    if order.issuer:
        said.append(f"của {agency} (danh bạ)" if agency else f"cơ quan ban hành ghi «{order.issuer}»")
    if order.words:
        said.append(f"trích yếu có «{order.words}»")
    if order.is_urgent_too:
        said.append("kể cả hỏa tốc")
    return tuple(said)


def _row(
    order: TransferOrder, agency: str | None, caught: Any, names: Mapping[str, str], on: date
) -> OrderRow:  # fmt: skip
    has_lead = order.lead_division_id is not None or order.lead_user_id is not None
    key = Party(order.lead_division_id, order.lead_user_id).key
    return OrderRow(
        id=order.id, basis=order.basis, conditions=conditions_in_words(order, agency),
        to=names.get(key, "") if has_lead else "", effects=_effects(order), made_by=names.get(f"u{order.made_by}", ""),
        made_for=names.get(f"u{order.made_for}", ""), made_at=order.made_at, starts_on=order.starts_on,
        ends_on=order.ends_on, ended_by=names.get(f"u{order.ended_by}", ""), ended_at=order.ended_at,
        caught=caught.caught if caught else 0, given_anew=caught.caught - caught.stands if caught else 0,
        last_at=caught.last if caught else None, is_over=ordering.is_over(order, on=on),
        is_coming=order.starts_on > on,
    )  # fmt: skip


def _effects(order: TransferOrder) -> tuple[str, ...]:
    said: Sequence[str] = (
        FORM_NAMES[Form(order.form)].lower(),
        f"hạn {order.days} ngày làm việc" if order.days is not None else "",
        order.instruction,
    )
    return tuple(one for one in said if one)


def _transferred(row: Any, names: Mapping[str, str]) -> Transferred:
    task, state = row.Task, State(row.Task.state)
    where = STATE_NAMES[state].lower() if state in _WAITS else lead_words(task, names) or FORM_NAMES[Form(task.form)]
    if not task.is_transferred and state not in _WAITS:
        where = f"đã giao lại: {where}"
    return Transferred(
        task.id, task.version, task.incoming_id, row.arrival_number, row.subject, where, row.basis,
        task.is_transferred and task.acted_at is None and state in _BACK,
    )  # fmt: skip
