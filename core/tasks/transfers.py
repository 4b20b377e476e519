"""Documents that go straight to their handler, as orders by the work rules say (chuyển thẳng, Điều 23.1 NĐ 30)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import calendar
from core.agencies.known import NOBODY, Known, known
from core.agencies.names import plain_name, spelled
from core.agencies.tables import Agency
from core.db import table_of
from core.errors import Permanent
from core.events import Fact
from core.incoming.tables import Incoming
from core.people import Division, User
from core.tasks import giving, moving, parties
from core.tasks.parties import Party
from core.tasks.tables import Form, Task, TransferOrder
from core.tasks.transitions import Act
from core.text import fold

NOT_COVERED = "hoa_toc"  # unless the order says so
_orders = table_of(TransferOrder).c
_RUNNING = (
    sa.select(TransferOrder, sa.func.coalesce(Agency.root_id, Agency.id).label("root_id"))
    .join(Agency, Agency.id == TransferOrder.agency_id, isouter=True)
    .where(_orders.starts_on <= sa.bindparam("day"), _orders.ended_at.is_(None))
    .where(sa.or_(_orders.ends_on.is_(None), _orders.ends_on >= sa.bindparam("day")))
    .order_by(_orders.id)
)


@dataclass(frozen=True, slots=True)
class Conditions:
    """Which documents an order takes; what is empty is not asked. `agency_id` is the agency as merges made it."""

    kind: str = ""
    agency_id: int | None = None
    issuer: str = ""
    words: str = ""
    is_urgent_too: bool = False

    def take(self, document: Incoming, meant: Known) -> bool:
        """Whether a document is of this kind; `meant` is what the address book knows of its issuer."""
        if document.urgency == NOT_COVERED and not self.is_urgent_too:
            return False
        if self.kind and fold(self.kind) != fold(document.kind):
            return False
        if self.words and f" {plain_words(self.words)} " not in f" {plain_words(document.subject)} ":
            return False
        if self.agency_id is not None:
            return meant.ids == {self.agency_id}
        return not self.issuer or _is_called(self.issuer, document.issuer)


@dataclass(frozen=True, slots=True)
class Running:
    """An order of a day with what it takes."""

    order: TransferOrder
    conditions: Conditions


def aim_of(order: TransferOrder) -> tuple[bool, int | None, int | None]:
    """Where an order sends documents: two with one aim do not contradict each other."""
    return order.form == Form.FOR_INFORMATION, order.lead_division_id, order.lead_user_id


def running(session: Session, *, on: date) -> list[Running]:
    """The orders that run on the office's day `on`, the first made first."""
    rows = session.execute(_RUNNING, {"day": on}).all()
    return [Running(one, conditions_of(one, root_id)) for one, root_id in rows]


def conditions_of(order: TransferOrder, agency_id: int | None) -> Conditions:
    """What an order takes; `agency_id` is its agency, as merges made it."""
    return Conditions(order.kind, agency_id, order.issuer, order.words, order.is_urgent_too)


def follow(session: Session, task: Task, document: Incoming, *, by: User, at: datetime) -> list[Fact]:
    """Send a document that `by` is just entering where the orders of the day say; returns what the journal is to say.

    Where no order fits it waits for approval as ever; where several contradict each other, or who should get it works
    here no more, it does too, and `waits_because` says so. Of several with one aim the last made goes.
    """
    assert document.arrived_on is not None
    orders = running(session, on=document.arrived_on)
    meant = NOBODY
    if any(one.conditions.agency_id is not None for one in orders):
        name = (document.issuer, document.parent_issuer)
        meant = known(session, [name]).get(name, NOBODY)
    fitting = [one.order for one in orders if one.conditions.take(document, meant)]
    if not fitting:
        return []
    if len({aim_of(one) for one in fitting}) > 1:
        said = "; ".join(dict.fromkeys(one.basis for one in fitting))
        return _wait(task, f"Hai lệnh chuyển thẳng khác nhau: {said}", fitting)
    order = fitting[-1]
    lead = _receiver(session, order)
    if lead is None and order.form != Form.FOR_INFORMATION:
        return _wait(task, f"Người nhận chuyển thẳng theo {order.basis} không còn làm việc", fitting)
    return [_send(session, task, document, order, lead, by=by, at=at)]


def _wait(task: Task, why: str, orders: Sequence[TransferOrder]) -> list[Fact]:
    task.waits_because = why
    return [Fact("task_not_transferred", "task", task.id, {"reason": why, "orders": [one.id for one in orders]})]


def _send(
    session: Session, task: Task, document: Incoming, order: TransferOrder, lead: User | Division | None, *, by: User,
    at: datetime,
) -> Fact:  # fmt: skip
    standing = moving.begin(session, task, Act.TRANSFER, by=by, at=at, version=task.version)
    assert standing is not None
    form, to = Form(order.form), Party(order.lead_division_id, order.lead_user_id)
    is_information = form is Form.FOR_INFORMATION
    due_at = "" if is_information else _due_at(session, document, order)
    informed = (to,) if is_information and lead is not None else ()
    target = giving.give_out(
        session, task, form, None if is_information else lead, due_at=due_at, instruction=order.instruction,
        informed=informed, by_id=order.made_by, for_id=order.made_for, at=at,
    )  # fmt: skip
    task.order_id, task.is_transferred = order.id, True
    payload = {
        "order": order.id, "basis": order.basis, "ordered_by": order.made_by, "form": form.value,
        "lead": "" if is_information else to.key, "due_at": due_at, "informed": [one.key for one in informed],
        "instruction": order.instruction,
    }  # fmt: skip
    return moving.step(session, task, Act.TRANSFER, target, standing, at=at, payload=payload)


def _due_at(session: Session, document: Incoming, order: TransferOrder) -> str:
    """The document's own deadline, passed or not; else the order's, in working days after the day of arrival."""
    if document.due_at or order.days is None or document.arrived_on is None:
        return document.due_at
    return calendar.add_working_days(document.arrived_on, order.days, calendar.exceptions(session)).isoformat()


def _receiver(session: Session, order: TransferOrder) -> User | Division | None:
    if order.lead_division_id is None and order.lead_user_id is None:
        return None
    try:
        return parties.check(session, Party(order.lead_division_id, order.lead_user_id), field="lead")
    except Permanent:
        return None


def plain_words(text: str) -> str:
    """The words of a text alone, folded, a space between them."""
    return " ".join(re.findall(r"\w+", fold(text)))


def _is_called(wanted: str, issuer: str) -> bool:
    """Whether a name is the wanted one; marks count, unless one of both was written without any."""
    if wanted.isascii() or issuer.isascii():
        return plain_name(wanted) == plain_name(issuer)
    return spelled(wanted) == spelled(issuer)
