"""Whether a mailbox can be read: one login and one look at each folder, nothing fetched, nothing changed."""

from config.doctor import Check
from config.settings import MailboxSettings
from ingest.account import account_of
from ingest.mailbox import Session
from ingest.trouble import Trouble


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
