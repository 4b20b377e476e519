"""Who is at the browser: the session cookie becomes a person, a missing or ended one leads to the login page."""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from sqlalchemy.orm import Session
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from config.settings import Settings
from core import accounts, office
from core.backup import marks
from core.errors import CongvanError, Temporary
from core.listings.counters import counters
from core.rights import Right, may
from dashboard import relying_party, web
from dashboard.sealing import Seal

LOGIN = "/dang-nhap"
PASSWORD = "/doi-mat-khau"
LOGOUT = "/dang-xuat"
DEVICE_LOGIN = LOGIN + "/khoa"
DEVICE_BEGIN = DEVICE_LOGIN + "/bat-dau"
_OPEN = (LOGIN, DEVICE_LOGIN, DEVICE_BEGIN)
_BARE = ("/static/", "/healthz", "/metrics")
_FLASH_SECONDS = 120
_NO_TLS = (
    "Địa chỉ này không dùng HTTPS nên trình duyệt không giữ được phiên đăng nhập. Mở bằng https://; người quản trị "
    "xem khóa dashboard.origin và dashboard.insecure_cookies."
)


@dataclass(frozen=True, slots=True)
class Arrived:
    """What one reading told about a browser."""

    visit: accounts.Visit | None
    counters: dict[str, int]
    office_name: str


class Visitors:
    """Sets `request.state`: person, csrf_token, counters, office_name, flashes; sets and clears our cookies."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or scope["path"].startswith(_BARE):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        request.state.flashes = _flashes(request)
        answer = await _recognise(request)

        async def send_with_cookies(message: Message) -> None:
            if message["type"] == "http.response.start":
                _set_cookies(request, MutableHeaders(raw=message["headers"]))
            await send(message)

        try:
            await (answer or self._app)(scope, receive, send_with_cookies)
        finally:
            await _note_seen(request)


def cookie_name(request: Request, name: str) -> str:
    """The cookie's name; with TLS the prefix makes browsers refuse one set by a neighbour host or without Secure."""
    return name if web.office_of(request).settings.dashboard.insecure_cookies else f"__Host-{name}"


def give_session(request: Request, response: Response, token: str) -> None:
    """Hand the browser its session's token; it lasts until the browser closes or the session ends."""
    insecure = web.office_of(request).settings.dashboard.insecure_cookies
    response.set_cookie(cookie_name(request, "phien"), token, httponly=True, secure=not insecure, samesite="lax")


def token_of(request: Request) -> str:
    """The session token the browser sent, or nothing."""
    return request.cookies.get(cookie_name(request, "phien"), "")


def login_page(
    request: Request, status: int = 200, *, error: str = "", notice: str = "", username: str = "", kept: str = "",
    next_path: str = "", device_error: str = "",
) -> Response:  # fmt: skip
    """The login page: `kept` is a form that waits for its person, `next_path` where the person wanted to go.

    `device_error` says why a device's key did not serve; the browser then no longer puts it first.
    """
    notice = notice or (_NO_TLS if _loses_cookies(request) else "")
    return web.render(
        request, "sessions/login.html", status, error=error or device_error, notice=notice, username=username,
        kept=kept, next_path=next_path, can_use_devices=not relying_party.fault_of(request),
        is_device_refused=bool(device_error),
    )  # fmt: skip


def _loses_cookies(request: Request) -> bool:
    # Browsers keep Secure cookies from plain HTTP only where the server is the same machine.
    settings = web.office_of(request).settings.dashboard
    is_plain = request.url.scheme == "http" and not settings.origin.startswith("https://")
    return is_plain and not settings.insecure_cookies and request.url.hostname not in ("127.0.0.1", "localhost")


async def _recognise(request: Request) -> Response | None:
    """Fill `request.state`; an answer where the request must not go further."""
    token, path = token_of(request), request.url.path
    idle = timedelta(minutes=web.office_of(request).settings.dashboard.session_idle_minutes)
    needs_frame = not request.headers.get("accept", "").startswith(("image/", "text/event-stream"))
    settings = web.office_of(request).settings if needs_frame else None
    arrived = await web.in_reading(request, _look_up, token, at=web.now(request), idle=idle, settings=settings)
    request.state.office_name = arrived.office_name
    visit = arrived.visit
    if visit is None or visit.is_over:
        request.state.csrf_token = _visitors_csrf(request)
        return None if path in _OPEN else await _to_login(request, visit)
    request.state.person, request.state.counters = _person(visit), arrived.counters
    request.state.csrf_token = visit.csrf_token
    is_live = "x-live" in request.headers or path == "/tin"  # what pages do by themselves keeps nobody signed in
    request.state.is_seen_anew = web.now(request) - visit.seen_at > accounts.SEEN_EVERY and not is_live
    if visit.user.must_change_password and path not in (PASSWORD, LOGOUT):
        return RedirectResponse(PASSWORD, 303)
    return None


