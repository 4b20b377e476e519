"""GET /co-quan: the list of agencies, and the page of one."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core.agencies.tables import LEVEL_NAMES, Agency
from core.errors import CongvanError
from core.listings import agencies as listing
from core.listings.agencies import AgencyPage, AgencyRow
from core.rights import Right
from dashboard.web import acting, in_reading, render, require, whole_number

_VIEWS = [("", "Tất cả"), ("moi", "Mới thấy trong thư, chưa ai xem"), ("het", "Đã thôi hoạt động")]
_WHICH = {"": "", "moi": "unchecked", "het": "ended"}
# What another agency is chosen for: the sentence, and the button beside each.
PURPOSES = {
    "gop": ("Gộp «{name}» vào cơ quan nào?", "Gộp vào đây"),
    "ke-thua": ("Cơ quan nào kế thừa «{name}»?", "Kế thừa"),
}


async def index(request: Request) -> Response:
    """GET /co-quan: ?tim= words, ?xem= moi or het, ?tiep= the last key and id seen."""
    return await list_page(request)


async def list_page(
    request: Request, typed: Mapping[str, str] | None = None, error: CongvanError | None = None
) -> Response:
    """The list, with the form for a new agency as it was sent, where it was refused."""
    person = require(request, Right.SEARCH)
    asked = _asked(request)
    view = request.query_params.get("xem", "")
    view = view if view in _WHICH else ""
    rows = await in_reading(request, _list, person.id, **asked, which=_WHICH[view])
    return render(
        request, "agencies/index.html", 422 if error else 200, rows=rows, words=asked["words"], view=view, views=_VIEWS,
        levels=LEVEL_NAMES, is_narrowed=bool(asked["words"] or view or asked["after"]), typed=typed or {},
        error=error.sentence if error else "", wrong_field=error.field if error else "",
        next_page=_next(rows, {"tim": asked["words"], "xem": view}), can_edit=Right.KEEP_AGENCIES in person.rights,
    )  # fmt: skip


async def show(request: Request) -> Response:
    """GET /co-quan/{id}: everything that is known of one agency."""
    return await agency_page(request)


async def agency_page(
    request: Request, typed: Mapping[str, str] | None = None, error: CongvanError | None = None, section: str = ""
) -> Response:
    """One agency; `typed` stands in the form of `section` that was refused with `error`."""
    person = require(request, Right.SEARCH)
    shown = await in_reading(request, _agency, person.id, request.path_params["id"])
    return render(
        request, "agencies/show.html", 422 if error else 200, shown=shown, one=shown.agency, levels=LEVEL_NAMES,
        can_edit=Right.KEEP_AGENCIES in person.rights, typed=typed or {}, section=section,
        error=error.sentence if error else "", wrong_field=(error.field or "") if error else "",
    )  # fmt: skip


async def choose(request: Request) -> Response:
    """GET /co-quan/{id}/{gop|ke-thua}: find the other agency; ?tim= and ?tiep= as in the list."""
    return await choosing_page(request)


async def choosing_page(request: Request, day: str = "", error: CongvanError | None = None) -> Response:
    """The other agencies, each with its button; `day` as it was typed."""
    person = require(request, Right.KEEP_AGENCIES)
    purpose, agency_id = request.path_params["purpose"], request.path_params["id"]
    if purpose not in PURPOSES:
        raise HTTPException(404)
    asked = _asked(request)
    one = (await in_reading(request, _agency, person.id, agency_id)).agency
    rows = await in_reading(request, _list, person.id, **asked, besides=agency_id)
    sentence, button = PURPOSES[purpose]
    return render(
        request, "agencies/choose.html", 422 if error else 200, one=one, rows=rows, words=asked["words"], day=day,
        purpose=purpose, sentence=sentence.format(name=one.name), button=button, error=error.sentence if error else "",
        next_page=_next(rows, {"tim": asked["words"]}), ended_on=one.ended_on,
    )  # fmt: skip


async def named(request: Request) -> Response:
    """GET /co-quan/theo-ten: ?ten= and ?thuoc=; the page of the agency that a document's issuer is, else the list."""
    person = require(request, Right.SEARCH)
    name, parent = (request.query_params.get(one, "").replace("\0", "")[:300] for one in ("ten", "thuoc"))
    agency_id = await in_reading(request, _named, person.id, name, parent)
    where = f"/co-quan/{agency_id}" if agency_id is not None else "/co-quan?" + urlencode({"tim": name})
    return RedirectResponse(where, 303)


def _asked(request: Request) -> dict[str, Any]:
    words = request.query_params.get("tim", "").replace("\0", "").strip()[:100]
    key, _, last_id = request.query_params.get("tiep", "").replace("\0", "").rpartition("~")
    after = whole_number(last_id)
    return {"words": words, "after": (key[:300], after) if after is not None else None}


def _next(rows: list[AgencyRow], asked: dict[str, str]) -> str:
    if len(rows) < listing.PAGE_ROWS:
        return ""
    return "?" + urlencode({name: value for name, value in asked.items() if value} | {"tiep": rows[-1].place})


def _list(session: Session, user_id: int, /, **asked: Any) -> list[AgencyRow]:
    return listing.agencies(session, acting(session, user_id), **asked)


def _agency(session: Session, user_id: int, agency_id: int) -> AgencyPage:
    found = listing.agency(session, acting(session, user_id), agency_id)
    if found is None:
        raise HTTPException(404)
    return found


def _named(session: Session, user_id: int, name: str, parent: str) -> int | None:
    acting(session, user_id)
    found = listing.agency_of(session, name, parent)
    return found if found is not None and session.get(Agency, found) is not None else None


routes = [
    Route("/co-quan", index, name="agencies:index"),
    Route("/co-quan/theo-ten", named, name="agencies:named"),
    Route("/co-quan/{id:int}", show, name="agencies:show"),
    Route("/co-quan/{id:int}/{purpose}", choose, name="agencies:choose"),
]
