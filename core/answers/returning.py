"""Trả lại nơi gửi: what came to the wrong office goes back with a reason, to a superior after a second person's nod
(Điều 21.2 NĐ 30)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import events, rights
from core.agencies.names import Relation, plain_name, relation
from core.agencies.tables import Agency, Level
from core.answers import deciding
from core.answers.deciding import Addressee
from core.answers.tables import DocumentReturn
from core.deliveries import queueing
from core.deliveries.tables import Delivery, Kind
from core.deliveries.tables import State as Sending
from core.edxml import Status
from core.errors import NotAllowed, Permanent, WrongState
from core.incoming import drafts
from core.incoming.registration import require_reason
from core.incoming.tables import Incoming, State
from core.letters import Message
from core.office import name_on, office_date
from core.people import User
from core.rights import Right

_NO_SENDER = (
    "Không có ai để trả lại bằng thư: văn bản không đến bằng thư, hoặc thư do máy tự gửi. Trả theo đường bưu điện rồi "
    "bấm «Không cập nhật» và ghi lý do."
)
_GONE = "(đã gỡ cùng nội dung)"
# Whoever begins so stands above a department of a province, whatever the address book knows of it yet.
_ABOVE = (
    "bo ", "chinh phu", "thu tuong", "van phong chinh phu", "quoc hoi", "uy ban thuong vu quoc hoi",
    "van phong quoc hoi", "trung uong", "ban chap hanh", "uy ban nhan dan tinh", "uy ban nhan dan thanh pho",
    "hoi dong nhan dan tinh", "hoi dong nhan dan thanh pho", "tinh uy", "thanh uy", "van phong tinh uy",
    "van phong uy ban nhan dan tinh", "van phong hoi dong nhan dan", "van phong doan dai bieu", "doan dai bieu",
)  # fmt: skip

_WAITS = (DocumentReturn.is_agreed.is_(None), DocumentReturn.withdrawn_at.is_(None))
_COUNT = sa.select(sa.func.count()).select_from(DocumentReturn).where(*_WAITS)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A return that waits for a second person, with what he has to know."""

    id: int
    incoming_id: int
    reason: str
    asked_at: datetime
    asked_by: int
    who: str
    title: str
    issuer: str
    sender: str
    letter: str


def ask(
    session: Session, document: Incoming, reason: str, *, by: User, at: datetime, source: str = ""
) -> DocumentReturn:
    """Return a document to who sent it: a draft leaves the desk, an entry keeps its number. To a superior it goes only
    when a second person agrees; until then the document stays where it is.

    Raises NotAllowed without the right, WrongState unless it is a draft or an entry, or is returned already, Permanent
    without a reason or where nobody is there to whom it could go.
    """
    rights.require(by, Right.REGISTER)
    session.refresh(document, with_for_update=True)
    _require_state(document)
    reason = require_reason(reason)
    to = _sender_of(session, document)
    if standing(session, document.id) is not None:
        raise WrongState("Văn bản này đã trả lại nơi gửi, hoặc đang chờ lãnh đạo đồng ý.")
    made = DocumentReturn(incoming_id=document.id, reason=reason, asked_at=at, asked_by=by.id)
    session.add(made)
    if is_above(session, document, to, at=at):
        session.flush()
        events.record(
            session, "return_asked", "incoming", document.id, by=by.id, at=at, source=source,
            payload={"reason": reason},
        )  # fmt: skip
    else:
        made.is_agreed, made.decided_at = True, at
        _carry_out(session, document, made, by=by, at=at, source=source)
    return made


def decide(
    session: Session, made: DocumentReturn, words: str, *, is_agreed: bool, by: User, at: datetime, source: str = ""
) -> None:  # fmt: skip
    """The second person's word: agreed, or not, with the reason. Raises NotAllowed without the right or to who asked,
    WrongState where it is decided or the document has gone another way, Permanent without the reason."""
    rights.require(by, Right.AGREE_RETURNS)
    session.refresh(made, with_for_update=True)
    if made.is_agreed is not None or made.withdrawn_at is not None:
        raise WrongState("Việc trả lại này đã được quyết định hoặc đã rút.")
    if by.id == made.asked_by:
        raise NotAllowed("Người đề nghị trả lại không tự đồng ý được; cần một người khác.")
    document = session.get_one(Incoming, made.incoming_id, with_for_update=True)
    if is_agreed:
        _require_state(document)
    made.is_agreed, made.decided_at, made.decided_by = is_agreed, at, by.id
    made.answer = require_reason(words) if not is_agreed else " ".join(words.split())[:2000]
    if is_agreed:
        asker = session.get_one(User, made.asked_by)
        _carry_out(session, document, made, by=asker, at=at, source=source, agreed_by=by)
    else:
        session.flush()
        events.record(
            session, "return_refused", "incoming", document.id, by=by.id, at=at, source=source,
            payload={"reason": made.answer},
        )  # fmt: skip


