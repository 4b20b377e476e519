"""What the readers of locked archives share: keys made of a password, and bytes decrypted by them."""

import os
from collections.abc import Callable
from typing import BinaryIO, Generic, TypeVar

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes

_Key = TypeVar("_Key")
_WINDOW_BYTES = 256 << 10
_MOST_KEYS = 64  # of one archive: each takes up to half a second to make


class Keys(Generic[_Key]):
    """An archive's keys by their salt and count of rounds, each made once and gone with the archive."""

    def __init__(self, make: Callable[[bytes, int], _Key]) -> None:
        self._make = make
        self._made: dict[tuple[bytes, int], _Key] = {}

    def key(self, salt: bytes, rounds: int) -> _Key:
        """Raises ValueError for more keys than an archive needs."""
        if (salt, rounds) not in self._made:
            if len(self._made) >= _MOST_KEYS:
                raise ValueError("too many keys")
            self._made[salt, rounds] = self._make(salt, rounds)
        return self._made[salt, rounds]


def cbc(key: bytes, vector: bytes) -> CipherContext:
    """What decrypts AES in cipher block chaining, in multiples of 16 bytes."""
    return Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()


def exactly(source: BinaryIO, count: int) -> bytes:
    """The next `count` bytes. Raises EOFError where there are fewer."""
    data = source.read(count)
    if len(data) != count:
        raise EOFError
    return data


def move(source: BinaryIO, place: int) -> None:
    """Go on from `place`. Raises EOFError beyond the end, where the system might say EINVAL, as of a broken disk."""
    if not 0 <= place <= os.fstat(source.fileno()).st_size:
        raise EOFError
    source.seek(place)


def skip(source: BinaryIO, count: int) -> None:
    """Leave out the next `count` bytes. Raises EOFError as `move`."""
    move(source, source.tell() + count)


def copy_plain(source: BinaryIO, target: BinaryIO, size: int, wanted: int, aes: CipherContext | None) -> None:
    """Copy `size` bytes, decrypted by `aes` where there is one, and leave out what is beyond `wanted`: the padding."""
    while size > 0:
        window = exactly(source, min(size, _WINDOW_BYTES))
        size -= len(window)
        plain = (aes.update(window) if aes else window)[:wanted]
        target.write(plain)
        wanted -= len(plain)
