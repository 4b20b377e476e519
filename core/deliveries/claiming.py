"""What a sender does with the outbox: claim, hand over, note the outcome, each in a transaction of its own.

A delivery is the server's, or may be, from `hand_over` on; one that was only claimed is surely not sent (promise 6).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Session, lazyload

from core import events
from core.db import table_of
from core.deliveries import identity, timeline
from core.deliveries.tables import Delivery, OutboxPause, State, Step

LEASE = timedelta(minutes=15)  # longer than a mail takes on its way, RFC 5321's ten minutes after the dot included
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who claims: `token` is one process's alone (at most 80 letters), `domain` that of the office's own address.

    To one domain at most `per_minute` messages go in a minute, of all senders together; 0: as many as there are.
    """

    token: str
    domain: str
    per_minute: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    """What a mail server answered: to which command, with which code, in its own words."""

    words: str
    stage: str = ""
    status: str = ""


def claim(session: Session, sender: Sender, *, at: datetime) -> Delivery | None:
    """The delivery that goes next, now SENDING and this sender's for 15 minutes; None when none may go at `at`.

    Urgency first, then who has waited longest. Passed over are domains that are paused or had their share of the
    minute; nothing is given while the outbox is paused. Several senders never get the same (PostgreSQL).
    """
    paused = sa.select(OutboxPause.domain).where(sa.or_(OutboxPause.until.is_(None), OutboxPause.until > at))
    domains = set(session.scalars(paused))
    if "" in domains:
        return None
    query = sa.select(Delivery).where(Delivery.state == State.WAITING, Delivery.try_at <= at)
    if sender.per_minute:
        domains |= set(session.scalars(_had_their_share(sender, at)))
    if domains:
        query = query.where(Delivery.domain.not_in(domains))
    query = query.order_by(Delivery.rank, Delivery.try_at, Delivery.id).limit(1)
    delivery = session.scalars(query.with_for_update(skip_locked=True)).first()
    if delivery is None:
        return None
    delivery.state, delivery.tries = State.SENDING, delivery.tries + 1
    delivery.claimed_at, delivery.claimed_by, delivery.claimed_until = at, sender.token, at + LEASE
    delivery.handed_at = None
    if delivery.message_id is None:
        delivery.message_id = identity.message_id(session, delivery.id, delivery.created_at, sender.domain)
    session.flush()
    return delivery


def next_at(session: Session) -> datetime | None:
    """When the first waiting delivery is to be tried; None when none waits."""
    return session.scalar(sa.select(sa.func.min(Delivery.try_at)).where(Delivery.state == State.WAITING))


def hand_over(session: Session, delivery: Delivery, *, at: datetime) -> bool:
    """Note, before the end of the data is sent, that the server may have it from now on.

    False when the claim ran out and another has it, or a person cancelled it: then the end must not be sent.
    """
    mine = sa.update(table_of(Delivery)).where(
        Delivery.id == delivery.id, Delivery.state == State.SENDING, Delivery.claimed_by == delivery.claimed_by,
        Delivery.claimed_at == delivery.claimed_at,
    )  # fmt: skip
    done = session.execute(mine.values(handed_at=at, claimed_until=at + LEASE))
    return cast("sa.CursorResult[object]", done).rowcount == 1


def note_sent(session: Session, delivery: Delivery, said: Said, *, at: datetime) -> None:
    """The server has taken it over; its words name its queue id."""
    _outcome(session, delivery, State.SENT, Step.SENT, said, at=at)


def note_failed(session: Session, delivery: Delivery, said: Said, *, at: datetime) -> None:
    """The server refuses it for good, or it has been tried for too long: for a person to see."""
    _outcome(session, delivery, State.FAILED, Step.FAILED, said, at=at)


def note_uncertain(session: Session, delivery: Delivery, said: Said, *, at: datetime) -> None:
    """The connection ended after the end of the data: the server may have it. A person decides."""
    _outcome(session, delivery, State.UNCERTAIN, Step.UNCERTAIN, said, at=at)


def note_deferred(session: Session, delivery: Delivery, said: Said, *, try_at: datetime, at: datetime) -> None:
    """It is surely not sent, and is tried again at `try_at`."""
    row = _own(session, delivery)
    if row is None:
        return
    _wait_again(row)
    row.try_at, row.said = try_at, timeline.cut(said.words)
    _step(session, row, Step.DEFERRED, said, at)


def give_back(session: Session, delivery: Delivery) -> None:
    """Undo a claim that came to nothing, for no fault of this message: it waits as before."""
    row = _own(session, delivery)
    if row is not None and row.handed_at is None:
        _wait_again(row)
        row.tries -= 1
        session.flush()


def settle_abandoned(session: Session, *, token: str, is_alone: bool, at: datetime) -> int:
    """Settle what dead senders had in hand: all of it where this sender `is_alone`, else what is past its 15 minutes,
    and what this one (`token`), which sends nothing now, could write no outcome of.

    Handed over it is uncertain, else it waits again. Returns how many there were."""
    query = sa.select(Delivery).where(Delivery.state == State.SENDING)
    if not is_alone:
        query = query.where(sa.or_(Delivery.claimed_until < at, Delivery.claimed_by == token))
    rows = session.scalars(query.with_for_update(skip_locked=True)).all()
    facts = []
    for row in rows:
        is_handed = row.handed_at is not None
        timeline.add(session, row.id, Step.UNCERTAIN if is_handed else Step.INTERRUPTED, at=at, said=_DIED)
        if is_handed:
            row.state, row.said = State.UNCERTAIN, _DIED
            facts.append(events.Fact("delivery_uncertain", "delivery", row.id))
        else:
            _wait_again(row)
    session.flush()
    events.record_many(session, facts, by=None, at=at)
    return len(rows)


_DIED = "Chương trình gửi bị ngắt giữa chừng."
_WITHOUT_FILES = (lazyload(Delivery.files),)  # what is noted of a sending needs none


def _had_their_share(sender: Sender, at: datetime) -> sa.Select[str]:
    lately = sa.select(Delivery.domain).where(Delivery.claimed_at > at - _MINUTE)
    return lately.group_by(Delivery.domain).having(sa.func.count() >= sender.per_minute)


def _wait_again(row: Delivery) -> None:
    # What was removed while it was on its way has nothing left to be sent.
    row.state = State.CANCELLED if row.removed_at is not None else State.WAITING
    row.handed_at = row.claimed_at = None


def _outcome(
    session: Session, delivery: Delivery, state: State, step: Step, said: Said, *, at: datetime
) -> None:  # fmt: skip
    row = _own(session, delivery)
    if row is None:
        return
    row.state, row.said = state, timeline.cut(said.words)
    if state is State.SENT:
        row.sent_at = at
    _step(session, row, step, said, at)
    events.record(session, f"delivery_{state.value}", "delivery", row.id, by=None, at=at)


def _step(session: Session, row: Delivery, step: Step, said: Said, at: datetime) -> None:
    timeline.add(session, row.id, step, at=at, stage=said.stage, status=said.status, said=said.words)
    session.flush()


def _own(session: Session, delivery: Delivery) -> Delivery | None:
    """The row, locked, while nobody else has decided about it: this claim's own, or uncertain only because its sender
    was thought dead."""
    row = session.get(Delivery, delivery.id, options=_WITHOUT_FILES, with_for_update=True, populate_existing=True)
    is_own = row is not None and row.claimed_by == delivery.claimed_by and row.claimed_at == delivery.claimed_at
    return row if is_own and row is not None and row.state in (State.SENDING, State.UNCERTAIN) else None
