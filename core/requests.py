"""What people hand to intake: dropped and attached files, released letters, and the answers they get."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import events, rights
from core.errors import WrongState
from core.evidence import Evidence
from core.incoming import addressees, drafts, missing
from core.incoming.drafts import DraftFile
from core.incoming.filling import fill
from core.incoming.tables import FileRole, Incoming, State
from core.key_mails import LOCKED
from core.letters import Arrival, Exclusion, HeldLetter, IntakeRequest
from core.people import User
from core.rights import Right

FOLDER = "dropped"  # inside the spool: the pages lay files there, intake reads and empties it
NAME_SUFFIX = ".name"  # beside each file lies what its owner calls it: no name is on a disk before it is screened
AGAIN = "again"  # the kind of a request to read a held letter once more
REQUESTED = "request"  # stands for the mailbox in the arrivals of what people handed over
_TAKEN = "Đã đọc xong; dự thảo ở trong hàng đợi."
_KNOWN = "Văn bản này đã có trong máy từ trước, không tạo dự thảo mới."
_HELD = "Không đọc được tệp hoặc tệp có khóa; đã chuyển vào mục thư bị giữ."
_STILL_HELD = "Máy đã đọc lại, thư vẫn phải giữ."
_WRONG_PASSWORD = (
    "Mật khẩu vừa thử không mở được tệp, thư vẫn phải giữ. Kiểm tra lại mật khẩu với nơi gửi; đúng mật khẩu mà máy vẫn "
    "không mở được (tệp chia nhiều phần, kiểu khóa lạ) thì mở ngoài rồi thả tệp vào bàn văn thư."
)
_VIRUS = "Chương trình quét thấy vi-rút trong thư; thư vẫn phải giữ, người được giao giữ thư quyết định."
_EXCLUDED = "Tệp có dấu hiệu thuộc loại không được đưa vào hệ thống (Điều 3); máy không giữ lại nội dung."
_UNNAMED = "(tên tệp không giữ lại)"
_ATTACHED = "Đã thêm {count} tệp vào dự thảo."
_NO_DRAFT = "Văn bản này không còn là dự thảo, tệp không được thêm."


@dataclass(frozen=True, slots=True)
class HandedFile:
    """A file that lies in the spool's folder as `spool_name`, its owner's name for it beside it."""

    spool_name: str


@dataclass(frozen=True, slots=True)
class Attached:
    """Files read for a draft that lacked them; they stand in the store already.

    `read` is what was found in the one that is a main file.
    """

    incoming_id: int
    files: Sequence[DraftFile]
    read: Mapping[str, Evidence] = field(default_factory=dict)


def hand_over(
    session: Session, handed: Sequence[HandedFile], document: Incoming | None, *, by: User, at: datetime,
    source: str = "",
) -> None:  # fmt: skip
    """Ask intake to read files: as new documents, or to be added to the draft `document`.

    Raises NotAllowed unless `by` may register, WrongState when `document` is no draft any more.
    """
    rights.require(by, Right.REGISTER)
    if document is not None and document.state != State.DRAFT:
        raise WrongState("Văn bản này không còn là dự thảo, không thêm tệp được nữa.")
    incoming_id = document.id if document is not None else None
    kind = "dropped" if document is None else "attached"
    rows = [
        {"kind": kind, "name": "", "spool_name": file.spool_name, "incoming_id": incoming_id,
         "asked_by": by.id, "asked_at": at}
        for file in handed
    ]  # fmt: skip
    ids = session.scalars(sa.insert(IntakeRequest).returning(IntakeRequest.id), rows).all()
    subject = ("incoming", incoming_id) if incoming_id is not None else ("intake_request", ids[0])
    # Without names: the journal is for ever, and nothing of these files is screened yet (promise 4).
    payload = {"count": len(handed)}
    events.record(session, "file_asked", *subject, by=by.id, at=at, source=source, payload=payload)


def waiting(session: Session) -> Sequence[IntakeRequest]:
    """What is not answered yet, oldest first."""
    undone = sa.select(IntakeRequest).where(IntakeRequest.done_at.is_(None))
    return session.scalars(undone.order_by(IntakeRequest.id)).all()


def asked_with(session: Session, spool_names: Collection[str]) -> dict[str, bool]:
    """Of these files in the spool, those that a request names, and whether it is answered."""
    named = sa.select(IntakeRequest.spool_name, IntakeRequest.done_at).where(IntakeRequest.spool_name.in_(spool_names))
    return {row.spool_name: row.done_at is not None for row in session.execute(named)}


def held_of(session: Session, request: IntakeRequest) -> HeldLetter | None:
    """The held letter that a request is to release."""
    return session.get(HeldLetter, request.held_id) if request.held_id is not None else None


def place_of(session: Session, request: IntakeRequest) -> Arrival | None:
    """Where the held or left-out letter that a request is to release first arrived."""
    letter: HeldLetter | Exclusion | None = held_of(session, request)
    if letter is None and request.exclusion_id is not None:
        letter = session.get(Exclusion, request.exclusion_id)
    return session.get(Arrival, letter.arrival_id) if letter is not None else None


def answer(session: Session, request_id: int, sentence: str, *, at: datetime, message_id: int | None = None) -> None:
    """Tell the person, in a Vietnamese sentence, what became of what was asked."""
    done = {"done_at": at, "answer": sentence, "message_id": message_id}
    session.execute(sa.update(IntakeRequest).where(IntakeRequest.id == request_id).values(**done))


def note_taken(session: Session, request_id: int, message_id: int, name: str, *, is_new: bool, at: datetime) -> None:
    """A handed file or released letter is in the database: answer, and close what it was released from.

    `name` is what the person may now see it called by.
    """
    answer(session, request_id, _TAKEN if is_new else _KNOWN, at=at, message_id=message_id)
    request = session.get_one(IntakeRequest, request_id)
    _call(session, request_id, name)
    if request.held_id is not None:
        # Without its key the sealed file is dead; the sweep removes it.
        decision = "read_again" if request.kind == AGAIN else "released"
        decided = {"decision": decision, "decided_by": request.asked_by, "decided_at": at, "seal_key": None}
        session.execute(sa.update(HeldLetter).where(HeldLetter.id == request.held_id).values(**decided))
    if request.exclusion_id is not None:
        released = {"released_by": request.asked_by, "released_at": at}
        session.execute(sa.update(Exclusion).where(Exclusion.id == request.exclusion_id).values(**released))


def note_held(session: Session, request_id: int, reason: str, *, at: datetime) -> int | None:
    """A handed file could not be read: held means sealed, its name isn't kept either (promise 3).

    Returns the id of the held letter that was read again or was to be let in, and stays held for `reason`.
    """
    request = session.get_one(IntakeRequest, request_id)
    said = _HELD if request.held_id is None else _STILL_HELD
    has_password = any((request.spool_name, request.key_held_id, request.key_message_id))
    if reason in LOCKED and request.kind == AGAIN and has_password:
        said = _WRONG_PASSWORD
    elif reason == "virus":
        said = _VIRUS
    answer(session, request_id, said, at=at)
    _call(session, request_id, _UNNAMED)
    return request.held_id


def note_excluded(session: Session, request_id: int, *, at: datetime) -> None:
    """A handed file is of a kind that must not come in. Its name may say what it says: it goes too (promise 4)."""
    answer(session, request_id, _EXCLUDED, at=at)
    _call(session, request_id, _UNNAMED)
    request = session.get_one(IntakeRequest, request_id)
    if request.held_id is not None:
        decided = {"decision": "excluded", "decided_by": request.asked_by, "decided_at": at, "seal_key": None}
        session.execute(sa.update(HeldLetter).where(HeldLetter.id == request.held_id).values(**decided))


def attach(session: Session, request_id: int, attached: Attached, *, at: datetime) -> bool:
    """Add files to a draft and answer; False when it is no draft any more.

    A draft that had none but left-out files gets its main one, else the first as such, and what was read there.
    """
    document = session.get(Incoming, attached.incoming_id, with_for_update=True)
    if document is None or document.state != State.DRAFT:
        answer(session, request_id, _NO_DRAFT, at=at)
        return False
    main = next((n for n, file in enumerate(attached.files) if file.role is FileRole.MAIN), 0)
    is_first = all(file.role == FileRole.LEFT_OUT for file in document.files)
    roles = [FileRole.MAIN if is_first and n == main else FileRole.ANNEX for n in range(len(attached.files))]
    files = [replace(file, role=role) for file, role in zip(attached.files, roles, strict=True)]
    drafts.add_files(session, document.id, files)
    if is_first:
        fill(document, attached.read)
        others = (note for note in document.notes if not addressees.is_noted([note]))  # of a file that was left out
        document.notes = [*others, *addressees.note_of(session, attached.read)]
    missing.refresh(session, document)
    _call(session, request_id, attached.files[0].name if attached.files else "")
    document.version += 1
    answer(session, request_id, _ATTACHED.format(count=len(attached.files)), at=at)
    return True


def _call(session: Session, request_id: int, name: str) -> None:
    handed = sa.update(IntakeRequest).where(IntakeRequest.id == request_id, IntakeRequest.spool_name.is_not(None))
    session.execute(handed.values(name=name))
