"""For `congvan doctor`: whether mailboxes, database, backups and clamd can be used; nothing is fetched or changed."""

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import dns.exception
from sqlalchemy import orm

from config import web_port
from config.doctor import Check, machine
from config.outside import SignatureSettings
from config.settings import ClamdSettings, MailboxSettings, Settings
from core import access, events, registers
from core.backup import marks
from core.errors import CongvanError
from core.office import office_moment
from core.schema import open_current
from core.system_words import reason_of
from ingest import backups, viruses
from ingest.account import account_of
from ingest.listener import checkup as listener_checkup
from ingest.mailbox import Session
from ingest.spool import spool_root
from ingest.trouble import Trouble

_STARTED_AFTER = timedelta(days=2)  # people set an office up on one day and start it on the next


def everything(config: Path, settings: Settings, at: datetime) -> Iterator[Check]:
    """All that `congvan doctor` looks at, in the order it is printed; `config` is the file the settings came from."""
    yield Check(f"Cấu hình {config} đọc được; xem bằng tài khoản «{access.name_of(os.geteuid())}»", True)
    spool = spool_root(settings)
    yield from (_data(settings.data), _spool(spool))
    yield from machine(settings, spool)
    yield _scans()
    yield from _roots(settings.intake.roots)
    yield from _dns(settings)
    yield from _issuers(settings)
    yield from database(settings, at, datetime.fromtimestamp(config.stat().st_mtime, UTC))
    yield web_port.look_at(settings)
    yield backup_place(settings)
    yield from scanner(settings.clamd)
    yield from (mailbox(one) for one in settings.mailboxes)
    if settings.listener.enabled:
        yield listener_checkup.look_at(settings.listener)


def _scans() -> Check:
    from ingest.reading.scan.tesseract import has_vietnamese  # not for the intake, which leaves reading to its children

    advice = "apt-get install tesseract-ocr-vie"
    return Check("Đọc bản quét: tesseract có tiếng Việt", has_vietnamese(), advice, is_needed=False)


def _roots(folder: Path | None) -> Iterator[Check]:
    if folder is None:
        return
    from core.signing.roots import read_roots  # as above

    try:
        found = len(read_roots(folder))
    except (CongvanError, OSError) as error:
        advice = f"Không đọc được: {reason_of(error)}." if isinstance(error, OSError) else str(error)
        yield Check(f"Chứng thư gốc ở {folder}", False, f"{advice} Cho tới khi sửa, chữ ký nào cũng «chưa rõ nơi cấp».")
    else:
        yield Check(f"Chứng thư gốc ở {folder}: {found}", found > 0, "Chép các chứng thư gốc (PEM, DER) vào đây.")


def _dns(settings: Settings) -> Iterator[Check]:
    if not settings.senders.dkim:
        return
    from ingest import senders  # as above

    own = settings.mailboxes[0].username.rpartition("@")[2] if settings.mailboxes else "gov.vn"
    try:
        senders.key_at(senders.resolver_of(settings.senders), f"default._domainkey.{own}")
    except dns.exception.DNSException as error:
        why = type(error).__name__
        advice = f"DNS không trả lời ({why}): xem khóa senders.resolver, hoặc đặt senders.dkim = false."
        yield Check("Hỏi DNS để kiểm chữ ký DKIM", False, advice, is_needed=False)
    else:
        yield Check("Hỏi DNS để kiểm chữ ký DKIM", True)


def _issuers(settings: Settings) -> Iterator[Check]:
    if not settings.signatures.online:
        return
    what = "Hỏi nơi cấp chứng thư"
    if settings.intake.roots is None:
        advice = (
            "Chưa đặt khóa intake.roots: không tin ai thì không hỏi ai. Cài chứng thư gốc hoặc tắt signatures.online."
        )
        yield Check(what, False, advice, is_needed=False)
    elif settings.signatures.proxy:
        yield _proxy(settings.signatures, what)


def _proxy(settings: SignatureSettings, what: str) -> Check:
    place = urlsplit(settings.proxy)
    what = f"{what} qua {settings.proxy}"
    try:
        socket.create_connection((place.hostname, place.port or 80), settings.timeout_seconds).close()
    except (OSError, ValueError) as error:
        return Check(what, False, f"Không nối được ({reason_of(error)}): xem khóa signatures.proxy.", is_needed=False)
    return Check(what, True)


def look_at(settings: MailboxSettings) -> bool:
    """Log in and open each folder; returns whether the server has IDLE. Raises Trouble."""
    with Session(account_of(settings)) as session:
        for folder in settings.folders:
            session.open_folder(folder)
        return bool(session.has_idle)


def mailbox(settings: MailboxSettings) -> Check:
    """For `congvan doctor`: whether the mailbox can be read; what to do stands in the check's advice."""
    what = f"Hộp thư «{settings.name}» ({settings.username}, {settings.host}:{settings.port})"
    try:
        has_idle = look_at(settings)
    except Trouble as trouble:
        return Check(what, False, trouble.sentence)
    push = "báo thư tức thì" if has_idle else f"máy chủ không có IDLE, hỏi mỗi {settings.poll_seconds} giây"
    return Check(f"{what}: đăng nhập được, {len(settings.folders)} thư mục, {push}", True)


