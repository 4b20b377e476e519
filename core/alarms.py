"""What is wrong with a mailbox although its last answer may have been a good one: silent, failing, missed, full."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import calendar
from core.db import table_of
from core.letters import Arrival, MailboxState, MailFolder
from core.office import office_moment

UNHEARD = timedelta(minutes=5)  # a service that is started again is heard of sooner
_box, _folder = table_of(MailboxState).c, table_of(MailFolder).c
# Built once: every page asks it. Needs `watched` (names) and `since`; see `unheard`.
IS_UNHEARD = sa.and_(
    _box.name.in_(sa.bindparam("watched", expanding=True)),
    _box.stopped_at.is_(None),
    *(sa.or_(last.is_(None), last <= sa.bindparam("since")) for last in (_box.last_success_at, _box.last_error_at)),
    ~sa.exists().where(_folder.mailbox == _box.name, _folder.lease_until > sa.bindparam("since")),
)


class Kind(StrEnum):
    """What sort of alarm it is, for the log."""

    SILENT = "silent"
    FAILING = "failing"
    MISSED = "missed"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Limits:
    """From when on a mailbox raises an alarm: hours of working days without a letter (0: never), minutes of
    failing, percent of its room in use."""

    silent_hours: int
    failing_minutes: int
    room_percent: int


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that is wrong; `sentence` is Vietnamese, for the page."""

    kind: Kind
    sentence: str


def alarms(session: Session, mailbox: str, limits: Limits, *, at: datetime) -> list[Alarm]:
    """What is wrong with a mailbox at this instant. While it fails, its silence says nothing."""
    box = session.get(MailboxState, mailbox)
    if box is None:
        return []
    still = _failing(box, limits, at) if box.trouble else _silent(session, mailbox, limits, at)
    found = [still, _missed(session, mailbox), _full(box, limits)]
    return [alarm for alarm in found if alarm is not None]


def unheard(session: Session, watched: Collection[str], *, at: datetime) -> frozenset[str]:
    """Those of the `watched` mailboxes that no process has looked at for five minutes: intake is dead, and can't
    raise an alarm of its own. One that waits for a person after refused logins is not meant."""
    return frozenset(session.scalars(sa.select(_box.name).where(IS_UNHEARD), asked(watched, at=at)))


def asked(watched: Collection[str], *, at: datetime) -> dict[str, object]:
    """What `IS_UNHEARD` needs."""
    return {"watched": list(watched), "since": at - UNHEARD}


def store(session: Session, mailbox: str, found: list[Alarm]) -> None:
    """Put the alarms where pages, counters and health look for them."""
    session.execute(sa.update(MailboxState).where(MailboxState.name == mailbox).values(alarm=_text(found)))


def is_stored(session: Session, mailbox: str, found: list[Alarm]) -> bool:
    """Whether these very alarms stand there already."""
    return session.scalar(sa.select(MailboxState.alarm).where(MailboxState.name == mailbox)) in (_text(found), None)


def _text(found: list[Alarm]) -> str:
    return "\n".join(alarm.sentence for alarm in found)


def _failing(box: MailboxState, limits: Limits, at: datetime) -> Alarm | None:
    since = box.last_success_at
    if since is not None and at - since <= timedelta(minutes=limits.failing_minutes):
        return None
    when = f"từ {office_moment(since)}" if since else "lần nào"
    return Alarm(Kind.FAILING, f"Không nhận được thư {when}. Xem lỗi ở dưới, báo người quản trị nếu không tự hết.")


def _silent(session: Session, mailbox: str, limits: Limits, at: datetime) -> Alarm | None:
    last = _last_letter(session, mailbox)
    if not limits.silent_hours or last is None or at - last <= timedelta(hours=limits.silent_hours):
        return None
    passed = calendar.working_time_between(last, at, calendar.exceptions(session))
    if passed <= timedelta(hours=limits.silent_hours):
        return None
    return Alarm(
        Kind.SILENT,
        f"Không có thư mới nào từ {office_moment(last)}, quá {limits.silent_hours} giờ không kể ngày nghỉ. "
        "Xem thư có bị chuyển hướng hay chặn ở máy chủ không.",
    )  # fmt: skip


def _last_letter(session: Session, mailbox: str) -> datetime | None:
    """When the newest letter of the watched folders came: the highest UID of each, by the table's own index."""
    found = []
    folders = sa.select(MailFolder.folder, MailFolder.uidvalidity).where(MailFolder.mailbox == mailbox)
    for folder, uidvalidity in session.execute(folders).all():
        place = (Arrival.mailbox == mailbox, Arrival.folder == folder, Arrival.uidvalidity == uidvalidity)
        newest = sa.select(Arrival.received_at, Arrival.seen_at).where(*place).order_by(Arrival.uid.desc()).limit(1)
        if row := session.execute(newest).first():
            found.append(row.received_at or row.seen_at)
    return max(found, default=None)


def _missed(session: Session, mailbox: str) -> Alarm | None:
    lost = sa.select(sa.func.sum(MailFolder.reconciled_lost)).where(MailFolder.mailbox == mailbox)
    count = session.scalar(lost) or 0
    if not count:
        return None
    return Alarm(
        Kind.MISSED,
        f"Lần đối chiếu gần nhất thấy {count} thư trên máy chủ chưa được nhận; máy đã lấy lại. Xem các thư mới trong "
        "hàng đợi và báo người quản trị tìm nguyên nhân.",
    )  # fmt: skip


def _full(box: MailboxState, limits: Limits) -> Alarm | None:
    if not box.room_limit or box.room_used is None or box.room_used * 100 < box.room_limit * limits.room_percent:
        return None
    percent = box.room_used * 100 // box.room_limit
    return Alarm(
        Kind.FULL, f"Hộp thư đã dùng {percent}% dung lượng. Khi đầy, máy chủ trả lại thư gửi đến: dọn bớt thư cũ."
    )
