"""Thiết bị được nhớ: the person's own list, and remembering the device at hand."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core.accounts import Origin
from core.errors import CongvanError, Permanent
from core.passkeys import devices, remembering
from core.passkeys.challenges import RelyingParty
from core.passkeys.tables import LONGEST_NAME, Passkey
from dashboard import relying_party, sessions, web

PAGE = "/thiet-bi"
_FRESH = timedelta(minutes=5)  # so long after signing in a device is remembered without the password
_COPIES_SHOWN = timedelta(days=30)
_REFUSED = "Chưa nhớ được thiết bị: chờ quá lâu, hoặc thiết bị không xác nhận được. Bấm «Nhớ thiết bị này» lần nữa."
# What browsers call the machine -> what people do; the first that fits.
_MACHINES = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Điện thoại Android"), ("Windows", "Máy tính Windows"),
    ("Macintosh", "Máy Mac"), ("Linux", "Máy tính Linux"),
)  # fmt: skip


async def show(request: Request) -> Response:
    """GET /thiet-bi: the devices that sign in, and the form that remembers this one."""
    return await _page(request)


async def begin(request: Request) -> Response:
    """POST /thiet-bi/bat-dau: who is fresh or gives the password gets the options, as JSON; else a sentence."""
    form = await web.form_of(request)
    party = relying_party.party_of(request)
    devices.checked_name(form.get("name", ""))
    if not _is_fresh(request):
        await sessions.check_password(request, form.get("password", ""))
    options = await web.in_writing(
        request, _begin, web.user_of(request).id, party, browser=request.state.csrf_token, at=web.now(request)
    )
    return Response(options, media_type="application/json")


async def remember(request: Request) -> Response:
    """POST /thiet-bi: the device's answer adds it to the list."""
    form = await web.form_of(request)
    name = form.get("name", "")
    try:
        party = relying_party.party_of(request)
        passkey = await web.in_writing(
            request, _finish, web.user_of(request).id, form.get("answer", ""), name, party,
            browser=request.state.csrf_token, at=web.now(request), origin=web.origin_of(request),
        )  # fmt: skip
        if passkey is None:
            raise Permanent(_REFUSED)
    except CongvanError as error:
        return await _page(request, error, name)
    web.flash(request, "done", f"Đã nhớ «{passkey.name}». Lần sau bấm «Đăng nhập bằng khóa của thiết bị này».")
    return RedirectResponse(f"{PAGE}?nho=1", 303)


async def rename(request: Request) -> Response:
    """POST /thiet-bi/{id}/ten: another name."""
    form, person = await web.form_of(request), web.user_of(request)
    passkey_id, at, origin = request.path_params["id"], web.now(request), web.origin_of(request)
    try:
        await web.in_writing(request, _rename, passkey_id, form.get("name", ""), person.id, at=at, origin=origin)
    except Permanent as error:
        return await _page(request, error)
    web.flash(request, "done", "Đã đổi tên thiết bị.")
    return RedirectResponse(PAGE, 303)


async def forget(request: Request) -> Response:
    """POST /thiet-bi/{id}/quen: the device signs in no more, and what it opened ends."""
    await web.form_of(request)
    passkey_id, at, origin = request.path_params["id"], web.now(request), web.origin_of(request)
    name = await web.in_writing(request, _forget, passkey_id, web.user_of(request), at=at, origin=origin)
    web.flash(request, "done", f"Đã quên «{name}». Khóa ấy không đăng nhập được nữa.")
    return RedirectResponse(PAGE, 303)


async def _page(request: Request, error: CongvanError | None = None, name: str = "") -> Response:
    person, since = web.user_of(request), web.now(request) - _COPIES_SHOWN
    rows, copied = await web.in_reading(request, _lists, person.id, since=since)
    return web.render(
        request, "passkeys/index.html", 422 if error else 200, error=error.sentence if error else "", rows=rows,
        copied=copied, fault=relying_party.fault_of(request), is_full=len(rows) >= remembering.MOST,
        most=remembering.MOST, is_fresh=_is_fresh(request), name=name or _guess(request.headers.get("user-agent", "")),
        longest=LONGEST_NAME, is_done=request.query_params.get("nho") == "1",
    )  # fmt: skip


def _is_fresh(request: Request) -> bool:
    return web.now(request) - web.user_of(request).signed_in_at <= _FRESH


def _guess(browser: str) -> str:
    return next((words for mark, words in _MACHINES if mark in browser), "Thiết bị của tôi")


def _lists(session: Session, user_id: int, *, since: datetime) -> tuple[list[Passkey], list[Passkey]]:
    return devices.of_user(session, user_id), devices.copied(session, user_id, since=since)


def _begin(session: Session, user_id: int, party: RelyingParty, *, browser: str, at: datetime) -> str:
    return remembering.begin(session, web.acting(session, user_id), party, browser=browser, at=at)


def _finish(
    session: Session, user_id: int, answer: str, name: str, party: RelyingParty, *, browser: str,
    at: datetime, origin: Origin,
) -> Passkey | None:  # fmt: skip
    user = web.acting(session, user_id)
    return remembering.finish(session, user, answer, name, party, browser=browser, at=at, origin=origin)


def _rename(session: Session, passkey_id: int, name: str, user_id: int, *, at: datetime, origin: Origin) -> None:
    devices.rename(session, passkey_id, name, by=web.acting(session, user_id), at=at, origin=origin)


def _forget(session: Session, passkey_id: int, person: web.Person, *, at: datetime, origin: Origin) -> str:
    by = web.acting(session, person.id)
    return devices.forget(session, passkey_id, by=by, at=at, origin=origin, here=person.session_id)


routes = [
    Route(PAGE, show, name="passkeys:show"),
    Route(f"{PAGE}/bat-dau", begin, methods=["POST"], name="passkeys:begin_remembering"),
    Route(PAGE, remember, methods=["POST"], name="passkeys:remember"),
    Route(PAGE + "/{id:int}/ten", rename, methods=["POST"], name="passkeys:rename"),
    Route(PAGE + "/{id:int}/quen", forget, methods=["POST"], name="passkeys:forget"),
]
