"""Which copy of a document the office has, and whether that counts as its original (Điều 5, Điều 6 NĐ 30)."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from core import events
from core.errors import NotAllowed, WrongState
from core.incoming.tables import Incoming, State
from core.people import Role, User


class Copy(StrEnum):
    """What the document's main file is."""

    SIGNED = "signed"  # signed by who may, and by the office: as good as the original
    UNSEALED = "unsealed"  # signed, the office's own signature is missing
    UNSIGNED = "unsigned"  # text without a signature that stands
    SCAN = "scan"  # a picture of paper
    PAPER = "paper"


COPY_NAMES = {
    Copy.SIGNED: "bản điện tử đủ chữ ký số",
    Copy.UNSEALED: "bản điện tử thiếu chữ ký số của cơ quan",
    Copy.UNSIGNED: "bản điện tử chưa ký số",
    Copy.SCAN: "bản quét",
    Copy.PAPER: "bản giấy",
}
_ORIGINALS = (Copy.SIGNED, Copy.PAPER)
_ELECTRONIC = (Copy.SIGNED, Copy.UNSEALED, Copy.UNSIGNED, Copy.SCAN)
_LACKING = (Copy.UNSEALED, Copy.UNSIGNED, Copy.SCAN)


def lacks_original() -> sa.ColumnElement[bool]:
    """The rule of SQL for entries of which neither their own letter nor one joined to them brought the original."""
    other = aliased(Incoming)
    brought = sa.exists().where(other.merged_into_id == Incoming.id, other.copy.in_(_ORIGINALS))
    return sa.and_(Incoming.state == State.REGISTERED, Incoming.copy.in_(_LACKING), ~brought)


def is_lacking(session: Session, document: Incoming) -> bool:
    """Whether `document` is such an entry (chưa có bản chính)."""
    if document.copy not in _LACKING:
        return False
    return session.scalar(sa.select(Incoming.id).where(Incoming.id == document.id, lacks_original())) is not None


def judge_again(
    session: Session, document: Incoming, signed: Copy | None, *, is_picture: bool, at: datetime
) -> None:  # fmt: skip
    """The signatures of the document's main file were judged again and make `signed` of it, or nothing: then it is
    text, or a picture. What a person has said stays, and so does what is no longer in work."""
    if document.copy not in _ELECTRONIC or document.state not in (State.DRAFT, State.REGISTERED):
        return
    copy = signed or (Copy.SCAN if is_picture or document.copy == Copy.SCAN else Copy.UNSIGNED)
    if copy == document.copy:
        return
    payload = {"was": document.copy, "now": copy.value}
    document.copy = copy  # nobody types it: the version stays, so that nothing is taken from who has it open
    session.flush()
    events.record(session, "copy_judged", "incoming", document.id, by=None, at=at, payload=payload)


def take_paper(session: Session, document: Incoming, *, by: User, at: datetime, source: str = "") -> None:
    """The original of an entry has come on paper. Raises NotAllowed, WrongState unless an entry lacks it."""
    if Role.CLERK not in by.roles:
        raise NotAllowed("Chỉ văn thư được ghi nhận bản giấy.")
    if not is_lacking(session, document):
        raise WrongState("Văn bản này không thiếu bản chính.")
    was = document.copy
    document.copy = Copy.PAPER
    document.version += 1
    session.flush()
    payload = {"was": was}
    events.record(session, "paper_taken", "incoming", document.id, by=by.id, at=at, source=source, payload=payload)
