"""Đăng nhập, đăng xuất, đổi mật khẩu."""

from collections import deque
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core import accounts
from core.errors import CongvanError, NotAllowed, Permanent
from dashboard import pages, relying_party, visitors, web

_WRONG = (
    "Không đăng nhập được: tên hoặc mật khẩu không đúng, hoặc tài khoản đang bị khóa. Sai 5 lần thì tài khoản khóa "
    "12 giờ; người quản trị mở khóa được."
)
_ALREADY = "Trình duyệt này đã đăng nhập ở cửa sổ khác, tài khoản của {}. Muốn dùng tài khoản khác thì đăng xuất trước."
_OFFER = "Lần sau vào bằng vân tay, khuôn mặt hay mã mở máy, không phải gõ mật khẩu:"
TOO_MANY = "Địa chỉ này đã thử sai quá nhiều lần. Chờ 15 phút rồi thử lại."


class Throttle:
    """Counts tries by network address in this process: `limit` in 15 minutes; a whole office may share one address."""

    LIMIT = 30  # wrong passwords
    DEVICES = 600  # steps of signing in by devices' keys, two each: none can be guessed, only work can be made
    WINDOW = timedelta(minutes=15)
    ADDRESSES = 10_000

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._tries: dict[str, deque[datetime]] = {}

    def is_open(self, source: str, at: datetime) -> bool:
        """Whether the address may try (again)."""
        tries = self._tries.get(source, deque())
        while tries and at - tries[0] > self.WINDOW:
            tries.popleft()
        return len(tries) < self._limit

    def note(self, source: str, at: datetime) -> None:
        """Count one try."""
        if source not in self._tries and len(self._tries) >= self.ADDRESSES:
            self._tries.pop(next(iter(self._tries)))
        self._tries.setdefault(source, deque(maxlen=self._limit)).append(at)


async def login(request: Request) -> Response:
    """GET /dang-nhap: the login page; a person already signed in goes on."""
    next_path = safe_path(request.query_params.get("tiep", ""))
    if getattr(request.state, "person", None):
        return RedirectResponse(next_path or "/", 303)
    return visitors.login_page(request, next_path=next_path)


async def sign_in(request: Request) -> Response:
    """POST /dang-nhap: compare the password, open a session, go where the person wanted to go."""
    try:
        form = await web.form_of(request)
    except NotAllowed:
        if (person := getattr(request.state, "person", None)) is None:
            raise
        return await _already_signed_in(request, person)
    username, kept = form.get("username", ""), form.get("kept", "")
    next_path = safe_path(form.get("tiep", ""))
    origin, at = web.origin_of(request), web.now(request)
    throttle: Throttle = request.app.state.throttle
    if not throttle.is_open(origin.source, at):
        return visitors.login_page(request, 429, error=TOO_MANY, username=username, kept=kept, next_path=next_path)
    found = await web.in_reading(request, accounts.credentials, username)
    fits = await web.in_thread(request, accounts.is_right, found, form.get("password", ""))
    previous = visitors.token_of(request)
    token = await web.in_writing(request, accounts.sign_in, found, fits=fits, at=at, origin=origin, previous=previous)
    if token is None:
        throttle.note(origin.source, at)
        return visitors.login_page(request, 422, error=_WRONG, username=username, kept=kept, next_path=next_path)
    if form.get("offer") == "1" and not relying_party.fault_of(request):
        web.flash(request, "offer", _OFFER)
    return await go_on(request, found.user_id, token, kept=kept, next_path=next_path)


async def _already_signed_in(request: Request, person: web.Person) -> Response:
    """Lead on from a login page that was left open while its browser signed in in another window."""
    form = await request.form()
    kept, next_path = (str(form.get(name, "")) for name in ("kept", "tiep"))
    response = await _onward(request, person.id, kept, visitors.token_of(request))
    if response is None:
        web.flash(request, "warning", _ALREADY.format(person.name))
    return response or RedirectResponse(safe_path(next_path) or "/", 303)


async def go_on(request: Request, user_id: int | None, token: str, *, kept: str, next_path: str) -> Response:
    """Hand the browser its new session and lead on: to the form that was `kept`, to `next_path`, or to the front."""
    response = await _onward(request, user_id, kept, token) or RedirectResponse(next_path or "/", 303)
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
    origin, at = web.origin_of(request), web.now(request)
    try:
        if form.get("new_password") != form.get("repeated"):
            raise Permanent("Hai lần nhập mật khẩu mới không giống nhau.", field="repeated")
        accounts.check_new_password(form.get("new_password", ""), person.username)
        if form.get("new_password") == form.get("password"):
            raise Permanent("Mật khẩu mới phải khác mật khẩu cũ.", field="new_password")
        found = await check_password(request, form.get("password", ""))
    except Permanent as error:
        return _password_page(request, error)
    new_hash = await web.in_thread(request, accounts.hash_password, form["new_password"])
    token = await web.in_writing(request, accounts.change_password, found, new_hash, at=at, origin=origin)
    web.flash(request, "done", "Đã đổi mật khẩu. Các máy khác đang đăng nhập bằng tài khoản này đã bị đăng xuất.")
    response = RedirectResponse("/", 303)
    visitors.give_session(request, response, token)
    return response


async def check_password(request: Request, typed: str) -> accounts.Credentials:
    """What the signed-in person's password was compared with. Raises Permanent (field password) unless it is right."""
    throttle: Throttle = request.app.state.throttle
    source, at = web.origin_of(request).source, web.now(request)
    if not throttle.is_open(source, at):
        raise Permanent(TOO_MANY, field="password")
    found = await web.in_reading(request, accounts.credentials, web.user_of(request).username)
    if not await web.in_thread(request, accounts.is_right, found, typed):
        throttle.note(source, at)
        raise Permanent("Mật khẩu hiện tại không đúng.", field="password")
    return found


async def front(request: Request) -> Response:
    """GET /: the first page of the person's menu."""
    return RedirectResponse(pages.home(web.user_of(request).rights), 303)


def _password_page(request: Request, error: CongvanError | None = None) -> Response:
    return web.render(
        request, "sessions/password.html", 422 if error else 200, rule=accounts.PASSWORD_RULE,
        error=error.sentence if error else "", wrong_field=error.field if error else "",
    )  # fmt: skip


def safe_path(path: str) -> str:
    """Where the person wanted to go, if it is a page of ours; else nothing."""
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
