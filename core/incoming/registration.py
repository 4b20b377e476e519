"""Entering a document in the register, and voiding an entry (Quy chế 63, Chương II, Điều 5.3; Điều 22 NĐ 30)."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import events, registers
from core.agencies import feeding
from core.db import CHANGED
from core.errors import NotAllowed, Permanent, WrongState
from core.events import Fact
from core.evidence import Evidence
from core.incoming import recalled, relations
from core.incoming.links import NO_FILE_SENTENCE, is_missing
from core.incoming.tables import STATE_NAMES, TRANSITIONS, Act, Incoming, State
from core.learning import teaching
from core.people import User
from core.registers import Book, BookCheck, Series
from core.tasks import submitting, transfers
from core.text import squeeze

LONGEST_REASON = 2000
UNSURE_BELOW = 0.7  # a proposed value less probable than this must be looked at before the number is taken
REQUIRED = {
    "code": "Thiếu số, ký hiệu. Văn bản không có số thì ghi «không số».",
    "issued_on": "Thiếu ngày tháng văn bản. Nhập theo dạng ngày/tháng/năm, ví dụ 05/01/2026.",
    "issuer": "Thiếu cơ quan ban hành.",
    "kind": "Thiếu tên loại văn bản. Chọn trong danh sách.",
    "subject": "Thiếu trích yếu nội dung.",
}


def register(
    session: Session, document: Incoming, *, by: User, at: datetime, source: str = "",
    looked_at: Collection[str] = (),
) -> int:  # fmt: skip
    """Enter a drafted document in the register and return its arrival number (số đến).

    Numbers run without gaps within the office-time year of `at` (timezone-aware). `looked_at` names the
    unsure fields that the clerk has looked at. The entries that its package replaces or updates are linked with it,
    and it is laid before the Director, or goes straight where an order of his says.
    Raises NotAllowed unless `by` is a clerk, WrongState unless the document is a draft, Permanent (naming the field)
    when a required field is empty or an unsure one was not looked at.
    """
    book = session.get_one(Book, document.book_id)
    check_complete(document, looked_at=looked_at)
    may_move(document, Act.REGISTER, by=by)
    teaching.learn(session, document, by=by, at=at)
    seen = feeding.see(session, document, by=by, at=at)
    number, day = registers.next_number(session, book, at=at)
    move(document, Act.REGISTER, by=by)
    document.arrival_number, document.year, document.arrived_on = number, day.year, day
    document.registered_at, document.registered_by = at, by.id
    task = submitting.begin(session, document.id, by=by, at=at)
    session.flush()
    payload = {"number": number, "year": day.year, "book": book.code}
    registered = Fact("registered", "incoming", document.id, payload)
    sent = transfers.follow(session, task, document, by=by, at=at)
    facts = [*seen, registered, *sent, *relations.link(session, document, at=at)]
    events.record_many(session, facts, by=by.id, at=at, source=source)
    return number


def void(session: Session, document: Incoming, reason: str, *, by: User, at: datetime, source: str = "") -> None:
    """Void a register entry: the row stays printed with its number and the reason; the number is not reused.

    Raises NotAllowed unless `by` is a clerk, WrongState unless it is registered, Permanent without a reason.
    """
    reason = require_reason(reason)
    move(document, Act.VOID, by=by)
    document.closed_reason, document.closed_at, document.closed_by = reason, at, by.id
    recalled.answer(session, document, reason, by_id=by.id, at=at)
    feeding.unsee(session, document)
    payload = {"number": document.arrival_number, "year": document.year, "reason": reason}
    facts = [Fact("voided", "incoming", document.id, payload), *submitting.withdraw(session, document.id)]
    session.flush()
    events.record_many(session, facts, by=by.id, at=at, source=source)


def unsure_fields(document: Incoming) -> set[str]:
    """Fields whose proposed value stands unchanged in the document and is not sure enough to pass unseen."""
    return unsure_values(document.proposed, document)


def unsure_values(proposed: Mapping[str, Any], values: object) -> set[str]:
    """`unsure_fields` of a document or of a row read from its table: `values` has the fields as attributes."""
    unsure = set()
    for field, stored in proposed.items():
        evidence = Evidence.from_json(stored)
        if evidence.confidence < UNSURE_BELOW and as_text(values, field) == squeeze(evidence.value):
            unsure.add(field)
    return unsure


def check_complete(document: Incoming, *, looked_at: Collection[str] = ()) -> None:
    """Raise Permanent, naming the first field, unless everything the register needs is there and was seen.

    The document's file is no field: where it is missing, no field is named.
    """
    if is_missing(document.notes):
        raise Permanent(NO_FILE_SENTENCE)
    for field, sentence in REQUIRED.items():
        if not getattr(document, field):
            raise Permanent(sentence, field=field)
    unseen = unsure_fields(document) - set(looked_at)
    if unseen:
        first = next((field for field in document.proposed if field in unseen), min(unseen))
        raise Permanent("Giá trị này máy chưa chắc. Xem lại trên trang văn bản rồi vào sổ.", field=first)


def move(document: Incoming, act: Act, *, by: User | None) -> None:
    """Follow one transition of the state table; `by` None is the program. Raises WrongState or NotAllowed."""
    document.state = may_move(document, act, by=by)
    document.version += 1


def may_move(document: Incoming, act: Act, *, by: User | None) -> State:
    """The state an act leads to. Raises WrongState or NotAllowed when it may not be done."""
    transition = TRANSITIONS.get((State(document.state), act))
    if transition is None:
        number = f", số đến {document.arrival_number}" if document.arrival_number else ""
        raise WrongState(f"Văn bản này đang ở trạng thái «{STATE_NAMES[State(document.state)]}»{number}.")
    target, roles = transition
    if by is not None and not by.roles & roles:
        raise NotAllowed("Chỉ văn thư được làm việc này.")
    return target


def check_version(document: Incoming, version: int) -> None:
    """Raise WrongState when the document has changed since `version` was shown (C16)."""
    if document.version != version:
        raise WrongState(CHANGED)


def require_reason(reason: str) -> str:
    """The reason without surrounding blanks. Raises Permanent when it says nothing."""
    reason = " ".join(reason.split())
    if len(reason) < 3:
        raise Permanent("Ghi rõ lý do (ít nhất 3 ký tự).", field="reason")
    if len(reason) > LONGEST_REASON:
        raise Permanent(f"Lý do dài quá {LONGEST_REASON} ký tự, xin rút gọn.", field="reason")
    return reason


def check_book(session: Session, book: Book, year: int) -> BookCheck | None:
    """ "Kiểm tra sổ" for one year of an incoming book; None when that year was never opened."""
    series = session.get(Series, (book.id, year))
    if series is None:
        return None
    in_book = (Incoming.book_id == book.id, Incoming.year == year)
    numbers = session.scalars(sa.select(Incoming.arrival_number).where(*in_book)).all()
    voided = sa.select(sa.func.count()).where(*in_book, Incoming.state == State.VOIDED)
    present = [number for number in numbers if number is not None]
    return registers.check_numbers(series, present, session.execute(voided).scalar_one())


def as_text(values: object, field: str) -> str:
    """A field of a document or of its row as evidence writes it: "" when empty, dates in ISO."""
    value = getattr(values, field, None)
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)
