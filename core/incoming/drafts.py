"""Drafts of register entries: proposed by intake or begun by hand, corrected by the clerk, left out or taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import events
from core.agencies.proposing import with_agencies
from core.agencies.senders import notes_on_sender, writers
from core.db import table_of
from core.errors import NotAllowed, Permanent, WrongState
from core.evidence import Evidence
from core.exchange import Exchange
from core.incoming import addressees, missing, recalled
from core.incoming.registration import check_version, move, require_reason
from core.incoming.tables import Act, FileRole, Incoming, IncomingFile, Origin, State
from core.incoming.values import from_evidence, read_form
from core.learning.proposing import with_lessons, without_habits
from core.office import office_date
from core.people import Role, User
from core.rules.matching import Seen, seen
from core.rules.proposing import Applied, Said, note_uses, with_rules
from core.search import texts

_INSERT = sa.insert(table_of(Incoming)).returning(table_of(Incoming).c.id)
_INSERT_FILE = sa.insert(table_of(IncomingFile))


@dataclass(frozen=True, slots=True)
class DraftFile:
    """One file of a draft: its shown name, content and what it is to the document."""

    name: str
    sha256: str
    media_type: str
    size: int
    role: FileRole
    inside: str = ""


@dataclass(frozen=True, slots=True)
class NewDraft:
    """What intake knows of a document before the clerk sees it. `received_at` and `sort_uid` order the desk.

    `copy` says which one its main file is (`core.incoming.copies`), `sender` is the address that the letter came from;
    `uses_lessons` when earlier entries and the address book may say what is meant, `said` what rules look at besides
    (None: no rules).
    """

    origin: Origin
    book_id: int
    message_id: int | None
    received_at: datetime
    sort_uid: int
    proposed: Mapping[str, Evidence]
    files: Sequence[DraftFile]
    notes: Sequence[str] = ()
    exchange: Exchange | None = None
    copy: str = ""
    sender: str = ""
    uses_lessons: bool = True
    said: Said | None = None


def insert(session: Session, draft: NewDraft) -> int:
    """Write a draft with its files and return its id. The caller records the event."""
    known, notes = _with_experience(session, draft) if draft.uses_lessons else (draft.proposed, draft.notes)
    applied = with_rules(session, known, _seen(draft, draft.said, known)) if draft.said else Applied(dict(known))
    values = from_evidence(applied.proposed)
    proposed = {field: evidence.to_json() for field, evidence in applied.proposed.items()}
    exchange = draft.exchange
    row = {
        "exchange_id": exchange.document_id[:200] if exchange else "",
        "exchange": exchange.to_json() if exchange else {},
        "state": State.DRAFT, "version": 1, "origin": draft.origin, "book_id": draft.book_id,
        "message_id": draft.message_id, "received_at": draft.received_at, "sort_uid": draft.sort_uid,
        "copy": draft.copy,
        "proposed": proposed, "notes": [*notes, *applied.notes, *addressees.note_of(session, draft.proposed)], **values,
    }  # fmt: skip
    draft_id: int = session.execute(_INSERT, row).scalar_one()
    note_uses(session, draft_id, applied)
    _insert_files(session, draft_id, 1, _with_main(draft.files, applied.main))
    return draft_id


def _seen(draft: NewDraft, said: Said, known: Mapping[str, Evidence]) -> Seen:
    files = _kept(draft.files)
    issuer, kind = ({known[field].value, known[field].read} if field in known else {""} for field in ("issuer", "kind"))
    return seen(
        sender=draft.sender, sender_name=said.sender_name, mail_subject=said.mail_subject,
        files=[(file.name, file.size) for file in files],
        main=next((n for n, file in enumerate(files) if file.role is FileRole.MAIN), None), text=said.text,
        issuer=issuer, kind=kind, received_at=draft.received_at,
    )  # fmt: skip


def _with_main(files: Sequence[DraftFile], main: int | None) -> list[DraftFile]:
    """The same files, of which the one that rules call the document is the main one."""
    if main is None:
        return list(files)
    chosen = _kept(files)[main]
    others = [replace(one, role=FileRole.ANNEX) if one.role is FileRole.MAIN else one for one in files]
    return [replace(one, role=FileRole.MAIN) if files[n] is chosen else one for n, one in enumerate(others)]


def _kept(files: Sequence[DraftFile]) -> list[DraftFile]:
    return [file for file in files if file.role is not FileRole.LEFT_OUT]


def _with_experience(session: Session, draft: NewDraft) -> tuple[Mapping[str, Evidence], Sequence[str]]:
    """What lessons and the address book make of values and notes, in this order."""
    taught = with_lessons(session, draft.proposed, draft.sender, office_date(draft.received_at))
    writing = writers(session, draft.sender)
    notes = without_habits(session, draft.notes, draft.sender)
    notes = notes_on_sender(session, notes, writing, draft.sender, taught)
    return with_agencies(session, taught, draft.proposed, writing, draft.sender), notes


def add_files(session: Session, draft_id: int, files: Sequence[DraftFile]) -> None:
    """Append files to a draft after those it has."""
    if not files:
        return
    last = sa.select(sa.func.max(IncomingFile.position)).where(IncomingFile.incoming_id == draft_id)
    _insert_files(session, draft_id, (session.execute(last).scalar_one() or 0) + 1, files)
    texts.touch(session, [draft_id])


def _insert_files(session: Session, draft_id: int, start: int, files: Sequence[DraftFile]) -> None:
    rows = [
        {
            "incoming_id": draft_id, "position": start + n, "name": file.name, "sha256": file.sha256,
            "media_type": file.media_type[:120], "size": file.size, "role": file.role, "inside": file.inside,
        }
        for n, file in enumerate(files)
    ]  # fmt: skip
    if rows:
        session.execute(_INSERT_FILE, rows)


def begin_by_hand(session: Session, book_id: int, *, by: User, at: datetime, source: str = "") -> int:
    """Begin an entry for a document on paper (Điều 5.3b); returns the draft's id. Raises NotAllowed."""
    if Role.CLERK not in by.roles:
        raise NotAllowed("Chỉ văn thư được nhập văn bản đến.")
    draft_id = insert(session, NewDraft(Origin.PAPER, book_id, None, at, 0, {}, (), copy="paper"))
    events.record(session, "begun_by_hand", "incoming", draft_id, by=by.id, at=at, source=source)
    return draft_id


