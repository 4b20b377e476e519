"""Trả lại nơi gửi: what came to the wrong office goes back with a reason, to a superior after a second person's nod
(Điều 21.2 NĐ 30)."""

import re
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
from core.answers.tables import AWAITS_NOD, DocumentReturn
from core.deliveries import queueing
from core.deliveries.tables import Delivery
from core.deliveries.tables import State as Sending
from core.errors import NotAllowed, Permanent, WrongState
from core.events import Fact
from core.incoming import recalled
from core.incoming.registration import LONGEST_REASON, move, require_reason
from core.incoming.tables import Act, Incoming, State
from core.letters import Message
from core.office import name_on, office_date
from core.people import User
from core.rights import Right

_NO_SENDER = (
    "Không có ai để trả lại bằng thư: văn bản không đến bằng thư, hoặc thư do máy tự gửi, hay không chắc ai gửi. Trả "
    "theo đường bưu điện rồi bấm «Không cập nhật» và ghi lý do."
)
_GONE = "(đã gỡ cùng nội dung)"
_TOLD = "Nơi gửi đã được báo trả lại, không rút được nữa. Gọi cho nơi gửi nếu báo nhầm."
_MAY_BE_TOLD = "Nơi gửi có thể đã được báo trả lại, "
_ON_ITS_WAY = _MAY_BE_TOLD + "không rút được nữa. Gọi cho nơi gửi nếu báo nhầm."
_TO_BE_ASKED = (
    _MAY_BE_TOLD + "chưa rút được. Hỏi nơi gửi: nếu chưa được báo thì hủy thư báo ở mục «Chưa rõ» của «Gửi đi» rồi rút."
)
NOTE = "may_be_returned"  # of a draft that was taken back
_MAY_BE_AGREED = (
    "Trước lần khôi phục dữ liệu, lãnh đạo có thể đã đồng ý và nơi gửi có thể đã được báo trả lại: chưa rút được. Hỏi "
    "nơi gửi rồi nói với lãnh đạo: đã được báo thì đồng ý; chưa được báo mà muốn rút thì trả lời không đồng ý."
)
# Of whom the name alone says that they stand no higher than a department of a province.
_NOT_ABOVE = re.compile(
    r"(?!.*\b(?:trung uong|quoc gia|toi cao|viet nam)\b)"
    r"(?:(?:so|chi cuc|trung tam|truong|benh vien|phong|tram|cong ty|hop tac xa)\b.*"
    r"|(?:uy ban nhan dan|hoi dong nhan dan|dang uy|cong an) (?:xa|phuong|thi tran|dac khu|huyen|thi xa)\b.*)"
)
_LEVELS_BELOW = (Level.DISTRICT, Level.COMMUNE, Level.OTHER)
_ABOVE_BY_PARENT = re.compile(r"(?:bo|chinh phu|trung uong|tinh uy|thanh uy)\b")

# Asked by each page of a leader: first which there are, mostly none, so that no plan goes through the register.
_OPEN = sa.select(DocumentReturn.id).where(*AWAITS_NOD, DocumentReturn.followed_at.is_(None))
# What has gone another way meanwhile waits no more.
_STILL_HERE = (Incoming.state.in_((State.DRAFT, State.REGISTERED)), Incoming.removed_at.is_(None))
_MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """A return that waits for a second person, with what he has to know (`may_be_told` as in `DocumentReturn`)."""

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
    may_be_told: bool


