"""A mail room whose senders are answered: letters come in as intake writes them, clerks and leaders act, `follow` is
what `congvan dispatch` does with the journal before it sends."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from config.outside import SenderSettings
from config.sending import SendingSettings
from config.settings import Settings
from core import arrivals, events, people
from core.arrivals import Taken, Where
from core.deliveries import claiming
from core.deliveries.claiming import Said, Sender
from core.deliveries.tables import Delivery
from core.evidence import Evidence, Source
from core.exchange import Exchange
from core.files import Content, FolderStore
from core.incoming import registration
from core.incoming.drafts import NewDraft
from core.incoming.tables import Incoming, Origin
from core.letters import Message
from core.people import Role, User
from core.tasks import submitting
from dispatch.answering import Answering

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
OURS = "vanthu@skhcn.mau.gov.vn"
SENDER = "vanthu.snv@mau.gov.vn"
CLEAN = {"issued_on": "2026-06-03", "kind": "Công văn", "subject": "góp ý dự thảo quy chế chuyển đổi số",
         "issuer": "Sở Nội vụ", "parent_issuer": "Ủy ban nhân dân tỉnh Mẫu"}  # fmt: skip


@dataclass
class AnswerDesk:
    """An office of tests/core/conftest.py; `now` is what its clock says."""

    office: Any
    store: FolderStore
    now: datetime = MORNING
    own_address: str = OURS
    checks_signatures: bool = False
    _count: int = field(default=0)

    def __post_init__(self) -> None:
        sending = SendingSettings(host="127.0.0.1", from_address=self.own_address, from_name="Văn thư Sở Mẫu")
        senders = SenderSettings(dkim=self.checks_signatures)
        settings = Settings(data=self.store.folder, sending=sending, senders=senders)
        self._answering = Answering(settings, self.office.database, self.store, lambda: self.now)
        self.follow()

    def arrives(
        self, sender: str = SENDER, *, documents: int = 1, notes: tuple[str, ...] = (), door: str = "imap",
        exchange: Exchange | None = None, received_at: datetime | None = None, read: dict[str, str] | None = None,
        **values: Any,
    ) -> int:  # fmt: skip
        """A letter with documents; returns the id of the first one's draft."""
        self._count += 1
        number, at = self._count, received_at or self.now
        letter: dict[str, Any] = {
            "message_id": f"<{number}@mau.gov.vn>", "mail_class": "letter", "outcome": "draft",
            "subject": f"Gửi văn bản {number}", "sender_name": "Văn thư Sở Nội vụ", "sender_address": sender,
        } | values  # fmt: skip
        new = [
            NewDraft(
                Origin.MAIL, self.office.book_id, None, at, number,
                {name: Evidence(value, 0.95, Source.TEXT)
                 for name, value in (CLEAN | {"code": f"{number}{n or ''}/SNV-VP"} | (read or {})).items()},
                (), notes, exchange, sender=sender,
            )
            for n in range(documents)
        ]  # fmt: skip
        mark = hashlib.sha256(str(number).encode()).hexdigest()
        taken = Taken(mark, Content(Path(), mark, 1, "message/rfc822"), letter, (), new)
        with self.office.database.writing() as session:
            facts = arrivals.record(session, [(Where(door, door, "INBOX", 1, number, at, 1), taken)], at=self.now)
            events.record_many(session, facts, by=None, at=self.now)
            found = session.scalar(sa.select(sa.func.min(Incoming.id)).join(Message).where(Message.identity == mark))
        return found or 0

    def enter(self, incoming_id: int) -> int:
        """The clerk enters a draft; returns the số đến."""
        with self.office.database.writing() as session:
            clerk, document = session.get_one(User, self.office.clerk_id), session.get_one(Incoming, incoming_id)
            return registration.register(session, document, by=clerk, at=self.now)

    def act(self, act: Any, incoming_id: int, *words: Any, by: int | None = None, **more: Any) -> Any:
        """Do what a person does with a document."""
        with self.office.database.writing() as session:
            user, document = session.get_one(User, by or self.office.clerk_id), session.get_one(Incoming, incoming_id)
            return act(session, document, *words, by=user, at=self.now, **more)

    def handle(self, act: Any, incoming_id: int, *words: Any, by: int) -> None:
        """Do what a person does with the task of an entry."""
        with self.office.database.writing() as session:
            task = submitting.of_document(session, incoming_id)
            act(session, task, *words, by=session.get_one(User, by), at=self.now, version=task.version if task else 0)

    def person(self, username: str, *roles: Role) -> int:
        """An account; returns its id."""
        with self.office.database.writing() as session:
            user = people.add(session, username, username, set(roles), "x", at=self.now)
            session.flush()
            return user.id

    def follow(self) -> int:
        """Answer what the journal calls for; returns how many answers."""
        return self._answering.follow()

    def tell(self) -> int:
        """The same when the grace of returns is over."""
        self.later(minutes=2)
        return self.follow()

    def sent(self) -> list[int]:
        """Send all that waits; returns the deliveries."""
        sent = []
        with self.office.database.writing() as session:
            while (row := claiming.claim(session, Sender("một", "skhcn.mau.gov.vn"), at=self.now)) is not None:
                claiming.note_sent(session, row, Said("250 Ok"), at=self.now)
                sent.append(row.id)
        return sent

    @property
    def waits(self) -> bool:
        """Whether something is to be told in a moment."""
        return self._answering.waits

    def later(self, **passes: float) -> None:
        """Let time pass."""
        self.now += timedelta(**passes)

    def outbox(self) -> list[Delivery]:
        """What stands in the outbox, the oldest first."""
        with self.office.database.reading() as session:
            return list(session.scalars(sa.select(Delivery).order_by(Delivery.id)))

    def codes(self) -> list[str]:
        """The status codes of the answers in the outbox."""
        return [(row.once_key or "").rpartition(":")[2] for row in self.outbox()]
