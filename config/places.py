"""Where the office's database and folders are said to be, and what can't be such a place."""

from pathlib import Path
from urllib.parse import urlsplit

_DATABASES = ("sqlite:///", "postgresql+psycopg://")


def database_url(url: str) -> str:
    """The address of a database as typed. Raises ValueError saying what one looks like; empty is none."""
    if not url.startswith(_DATABASES) and url:
        raise ValueError("chỉ nhận sqlite:///… hoặc postgresql+psycopg://…")
    place = urlsplit(url)
    try:
        is_whole = not url or (len(place.path) > 1 and (place.port is None or place.port > 0))
    except ValueError:
        is_whole = False
    if not is_whole:
        raise ValueError("cần đủ sqlite:///đường-dẫn-tệp hoặc postgresql+psycopg://người-dùng@máy:cổng/tên, cổng là số")
    return url


def folder_fault(where: str, key: str, place: Path | None) -> str:
    """Why `place`, the value of `key` in the part of the file that `where` names, is no folder; empty where it is one,
    can become one, or can't be looked at from here."""
    try:
        is_file = place is not None and place.is_file()
    except OSError:
        return ""
    return f"{where}: khóa «{key}» đang là {place}, một tệp; cần đường dẫn của một thư mục." if is_file else ""
