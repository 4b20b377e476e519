"""Entries and open drafts that a draft may be one document with (B6; Phụ lục VI.III NĐ 30), found by index alone.

Asked whenever a draft is shown, so that an entry of a minute ago counts and nothing stored has to be kept true.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from core.agencies.known import Book, Known, Name
from core.agencies.names import Relation, plain_name, relation
from core.evidence import Evidence, Source
from core.incoming.likeness import Facts, Likeness, differing, judge
from core.incoming.registration import UNSURE_BELOW, as_text
from core.incoming.tables import FileRole, Incoming, IncomingFile, State
from core.incoming.wording import Said, compare
from core.letters import Message
from core.notation import matching_key
from core.office import office_date
from core.people import User
from core.rights import readable
from core.text import squeeze

MOST_SHOWN = 5
_MOST_JUDGED = 40
_MOST_LOOKED_AT = 500  # rows of one look-up by code; in one year there are fewer
_MOST_OF_A_DAY = 300
_ORDER = list(Likeness)
_LIVE = (State.DRAFT, State.REGISTERED)
_OWN_WORDS = (Source.TEXT, Source.EDXML)
_HINTS = (Source.SUBJECT, Source.FILENAME, Source.BODY)
_COLUMNS = (
    Incoming.id, Incoming.state, Incoming.code, Incoming.code_key, Incoming.exchange_id, Incoming.issuer,
    Incoming.parent_issuer, Incoming.kind, Incoming.subject, Incoming.issued_on, Incoming.received_at,
    Incoming.proposed, Incoming.told_apart, Message.subject.label("said"), Message.sender_address,
)  # fmt: skip
_LIGHT = (Incoming.id, Incoming.code_key, Incoming.issuer, Incoming.parent_issuer, Incoming.issued_on, Incoming.subject,
          Incoming.kind)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Match:
    """A document that a draft is like, and the fields that differ (`core.incoming.likeness.differing`)."""

    id: int
    likeness: Likeness
    differing: tuple[str, ...]


def find(session: Session, user: User, document: Incoming) -> list[Match]:
    """What the draft `document` may be one with: the same before its corrections, these before what it is an annex of,
    entries before drafts, then by when it came; [] for what is no draft.

    Of the documents that the person may read; not those that a clerk has told apart from it.
    """
    if document.state != State.DRAFT:
        return []
    book = Book(session)
    [own] = _facts(session, book, [document.id])
    by_file = _sharing_main_file(session, own.facts)
    likely = {*by_file, *_by_package(session, own.facts)}
    likely |= {*_by_codes(session, book, own.facts), *_by_day(session, book, own.facts)}
    others = _facts(session, book, sorted(likely - {document.id, *own.told_apart})[-_MOST_JUDGED:], user)
    others = [other for other in others if document.id not in other.told_apart]
    facts = {other.facts.id: other.facts for other in others}
    bearers = {facts[one].code_key for one in by_file if one in facts}
    found = []
    for other in facts.values():
        shares_annex = by_file.get(other.id) == FileRole.ANNEX
        likeness = judge(own.facts, other, shares_annex=shares_annex, is_form=len(bearers - {""}) > 1)
        if likeness is not None:
            found.append((likeness, other.id))
    found = _told_by_sender(own.facts, facts, found)
    entered = {other.facts.id for other in others if other.is_entered}
    found.sort(key=lambda one: (_ORDER.index(one[0]), one[1] not in entered, one[1]))
    return [Match(id_, like, tuple(differing(own.facts, facts[id_]))) for like, id_ in found[:MOST_SHOWN]]


def _told_by_sender(
    own: Facts, facts: dict[int, Facts], found: list[tuple[Likeness, int]]
) -> list[tuple[Likeness, int]]:
    """Where a draft says only a code, which several offices have: those whose letters had the same sender, else none
    that would be the same."""
    if own.issuer or own.subject or len(found) < 2:
        return found
    by_sender = [one for one in found if own.sender and facts[one[1]].sender == own.sender]
    return by_sender or [one for one in found if one[0] is not Likeness.SAME]


@dataclass(frozen=True, slots=True)
class _Entry:
    facts: Facts
    is_entered: bool
    told_apart: frozenset[int]


def _by_codes(session: Session, book: Book, own: Facts) -> list[int]:
    """Documents with the code, or with the code whose annexes the draft brings, of the same year or without a day."""
    keys = [key for key in (own.code_key, own.annex_key) if key]
    if not keys:
        return []
    year = own.issued_on.year if own.issued_on else None
    query = sa.select(*_LIGHT).where(Incoming.code_key.in_(keys), Incoming.state.in_(_LIVE))
    if year is not None:
        first, last = date(year, 1, 1), date(year, 12, 31)
        query = query.where(sa.or_(Incoming.issued_on.between(first, last), Incoming.issued_on.is_(None)))
    rows = session.execute(query.order_by(Incoming.issued_on.desc()).limit(_MOST_LOOKED_AT))
    aliases = book.keys_of(own.agency)
    return [row.id for row in rows if _may_be_of(own, aliases, row)]


def _by_package(session: Session, own: Facts) -> list[int]:
    if not own.document_id:
        return []
    query = sa.select(Incoming.id).where(Incoming.exchange_id == own.document_id, Incoming.exchange_id != "")
    return list(session.scalars(query.where(Incoming.state.in_(_LIVE)).limit(_MOST_JUDGED)))


def _by_day(session: Session, book: Book, own: Facts) -> list[int]:
    """Documents of the draft's day that say the same: where one of the codes was not read, or wrongly."""
    if own.issued_on is None or not own.subject or "issued_on" in own.unsure:
        return []
    query = sa.select(*_LIGHT).where(Incoming.issued_on == own.issued_on, Incoming.state.in_(_LIVE))
    if own.code_key and "code" not in own.unsure:  # then the other's code is the one missing; an entry's was looked at
        query = query.where(sa.or_(Incoming.state == State.DRAFT, Incoming.code_key == ""))
    rows = session.execute(query.limit(_MOST_OF_A_DAY))
    aliases = book.keys_of(own.agency)
    return [
        row.id for row in rows
        if row.code_key != own.code_key and row.kind.lower() == own.kind.lower() and _may_be_of(own, aliases, row)
        and compare(own.subject, row.subject, kinds=(own.kind,)) is Said.ALIKE
    ]  # fmt: skip


