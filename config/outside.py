"""What settings say of asking others over the network whether a letter, or a signature, is to be believed; and where
the secrets for others lie."""

import os
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

# No part between dots empty or over 63: no name server could even be asked for it (RFC 1035 2.3.4). «:» is of IPv6.
HOST = r"[A-Za-z0-9:_-]{1,63}(\.[A-Za-z0-9:_-]{1,63})*\.?"
NAME = r"^[a-z0-9][a-z0-9-]{0,47}$"  # of a mailbox or another door


class Section(BaseModel):
    """One table of the settings file; keys that it does not know are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SenderSettings(Section):
    """Whether DNS is asked who signed a letter."""

    dkim: bool = False
    resolver: IPv4Address | IPv6Address | None = None
    resolver_port: Annotated[int, Field(ge=1, le=65535)] = 53
    timeout_seconds: Annotated[int, Field(ge=1, le=60)] = 5


class SignatureSettings(Section):
    """Whether issuers are asked if a signer's certificate is revoked, and by which way.

    `networks` are those of the office's own that may be asked too: the addresses stand in certificates that strangers
    send.
    """

    online: bool = False
    proxy: Annotated[str, Field(pattern=r"^(https?://[^\s/@]+/?)?$")] = ""
    timeout_seconds: Annotated[int, Field(ge=1, le=120)] = 10
    networks: tuple[IPv4Network | IPv6Network, ...] = ()


def secret_fault(file: Path | None, credential: str | None) -> str:
    """Why it is not clear where a secret lies, in words; empty where it is."""
    if (file is None) != (credential is None):
        return ""
    stands = "không có khóa nào" if file is None else "có cả hai"
    return (
        f"cần đúng một trong hai khóa secret_file, secret_credential, đang {stands}; "
        'ví dụ: secret_file = "/etc/congvan/van-thu.secret"'
    )


def secret_path_of(file: Path | None, credential: str | None) -> Path:
    """The file that holds a secret: `file`, else the systemd credential of that name."""
    if file is not None:
        return file
    return Path(os.environ.get("CREDENTIALS_DIRECTORY", "/run/credentials")) / str(credential)
