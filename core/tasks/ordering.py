"""Orders that documents go straight to their handler: given, tried on what was entered, ended (Điều 23.1 NĐ 30)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import events
from core.agencies.known import NOBODY, known
from core.delegations import authority
from core.errors import NotAllowed, Permanent, WrongState
from core.incoming.tables import Incoming
from core.incoming.tables import State as EntryState
from core.incoming.values import LENGTHS, read_day
from core.office import office_date
from core.people import User
from core.tasks import parties, transfers
from core.tasks.directing import text_of
from core.tasks.parties import Party
from core.tasks.tables import FORM_NAMES, Form, Task, TransferOrder
from core.text import squeeze

MOST_LETTERS = 500
MOST_DAYS = 90
_LONGEST_BASIS, _LONGEST_WORDS = 300, 200
NOT_GIVEN = "Chưa giao"
_AMBIGUOUS = "Danh bạ có nhiều cơ quan tên này. Ghi thêm cơ quan cấp trên sau dấu phẩy: «UBND xã Tân Hòa, UBND tỉnh …»."
_LATEST = (
    sa.select(Incoming, Task)
    .join(Task, Task.incoming_id == Incoming.id, isouter=True)
    .where(Incoming.state == EntryState.REGISTERED, Incoming.removed_at.is_(None))
    .order_by(Incoming.registered_at.desc(), Incoming.id.desc())
    .limit(MOST_LETTERS)
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """An order as typed. `lead` is who leads, or with `Form.FOR_INFORMATION` who is to know, None for nobody."""

    basis: str
    form: Form
    lead: Party | None
    kind: str = ""
    issuer: str = ""
    words: str = ""
    is_urgent_too: bool = False
    days: str = ""
    instruction: str = ""
    starts_on: str = ""
    ends_on: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """What an order would have done with the last `letters` entries: it takes `caught` of them. `same` went where it
    sends them, `elsewhere` did not, `waiting` were given to nobody yet; `went` says where the given ones went, the
    most first. `contradicted` would have waited after all: another order that runs sends them elsewhere."""

    letters: int
    caught: int
    same: int
    elsewhere: int
    waiting: int
    went: tuple[tuple[str, int], ...]
    contradicted: int


def order(session: Session, wanted: Wanted, *, by: User, at: datetime, source: str = "") -> TransferOrder:
    """Give an order, which runs from its first day on. The same again is harmless: the one that runs is returned.

    Raises NotAllowed unless `by` may approve today, Permanent naming the field that can't be.
    """
    made_for = approves_for(session, by, at)
    row = _read(session, wanted, at=at)
    known_row = next((one for one in not_over(session, on=office_date(at)) if _says(one) == _says(row)), None)
    if known_row is not None:
        return known_row
    row.made_by, row.made_at, row.made_for = by.id, at, made_for
    session.add(row)
    session.flush()
    payload = {
        "basis": row.basis, "kind": row.kind, "agency": row.agency_id, "issuer": row.issuer, "words": row.words,
        "is_urgent_too": row.is_urgent_too, "form": row.form, "lead": wanted.lead.key if wanted.lead else "",
        "days": row.days, "instruction": row.instruction, "starts_on": row.starts_on.isoformat(),
        "ends_on": row.ends_on.isoformat() if row.ends_on else "",
    }  # fmt: skip
    events.record(
        session, "transfer_ordered", "transfer_order", row.id, by=by.id, at=at, source=source, payload=payload,
        for_id=made_for,
    )  # fmt: skip
    return row


def end(session: Session, row: TransferOrder, *, by: User, at: datetime, source: str = "") -> None:
    """End an order at once; what went out by it stays where it is. Raises NotAllowed unless `by` may approve today,
    WrongState when it has ended."""
    made_for = approves_for(session, by, at)
    if is_over(row, on=office_date(at)):
        raise WrongState("Lệnh này đã hết hiệu lực.")
    row.ended_at, row.ended_by = at, by.id
    session.flush()
    events.record(
        session, "transfer_order_ended", "transfer_order", row.id, by=by.id, at=at, source=source, for_id=made_for
    )


def is_over(row: TransferOrder, *, on: date) -> bool:
    """Whether an order is ended, or its last day lies before the office's day `on`."""
    return row.ended_at is not None or (row.ends_on is not None and row.ends_on < on)


def not_over(session: Session, *, on: date) -> Sequence[TransferOrder]:
    """The orders that run on the office's day `on` or will, the first made first."""
    goes_on = sa.or_(TransferOrder.ends_on.is_(None), TransferOrder.ends_on >= on)
    query = sa.select(TransferOrder).where(TransferOrder.ended_at.is_(None), goes_on).order_by(TransferOrder.id)
    return session.scalars(query).all()


def try_out(session: Session, wanted: Wanted, *, by: User, at: datetime) -> Trial:
    """What an order would have done with the latest entries; nothing is kept. Raises as `order` does."""
    approves_for(session, by, at)
    row = _read(session, wanted, at=at)
    conditions = transfers.conditions_of(row, row.agency_id)
    aim, today = transfers.aim_of(row), office_date(at)
    others = [one for one in transfers.running(session, on=today) if transfers.aim_of(one.order) != aim]
    rows = session.execute(_LATEST).all()
    meant = known(session, {(one.Incoming.issuer, one.Incoming.parent_issuer) for one in rows})
    names, went, caught, same, contradicted = parties.names(session), Counter[str](), 0, 0, 0
    for document, task in rows:
        its = meant.get((document.issuer, document.parent_issuer), NOBODY)
        if not conditions.take(document, its):
            continue
        caught += 1
        went[_where(task, names)] += 1
        same += _is_there(task, row)
        contradicted += any(one.conditions.take(document, its) for one in others)
    waiting = went.pop(NOT_GIVEN, 0)
    return Trial(
        len(rows), caught, same, caught - same - waiting, waiting,
        tuple(sorted(went.items(), key=lambda one: (-one[1], one[0]))), contradicted,
    )  # fmt: skip


