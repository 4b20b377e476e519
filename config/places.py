"""Where the office's database, folders and virus scanner are said to be, and what can't be such a place."""

from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

_DATABASES = ("sqlite:///", "postgresql+psycopg://")
_PORTS = range(1, 65536)


def database_url(url: str) -> str:
    """The address of a database as typed. Raises ValueError saying what one looks like; empty is none."""
    if not url.startswith(_DATABASES) and url:
        raise ValueError("chỉ nhận sqlite:///… hoặc postgresql+psycopg://…")
    if url and not _is_whole(url):
        raise ValueError(
            "cần đủ sqlite:///đường-dẫn-tệp hoặc postgresql+psycopg://người-dùng@máy:cổng/tên, cổng từ 1 đến 65535, "
            "dấu «@» trong mật khẩu viết là %40"
        )
    return url


def _is_whole(url: str) -> bool:
    try:
        place = make_url(url)
    except (ArgumentError, ValueError):  # the latter of a port that is no number
        return False
    is_port = place.port is None or place.port in _PORTS
    return bool(place.database) and is_port and "@" not in (place.host or "")


def scanner_address(address: str) -> str:
    """The address of clamd as typed. Raises ValueError where its port can't be one; a socket's path has none."""
    if address and not address.startswith("/") and int(address.rpartition(":")[2]) not in _PORTS:
        raise ValueError("cổng phải từ 1 đến 65535")
    return address


def folder_fault(where: str, key: str, place: Path | None) -> str:
    """Why `place`, the value of `key` in the part of the file that `where` names, is no folder; empty where it is one,
    can become one, or can't be looked at from here."""
    try:
        is_file = place is not None and place.is_file()
    except OSError:
        return ""
    return f"{where}: khóa «{key}» đang là {place}, một tệp; cần đường dẫn của một thư mục." if is_file else ""
