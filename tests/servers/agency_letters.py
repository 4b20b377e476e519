"""Letters of several agencies, entered one after the other, and what the address book then says."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.agencies import book, known
from core.agencies.known import Known
from core.agencies.tables import Agency, AgencyAddress, AgencyCode, AgencyName
from core.evidence import Evidence, Source
from core.incoming import drafts, registration
from core.incoming.drafts import NewDraft
from core.incoming.tables import Incoming, Origin
from core.letters import Message
from core.people import User

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
SENDER = "vanthu.snv@mau.gov.vn"
HOME, PROVINCE = "Sở Nội vụ", "Ủy ban nhân dân tỉnh Mẫu"
CLEAN = {"issued_on": "2026-06-03", "kind": "Công văn", "subject": "góp ý dự thảo quy chế chuyển đổi số"}


@dataclass
class MailRoom:
    """An office of tests/core/conftest.py whose clerk enters letters and keeps the book."""

    office: Any
    numbers: list[int] = field(default_factory=list)

    def arrives(
        self, sender: str = SENDER, *, sure: float = 0.9, notes: tuple[str, ...] = (), unsure: tuple[str, ...] = (),
        **read: str,
    ) -> int:  # fmt: skip
        self.numbers.append(len(self.numbers) + 1)
        number = self.numbers[-1]
        values = CLEAN | {"issuer": HOME, "parent_issuer": PROVINCE, "code": f"{number}/SNV-VP"} | read
        proposed = {
            name: Evidence(value, 0.4 if name in unsure else sure, Source.OCR)
            for name, value in values.items() if value
        }  # fmt: skip
        with self.office.database.writing() as session:
            letter = Message(
                identity=f"{number}", raw_size=1, mail_class="letter", outcome="draft",
                sender_address=sender, received_at=MORNING, taken_at=MORNING,
            )  # fmt: skip
            session.add(letter)
            session.flush()
            new = NewDraft(Origin.MAIL, self.office.book_id, letter.id, MORNING, 0, proposed, (), notes, sender=sender)
            return drafts.insert(session, new)

    def enters(self, sender: str = SENDER, **read: str) -> int:
        """A letter arrives and is entered with just these values, whatever was made of them."""
        draft_id = self.arrives(sender, **read)  # type: ignore[arg-type]
        with self.office.database.writing() as session:
            for name, value in read.items():
                setattr(session.get_one(Incoming, draft_id), name, value)
        self.enter(draft_id)
        return draft_id

    def enter(self, draft_id: int) -> None:
        with self.office.database.writing() as session:
            document = session.get_one(Incoming, draft_id)
            seen = registration.unsure_fields(document)
            registration.register(session, document, by=self.clerk(session), at=MORNING, looked_at=seen)

    def void(self, entry_id: int) -> None:
        with self.office.database.writing() as session:
            entry = session.get_one(Incoming, entry_id)
            registration.void(session, entry, "Vào nhầm sổ", by=self.clerk(session), at=MORNING)

    def clerk(self, session: Session) -> User:
        return session.get_one(User, self.office.clerk_id)

    def puts(self, name: str, parent: str = "") -> int:
        """The clerk puts an agency into the book by hand."""
        with self.office.database.writing() as session:
            return book.add(session, name, parent, by=self.clerk(session), at=MORNING)[0]

    def agencies(self) -> list[str]:
        """What the book has, in its order."""
        with self.office.database.reading() as session:
            return list(session.scalars(sa.select(Agency.name).order_by(Agency.id)))

    def said(self) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
        """Names, codes and addresses of the book, each with how many entries say so."""
        with self.office.database.reading() as session:
            names = dict(session.execute(sa.select(AgencyName.name, AgencyName.sightings)).all())
            codes = dict(session.execute(sa.select(AgencyCode.code, AgencyCode.sightings)).all())
            mail = sa.select(AgencyAddress.address, AgencyAddress.sightings)
            return names, codes, dict(session.execute(mail).all())

    def known(self, name: str, parent: str = "") -> Known:
        with self.office.database.reading() as session:
            return known.known(session, [(name, parent)])[name, parent]

    def relation(self, one: str, other: str, parent: str = "") -> str:
        with self.office.database.reading() as session:
            return known.Book(session).relation((one, parent), (other, parent)).name

    def proposed(self, draft_id: int, name: str = "issuer") -> Evidence | None:
        with self.office.database.reading() as session:
            stored = session.get_one(Incoming, draft_id).proposed.get(name)
            return Evidence.from_json(stored) if stored else None

    def notes(self, draft_id: int) -> list[Any]:
        with self.office.database.reading() as session:
            return list(session.get_one(Incoming, draft_id).notes)