def approves_for(session: Session, by: User, at: datetime) -> int | None:
    """The Director for whom `by` approves today, None for himself. Raises NotAllowed for who may not approve."""
    director = authority(session, by, on=office_date(at)).approves_for
    if director is None:
        raise NotAllowed("Giám đốc, hoặc người được ủy quyền duyệt trong ngày, ra lệnh chuyển thẳng.")
    return director if director != by.id else None


def _read(session: Session, wanted: Wanted, *, at: datetime) -> TransferOrder:
    """The order that the form says, not yet kept."""
    basis, kind, issuer, words = map(squeeze, (wanted.basis, wanted.kind, wanted.issuer, wanted.words))
    if len(basis) < 3:
        raise Permanent("Ghi căn cứ, ví dụ: Điều 12 Quy chế làm việc.", field="basis")
    longest = {"basis": _LONGEST_BASIS, "kind": LENGTHS["kind"], "issuer": LENGTHS["issuer"], "words": _LONGEST_WORDS}
    for field, text in (("basis", basis), ("kind", kind), ("issuer", issuer), ("words", words)):
        if len(text) > longest[field]:
            raise Permanent(f"Dài quá {longest[field]} ký tự, xin rút gọn.", field=field)
    if words and not transfers.plain_words(words):
        raise Permanent("Ghi ít nhất một chữ của trích yếu.", field="words")
    if not (kind or issuer or words):
        raise Permanent(
            "Chọn ít nhất một điều kiện: tên loại, cơ quan ban hành hoặc chữ trong trích yếu.", field="kind"
        )
    starts_on, ends_on = _days_of(wanted, at=at)
    if wanted.lead is not None:
        parties.check(session, wanted.lead, field="lead")
    elif wanted.form is not Form.FOR_INFORMATION:
        raise Permanent("Chọn một phòng hoặc một người chủ trì.", field="lead")
    lead = wanted.lead or Party()
    return TransferOrder(
        basis=basis, kind=kind, agency_id=_agency(session, issuer), issuer=issuer, words=words,
        is_urgent_too=wanted.is_urgent_too, form=wanted.form.value, lead_division_id=lead.division_id,
        lead_user_id=lead.user_id, days=_working_days(wanted), instruction=text_of(wanted.instruction),
        starts_on=starts_on, ends_on=ends_on,
    )  # fmt: skip


def _agency(session: Session, issuer: str) -> int | None:
    """The agency of the address book that the name means, alone or before a comma and its parent's; None where the
    book has none so called."""
    name, _, parent = (part.strip() for part in issuer.rpartition(","))
    asked = [(issuer, ""), (name, parent)]
    found = known(session, asked)
    meant = [found[one].ids for one in asked if one in found and found[one].ids]
    if any(len(ids) > 1 for ids in meant[:1]):
        raise Permanent(_AMBIGUOUS, field="issuer")
    return next(iter(meant[0])) if meant else None


def _days_of(wanted: Wanted, *, at: datetime) -> tuple[date, date | None]:
    today = office_date(at)
    starts_on = read_day(wanted.starts_on, field="starts_on") if wanted.starts_on.strip() else today
    ends_on = read_day(wanted.ends_on, field="ends_on") if wanted.ends_on.strip() else None
    if starts_on < today:
        raise Permanent("Lệnh có hiệu lực từ hôm nay trở đi.", field="starts_on")
    if ends_on is not None and ends_on < starts_on:
        raise Permanent("Ngày cuối phải từ ngày đầu trở đi.", field="ends_on")
    return starts_on, ends_on


def _working_days(wanted: Wanted) -> int | None:
    typed = wanted.days.strip()
    if not typed or wanted.form is Form.FOR_INFORMATION:
        return None
    if not (typed.isascii() and typed.isdigit()) or not 1 <= int(typed[:4]) <= MOST_DAYS:
        raise Permanent(f"Số ngày làm việc từ 1 đến {MOST_DAYS}, hoặc để trống.", field="days")
    return int(typed)


def _says(row: TransferOrder) -> tuple[object, ...]:
    return (
        row.basis, row.kind, row.agency_id, row.issuer, row.words, row.is_urgent_too, row.form, row.lead_division_id,
        row.lead_user_id, row.days, row.instruction, row.starts_on, row.ends_on,
    )  # fmt: skip


def _where(task: Task | None, names: dict[str, str]) -> str:
    if task is None or not task.form:
        return NOT_GIVEN
    if task.form == Form.FOR_INFORMATION:
        return FORM_NAMES[Form.FOR_INFORMATION]
    division = names.get(f"d{task.lead_division_id}", "")
    return division or names.get(f"u{task.handler_id}", NOT_GIVEN)


def _is_there(task: Task | None, row: TransferOrder) -> bool:
    """Whether the task has the form of handling and the lead that the order gives."""
    if task is None or not task.form:
        return False
    if row.form == Form.FOR_INFORMATION or task.form == Form.FOR_INFORMATION:
        return row.form == task.form
    if row.lead_user_id is not None:
        return task.handler_id == row.lead_user_id
    return task.lead_division_id == row.lead_division_id
