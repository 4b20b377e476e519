"""Short-lived values that travel through the browser unread and unchanged: flashes, and forms kept over a login."""

import json
import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

KEPT_SECONDS = 1800


class Seal:
    """Encrypts small values under the installation's own key, so that every process can open them."""

    def __init__(self, folder: Path) -> None:
        self._fernet = Fernet(_key(folder / "dashboard.key"))

    def close(self, value: Any, *, at: datetime) -> str:
        """A value made of JSON types -> text that is safe in cookies and forms."""
        text = json.dumps(value, ensure_ascii=False).encode()
        return self._fernet.encrypt_at_time(text, int(at.timestamp())).decode()

    def open(self, text: str, *, at: datetime, seconds: int = KEPT_SECONDS) -> Any:
        """The value again; None when it was changed, is older than `seconds` or was never ours."""
        try:
            return json.loads(self._fernet.decrypt_at_time(text.encode(), seconds, int(at.timestamp())))
        except InvalidToken:
            return None


def _key(path: Path) -> bytes:
    # Two processes may start at once: the first to link its file in place wins, both read that one.
    if not path.exists():
        own = path.with_name(f"{path.name}.{os.getpid()}")
        own.touch(mode=0o600)
        own.write_bytes(Fernet.generate_key())
        with suppress(FileExistsError):
            path.hardlink_to(own)
        own.unlink()
    return path.read_bytes()
