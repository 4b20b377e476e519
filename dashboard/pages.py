"""Templates: their environment, the menu, and what every page's frame needs."""

from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup
from starlette.requests import Request

from core.rights import Right
from dashboard import words

# Where, in the regulation's words, with what right, and which counter of `core.listings.counters` stands beside.
MENU = (
    ("/den", "Văn bản đến", Right.REGISTER, "drafts"),
    ("/duyet", "Duyệt văn bản đến", Right.DIRECT, "approvals"),
    ("/viec", "Công việc", Right.WORK, "work"),
    ("/so-den", "Sổ văn bản đến", Right.SEE_BOOKS, ""),
    ("/gui-di", "Gửi đi", Right.SEE_OUTBOX, "outbox"),
    ("/tim", "Tìm kiếm", Right.SEARCH, ""),
    ("/bi-giu", "Thư bị giữ", Right.SEE_HELD, "held"),
    ("/go-noi-dung", "Gỡ nội dung", Right.REMOVE_CONTENT, ""),
    ("/hop-thu", "Hộp thư", Right.SEE_MAILBOXES, "troubled"),
    ("/sao-luu", "Sao lưu", Right.SEE_BACKUPS, "backups"),
)
MENU_ALONE = "/dem"
COUNTED = {
    "drafts": "văn bản chờ vào sổ",
    "approvals": "văn bản chờ duyệt",
    "work": "việc chờ bạn",
    "held": "thư chờ xem",
    "outbox": "thư gửi đi cần xem",
    "troubled": "hộp thư cần xem",
    "backups": "việc sao lưu hỏng hoặc quá hạn",
    "": "",
}


@cache
def environment() -> jinja2.Environment:
    """The one template environment: autoescape on, an unknown name is an error."""
    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, trim_blocks=True,
        lstrip_blocks=True, undefined=jinja2.StrictUndefined, auto_reload=False,
    )  # fmt: skip
    found.filters |= {
        "day": words.day,
        "moment": words.moment,
        "number": words.number,
        "size": words.size,
        "due": words.due,
    }
    found.filters |= {"hour_first": words.hour_first}
    found.filters["pair"] = lambda text: (text, text)  # a choice whose value is its own words
    found.globals |= {"static": _static, "csrf": _csrf}
    return found


def home(rights: frozenset[Right]) -> str:
    """The first page of the menu that the person may see; their password page where there is none."""
    return next((path for path, _, right, _ in MENU if right in rights), "/doi-mat-khau")


def frame(request: Request) -> dict[str, Any]:
    """What `base.html` needs, also on error pages where nobody could be recognised."""
    person = getattr(request.state, "person", None)
    counters = getattr(request.state, "counters", None) or {}
    return {
        "request": request, "person": person, "menu": _menu(request, person, counters), "counters": counters,
        "office_name": getattr(request.state, "office_name", "") or "Công văn",
        "flashes": getattr(request.state, "flashes", []) + getattr(request.state, "new_flashes", []),
        "csrf_token": getattr(request.state, "csrf_token", ""), "version": request.app.state.news.version,
    }  # fmt: skip


def _menu(request: Request, person: Any, counters: dict[str, int]) -> list[dict[str, Any]]:
    if person is None or person.must_change_password:
        return []
    here = request.url.path
    if here == MENU_ALONE:
        here = request.query_params.get("trang", "")  # it is fetched for that page
    return [
        {"path": path, "words": name, "count": counters.get(counter, 0), "counter": counter,
         "counted": COUNTED[counter], "is_current": here == path or here.startswith(path + "/")}
        for path, name, right, counter in MENU
        if right in person.rights
    ]  # fmt: skip


@jinja2.pass_context
def _static(context: jinja2.runtime.Context, name: str) -> str:
    return f"/static/{context['request'].app.state.assets[name]}/{name}"


@jinja2.pass_context
def _csrf(context: jinja2.runtime.Context) -> Markup:
    return Markup('<input type="hidden" name="csrf" value="{}">').format(context["csrf_token"])
