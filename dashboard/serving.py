"""The web server: uvicorn on one socket, telling when it is ready and that its loop turns."""

import socket
from collections.abc import Callable

import uvicorn
from starlette.applications import Starlette

from config.settings import DashboardSettings

_GRACE_SECONDS = 3  # page streams never end by themselves; a stop waits no longer than this for the others
_KEEP_ALIVE_SECONDS = 30


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_ready()


def serve(
    app: Starlette, settings: DashboardSettings, *, on_ready: Callable[[int], None], heartbeat: Callable[[], None]
) -> None:
    """Serve `app` until SIGTERM or SIGINT. `on_ready` gets the port in use, `heartbeat` is called each second.

    Raises OSError when the address can't be had.
    """
    listening = _listen(settings.host, settings.port)
    port: int = listening.getsockname()[1]

    async def beat() -> None:
        heartbeat()

    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, date_header=True, lifespan="on",
        timeout_graceful_shutdown=_GRACE_SECONDS, timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        callback_notify=beat, timeout_notify=1, proxy_headers=True, forwarded_allow_ips="127.0.0.1",
    )  # fmt: skip
    _Server(config, lambda: on_ready(port)).run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError:
        listening.close()
        raise
    listening.listen(128)
    return listening
