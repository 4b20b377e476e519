"""What settings say of sending: the mail server that takes our mail, and how much of it at a time."""

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from config.outside import HOST, Section, secret_fault, secret_path_of


class SendingSettings(Section):
    """The mail server through which everything leaves; without `host` nothing is sent, and the outbox waits."""

    host: Annotated[str, Field(pattern=f"^({HOST})?$")] = ""
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["none", "starttls", "tls"] = "starttls"
    ca_file: Path | None = None
    username: str = ""
    secret_file: Path | None = None
    secret_credential: str | None = None
    from_address: Annotated[str, Field(pattern=r"^([A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)?$", max_length=254)] = ""
    from_name: Annotated[str, Field(max_length=200)] = ""
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]*$")] = ""
    timeout_seconds: Annotated[int, Field(ge=1, le=600)] = 60
    answer_seconds: Annotated[int, Field(ge=1, le=600)] = 600
    messages_per_connection: Annotated[int, Field(ge=1, le=10000)] = 100
    domain_per_minute: Annotated[int, Field(ge=0, le=100000)] = 60
    reports: bool = True

    @model_validator(mode="after")
    def _can_be_used(self) -> "SendingSettings":
        if self.host and not self.from_address:
            raise ValueError(
                'có host thì cần khóa from_address, đang không có; ví dụ: from_address = "vanthu.skhcn@lamdong.gov.vn"'
            )
        if self.username and (fault := secret_fault(self.secret_file, self.secret_credential)):
            raise ValueError(f"có username thì {fault}")
        if self.username and self.security == "none" and not self.is_on_this_machine:
            raise ValueError(
                'khóa «security» đang là "none" mà có username: mật khẩu không được gửi đi không mã hóa; '
                'chỉ nhận "starttls" hoặc "tls", ví dụ: security = "starttls"'
            )
        return self

    @property
    def is_on_this_machine(self) -> bool:
        """Whether the mail server is reached without a network."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def domain(self) -> str:
        """The domain of the office's own address."""
        return self.from_address.rpartition("@")[2]

    def secret_path(self) -> Path:
        """The file that holds the password, systemd's credential folder included."""
        return secret_path_of(self.secret_file, self.secret_credential)
