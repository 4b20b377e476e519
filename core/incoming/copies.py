"""Which copy of a document the office has, and whether that counts as its original (Điều 5, Điều 6 NĐ 30)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

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
LACKING = (Copy.UNSEALED, Copy.UNSIGNED, Copy.SCAN)  # chưa có bản chính


def take_paper(session: Session, document: Incoming, *, by: User, at: datetime, source: str = "") -> None:
    """The original of an entry has come on paper. Raises NotAllowed, WrongState unless an entry lacks it."""
    if Role.CLERK not in by.roles:
        raise NotAllowed("Chỉ văn thư được ghi nhận bản giấy.")
    if document.state != State.REGISTERED or document.copy not in LACKING:
        raise WrongState("Văn bản này không thiếu bản chính.")
    was = document.copy
    document.copy = Copy.PAPER
    document.version += 1
    session.flush()
    payload = {"was": was}
    events.record(session, "paper_taken", "incoming", document.id, by=by.id, at=at, source=source, payload=payload)
