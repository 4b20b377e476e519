"""An office with two people on a database of its own, and what browsers do there with their devices."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from soft_device import SoftDevice

from core.accounts import Origin
from core.db import Database
from core.events import Event
from core.passkeys import entering, remembering
from core.passkeys.challenges import RelyingParty
from core.passkeys.entering import Entered, Refusal
from core.passkeys.tables import Passkey
from core.people import User

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
PARTY = RelyingParty("vt.example.vn", "https://vt.example.vn", "Sở Khoa học và Công nghệ")
HERE = Origin("10.0.0.7", "Chrome")


@dataclass(frozen=True)
class Town:
    """A database with two people, and what browsers do there."""

    database: Database
    binh: int
    hung: int

    def remember(
        self, device: SoftDevice, user_id: int = 0, *, name: str = "Điện thoại", at: datetime = MORNING,
        browser: str = "b", party: RelyingParty = PARTY, **other: Any,
    ) -> Passkey | None:  # fmt: skip
        with self.database.writing() as session:
            user = session.get_one(User, user_id or self.binh)
            options = remembering.begin(session, user, party, browser="b", at=MORNING)
        answer = device.create(options, **other)
        with self.database.writing() as session:
            user = session.get_one(User, user_id or self.binh)
            return remembering.finish(session, user, answer, name, party, browser=browser, at=at, origin=HERE)

    def ask(self, *, browser: str = "b", at: datetime = MORNING) -> str:
        with self.database.writing() as session:
            return entering.begin(session, PARTY, browser=browser, at=at)

    def answer(
        self, answer: str, *, browser: str = "b", at: datetime = MORNING, previous: str | None = None
    ) -> Entered | Refusal:
        with self.database.writing() as session:
            return entering.finish(
                session, answer, PARTY, browser=browser, at=at, origin=HERE, previous=previous
            )  # fmt: skip

    def enter(self, device: SoftDevice, **other: Any) -> Entered | Refusal:
        return self.answer(device.get(self.ask(), **other))

    def passkeys(self) -> list[Passkey]:
        with self.database.reading() as session:
            return list(session.scalars(sa.select(Passkey).order_by(Passkey.id)))

    def last_event(self) -> tuple[str, Any, Any]:
        with self.database.reading() as session:
            event = session.scalars(sa.select(Event).order_by(Event.id.desc())).first()
            assert event is not None
            return event.act, event.subject_id, event.payload
