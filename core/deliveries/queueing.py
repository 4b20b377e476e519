"""Putting messages into the outbox, and taking them out again before they are sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import events, rights
from core.db import insert_of
from core.deliveries import addresses, timeline
from core.deliveries.tables import Delivery, DeliveryFile, Kind, State, Step
from core.errors import WrongState
from core.events import Fact
from core.people import User
from core.rights import Right

RANKS = {"hoa_toc": 0, "thuong_khan": 1, "khan": 2, "thuong": 3}
_LONGEST_ONCE_KEY = 200


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to go along: its content stands in the store under `sha256`."""

    name: str
    sha256: str
    media_type: str


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A message to one recipient, before it is in the outbox.

    `urgency` is a word of RANKS, `incoming_id` the incoming document that it speaks of, `letter_id` the letter that
    it answers. `in_reply_to` and `references`
    are Message-IDs with angle brackets. `is_automatic`: no person wrote it (RFC 3834). What has the same `once_key` is
    sent at most once.
    """

    kind: Kind
    recipient_address: str
    subject: str
    body: str
    recipient_name: str = ""
    urgency: str = "thuong"
    files: Sequence[Attachment] = ()
    in_reply_to: str | None = None
    references: Sequence[str] = ()
    is_automatic: bool = False
    incoming_id: int | None = None
    letter_id: int | None = None
    once_key: str | None = None


def queue(session: Session, new: NewDelivery, *, by: User | None, at: datetime, source: str = "") -> Delivery:
    """Put a message into the outbox and return its delivery; `by` is None where the program itself writes.

    One with a `once_key` that is there already changes nothing: that delivery is returned, whatever became of it.
    Records an event, so call it late in a transaction. Raises Permanent when the address can't be one.
    """
    return _insert(session, new, corrects_id=None, by=by, at=at, source=source)


def stop(session: Session, deliveries: Sequence[Delivery], *, by: User, at: datetime) -> list[Fact]:
    """Let none of these leave that waits or failed; returns the events, to be recorded last in the transaction."""
    facts = []
    for delivery in deliveries:
        if delivery.state in (State.WAITING, State.FAILED):
            delivery.state = State.CANCELLED
            timeline.add(session, delivery.id, Step.CANCELLED, at=at, by=by.id)
            facts.append(Fact("delivery_cancelled", "delivery", delivery.id))
    session.flush()
    return facts


def cancel(session: Session, delivery: Delivery, *, by: User, at: datetime, source: str = "") -> None:
    """ "Hủy": it will not be sent. Raises NotAllowed without the right, WrongState unless it waits, failed or is
    uncertain."""
    rights.require(by, Right.RUN_OUTBOX)
    _lock(session, delivery)
    if delivery.state not in (State.WAITING, State.FAILED, State.UNCERTAIN):
        raise WrongState("Thư này đang gửi hoặc đã gửi, không hủy được nữa.")
    delivery.state = State.CANCELLED
    timeline.add(session, delivery.id, Step.CANCELLED, at=at, by=by.id)
    session.flush()
    events.record(session, "delivery_cancelled", "delivery", delivery.id, by=by.id, at=at, source=source)


def decide(
    session: Session, delivery: Delivery, outcome: State, *, by: User, at: datetime, source: str = ""
) -> None:  # fmt: skip
    """What becomes of an uncertain or failed delivery: `State.SENT` ("coi là đã gửi") or `State.WAITING` ("gửi lại",
    under the same Message-ID).

    Raises NotAllowed without the right, WrongState unless it is uncertain or failed, or its content was removed.
    """
    rights.require(by, Right.RUN_OUTBOX)
    _lock(session, delivery)
    if delivery.state not in (State.UNCERTAIN, State.FAILED):
        raise WrongState("Thư này không còn chờ quyết định; tải lại trang để xem.")
    if outcome is State.WAITING:
        _refuse_removed(delivery)
        delivery.tries, delivery.try_at = 0, at
    else:
        delivery.sent_at = delivery.sent_at or at
    delivery.state = outcome
    step = Step.SENT_AGAIN if outcome is State.WAITING else Step.HELD_SENT
    timeline.add(session, delivery.id, step, at=at, by=by.id)
    session.flush()
    payload = {"outcome": outcome.value}
    events.record(
        session, "delivery_decided", "delivery", delivery.id, by=by.id, at=at, source=source, payload=payload
    )  # fmt: skip


def resend(
    session: Session, delivery: Delivery, new_address: str, *, by: User, at: datetime, source: str = ""
) -> Delivery:  # fmt: skip
    """ "Sửa địa chỉ và gửi lại": the same message to another address, as a new delivery, which says so.

    The old one stays as it is, but one that failed or is uncertain is no longer in its queue. Raises NotAllowed without
    the right, WrongState unless it was sent, failed or is uncertain, Permanent when the address can't be one.
    """
    rights.require(by, Right.RUN_OUTBOX)
    _lock(session, delivery)
    _refuse_removed(delivery)
    if delivery.state not in (State.SENT, State.FAILED, State.UNCERTAIN):
        raise WrongState("Thư này còn chờ gửi: hủy nó trước rồi gửi thư khác.")
    new = NewDelivery(
        Kind(delivery.kind), new_address, delivery.subject, delivery.body, recipient_name=delivery.recipient_name,
        urgency=next(word for word, rank in RANKS.items() if rank == delivery.rank),
        files=[Attachment(file.name, file.sha256, file.media_type) for file in delivery.files],
        in_reply_to=delivery.in_reply_to, references=delivery.reference_ids, is_automatic=delivery.is_automatic,
        incoming_id=delivery.incoming_id, letter_id=delivery.letter_id,
    )  # fmt: skip
    timeline.add(session, delivery.id, Step.CORRECTED, at=at, by=by.id, said=new_address.strip())
    if delivery.state != State.SENT:
        delivery.state = State.CANCELLED
    return _insert(session, new, corrects_id=delivery.id, by=by, at=at, source=source)


def acknowledge(
    session: Session, delivery: Delivery, words: str, *, by: User, at: datetime, source: str = ""
) -> None:  # fmt: skip
    """ "Đã báo nhận": a person was told, by telephone or otherwise (`words`), that it arrived.

    Raises NotAllowed without the right, WrongState unless it was sent or is uncertain.
    """
    rights.require(by, Right.RUN_OUTBOX)
    _lock(session, delivery)
    if delivery.state not in (State.SENT, State.UNCERTAIN):
        raise WrongState("Chỉ thư đã gửi mới có thể được báo nhận.")
    delivery.state, delivery.acknowledged_at = State.SENT, at
    timeline.add(session, delivery.id, Step.TOLD, at=at, by=by.id, said=" ".join(words.split()))
    session.flush()
    events.record(session, "delivery_acknowledged", "delivery", delivery.id, by=by.id, at=at, source=source)


def add(
    session: Session, new: NewDelivery, *, by_id: int | None, at: datetime, corrects_id: int | None = None
) -> tuple[int, Fact | None]:  # fmt: skip
    """`queue` for who puts in several: returns the delivery's id, and the event to be recorded last in the transaction;
    None where one with its `once_key` was there. Raises Permanent when the address can't be one."""
    address = addresses.checked(new.recipient_address)
    if new.once_key is not None and not 0 < len(new.once_key) <= _LONGEST_ONCE_KEY:
        raise ValueError("a once_key has 1 to 200 letters")
    values = {
        "kind": new.kind, "state": State.WAITING, "rank": RANKS[new.urgency], "recipient_address": address,
        "recipient_name": " ".join(new.recipient_name.split())[:300], "domain": addresses.domain_of(address),
        "subject": new.subject, "body": new.body, "in_reply_to": new.in_reply_to,
        "reference_ids": list(new.references), "is_automatic": new.is_automatic, "incoming_id": new.incoming_id,
        "letter_id": new.letter_id, "once_key": new.once_key, "corrects_id": corrects_id, "created_at": at,
        "created_by": by_id, "try_at": at, "tries": 0, "claimed_by": "", "said": "",
    }  # fmt: skip
    insert = insert_of(session, Delivery).values(values).on_conflict_do_nothing(index_elements=["once_key"])
    made = session.execute(insert.returning(Delivery.id)).scalar_one_or_none()
    if made is None:  # another transaction's row that was not there a moment ago: on PostgreSQL it has committed
        return session.scalars(sa.select(Delivery.id).where(Delivery.once_key == new.once_key)).one(), None
    session.add_all(
        DeliveryFile(delivery_id=made, position=position, name=file.name, sha256=file.sha256,
                     media_type=file.media_type[:120])
        for position, file in enumerate(new.files, start=1)
    )  # fmt: skip
    timeline.add(session, made, Step.QUEUED, at=at, by=by_id)
    session.flush()
    payload = {"kind": new.kind.value} | ({"corrects": corrects_id} if corrects_id is not None else {})
    return made, Fact("delivery_queued", "delivery", made, payload)


def _insert(
    session: Session, new: NewDelivery, *, corrects_id: int | None, by: User | None, at: datetime, source: str
) -> Delivery:  # fmt: skip
    by_id = by.id if by is not None else None
    made, fact = add(session, new, by_id=by_id, at=at, corrects_id=corrects_id)
    if fact is not None:
        events.record_many(session, [fact], by=by_id, at=at, source=source)
    return session.get_one(Delivery, made)


def _lock(session: Session, delivery: Delivery) -> None:
    # A sender, or another person, may have moved it since the page was read.
    session.refresh(delivery, with_for_update=True)


def _refuse_removed(delivery: Delivery) -> None:
    if delivery.removed_at is not None:
        raise WrongState("Nội dung thư này đã gỡ, không gửi lại được.")
