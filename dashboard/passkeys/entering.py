"""Đăng nhập bằng khóa của thiết bị."""

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.errors import Permanent
from core.passkeys import entering
from core.passkeys.entering import Refusal
from dashboard import relying_party, sessions, visitors, web

_LOG = structlog.get_logger("dashboard")
_REFUSED = (
    "Không đăng nhập được bằng khóa này: thiết bị đã bị quên, tài khoản đã đóng, hoặc chờ quá lâu. Bấm lại để thử, "
    "hoặc đăng nhập bằng mật khẩu rồi nhớ thiết bị lại."
)
_COPIED = (
    "Khóa của thiết bị này có dấu hiệu đã bị sao chép sang nơi khác, nên không còn dùng được nữa. Đăng nhập bằng mật "
    "khẩu và báo người quản trị kỹ thuật."
)


async def begin(request: Request) -> Response:
    """POST /dang-nhap/khoa/bat-dau: the options for the browser, as JSON; a sentence where there are none."""
    await web.form_of(request)
    party, at = relying_party.party_of(request), web.now(request)
    if not _is_open(request):
        raise Permanent(sessions.TOO_MANY)
    browser = request.state.csrf_token
    options = await web.in_writing(request, entering.begin, party, browser=browser, at=at)
    return Response(options, media_type="application/json")


async def sign_in(request: Request) -> Response:
    """POST /dang-nhap/khoa: the device's answer opens a session; then where the person wanted to go."""
    form = await web.form_of(request)
    kept, next_path = form.get("kept", ""), sessions.safe_path(form.get("tiep", ""))
    party, browser = relying_party.party_of(request), request.state.csrf_token
    if not _is_open(request):
        return visitors.login_page(request, 429, error=sessions.TOO_MANY, kept=kept, next_path=next_path)
    came = await web.in_writing(
        request, entering.finish, form.get("answer", ""), party, browser=browser, at=web.now(request),
        origin=web.origin_of(request), previous=visitors.token_of(request),
    )  # fmt: skip
    if isinstance(came, Refusal):
        is_copied = came is Refusal.COPIED
        if is_copied:
            _LOG.warning("passkey_copied", source=web.origin_of(request).source)
        error = _COPIED if is_copied else _REFUSED
        return visitors.login_page(request, 422, device_error=error, kept=kept, next_path=next_path)
    return await sessions.go_on(request, came.user_id, came.token, kept=kept, next_path=next_path)


def _is_open(request: Request) -> bool:
    """Whether the address may go on; counts it, since each step writes a row."""
    throttle: sessions.Throttle = request.app.state.passkey_throttle
    source, at = web.origin_of(request).source, web.now(request)
    if not throttle.is_open(source, at):
        return False
    throttle.note(source, at)
    return True


routes = [
    Route(visitors.DEVICE_LOGIN, sessions.login, name="passkeys:again"),  # a refused answer's page, loaded again
    Route(visitors.DEVICE_BEGIN, begin, methods=["POST"], name="passkeys:begin"),
    Route(visitors.DEVICE_LOGIN, sign_in, methods=["POST"], name="passkeys:sign_in"),
]
