"""What settings say of the door through which a mail server pushes letters, by LMTP or SMTP."""

import re
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from config.outside import NAME, Section


class ListenerSettings(Section):
    """The door through which a mail server pushes letters, by LMTP or SMTP."""

    enabled: bool = False
    name: Annotated[str, Field(pattern=NAME)] = "may-chu-thu"
    protocol: Literal["lmtp", "smtp"] = "lmtp"
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8024
    socket: Path | None = None
    recipients: dict[str, str] = Field(default_factory=dict)
    networks: tuple[IPv4Network | IPv6Network, ...] = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))
    max_megabytes: Annotated[int, Field(ge=1, le=4096)] = 200
    connections: Annotated[int, Field(ge=1, le=1000)] = 50
    timeout_seconds: Annotated[int, Field(ge=1, le=600)] = 60
    answer_seconds: Annotated[int, Field(ge=5, le=3600)] = 300
    certificate: Path | None = None
    key: Path | None = None

    @field_validator("recipients")
    @classmethod
    def _addresses(cls, recipients: dict[str, str]) -> dict[str, str]:
        wrong = next((one for one in recipients if not re.fullmatch(r"[^@\s]+@[^@\s]+", one)), None)
        if wrong is not None:
            raise ValueError(f"«{wrong}» không phải địa chỉ thư")
        return recipients

    @model_validator(mode="after")
    def _can_be_opened(self) -> "ListenerSettings":
        if self.enabled and not self.recipients:
            raise ValueError(
                "có enabled = true thì cần ít nhất một địa chỉ trong khóa recipients, đang không có; "
                'ví dụ: recipients = { "vanthu.skhcn@lamdong.gov.vn" = "den" }'
            )
        if (self.certificate is None) != (self.key is None):
            there = "certificate" if self.key is None else "key"
            raise ValueError(
                f"cần cả hai khóa certificate và key hoặc không khóa nào, đang chỉ có {there}; "
                'ví dụ: certificate = "/etc/congvan/so-khcn.pem", key = "/etc/congvan/so-khcn.key"'
            )
        return self
