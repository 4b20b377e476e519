"""The embedded mail server: pymap for IMAP over TLS with IDLE, aiosmtpd for SMTP, on 127.0.0.1 only.

The letters lie as files below `folder`, so that a second start serves the same mailboxes with the same
UIDVALIDITY and UIDs (pymap itself keeps everything in memory).
"""

import asyncio
import os
import threading
from argparse import Namespace
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast

from aiosmtpd.smtp import SMTP, Envelope, Session
from proxyprotocol.reader import ProxyProtocolReader
from proxyprotocol.sock import SocketInfo
from pymap.backend.dict import Config, Identity, Login
from pymap.backend.dict.mailbox import MailboxData
from pymap.concurrent import Subsystem
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext

from demo.agencies import OFFICE_ADDRESS, SCANNER_ADDRESS
from demo.certificate import make, server_context

PASSWORD = "van-thu-2026"  # of every demo mailbox; the server listens on 127.0.0.1 only
MAILBOXES = (OFFICE_ADDRESS, SCANNER_ADDRESS)
_NUDGES_SECONDS = (0.02, 0.5)

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the running server listens on 127.0.0.1."""

    imap: int
    smtp: int


class DemoMail:
    """A running mail server in a thread of its own; make it with `start`, end it with `stop`."""

    def __init__(self, folder: Path, mailboxes: tuple[str, ...]) -> None:
        self.folder = folder
        self.mailboxes = mailboxes
        self.certificate, self._key = make(folder, datetime.now(UTC))
        self.ports = Ports(0, 0)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="demo-mail", daemon=True)
        self._servers: list[asyncio.Server] = []
        self._connections: set[asyncio.StreamWriter] = set()
        self._inboxes: dict[str, MailboxData] = {}

    def append(self, raw: bytes, received_at: datetime, mailbox: str = OFFICE_ADDRESS, key: str = "") -> bool:
        """Add a letter to the INBOX of `mailbox` as a delivering server would; IDLE clients are woken.

        `received_at` (aware) becomes the INTERNALDATE. A `key` that was delivered before (in this folder,
        also by an earlier run) is refused: then False. Returns when the letter can be fetched.
        """
        return self._call(self._deliver(raw, received_at, mailbox, key))

    def has(self, mailbox: str, key: str) -> bool:
        """Whether the letter of that key was delivered to the mailbox before, also by an earlier run."""
        return any((self.folder / mailbox).glob(f"*.{key}.eml"))

    def stop(self) -> None:
        """Close every connection and end the thread. Harmless when repeated."""
        if self._loop.is_closed():
            return
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def __enter__(self) -> "DemoMail":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _start(self, imap_port: int, smtp_port: int) -> None:
        self._thread.start()
        try:
            self.ports = self._call(self._open(imap_port, smtp_port))
        except BaseException:
            self.stop()
            raise

    def _call(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _open(self, imap_port: int, smtp_port: int) -> Ports:
        config = _config()
        config.apply_context()
        login = Login(config)
        for address in self.mailboxes:
            await self._open_mailbox(login, config, address)
        imap = ProxyProtocolReader(config.proxy_protocol).get_callback(self._session(IMAPServer(login, config)))
        context = server_context(self.certificate, self._key)
        self._servers.append(await asyncio.start_server(imap, "127.0.0.1", imap_port, ssl=context))
        smtp = partial(SMTP, self, hostname="localhost", enable_SMTPUTF8=True, loop=self._loop)
        self._servers.append(await self._loop.create_server(smtp, "127.0.0.1", smtp_port))
        listening = [server.sockets[0].getsockname()[1] for server in self._servers]
        return Ports(listening[0], listening[1])

    async def _open_mailbox(self, login: Login, config: Config, address: str) -> None:
        login.users_dict[address] = UserMetadata(config, address, password=PASSWORD)
        async with Identity(address, login, None, frozenset()).new_session() as session:
            inbox = await session.mailbox_set.get_mailbox("INBOX")
        store = self.folder / address
        store.mkdir(exist_ok=True)
        # The folder's first start, so that the validity is the same at every later one (RFC 9051 2.3.1.1).
        validity = store / "uidvalidity"
        if not validity.exists():
            validity.write_text(str(inbox.uid_validity))
        inbox._uid_validity = int(validity.read_text())
        for path in sorted(store.glob("*.eml")):
            when = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            await inbox.append(AppendMessage(path.read_bytes(), when), recent=True)
        self._inboxes[address] = inbox

    def _session(self, server: IMAPServer) -> Callable[..., Coroutine[Any, Any, None]]:
        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, info: SocketInfo) -> None:
            self._connections.add(writer)
            try:
                await server(reader, cast(asyncio.StreamWriter, _WholeResponses(writer)), info)
            finally:
                self._connections.discard(writer)

        return connected

    async def _deliver(self, raw: bytes, received_at: datetime, mailbox: str, key: str) -> bool:
        if key and self.has(mailbox, key):
            return False
        store = self.folder / mailbox
        path = store / f"{len(list(store.glob('*.eml'))) + 1:06d}.{key or 'smtp'}.eml"
        when = received_at.astimezone(UTC).replace(microsecond=0)
        _write(path, raw, when)
        inbox = self._inboxes[mailbox]
        await inbox.append(AppendMessage(raw, when), recent=True)
        # An IDLE session that was just writing misses the event: pymap remembers no wake without a waiter.
        for seconds in _NUDGES_SECONDS:
            self._loop.call_later(seconds, inbox._updated.set)
        return True

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Deliver what came over SMTP to those recipients that live here (aiosmtpd's hook); what the office sends to
        others is kept in the folder `sent`, as if it had gone on."""
        raw = envelope.original_content or b""
        here = [address for address in envelope.rcpt_tos if address in self._inboxes]
        for address in here:
            await self._deliver(raw, datetime.now(UTC), address, "")
        if here:
            return "250 2.0.0 delivered"
        if envelope.mail_from not in self._inboxes:
            return "550 5.1.1 no such mailbox here"
        sent = self.folder / "sent"
        sent.mkdir(exist_ok=True)
        number = len(list(sent.glob("*.eml"))) + 1
        _write(sent / f"{number:06d}.eml", raw, datetime.now(UTC))
        return f"250 2.0.0 Ok: queued as DEMO{number}"

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        writers = list(self._connections)
        # IMAP sessions wait in IDLE or for a command: cancelling is how pymap says BYE and closes.
        others = asyncio.all_tasks(self._loop) - {asyncio.current_task()}
        for task in others:
            task.cancel()
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.gather(*others, return_exceptions=True), 5)
        for writer in writers:
            writer.transport.abort()
        for server in self._servers:
            await server.wait_closed()
        await asyncio.sleep(0)  # aborted transports close their sockets in the loop's next round


