"""Gửi đi: the outbox as pages show it, one row a delivery, and the way of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session, aliased

from core.deliveries.tables import Delivery, DeliveryFile, DeliveryStep, OutboxPause, State
from core.errors import NotAllowed
from core.files import StoredFile
from core.incoming.tables import Incoming
from core.people import Role, User
from core.rights import NOT_GIVEN, Right, readable, require

PAGE_ROWS = 50
QUEUES: dict[str, tuple[State, ...]] = {
    "waiting": (State.WAITING, State.SENDING),
    "failed": (State.FAILED,),
    "uncertain": (State.UNCERTAIN,),
    "sent": (State.SENT,),
    "cancelled": (State.CANCELLED,),
}
_READERS = frozenset({Role.CLERK, Role.LEADER, Role.OFFICE_CHIEF})
_COLUMNS = (
    "id", "kind", "state", "rank", "recipient_name", "recipient_address", "subject", "created_at", "try_at", "tries",
    "said", "sent_at", "delivered_at", "displayed_at", "acknowledged_at", "incoming_id", "corrects_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One delivery; see `core.deliveries.tables.Delivery`. Who may not read it (`may_read`) sees no subject and no
    name. `corrected_by_id` is the delivery that went to a corrected address."""

    id: int
    kind: str
    state: str
    rank: int
    recipient_name: str
    recipient_address: str
    subject: str
    created_at: datetime
    try_at: datetime
    tries: int
    said: str
    sent_at: datetime | None
    delivered_at: datetime | None
    displayed_at: datetime | None
    acknowledged_at: datetime | None
    incoming_id: int | None
    corrects_id: int | None
    may_read: bool
    corrected_by_id: int | None


@dataclass(frozen=True, slots=True)
class StepRow:
    """One line of a timeline; `who` is empty where no person acted."""

    at: datetime
    step: str
    stage: str
    status: str
    said: str
    who: str


@dataclass(frozen=True, slots=True)
class Whole:
    """One delivery with its text, its files (name, size in bytes) and its way, the oldest step first."""

    row: DeliveryRow
    body: str
    files: tuple[tuple[str, int], ...]
    steps: tuple[StepRow, ...]
    is_removed: bool


def deliveries(
    session: Session, user: User, queue: str, *, after: int | None = None, limit: int = PAGE_ROWS
) -> list[DeliveryRow]:  # fmt: skip
    """One queue of QUEUES: what waits by urgency and time, else the newest first, those below the id `after`.

    Raises NotAllowed unless the person may see the outbox.
    """
    require(user, Right.SEE_OUTBOX)
    query = _rows(user).where(Delivery.state.in_(QUEUES[queue]))
    if queue == "waiting":
        query = query.order_by(Delivery.rank, Delivery.try_at, Delivery.id)
    else:
        query = query.order_by(Delivery.id.desc())
        query = query.where(Delivery.id < after) if after is not None else query
    return [_row(row) for row in session.execute(query.limit(limit))]


def counts(session: Session, user: User) -> dict[str, int]:
    """How many deliveries stand in each queue, of those that the person may see."""
    query = sa.select(Delivery.state, sa.func.count()).where(_visible(user)).group_by(Delivery.state)
    by_state = {State(state): count for state, count in session.execute(query)}
    return {queue: sum(by_state.get(state, 0) for state in states) for queue, states in QUEUES.items()}


def whole(session: Session, user: User, delivery_id: int) -> Whole:
    """One delivery with its way. Raises NotAllowed when the person may not see it or there is none."""
    require(user, Right.SEE_OUTBOX)
    found = session.execute(_rows(user).where(Delivery.id == delivery_id)).first()
    if found is None:
        raise NotAllowed(NOT_GIVEN)
    row, delivery = _row(found), session.get_one(Delivery, delivery_id)
    files = sa.select(DeliveryFile.name, StoredFile.size).join(StoredFile, StoredFile.sha256 == DeliveryFile.sha256)
    files = files.where(DeliveryFile.delivery_id == delivery_id).order_by(DeliveryFile.position)
    steps = (
        sa.select(DeliveryStep, User.full_name).join(User, User.id == DeliveryStep.by, isouter=True)
        .where(DeliveryStep.delivery_id == delivery_id).order_by(DeliveryStep.id)
    )  # fmt: skip
    way = [
        StepRow(step.at, step.step, step.stage, step.status, step.said, who or "")
        for step, who in session.execute(steps)
    ]
    return Whole(
        row, delivery.body if row.may_read else "",
        tuple((name, size) for name, size in session.execute(files)) if row.may_read else (),
        tuple(way), delivery.removed_at is not None,
    )  # fmt: skip


def pauses(session: Session, *, at: datetime) -> Sequence[tuple[OutboxPause, str]]:
    """What is paused now, the whole outbox first, each with the name of who did it ("" for the program)."""
    query = (
        sa.select(OutboxPause, User.full_name).join(User, User.id == OutboxPause.by, isouter=True)
        .where(sa.or_(OutboxPause.until.is_(None), OutboxPause.until > at)).order_by(OutboxPause.domain)
    )  # fmt: skip
    return [(pause, who or "") for pause, who in session.execute(query)]


def _rows(user: User) -> sa.Select[tuple[object, ...]]:
    newer = aliased(Delivery)
    corrected = sa.select(sa.func.max(newer.id)).where(newer.corrects_id == Delivery.id).scalar_subquery()
    columns = [getattr(Delivery, name) for name in _COLUMNS]
    return sa.select(*columns, _readable(user).label("may_read"), corrected.label("newer_id")).where(_visible(user))


def _readable(user: User) -> ColumnElement[bool]:
    if not user.roles & _READERS:
        return sa.false()
    document = sa.exists().where(Incoming.id == Delivery.incoming_id, readable(user))
    return sa.or_(Delivery.incoming_id.is_(None), document)


def _visible(user: User) -> ColumnElement[bool]:
    return sa.true() if Role.ADMIN in user.roles else _readable(user)


def _row(row: sa.Row[tuple[object, ...]]) -> DeliveryRow:
    values = {name: getattr(row, name) for name in _COLUMNS}
    may_read = bool(row.may_read)
    if not may_read:
        values |= {"subject": "", "recipient_name": ""}
    return DeliveryRow(**values, may_read=may_read, corrected_by_id=row.newer_id)
