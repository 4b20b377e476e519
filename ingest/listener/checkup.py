"""For `congvan doctor`: whether our own door can be opened, or is open already."""

import contextlib
import errno
import os
import socket
import ssl

from config.doctor import Check
from config.listening import ListenerSettings
from core.system_words import reason_of
from ingest.listener.server import place, tls_of
from ingest.listener.session import IDENT


def look_at(settings: ListenerSettings) -> Check:
    """For `congvan doctor`: whether mail servers can be listened to, or are already by the running intake."""
    what = f"Lối đẩy thư {settings.protocol.upper()} ở {place(settings)}"
    try:
        tls_of(settings)
    except (OSError, ssl.SSLError) as error:
        advice = f"Không dùng được certificate hoặc key ({reason_of(error)}): kiểm tra tệp và quyền đọc."
        return Check(what, False, advice)
    try:
        _try(settings)
    except OSError as error:
        if error.errno == errno.EADDRINUSE and IDENT.encode() in (_greeting(settings) or b""):
            return Check(f"{what}: đang nghe", True)
        return Check(what, False, _why(error))
    return Check(f"{what}: mở được", True)


def _try(settings: ListenerSettings) -> None:
    if settings.socket is not None:
        if _greeting(settings) is not None:  # one that nobody answers at is left over, and replaced
            raise OSError(errno.EADDRINUSE, "socket answers")
        if not os.access(settings.socket.parent, os.W_OK):
            raise OSError(errno.EACCES, "folder not writable")
        return
    family, *_, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
    with socket.create_server(address[:2], family=family):
        pass


def _greeting(settings: ListenerSettings) -> bytes | None:
    """What whoever listens there says first; None when nobody does."""
    try:
        if settings.socket is None:
            connection = socket.create_connection((settings.host, settings.port), timeout=3)
        else:
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(3)
            connection.connect(str(settings.socket))
    except OSError:
        return None
    with connection, contextlib.suppress(OSError):
        return connection.recv(200)
    return b""


def _why(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "Chương trình khác đang giữ chỗ này: đổi listener.port (hay listener.socket) hoặc dừng chương trình ấy."
    if error.errno in (errno.EACCES, errno.EPERM):
        return "Tài khoản này không được mở chỗ ấy: dùng cổng từ 1024 trở lên, hoặc cấp quyền ghi thư mục của socket."
    return f"Không mở được ({reason_of(error)}): kiểm tra listener.host."
