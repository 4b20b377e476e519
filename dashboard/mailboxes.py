"""Hộp thư: how each mailbox is doing, and asking intake to test it, to fetch now or to try again."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from config.settings import MailboxSettings
from core import mailboxes
from core.alarms import unheard
from core.errors import Permanent
from core.letters import ArrivalState
from core.listings.mailboxes import FolderRow, MailboxRow
from core.listings.mailboxes import mailboxes as all_mailboxes
from core.rights import Right
from dashboard.web import acting, flash, form_of, in_reading, in_writing, now, office_of, origin_of, render, require
from dashboard.words import age, day, moment, number, size

COUNTED = {
    ArrivalState.TAKEN: "đã nhận", ArrivalState.HELD: "bị giữ", ArrivalState.EXCLUDED: "không vào sổ",
    ArrivalState.SKIPPED: "bỏ qua (trước mốc nhận)", ArrivalState.VANISHED: "bị xóa trước khi nhận",
}  # fmt: skip
_SILENT = timedelta(minutes=3)
_UNREAD = (
    "Phần nhận thư không chạy: không chương trình nào nhận thư ở đây nữa. Thư mới vẫn nằm ở máy chủ thư, không mất, "
    "nhưng chưa vào đây. Báo người quản trị khởi động lại dịch vụ nhận thư (congvan ingest)."
)
_ASKS: dict[str, tuple[Callable[..., None], str]] = {
    "lay-thu": (mailboxes.ask_fetch, "Đã yêu cầu lấy thư từ «{}»."),
    "kiem-tra": (mailboxes.ask_test, "Đang kiểm tra kết nối của «{}»; kết quả hiện ở dưới ngay khi có."),
    "doi-chieu": (mailboxes.ask_reconcile, "Đang đối chiếu «{}» với máy chủ; kết quả hiện ở dưới ngay khi có."),
    "thu-lai": (mailboxes.ask_retry, "Đã yêu cầu thử lại «{}»."),
}


@dataclass(frozen=True, slots=True)
class FolderShown:
    """One folder, ready to print."""

    name: str
    note: str
    is_missing: bool
    reconciled: str
    is_lost: bool
    counts: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Shown:
    """One mailbox, ready to print. `tone` is done, warning or error; `waits` are the questions under way."""

    name: str
    address: str
    state: str
    tone: str
    last_success: str
    trouble: str
    alarms: list[str]
    room: str
    last_error: str
    test_answer: str
    test_at: str
    is_stopped: bool
    waits: frozenset[str]
    folders: list[FolderShown]
    can_be_asked: bool = True
    is_pushed: bool = False  # the door that mail servers push letters through: there is no mailbox behind it


async def index(request: Request) -> Response:
    """GET /hop-thu: every mailbox."""
    person = require(request, Right.SEE_MAILBOXES)
    settings = office_of(request).settings
    rows = await in_reading(request, all_mailboxes, at=now(request))
    unread = await in_reading(request, unheard, settings.watched, at=now(request))
    configured = {box.name: box for box in settings.mailboxes}
    door = settings.listener.name if settings.listener.enabled else None
    shown = [
        pushed(row, now(request)) if row.name == door else show(row, configured.get(row.name), now(request))
        for row in rows
    ]
    shown = [replace(box, alarms=[_UNREAD, *box.alarms]) if box.name in unread else box for box in shown]
    shown += [never_watched(configured[name]) for name in sorted(configured.keys() - {row.name for row in rows})]
    return render(request, "mailboxes/index.html", mailboxes=shown, can_ask=Right.RUN_MAILBOXES in person.rights)


async def ask(request: Request) -> Response:
    """POST /hop-thu/{name}/lay-thu, /kiem-tra, /doi-chieu or /thu-lai: leave the question for intake."""
    person = require(request, Right.RUN_MAILBOXES)
    name, what = request.path_params["name"], request.path_params["what"]
    await form_of(request)
    if what not in _ASKS:
        raise HTTPException(404)
    act, sentence = _ASKS[what]
    await in_writing(request, _ask, act, name, person.id, at=now(request), source=origin_of(request).source)
    flash(request, "done", sentence.format(name))
    return RedirectResponse("/hop-thu", 303)


def show(row: MailboxRow, settings: MailboxSettings | None, at: datetime) -> Shown:
    """What the page says of one mailbox."""
    state, tone = _state(row, settings)
    return Shown(
        name=row.name, address=row.address, state=state, tone=tone, last_success=_when(row.last_success_at, at),
        trouble=row.trouble, alarms=row.alarm.splitlines(), room=_room(row),
        last_error=_when(row.last_error_at, at) if row.trouble else "",
        test_answer=row.test_answer, test_at=_when(row.test_done_at, at) if row.test_answer else "",
        is_stopped=row.stopped_at is not None, waits=row.asked, folders=[_folder(folder) for folder in row.folders],
    )  # fmt: skip


def pushed(row: MailboxRow, at: datetime) -> Shown:
    """What the page says of the door that mail servers push letters through; it is noted each minute."""
    if row.trouble:
        state, tone = "Chưa mở được, tự thử lại", "error"
    elif row.last_success_at is None or at - row.last_success_at > _SILENT:
        state, tone = "Chưa có chương trình nào nghe ở đây", "warning"
    else:
        state, tone = "Đang nghe, máy chủ thư đẩy thư vào", "done"
    return replace(show(row, None, at), state=state, tone=tone, can_be_asked=False, is_pushed=True)


def never_watched(settings: MailboxSettings) -> Shown:
    """What the page says of a configured mailbox that intake has never opened."""
    state = "Chưa nhận lần nào: phần nhận thư chưa chạy"
    return Shown(
        name=settings.name, address=settings.username, state=state, tone="warning", last_success="chưa lần nào",
        trouble="", alarms=[], room="chưa đọc",
        last_error="", test_answer="", test_at="", is_stopped=False, waits=frozenset(), folders=[],
        can_be_asked=False,
    )  # fmt: skip


def _ask(session: Session, act: Callable[..., None], name: str, user_id: int, *, at: datetime, source: str) -> None:
    try:
        act(session, name, by=acting(session, user_id), at=at, source=source)
    except Permanent as error:
        raise HTTPException(404) from error


def _state(row: MailboxRow, settings: MailboxSettings | None) -> tuple[str, str]:
    if settings is None:
        return "Không còn trong cấu hình", "warning"
    if row.stopped_at is not None:
        return "Đã dừng: máy chủ từ chối đăng nhập", "error"
    if row.trouble:
        return "Đang gặp lỗi, tự thử lại", "error"
    if not any(folder.is_watched for folder in row.folders):
        return "Chưa có chương trình nào nhận thư từ hộp này", "warning"
    if settings.idle:
        return "Đang nghe, thư mới vào ngay", "done"
    return f"Đang thăm dò mỗi {settings.poll_seconds} giây", "done"


def _folder(folder: FolderRow) -> FolderShown:
    counts = [(words, folder.counts.get(state, 0)) for state, words in COUNTED.items()]
    since = f"Nhận thư từ ngày {day(folder.import_since)}" if folder.import_since else ""
    note = "Không mở được thư mục này trên máy chủ: đã bị xóa, đổi tên hoặc không được quyền đọc."
    shown = [pair for n, pair in enumerate(counts) if pair[1] or n < 2]
    return FolderShown(
        folder.name, note if folder.is_missing else since, folder.is_missing, _reconciled(folder),
        bool(folder.reconciled_lost), shown
    )  # fmt: skip


def _reconciled(folder: FolderRow) -> str:
    if folder.reconciled_at is None:
        return "chưa lần nào"
    lost = f"thiếu {number(folder.reconciled_lost)} thư, máy đã lấy lại" if folder.reconciled_lost else "khớp"
    return f"{moment(folder.reconciled_at)}: {number(folder.reconciled_count)} thư, {lost}"


def _room(row: MailboxRow) -> str:
    if row.room_read_at is None:
        return "chưa đọc"
    if row.room_used is None or not row.room_limit:
        return "máy chủ không cho biết"
    percent = row.room_used * 100 // row.room_limit
    return f"đã dùng {size(row.room_used)} trong {size(row.room_limit)} ({percent}%)"


def _when(at: datetime | None, now_at: datetime) -> str:
    return f"{moment(at)} ({age(at, now_at)})" if at else "chưa lần nào"


routes = [
    Route("/hop-thu", index, name="mailboxes:index"),
    Route("/hop-thu/{name}/{what}", ask, methods=["POST"], name="mailboxes:ask"),
]