def _may_be_of(own: Facts, aliases: Collection[str], row: Any) -> bool:
    """Whether it is worth being judged: by its name, or as one of the names that the book has for the issuer."""
    by_names = relation(own.issuer, own.parent_issuer, row.issuer, row.parent_issuer)
    return by_names is not Relation.OTHER or plain_name(row.issuer) in aliases


def _sharing_main_file(session: Session, own: Facts) -> dict[int, FileRole]:
    """Documents that have the draft's main file, and what it is to each."""
    if not own.main:
        return {}
    query = (
        sa.select(IncomingFile.incoming_id, IncomingFile.role)
        .join(Incoming, Incoming.id == IncomingFile.incoming_id)
        .where(IncomingFile.sha256 == own.main, IncomingFile.role != FileRole.LEFT_OUT, Incoming.state.in_(_LIVE))
        .order_by(IncomingFile.incoming_id)
        .limit(_MOST_JUDGED)
    )
    return {row.incoming_id: FileRole(row.role) for row in session.execute(query)}


def _facts(session: Session, book: Book, ids: Sequence[int], user: User | None = None) -> list[_Entry]:
    if not ids:
        return []
    query = sa.select(*_COLUMNS).join(Message, Message.id == Incoming.message_id, isouter=True)
    query = query.where(Incoming.id.in_(ids), readable(user) if user is not None else sa.true()).order_by(Incoming.id)
    mains = (
        sa.select(IncomingFile.incoming_id, IncomingFile.sha256, IncomingFile.name)
        .where(IncomingFile.incoming_id.in_(ids), IncomingFile.role == FileRole.MAIN)
    )  # fmt: skip
    files = {row.incoming_id: (row.sha256, row.name) for row in session.execute(mains)}
    rows = session.execute(query).all()
    agencies = book.of((row.issuer, row.parent_issuer) for row in rows)
    return [
        _Entry(
            _facts_of(row, *files.get(row.id, ("", "")), agencies[row.issuer, row.parent_issuer]),
            row.state == State.REGISTERED, frozenset(row.told_apart),
        )
        for row in rows
    ]  # fmt: skip


