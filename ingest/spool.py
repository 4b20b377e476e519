"""The RAM spool: where raw mails and their parts lie until screening has answered (promise 4), within a budget."""

import contextlib
import fcntl
import os
import secrets
import shutil
import stat
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from config.settings import Settings
from core import requests
from core.errors import Permanent

# A letter takes its raw bytes, its decoded parts (three quarters of them) and some room for archives.
_ROOM_PER_BYTE = 2
_ROOM_MIN_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Slot:
    """A letter's own folder in the spool, and the bytes reserved for it."""

    folder: Path
    room: int

    @property
    def raw(self) -> Path:
        """The file of the mail's bytes as received."""
        return self.folder / "raw"

    @property
    def key_mail(self) -> Path:
        """The file of another mail's bytes, which brings the password for this one."""
        return self.folder / "key-mail"

    @property
    def parts(self) -> Path:
        """The folder that the reader decodes into."""
        return self.folder / "parts"


class Spool:
    """One process's part of the spool folder. Every process works in a subfolder of its own, held by a lock,
    so that what a killed one left behind can be told from what a living one uses, and removed."""

    def __init__(self, root: Path, max_bytes: int) -> None:
        """Remove what dead processes left under `root` and begin a folder of our own, mode 0700.

        Raises Permanent when somebody else has laid a folder there: /dev/shm is open to all.
        """
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        found = root.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise Permanent(
                f"Thư mục đệm {root} thuộc người dùng khác. Xóa nó bằng quyền root (rm -r {root}) hoặc đặt khóa "
                "intake.spool."
            )
        root.chmod(0o700)
        self.dropped = root / requests.FOLDER
        self.dropped.mkdir(exist_ok=True, mode=0o700)
        self._max_bytes = max_bytes
        self._used = 0
        self._changed = threading.Condition()
        # One starts at a time: between making a folder and locking it, another would take it for a dead one's.
        with _locked(root / "lock"):
            _remove_dead(root)
            self.folder = root / f"run-{secrets.token_hex(8)}"
            self.folder.mkdir(mode=0o700)
            self._alive = os.open(self.folder / "alive", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._alive, fcntl.LOCK_EX)

    @property
    def is_in_use(self) -> bool:
        """Whether letters lie in it, on their way to the database."""
        return self._used > 0

    def can_ever_hold(self, size: int) -> bool:
        """Whether a mail of `size` bytes fits into the budget at all."""
        return _room(size) <= self._max_bytes

    @property
    def largest_letter(self) -> int:
        """The most bytes that a mail may have to fit into the budget at all."""
        return self._max_bytes // _ROOM_PER_BYTE

    def try_reserve(self, size: int) -> Slot | None:
        """Make room for a mail of `size` bytes; None while others take too much of the budget. Raises OSError."""
        with self._changed:
            if self._used + _room(size) > self._max_bytes:
                return None
            self._used += _room(size)
        slot = Slot(self.folder / secrets.token_hex(8), _room(size))
        try:
            slot.folder.mkdir(mode=0o700)
        except OSError:
            self.release(slot)
            raise
        return slot

    def try_grow(self, slot: Slot, size: int) -> Slot | None:
        """The slot with room for `size` bytes, for a mail whose size nobody told; None while there is none."""
        room = max(slot.room, _room(size))
        with self._changed:
            if self._used + room - slot.room > self._max_bytes:
                return None
            self._used += room - slot.room
        return replace(slot, room=room)

    def wait_for_room(self, size: int, seconds: float) -> None:
        """Wait until a mail of `size` bytes might fit, at most `seconds`."""
        with self._changed:
            self._changed.wait_for(lambda: self._used + _room(size) <= self._max_bytes, timeout=seconds)

    def release(self, slot: Slot) -> None:
        """Remove a letter's folder and give its room back; to be called once."""
        shutil.rmtree(slot.folder, ignore_errors=True)
        with self._changed:
            self._used -= slot.room
            self._changed.notify_all()

    def close(self) -> None:
        """Remove everything of this process."""
        shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self._alive)


def spool_root(settings: Settings) -> Path:
    """The spool's folder: the configured one, else one in RAM named after the data folder."""
    if settings.intake.spool is not None:
        return settings.intake.spool
    return Path(os.environ.get("RUNTIME_DIRECTORY", "/dev/shm").split(":")[0]) / f"congvan-{settings.mark}"


def _room(size: int) -> int:
    return max(_ROOM_MIN_BYTES, size * _ROOM_PER_BYTE)


def _remove_dead(root: Path) -> None:
    for folder in root.glob("run-*"):
        if not _is_alive(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(folder: Path) -> bool:
    """Whether a process works in `folder`; where that can't be told, it is left alone."""
    try:
        alive = os.open(folder / "alive", os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    try:
        fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(alive)
    return False


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
