"""`congvan doctor`, the mailbox's side: one login and one look at each folder, nothing fetched, nothing changed."""

from config.doctor import Check
from config.settings import MailboxSettings
from ingest.account import account_of
from ingest.mailbox import Session
from ingest.trouble import Trouble


def mailbox(settings: MailboxSettings) -> Check:
    """Whether the mailbox can be logged into and its folders opened; what to do stands in the check's advice."""
    what = f"Hộp thư «{settings.name}» ({settings.username}, {settings.host}:{settings.port})"
    try:
        with Session(account_of(settings)) as session:
            for folder in settings.folders:
                session.open_folder(folder)
            has_idle = session.has_idle
    except Trouble as trouble:
        return Check(what, False, trouble.sentence)
    push = "báo thư tức thì" if has_idle else f"máy chủ không có IDLE, hỏi mỗi {settings.poll_seconds} giây"
    return Check(f"{what}: đăng nhập được, {len(settings.folders)} thư mục, {push}", True)
