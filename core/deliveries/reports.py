"""What comes back: bounces, delay and success notices, receipts, matched to the delivery they speak of (A6, D8)."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.deliveries import timeline
from core.deliveries.tables import Delivery, DeliveryStep, State, Step
from core.events import Fact

# RFC 3464 2.3.3, RFC 8098 3.2.6. A receipt of any kind says that the message is in the recipient's hands.
_STEPS = {
    "failed": Step.REPORT_FAILED, "delayed": Step.REPORT_DELAYED, "delivered": Step.REPORT_DELIVERED,
    "relayed": Step.REPORT_DELIVERED, "expanded": Step.REPORT_DELIVERED, "displayed": Step.REPORT_DISPLAYED,
    "deleted": Step.REPORT_DISPLAYED, "dispatched": Step.REPORT_DISPLAYED, "processed": Step.REPORT_DISPLAYED,
}  # fmt: skip
_OURS = re.compile(r"<cv\.[0-9]{1,18}\.[0-9a-f]{32}@[^<>\s]{1,255}>")


def take_report(
    session: Session, original_message_id: str | None, recipient: str, action: str, status: str, words: str, *,
    at: datetime,
) -> list[Fact]:  # fmt: skip
    """Note what a report says of one of our deliveries; returns the events, to be recorded last in the transaction.

    `action` as RFC 3464 or RFC 8098 name it. A report that names no Message-ID of ours is nobody's; one that came
    already changes nothing, and neither does a late one what a person has decided.
    """
    step = _STEPS.get(action)
    delivery = _named(session, original_message_id) if step is not None else None
    if step is None or delivery is None:
        return []
    mark = hashlib.sha256("\x1f".join((recipient.lower(), action, status, words)).encode()).hexdigest()
    known = sa.select(DeliveryStep.id).where(DeliveryStep.delivery_id == delivery.id, DeliveryStep.mark == mark)
    if session.execute(known).first() is not None:
        return []
    of_other = f"{recipient}: " if recipient.lower() != delivery.recipient_address.lower() else ""
    timeline.add(session, delivery.id, step, at=at, status=status, said=of_other + words, mark=mark)
    _follow(delivery, step, words, at)
    session.flush()
    return [Fact("delivery_reported", "delivery", delivery.id, {"action": action})]


def take_all(session: Session, letters: Iterable[Mapping[str, Any]], *, at: datetime) -> list[Fact]:
    """`take_report` for each line of the `reports` of letters, which are `core.letters.Message` rows to be."""
    facts: list[Fact] = []
    for said in (said for letter in letters for said in letter.get("reports") or ()):
        facts += take_report(
            session, said.get("original_message_id"), said.get("recipient") or "", said.get("action") or "",
            said.get("status") or "", said.get("text") or "", at=at,
        )  # fmt: skip
    return facts


def _named(session: Session, message_id: str | None) -> Delivery | None:
    if _OURS.fullmatch(message_id or "") is None:
        return None
    ours = sa.select(Delivery).where(Delivery.message_id == message_id)
    return session.scalars(ours.with_for_update()).first()


def _follow(delivery: Delivery, step: Step, words: str, at: datetime) -> None:
    """Move the delivery where the report proves something that we did not know."""
    if step is Step.REPORT_FAILED:
        if delivery.state in (State.SENT, State.UNCERTAIN):
            delivery.state, delivery.said = State.FAILED, timeline.cut(words)
        return
    if step is Step.REPORT_DELAYED:
        return
    if step is Step.REPORT_DELIVERED:
        delivery.delivered_at = delivery.delivered_at or at
    else:
        delivery.displayed_at = delivery.displayed_at or at
    # It has arrived: a copy that waits to be sent again would be a second one.
    if delivery.state in (State.UNCERTAIN, State.WAITING):
        delivery.state, delivery.sent_at = State.SENT, delivery.sent_at or at