def amend(
    session: Session, document: Incoming, form: Mapping[str, str], *, version: int, by: User, at: datetime,
    source: str = "",
) -> set[str]:  # fmt: skip
    """Write the clerk's values into a draft and return the names of the fields that changed.

    `form` holds texts as typed; dates as dd/mm/yyyy or ISO. Only fields present are touched. Raises
    NotAllowed, WrongState (no draft any more, or changed by another since `version`), Permanent naming the
    field that can't be read.
    """
    if Role.CLERK not in by.roles:
        raise NotAllowed("Chỉ văn thư được sửa dự thảo vào sổ.")
    if document.state != State.DRAFT:
        raise WrongState(_no_draft(document))
    check_version(document, version)
    values = read_form(form, today=office_date(at))
    before = {name: getattr(document, name) for name in values}
    changed = {name for name, value in values.items() if before[name] != value}
    for name in changed:
        setattr(document, name, values[name])
    if changed:
        document.version += 1
        session.flush()
        payload = {"fields": sorted(changed)}
        events.record(session, "amended", "incoming", document.id, by=by.id, at=at, source=source, payload=payload)
    return changed


def set_file_role(
    session: Session, document: Incoming, position: int, role: FileRole, *, by: User, at: datetime, source: str = "",
) -> None:  # fmt: skip
    """Say what one file of a draft is; naming a main file makes the former one an annex.

    Harmless when it is that already. Raises NotAllowed, WrongState unless it is a draft, Permanent when
    there is no such file.
    """
    if Role.CLERK not in by.roles:
        raise NotAllowed("Chỉ văn thư được chọn tệp.")
    if document.state != State.DRAFT:
        raise WrongState(_no_draft(document))
    chosen = next((file for file in document.files if file.position == position), None)
    if chosen is None:
        raise Permanent("Không có tệp này trong dự thảo. Tải lại trang.")
    if chosen.role == role:
        return
    if role is FileRole.MAIN:
        for file in document.files:
            if file.role == FileRole.MAIN:
                file.role = FileRole.ANNEX
    chosen.role = role
    document.version += 1
    session.flush()
    missing.refresh(session, document)
    payload = {"name": chosen.name, "role": role.value}
    events.record(session, "file_role_set", "incoming", document.id, by=by.id, at=at, source=source, payload=payload)


def decline(session: Session, document: Incoming, reason: str, *, by: User, at: datetime, source: str = "") -> None:
    """ "Không cập nhật": leave a draft out of the register, with the reason (Điều 3).

    Raises NotAllowed, WrongState unless it is a draft, Permanent without a reason.
    """
    reason = require_reason(reason)
    move(document, Act.DECLINE, by=by)
    document.closed_reason, document.closed_at, document.closed_by = reason, at, by.id
    recalled.answer(session, document, reason, by_id=by.id, at=at)
    session.flush()
    payload = {"reason": reason}
    events.record(session, "declined", "incoming", document.id, by=by.id, at=at, source=source, payload=payload)


def take_back(session: Session, document: Incoming, *, by: User, at: datetime, source: str = "") -> None:
    """Bring a declined document back to the desk. Raises NotAllowed, WrongState unless it was declined."""
    if document.removed_at is not None:
        raise WrongState("Nội dung văn bản này đã gỡ, không còn gì để đưa lại bàn văn thư.")
    if document.merged_into_id is not None:
        raise WrongState("Văn bản này đã gộp vào văn bản khác. Tải lại trang rồi bấm «Tách ra, đưa lại bàn văn thư».")
    move(document, Act.TAKE_BACK, by=by)
    document.closed_reason, document.closed_at, document.closed_by = "", None, None
    missing.refresh(session, document)  # another draft may have its files
    recalled.reopen(session, document)
    session.flush()
    events.record(session, "taken_back", "incoming", document.id, by=by.id, at=at, source=source)


def _no_draft(document: Incoming) -> str:
    if document.arrival_number is not None:
        return f"Văn bản này đã vào sổ với số đến {document.arrival_number}."
    return "Văn bản này không còn ở bàn văn thư."
