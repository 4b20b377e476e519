"""Thu hồi: what senders ask back by a package. Proposed to people, never done by the program (Điều 18.4 NĐ 30)."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import events
from core.edxml import Kind
from core.errors import Permanent, WrongState
from core.exchange import PackageNotice
from core.incoming.matching import Match, agrees, find
from core.incoming.recalled import OPEN, naming
from core.incoming.registration import require_reason
from core.incoming.tables import Incoming, State
from core.letters import Message
from core.people import User
from core.rights import Right, may, require

MOST_SHOWN = 50
_LONGEST_REASON = 500
_DONE = (State.DECLINED, State.VOIDED)


@dataclass(frozen=True, slots=True)
class Recall:
    """One request to give a document back; `sender` is the mail's address, `matches` the documents of ours it means."""

    id: int
    organ: str
    sender: str
    words: str
    said: str
    noted_at: datetime
    matches: tuple[Match, ...]


def open_recalls(session: Session, user: User, *, limit: int = MOST_SHOWN) -> list[Recall]:
    """The requests that nobody has answered and whose documents, where they came, are still here; the oldest first.

    Raises NotAllowed unless the person is a clerk or may remove contents.
    """
    if not may(user, Right.REMOVE_CONTENT):
        require(user, Right.REGISTER)
    found = []
    query = (
        sa.select(PackageNotice, Message.sender_address)
        .join(Message, Message.id == PackageNotice.message_id)
        .where(*OPEN)
        .order_by(PackageNotice.id)
    )
    for notice, sender in session.execute(query.limit(10 * limit)):
        matches = find(session, notice.about, notice.organ_name)
        if matches and all(match.document.state in _DONE for match in matches):
            continue
        found.append(_recall(notice, sender, tuple(matches)))
        if len(found) == limit:
            break
    return found


def recalls_of(session: Session, document: Incoming) -> list[Recall]:
    """The open requests that mean this document. The caller checks the right to read it."""
    if document.removed_at is not None or document.state in _DONE:
        return []
    return [
        _recall(notice, sender, (Match(document, sure),))
        for notice, sender in naming(session, document, *OPEN)
        if (sure := agrees(session, notice.about, notice.organ_name, document)) is not None
    ]


def settle(session: Session, notice_id: int, reason: str, *, by: User, at: datetime, source: str = "") -> None:
    """Khép lại: close a request without removing anything, for this reason.

    Raises NotAllowed unless `by` is a clerk, WrongState when it is closed already, Permanent without a reason.
    """
    require(by, Right.REGISTER)
    reason = require_reason(reason)
    if len(reason) > _LONGEST_REASON:
        raise Permanent(f"Lý do dài quá {_LONGEST_REASON} ký tự, xin rút gọn.")
    notice = session.get(PackageNotice, notice_id, with_for_update=True)
    if notice is None or notice.kind != Kind.RECALL:
        raise Permanent("Không có yêu cầu thu hồi này.")
    if notice.settled_at is not None:
        raise WrongState("Yêu cầu thu hồi này đã khép lại.")
    notice.settled_at, notice.settled_by, notice.answer = at, by.id, reason
    session.flush()
    payload = {"reason": reason}
    events.record(
        session, "recall_settled", "package_notice", notice.id, by=by.id, at=at, source=source, payload=payload
    )  # fmt: skip


def _recall(notice: PackageNotice, sender: str, matches: tuple[Match, ...]) -> Recall:
    organ = notice.organ_name or notice.organ_id
    return Recall(notice.id, organ, sender, notice.about.in_words, notice.said, notice.noted_at, matches)
