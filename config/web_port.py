"""Whether the pages can have their port: for `congvan doctor`, and in words when they could not."""

import errno
import http.client
import socket

from config.doctor import Check
from config.settings import DashboardSettings, Settings

OFFICE_HEADER = "Congvan-Office"  # in the answers of /healthz: which office's pages these are
_SECONDS = 3
_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}


def look_at(settings: Settings) -> Check:
    """Whether the port is free, or held by this very office's running pages."""
    web = settings.dashboard
    what = f"Trang web ở {_place(web)}"
    try:
        _try(web)
    except OSError as error:
        holder = _holder(web) if error.errno == errno.EADDRINUSE else None
        if holder == settings.mark:
            return Check(f"{what}: đang chạy", True)
        return Check(what, False, _why(error, is_other_office=bool(holder)))
    return Check(f"{what}: mở được", True)


def sentence(web: DashboardSettings, error: OSError) -> str:
    """Why the pages could not open their port, and what to do."""
    return f"không mở được {_place(web)}. {_why(error)}"


def _place(web: DashboardSettings) -> str:
    return f"[{web.host}]:{web.port}" if ":" in web.host else f"{web.host}:{web.port}"


def _try(web: DashboardSettings) -> None:
    family = socket.AF_INET6 if ":" in web.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        trial.bind((web.host, web.port))


def _holder(web: DashboardSettings) -> str | None:
    """The mark of the office whose pages answer there; None when they are not ours."""
    connection = http.client.HTTPConnection(_ANY.get(web.host, web.host), web.port, timeout=_SECONDS)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().getheader(OFFICE_HEADER)
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _why(error: OSError, *, is_other_office: bool = False) -> str:
    if error.errno == errno.EADDRINUSE:
        who = "Trang web của cơ quan khác trên máy này" if is_other_office else "Chương trình khác"
        return f"{who} đang giữ cổng này: đổi dashboard.port (cả ở nginx), hoặc dừng chương trình ấy."
    if error.errno in (errno.EACCES, errno.EPERM):
        return "Tài khoản này không được mở cổng ấy: đặt dashboard.port từ 1024 trở lên."
    if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
        return "Máy này không có địa chỉ ấy: sửa khóa dashboard.host."
    return f"{error.strerror or error}: xem các khóa dashboard.host và dashboard.port."
