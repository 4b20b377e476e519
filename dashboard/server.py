"""Serving the pages over HTTP until asked to stop."""

import gc
import socket
import tempfile
from collections.abc import Callable

import uvicorn

from dashboard.app import create_app
from dashboard.news import News
from dashboard.web import Office

_GRACE_SECONDS = 5


class PageServer(uvicorn.Server):
    """A server that ends the page streams first: otherwise it would wait for them until its grace is over."""

    def __init__(self, config: uvicorn.Config, news: News, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._news = news
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so once requests are answered."""
        for listener in sockets or []:
            # Headers and body are two writes: with Nagle's delay the second waits 40 ms for the first one's ACK,
            # and asyncio takes the delay off only from sockets that name their protocol. Connections inherit it.
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await super().startup(sockets)
        if self.started:
            gc.freeze()  # modules and templates stay: no collection has to walk them while somebody waits
            self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop cleanly: streams end, requests under way finish, the lifespan closes."""
        self._news.close()
        await super().shutdown(sockets)


def prepare(
    office: Office, on_ready: Callable[[], None] = lambda: None, heartbeat: Callable[[], None] = lambda: None
) -> PageServer:
    """A server for one office, not yet running; `server.should_exit = True` from any thread ends it.

    `on_ready` is called once, `heartbeat` each second while the server's loop turns.
    """
    app = create_app(office)

    async def beat() -> None:
        heartbeat()

    config = uvicorn.Config(
        app, lifespan="on", log_config=None, access_log=False, server_header=False, ws="none",
        timeout_graceful_shutdown=_GRACE_SECONDS, callback_notify=beat, timeout_notify=1,
    )  # fmt: skip
    return PageServer(config, app.state.news, on_ready)


def serve(office: Office, on_ready: Callable[[str], None], heartbeat: Callable[[], None] = lambda: None) -> None:
    """Serve until SIGTERM or SIGINT. `on_ready` gets the address, http://host:port, once requests are answered.

    `heartbeat` is called each second while the server lives. Files that browsers send are spooled to the
    office's RAM folder, never to disk: they may turn out to be secret (promise 4). Raises OSError when the port
    can't be had.
    """
    office.spool.mkdir(parents=True, exist_ok=True, mode=0o700)
    tempfile.tempdir = str(office.spool)
    settings = office.settings.dashboard
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((settings.host, settings.port))
        listener.listen(2048)
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        address = f"http://{host}:{listener.getsockname()[1]}"
        prepare(office, lambda: on_ready(address), heartbeat).run(sockets=[listener])
