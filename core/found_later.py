"""A state secret found in what was taken in before: sealed for the custodian, and its content removed (promise 4).

The program is not sure, so what it takes out can still be had: sealed under a key of its own, as a held letter that
only the custodian opens (promise 3). «Đưa vào nháp» brings it back, «Không cập nhật» destroys it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import events, removal, sealing
from core.incoming.tables import Incoming, IncomingFile
from core.letters import Arrival, ArrivalState, HeldLetter, Message, MessageFile
from core.removal import Basis

REASON = "secret_found_later"  # of the held letter; unknown to `core.rights`, hence the custodian's alone
_WHY = "Máy đọc toàn văn, thấy dấu hiệu tài liệu mật; bản gốc niêm phong ở mục Thư bị giữ, chờ người giữ thư."


@dataclass(frozen=True, slots=True)
class Concern:
    """A document to be taken out, and the contents that have to be sealed before: its raw letter, or a file of it
    that no letter brought."""

    document_id: int
    contents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed copy: its name in the folder of sealed letters, its key, and the plain bytes' SHA-256 and size."""

    name: str
    key: bytes
    sha256: str
    size: int


def concerned(session: Session, sha256: str) -> list[Concern]:
    """The documents that bear a content and are to be taken out; those that the custodian let in are not."""
    let_in = sa.select(Arrival.message_id).where(Arrival.door == "released", Arrival.message_id.is_not(None))
    query = (
        sa.select(Incoming.id, Message.id.label("message_id"), Message.raw_sha256)
        .join(IncomingFile, IncomingFile.incoming_id == Incoming.id)
        .join(Message, Message.id == Incoming.message_id, isouter=True)
        .where(IncomingFile.sha256 == sha256, Incoming.removed_at.is_(None))
        .where(sa.or_(Incoming.message_id.is_(None), Incoming.message_id.not_in(let_in)))
        .distinct()
        .order_by(Incoming.id)
    )
    found, sealed = [], set()
    for row in session.execute(query).all():
        contents = [row.raw_sha256] if row.raw_sha256 is not None and row.message_id not in sealed else []
        sealed.add(row.message_id)
        if not _is_of_letter(session, row.message_id, sha256):
            contents.append(sha256)
        found.append(Concern(row.id, tuple(contents)))
    return found


def take_out(session: Session, concern: Concern, sealed: Sequence[Sealed], *, at: datetime) -> list[str]:
    """Remove a document's content and hold what was sealed of it; returns what `removal.erase` has to unlink.

    Nothing and [] when somebody has removed it meanwhile.
    """
    document = session.get(Incoming, concern.document_id, with_for_update=True)
    if document is None or document.removed_at is not None:
        return []
    gone = removal.remove_content(session, document, Basis.SECRET, _WHY, by=None, at=at)
    for one in sealed:
        held_id = _hold(session, document, one, at)
        events.record(session, "held", "held_letter", held_id, by=None, at=at, payload={"reason": REASON})
    return gone


def _is_of_letter(session: Session, message_id: int | None, sha256: str) -> bool:
    of_letter = sa.select(MessageFile.position).where(
        MessageFile.message_id == message_id, MessageFile.sha256 == sha256
    )
    return message_id is not None and session.execute(of_letter).first() is not None


def _hold(session: Session, document: Incoming, sealed: Sealed, at: datetime) -> int:
    first = sa.select(sa.func.min(Arrival.id)).where(Arrival.message_id == document.message_id)
    arrival_id = session.scalar(first) if document.message_id is not None else None
    if arrival_id is None:
        # It came by no letter, and a held letter stands at a place.
        place = Arrival(
            door="dropped", mailbox="found", folder=sealed.name, uidvalidity=0, uid=document.id,
            state=ArrivalState.HELD, seen_at=at,
        )  # fmt: skip
        session.add(place)
        session.flush()
        arrival_id = place.id
    number = f"số đến {document.arrival_number}/{document.year}" if document.arrival_number else ""
    message = session.get(Message, document.message_id) if document.message_id is not None else None
    # Once removed the letter bears its mark as its identity: by it the letter is known when it comes again.
    mark = message.identity if message is not None else sealing.mark(sealing.mark_key(session), sealed.sha256)
    held = HeldLetter(
        arrival_id=arrival_id, reason=REASON, mark=mark, size=sealed.size, sealed_path=sealed.name,
        seal_key=sealed.key, detail=number, held_at=at,
    )  # fmt: skip
    session.add(held)
    session.flush()
    return held.id
