"""Around every request: security headers, the right Host, and every failure said in words."""

import re
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from config.settings import DashboardSettings
from core.errors import NotAllowed, Permanent, Temporary, WrongState
from dashboard import web

_LOG = structlog.get_logger("dashboard")
_MACHINE_PATHS = ("/healthz", "/metrics")
# No row has such a number, no text a NUL, and PostgreSQL can't even be asked for one: the page is simply not there.
# The names of static files are digests, which may be all digits.
_NEVER_THERE = re.compile(r"(?!/static/).*(?:/\d{10,}(?=[/.]|$)|\0)", re.DOTALL)
_LOCAL_HOSTS = {"127.0.0.1", "localhost", "[::1]"}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), geolocation=(), microphone=(), "
        "publickey-credentials-create=(self), publickey-credentials-get=(self)"
    ),
}
_AGAIN = "Bạn vừa đăng nhập lại; việc vừa bấm chưa được làm."
_NOT_FOUND = "Không có trang này, hoặc tài khoản của bạn không được xem."


class Guard:
    """The outermost layer. Expected errors become pages with their sentence; anything else is logged as a bug."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        has_started = False

        async def send_guarded(message: Message) -> None:
            nonlocal has_started
            if message["type"] == "http.response.start":
                has_started = True
                _add_headers(scope, message)
            await send(message)

        settings = web.office_of(request).settings.dashboard
        if not _is_our_host(scope["path"], request.headers, settings):
            await _wrong_address(request.headers)(scope, receive, send_guarded)
            return
        if _NEVER_THERE.match(scope["path"]):
            await _page(request, 404, "Không tìm thấy trang", _NOT_FOUND)(scope, receive, send_guarded)
            return
        try:
            await self._app(scope, receive, send_guarded)
        except ClientDisconnect:
            return  # the browser went away while its form was read: there is nobody to answer
        except Exception as error:
            if has_started:
                raise
            await _answer(request, error)(scope, receive, send_guarded)


async def not_found(request: Request, error: Exception) -> Response:
    """The router's own refusals (no such page, wrong method) in words."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    return _page(request, status, "Không tìm thấy trang", _NOT_FOUND)


def _answer(request: Request, error: Exception) -> Response:
    if isinstance(error, NotAllowed) and request.method in ("GET", "HEAD"):
        return _page(request, 404, "Không tìm thấy trang", _NOT_FOUND)
    if isinstance(error, NotAllowed):
        return _page(request, 403, "Không được làm việc này", error.sentence)
    if isinstance(error, WrongState):
        return _page(request, 409, "Chưa làm được", error.sentence)
    if isinstance(error, Permanent) and getattr(request.state, "is_review", False):
        # An act of one button has no form to come back to: the button itself is shown again.
        return _page(request, 422, "Tiếp tục việc đang làm", _AGAIN, fields=request.state.fields)
    if isinstance(error, Permanent):
        return _page(request, 422, "Cần sửa lại", error.sentence)
    if isinstance(error, Temporary):
        _LOG.warning("page_unavailable", path=request.url.path, reason=error.sentence)
        response = _page(request, 503, "Tạm thời chưa được", error.sentence)
        response.headers["Retry-After"] = "5"
        return response
    _LOG.error("page_failed", path=request.url.path, method=request.method, exc_info=error)
    sentence = (
        "Chương trình gặp lỗi ngoài dự kiến và đã ghi vào nhật ký. Tải lại trang; nếu còn lỗi, báo người quản trị."
    )
    return _page(request, 500, "Có lỗi", sentence)


def _page(
    request: Request, status: int, title: str, sentence: str, fields: dict[str, str] | None = None
) -> Response:  # fmt: skip
    if request.headers.get("x-live"):
        return PlainTextResponse(sentence, status)
    can_reload = status >= 500 and request.method == "GET"
    return web.render(
        request, "error.html", status, title=title, sentence=sentence, fields=fields, can_reload=can_reload,
        back=_page_before(request),
    )  # fmt: skip


def _page_before(request: Request) -> str:
    """The page the person came from, if it is ours and not the one that fails; else nothing."""
    found = urlsplit(request.headers.get("referer", ""))
    is_ours = found.netloc == request.headers.get("host")
    is_ours = is_ours and (found.path != request.url.path or _is_of_a_page(request))
    return f"{found.path}?{found.query}" if is_ours and found.query else found.path if is_ours else ""


def _is_of_a_page(request: Request) -> bool:
    """Whether what was sent has a form at the same address."""
    asked = {"type": "http", "path": request.url.path, "method": "GET"}
    return request.method == "POST" and any(route.matches(asked)[0] is Match.FULL for route in request.app.routes)


def _is_our_host(path: str, headers: Headers, settings: DashboardSettings) -> bool:
    # Without this, a foreign page could reach a dashboard on 127.0.0.1 under its own name (DNS rebinding).
    if path in _MACHINE_PATHS:
        return True
    host, source = headers.get("host", ""), headers.get("origin", "")
    if settings.origin:
        ours = settings.origin.partition("://")[2].rstrip("/")
        return host == ours and source in ("", settings.origin.rstrip("/"))
    name = re.sub(r":\d+$", "", host)
    return name in _LOCAL_HOSTS | {settings.host} and source in ("", f"http://{host}", f"https://{host}")


def _wrong_address(headers: Headers) -> Response:
    sentence = (
        f"Trang này không phục vụ địa chỉ «{headers.get('host', '')[:80]}». Mở đúng địa chỉ của cơ quan "
        "(khóa dashboard.origin trong tệp cấu hình)."
    )
    return PlainTextResponse(sentence, 421)


def _add_headers(scope: Scope, message: MutableMapping[str, Any]) -> None:
    headers = MutableHeaders(raw=message["headers"])
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if not scope["path"].startswith("/static/"):
        headers.setdefault("Cache-Control", "no-store")
