"""Đăng nhập, đăng xuất, đổi mật khẩu."""

from collections import deque
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core import accounts
from core.errors import CongvanError, Permanent
from dashboard import pages, visitors, web

_WRONG = (
    "Không đăng nhập được: tên hoặc mật khẩu không đúng, hoặc tài khoản đang bị khóa. Sai 5 lần thì tài khoản khóa "
    "12 giờ; người quản trị mở khóa được."
)
_NO_TLS = (
    "Địa chỉ này không dùng HTTPS nên trình duyệt không giữ được phiên đăng nhập. Mở bằng https://; người quản trị "
    "xem khóa dashboard.origin và dashboard.insecure_cookies."
)
_TOO_MANY = "Địa chỉ này đã thử sai quá nhiều lần. Chờ 15 phút rồi thử lại."


class Throttle:
    """Counts wrong tries by network address in this process: 30 in 15 minutes; a whole office may share one."""

    LIMIT = 30
    WINDOW = timedelta(minutes=15)
    ADDRESSES = 10_000

    def __init__(self) -> None:
        self._tries: dict[str, deque[datetime]] = {}

    def is_open(self, source: str, at: datetime) -> bool:
        """Whether the address may try (again)."""
        tries = self._tries.get(source, deque())
        while tries and at - tries[0] > self.WINDOW:
            tries.popleft()
        return len(tries) < self.LIMIT

    def note(self, source: str, at: datetime) -> None:
        """Count one wrong try."""
        if source not in self._tries and len(self._tries) >= self.ADDRESSES:
            self._tries.pop(next(iter(self._tries)))
        self._tries.setdefault(source, deque(maxlen=self.LIMIT)).append(at)


async def login(request: Request) -> Response:
    """GET /dang-nhap: the login page; a person already signed in goes on."""
    next_path = _safe_path(request.query_params.get("tiep", ""))
    if getattr(request.state, "person", None):
        return RedirectResponse(next_path or "/", 303)
    return _login_page(request, next_path=next_path)


async def sign_in(request: Request) -> Response:
    """POST /dang-nhap: compare the password, open a session, go where the person wanted to go."""
    form = await web.form_of(request)
    username, kept = form.get("username", ""), form.get("kept", "")
    next_path = _safe_path(form.get("tiep", ""))
    origin, at = web.origin_of(request), web.now(request)
    throttle: Throttle = request.app.state.throttle
    if not throttle.is_open(origin.source, at):
        return _login_page(request, 429, error=_TOO_MANY, username=username, kept=kept, next_path=next_path)
    found = await web.in_reading(request, accounts.credentials, username)
    fits = await web.in_thread(request, accounts.is_right, found, form.get("password", ""))
    previous = visitors.token_of(request)
    token = await web.in_writing(request, accounts.sign_in, found, fits=fits, at=at, origin=origin, previous=previous)
    if token is None:
        throttle.note(origin.source, at)
        return _login_page(request, 422, error=_WRONG, username=username, kept=kept, next_path=next_path)
    response = await _onward(request, found.user_id, kept, token) or RedirectResponse(next_path or "/", 303)
    visitors.give_session(request, response, token)
    return response


async def _onward(request: Request, user_id: int | None, kept: str, token: str) -> Response | None:
    """The page that leads back to a form that was being filled when the session ended."""
    value: Any = visitors.seal_of(request).open(kept, at=web.now(request)) if kept else None
    if value is None or value["user"] != user_id:
        return None
    idle = timedelta(minutes=1)
    visit = await web.in_reading(request, accounts.visit_of, token, at=web.now(request), idle=idle)
    fields = {**value["fields"], web.REVIEW_FIELD: "1"}
    request.state.csrf_token = visit.csrf_token if visit else ""
    return web.render(request, "sessions/resume.html", path=value["path"], fields=fields)