def database(settings: Settings, at: datetime, set_up_at: datetime) -> Iterator[Check]:
    """Whether the database opens at the program's schema, and how the backups noted in it went.

    `set_up_at` is when the settings were last written: before, no backup can have been due.
    """
    try:
        with closing(open_current(settings.database_url)) as opened, opened.reading() as session:
            yield Check("Cơ sở dữ liệu mở được và đúng bản", True)
            yield from _books(session, settings)
            found, late = marks.all_marks(session), marks.late_after(settings.backup)
            since = max(set_up_at, events.began_at(session) or at)
            yield from (_backup(found.get(kind), kind, at, late, since) for kind in late)
            yield from _newest_backup(settings, marks.newest_taken(session))
    except CongvanError as error:
        yield Check("Cơ sở dữ liệu", False, str(error))


def _books(session: orm.Session, settings: Settings) -> Iterator[Check]:
    pushed = settings.listener.recipients.values() if settings.listener.enabled else ()
    for code in dict.fromkeys([*(one.book for one in settings.mailboxes), *pushed]):
        try:
            registers.book_by_code(session, code)
        except CongvanError as error:
            yield Check(f"Sổ «{code}» để văn bản vào", False, str(error))


def scanner(settings: ClamdSettings) -> Iterator[Check]:
    """Whether clamd answers where it is said to be; nothing where it isn't configured."""
    if not settings.address:
        return
    what = f"Quét vi-rút: clamd ở {settings.address}"
    try:
        viruses.ping(settings)
    except viruses.Away:
        fate = "bị giữ lại" if settings.when_away == "hold" else "vào với ghi chú chưa quét"
        advice = (
            "Không trả lời. Xem dịch vụ clamav-daemon có chạy không, khóa «clamd.address» có đúng không và tài khoản "
            f"chạy Công văn có được vào ổ cắm ấy không. Đến khi có, thư {fate}."
        )
        yield Check(what, False, advice)
    else:
        yield Check(f"{what}: trả lời", True)


def backup_place(settings: Settings) -> Check:
    """Whether a backup place is set, there and writable, and its key the one of its states."""
    if settings.backup.folder is None:
        return Check("Nơi sao lưu", False, backups.NO_PLACE, is_needed=False)
    what = f"Nơi sao lưu {settings.backup.folder} và chìa khóa"
    try:
        backups.vault_of(settings).look()
    except CongvanError as error:
        return Check(what, False, error.sentence)
    except PermissionError as error:
        return Check(what, False, access.why_closed(Path(error.filename)) or reason_of(error))
    return Check(what, True)


def _data(folder: Path) -> Check:
    what = f"Thư mục dữ liệu {folder} ghi được"
    if why := access.why_closed_below(folder):
        return Check(what, False, why)
    if not folder.is_dir():
        return Check(what, False, "Chưa có: tạo như ở mục 2 của docs/install.md, rồi chạy «congvan upgrade».")
    return Check(what, os.access(folder, os.W_OK), "Đĩa chỉ cho đọc: gắn lại để ghi được.")


def _spool(folder: Path) -> Check:
    """The service makes it when it starts, and takes none of another account's."""
    what = f"Vùng đệm thư {folder} ghi được"
    there = next(place for place in (folder, *folder.absolute().parents) if os.path.lexists(place))
    if there == folder and there.lstat().st_uid != os.geteuid():
        owner = access.name_of(there.lstat().st_uid)
        advice = f"Là của «{owner}»: dịch vụ không nhận. Xóa bằng quyền root (rm -r {folder}); dịch vụ tự tạo lại."
        return Check(what, False, advice)
    advice = access.why_closed(there) or f"{there} không cho tài khoản này tạo thư mục."
    return Check(what, os.access(there, os.W_OK | os.X_OK), advice)


def _newest_backup(settings: Settings, newest: str) -> Iterator[Check]:
    """Whether the place still has what was written last; nothing where it can't be looked at, which is said above."""
    with suppress(CongvanError):
        names = backups.vault_of(settings).states()
        try:
            backups.need_newest(names, newest)
        except CongvanError as error:
            yield Check("Bản sao lưu mới nhất", False, error.sentence)


def _backup(
    mark: marks.BackupMark | None, kind: str, at: datetime, late: Mapping[str, timedelta], since: datetime
) -> Check:
    what, is_needed = marks.NAMES[kind], kind != marks.TRIAL
    if mark is not None and mark.failure:
        return Check(what, False, mark.failure)
    if mark is None or (mark.done_at is None and mark.awaited_at is None):  # intake has not run since it was set up
        if at - since <= _STARTED_AFTER:
            return Check(f"{what}: chưa đến lần đầu, dịch vụ tự làm sau khi khởi động", True)
        advice = "Quá hạn: khởi động dịch vụ, hay khởi động lại nếu nó chạy từ trước khi đặt mục [backup]."
        return Check(f"{what}: chưa lần nào", False, advice, is_needed)
    if marks.is_awaited(mark, kind, at, late):
        return Check(f"{what}: chưa đến lượt", True)
    is_late = marks.is_late(mark, kind, at, late)
    when = office_moment(mark.done_at) if mark.done_at else "chưa lần nào"
    return Check(f"{what}: {when}", not is_late, "Quá hạn: xem «congvan ingest» có chạy không.", is_needed)
