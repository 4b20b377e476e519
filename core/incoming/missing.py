"""A draft whose letter brought links instead of files: no number before its file is there or a clerk does without it.

Kept as the draft's notes: "no_file" while the file is missing, "link:https://…" for each link, and
"no_file_waived:lý do" once a clerk has decided that none will come.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import events
from core.errors import NotAllowed, Permanent, WrongState
from core.incoming.links import NO_FILE, WAIVED, is_missing, links, without_waiver
from core.incoming.tables import FileRole, Incoming, IncomingFile, State
from core.people import Role, User
from core.text import squeeze

_LONGEST_REASON = 500


def refresh(session: Session, document: Incoming) -> None:
    """Say anew whether the file is missing, after the draft's files or their roles have changed.

    A waiver ends when the file has come: the entry is no longer one without.
    """
    if not links(document.notes):
        return
    notes = [note for note in document.notes if note != NO_FILE]
    if _has_file(session, document.id):
        notes = without_waiver(notes)
    elif notes == without_waiver(notes):
        notes.insert(0, NO_FILE)
    if notes != document.notes:
        document.notes = notes


def waive(
    session: Session, document: Incoming, reason: str, *, by: User, at: datetime, source: str = ""
) -> None:  # fmt: skip
    """Vào sổ không kèm tệp: the draft may be registered as it is, for this reason.

    Harmless when its file has come. Raises NotAllowed, WrongState unless it is a draft, Permanent where no reason is
    given or it is too long.
    """
    if Role.CLERK not in by.roles:
        raise NotAllowed("Chỉ văn thư được cho vào sổ không kèm tệp.")
    if document.state != State.DRAFT:
        raise WrongState("Văn bản này không còn ở bàn văn thư.")
    if not is_missing(document.notes):
        return
    reason = squeeze(reason)
    if len(reason) < 3:
        raise Permanent("Ghi rõ lý do vào sổ không kèm tệp (ít nhất 3 ký tự).")
    if len(reason) > _LONGEST_REASON:
        raise Permanent(f"Lý do dài quá {_LONGEST_REASON} ký tự, xin rút gọn.")
    document.notes = [f"{WAIVED}:{reason}", *(note for note in document.notes if note != NO_FILE)]
    document.version += 1
    session.flush()
    payload = {"reason": reason}
    events.record(session, "file_waived", "incoming", document.id, by=by.id, at=at, source=source, payload=payload)


def _has_file(session: Session, incoming_id: int) -> bool:
    kept = sa.select(IncomingFile.position).where(
        IncomingFile.incoming_id == incoming_id, IncomingFile.role != FileRole.LEFT_OUT
    )
    return session.execute(kept.limit(1)).first() is not None
