"""The key of a backup place: one small text file, without which nothing there can be read again."""

import base64
import binascii
import hashlib
import hmac
import os
from dataclasses import dataclass
from pathlib import Path

from core import access
from core.errors import NotAllowed, Permanent
from core.files import flush_folder
from core.system_words import reason_of

_FIRST_LINE = "congvan-backup-key-1"
_WORDS = """# Chìa khóa mở các bản sao lưu của Công văn.
# KHÔNG CÓ TỆP NÀY THÌ KHÔNG KHÔI PHỤC ĐƯỢC GÌ, kể cả người viết chương trình cũng không mở được.
# Cất ít nhất hai bản ở hai nơi (két, niêm phong), không cất cùng chỗ với bản sao lưu.
"""


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """The secret of one backup place. `id` (8 bytes) tells keys apart and tells nothing of the secret."""

    secret: bytes

    @property
    def id(self) -> bytes:
        """What stands in the clear at the head of each file."""
        return hashlib.sha256(b"congvan backup key id" + self.secret).digest()[:8]

    def name(self, kind: str, what: str) -> str:
        """A keyed name (hex) for an object, so that the place doesn't tell which contents we hold."""
        return hmac.new(self.secret, f"{kind}:{what}".encode(), hashlib.sha256).hexdigest()


def new_key(path: Path) -> Key:
    """Make a key and write it to `path`, readable by its owner alone. Raises Permanent when the file is there."""
    key = Key(os.urandom(32))
    text = f"{_FIRST_LINE}\n{base64.b64encode(key.secret).decode()}\n{_WORDS}"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise Permanent(f"Đã có tệp {path}; không ghi đè chìa khóa cũ. Chọn tên khác.") from None
    except OSError as error:
        raise Permanent(f"Không ghi được {path}: {reason_of(error)}.") from error
    with os.fdopen(handle, "w", encoding="utf-8") as writing:
        writing.write(text)
        writing.flush()
        os.fsync(writing.fileno())
    flush_folder(path.absolute().parent)
    return key


def read_key(path: Path, *, has_states: bool = False) -> Key:
    """The key in a file made by `new_key`. Raises Permanent, saying what to do, when there is none, and NotAllowed
    when this account may not read it.

    Where the place `has_states` only the key that made them helps, and a new one is not spoken of.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise Permanent(f"Không có tệp chìa khóa {path}. {_put_away(path) if has_states else _make(path)}") from None
    except PermissionError as error:
        raise NotAllowed(
            f"Tài khoản «{access.name_of(os.geteuid())}» không đọc được tệp chìa khóa {path}. Tài khoản của dịch vụ "
            f"phải đọc được, người khác thì không: chown congvan {path}"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise Permanent(f"Không đọc được tệp chìa khóa {path}: {reason_of(error)}.") from error
    try:
        secret = base64.b64decode(lines[1], validate=True)
        is_whole = lines[0] == _FIRST_LINE and len(secret) == 32
    except (IndexError, binascii.Error):
        is_whole = False
    if not is_whole:
        raise Permanent(f"Tệp {path} không phải chìa khóa sao lưu hoặc đã hỏng. Lấy bản cất ở nơi khác.")
    return Key(secret)


def _make(path: Path) -> str:
    return f"Tạo mới: congvan backup --new-key {path}"


def _put_away(path: Path) -> str:
    return (
        "Các bản sao lưu chỉ mở được bằng chìa khóa đã khóa chúng, chìa khóa mới không mở được: lấy một trong hai bản "
        f"chìa khóa đã cất ở hai nơi khác (két, niêm phong), chép về {path} rồi chạy lại."
    )
