"""GET /tim: find documents by what they and their files say, among those the person may read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core import office
from core.errors import Permanent
from core.incoming.tables import STATE_NAMES, State
from core.incoming.values import URGENCIES, read_day
from core.listings import books
from core.listings.books import Shelf
from core.rights import Right
from core.search import finding, texts
from core.search.finding import Filters, Found
from core.search.query import LONGEST_QUERY, Query, parse
from dashboard.web import acting, in_reading, now, render, require, whole_number

NAMES = {
    "words": "q", "book": "so", "year": "nam", "from_day": "tu-ngay", "to_day": "den-ngay", "issuer": "co-quan",
    "kind": "loai", "urgency": "khan", "state": "tt",
}  # fmt: skip
STATES = {"": "Tất cả"} | {state.value: name for state, name in STATE_NAMES.items()}
_NO_WORDS = "Gõ ít nhất một chữ hoặc một số."


@dataclass(frozen=True, slots=True)
class Asked:
    """One reading of an address. `typed` is as it stands there; `faults` says what of it can't be read, by field."""

    query: Query
    filters: Filters
    typed: Mapping[str, str]
    faults: Mapping[str, str]
    before: int | None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for yet."""
        return not self.query.terms and not self.has_filter

    @property
    def has_filter(self) -> bool:
        """Whether more than words narrows the search."""
        return self.filters != Filters()

    def address(self, before: int | None = None) -> str:
        """The query string of this search, from the hit with the id `before` on."""
        parts = {NAMES[name]: value for name, value in self.typed.items() if value}
        return "?" + urlencode(parts | ({"truoc": str(before)} if before else {}))


@dataclass(frozen=True, slots=True)
class Page:
    """What the page shows; `unread` files wait to be read in full."""

    asked: Asked
    found: Found
    shelves: list[Shelf]
    years: list[int]
    kinds: list[str]
    unread: int


async def show(request: Request) -> Response:
    """GET /tim: the box, the filters, and one page of what was found."""
    person = require(request, Right.SEARCH)
    shown = await in_reading(request, _page, person.id, request.query_params, at=now(request))
    return render(
        request, "search/index.html", 422 if shown.asked.faults else 200, shown=shown, asked=shown.asked, names=NAMES,
        urgencies=URGENCIES, states=STATES, state_names=STATE_NAMES, quiet_states=(State.REGISTERED,),
    )  # fmt: skip


def _page(session: Session, user_id: int, parameters: Mapping[str, str], *, at: datetime) -> Page:
    user = acting(session, user_id)
    shelves = books.shelves(session, at=at)
    asked = read(parameters, {shelf.code: shelf.id for shelf in shelves})
    found = Found()
    if not asked.faults:
        found = finding.find(session, user, asked.query, asked.filters, before=asked.before)
    years = sorted({year for shelf in shelves for year in shelf.years}, reverse=True)
    return Page(asked, found, shelves, years, office.kinds(session), texts.waiting_count(session))


def read(parameters: Mapping[str, str], book_ids: Mapping[str, int]) -> Asked:
    """The address' parameters as a search; what can't be read is named in `faults`."""
    typed = {field: _typed(parameters.get(name, "")) for field, name in NAMES.items()}
    faults: dict[str, str] = {}
    query = parse(typed["words"])
    if typed["words"] and not query.terms:
        faults["words"] = _NO_WORDS
    filters = Filters(
        book_id=book_ids.get(typed["book"]), year=whole_number(typed["year"]),
        from_day=_day(typed["from_day"], "from_day", faults), to_day=_day(typed["to_day"], "to_day", faults),
        issuer=typed["issuer"], kind=typed["kind"], state=typed["state"] if typed["state"] in STATES else "",
        urgency=typed["urgency"] if typed["urgency"] in URGENCIES else "",
    )  # fmt: skip
    return Asked(query, filters, typed, faults, _place(parameters.get("truoc", "")))


def _place(text: str) -> int | None:
    """`Found.before`, which is negative among what comes first."""
    number = whole_number(text.removeprefix("-"))
    return -number if number is not None and text.startswith("-") else number


def _typed(text: str) -> str:
    # PostgreSQL takes no NUL, not even to compare with.
    return text.replace("\x00", "").strip()[:LONGEST_QUERY]


def _day(text: str, field: str, faults: dict[str, str]) -> date | None:
    try:
        return read_day(text) if text else None
    except Permanent as error:
        faults[field] = error.sentence
        return None


routes = [Route("/tim", show, name="search:show")]
