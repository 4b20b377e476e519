"""Sealed letters (promise 3): bytes encrypted under a key of their own, and marks that know a letter again.

A sealed file is a row of chunks, each AES-256-GCM under the letter's own random key with its number as
nonce; the last chunk is marked, so a file cut short is refused. The key lives only in the letter's row:
blanking it destroys the letter, whatever copies of the file exist.
"""

import hashlib
import hmac
import os
import struct
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Session

from core.db import insert_of
from core.errors import Permanent
from core.files import flush_folder
from core.office import OfficeFact

_CHUNK = 256 * 1024
_TAG = 16
_MARK_KEY = "mark_key"


def seal(source: Path, folder: Path) -> tuple[str, bytes]:
    """Encrypt `source` durably into a new file of `folder`; return the file's name and the key.

    Raises OSError when it can't be written; nothing half written stays under the final name.
    """
    name, key = os.urandom(16).hex(), AESGCM.generate_key(bit_length=256)
    cipher = AESGCM(key)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = folder / (name + ".tmp")
    try:
        with source.open("rb") as reading, temporary.open("xb") as writing:
            left = os.fstat(reading.fileno()).st_size
            number = 0
            while True:
                window = reading.read(_CHUNK)
                left -= len(window)
                writing.write(cipher.encrypt(_nonce(number, is_last=left <= 0), window, None))
                number += 1
                if left <= 0:
                    break
            writing.flush()
            os.fsync(writing.fileno())
        temporary.rename(folder / name)
        flush_folder(folder)
        flush_folder(folder.parent)  # the first sealed letter makes the folder itself
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    return name, key


def unseal(path: Path, key: bytes) -> Iterator[bytes]:
    """The letter's bytes in windows. Raises Permanent when the file was cut, changed, or the key is another's."""
    cipher = AESGCM(key)
    left = path.stat().st_size
    with path.open("rb") as reading:
        number = 0
        while True:
            chunk = reading.read(_CHUNK + _TAG)
            left -= len(chunk)
            try:
                yield cipher.decrypt(_nonce(number, is_last=left <= 0), chunk, None)
            except InvalidTag:
                raise Permanent("Thư niêm phong đã hỏng hoặc bị sửa, không mở được.") from None
            number += 1
            if left <= 0:
                return


def sealed_size(size: int) -> int:
    """How many bytes a letter of `size` bytes takes sealed: at least one chunk, each with its tag."""
    return size + _TAG * max(1, -(-size // _CHUNK))


def _nonce(number: int, *, is_last: bool) -> bytes:
    # One key seals one file, so a counter never repeats under it.
    return struct.pack(">?xxxQ", is_last, number)


def mark_key(session: Session) -> bytes:
    """The office's key for marks, made at first use (needs a writing session then)."""
    stored = session.get(OfficeFact, _MARK_KEY)
    if stored is not None:
        return bytes.fromhex(stored.value["hex"])
    made = insert_of(session, OfficeFact).values(name=_MARK_KEY, value={"hex": os.urandom(32).hex()})
    session.execute(made.on_conflict_do_nothing())  # another writer may make it at this moment
    return bytes.fromhex(session.get_one(OfficeFact, _MARK_KEY).value["hex"])


def mark(key: bytes, identity: str) -> str:
    """Keyed HMAC-SHA-256 (hex) of a letter's identity: knows it again, tells nobody what it says."""
    return hmac.new(key, identity.encode(), hashlib.sha256).hexdigest()
