"""What becomes of a document answers those who asked for it back: kept with the request, found again by it."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.edxml import Kind
from core.exchange import PackageNotice
from core.incoming.matching import agrees
from core.incoming.tables import Incoming
from core.letters import Message

RECALLS = (PackageNotice.kind == Kind.RECALL,)
OPEN = (*RECALLS, PackageNotice.settled_at.is_(None))
_MOST = 50
# None for what a document does not bear: nothing equals that.
_NAMES = sa.or_(
    PackageNotice.document_id == sa.bindparam("exchange", type_=sa.String()),
    PackageNotice.code_key == sa.bindparam("key", type_=sa.String()),
)
_IS_NAMED = sa.select(PackageNotice.id).where(_NAMES).limit(1)  # most are named by none: one short question


def naming(
    session: Session, document: Incoming, *which: sa.ColumnElement[bool]
) -> list[tuple[PackageNotice, str]]:  # fmt: skip
    """Those notices of `which` that bear the document's DocumentId or number, each with its mail's sender."""
    has_number = any(letter.isdigit() for letter in document.code_key)
    borne = {"exchange": document.exchange_id or None, "key": document.code_key if has_number else None}
    if session.execute(_IS_NAMED, borne).first() is None:
        return []
    query = (
        sa.select(PackageNotice, Message.sender_address)
        .join(Message, Message.id == PackageNotice.message_id)
        .where(*which, _NAMES)
        .order_by(PackageNotice.id)
        .limit(_MOST)
    )
    return [(row[0], row[1]) for row in session.execute(query, borne)]


def answer(session: Session, document: Incoming, words: str, *, by_id: int | None, at: datetime) -> None:
    """Close the requests that surely mean a document which was left out, or whose number was voided."""
    for notice, _ in naming(session, document, *OPEN):
        if agrees(session, notice.about, notice.organ_name, document):
            notice.settled_at, notice.settled_by, notice.incoming_id = at, by_id, document.id
            notice.answer = words


def reopen(session: Session, document: Incoming) -> None:
    """Open again what `answer` had closed: the document is back."""
    closed = sa.select(PackageNotice).where(*RECALLS, PackageNotice.incoming_id == document.id)
    for notice in session.scalars(closed):
        notice.settled_at = notice.settled_by = notice.incoming_id = None
        notice.answer = ""


def answer_removed(
    session: Session, document: Incoming, *, forget: bool, by_id: int | None, at: datetime
) -> None:  # fmt: skip
    """The same for a document whose content is about to go: its row can not be found by them any more. With `forget`
    (a secret) they keep nothing that names or quotes it."""
    for notice, _ in naming(session, document, *RECALLS):
        if not agrees(session, notice.about, notice.organ_name, document):
            continue
        if notice.settled_at is None:
            notice.settled_at, notice.settled_by, notice.answer = at, by_id, "Đã gỡ nội dung"
        notice.incoming_id = document.id
        if forget:
            notice.document_id = notice.code = notice.code_key = notice.said = ""
            notice.issued_on = None
            session.get_one(Message, notice.message_id).reports = []
    session.flush()
