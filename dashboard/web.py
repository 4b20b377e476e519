"""What every page uses: one act in a worker thread, the person at the browser, forms, flashes, rendering."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import anyio.to_thread
from anyio import CapacityLimiter
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse

from config.settings import MEGABYTE, Settings
from core import accounts, delegations
from core.accounts import Origin
from core.db import Database
from core.errors import NotAllowed, Permanent
from core.files import FolderStore
from core.office import office_date
from core.people import Role, User
from core.rights import NOT_GIVEN, Right
from dashboard import pages

P = ParamSpec("P")
T = TypeVar("T")
FORM_MEGABYTES = 1
CSRF_FIELD = "csrf"
REVIEW_FIELD = "xem_lai"
PASSWORD_FIELD = "mat-khau"  # of somebody's archive: never kept with a form, nor shown again
_REVIEW = "Bạn vừa đăng nhập lại. Những gì đã nhập còn nguyên dưới đây; chưa có gì được ghi. Xem lại rồi gửi."
_AT = "at"  # the instant of an act, in its session
_ACTING = "acting"  # who acts, by id, in the session
_FORGED = "Biểu mẫu này không còn hiệu lực (mở từ trang khác hoặc đã quá lâu). Tải lại trang rồi gửi lại."


@dataclass(frozen=True, slots=True)
class Office:
    """What the pages stand on. `clock` gives aware UTC; `spool` is the RAM folder for files handed to intake."""

    database: Database
    store: FolderStore
    settings: Settings
    clock: Callable[[], datetime]
    spool: Path


@dataclass(frozen=True, slots=True)
class Person:
    """Who sits at the browser, for templates and routes; acts load the `User` row through `acting`."""

    id: int
    username: str
    name: str
    title: str
    roles: frozenset[Role]
    rights: frozenset[Right]
    session_id: int
    signed_in_at: datetime
    must_change_password: bool


def office_of(request: Request) -> Office:
    """The office this server serves."""
    office: Office = request.app.state.office
    return office


def now(request: Request) -> datetime:
    """The clock, asked once a request so that one act has one instant."""
    if not hasattr(request.state, "now"):
        request.state.now = office_of(request).clock()
    at: datetime = request.state.now
    return at


def origin_of(request: Request) -> Origin:
    """The browser's address and name, for the session and the journal."""
    return Origin(request.client.host if request.client else "", request.headers.get("user-agent", "")[:200])


def user_of(request: Request) -> Person:
    """The signed-in person. Only public pages are reached without one, and they don't ask."""
    person: Person = request.state.person
    return person


def require(request: Request, right: Right) -> Person:
    """The signed-in person, who holds `right`. Raises NotAllowed (404 where reading, 403 for acts)."""
    person = user_of(request)
    if right not in person.rights:
        raise NotAllowed(NOT_GIVEN)
    return person


def acting(session: Session, user_id: int) -> User:
    """The row of the person who acts, in the act's own transaction, who stands for whom he does on its day: read once
    in each. Raises NotAllowed for a closed account."""
    known: dict[int, User] = session.info.setdefault(_ACTING, {})
    if user_id not in known:
        user = session.get(User, user_id)
        if user is None or not user.is_active:
            raise NotAllowed("Tài khoản của bạn đã bị khóa.")
        user.stand_for(delegations.authority(session, user, on=office_date(session.info[_AT])).substitutes)
        known[user_id] = user
    return known[user_id]


async def in_reading(
    request: Request, act: Callable[Concatenate[Session, P], T], *args: P.args, **kw: P.kwargs
) -> T:  # fmt: skip
    """Run `act(session, …)` in a worker thread inside `database.reading()`."""
    database, at = office_of(request).database, now(request)

    def work() -> T:
        with database.reading() as session:
            session.info[_AT] = at
            return act(session, *args, **kw)

    return await in_thread(request, work)


async def in_writing(
    request: Request, act: Callable[Concatenate[Session, P], T], *args: P.args, **kw: P.kwargs
) -> T:  # fmt: skip
    """Run `act(session, …)` in a worker thread inside `database.writing()`: one act, one commit.

    Raises Permanent instead of acting when the form comes back from a login in between: the page shows
    it again with what was typed, as it does for any bad input.
    """
    if getattr(request.state, "is_review", False):
        raise Permanent(_REVIEW)
    database, at = office_of(request).database, now(request)

    def work() -> T:
        with database.writing() as session:
            session.info[_AT] = at
            return act(session, *args, **kw)

    return await in_thread(request, work)


async def in_thread(request: Request, work: Callable[P, T], *args: P.args, **kw: P.kwargs) -> T:
    """Run slow work without the database (argon2, files) under the same limit of threads."""
    limiter: CapacityLimiter = request.app.state.limiter
    return await anyio.to_thread.run_sync(partial(work, *args, **kw), limiter=limiter)


async def form_of(request: Request) -> dict[str, str]:
    """The form's texts, each field's last value, once its CSRF token has been checked; files: `uploads_of`.

    One that the same person opened before signing in again, in another window, is for review: nothing of it is done.
    Raises NotAllowed for a forged or stale form and Permanent for one that is too large.
    """
    await _read_form(request)
    form = await request.form()
    # PostgreSQL takes no NUL in a text, and no key types one.
    texts = {name: value.replace("\0", "") for name, value in form.multi_items() if isinstance(value, str)}
    token = texts.pop(CSRF_FIELD, "")
    is_of_now = secrets.compare_digest(token.encode(), request.state.csrf_token.encode())
    if not is_of_now and not await _is_of_before(request, token):
        raise NotAllowed(_FORGED)
    request.state.is_review = texts.pop(REVIEW_FIELD, "") == "1" or not is_of_now
    request.state.fields = {name: value for name, value in texts.items() if name != PASSWORD_FIELD}
    return texts


async def _is_of_before(request: Request, token: str) -> bool:
    person: Person | None = getattr(request.state, "person", None)
    return person is not None and await in_reading(request, accounts.has_given_out, person.id, token)


def whole_number(text: str) -> int | None:
    """What an address or a hidden field carries as a row's id or a version: at most nine digits, which every database
    takes; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


async def uploads_of(request: Request, name: str) -> list[UploadFile]:
    """The files of one field of a form that `form_of` has read and checked; empty inputs are left out."""
    form = await request.form()
    return [file for file in form.getlist(name) if isinstance(file, UploadFile) and file.filename]


async def _read_form(request: Request) -> None:
    is_upload = request.headers.get("content-type", "").startswith("multipart/form-data")
    megabytes = office_of(request).settings.dashboard.upload_megabytes if is_upload else FORM_MEGABYTES
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > megabytes * MEGABYTE:
        raise Permanent(f"Gửi lên nhiều hơn {megabytes} MB một lần. Chia nhỏ rồi gửi lại; chưa có gì được ghi.")
    await request.form(max_files=200, max_fields=500, max_part_size=MEGABYTE)


def flash(request: Request, kind: str, sentence: str) -> None:
    """Say `sentence` at the top of the next page. `kind` is done, warning or error."""
    if not hasattr(request.state, "new_flashes"):
        request.state.new_flashes = []
    request.state.new_flashes.append([kind, sentence])


def render(request: Request, page: str, status_code: int = 200, **context: Any) -> HTMLResponse:
    """A page of `templates/`, with the frame's own values added: person, menu, flashes, CSRF token."""
    request.state.has_shown_flashes = True
    html = pages.environment().get_template(page).render(pages.frame(request) | context)
    return HTMLResponse(html, status_code=status_code)
