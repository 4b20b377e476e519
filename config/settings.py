"""Machine settings: one TOML file -> typed values. Unknown keys are refused by name."""

import hashlib
import json
import os
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationError, field_validator, model_validator

from config import account, faults, toml_faults
from config.limits import LETTER_MEGABYTES, LETTER_SECONDS, SCAN_SECONDS
from config.listening import ListenerSettings
from config.outside import HOST, NAME, SenderSettings, SignatureSettings, secret_fault, secret_path_of
from config.outside import Section as _Section
from config.places import database_url, folder_fault, scanner_address
from config.sending import SendingSettings

MEGABYTE = 1 << 20


class SettingsError(Exception):
    """A setting that can't be used. The text names the key, the value and what is allowed, in Vietnamese."""


class MailboxSettings(_Section):
    """One mailbox: where it is, how to log in, what to read from it."""

    name: Annotated[str, Field(pattern=NAME)]
    host: Annotated[str, Field(pattern=f"^{HOST}$")]
    port: Annotated[int, Field(ge=1, le=65535)] = 993
    tls: Literal["implicit", "starttls"] = "implicit"
    ca_file: Path | None = None
    username: Annotated[str, Field(min_length=1)]
    auth: Literal["password", "xoauth2"] = "password"
    secret_file: Path | None = None
    secret_credential: str | None = None
    folders: Annotated[tuple[str, ...], Field(min_length=1)] = ("INBOX",)
    import_since: date | None = None
    book: str = "den"
    idle: bool = True
    poll_seconds: Annotated[int, Field(ge=5, le=3600)] = 60
    timeout_seconds: Annotated[int, Field(ge=1, le=600)] = 30
    silent_hours: Annotated[int, Field(ge=0, le=720)] = 24
    failing_minutes: Annotated[int, Field(ge=1, le=1440)] = 30
    room_percent: Annotated[int, Field(ge=1, le=100)] = 80
    clear_after_days: Annotated[int, Field(ge=0, le=3650)] = 0
    clear_to: str = ""

    @field_validator("folders")
    @classmethod
    def _folders_without_controls(cls, folders: tuple[str, ...]) -> tuple[str, ...]:
        # A CR or LF in a folder's name would be another IMAP command.
        if any(not name or any(ord(letter) < 32 for letter in name) for name in folders):
            raise ValueError("tên thư mục không được rỗng hay chứa ký tự điều khiển")
        return folders

    @model_validator(mode="after")
    def _cleared_elsewhere(self) -> "MailboxSettings":
        if self.clear_to in self.folders or any(ord(letter) < 32 for letter in self.clear_to):
            stands = json.dumps(self.clear_to, ensure_ascii=False)
            raise ValueError(
                f"khóa «clear_to» đang là {stands}; không được là một thư mục đang "
                'đọc (khóa folders) hay chứa ký tự điều khiển; ví dụ: clear_to = "Đã lưu"'
            )
        return self

    @model_validator(mode="after")
    def _one_secret(self) -> "MailboxSettings":
        if fault := secret_fault(self.secret_file, self.secret_credential):
            raise ValueError(fault)
        return self

    def secret_path(self) -> Path:
        """The file that holds the password or access token, systemd's credential folder included."""
        return secret_path_of(self.secret_file, self.secret_credential)


class IntakeSettings(_Section):
    """Limits of taking in."""

    workers: Annotated[int, Field(ge=1, le=32)] = 2
    letter_seconds: Annotated[int, Field(ge=1, le=600)] = LETTER_SECONDS
    letter_megabytes: Annotated[int, Field(ge=64, le=8192)] = LETTER_MEGABYTES
    text_seconds: Annotated[int, Field(ge=1, le=7200)] = 300
    scan_seconds: Annotated[int, Field(ge=0, le=600)] = SCAN_SECONDS
    roots: Path | None = None
    lessons: bool = True
    rules: bool = True
    spool: Path | None = None
    spool_megabytes: Annotated[int, Field(ge=16, le=65536)] = 512
    lease_seconds: Annotated[int, Field(ge=10, le=600)] = 60