async def sign_out(request: Request) -> Response:
    """POST /dang-xuat: end this session."""
    await web.form_of(request)
    person = web.user_of(request)
    await web.in_writing(request, _sign_out, person, at=web.now(request), origin=web.origin_of(request))
    response = RedirectResponse(visitors.LOGIN, 303)
    web.flash(request, "done", "Đã đăng xuất.")
    return response


def _sign_out(session: Session, person: web.Person, *, at: datetime, origin: accounts.Origin) -> None:
    accounts.sign_out(session, person.session_id, by=web.acting(session, person.id), at=at, origin=origin)


async def password(request: Request) -> Response:
    """GET /doi-mat-khau: the form for a new password."""
    return _password_page(request)


async def change_password(request: Request) -> Response:
    """POST /doi-mat-khau: check the old one, keep the rule, end all other sessions."""
    form, person = await web.form_of(request), web.user_of(request)
    throttle: Throttle = request.app.state.throttle
    origin, at = web.origin_of(request), web.now(request)
    try:
        if not throttle.is_open(origin.source, at):
            raise Permanent(_TOO_MANY, field="password")
        if form.get("new_password") != form.get("repeated"):
            raise Permanent("Hai lần nhập mật khẩu mới không giống nhau.", field="repeated")
        accounts.check_new_password(form.get("new_password", ""), person.username)
        if form.get("new_password") == form.get("password"):
            raise Permanent("Mật khẩu mới phải khác mật khẩu cũ.", field="new_password")
        found = await web.in_reading(request, accounts.credentials, person.username)
        if not await web.in_thread(request, accounts.is_right, found, form.get("password", "")):
            throttle.note(origin.source, at)
            raise Permanent("Mật khẩu hiện tại không đúng.", field="password")
    except Permanent as error:
        return _password_page(request, error)
    new_hash = await web.in_thread(request, accounts.hash_password, form["new_password"])
    token = await web.in_writing(request, accounts.change_password, found, new_hash, at=at, origin=origin)
    web.flash(request, "done", "Đã đổi mật khẩu. Các máy khác đang đăng nhập bằng tài khoản này đã bị đăng xuất.")
    response = RedirectResponse("/", 303)
    visitors.give_session(request, response, token)
    return response


async def front(request: Request) -> Response:
    """GET /: the first page of the person's menu."""
    return RedirectResponse(pages.home(web.user_of(request).rights), 303)


def _login_page(
    request: Request, status: int = 200, *, error: str = "", username: str = "", kept: str = "", next_path: str = ""
) -> Response:  # fmt: skip
    return web.render(
        request, "sessions/login.html", status, error=error, username=username, kept=kept, next_path=next_path,
        notice=_NO_TLS if _loses_cookies(request) else "",
    )  # fmt: skip


def _loses_cookies(request: Request) -> bool:
    # Browsers keep Secure cookies from plain HTTP only where the server is the same machine.
    settings = web.office_of(request).settings.dashboard
    is_plain = request.url.scheme == "http" and not settings.origin.startswith("https://")
    return is_plain and not settings.insecure_cookies and request.url.hostname not in ("127.0.0.1", "localhost")


def _password_page(request: Request, error: CongvanError | None = None) -> Response:
    return web.render(
        request, "sessions/password.html", 422 if error else 200, rule=accounts.PASSWORD_RULE,
        error=error.sentence if error else "", wrong_field=error.field if error else "",
    )  # fmt: skip


def _safe_path(path: str) -> str:
    # Only our own pages: "//host" and "/\host" would leave for another server.
    is_own = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_own and not path.startswith(visitors.LOGIN) else ""


routes = [
    Route("/", front, name="front"),
    Route(visitors.LOGIN, login, name="sessions:login"),
    Route(visitors.LOGIN, sign_in, methods=["POST"], name="sessions:sign_in"),
    Route(visitors.LOGOUT, sign_out, methods=["POST"], name="sessions:sign_out"),
    Route(visitors.PASSWORD, password, name="sessions:password"),
    Route(visitors.PASSWORD, change_password, methods=["POST"], name="sessions:change_password"),
]
