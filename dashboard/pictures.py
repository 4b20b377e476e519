"""Pictures of the pages of stored files, drawn in a killable child and kept in memory by content."""

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import structlog
from anyio import CapacityLimiter, to_thread
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.evidence import Evidence
from core.incoming.tables import Incoming
from core.sandbox import Failure, Limits, Sandbox, SandboxFailed
from dashboard.readings import StoredFile, note_reading, readable_file
from dashboard.web import in_reading, office_of

LIMITS = Limits(seconds=6, memory_bytes=512 << 20)
OUTLINE_SECONDS = 3.0  # a clerk waits for it; drawing itself may take longer
KEPT_BYTES = 48 << 20
KEPT_OUTLINES = 2000
Box = tuple[float, float, float, float]  # x0, y0, x1, y1 in fractions of the page
BoxedWord = tuple[str, float, float, float, float]  # text, x0, y0, x1, y1 in fractions of the page
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Outline:
    """How a file can be looked at: `pages` with pictures (0: none), or `paragraphs` of plain text; or that the store
    lacks it."""

    pages: int
    paragraphs: tuple[str, ...]
    is_lost: bool = False


class Pictures:
    """Draws pages of files that may be hostile; the newest pictures stay in memory, nothing on disk."""

    def __init__(self, folder: Path) -> None:
        """`folder` is where the child may put temporary files."""
        self._sandbox = Sandbox(LIMITS, folder, preload=("dashboard.page_child",))
        self._kept: OrderedDict[tuple[object, ...], bytes] = OrderedDict()
        self._kept_bytes = 0
        self._outlines: OrderedDict[str, Outline] = OrderedDict()
        self._slow: set[str] = set()
        self.limiter = CapacityLimiter(1)  # the child answers one call at a time

    def known(self, file: StoredFile) -> Outline | None:
        """The outline without asking the child; None when it was not read yet."""
        return self._outlines.get(file.sha256)

    def kept(self, file: StoredFile, page: int) -> bytes | None:
        """A page's picture without asking the child; None when it isn't in memory."""
        return self._kept.get((file.sha256, page))

    def outline(self, path: Path, file: StoredFile) -> Outline:
        """How the file can be looked at; no pages and no text when it can't be read within the limits."""
        known = self.known(file)
        if known is not None:
            return known
        if not path.exists():  # not kept in memory: it may be put back
            return Outline(0, (), is_lost=True)
        match self._ask("outline", path, file):
            case (int(pages), list(paragraphs)):
                found = Outline(pages, tuple(map(str, paragraphs)))
            case Failure.TIME if file.sha256 not in self._slow:
                self._slow.add(file.sha256)  # the machine may have been busy: it gets one more chance
                return Outline(0, ())
            case _:
                found = Outline(0, ())
        self._outlines[file.sha256] = found
        if len(self._outlines) > KEPT_OUTLINES:
            self._outlines.popitem(last=False)
        return found

    def picture(self, path: Path, file: StoredFile, page: int) -> bytes | None:
        """One page as PNG, counted from 1; None when the file can't be drawn."""
        kept = self.kept(file, page)
        if kept is not None:
            self._kept.move_to_end((file.sha256, page))
            return kept
        if not 1 <= page <= self.outline(path, file).pages:
            return None
        drawn = self._ask("picture", path, file, page)
        if not isinstance(drawn, bytes):
            return None
        self._keep((file.sha256, page), drawn)
        return drawn

    def crop(self, path: Path, file: StoredFile, page: int, box: Box) -> bytes | None:
        """The part of a page around `box` as PNG, magnified; None when the file can't be drawn."""
        key = (file.sha256, page, box)
        if (kept := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
            return kept
        if not 1 <= page <= self.outline(path, file).pages:
            return None
        drawn = self._ask("crop", path, file, page, _around(box))
        if not isinstance(drawn, bytes):
            return None
        self._keep(key, drawn)
        return drawn

    def words(self, path: Path, file: StoredFile, page: int) -> list[BoxedWord]:
        """The words of a page with their boxes; empty where the file has no text layer or no such page."""
        if not 1 <= page <= self.outline(path, file).pages:
            return []
        found = self._ask("words", path, file, page)
        return cast(list[BoxedWord], found) if isinstance(found, list) else []

    def forget(self) -> None:
        """Drop every kept picture and text: the content of one of the files was removed (promise 4)."""
        self._kept.clear()
        self._kept_bytes = 0
        self._outlines.clear()

    def close(self) -> None:
        """End the child."""
        self._sandbox.close()

    def _ask(self, function: str, path: Path, file: StoredFile, *arguments: object) -> object:
        call = f"dashboard.page_child:{function}"
        seconds = OUTLINE_SECONDS if function == "outline" else None
        try:
            return self._sandbox.call(call, str(path), file.media_type, *arguments, seconds=seconds)
        except SandboxFailed as failed:
            log.warning("page_not_drawn", file=file.sha256[:12], why=failed.failure.value, detail=failed.detail)
            return failed.failure

    def _keep(self, key: tuple[object, ...], drawn: bytes) -> None:
        self._kept[key] = drawn
        self._kept_bytes += len(drawn)
        while self._kept_bytes > KEPT_BYTES and len(self._kept) > 1:
            self._kept_bytes -= len(self._kept.popitem(last=False)[1])


def _around(box: Box) -> Box:
    """`box` with a little of what stands around it, within the page."""
    x0, y0, x1, y1 = box
    aside, above = 0.02, max(0.006, 0.5 * (y1 - y0))
    x0, y0, x1, y1 = (min(1.0, max(0.0, side)) for side in (x0 - aside, y0 - above, x1 + aside, y1 + above))
    return x0, y0, max(x1, x0 + 0.01), max(y1, y0 + 0.01)


def pictures_of(request: Request) -> Pictures:
    """The drawing child of this server, made at its first use."""
    state = request.app.state
    if not hasattr(state, "pictures"):
        state.pictures = Pictures(office_of(request).spool / "pages")
    pictures: Pictures = state.pictures
    return pictures


def close(app: Starlette) -> None:
    """End the drawing child of a server that stops; harmless when it never drew."""
    if hasattr(app.state, "pictures"):
        app.state.pictures.close()


def forget(request: Request) -> None:
    """Drop what this server keeps of pages in memory."""
    if hasattr(request.app.state, "pictures"):
        pictures_of(request).forget()


async def outline_of(request: Request, file: StoredFile) -> Outline:
    """How a file can be looked at, read in the child without holding a thread of the pages."""
    pictures, path = pictures_of(request), office_of(request).store.path_of(file.sha256)
    known = pictures.known(file)
    if known is not None:
        return known
    return await to_thread.run_sync(pictures.outline, path, file, limiter=pictures.limiter)


async def draw(request: Request, file: StoredFile, page: int) -> bytes | None:
    """One page of a file as PNG, or None; also called ahead of time for the draft that comes next. What is dangerous
    is not even drawn."""
    if file.danger:
        return None
    pictures, path = pictures_of(request), office_of(request).store.path_of(file.sha256)
    kept = pictures.kept(file, page)
    if kept is not None:
        return kept
    return await to_thread.run_sync(pictures.picture, path, file, page, limiter=pictures.limiter)


async def show_page(request: Request) -> Response:
    """GET /trang/{id}/{position}/{page}.png: one page of a file the person may read; journaled as a reading."""
    file = await readable_file(request)
    await note_reading(request, request.path_params["id"])
    drawn = await draw(request, file, request.path_params["page"])
    if drawn is None:
        raise HTTPException(404)
    # The address names a draft's file by place, and its role can change: kept only for as long as a desk is open.
    return Response(drawn, media_type="image/png", headers={"Cache-Control": "private, max-age=600"})


async def show_crop(request: Request) -> Response:
    """GET /trang/{id}/{position}/{page}/{field}.png: where a field was read, magnified; rights as for the page."""
    file, place = await readable_file(request), request.path_params
    await note_reading(request, place["id"])
    box = await in_reading(request, _box, place["id"], file.sha256, place["page"], place["field"])
    if file.danger or box is None:
        raise HTTPException(404)
    pictures, path = pictures_of(request), office_of(request).store.path_of(file.sha256)
    drawn = await to_thread.run_sync(pictures.crop, path, file, place["page"], box, limiter=pictures.limiter)
    if drawn is None:
        raise HTTPException(404)
    return Response(drawn, media_type="image/png", headers={"Cache-Control": "private, max-age=600"})


def _box(session: Session, incoming_id: int, sha256: str, page: int, field: str) -> Box | None:
    """Where on that page of that file a field of the document was read."""
    stored = session.get_one(Incoming, incoming_id).proposed.get(field)
    evidence = Evidence.from_json(stored) if stored else None
    return evidence.box if evidence and (evidence.file, evidence.page) == (sha256, page) else None


async def show_words(request: Request) -> Response:
    """GET /trang/{id}/{position}/{page}.json: the words of a page, [text, x0, y0, x1, y1] each, for pointing at."""
    file = await readable_file(request)
    await note_reading(request, request.path_params["id"])
    if file.danger:
        raise HTTPException(404)
    pictures, path = pictures_of(request), office_of(request).store.path_of(file.sha256)
    page = request.path_params["page"]
    return JSONResponse(await to_thread.run_sync(pictures.words, path, file, page, limiter=pictures.limiter))


routes = [
    Route("/trang/{id:int}/{position:int}/{page:int}.png", show_page, name="pictures:page"),
    Route("/trang/{id:int}/{position:int}/{page:int}/{field}.png", show_crop, name="pictures:crop"),
    Route("/trang/{id:int}/{position:int}/{page:int}.json", show_words, name="pictures:words"),
]
