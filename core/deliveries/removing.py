"""What the outbox says of a document whose content is removed (promise 4)."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import events
from core.deliveries import timeline
from core.deliveries.tables import Delivery, DeliveryFile, DeliveryStep, State, Step

GONE = "(nội dung đã gỡ)"
_SAYS_NOTHING = frozenset({
    "delivery_queued", "delivery_sent", "delivery_failed", "delivery_uncertain", "delivery_decided",
    "delivery_cancelled", "delivery_acknowledged", "delivery_reported",
})  # fmt: skip


def blank(
    session: Session, incoming_id: int, letter_id: int | None, contents: Collection[str], *, at: datetime
) -> set[str]:
    """Blank the deliveries about a document, those that answer its letter, and those about none that carry one of its
    `contents`; what was not sent yet is cancelled. Returns the SHA-256 of the files that they carried."""
    carrying = sa.select(DeliveryFile.delivery_id).where(DeliveryFile.sha256.in_(contents))
    of_none = sa.and_(Delivery.incoming_id.is_(None), Delivery.id.in_(carrying))
    of_letter = Delivery.letter_id == letter_id if letter_id is not None else sa.false()
    concerned = sa.select(Delivery).where(sa.or_(Delivery.incoming_id == incoming_id, of_letter, of_none))
    rows = session.scalars(concerned.with_for_update()).all()
    ids = [row.id for row in rows]
    named = set(session.scalars(sa.select(DeliveryFile.sha256).where(DeliveryFile.delivery_id.in_(ids))))
    session.execute(sa.delete(DeliveryFile).where(DeliveryFile.delivery_id.in_(ids)))
    for row in rows:
        row.subject, row.body, row.said, row.removed_at = GONE, "", "", at
        row.in_reply_to, row.reference_ids, row.recipient_name = None, [], ""
        session.expire(row, ["files"])
        if row.state == State.WAITING:
            row.state = State.CANCELLED
            timeline.add(session, row.id, Step.CANCELLED, at=at)
    # Servers quote what they refuse.
    session.execute(sa.update(DeliveryStep).where(DeliveryStep.delivery_id.in_(ids)).values(said=""))
    session.flush()
    events.blank(session, "delivery", ids, keep=_SAYS_NOTHING)
    return named
