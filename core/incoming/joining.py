"""Gộp vào số đến …: a draft that proves to be a document the office has is closed, and its files join that one (B6).

The draft keeps its own files and its letter; the other gets copies of their rows, which name the draft they came from.
So nothing is altered, the act can be undone, and each of the two is found when a content has to be removed.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import events
from core.db import table_of
from core.errors import NotAllowed, WrongState
from core.incoming import missing
from core.incoming.grouping import goes_along, title_of
from core.incoming.registration import move
from core.incoming.tables import Act, FileRole, Incoming, IncomingFile, State
from core.people import Role, User
from core.search import texts

_OPEN = (State.DRAFT, State.REGISTERED)


def join(session: Session, document: Incoming, into: Incoming, *, by: User, at: datetime, source: str = "") -> int:
    """Close the draft `document` as one with `into`, an entry or another draft, and add the files that it lacks there.

    They are annexes there; the main one is the main file where there was none. Returns how many were added. Raises
    NotAllowed, WrongState unless one is a draft and the other, which is not the same, stands on the desk or in the
    register.
    """
    _check(document, by)
    if into.id == document.id or into.state not in _OPEN or into.removed_at is not None:
        raise WrongState("Chỉ gộp được vào văn bản đang chờ vào sổ hoặc đã vào sổ. Tải lại trang rồi xem lại.")
    move(document, Act.DECLINE, by=by)
    added = _copy_files(session, document, into)
    into.notes = [*into.notes, *(note for note in document.notes if goes_along(str(note)) and note not in into.notes)]
    missing.refresh(session, into)
    document.merged_into_id = into.id
    document.closed_reason, document.closed_at, document.closed_by = f"Gộp vào {_called(into)}", at, by.id
    _changed(session, document, into)
    payload = {"count": added, "other": document.id}
    events.record(session, "joined", "incoming", into.id, by=by.id, at=at, source=source, payload=payload)
    told = {"reason": document.closed_reason, "other": into.id}
    events.record(session, "joined_into", "incoming", document.id, by=by.id, at=at, source=source, payload=told)
    return added


def part(session: Session, document: Incoming, *, by: User, at: datetime, source: str = "") -> None:
    """Undo `join`: the draft is back on the desk, and the files that it brought leave the other document.

    Raises NotAllowed, WrongState where it was not joined, or the other has been joined to a third since.
    """
    into = session.get(Incoming, document.merged_into_id) if document.merged_into_id is not None else None
    if into is None:
        raise WrongState("Văn bản này không gộp vào văn bản nào.")
    if document.removed_at is not None:
        raise WrongState("Nội dung văn bản này đã gỡ, không còn gì để đưa lại bàn văn thư.")
    if into.merged_into_id is not None:
        raise WrongState(f"Văn bản đã nhận các tệp này sau đó lại gộp vào {_number_of(session, into)}. Đưa lại văn bản "
                         "ấy trước.")  # fmt: skip
    move(document, Act.TAKE_BACK, by=by)
    files = table_of(IncomingFile)
    brought = sa.delete(files).where(files.c.incoming_id == into.id, files.c.from_id == document.id)
    names = set(session.scalars(brought.returning(files.c.name)))
    session.expire(into, ["files"])
    left = {file.name for file in into.files}
    into.notes = [note for note in into.notes if str(note).partition(":")[2] not in names - left]
    _name_main(into)
    missing.refresh(session, into)
    document.merged_into_id, document.closed_reason, document.closed_at, document.closed_by = None, "", None, None
    _changed(session, document, into)
    payload = {"count": len(names), "other": document.id}
    events.record(session, "parted", "incoming", into.id, by=by.id, at=at, source=source, payload=payload)
    events.record(session, "taken_back", "incoming", document.id, by=by.id, at=at, source=source)


def tell_apart(
    session: Session, document: Incoming, other: Incoming, *, is_apart: bool, by: User, at: datetime, source: str = "",
) -> None:  # fmt: skip
    """Không phải, vào sổ riêng: the draft is not said to be `other` any more; `is_apart` False takes that back.

    Harmless when it is so already. Raises NotAllowed, WrongState unless `document` is a draft.
    """
    _check(document, by)
    if (other.id in document.told_apart) == is_apart:
        return
    others = [one for one in document.told_apart if one != other.id]
    document.told_apart = [*others, other.id] if is_apart else others
    document.version += 1
    session.flush()
    act = "told_apart" if is_apart else "compared_again"
    payload = {"name": _called(other), "other": other.id}
    events.record(session, act, "incoming", document.id, by=by.id, at=at, source=source, payload=payload)


def _copy_files(session: Session, document: Incoming, into: Incoming) -> int:
    known = {file.sha256 for file in into.files}
    has_main = any(file.role == FileRole.MAIN for file in into.files)
    start = max((file.position for file in into.files), default=0) + 1
    new = [file for file in document.files if file.sha256 not in known]
    rows = [
        {
            "incoming_id": into.id, "position": start + n, "name": file.name, "sha256": file.sha256,
            "media_type": file.media_type, "size": file.size, "inside": file.inside, "from_id": document.id,
            "role": FileRole.ANNEX if file.role == FileRole.MAIN and has_main else file.role,
        }
        for n, file in enumerate(new)
    ]  # fmt: skip
    if rows:
        session.execute(sa.insert(table_of(IncomingFile)), rows)
    session.expire(into, ["files"])
    return len(rows)


def _name_main(document: Incoming) -> None:
    kept = [file for file in document.files if file.role != FileRole.LEFT_OUT]
    if kept and all(file.role != FileRole.MAIN for file in kept):
        kept[0].role = FileRole.MAIN


def _called(document: Incoming) -> str:
    if document.arrival_number is not None:
        return f"số đến {document.arrival_number} năm {document.year}"
    return f"dự thảo «{title_of(f'{document.kind} {document.code} {document.subject}')}»"


def _number_of(session: Session, document: Incoming) -> str:
    return _called(session.get_one(Incoming, document.merged_into_id))


def _check(document: Incoming, by: User) -> None:
    if Role.CLERK not in by.roles:
        raise NotAllowed("Chỉ văn thư được gộp văn bản trùng.")
    if document.state != State.DRAFT:
        raise WrongState("Văn bản này không còn ở bàn văn thư.")


def _changed(session: Session, document: Incoming, into: Incoming) -> None:
    into.version += 1
    session.flush()
    texts.touch(session, [document.id, into.id])
    session.expire(document, ["text_version"])
    session.expire(into, ["files", "text_version"])
