"""Mails that are parts of one sending, «phần 1/3» in their subjects: which have come, which are missing, merged."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.errors import WrongState
from core.incoming import grouping
from core.incoming.tables import FileRole, Incoming, IncomingFile, State
from core.letters import Message
from core.people import User
from core.rights import readable
from core.text import fold, squeeze

_CLOSE = timedelta(days=3)  # parts of one sending follow each other; next week's report has the same subject
_MOST_PARTS = 20
_MOST_MAILS = 200  # of the sender within that time
_LONGEST = 500  # letters of a subject
_COUNT = (
    r"(?P<number>\d{1,2})\s{0,3}(?:/|tren|of|trong|cua)\s{0,3}(?:tong\s{0,3}(?:so)?\s{0,3})?"
    r"(?P<total>\d{1,2})(?![\d/])"
)
_NAMED = re.compile(rf"(?<![a-z0-9])(?:phan|part|pt|tap|mail|email|file|tep|lan)\s{{0,3}}[.:#]?\s{{0,3}}{_COUNT}")
_BOXED = re.compile(rf"[(\[]\s{{0,3}}{_COUNT}\s{{0,3}}[)\]]")
_LAST = re.compile(rf"(?:^|[-_:|])\s{{0,3}}{_COUNT}\s{{0,3}}$")
_FIRST = re.compile(rf"^{_COUNT}(?=\s{{0,3}}[-_:|])")
_PASSED_ON = re.compile(r"^\s{0,9}(?:(?:re|fwd?|tr|fw|chuyen tiep|tra loi)\s{0,3}:\s{0,3}){1,5}")
_SIGNS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Part:
    """What a subject says of its mail: part `number` of `total`, and the folded `rest` of the subject.

    `is_named` when a word says so; bare figures, which may be a day, are believed once another part has come.
    """

    number: int
    total: int
    rest: str
    is_named: bool


@dataclass(frozen=True, slots=True)
class PartDraft:
    """A document that one of the parts brought. `title` is what it is known by."""

    id: int
    number: int
    state: State
    title: str
    code_key: str
    closed_reason: str
    arrival_number: int | None


@dataclass(frozen=True, slots=True)
class Sending:
    """The parts of one sending as far as they have come, in their order; `missing` are the numbers of the others."""

    number: int
    total: int
    documents: tuple[PartDraft, ...]
    missing: tuple[int, ...]

    @property
    def drafts(self) -> tuple[PartDraft, ...]:
        """Those that still wait at the desk."""
        return tuple(one for one in self.documents if one.state == State.DRAFT)

    @property
    def is_one_document(self) -> bool:
        """Whether one click may merge them: two drafts or more, each of another part, not of different codes."""
        waiting = self.drafts
        codes = {one.code_key for one in waiting if any(map(str.isdigit, one.code_key))}
        numbers = {one.number for one in waiting}
        return len(waiting) > 1 and len(numbers) == len(waiting) and len(codes) < 2


def part_of(subject: str) -> Part | None:
    """Which part of how many a mail with this subject is; None where it says nothing of the sort."""
    text = _PASSED_ON.sub("", fold(subject[:_LONGEST]))
    for pattern in (_NAMED, _BOXED, _LAST, _FIRST):
        for found in pattern.finditer(text):
            number, total = int(found["number"]), int(found["total"])
            if 1 <= number <= total and 2 <= total <= _MOST_PARTS:
                rest = _SIGNS.sub(" ", f"{text[: found.start()]} {text[found.end() :]}").strip()
                return Part(number, total, rest, pattern is _NAMED)
    return None


def sending_of(session: Session, user: User, document: Incoming) -> Sending | None:
    """The sending that a document's mail is a part of, by subject, sender and time; None where it is not."""
    own = session.get(Message, document.message_id) if document.message_id is not None else None
    part = part_of(own.subject) if own is not None else None
    if own is None or part is None or not own.sender_address:
        return None
    found = [one for one in _documents(session, user, own) if _is_of(part, one[0])]
    documents = sorted((_part_draft(row, said) for said, row in found), key=lambda one: (one.number, one.id))
    come = {one.number for one in documents}
    if not part.is_named and len(come) < 2:
        return None
    missing = tuple(number for number in range(1, part.total + 1) if number not in come)
    return Sending(part.number, part.total, tuple(documents), missing)


def merge_all(session: Session, user: User, document: Incoming, *, at: datetime, source: str = "") -> int:
    """Gộp các phần: every waiting part goes into the first one, whose id is returned.

    Raises NotAllowed, WrongState where there are not two drafts of one document to be merged.
    """
    sending = sending_of(session, user, document)
    if sending is None or not sending.is_one_document or document.state != State.DRAFT:
        raise WrongState("Các phần của lần gửi này vừa thay đổi. Xem lại rồi gộp từng dự thảo.")
    first, *others = sending.drafts
    into = session.get_one(Incoming, first.id)
    for other in others:
        grouping.merge(session, session.get_one(Incoming, other.id), into, by=user, at=at, source=source)
    return into.id


def _documents(session: Session, user: User, own: Message) -> list[tuple[Part, Any]]:
    main = sa.and_(IncomingFile.incoming_id == Incoming.id, IncomingFile.role == FileRole.MAIN)
    columns = (
        Incoming.id, Incoming.state, Incoming.kind, Incoming.code, Incoming.code_key, Incoming.subject,
        Incoming.closed_reason, Incoming.arrival_number, Message.subject.label("said"), IncomingFile.name,
    )  # fmt: skip
    query = (
        sa.select(*columns)
        .join(Message, Message.id == Incoming.message_id)
        .join(IncomingFile, main, isouter=True)
        # Of any state: named, so that the index of state and time serves.
        .where(Incoming.state.in_(list(State)), Message.sender_address == own.sender_address, readable(user))
        .where(Incoming.received_at.between(own.received_at - _CLOSE, own.received_at + _CLOSE))
        .order_by(Incoming.received_at, Incoming.id)
        .limit(_MOST_MAILS)
    )
    rows = ((part_of(row.said), row) for row in session.execute(query))
    return [(part, row) for part, row in rows if part is not None]


def _is_of(part: Part, other: Part) -> bool:
    return (part.total, part.rest) == (other.total, other.rest)


def _part_draft(row: Any, said: Part) -> PartDraft:
    title = squeeze(f"{row.kind} {row.code} {row.subject}") or row.name or "chưa đọc được"
    return PartDraft(
        row.id, said.number, State(row.state), title if len(title) <= 80 else f"{title[:79].rstrip()}…", row.code_key,
        row.closed_reason, row.arrival_number,
    )  # fmt: skip
