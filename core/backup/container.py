"""Encrypted files of a backup: a row of AES-256-GCM chunks in which no cut, flip, swap or reordering goes unseen.

`CVBAK01\\n`, key id (8 bytes), salt (16), then the chunks: 1 MiB of plain bytes and a tag of 16 each, the last one
shorter or empty. Each file has a key of its own, HKDF-SHA256 of the place's key and the salt; a chunk's nonce is
its number and whether it is the last; head and role (which file this is meant to be) are authenticated with each.
"""

import os
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core import access
from core.backup.keys import Key
from core.errors import NotAllowed, Permanent
from core.files import flush_folder
from core.system_words import reason_of

_MAGIC = b"CVBAK01\n"
_HEAD = len(_MAGIC) + 8 + 16
_WINDOW = 1 << 20
_TAG = 16


class Damaged(Permanent):
    """A file of the backup is gone, cut, changed, or locked with another key."""


class OtherKey(Damaged):
    """A file of the backup is locked with another key, or the place with all its states is."""


def write(target: Path, temporary: Path, key: Key, role: str, plain: Iterable[bytes]) -> int:
    """Encrypt the bytes into `target` by way of `temporary` (same file system), durably; returns the size on disk.

    Raises OSError when it can't be written, and whatever `plain` raises; then nothing new stands under `target`,
    unless it was the flush of its folder that failed.
    """
    head = _MAGIC + key.id + os.urandom(16)
    cipher, extra = _cipher(key, head), head + role.encode()
    try:
        with temporary.open("xb") as writing:
            os.fchmod(writing.fileno(), 0o600)
            writing.write(head)
            for number, (window, is_last) in enumerate(_windows(plain)):
                writing.write(cipher.encrypt(_nonce(number, is_last=is_last), window, extra))
            size = writing.tell()
            writing.flush()
            os.fsync(writing.fileno())
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary.rename(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    flush_folder(target.parent)
    return size


def read(path: Path, key: Key, role: str) -> Iterator[bytes]:
    """The plain bytes in windows, each proved before it is given. Raises Damaged as soon as something is wrong, and
    NotAllowed for what is another account's: it may be whole."""
    try:
        with path.open("rb", buffering=0) as reading:
            left = os.fstat(reading.fileno()).st_size - _HEAD
            head = reading.read(_HEAD)
            _check_head(path, head, key)
            cipher, extra = _cipher(key, head), head + role.encode()
            number = 0
            while left > 0:
                chunk = reading.read(min(left, _WINDOW + _TAG))
                left -= len(chunk)
                if not chunk:  # cut since its size was read
                    raise Damaged(f"Tệp sao lưu {path.name} bị cắt ngắn.")
                yield cipher.decrypt(_nonce(number, is_last=left == 0), chunk, extra)
                number += 1
            if number == 0:
                raise Damaged(f"Tệp sao lưu {path.name} bị cắt ngắn.")
    except InvalidTag:
        raise Damaged(f"Tệp sao lưu {path.name} bị cắt hoặc bị sửa.") from None
    except FileNotFoundError:
        raise Damaged(f"Bản sao lưu thiếu tệp {path.name}.") from None
    except PermissionError as error:
        raise NotAllowed(access.why_closed(path) or f"Không được đọc tệp sao lưu {path}.") from error
    except OSError as error:
        raise Damaged(f"Không đọc được tệp sao lưu {path.name}: {reason_of(error)}.") from error


def key_id_of(path: Path) -> bytes | None:
    """The id of the key that a file is locked with, as its head says; None where that can't be read."""
    try:
        with path.open("rb", buffering=0) as reading:
            head = reading.read(_HEAD)
    except OSError:
        return None
    return head[len(_MAGIC) : len(_MAGIC) + 8] if len(head) == _HEAD and head.startswith(_MAGIC) else None


def _check_head(path: Path, head: bytes, key: Key) -> None:
    if len(head) < _HEAD or not head.startswith(_MAGIC):
        raise Damaged(f"Tệp sao lưu {path.name} bị cắt hoặc hỏng ở đầu.")
    if head[len(_MAGIC) : len(_MAGIC) + 8] != key.id:
        raise OtherKey(f"Tệp sao lưu {path.name} khóa bằng chìa khóa khác, hoặc hỏng ở đầu. Kiểm tra tệp chìa khóa.")


def _cipher(key: Key, head: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=head[-16:], info=b"congvan backup file 1").derive(key.secret))


def _nonce(number: int, *, is_last: bool) -> bytes:
    return struct.pack(">?xxxQ", is_last, number)


def _windows(plain: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Windows of one fixed size, each with whether it is the last; the last may be shorter, or empty."""
    waiting = bytearray()
    for piece in plain:
        waiting += piece
        while len(waiting) > _WINDOW:
            yield bytes(waiting[:_WINDOW]), False
            del waiting[:_WINDOW]
    yield bytes(waiting), True