async def _note_seen(request: Request) -> None:
    """Keep the session alive once the answer is out: nobody waits for the disk because he is still here."""
    if not getattr(request.state, "is_seen_anew", False):
        return
    database, session_id, at = web.office_of(request).database, request.state.person.session_id, web.now(request)

    def write() -> None:
        with database.writing() as session:
            accounts.note_seen(session, session_id, at=at)

    # Not by in_writing: a form that comes back after a new login is shown again, and somebody is here all the same.
    with suppress(Temporary):  # a page can be read while nothing can be written
        await web.in_thread(request, write)


def _look_up(session: Session, token: str, *, at: datetime, idle: timedelta, settings: Settings | None) -> Arrived:
    """`settings` None where no frame is needed."""
    visit = accounts.visit_of(session, token, at=at, idle=idle) if token else None
    if settings is None:
        return Arrived(visit, {}, "")
    name = office.name_on(session, office.office_date(at))
    late = marks.late_after(settings.backup)
    counts = counters(session, visit.user, settings.watched, late, at=at) if visit and not visit.is_over else {}
    return Arrived(visit, counts, name.name if name else "")


def _person(visit: accounts.Visit) -> web.Person:
    user = visit.user
    return web.Person(
        id=user.id, username=user.username, name=user.full_name, title=user.title, roles=user.roles,
        rights=frozenset(right for right in Right if may(user, right)), session_id=visit.session_id,
        signed_in_at=visit.started_at, must_change_password=user.must_change_password,
    )  # fmt: skip


async def _to_login(request: Request, visit: accounts.Visit | None) -> Response:
    if "x-live" in request.headers:
        return PlainTextResponse("Phiên làm việc đã hết.", 401)
    if request.url.path == "/tin":
        return Response(status_code=204)  # the answer after which a browser's EventSource does not come again
    if request.method in ("GET", "HEAD"):
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"{LOGIN}?tiep={quote(request.url.path + query)}", 303)
    kept = await _keep_form(request, visit) if visit else ""
    notice = "Phiên làm việc đã hết." + (" Đăng nhập lại: những gì bạn vừa nhập còn nguyên." if kept else "")
    return login_page(request, 401, kept=kept, notice=notice)


async def _keep_form(request: Request, visit: accounts.Visit) -> str:
    # The form is kept only if the ended session itself gave it out, and opened only for the same person.
    request.state.csrf_token, fresh = visit.csrf_token, request.state.csrf_token
    try:
        await web.form_of(request)
    except CongvanError:
        return ""
    finally:
        request.state.csrf_token = fresh
    value = {"user": visit.user.id, "path": request.url.path, "fields": request.state.fields}
    return seal_of(request).close(value, at=web.now(request))


def seal_of(request: Request) -> Seal:
    """The installation's seal for values that travel through the browser."""
    seal: Seal = request.app.state.seal
    return seal


def _visitors_csrf(request: Request) -> str:
    found = request.cookies.get(cookie_name(request, "khach"), "")
    if len(found) == 43:
        return found
    request.state.new_visitor = secrets.token_urlsafe(32)
    token: str = request.state.new_visitor
    return token


def _flashes(request: Request) -> list[Any]:
    sealed = request.cookies.get(cookie_name(request, "tin"), "")
    found = seal_of(request).open(sealed, at=web.now(request), seconds=_FLASH_SECONDS) if sealed else None
    return found or []


def _set_cookies(request: Request, headers: MutableHeaders) -> None:
    insecure = web.office_of(request).settings.dashboard.insecure_cookies
    jar = Response()
    is_shown = getattr(request.state, "has_shown_flashes", False)
    waiting = [] if is_shown else getattr(request.state, "new_flashes", [])
    if waiting:
        sealed = seal_of(request).close(waiting, at=web.now(request))
        jar.set_cookie(cookie_name(request, "tin"), sealed, _FLASH_SECONDS, httponly=True, secure=not insecure)
    elif is_shown and request.state.flashes:
        jar.delete_cookie(cookie_name(request, "tin"), httponly=True, secure=not insecure)
    if hasattr(request.state, "new_visitor"):
        token = request.state.new_visitor
        jar.set_cookie(cookie_name(request, "khach"), token, httponly=True, secure=not insecure, samesite="strict")
    for cookie in jar.headers.getlist("set-cookie"):
        headers.append("set-cookie", cookie)