class ClamdSettings(_Section):
    """The virus scanner, where there is one."""

    address: Annotated[
        str,
        Field(pattern=r"^(/\S+|[^\s/:]+:[0-9]{1,5}|\[[0-9A-Fa-f:.]+\]:[0-9]{1,5})?$"),
        AfterValidator(scanner_address),
    ] = ""
    when_away: Literal["pass", "hold"] = "pass"
    timeout_seconds: Annotated[int, Field(ge=1, le=600)] = 30


class DashboardSettings(_Section):
    """The web pages."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8360
    origin: Annotated[str, Field(pattern=r"^(https?://[^\s/@?#]+/?)?$")] = ""
    threads: Annotated[int, Field(ge=1, le=64)] = 4
    session_idle_minutes: Annotated[int, Field(ge=5, le=720)] = 60
    upload_megabytes: Annotated[int, Field(ge=1, le=4096)] = 200
    insecure_cookies: bool = False


class BackupSettings(_Section):
    """The second place: where it is, its key, and how long states are kept there. No folder: no backup."""

    folder: Path | None = None
    secret_file: Path | None = None
    secret_credential: str | None = None
    full_at: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] = "03:00"
    changes_minutes: Annotated[int, Field(ge=1, le=1440)] = 5
    trial_day: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"] = "sun"
    keep_days: Annotated[int, Field(ge=1, le=3650)] = 31
    trial_database: Annotated[str, AfterValidator(database_url)] = ""

    @model_validator(mode="after")
    def _a_key_for_the_folder(self) -> "BackupSettings":
        if self.folder is not None and (fault := secret_fault(self.secret_file, self.secret_credential)):
            raise ValueError(f"có folder thì {fault}")
        return self

    def secret_path(self) -> Path:
        """The file that holds the key, systemd's credential folder included."""
        return secret_path_of(self.secret_file, self.secret_credential)


class LogSettings(_Section):
    """The log: one line a fact on standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["keyvalue", "json"] = "keyvalue"


class Settings(_Section):
    """Everything in the file. Relative paths are taken from the file's own folder."""

    data: Path
    database: str = ""
    mailboxes: tuple[MailboxSettings, ...] = ()
    intake: IntakeSettings = IntakeSettings()
    senders: SenderSettings = SenderSettings()
    signatures: SignatureSettings = SignatureSettings()
    listener: ListenerSettings = ListenerSettings()
    sending: SendingSettings = SendingSettings()
    clamd: ClamdSettings = ClamdSettings()
    dashboard: DashboardSettings = DashboardSettings()
    backup: BackupSettings = BackupSettings()
    log: LogSettings = LogSettings()

    @field_validator("database")
    @classmethod
    def _known_database(cls, url: str) -> str:
        return database_url(url)

    @field_validator("data", mode="before")
    @classmethod
    def _some_folder(cls, data: object) -> object:
        if data == "":  # a path of no letters would be the folder of the file itself
            raise ValueError("cần đường dẫn của một thư mục, không để trống")
        return data

    @field_validator("mailboxes")
    @classmethod
    def _names_once(cls, mailboxes: tuple[MailboxSettings, ...]) -> tuple[MailboxSettings, ...]:
        names = [mailbox.name for mailbox in mailboxes]
        if len(set(names)) != len(names):
            again = next(name for name in names if names.count(name) > 1)
            raise ValueError(f'hai hộp thư cùng khóa name = "{again}"; mỗi hộp thư một tên, ví dụ: name = "{again}-2"')
        return mailboxes

    @model_validator(mode="after")
    def _listener_has_its_own_name(self) -> "Settings":
        if self.listener.name in {mailbox.name for mailbox in self.mailboxes}:
            raise ValueError(
                f'khóa «name» của bảng [listener] đang là "{self.listener.name}", trùng tên một hộp thư; cần tên khác, '
                'ví dụ: name = "may-chu-thu"'
            )
        return self

    @property
    def watched(self) -> tuple[str, ...]:
        """The names of all doors that intake is to keep open: each mailbox, and the listener where it is enabled."""
        pushed = (self.listener.name,) if self.listener.enabled else ()
        return (*(mailbox.name for mailbox in self.mailboxes), *pushed)

    @property
    def database_url(self) -> str:
        """The database in use: the configured one, else SQLite in the data folder."""
        return self.database or f"sqlite:///{self.data / 'congvan.sqlite3'}"

    @property
    def mark(self) -> str:
        """A short name of this office among those of the machine, made of its data folder's path."""
        return hashlib.sha256(str(self.data.resolve()).encode()).hexdigest()[:12]

    @property
    def files_folder(self) -> Path:
        """Where the content-addressed store lies."""
        return self.data / "files"

    @property
    def backup_work(self) -> Path:
        """Where backups keep plain copies of the database while they run, and try a restore."""
        return self.data / "backup-work"

    @property
    def sealed_folder(self) -> Path:
        """Where the encrypted bytes of held letters lie."""
        return self.data / "sealed"


