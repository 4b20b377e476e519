"""Removing the content of a document that proves to be secret or is recalled (promise 4; Điều 18.4 NĐ 30).

The number, the day, the reason and the event stay; whatever quotes the document goes: files, texts, values, names.
"""

import contextlib
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import dkim_checks, events, files, rights, sealing, signature_checks
from core.agencies import feeding
from core.answers import returning
from core.arrivals import Excluded, Outcome, Taken, Where
from core.db import Database
from core.deliveries import removing as deliveries
from core.deliveries.tables import DeliveryFile
from core.errors import Temporary, WrongState
from core.evidence import Source
from core.files import FolderStore, StoredFile
from core.incoming import recalled
from core.incoming.registration import move, require_reason
from core.incoming.tables import Act, Incoming, IncomingFile
from core.learning import teaching
from core.letters import Exclusion, HeldLetter, IntakeRequest, Message, MessageFile
from core.people import User
from core.rights import Right
from core.rules.proposing import RULE_DIFFERS
from core.search import erasing, index
from core.search.tables import FileText
from core.tasks import submitting

REMOVED_RULE = "content_removed"  # by which a letter is left out that comes again
_FORGETTING_SECONDS = 5.0  # how long readers of the pages may keep the database's log from being emptied
# Evidence that quotes the letter, or may, not one of its documents.
_OF_THE_MAIL = (Source.SUBJECT, Source.BODY, Source.RULE)
_UNNAMED = "(tên tệp đã gỡ)"
_GONE = "(đã gỡ cùng nội dung)"
# Acts whose payload says nothing of the document; what is not here is blanked.
_SAYS_NOTHING = frozenset({
    "amended", "content_removed", "copy_judged", "excluded", "file_asked", "files_added", "held", "registered",
    "replacement_by", "replacement_of", "seen_again", "taken_in", "update_by", "update_of",
})  # fmt: skip


class Basis(StrEnum):
    """By what law the content goes."""

    SECRET = "bi_mat"
    RECALLED = "thu_hoi"


BASES = {
    Basis.SECRET: "quy định về bảo vệ bí mật nhà nước",
    Basis.RECALLED: "khoản 4 Điều 18 Nghị định 30/2020/NĐ-CP, văn bản thu hồi",
}


@dataclass(frozen=True, slots=True)
class Twin:
    """Another document that names one of the same files, which therefore stays in the store."""

    id: int
    arrival_number: int | None


def remove_content(
    session: Session, document: Incoming, basis: Basis, reason: str, *, by: User | None, at: datetime,
    source: str = "",
) -> list[str]:  # fmt: skip
    """ "Gỡ nội dung": blank a document and its letter; returns the SHA-256 of the contents that no row names now.

    The caller erases these after the commit with `erase`. Other documents of the same letter keep their own
    files; an archive in which the document came goes even where they name it. Held copies of the same letter
    lose their keys. `by` is None where the program found a secret. Raises NotAllowed unless it is that or the
    custodian, WrongState when it was removed already,
    Permanent without a reason.
    """
    if by is not None:
        rights.require(by, Right.REMOVE_CONTENT)
    by_id = by.id if by is not None else None
    if document.removed_at is not None:
        raise WrongState("Nội dung văn bản này đã gỡ rồi.")
    reason = require_reason(reason)
    move(document, Act.REMOVE_CONTENT, by=by)
    named = set(session.scalars(sa.select(IncomingFile.sha256).where(IncomingFile.incoming_id == document.id)))
    session.execute(sa.delete(IncomingFile).where(IncomingFile.incoming_id == document.id))
    session.expire(document, ["files"])
    message = session.get(Message, document.message_id) if document.message_id is not None else None
    if message is not None:
        named |= _blank_letter(session, message, named, at=at, by_id=by_id)
    _blank_requests(session, IntakeRequest.incoming_id == document.id)
    recalled.answer_removed(session, document, forget=basis is Basis.SECRET, by_id=by_id, at=at)
    teaching.forget(session, document)
    tasks = submitting.forget(session, document.id)
    returning.forget(session, document.id)
    feeding.unsee(session, document)
    if document.message_id is not None:
        dkim_checks.forget(session, document.message_id)
    named |= deliveries.blank(session, document.id, document.message_id, named, at=at)
    _blank_document(document, basis, reason)
    document.removed_at, document.removed_by = at, by_id
    session.flush()
    gone = _unnamed(session, named)
    _unindex(session, document, gone)
    signature_checks.forget(session, gone, document.message_id)
    session.execute(sa.delete(StoredFile).where(StoredFile.sha256.in_(gone)))
    events.blank(session, "incoming", [document.id], keep=_SAYS_NOTHING)
    events.blank(session, "task", tasks, keep=_SAYS_NOTHING)
    payload = {"basis": basis.value, "reason": document.remark, "files": len(gone)}
    events.record(
        session, "content_removed", "incoming", document.id, by=by_id, at=at, source=source, payload=payload
    )  # fmt: skip
    return gone


