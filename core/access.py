"""Whether this account may use the office's folders and files, and in words what to do where it may not."""

import os
import pwd
from collections.abc import Iterator
from pathlib import Path

from core.errors import NotAllowed

_ADVICE = "Chạy bằng tài khoản của dịch vụ: runuser -u {owner} -- congvan …"
_OF_ROOT = "Nếu đó là thư mục của cơ quan, giao cho tài khoản của dịch vụ bằng quyền root: chown -R congvan: {folder}"
_GIVE_BACK = "Có lệnh đã chạy bằng tài khoản khác. Trả lại cho tài khoản này, bằng quyền root: chown -R {me}: {folder}"


def refuse_closed(*paths: Path) -> None:
    """Raise NotAllowed for the first of these that is there and that this account may not read and write."""
    for path in paths:
        if why := why_closed(path):
            raise NotAllowed(why)


def why_closed(path: Path) -> str:
    """What keeps this account from reading and writing `path`, and what to do; "" when nothing does or it isn't there.

    A read-only disk keeps everybody from it, and is not meant.
    """
    me = name_of(os.geteuid())
    try:
        found = path.stat()
    except PermissionError:
        gate = next(above for above in reversed(path.absolute().parents) if not os.access(above, os.X_OK))
        return f"Tài khoản «{me}» không vào được thư mục {gate}. {_advice(gate, me)}"
    except OSError:
        return ""
    wanted = os.R_OK | os.W_OK | (os.X_OK if path.is_dir() else 0)
    if os.access(path, wanted) or os.statvfs(path).f_flag & os.ST_RDONLY:
        return ""
    owner = name_of(found.st_uid)
    return f"Tài khoản «{me}» không đọc và ghi được {path} của «{owner}». {_advice(path, me)}"


def why_closed_below(folder: Path) -> str:
    """The same for a folder and all that lies in it two levels down."""
    return why_closed(folder) or next((why for path in _below(folder) if (why := why_closed(path))), "")


def _below(folder: Path) -> Iterator[Path]:
    for path in _entries(folder):
        yield path
        if path.is_dir():
            yield from _entries(path)


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:  # not there, or closed: that was said of the folder itself
        return []


def _advice(path: Path, me: str) -> str:
    """What lies in a folder of mine comes back to me; what is another's, the service's as a rule, is theirs to use."""
    try:
        owners = [path.stat().st_uid, path.parent.stat().st_uid]
    except OSError:
        return _ADVICE.format(owner="congvan")
    folder = path if path.is_dir() else path.parent
    if os.geteuid() in owners:
        return _GIVE_BACK.format(me=me, folder=folder)
    if owners[0] == 0:
        return _OF_ROOT.format(folder=folder)
    return _ADVICE.format(owner=name_of(owners[0]))


def name_of(uid: int) -> str:
    """An account's name; its number where passwd has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