def withdraw(session: Session, document: Incoming, *, by: User, at: datetime, source: str = "") -> None:
    """Call a return back: a nod is no longer waited for, a mail that has not left does not leave. Harmless without one.

    Raises NotAllowed without the right, WrongState where the sender has the mail, or may have it.
    """
    rights.require(by, Right.REGISTER)
    made = standing(session, document.id)
    if made is None:
        return
    if made.is_agreed:
        mail = session.scalars(sa.select(Delivery).where(Delivery.once_key == once_key(document.id))).first()
        if mail is not None and mail.state not in (Sending.WAITING, Sending.FAILED, Sending.CANCELLED):
            raise WrongState("Nơi gửi đã được báo trả lại, không rút được nữa. Gọi cho nơi gửi nếu báo nhầm.")
        if mail is not None and mail.state != Sending.CANCELLED:
            queueing.cancel(session, mail, by=by, at=at, source=source)
    made.withdrawn_at = at
    session.flush()
    events.record(session, "return_withdrawn", "incoming", document.id, by=by.id, at=at, source=source)


def once_key(incoming_id: int) -> str:
    """What names the one mail that returns a document."""
    return f"answer:{incoming_id}:{Status.RETURNED.value}"


def standing(session: Session, incoming_id: int) -> DocumentReturn | None:
    """The return of a document that waits or was carried out; None where there is none, or it was refused or called
    back."""
    stands = (DocumentReturn.withdrawn_at.is_(None), DocumentReturn.is_agreed.is_not(False))
    return session.scalars(sa.select(DocumentReturn).where(DocumentReturn.incoming_id == incoming_id, *stands)).first()


def waiting(session: Session) -> Sequence[Waiting]:
    """What waits for a second person, the oldest first."""
    query = (
        sa.select(DocumentReturn, Incoming, Message, User.full_name)
        .join(Incoming, Incoming.id == DocumentReturn.incoming_id)
        .join(Message, Message.id == Incoming.message_id)
        .join(User, User.id == DocumentReturn.asked_by)
        .where(*_WAITS)
        .order_by(DocumentReturn.asked_at, DocumentReturn.id)
    )
    return [
        Waiting(
            made.id, document.id, made.reason, made.asked_at, made.asked_by, who,
            " ".join(filter(None, (document.kind, document.code, document.subject))) or "(chưa đọc được)",
            document.issuer, message.sender_address, message.subject,
        )
        for made, document, message, who in session.execute(query)
    ]  # fmt: skip


def count(session: Session) -> int:
    """How many returns wait for a second person."""
    return session.scalar(_COUNT) or 0


def forget(session: Session, incoming_id: int) -> None:
    """Blank why a document was returned whose content is removed; what waits for a nod waits no more."""
    of_it = DocumentReturn.incoming_id == incoming_id
    session.execute(sa.update(DocumentReturn).where(of_it).values(reason=_GONE, answer=""))
    waits = (of_it, DocumentReturn.is_agreed.is_(None))
    session.execute(sa.update(DocumentReturn).where(*waits).values(is_agreed=False))


def is_above(session: Session, document: Incoming, to: Addressee, *, at: datetime) -> bool:
    """Whether who wrote or sent a document stands above the office, as far as names and the address book tell."""
    names = [(document.issuer, document.parent_issuer)]
    names += [(to.owner.name, to.owner.parent_name)] if to.owner else []
    office = name_on(session, office_date(at))
    for name, parent in names:
        if not name:
            continue
        plain = f"{plain_name(name)} "
        if plain.startswith(_ABOVE) or f"{plain_name(parent)} ".startswith("bo "):
            return True
        if office is not None and relation(name, parent, office.parent_name, "") is Relation.SAME:
            return True
    level = session.scalar(sa.select(Agency.level).where(Agency.id == to.owner.id)) if to.owner else None
    return level in (Level.CENTRE, Level.PARTY)


def _carry_out(
    session: Session, document: Incoming, made: DocumentReturn, *, by: User, at: datetime, source: str,
    agreed_by: User | None = None,
) -> None:  # fmt: skip
    if document.state == State.DRAFT:
        drafts.decline(session, document, f"Trả lại nơi gửi: {made.reason}"[:2000], by=by, at=at, source=source)
    session.flush()
    payload = {"reason": made.reason} | ({"asked_by": made.asked_by} if agreed_by is not None else {})
    who = agreed_by or by
    events.record(session, "returned", "incoming", document.id, by=who.id, at=at, source=source, payload=payload)


def _sender_of(session: Session, document: Incoming) -> Addressee:
    message = session.get(Message, document.message_id) if document.message_id is not None else None
    to = deciding.returned_to(session, message) if message is not None else None
    mails = sa.select(Delivery.id).where(Delivery.once_key == once_key(document.id), Delivery.kind == Kind.ANSWER)
    if to is None:
        raise Permanent(_NO_SENDER, field="reason")
    if session.execute(mails).first() is not None:
        raise WrongState("Nơi gửi đã được báo trả lại một lần; xem ở trang Gửi đi.")
    return to


def _require_state(document: Incoming) -> None:
    if document.removed_at is not None or document.state not in (State.DRAFT, State.REGISTERED):
        raise WrongState("Chỉ trả lại được văn bản chờ vào sổ hoặc đã vào sổ.")
