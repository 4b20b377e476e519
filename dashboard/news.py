"""Pages learn that something changed: one thread looks at the journal and wakes every page's stream.

A stream says only "changed" with a version; what the person may see is decided when the page fetches.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from core import events
from core.alarms import unheard
from core.backup.marks import troubled
from core.db import Database
from core.errors import Temporary
from core.listings.mailboxes import pulse
from dashboard import web
from dashboard.pages import MENU_ALONE

LOOK_SECONDS = 0.2
HEARTBEAT_SECONDS = 15
LONGEST_SECONDS = 600  # then the browser comes again, and its session is looked at again
_LOG = structlog.get_logger("dashboard")


class News:
    """One thread a process that looks at `events.latest` and wakes the streams of this process."""

    def __init__(
        self, database: Database, watched: Collection[str], late: Mapping[str, timedelta], clock: Callable[[], datetime]
    ) -> None:
        """`watched` are the mailboxes that intake is to read: pages are woken when nobody does; and when a backup is
        overdue by `late`."""
        self._database = database
        self._late = late
        self._watched = watched
        self._clock = clock
        self._waiting: set[asyncio.Event] = set()
        self._is_closed = threading.Event()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.version = ""

    def start(self) -> None:
        """Begin to look; call on the event loop that serves the streams."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._look, name="news", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread and every stream; harmless when repeated. Call on the loop, before the server waits."""
        self._is_closed.set()
        self._wake()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    async def stream(self) -> AsyncIterator[str]:
        """Lines of text/event-stream: the version now, then each new one, until closed or for ten minutes."""
        version = self.version
        yield f"retry: 2000\n\n{_changed(version)}"
        bell = asyncio.Event()
        self._waiting.add(bell)
        end = asyncio.get_running_loop().time() + LONGEST_SECONDS
        try:
            while not self._is_closed.is_set() and asyncio.get_running_loop().time() < end:
                with suppress(TimeoutError):
                    await asyncio.wait_for(bell.wait(), HEARTBEAT_SECONDS)
                bell.clear()
                if self.version == version:
                    yield ": còn đây\n\n"
                else:
                    version = self.version
                    yield _changed(version)
        finally:
            self._waiting.discard(bell)

    def _look(self) -> None:
        while not self._is_closed.wait(LOOK_SECONDS):
            try:
                with self._database.reading() as session:
                    at = self._clock()
                    overdue = troubled(session, self._late, at=at)
                    found = _version(session, f"{len(unheard(session, self._watched, at=at))}_{len(overdue)}")
            except Temporary as error:
                _LOG.warning("news_delayed", reason=error.sentence)
                continue
            if found != self.version and self._loop is not None:
                self.version = found
                self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        for bell in self._waiting:
            bell.set()


async def stream(request: Request) -> Response:
    """GET /tin: the page's stream of news."""
    web.user_of(request)
    news: News = request.app.state.news
    return StreamingResponse(news.stream(), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


async def counters(request: Request) -> Response:
    """GET /dem: the menu with its counters, fetched by the page ?trang= when something changed."""
    return web.render(request, "menu.html")


def _version(session: Session, alarmed: str) -> str:
    return f"{events.latest(session)}-{pulse(session)}_{alarmed}"


def _changed(version: str) -> str:
    return f"event: changed\ndata: {version}\n\n"


routes = [Route("/tin", stream, name="news:stream"), Route(MENU_ALONE, counters, name="news:counters")]
