"""The outbox of an office on an empty database, as a clerk and a sender use it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from core.db import Database
from core.deliveries import claiming, queueing
from core.deliveries.claiming import Sender
from core.deliveries.queueing import NewDelivery
from core.deliveries.tables import Delivery, DeliveryStep, Kind
from core.events import Event
from core.people import User

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
SENDER = Sender("một", "so.example")


def message(**values: Any) -> NewDelivery:
    """A message, as far as `values` do not say otherwise."""
    plain = {"kind": Kind.NOTICE, "recipient_address": "vanthu@lamdong.example", "subject": "Báo nhận văn bản",
             "body": "Kính gửi quý cơ quan."}  # fmt: skip
    return NewDelivery(**(plain | values))


@dataclass(frozen=True)
class Desk:
    """The database and the clerk's id."""

    database: Database
    clerk_id: int

    def queue(self, new: NewDelivery, at: datetime = MORNING) -> int:
        """Put it in; returns the delivery's id."""
        with self.database.writing() as session:
            return queueing.queue(session, new, by=session.get(User, self.clerk_id), at=at).id

    def claim(self, at: datetime = MORNING, *, sender: Sender = SENDER) -> Delivery | None:
        """What goes next."""
        with self.database.writing() as session:
            return claiming.claim(session, sender, at=at)

    def note(
        self, note: Callable[..., Any], delivery: Delivery, *said: Any, at: datetime = MORNING, **more: Any
    ) -> Any:
        """Note an outcome."""
        with self.database.writing() as session:
            return note(session, delivery, *said, at=at, **more)

    def settle(self, at: datetime = MORNING, *, is_alone: bool) -> int:
        """What dead senders left."""
        with self.database.writing() as session:
            return claiming.settle_abandoned(session, token="khác", is_alone=is_alone, at=at)

    def act(self, act: Callable[..., Any], *words: Any, by: int | None = None, at: datetime = MORNING) -> Any:
        """Do what a person does; an id among `words` that comes first is a delivery's."""
        with self.database.writing() as session:
            if words and isinstance(words[0], int):
                words = (session.get_one(Delivery, words[0]), *words[1:])
            return act(session, *words, by=session.get(User, by or self.clerk_id), at=at)

    def get(self, delivery_id: int) -> Delivery:
        """The row as it is."""
        with self.database.reading() as session:
            return session.get_one(Delivery, delivery_id)

    def steps(self, delivery_id: int) -> list[tuple[str, str, str, str]]:
        """Its timeline: step, stage, status, words."""
        columns = (DeliveryStep.step, DeliveryStep.stage, DeliveryStep.status, DeliveryStep.said)
        query = sa.select(*columns).where(DeliveryStep.delivery_id == delivery_id).order_by(DeliveryStep.id)
        with self.database.reading() as session:
            return [(row.step, row.stage, row.status, row.said) for row in session.execute(query)]

    def acts(self) -> list[str]:
        """What the journal says of the outbox."""
        ours = sa.or_(Event.act.startswith("delivery_"), Event.act.startswith("outbox_"))
        with self.database.reading() as session:
            return list(session.scalars(sa.select(Event.act).where(ours).order_by(Event.id)))
