"""Sao lưu: how the last backups went, and what the weekly restore has proved (Điều 9.3 Quy chế 63)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from config.settings import BackupSettings
from core.backup import marks
from core.backup.marks import TRIAL, BackupMark
from core.confirmers import confirmers
from core.rights import Right
from dashboard.web import in_reading, now, office_of, render, require
from dashboard.words import age, moment, number, size


@dataclass(frozen=True, slots=True)
class Shown:
    """One kind of run, ready to print. `tone` is done, warning or error."""

    name: str
    state: str
    tone: str
    done: str
    holds: str
    written: str
    failure: str
    failed: str


async def index(request: Request) -> Response:
    """GET /sao-luu: full backups, changes, and the restore on trial."""
    require(request, Right.SEE_BACKUPS)
    office = office_of(request)
    plan = office.settings.backup
    runs, names = await in_reading(request, _read, plan, at=now(request), is_sqlite=office.database.is_sqlite)
    return render(request, "backups/index.html", place=str(plan.folder or ""), runs=runs, plan=plan, names=names)


def show(mark: BackupMark | None, kind: str, plan: BackupSettings, at: datetime, *, is_sqlite: bool) -> Shown:
    """What the page says of one kind of run."""
    name = marks.NAMES[kind]
    late = marks.late_after(plan) or marks.LATE
    if mark is None or (marks.is_awaited(mark, kind, at, late) and not mark.failure):
        return Shown(name, "Chưa chạy lần nào", "warning", "chưa lần nào", "", "", "", "")
    state, tone = "Tốt", "done"
    if mark.failure:
        state, tone = "Lần gần nhất hỏng", "error"
    elif marks.is_late(mark, kind, at, late):
        state, tone = "Quá hạn", "error"
    done = f"{moment(mark.done_at)} ({age(mark.done_at, at)})" if mark.done_at else "chưa lần nào"
    failed = f"{moment(mark.failed_at)}" if mark.failure else ""
    written = size(mark.written) if kind != TRIAL and mark.done_at else ""
    return Shown(name, state, tone, done, _holds(mark, kind, plan, is_sqlite), written, mark.failure, failed)


def _holds(mark: BackupMark, kind: str, plan: BackupSettings, is_sqlite: bool) -> str:
    if mark.done_at is None:
        return ""
    counted = f"{number(mark.entries)} văn bản, {number(mark.files)} tệp, {size(mark.size)}"
    if kind != TRIAL:
        return counted
    if not is_sqlite and not plan.trial_database:
        return f"Bản sao lưu đã kiểm từng byte: {counted} khớp mã băm. Chưa nạp thử: đặt khóa «backup.trial_database»."
    return f"Bản sao lưu đã khôi phục thử: {counted} khớp."


def _read(
    session: Session, plan: BackupSettings, *, at: datetime, is_sqlite: bool
) -> tuple[list[Shown], tuple[str, ...]]:  # fmt: skip
    found = marks.all_marks(session)
    shown = [show(found.get(kind), kind, plan, at, is_sqlite=is_sqlite) for kind in marks.LATE]
    return shown, confirmers(session)


routes = [Route("/sao-luu", index, name="backups:index")]