def erase(database: Database, store: FolderStore, gone: Iterable[str]) -> bool:
    """Unlink removed contents, clear the search index and empty the database's log, once the removal has committed.

    A content that another letter has brought meanwhile is left alone. What a kill leaves here the sweep removes.
    False when others kept the database or its log busy: then index and log are cleared with the next removal or
    sweep, or when the program stops.
    """
    with store.alone(), database.reading() as session:
        kept = set(files.named(session))
        for sha256 in gone:
            if sha256 not in kept:
                store.remove(sha256)
    end = time.monotonic() + _FORGETTING_SECONDS
    while True:
        with contextlib.suppress(Temporary):  # nobody may hear "nothing has changed" now
            if clear_traces(database):
                return True
        if time.monotonic() > end:
            return False
        time.sleep(0.05)


def clear_traces(database: Database) -> bool:
    """Clear the search index of removed words, where that is due, and empty the database's log; False while readers
    keep the log. Raises Temporary when the write lock can't be had."""
    erasing.merge(database)
    return database.forget()


def is_removed(session: Session, mark: str) -> bool:
    """Whether the letter of this keyed mark was taken in once and its content removed."""
    found = sa.select(Message.id).where(Message.identity == mark, Message.raw_sha256.is_(None))
    return session.execute(found).first() is not None


def unless_removed(session: Session, where: Where, outcome: Outcome) -> Outcome:
    """What a letter that is to be written becomes: its trace, when its content was removed while it was on its way.

    Call in the writing transaction. What a custodian has released comes in all the same.
    """
    if not isinstance(outcome, Taken) or where.door == "released":
        return outcome
    mark = sealing.mark(sealing.mark_key(session), outcome.identity)
    if not is_removed(session, mark):
        return outcome
    return Excluded("bi_mat", REMOVED_RULE, mark, outcome.values.get("sender_address", ""), None)


def twins(session: Session, document: Incoming) -> list[Twin]:
    """Other documents that are to be looked at too: those that name one of the document's files, of this letter or
    another, and those that were found to be one with it."""
    own = sa.select(IncomingFile.sha256).where(IncomingFile.incoming_id == document.id)
    query = (
        sa.select(Incoming.id, Incoming.arrival_number)
        .where(Incoming.id != document.id)
        .where(
            sa.or_(
                Incoming.id.in_(sa.select(IncomingFile.incoming_id).where(IncomingFile.sha256.in_(own))),
                Incoming.merged_into_id == document.id,
                Incoming.id == document.merged_into_id,
            )
        )
        .order_by(Incoming.id)
    )
    return [Twin(row.id, row.arrival_number) for row in session.execute(query)]


def _blank_letter(session: Session, message: Message, named: set[str], *, at: datetime, by_id: int | None) -> set[str]:
    """Blank the letter and drop its files but those of its other documents; returns what it named."""
    if message.raw_sha256 is None:  # with another of its documents, before
        return _drop_files(session, message.id, named)
    key = sealing.mark_key(session)
    marks = [sealing.mark(key, message.identity), sealing.mark(key, message.raw_sha256)]
    dropped = _drop_files(session, message.id, named) | {message.raw_sha256}
    message.identity, message.raw_sha256 = marks[0], None
    message.message_id = message.in_reply_to = None
    message.subject = message.sender_name = message.body_text = ""
    message.recipients, message.reasons, message.reports, message.warnings = [], [], [], []
    message.signatures = []
    for other in session.scalars(sa.select(Incoming).where(Incoming.message_id == message.id)):
        other.proposed = {field: read for field, read in other.proposed.items() if read["source"] not in _OF_THE_MAIL}
        other.notes = [note for note in other.notes if not str(note).startswith(RULE_DIFFERS)]
    _blank_requests(session, IntakeRequest.message_id == message.id)
    released = sa.select(IntakeRequest.held_id).where(IntakeRequest.message_id == message.id)
    held = _blank_held(session, sa.or_(HeldLetter.mark.in_(marks), HeldLetter.id.in_(released)), at=at, by_id=by_id)
    session.execute(sa.update(Exclusion).where(Exclusion.mark.in_(marks)).values(subject=None))
    events.blank(session, "message", [message.id], keep=_SAYS_NOTHING)
    events.blank(session, "held_letter", held, keep=_SAYS_NOTHING)
    return dropped


