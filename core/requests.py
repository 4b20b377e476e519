"""What people hand to intake: dropped and attached files, released letters, and the answers they get."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.incoming import drafts
from core.incoming.drafts import DraftFile
from core.incoming.tables import Incoming, State
from core.letters import Arrival, Exclusion, HeldLetter, IntakeRequest

REQUESTED = "request"  # stands for the mailbox in the arrivals of what people handed over
_TAKEN = "Đã đọc xong; dự thảo ở trong hàng đợi."
_KNOWN = "Văn bản này đã có trong máy từ trước, không tạo dự thảo mới."
_HELD = "Không đọc được tệp hoặc tệp có khóa; đã chuyển vào mục thư bị giữ."
_EXCLUDED = "Tệp có dấu hiệu thuộc loại không được đưa vào hệ thống (Điều 3); máy không giữ lại nội dung."
_ATTACHED = "Đã thêm {count} tệp vào dự thảo."
_NO_DRAFT = "Văn bản này không còn là dự thảo, tệp không được thêm."


@dataclass(frozen=True, slots=True)
class Attached:
    """Files read for a draft that lacked them; they stand in the store already."""

    incoming_id: int
    files: Sequence[DraftFile]


def waiting(session: Session) -> Sequence[IntakeRequest]:
    """What is not answered yet, oldest first."""
    undone = sa.select(IntakeRequest).where(IntakeRequest.done_at.is_(None))
    return session.scalars(undone.order_by(IntakeRequest.id)).all()


def held_of(session: Session, request: IntakeRequest) -> HeldLetter | None:
    """The held letter that a request is to release."""
    return session.get(HeldLetter, request.held_id) if request.held_id is not None else None


def place_of(session: Session, request: IntakeRequest) -> Arrival | None:
    """Where the left-out letter that a request is to release lies in its mailbox."""
    exclusion = session.get(Exclusion, request.exclusion_id) if request.exclusion_id is not None else None
    return session.get(Arrival, exclusion.arrival_id) if exclusion is not None else None


def answer(session: Session, request_id: int, sentence: str, *, at: datetime, message_id: int | None = None) -> None:
    """Tell the person, in a Vietnamese sentence, what became of what was asked."""
    done = {"done_at": at, "answer": sentence, "message_id": message_id}
    session.execute(sa.update(IntakeRequest).where(IntakeRequest.id == request_id).values(**done))


def note_taken(session: Session, request_id: int, message_id: int, *, is_new: bool, at: datetime) -> None:
    """A handed file or released letter is in the database: answer, and close what it was released from."""
    answer(session, request_id, _TAKEN if is_new else _KNOWN, at=at, message_id=message_id)
    request = session.get_one(IntakeRequest, request_id)
    if request.held_id is not None:
        # Without its key the sealed file is dead; the sweep removes it.
        decided = {"decision": "released", "decided_by": request.asked_by, "decided_at": at, "seal_key": None}
        session.execute(sa.update(HeldLetter).where(HeldLetter.id == request.held_id).values(**decided))
    if request.exclusion_id is not None:
        released = {"released_by": request.asked_by, "released_at": at}
        session.execute(sa.update(Exclusion).where(Exclusion.id == request.exclusion_id).values(**released))


def note_held(session: Session, request_id: int, *, at: datetime) -> None:
    """A handed file could not be read."""
    answer(session, request_id, _HELD, at=at)


def note_excluded(session: Session, request_id: int, *, at: datetime) -> None:
    """A handed file is of a kind that must not come in."""
    answer(session, request_id, _EXCLUDED, at=at)


def attach(session: Session, request_id: int, attached: Attached, *, at: datetime) -> bool:
    """Add files to a draft and answer; False when it is no draft any more."""
    document = session.get(Incoming, attached.incoming_id, with_for_update=True)
    if document is None or document.state != State.DRAFT:
        answer(session, request_id, _NO_DRAFT, at=at)
        return False
    drafts.add_files(session, document.id, attached.files)
    document.version += 1
    answer(session, request_id, _ATTACHED.format(count=len(attached.files)), at=at)
    return True