def load(path: Path) -> Settings:
    """Read the settings file. Raises SettingsError with one sentence for each fault."""
    try:
        text = path.read_text(encoding="utf-8")
        found = tomllib.loads(text)
    except FileNotFoundError:
        raise SettingsError(
            f"Không thấy tệp cấu hình {path}. Tệp nằm chỗ khác thì chỉ ra bằng --config TỆP hoặc biến môi trường "
            "CONGVAN_CONFIG; chưa có thì chép từ config/example.toml rồi sửa."
        ) from None
    except PermissionError:
        raise SettingsError(
            f"Tài khoản «{account.name_of(os.geteuid())}» không đọc được tệp cấu hình {path}. Tài khoản của dịch vụ "
            f"phải đọc được (trong đó không có mật khẩu): chmod 644 {path}, và mở các thư mục chứa nó (chmod a+x)."
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"Tệp cấu hình {path} sai cú pháp {toml_faults.sentence(error, text)}.") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"Tệp cấu hình {path} không phải chữ UTF-8 (từ byte thứ {error.start + 1}).") from error
    except IsADirectoryError:
        raise SettingsError(f"{path} là thư mục: chỉ tới tệp cấu hình, như {path / 'congvan.toml'}.") from None
    except OSError as error:
        raise SettingsError(f"Không đọc được tệp cấu hình {path}: {error.strerror}.") from error
    try:
        settings = Settings.model_validate(found)
    except ValidationError as error:
        raise SettingsError("\n".join(faults.sentences(error.errors(), Settings))) from None
    settings = _with_absolute_paths(settings, path.resolve().parent)
    named = (("Đầu tệp", "data", settings.data), ("Bảng [intake]", "spool", settings.intake.spool),
             ("Bảng [backup]", "folder", settings.backup.folder))  # fmt: skip
    if no_folders := [fault for one in named if (fault := folder_fault(*one))]:
        raise SettingsError("\n".join(no_folders))
    return settings


def _with_absolute_paths(settings: Settings, folder: Path) -> Settings:
    def absolute(path: Path | None) -> Path | None:
        return None if path is None else folder / path

    mailboxes = tuple(
        mailbox.model_copy(update={"ca_file": absolute(mailbox.ca_file), "secret_file": absolute(mailbox.secret_file)})
        for mailbox in settings.mailboxes
    )
    intake = settings.intake.model_copy(
        update={"spool": absolute(settings.intake.spool), "roots": absolute(settings.intake.roots)}
    )
    listener = settings.listener.model_copy(
        update={name: absolute(getattr(settings.listener, name)) for name in ("socket", "certificate", "key")}
    )
    sending = settings.sending.model_copy(
        update={name: absolute(getattr(settings.sending, name)) for name in ("ca_file", "secret_file")}
    )
    places = {"folder": absolute(settings.backup.folder), "secret_file": absolute(settings.backup.secret_file)}
    backup = settings.backup.model_copy(update=places)
    changes = {
        "mailboxes": mailboxes, "intake": intake, "listener": listener, "sending": sending, "backup": backup
    }  # fmt: skip
    return settings.model_copy(update={"data": folder / settings.data, **changes})
