"""Which account a command runs as: root's becomes the owner of the office's folder, who runs the service.

What root left in such a folder the service could neither write nor read.
"""

import os
import pwd
import shlex
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn


class WrongAccount(Exception):
    """This account may not do that. The text is Vietnamese and names the command that may."""


@dataclass(frozen=True, slots=True)
class Owner:
    """An account other than root, with the group it works in."""

    uid: int
    gid: int

    @property
    def name(self) -> str:
        """As in passwd."""
        return name_of(self.uid)


def name_of(uid: int) -> str:
    """An account's name; its number where passwd has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def owner_of(folder: Path) -> Owner | None:
    """Whose a folder is, or is to be when it isn't there yet: the nearest folder's above. None: root's."""
    for place in (folder, *folder.absolute().parents):
        try:
            found = place.stat()
        except OSError:
            continue
        return None if found.st_uid == 0 else Owner(found.st_uid, _group_of(found))
    return None


def new_owner(folder: Path) -> tuple[int, int] | None:
    """To whom (uid, gid) root gives what it makes in `folder`; None: it stays this account's."""
    owner = owner_of(folder) if os.geteuid() == 0 else None
    return (owner.uid, owner.gid) if owner else None


def become_owner(folder: Path, program: Sequence[str], words: Sequence[str]) -> None:
    """As root, start `program` with `words` anew as the owner of `folder`; returns where nothing is to change.

    A new start, since modules, /proc/self and HOME belong to whoever started. Raises WrongAccount when that can't be.
    """
    owner = owner_of(folder) if os.geteuid() == 0 else None
    if owner is None:
        return
    try:
        _become(owner)
    except OSError as error:
        raise WrongAccount(
            f"{folder} là của tài khoản «{owner.name}», và root ở đây không chuyển sang tài khoản ấy được "
            f"({error.strerror}). Chạy: {_as(owner, words)}"
        ) from error
    _start(owner, folder, program, words)


def refuse_place(place: Path, data: Path, words: Sequence[str]) -> None:
    """Raise WrongAccount where root's office would write into a backup place of another account."""
    owner = owner_of(place) if os.geteuid() == 0 else None
    if owner is not None:
        raise WrongAccount(
            f"Nơi sao lưu {place} là của «{owner.name}», còn thư mục dữ liệu {data} là của root. Giao cả hai cho tài "
            f"khoản của dịch vụ (chown -R {owner.name}: {data}), rồi chạy: {_as(owner, words)}"
        )


def _start(owner: Owner, folder: Path, program: Sequence[str], words: Sequence[str]) -> NoReturn:
    needed = (*program, os.__file__, sysconfig.get_path("purelib"))
    closed = next((path for path in needed if not os.access(path, os.R_OK)), None)
    try:
        if closed is None:
            os.execv(program[0], (*program, *words))
    except OSError:
        closed = program[0]
    raise WrongAccount(
        f"Tài khoản «{owner.name}», chủ của {folder}, không chạy được chương trình này (không vào được {closed}). Đặt "
        "chương trình ở nơi mọi tài khoản vào được (/opt/congvan), xóa .venv rồi chạy lại scripts/setup.sh run với "
        f"Python của hệ điều hành. Sau đó: {_as(owner, words)}"
    )


def _become(owner: Owner) -> None:
    try:
        entry = pwd.getpwuid(owner.uid)
    except KeyError:
        os.setgroups([])
    else:
        os.initgroups(entry.pw_name, owner.gid)
        os.environ.update(HOME=entry.pw_dir, USER=entry.pw_name, LOGNAME=entry.pw_name)
    os.setresgid(owner.gid, owner.gid, owner.gid)
    os.setresuid(owner.uid, owner.uid, owner.uid)


def _group_of(folder: os.stat_result) -> int:
    try:
        return pwd.getpwuid(folder.st_uid).pw_gid
    except KeyError:
        return folder.st_gid


def _as(owner: Owner, words: Sequence[str]) -> str:
    return f"runuser -u {owner.name} -- congvan {shlex.join(words)}"
