"""The listening thread: opens the port or socket, tries again while it can't be had, hangs up at the end."""

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Mapping

import structlog

from config.listening import ListenerSettings
from core.errors import Temporary
from ingest.listener.door import Door
from ingest.listener.session import Lmtp, Smtp
from ingest.priority import step_behind_people
from ingest.shared import Shared
from ingest.states import MailboxReport
from ingest.trouble import Kind, Trouble

_TRY_AGAIN_SECONDS = 5.0
_SAY_SECONDS = 60.0

log = structlog.get_logger()


class Listener:
    """One door for mail servers, in a thread and an event loop of its own."""

    def __init__(
        self, shared: Shared, settings: ListenerSettings, books: Mapping[str, int], report: MailboxReport
    ) -> None:
        """`books` are the ids of the books by the recipient's address, folded."""
        self._shared = shared
        self._settings = settings
        self._books = books
        self._report = report
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()
        self._tried = threading.Event()
        self.thread = threading.Thread(target=self._run, name=settings.name, daemon=True)

    def wait_until_tried(self, seconds: float) -> None:
        """Wait until the door is open, or has failed to open once: only then are we ready."""
        self._tried.wait(seconds)

    def close(self) -> None:
        """Hang up; letters that are not answered come again."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._stop.set)
        if self.thread.is_alive():
            self.thread.join(timeout=5)

    def _run(self) -> None:
        step_behind_people()
        asyncio.run(self._listen())

    async def _listen(self) -> None:
        self._loop = asyncio.get_running_loop()
        while not (self._shared.stop.is_set() or self._stop.is_set()):
            sessions: set[Smtp] = set()
            try:
                server = await self._open(sessions)
            except (OSError, ssl.SSLError) as error:
                self._tried.set()
                await self._say(Trouble(Kind.PORT, place(self._settings), detail=str(error)))
                await self._pause(_TRY_AGAIN_SECONDS)
                continue
            self._tried.set()
            log.info("listening", mailbox=self._settings.name, place=place(self._settings))
            while not self._stop.is_set():
                await self._say(None)
                await self._pause(_SAY_SECONDS)
            server.close()
            for session in list(sessions):
                session.hang_up()

    async def _open(self, sessions: set[Smtp]) -> asyncio.Server:
        settings, loop, tls = self._settings, asyncio.get_running_loop(), tls_of(self._settings)
        door = Door(self._shared, settings, self._books, loop)
        kind = Lmtp if settings.protocol == "lmtp" else Smtp
        name = socket.gethostname()

        def session() -> Smtp:
            return kind(door, sessions, name, tls)

        if settings.socket is None:
            return await loop.create_server(session, settings.host, settings.port)
        server = await loop.create_unix_server(session, settings.socket)
        settings.socket.chmod(0o660)
        return server

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)

    async def _say(self, trouble: Trouble | None) -> None:
        """Show on the mailbox page how the door is; from a thread, since the database may have us wait."""
        try:
            if trouble is None:
                await asyncio.to_thread(self._report.success, "", asked=False)
            else:
                await asyncio.to_thread(self._report.trouble, "", trouble)
        except Temporary as error:
            log.warning("state_not_written", mailbox=self._settings.name, error=str(error.__cause__ or error))


def place(settings: ListenerSettings) -> str:
    """Where the door is, for people: a socket's path, or host and port."""
    return str(settings.socket) if settings.socket else f"{settings.host}:{settings.port}"


def tls_of(settings: ListenerSettings) -> ssl.SSLContext | None:
    """What STARTTLS uses, None without a certificate. Raises OSError and SSLError when it can't be used."""
    if settings.certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(settings.certificate, settings.key)
    return context
