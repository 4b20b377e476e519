"""What a document answers and what answers it (B7): from the code it names to the entry that bears it, both ways.

Asked when a page is shown: an entry of a minute ago is linked at once. Documents that the office sent out will be found
here as soon as they have a table of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import events
from core.errors import NotAllowed, WrongState
from core.evidence import Evidence
from core.incoming.tables import Incoming, State
from core.notation import parse_date
from core.people import Role, User
from core.rights import readable

_MOST = 20
_COLUMNS = (
    Incoming.id, Incoming.state, Incoming.code, Incoming.issuer, Incoming.subject, Incoming.issued_on,
    Incoming.arrival_number, Incoming.arrived_on,
)  # fmt: skip

# What answers a document, one index each; most are answered by nothing, and that is one short question.
_CHOSEN = sa.and_(Incoming.answers_id == sa.bindparam("answered"), Incoming.answers_id.is_not(None))
_NAMED = sa.and_(Incoming.reply_key == sa.bindparam("key"), Incoming.reply_key != "", Incoming.answers_id.is_(None))
_IS_ANSWERED = sa.union_all(sa.select(Incoming.id).where(_CHOSEN), sa.select(Incoming.id).where(_NAMED)).limit(1)


@dataclass(frozen=True, slots=True)
class Linked:
    """A document at one end of a link; `arrival_number` and `arrived_on` are None for a draft."""

    id: int
    code: str
    issuer: str
    subject: str
    issued_on: date | None
    arrival_number: int | None
    arrived_on: date | None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a document answers: the code as it says it, the entry that this is, or several that it may be.

    `answered` is None where no such entry is known or several are and nobody has chosen; `is_chosen` when a person did.
    """

    code: str
    answered: Linked | None
    choices: tuple[Linked, ...]
    is_chosen: bool


def reply_of(session: Session, user: User, document: Incoming) -> Reply | None:
    """What a document answers; None where it names nothing. Of entries that the person may read."""
    if not document.in_reply_to:
        return None
    known = _answered_by(session, document, user)
    chosen = next((one for one in known if one.id == document.answers_id), None)
    answered = chosen or (known[0] if len(known) == 1 else None)
    return Reply(document.in_reply_to, answered, known if len(known) > 1 else (), chosen is not None)


def replies_to(session: Session, user: User, document: Incoming) -> list[Linked]:
    """Entries and drafts that answer an entry, the oldest first: those that could mean another too are left out."""
    whose = {"answered": document.id, "key": document.code_key}
    if session.execute(_IS_ANSWERED, whose).first() is None:
        return []
    found: dict[int, Incoming] = {}
    for which in (_CHOSEN, _NAMED):
        query = sa.select(Incoming).where(which, Incoming.state.in_((State.DRAFT, State.REGISTERED)), readable(user))
        found |= {one.id: one for one in session.scalars(query.order_by(Incoming.id).limit(_MOST), whose)}
    return [_linked(one) for one in found.values() if _means(session, one, document)]


def choose(
    session: Session, document: Incoming, answered_id: int | None, *, by: User, at: datetime, source: str = "",
) -> None:  # fmt: skip
    """Say which of several entries a document answers; None leaves it open again.

    Harmless when it is so. Raises NotAllowed, WrongState where that entry does not bear the code.
    """
    if Role.CLERK not in by.roles:
        raise NotAllowed("Chỉ văn thư được ghi văn bản trả lời cho văn bản nào.")
    if document.answers_id == answered_id:
        return
    if answered_id is not None and answered_id not in {one.id for one in _answered_by(session, document, by)}:
        raise WrongState("Văn bản đã chọn không mang số, ký hiệu ấy. Tải lại trang rồi chọn lại.")
    document.answers_id = answered_id
    document.version += 1
    session.flush()
    payload = {"other": answered_id}
    events.record(session, "reply_chosen", "incoming", document.id, by=by.id, at=at, source=source, payload=payload)


def _means(session: Session, document: Incoming, answered: Incoming) -> bool:
    if document.answers_id is not None:
        return document.answers_id == answered.id
    return [one.id for one in _answered_by(session, document, None)] == [answered.id]


def _answered_by(session: Session, document: Incoming, user: User | None) -> tuple[Linked, ...]:
    """Entries with the code that it names, none issued after it; of the day that it quotes beside the code, if any."""
    if not document.reply_key:
        return ()
    query = sa.select(*_COLUMNS).where(
        Incoming.code_key == document.reply_key, Incoming.code_key != "", Incoming.state == State.REGISTERED,
        Incoming.id != document.id, readable(user) if user is not None else sa.true(),
    )  # fmt: skip
    if document.issued_on is not None:
        query = query.where(sa.or_(Incoming.issued_on <= document.issued_on, Incoming.issued_on.is_(None)))
    rows = session.execute(query.order_by(Incoming.issued_on.desc(), Incoming.id.desc()).limit(_MOST)).all()
    quoted = _quoted_day(document)
    of_day: Sequence[Any] = [row for row in rows if quoted is not None and row.issued_on == quoted]
    return tuple(_linked(row) for row in of_day or rows)


def _quoted_day(document: Incoming) -> date | None:
    stored = document.proposed.get("in_reply_to")
    if stored is None or Evidence.from_json(stored).value != document.in_reply_to:
        return None
    return parse_date(Evidence.from_json(stored).text)


def _linked(row: Any) -> Linked:
    return Linked(row.id, row.code, row.issuer, row.subject, row.issued_on, row.arrival_number, row.arrived_on)