def ask(
    session: Session, document: Incoming, reason: str, *, by: User, at: datetime, source: str = "",
    own_address: str = "",
) -> DocumentReturn:  # fmt: skip
    """Return a document to who sent it, who is not we (`own_address`): a draft leaves the desk, an entry keeps its
    number. To a superior it goes only when a second person agrees; until then the document stays where it is.

    Raises NotAllowed without the right, WrongState unless it is a draft or an entry, or is returned already, Permanent
    without a reason or where nobody is there to whom it could go.
    """
    rights.require(by, Right.REGISTER)
    session.refresh(document, with_for_update=True)
    _require_state(document)
    reason = require_reason(reason)
    to = _sender_of(session, document, own_address)
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
        _carry_out(session, document, made, by=by, at=at, source=source)
    else:
        session.flush()
        events.record(
            session, "return_refused", "incoming", document.id, by=by.id, at=at, source=source,
            payload={"reason": made.answer},
        )  # fmt: skip


def withdraw(
    session: Session, document: Incoming, *, by: User, at: datetime, source: str = "", is_told_too: bool = False
) -> None:  # fmt: skip
    """Call a return back: a nod is no longer waited for, a mail that has not left does not leave. Harmless without one.

    Raises NotAllowed without the right, WrongState where the sender has the mail, or may have it, unless `is_told_too`:
    then the mail stays as it is; where there is none yet that shows the doubt, the event and a note of the draft do.
    """
    rights.require(by, Right.REGISTER)
    made = standing(session, document.id, is_locked=True)
    if made is None:
        return
    mails = _mails(session, made, is_locked=True)
    if hindrance := _hindrance(made, mails):
        if not is_told_too:
            raise WrongState(hindrance)
        mails = []
    payload = {"is_in_doubt": True} if is_in_doubt(made) else None
    if payload and NOTE not in document.notes:
        document.notes = [*document.notes, NOTE]
    made.withdrawn_at = at
    session.flush()
    facts = queueing.stop(session, mails, by=by, at=at)
    facts.append(Fact("return_withdrawn", "incoming", document.id, payload))
    events.record_many(session, facts, by=by.id, at=at, source=source)


def standing(session: Session, incoming_id: int, *, is_locked: bool = False) -> DocumentReturn | None:
    """The return of a document that waits or was carried out; None where there is none, or it was refused or called
    back. Nobody else decides about one that `is_locked`."""
    stands = (DocumentReturn.withdrawn_at.is_(None), DocumentReturn.is_agreed.is_not(False))
    query = sa.select(DocumentReturn).where(DocumentReturn.incoming_id == incoming_id, *stands)
    if is_locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).first()


def is_in_doubt(made: DocumentReturn) -> bool:
    """Whether a state of the office that a restore has lost may have told the sender of a return, and no mail stands
    among the uncertain yet by which a person could decide."""
    return made.may_be_told and made.is_agreed is not False and made.followed_at is None


def hindrance(session: Session, made: DocumentReturn) -> str:
    """Why a return can't be called back, and what to do instead, in a sentence; "" where it can."""
    return _hindrance(made, _mails(session, made))


def waiting(session: Session) -> Sequence[Waiting]:
    """What waits for a second person, the oldest first."""
    ids = session.scalars(_OPEN).all()
    if not ids:
        return []
    query = (
        sa.select(DocumentReturn, Incoming, Message, User.full_name)
        .join(Incoming, Incoming.id == DocumentReturn.incoming_id)
        .join(Message, Message.id == Incoming.message_id)
        .join(User, User.id == DocumentReturn.asked_by)
        .where(DocumentReturn.id.in_(ids), *_STILL_HERE)
        .order_by(DocumentReturn.asked_at, DocumentReturn.id)
        .limit(_MOST_SHOWN)
    )
    return [
        Waiting(
            made.id, document.id, made.reason, made.asked_at, made.asked_by, who,
            " ".join(filter(None, (document.kind, document.code, document.subject))) or "(chưa đọc được)",
            document.issuer, message.sender_address, message.subject, made.may_be_told,
        )
        for made, document, message, who in session.execute(query)
    ]  # fmt: skip


