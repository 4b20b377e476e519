"""The web application: the pages of every group, and what surrounds them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import CapacityLimiter
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from core.backup import marks
from dashboard import (
    agencies,
    answers,
    assets,
    backups,
    deliveries,
    health,
    held,
    incoming,
    lessons,
    mailboxes,
    news,
    passkeys,
    pictures,
    recalls,
    registers,
    removal,
    reports,
    rules,
    search,
    sessions,
    tasks,
)
from dashboard.guard import Guard, not_found
from dashboard.sealing import Seal
from dashboard.visitors import Visitors
from dashboard.web import Office

ROUTES = [
    *sessions.routes, *passkeys.routes, *incoming.routes, *pictures.routes, *registers.routes, *search.routes,
    *held.routes, *removal.routes, *recalls.routes, *mailboxes.routes, *reports.routes, *lessons.routes, *rules.routes,
    *agencies.routes, *tasks.routes, *deliveries.routes, *answers.routes, *backups.routes, *news.routes, *health.routes,
    *assets.routes,
]  # fmt: skip


def create_app(office: Office) -> Starlette:
    """The pages of one office. Its lifespan runs the thread that wakes page streams."""
    app = Starlette(
        routes=ROUTES, middleware=[Middleware(Guard), Middleware(Visitors)],
        exception_handlers={HTTPException: not_found}, lifespan=_lifespan,
    )  # fmt: skip
    app.state.office = office
    app.state.assets = assets.hashes()
    app.state.seal = Seal(office.settings.data)
    app.state.throttle = sessions.Throttle()
    app.state.passkey_throttle = sessions.Throttle(sessions.Throttle.DEVICES)
    app.state.limiter = CapacityLimiter(office.settings.dashboard.threads)
    late = marks.late_after(office.settings.backup)
    app.state.news = news.News(office.database, office.settings.watched, late, office.clock)
    return app


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    app.state.news.start()
    try:
        yield
    finally:
        app.state.news.close()
        pictures.close(app)
