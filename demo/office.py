"""The embedded office: its settings file, its database, its people and its open register."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from config.profiles import profile
from config.settings import Settings, load
from config.vocabulary import vocabulary
from core import accounts, administration, people, profiles, registers, schema
from core.db import Database
from core.people import ROLE_NAMES, Role
from demo.agencies import OFFICE_ADDRESS, SCANNER_ADDRESS
from demo.day import Day
from demo.mailserver import PASSWORD as MAIL_PASSWORD
from demo.mailserver import DemoMail

PROFILE = "so-khcn-lam-dong"
PASSWORD = "Lam-Dong-2026!"  # of every demo account; the pages listen on 127.0.0.1 only
_PER_YEAR = 2600  # incoming documents of such an office: where its register stands on the day shown


@dataclass(frozen=True, slots=True)
class Account:
    """One person of the demo office; names are invented. `division` is the code of the profile."""

    username: str
    full_name: str
    title: str
    division: str
    role: Role


ACCOUNTS = (
    Account("vanthu", "Hoàng Thị Mai", "Văn thư", "VP", Role.CLERK),
    Account("giamdoc", "Trần Minh Đức", "Giám đốc", "LĐ", Role.DIRECTOR),
    Account("phogiamdoc", "Lương Thị Hằng", "Phó Giám đốc", "LĐ", Role.LEADER),
    Account("chanhvp", "Nguyễn Văn Hòa", "Chánh Văn phòng", "VP", Role.OFFICE_CHIEF),
    Account("truongphong", "Lê Thị Thu Thủy", "Trưởng phòng", "QLKH", Role.HEAD),
    Account("chuyenvien", "K'Brel", "Chuyên viên", "QLKH", Role.SPECIALIST),
    Account("giuthu", "Phạm Quốc Bảo", "Phó Chánh Văn phòng", "VP", Role.CUSTODIAN),
    Account("quantri", "Đặng Hữu Nghĩa", "Quản trị mạng", "CĐS", Role.ADMIN),
)

_SETTINGS = """\
# Cơ quan mẫu: viết lại mỗi lần chạy «congvan demo».
data = "data"

[dashboard]
port = {port}
insecure_cookies = true

[log]
level = "warning"
"""
_SENDING = """
[sending]
host = "127.0.0.1"
port = {port}
security = "none"
from_address = "{address}"
from_name = "Văn thư Sở Khoa học và Công nghệ"
"""
_MAILBOX = """
[[mailboxes]]
name = "{name}"
host = "127.0.0.1"
port = {port}
ca_file = "{ca_file}"
username = "{username}"
secret_file = "mailbox.secret"
poll_seconds = 15
"""


def write_settings(home: Path, mail: DemoMail, port: int) -> Path:
    """Write the office's TOML and its mailbox password below `home`; returns the TOML's path."""
    secret = home / "mailbox.secret"
    secret.touch(mode=0o600)
    secret.write_text(MAIL_PASSWORD + "\n", encoding="utf-8")
    mailboxes = {"van-thu": OFFICE_ADDRESS, "may-quet": SCANNER_ADDRESS}
    parts = [_SETTINGS.format(port=port)]
    for name, address in mailboxes.items():
        parts.append(
            _MAILBOX.format(name=name, port=mail.ports.imap, ca_file=mail.certificate.resolve(), username=address)
        )
    parts.append(_SENDING.format(port=mail.ports.smtp, address=OFFICE_ADDRESS))
    path = home / "congvan.toml"
    path.write_text("".join(parts), encoding="utf-8")
    return path


def prepare(config: Path, now: datetime) -> Settings:
    """Bring the office's database to the program's schema and seed it once; harmless when repeated."""
    settings = load(config)
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = Database(settings.database_url)
    try:
        schema.upgrade(database)
        seed(database, now)
    finally:
        database.close()
    return settings


def seed(database: Database, now: datetime) -> bool:
    """The profile, its people, and the register opened where a real office would stand; False if it was there."""
    hashed = accounts.hash_password(PASSWORD)
    with database.writing() as session:
        if profiles.is_open(session):
            return False
        profiles.open_office(session, profile(PROFILE), vocabulary("document_kinds")["kind"], at=now)
        for account in ACCOUNTS:
            new = administration.NewAccount(
                account.username, account.full_name, frozenset({account.role}), account.title, account.division
            )
            administration.add(session, new, hashed, at=now, must_change=False)
        clerk = people.by_username(session, ACCOUNTS[0].username)
        assert clerk is not None
        book = registers.book_by_code(session, "den")
        registers.open_series(session, book, int(Day(now).number(_PER_YEAR)) + 1, by=clerk, at=now)
    return True


def account_table() -> str:
    """The demo accounts as printed after `ready`."""
    rows = [("Tài khoản", "Mật khẩu", "Vai trò", "Họ tên")]
    rows += [(one.username, PASSWORD, ROLE_NAMES[one.role], one.full_name) for one in ACCOUNTS]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