def count(session: Session) -> int:
    """How many returns wait for a second person."""
    ids = session.scalars(_OPEN).all()
    if not ids:
        return 0
    query = sa.select(sa.func.count()).select_from(DocumentReturn)
    query = query.join(Incoming, Incoming.id == DocumentReturn.incoming_id)
    return session.scalar(query.where(DocumentReturn.id.in_(ids), *_STILL_HERE)) or 0


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
    names += [(document.proposed["issuer"]["value"], document.parent_issuer)] if "issuer" in document.proposed else []
    named = [(name, parent) for name, parent in names if name]
    level = session.scalar(sa.select(Agency.level).where(Agency.id == to.owner.id)) if to.owner else None
    if to.owner and level in _LEVELS_BELOW and set(named) == {(to.owner.name, to.owner.parent_name)}:
        return False  # the book knows where it stands, and the document names no other
    office = name_on(session, office_date(at))
    return not named or any(_is_above(name, parent, office.parent_name if office else "") for name, parent in named)


def _is_above(name: str, parent: str, our_parent: str) -> bool:
    is_ours = bool(our_parent) and relation(name, parent, our_parent, "") is Relation.SAME
    return is_ours or not _NOT_ABOVE.fullmatch(plain_name(name)) or bool(_ABOVE_BY_PARENT.match(plain_name(parent)))


def _hindrance(made: DocumentReturn, mails: Sequence[Delivery]) -> str:
    if is_in_doubt(made):
        return _TO_BE_ASKED if made.is_agreed else _MAY_BE_AGREED
    left = [mail for mail in mails if _may_have_left(mail)]
    if not left:
        return ""
    if any(mail.state == Sending.SENT for mail in left):
        return _TOLD
    can_be_cancelled = all(mail.state == Sending.UNCERTAIN and mail.handed_at is None for mail in left)
    return _TO_BE_ASKED if can_be_cancelled else _ON_ITS_WAY


def _mails(session: Session, made: DocumentReturn, *, is_locked: bool = False) -> list[Delivery]:
    """The mail of a return, and those by which it was sent again to another address."""
    found: dict[int, Delivery] = {}
    wanted = [made.delivery_id] if made.delivery_id is not None else []
    while wanted:
        query = sa.select(Delivery).where(Delivery.id.in_(wanted))
        rows = session.scalars(query.with_for_update() if is_locked else query).all()
        found |= {row.id: row for row in rows}
        wanted = list(session.scalars(sa.select(Delivery.id).where(Delivery.corrects_id.in_(wanted))))
    return list(found.values())


def _may_have_left(mail: Delivery) -> bool:
    is_surely_not = mail.state in (Sending.WAITING, Sending.CANCELLED) and mail.handed_at is None
    return not (is_surely_not or mail.state == Sending.FAILED)


def _carry_out(
    session: Session, document: Incoming, made: DocumentReturn, *, by: User, at: datetime, source: str
) -> None:  # fmt: skip
    if document.state == State.DRAFT:
        move(document, Act.RETURN, by=by)
        document.closed_reason = f"Trả lại nơi gửi: {made.reason}"[:LONGEST_REASON]
        document.closed_at, document.closed_by = at, by.id
        recalled.answer(session, document, document.closed_reason, by_id=by.id, at=at)
    session.flush()
    payload = {"reason": made.reason} | ({"asked_by": made.asked_by} if made.asked_by != by.id else {})
    events.record(session, "returned", "incoming", document.id, by=by.id, at=at, source=source, payload=payload)


def _sender_of(session: Session, document: Incoming, own_address: str) -> Addressee:
    message = session.get(Message, document.message_id) if document.message_id is not None else None
    to = deciding.returned_to(session, message, own_address) if message is not None else None
    if to is None:
        raise Permanent(_NO_SENDER, field="reason")
    return to


def _require_state(document: Incoming) -> None:
    if document.removed_at is not None or document.state not in (State.DRAFT, State.REGISTERED):
        raise WrongState("Chỉ trả lại được văn bản chờ vào sổ hoặc đã vào sổ.")