def start(folder: Path, imap_port: int = 0, smtp_port: int = 0, mailboxes: tuple[str, ...] = MAILBOXES) -> DemoMail:
    """Start the mail server with its files below `folder`; port 0 takes a free one, OSError if it is "
    "taken."""
    mail = DemoMail(folder, mailboxes)
    mail._start(imap_port, smtp_port)
    return mail


def _write(path: Path, raw: bytes, when: datetime) -> None:
    """Write a letter whole or not at all; its file's time keeps the INTERNALDATE."""
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(raw)
    os.utime(unfinished, (when.timestamp(), when.timestamp()))
    unfinished.rename(path)


class _WholeResponses:
    """A stream writer that sends what was written since the last drain in one piece.

    pymap writes an untagged response in several small pieces, each a TLS record of its own; imapclient's
    idle_check, which reads without blocking, would lose the half of a line.
    """

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._pending: list[bytes] = []

    def write(self, data: bytes) -> None:
        self._pending.append(bytes(data))

    async def drain(self) -> None:
        self._flush()
        await self._writer.drain()

    def close(self) -> None:
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._pending:
            self._writer.write(b"".join(self._pending))
            self._pending.clear()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._writer, name)


def _config() -> Config:
    # Secure port: TLS wraps the socket before pymap sees it, so STARTTLS is off and LOGIN allowed.
    return Config(
        Namespace(passlib_cfg=None, proxy_protocol=None), host="127.0.0.1", port=0, demo_data=False,
        demo_user="", demo_password="", tls_enabled=False, hash_context=Cleartext(),
        reject_dnsbl=False, cpu_subsystem=Subsystem.for_asyncio(),
    )  # fmt: skip