def _facts_of(row: Any, main: str, main_name: str, agency: Known) -> Facts:
    read = {name: Evidence.from_json(stored) for name, stored in row.proposed.items()}
    kept = {name: said for name, said in read.items() if as_text(row, name) == squeeze(said.value)}
    own = {name for name, said in read.items() if said.file == main and said.source not in _HINTS}
    has_head = bool(main) and ("code" in own or {"issuer", "subject"} <= own)
    annex_of = read["annex_of"].value if "annex_of" in read else ""
    return Facts(
        id=row.id, code_key=row.code_key, annex_key=matching_key(annex_of), document_id=row.exchange_id,
        issuer=row.issuer, parent_issuer=row.parent_issuer, kind=row.kind, subject=row.subject,
        issued_on=row.issued_on, received_on=office_date(row.received_at),
        unsure=frozenset(_names(kept, lambda said: said.confidence < UNSURE_BELOW and row.state == State.DRAFT)),
        exact=frozenset(_names(kept, lambda said: said.source in _OWN_WORDS)),
        main=main, main_name=main_name, has_head=has_head,
        is_code_named="code" in kept and kept["code"].source is Source.FILENAME,
        is_day_typed=row.issued_on is not None and "issued_on" not in kept,
        mail_subject=row.said or "", sender=row.sender_address or "", agency=agency,
    )  # fmt: skip


def _names(read: dict[str, Evidence], holds: Any) -> Iterable[str]:
    return (name for name, said in read.items() if holds(said))


def suspected(session: Session, ids: Collection[int]) -> set[int]:
    """Of the drafts `ids` those that a row of the queue says to be perhaps a document the office has: code and day or
    the main file are another's, and no clerk has told them apart. Two queries for a whole queue."""
    own, other = aliased(Incoming), aliased(Incoming)
    file, own_file = aliased(IncomingFile), aliased(IncomingFile)
    columns = (own.id.label("own"), own.issuer, own.parent_issuer, own.told_apart, other.id, other.state,
               other.issuer.label("other_issuer"), other.parent_issuer.label("other_parent"),
               other.told_apart.label("other_told"))  # fmt: skip
    # States are looked at below: asked for here, SQLite begins with all entries.
    pairs = (own.id.in_(ids), other.id != own.id)
    same_code = sa.and_(other.code_key == own.code_key, other.issued_on == own.issued_on)
    by_code = sa.select(*columns).join(other, same_code).where(own.code_key != "", *pairs)
    by_file = (
        sa.select(*columns)
        .join(own_file, sa.and_(own_file.incoming_id == own.id, own_file.role == FileRole.MAIN))
        .join(file, sa.and_(file.sha256 == own_file.sha256, file.role == FileRole.MAIN))
        .join(other, other.id == file.incoming_id)
        .where(*pairs)
    )
    rows = [row for query in (by_code, by_file) for row in session.execute(query.limit(_MOST_LOOKED_AT))]
    live = [
        row for row in rows if row.state in _LIVE and row.id not in row.told_apart and row.own not in row.other_told
    ]
    # One way of writing is one agency; only of the others is the book asked.
    same = {row.own for row in live if len(set(_names_in(row))) == 1}
    others = [row for row in live if row.own not in same]
    book = Book(session)
    book.of(name for row in others for name in _names_in(row))
    return same | {row.own for row in others if book.relation(*_names_in(row)) is not Relation.OTHER}


def _names_in(row: Any) -> tuple[Name, Name]:
    return (row.issuer, row.parent_issuer), (row.other_issuer, row.other_parent)
