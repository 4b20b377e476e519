"""Letters of the generator brought into an office through drafting, as intake writes them: what reading found is given,
all behind it is real."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from exchange_packages import Made, package
from sqlalchemy.orm import Session

from core import arrivals
from core.arrivals import Where
from core.edxml import read_package
from core.evidence import Evidence, Source
from core.incoming import drafts, registration
from core.incoming.tables import Incoming
from core.notation import parse_code
from core.people import User
from ingest.drafting import draft
from ingest.grouped import FileReading
from ingest.letter import Address, Attachment, Letter, MailClass, Outcome, Page, Reading, Word
from ingest.spool import Slot
from ingest.verdict import taken
from tests.generator.pairs import Sent, SentFile

_SURE = {"text": 0.95, "ocr": 0.85, "edxml": 0.99}


@dataclass
class Post:
    """Delivers letters to one office; `folder` holds one file that stands for the bytes of all. `documents` says which
    document of the generator each draft is, by the draft's id."""

    book_id: int
    clerk_id: int
    folder: Path
    documents: dict[int, str] = field(default_factory=dict)
    _count: int = 0

    def bring(self, session: Session, sent: Sent) -> int:
        """The draft that a letter, a package or a paper becomes; returns its id."""
        self._count += 1
        at = sent.received_at.replace(tzinfo=UTC)
        draft_id = self._on_paper(session, sent, at) if sent.door == "paper" else self._by_letter(session, sent, at)
        self.documents[draft_id] = sent.document.key
        return draft_id

    def enter(self, session: Session, draft_id: int, sent: Sent, *, at: datetime) -> None:
        """The clerk puts right what was not read, and confirms."""
        clerk, document = session.get_one(User, self.clerk_id), session.get_one(Incoming, draft_id)
        truth = {
            "code": sent.document.code, "issued_on": sent.document.issued_on.isoformat(), "kind": sent.document.kind,
            "issuer": sent.document.office.name, "parent_issuer": sent.document.office.parent_name or "",
            "subject": sent.document.subject,
        }  # fmt: skip
        wrong = registration.unsure_fields(document)
        form = {
            name: value for name, value in truth.items()
            if not getattr(document, name) or name in wrong or (name in ("code", "issued_on") and sent.door != "paper")
        }  # fmt: skip
        drafts.amend(session, document, form, version=document.version, by=clerk, at=at)
        registration.register(session, document, by=clerk, at=at, looked_at=set(document.proposed))

    def _on_paper(self, session: Session, sent: Sent, at: datetime) -> int:
        clerk = session.get_one(User, self.clerk_id)
        draft_id = drafts.begin_by_hand(session, self.book_id, by=clerk, at=at)
        document = session.get_one(Incoming, draft_id)
        document.received_at = at
        drafts.amend(session, document, sent.typed, version=1, by=clerk, at=at)
        return draft_id

    def _by_letter(self, session: Session, sent: Sent, at: datetime) -> int:
        letter = _letter(sent, self.folder / "bytes.pdf", self._count)
        readings = {n: _reading(file) for n, file in enumerate(sent.files) if file.how or file.lines or _is_scan(file)}
        made = draft(letter, readings)
        reading = Reading(Outcome.DRAFT, (), letter, made)
        where = Where("imap", "den", "INBOX", 1, self._count, at, 1)
        door = "dropped" if sent.door == "dropped" else "imap"
        arrived = taken(
            reading, letter, Slot(self.folder, 1), where, door, self.book_id, at, uses_lessons=False, uses_rules=False
        )
        arrivals.record(session, [(where, arrived)], at=at)
        # A number misread in one of two files makes two drafts of one letter.
        new = session.scalars(sa.select(Incoming.id).order_by(Incoming.id.desc()).limit(len(made))).all()
        self.documents |= dict.fromkeys(new, sent.document.key)
        return new[-1]


def entry_time(sent: Sent) -> datetime:
    """When the clerk enters what came: an hour later."""
    return sent.received_at.replace(tzinfo=UTC) + timedelta(hours=1)


def _letter(sent: Sent, path: Path, count: int) -> Letter:
    digest = hashlib.sha256(f"letter {count}".encode()).hexdigest()
    return Letter(
        message_id=f"<{count}@mau.example>", identity=digest, raw_sha256=digest, raw_size=1, subject=sent.subject,
        senders=(Address("Văn thư", sent.sender),), to=(), cc=(), reply_to=(), date=None, in_reply_to=None,
        mail_class=MailClass.LETTER, text="", attachments=tuple(_attachment(file, path) for file in sent.files),
    )  # fmt: skip


def _attachment(file: SentFile, path: Path) -> Attachment:
    return Attachment(file.name, 1, _sha256(file), file.media_type, file.media_type, path, inside=file.inside)


def _sha256(file: SentFile) -> str:
    return hashlib.sha256(file.content.encode()).hexdigest()


def _is_scan(file: SentFile) -> bool:
    return file.how == "" and file.media_type == "application/pdf" and not file.lines


def _reading(file: SentFile) -> FileReading:
    if not file.how and not file.lines:
        return FileReading((Page(1, (), is_scan=True),))
    if file.lines:
        return FileReading((Page(1, tuple(_words(file.lines))),))
    said: dict[str, Any] = dict(file.fields)
    document_id = said.pop("document_id", "")
    code = parse_code(said.get("code", ""))
    if code:
        said |= {"code_number": code.number, "code_notation": code.notation}
    fields = {
        name: Evidence(
            value, 0.5 if name in file.unsure else _SURE[file.how], Source(file.how), _sha256(file), 1, text=value
        )
        for name, value in said.items()
    }  # fmt: skip
    if document_id:
        made = Made(number=said["code_number"], notation=said["code_notation"], document_id=document_id)
        return FileReading(fields=fields, package=read_package(package(made).encode()))
    is_scan = file.how == "ocr" or not fields
    return FileReading((Page(1, (Word("chữ", 0.1, 0.1, 0.2, 0.12),) if fields else (), is_scan, is_scan),), fields)


def _words(lines: Iterable[str]) -> Iterable[Word]:
    for n, line in enumerate(lines):
        for place, word in enumerate(line.split()):
            x0, y0 = 0.03 * place, 0.1 + 0.03 * n
            yield Word(word, x0, y0, x0 + 0.025, y0 + 0.015)
