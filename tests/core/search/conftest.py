"""An office whose documents are indexed as the background does it."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from core.evidence import Evidence, Source
from core.files import StoredFile
from core.incoming import drafts, registration
from core.incoming.drafts import DraftFile, NewDraft
from core.incoming.tables import FileRole, Incoming, Origin
from core.letters import Message
from core.people import User
from core.search import finding, index, query, texts
from core.search.finding import Filters, Found

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
VALUES = {
    "code": "1234/UBND-KGVX", "issued_on": "2026-06-03", "issuer": "Ủy ban nhân dân tỉnh Lâm Đồng",
    "kind": "Công văn", "subject": "góp ý dự thảo quy chế chuyển đổi số",
}  # fmt: skip


@dataclass
class Library:
    """What tests put in and find again."""

    office: Any

    def letter(self, subject: str = "Gửi công văn", sender: str = "Sở Tài chính") -> int:
        """A letter as intake writes it."""
        with self.office.database.writing() as session:
            raw = self._content(session, subject.encode())
            message = Message(
                identity=raw[:64], raw_sha256=raw, raw_size=1, mail_class="letter", outcome="draft", subject=subject,
                sender_name=sender, sender_address="vanthu@stc.lamdong.gov.vn", received_at=MORNING, taken_at=MORNING,
            )  # fmt: skip
            session.add(message)
            session.flush()
            return message.id

    def draft(self, message_id: int | None = None, files: tuple[str, ...] = (), **values: str) -> int:
        """A draft with one file for each of `files`, named by its first word; their text is read later."""
        with self.office.database.writing() as session:
            named = tuple(
                DraftFile(f"{text.split()[0]}.pdf", self._content(session, text.encode()), "application/pdf", 1,
                          FileRole.ANNEX if n else FileRole.MAIN)
                for n, text in enumerate(files)
            )  # fmt: skip
            proposed = {name: Evidence(v, 0.95, Source.TEXT) for name, v in (VALUES | values).items() if v}
            new = NewDraft(Origin.MAIL, self.office.book_id, message_id, MORNING, 0, proposed, named)
            return drafts.insert(session, new)

    def register(self, incoming_id: int, at: datetime = MORNING) -> int:
        with self.office.database.writing() as session:
            clerk = session.get_one(User, self.office.clerk_id)
            return registration.register(session, session.get_one(Incoming, incoming_id), by=clerk, at=at)

    def read(self, *files: str) -> None:
        """What the background read of these contents: their bytes are their text here, pages parted by a bar."""
        with self.office.database.writing() as session:
            for text in files:
                sha256 = hashlib.sha256(text.encode()).hexdigest()
                texts.note_read(
                    session, sha256, text.split("|"), how="text", unread_pages=0, program="1", at=MORNING
                )  # fmt: skip

    def follow(self) -> int:
        """Index whatever is behind; returns how many documents were."""
        done = 0
        while True:
            with self.office.database.reading() as session:
                prepared = [index.prepare(session, one) for one in index.behind(session, 10)]
            if not prepared:
                return done
            with self.office.database.writing(background=True) as session:
                done += sum(index.store(session, one) for one in prepared if one is not None)

    def found(self, typed: str, by: int | None = None, filters: Filters | None = None, **paging: Any) -> Found:
        with self.office.database.reading() as session:
            user = session.get_one(User, by or self.office.clerk_id)
            return finding.find(session, user, query.parse(typed), filters or Filters(), **paging)

    def ids(self, typed: str, **how: Any) -> list[int]:
        return [hit.id for hit in self.found(typed, **how).hits]

    @staticmethod
    def _content(session: Session, data: bytes) -> str:
        sha256 = hashlib.sha256(data).hexdigest()
        if session.get(StoredFile, sha256) is None:
            session.add(StoredFile(sha256=sha256, size=len(data), media_type="application/pdf", stored_at=MORNING))
            session.flush()
        return sha256


@pytest.fixture
def library(office: Any) -> Library:
    return Library(office)
