"""Which files make one document: a file split off as a draft of its own, two drafts merged into one (DOMAIN §7 #20)."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import events
from core.db import table_of
from core.errors import NotAllowed, Permanent, WrongState
from core.evidence import Evidence
from core.incoming import addressees, dangers, drafts, missing
from core.incoming.drafts import DraftFile, NewDraft
from core.incoming.links import WAIVED
from core.incoming.registration import move
from core.incoming.tables import Act, FileRole, Incoming, IncomingFile, Origin, State
from core.people import Role, User
from core.rights import readable
from core.search import texts
from core.text import squeeze

_OF_DOCUMENT = (WAIVED, addressees.NOTE, "second_document")  # notes of what is written in it, not of its files
_MOST_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A draft that another one may be merged into, with words to know it by."""

    id: int
    title: str


def split(session: Session, document: Incoming, position: int, *, by: User, at: datetime, source: str = "") -> int:
    """Tách tệp: one file of a draft becomes the main file of a draft of its own, whose id is returned.

    The new draft comes from the same letter, with those values that were read in the file. Raises NotAllowed,
    WrongState unless it is a draft that keeps its main file, Permanent when there is no such file.
    """
    _check(document, by)
    chosen = next((file for file in document.files if file.position == position), None)
    if chosen is None:
        raise Permanent("Không có tệp này trong dự thảo. Tải lại trang.")
    if chosen.role == FileRole.MAIN:
        raise WrongState("Đây là văn bản chính của dự thảo. Chọn tệp khác làm văn bản chính rồi mới tách tệp này.")
    read = {name: Evidence.from_json(said) for name, said in document.proposed.items()}
    own = {name: evidence for name, evidence in read.items() if evidence.file == chosen.sha256}
    file = DraftFile(chosen.name, chosen.sha256, chosen.media_type, chosen.size, FileRole.MAIN, chosen.inside)
    notes = [note for note in document.notes if str(note).partition(":")[2] == chosen.name]
    new = NewDraft(
        Origin(document.origin), document.book_id, document.message_id, document.received_at, document.sort_uid, own,
        [file], [*dangers.of_letter(document.notes), *notes],
    )  # fmt: skip
    new_id = drafts.insert(session, new)
    session.delete(chosen)
    document.notes = [note for note in document.notes if note not in notes]
    _changed(session, document)
    missing.refresh(session, document)
    payload = {"name": chosen.name, "other": new_id}
    events.record(session, "file_split", "incoming", document.id, by=by.id, at=at, source=source, payload=payload)
    payload = {"name": chosen.name, "other": document.id}
    events.record(session, "split_off", "incoming", new_id, by=by.id, at=at, source=source, payload=payload)
    return new_id


def merge(
    session: Session, document: Incoming, into: Incoming, *, by: User, at: datetime, source: str = ""
) -> None:  # fmt: skip
    """Gộp dự thảo: all files of `document` go to `into` as annexes, and `document` is left out of the register.

    A file that both have is kept once; what a package makes of the one holds for the other. Raises NotAllowed,
    WrongState unless both are drafts, and two.
    """
    _check(document, by)
    _check(into, by)
    if document.id == into.id:
        raise WrongState("Không gộp một dự thảo vào chính nó.")
    known = {file.sha256 for file in into.files}
    moved = [
        DraftFile(
            file.name, file.sha256, file.media_type, file.size,
            FileRole.LEFT_OUT if file.role == FileRole.LEFT_OUT else FileRole.ANNEX, file.inside,
        )
        for file in document.files if file.sha256 not in known
    ]  # fmt: skip
    # Moved, not copied: a removal of the one document must find no other that still names its files.
    session.execute(sa.delete(table_of(IncomingFile)).where(table_of(IncomingFile).c.incoming_id == document.id))
    session.expire(document, ["files"])
    drafts.add_files(session, into.id, moved)
    into.notes = [*into.notes, *(note for note in document.notes if goes_along(str(note)) and note not in into.notes)]
    missing.refresh(session, into)
    if not into.exchange:
        into.exchange_id, into.exchange = document.exchange_id, document.exchange
    move(document, Act.DECLINE, by=by)
    title = title_of(f"{into.kind} {into.code} {into.subject}")
    document.closed_reason, document.closed_at, document.closed_by = f"Gộp vào dự thảo «{title}»", at, by.id
    _changed(session, into)
    texts.touch(session, [document.id])
    session.expire(document, ["text_version"])
    payload = {"count": len(moved), "other": document.id}
    events.record(session, "merged", "incoming", into.id, by=by.id, at=at, source=source, payload=payload)
    told = {"reason": document.closed_reason, "other": into.id}
    events.record(session, "merged_into", "incoming", document.id, by=by.id, at=at, source=source, payload=told)


def candidates(session: Session, user: User, document: Incoming) -> list[Candidate]:
    """Drafts that `document` may belong to: those of the same letter, then those that bear the same số ký hiệu."""
    has_code = any(letter.isdigit() for letter in document.code_key)
    if document.state != State.DRAFT or (document.message_id is None and not has_code):
        return []
    same_letter = Incoming.message_id == document.message_id if document.message_id is not None else sa.false()
    same_code = Incoming.code_key == document.code_key if has_code else sa.false()
    main = sa.and_(IncomingFile.incoming_id == Incoming.id, IncomingFile.role == FileRole.MAIN)
    query = (
        sa.select(Incoming.id, Incoming.kind, Incoming.code, Incoming.subject, IncomingFile.name)
        .join(IncomingFile, main, isouter=True)
        .where(Incoming.state == State.DRAFT, Incoming.id != document.id, readable(user))
        .where(sa.or_(same_letter, same_code))
        .order_by(sa.case((same_letter, 0), else_=1), Incoming.id)
        .limit(_MOST_CANDIDATES)
    )
    rows = session.execute(query)
    return [Candidate(row.id, title_of(f"{row.kind} {row.code} {row.subject}", row.name or "")) for row in rows]


def goes_along(note: str) -> bool:
    """Whether a note is of a draft's files or its letter, and still true in another draft."""
    code, is_of_something, _ = note.partition(":")
    return note in dangers.OF_LETTER or (bool(is_of_something) and code not in _OF_DOCUMENT)


def title_of(words: str, file_name: str = "") -> str:
    """What a document is called in one line: its words, else its file's name."""
    words = squeeze(words) or file_name or "chưa đọc được"
    return words if len(words) <= 80 else words[:79].rstrip() + "…"


def _check(document: Incoming, by: User) -> None:
    if Role.CLERK not in by.roles:
        raise NotAllowed("Chỉ văn thư được tách, gộp dự thảo.")
    if document.state != State.DRAFT:
        raise WrongState("Chỉ tách, gộp được khi văn bản còn ở bàn văn thư.")


def _changed(session: Session, document: Incoming) -> None:
    document.version += 1
    session.flush()
    texts.touch(session, [document.id])
    session.expire(document, ["files", "text_version"])
