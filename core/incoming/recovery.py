"""After a restore: one of two named persons says which số đến was given last, before the next is given."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import administration, events, registers
from core.confirmers import FACT, confirmers, who_confirms
from core.errors import NotAllowed, Permanent, WrongState
from core.incoming.tables import Incoming, Origin, State
from core.office import OfficeFact, office_date, office_moment
from core.people import Role, User
from core.registers import Book, Direction

MOST_LOST = 2000  # numbers given in a day or two; more is a typing error


def name_confirmers(session: Session, persons: Sequence[User], *, at: datetime, by: User | None = None) -> None:
    """Name the two persons who may confirm numbers after a restore. Raises Permanent unless they are two."""
    names = sorted({person.username for person in persons})
    if len(names) != 2:
        raise Permanent("Cần đúng hai người: một người và một người thay khi vắng.")
    fact = session.get(OfficeFact, FACT)
    if fact is None:
        session.add(OfficeFact(name=FACT, value={"usernames": names}))
    else:
        fact.value = {"usernames": names}
    session.flush()
    events.record(
        session, "confirmers_named", "office", None, by=by.id if by else None, at=at, payload={"usernames": names}
    )  # fmt: skip


def name_by_username(session: Session, usernames: Sequence[str], *, at: datetime) -> str:
    """`name_confirmers` from the command line; returns what to say. Raises Permanent for an unknown name."""
    name_confirmers(session, [administration.user(session, name) for name in usernames], at=at)
    return f"Sau khi khôi phục, {' hoặc '.join(usernames)} xác nhận số cuối cùng đã cấp."


def may_confirm(session: Session, by: User) -> bool:
    """Whether this person may confirm: one of the two named; any clerk where nobody was named."""
    names = confirmers(session)
    return by.username in names if names else Role.CLERK in by.roles


def last_known(session: Session, book: Book, *, at: datetime) -> int:
    """The last number of the office's year that the restored book knows (0: none)."""
    series = session.get(registers.Series, (book.id, office_date(at).year))
    return series.next_number - 1 if series is not None else 0


def confirm_last_number(
    session: Session, book: Book, last: int, *, by: User, at: datetime, source: str = ""
) -> list[int]:  # fmt: skip
    """Confirm `last` as the last number given in the year of `at`, and let the book give numbers again.

    Numbers above what the restored book knows were given after the backup and their entries are lost: each gets
    a voided line that says so, and they are returned. Raises NotAllowed unless `by` is one of the named persons,
    WrongState unless the book waits, Permanent when `last` is below what the book knows or far above it.
    """
    if not may_confirm(session, by):
        raise NotAllowed(f"Chỉ {who_confirms(session)} xác nhận số cuối sau khi khôi phục.")
    # Locked, so that two persons confirming at once don't both write the lost numbers.
    session.refresh(book, with_for_update=True)
    if book.waits_since is None:
        raise WrongState(f"{book.name} không chờ xác nhận số.")
    series = registers.series_to_go_on(session, book, at=at)
    known = series.next_number - 1
    if last < known:
        raise Permanent(f"Bản khôi phục đã có số {known}; số cuối không thể nhỏ hơn.", field="last_number")
    if last > known + MOST_LOST:
        raise Permanent(f"Lớn hơn số {known} trong bản khôi phục quá nhiều. Xem lại sổ in.", field="last_number")
    lost = list(range(known + 1, last + 1)) if book.direction == Direction.INCOMING else []
    if lost:
        session.execute(sa.insert(Incoming), [_lost_line(book, number, by, at) for number in lost])
    series.next_number, series.last_on = last + 1, office_date(at) if lost else series.last_on
    book.waits_since = None
    session.flush()
    payload = {"book": book.code, "year": series.year, "known": known, "last": last}
    events.record(session, "last_number_confirmed", "book", book.id, by=by.id, at=at, source=source, payload=payload)
    return lost


def _lost_line(book: Book, number: int, by: User, at: datetime) -> dict[str, object]:
    assert book.waits_since is not None
    backed_up, today = office_moment(book.waits_since), office_date(at)
    return {
        "state": State.VOIDED, "origin": Origin.PAPER, "book_id": book.id, "received_at": at,
        "arrival_number": number, "year": today.year, "arrived_on": today, "registered_at": at,
        "registered_by": by.id, "closed_at": at, "closed_by": by.id,
        "closed_reason": f"Số đã cấp sau bản sao lưu lúc {backed_up}, nội dung mất khi khôi phục; xem sổ in.",
    }  # fmt: skip