def _drop_files(session: Session, message_id: int, removed: set[str]) -> set[str]:
    """Drop the letter's file rows that none of its other documents needs, and every archive around what goes."""
    rows = session.execute(
        sa.select(MessageFile.name, MessageFile.sha256, MessageFile.inside).where(MessageFile.message_id == message_id)
    ).all()
    of_others = (
        sa.select(IncomingFile.sha256).join(Incoming, Incoming.id == IncomingFile.incoming_id)
        .where(Incoming.message_id == message_id)
    )  # fmt: skip
    wanted = set(session.scalars(of_others)) - removed
    dropped = {row.sha256 for row in rows if row.sha256 not in wanted}
    around = {row.inside for row in rows if row.sha256 in removed}
    for _ in rows:  # as deep as files can lie in each other
        around |= {row.inside for row in rows if row.name in around}
    dropped |= {row.sha256 for row in rows if row.name in around - {""}}
    here = sa.select(Incoming.id).where(Incoming.message_id == message_id)
    session.execute(
        sa.delete(IncomingFile).where(
            IncomingFile.incoming_id.in_(here), IncomingFile.sha256.in_(dropped - removed)
        )
    )  # fmt: skip
    session.execute(
        sa.delete(MessageFile).where(MessageFile.message_id == message_id, MessageFile.sha256.in_(dropped | removed))
    )
    return dropped


def _blank_requests(session: Session, which: sa.ColumnElement[bool]) -> None:
    session.execute(sa.update(IntakeRequest).where(which, IntakeRequest.name != "").values(name=_UNNAMED))


def _blank_held(session: Session, which: sa.ColumnElement[bool], *, at: datetime, by_id: int | None) -> list[int]:
    held = session.scalars(sa.select(HeldLetter).where(which)).all()
    for letter in held:
        letter.seal_key, letter.decision_note = None, _GONE
        if letter.decision is None:
            letter.decision, letter.decided_by, letter.decided_at = "declined", by_id, at
    return [letter.id for letter in held]


def _blank_document(document: Incoming, basis: Basis, reason: str) -> None:
    for field in ("code", "code_number", "code_notation", "code_key", "issuer", "parent_issuer", "kind",
                  "in_reply_to", "reply_key",
                  "signer_name", "signer_title", "due_at", "event_at", "event_place", "invited", "receiver",
                  "copy"):  # fmt: skip
        setattr(document, field, "")
    document.issued_on = document.page_count = None
    document.answers_id = None
    document.proposed, document.notes = {}, []
    document.exchange_id, document.exchange = "", {}
    document.subject = f"(nội dung đã gỡ theo {BASES[basis]})"
    document.remark = reason
    if document.closed_reason:
        document.closed_reason = _GONE


def _unindex(session: Session, document: Incoming, gone: list[str]) -> None:
    """Forget what the contents say, and the words of every document that bore the letter's subject."""
    session.execute(sa.delete(FileText).where(FileText.sha256.in_(gone)))
    bears_it = [document.id]
    if document.message_id is not None:
        bears_it += session.scalars(sa.select(Incoming.id).where(Incoming.message_id == document.message_id)).all()
    index.drop(session, bears_it)
    erasing.ask(session)


def _unnamed(session: Session, contents: set[str]) -> list[str]:
    """Those of `contents` that no document, no letter and no delivery names any more."""
    kept: set[str] = set()
    for column in (IncomingFile.sha256, MessageFile.sha256, Message.raw_sha256, DeliveryFile.sha256):
        kept.update(found for found in session.scalars(sa.select(column).where(column.in_(contents))) if found)
    return sorted(contents - kept)
