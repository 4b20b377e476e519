"""Chạy thử: what a rule would have said of past letters, beside what the clerks entered. Only counted, never kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.evidence import Evidence, Source
from core.incoming.registration import as_text
from core.incoming.tables import FileRole, Incoming, IncomingFile, State
from core.letters import Message
from core.people import User
from core.rights import Right, readable, require
from core.rules.definition import Definition, Ready, made_ready
from core.rules.matching import Seen, main_file, match, seen, values
from core.rules.patterns import MOST_TEXT
from core.search.tables import PAGE_BREAK, FileText
from core.text import squeeze

MOST_LETTERS = 500


class Verdict(IntEnum):
    """How what a rule says compares with what was entered, the worst first."""

    DIFFERS = 0
    AGREES = 1
    EMPTY = 2  # nothing was entered, or the rule says nothing


@dataclass(frozen=True, slots=True)
class Compared:
    """One thing that the rule says: a field's name, "declines" or "main_file"; as evidence writes values."""

    field: str
    said: str
    entered: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Tried:
    """One past letter that fits the rule."""

    incoming_id: int
    arrival_number: int | None
    received_at: datetime
    title: str
    compared: tuple[Compared, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst of what was compared; EMPTY where nothing could be."""
        return min((one.verdict for one in self.compared), default=Verdict.EMPTY)


@dataclass(frozen=True, slots=True)
class Trial:
    """What came out over `looked` letters; `letters` are those that fit, the ones that differ first."""

    looked: int
    letters: tuple[Tried, ...]

    @property
    def matched(self) -> int:
        """How many letters fit."""
        return len(self.letters)

    @property
    def right(self) -> int:
        """Of how many the clerks had entered what the rule says."""
        return sum(one.verdict is Verdict.AGREES for one in self.letters)

    @property
    def wrong(self) -> int:
        """Of how many they had entered something else."""
        return sum(one.verdict is Verdict.DIFFERS for one in self.letters)


def try_out(session: Session, user: User, definition: Definition, *, most: int = MOST_LETTERS) -> Trial:
    """Ask a rule about the last `most` letters that a clerk has decided about and the person may read, as if it stood
    alone. Their texts are those of the full reading, which sees more of a scan than intake. Raises NotAllowed."""
    require(user, Right.REGISTER)
    rule = made_ready(definition)
    query = (
        sa.select(Incoming, Message.sender_address, Message.sender_name, Message.subject.label("mail_subject"))
        .join(Message, Message.id == Incoming.message_id)
        .where(Incoming.state.in_((State.REGISTERED, State.DECLINED)), readable(user))
        .where(Incoming.removed_at.is_(None), Incoming.merged_into_id.is_(None))
        .order_by(Incoming.id.desc())
        .limit(most)
    )
    rows = session.execute(query).all()
    files = _files(session, [row.Incoming.id for row in rows])
    found: list[Tried] = []
    for row in rows:
        letter = _seen(session, row, files.get(row.Incoming.id, []))
        captured = match(rule, letter)
        if captured is not None:
            compared = tuple(_compared(rule, captured, letter, row.Incoming))
            found.append(_tried(row.Incoming, compared))
    return Trial(len(rows), tuple(sorted(found, key=lambda one: (one.verdict, -one.incoming_id))))


def _files(session: Session, documents: Sequence[int]) -> dict[int, list[IncomingFile]]:
    found: dict[int, list[IncomingFile]] = {}
    query = sa.select(IncomingFile).where(IncomingFile.incoming_id.in_(documents)).order_by(IncomingFile.position)
    for file in session.scalars(query.where(IncomingFile.role != FileRole.LEFT_OUT)):
        found.setdefault(file.incoming_id, []).append(file)
    return found


def _seen(session: Session, row: sa.Row[Incoming, str, str, str], files: Sequence[IncomingFile]) -> Seen:
    document: Incoming = row.Incoming
    main = next((n for n, file in enumerate(files) if file.role == FileRole.MAIN), None)
    return seen(
        sender=row.sender_address, sender_name=row.sender_name, mail_subject=row.mail_subject,
        files=[(file.name, file.size) for file in files], main=main,
        text=partial(_text, session, files[main].sha256) if main is not None else "",
        issuer=_before_rules(document, "issuer"), kind=_before_rules(document, "kind"),
        received_at=document.received_at,
    )  # fmt: skip


def _text(session: Session, sha256: str) -> str:
    start = sa.func.substr(FileText.text, 1, MOST_TEXT)
    return (session.scalar(sa.select(start).where(FileText.sha256 == sha256)) or "").replace(PAGE_BREAK, " ")


def _before_rules(document: Incoming, field: str) -> set[str]:
    """As it was read, and as it stood before rules."""
    stored = document.proposed.get(field)
    evidence = Evidence.from_json(stored) if stored else None
    if evidence is None:
        return {""}
    return {evidence.read} if evidence.source is Source.RULE else {evidence.read, evidence.value}


def _compared(rule: Ready, captured: dict[int | str, str], letter: Seen, document: Incoming) -> Iterator[Compared]:
    is_entered = document.state == State.REGISTERED
    for field, said in values(rule, captured, letter).items():
        entered = as_text(document, field) if is_entered else ""
        yield Compared(field, said, entered, _verdict(said, entered))
    if rule.definition.declines:
        verdict = Verdict.DIFFERS if is_entered else Verdict.AGREES
        yield Compared("declines", rule.definition.declines, "" if is_entered else document.closed_reason, verdict)
    chosen = main_file(rule, letter)
    if chosen is not None and letter.main is not None:
        said, entered = (letter.files[n][0].printed for n in (chosen, letter.main))
        yield Compared("main_file", said, entered, _verdict(said, entered))


def _verdict(said: str, entered: str) -> Verdict:
    if not entered:
        return Verdict.EMPTY
    return Verdict.AGREES if squeeze(said) == squeeze(entered) else Verdict.DIFFERS


def _tried(document: Incoming, compared: tuple[Compared, ...]) -> Tried:
    title = squeeze(f"{document.kind} {document.code}, {document.issuer}: {document.subject}")[:300]
    return Tried(document.id, document.arrival_number, document.received_at, title, compared)
