"""One connection of a mail server, on aiosmtpd's SMTP and LMTP (RFC 5321, 2033, 1870, 6152, 6531, 2920)."""

import asyncio
import contextlib
import logging
import ssl
from collections import defaultdict
from typing import Any

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from ingest.listener import answers
from ingest.listener.data import content
from ingest.listener.door import ROOM_SECONDS, Door
from ingest.listener.receiving import NoRoom, Receiving, TooLarge

IDENT = "Cong van"  # after our host's name in the greeting
_MOST_RECIPIENTS = 100  # RFC 5321 4.5.3.1.8: at least that many
_LONGEST_COMMAND = 2048
_CALLS = {"*": 5000, "NOOP": 200, "HELP": 20, "VRFY": 20}
_GRACE_SECONDS = 30.0

logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # aiosmtpd's own log would hold what clients say
log = structlog.get_logger()


class _Sized(Envelope):
    declared_size = 0


class _Hooks:
    """What aiosmtpd asks about commands; see its documentation of handlers."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def handle_EHLO(
        self, _server: SMTP, session: Session, _envelope: Envelope, name: str, lines: list[str]
    ) -> list[str]:
        session.host_name = name
        return [*lines[:-1], "250-PIPELINING", f"250-SIZE {self._door.max_bytes}", lines[-1]]

    async def handle_MAIL(
        self, _server: SMTP, _session: Session, envelope: _Sized, sender: str, options: list[str]
    ) -> str:
        size = next((option[5:] for option in options if option.startswith("SIZE=")), "0")
        if not (size.isascii() and size.isdigit()):
            return answers.BAD_SIZE
        if int(size) > self._door.max_bytes:
            return answers.TOO_LARGE
        envelope.declared_size = int(size)
        envelope.mail_from = sender
        return answers.MAIL_OK

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, recipient: str, _options: list[str]
    ) -> str:
        if not self._door.knows(recipient):
            return answers.UNKNOWN_RECIPIENT
        if len(envelope.rcpt_tos) >= _MOST_RECIPIENTS:
            return answers.TOO_MANY_RECIPIENTS
        envelope.rcpt_tos.append(recipient)
        return answers.RCPT_OK

    async def handle_exception(self, _error: Exception) -> str:
        log.exception("listener_session_failed")
        return answers.TRY_AGAIN


class Smtp(SMTP):
    """An SMTP session: letters go into the spool as they come, and are answered when they are committed."""

    def __init__(self, door: Door, sessions: "set[Smtp]", hostname: str, tls: ssl.SSLContext | None) -> None:
        """`sessions` are the open ones of this door, `hostname` what we greet with."""
        # Of its own: aiosmtpd shares this one among all connections, and each EHLO adds to it.
        self.command_size_limits = defaultdict(lambda: _LONGEST_COMMAND)
        self._door = door
        self._sessions = sessions
        super().__init__(
            _Hooks(door), data_size_limit=None, enable_SMTPUTF8=True, hostname=hostname, ident=IDENT,
            tls_context=tls, require_starttls=tls is not None, timeout=door.settings.timeout_seconds,
            auth_exclude_mechanism=["LOGIN", "PLAIN"], command_call_limit=_CALLS, loop=asyncio.get_running_loop(),
        )  # fmt: skip
        del self._smtp_methods["AUTH"]  # nobody logs in here: a server is known by its network

    async def smtp_DATA(self, arg: str | None) -> None:
        """Take a letter in; the answer tells what is committed (design, promise 2)."""
        if await self.check_helo_needed():
            return
        envelope = self.envelope
        assert isinstance(envelope, _Sized)
        if not envelope.rcpt_tos:
            await self.push("503 5.5.1 RCPT?")
        elif arg:
            await self.push("501 5.5.4 DATA")
        else:
            await self._take(envelope)

    def hang_up(self) -> None:
        """We stop: whoever waits for an answer comes again."""
        self._say_and_close(answers.STOPPING)

    async def _take(self, envelope: _Sized) -> None:
        self._reset_timeout(ROOM_SECONDS + _GRACE_SECONDS)
        letter = await self._door.room_for(envelope.declared_size)
        if letter is None:
            self._set_post_data_state()
            await self.push(answers.NO_ROOM)
            return
        try:
            await self.push(answers.BEGIN)
            refusal = await self._receive(letter)
            letter.complete()
        except BaseException:
            letter.abandon()
            raise
        if refusal:
            letter.abandon()
            answer = refusal
        else:
            self._reset_timeout(self._door.settings.answer_seconds + _GRACE_SECONDS)
            answer = await self._door.hand_in(letter, envelope.mail_from or "", envelope.rcpt_tos)
        self._set_post_data_state()
        self._reset_timeout()
        await self.push("\r\n".join([answer] * self._lines_for(envelope)))

    async def _receive(self, letter: Receiving) -> str:
        """Read to the end of the mail; returns why it is refused, if it is. What is refused is read all the same."""
        refusal, patience = "", float(self._door.settings.timeout_seconds)
        self._reset_timeout(patience)
        async for piece in content(self._reader):
            self._reset_timeout(letter.seconds_left(patience))
            if refusal:
                continue
            try:
                letter.add(piece)
            except TooLarge:
                refusal = answers.TOO_LARGE
            except NoRoom:
                refusal = answers.NO_ROOM
        return refusal

    def _lines_for(self, _envelope: Envelope) -> int:
        return 1

    async def _handle_client(self) -> None:
        assert self.session is not None
        refusal = ""
        if not self._door.is_from_here(self.session.peer):
            refusal = answers.NOT_FROM_HERE
            log.warning("listener_refused", peer=str(self.session.peer))
        elif len(self._sessions) >= self._door.settings.connections:
            refusal = answers.BUSY
        if refusal:
            self._say_and_close(refusal)
            return
        self._sessions.add(self)
        try:
            with contextlib.suppress(ConnectionError):
                await super()._handle_client()
        finally:
            self._sessions.discard(self)

    def _timeout_cb(self) -> None:
        self._say_and_close(answers.TOO_SLOW)

    def _say_and_close(self, answer: str) -> None:
        transport: Any = self.transport
        if transport is None:
            return
        if transport.get_write_buffer_size():
            transport.abort()  # a client that does not read its answers would keep a closing connection for ever
            return
        transport.write(answer.encode() + b"\r\n")
        transport.close()

    def _set_post_data_state(self) -> None:
        self.envelope = _Sized()


class Lmtp(Smtp, LMTP):
    """An LMTP session: one answer for each recipient (RFC 2033 4.2)."""

    def _lines_for(self, envelope: Envelope) -> int:
        return len(envelope.rcpt_tos)
