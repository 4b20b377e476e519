"""One SMTP session (RFC 5321) that knows at each moment whether the server can have the message.

Written here, not by `smtplib`: the end of the data has to wait for a commit, and every answer has a deadline, however
slowly it drips.
"""

import base64
import re
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from config.sending import SendingSettings
from core.system_words import reason_of
from dispatch.composer import Mail

_LONGEST_LINE, _MOST_LINES = 4_096, 200
_SLOWEST_OCTETS_A_SECOND = 10_000
_QUIT_SECONDS = 2.0
_TLS_SECONDS = 30.0
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")


@dataclass(frozen=True, slots=True)
class Reply:
    """A server's answer to the command `stage`: its code and its own words, codes included."""

    stage: str
    code: int
    words: str

    @property
    def status(self) -> str:
        """The enhanced status code (RFC 3463) where the server gives one, else the reply code."""
        found = _ENHANCED.search(self.words[4:14])
        return found[0] if found else str(self.code)


class Refused(Exception):
    """The server said no, for now (4xx) or for good (5xx)."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.words)
        self.reply = reply

    @property
    def is_final(self) -> bool:
        """Whether trying again is no use."""
        return self.reply.code >= 500


class Lost(Exception):
    """The connection ended, or went silent, before the server could have the message."""

    def __init__(self, stage: str, why: str) -> None:
        super().__init__(why)
        self.stage = stage
        self.why = why


class Unanswered(Lost):
    """The end of the data was sent, and no answer came that says what became of it."""


class Withdrawn(Exception):
    """The message was not to be sent after all."""


class Connection:
    """A session after its greeting; `open_connection` makes one."""

    def __init__(self, link: socket.socket, settings: SendingSettings) -> None:
        self._link = link
        self._settings = settings
        self._unread = b""
        self._can: dict[str, str] = {}
        self._is_fresh = True  # no message has begun since the last reset

    def send(self, mail: Mail, at_the_end: Callable[[], bool]) -> Reply:
        """Send one message; `at_the_end` is asked before the end of its data, False withdraws it.

        Returns the answer that it was taken over. Raises Refused, Lost where it is surely not sent, Unanswered where
        nobody knows, Withdrawn; after all but the first the connection is no more.
        """
        if not self._is_fresh:
            self._command("RSET", "RSET", 200)
        self._is_fresh = False
        self._begin(mail)
        self._send_all(_with_dots_doubled(mail.data), "DATA")
        if not at_the_end():
            self.drop()
            raise Withdrawn
        self._refuse_early_words()
        try:
            self._link.sendall(b".\r\n")
            reply = self._reply("DATA", self._settings.answer_seconds)
        except OSError as error:
            raise Unanswered("DATA", reason_of(error)) from error
        except Lost as error:
            raise Unanswered("DATA", error.why) from error
        if reply.code // 100 not in (2, 4, 5):
            raise Unanswered("DATA", reply.words)
        self._is_fresh = True
        return _taken(reply, 200)

    def close(self) -> None:
        """Say goodbye and hang up; never fails."""
        with suppress(OSError, Lost, Refused):
            self._link.settimeout(_QUIT_SECONDS)
            self._link.sendall(b"QUIT\r\n")
            self._reply("QUIT", _QUIT_SECONDS)
        self.drop()

    def drop(self) -> None:
        """Hang up at once: a message that was not ended is thrown away by the server (RFC 5321 4.1.1.5)."""
        with suppress(OSError):
            self._link.close()

    def greet(self, context: ssl.SSLContext) -> None:
        """From the server's greeting to the moment when it takes mail: EHLO, TLS, AUTH. Raises Refused, Lost."""
        _taken(self._reply("CONNECT", self._settings.timeout_seconds), 200)
        self._hello()
        if self._settings.security == "starttls":
            self._start_tls(context)
            self._hello()
        if self._settings.username:
            self._log_in(self._settings.secret_path().read_text(encoding="utf-8").strip("\r\n"))

    def _begin(self, mail: Mail) -> None:
        limit = self._can.get("SIZE", "")
        if limit.isdigit() and 0 < int(limit) < len(mail.data):
            raise Refused(Reply("SIZE", 552, f"552 5.3.4 máy chủ chỉ nhận thư đến {limit} byte, thư {len(mail.data)}"))
        if mail.is_utf8 and "SMTPUTF8" not in self._can:
            raise Refused(Reply("MAIL", 553, "553 5.6.7 máy chủ không gửi được tới địa chỉ có dấu (SMTPUTF8)"))
        asks = self._settings.reports and "DSN" in self._can
        sender = f"MAIL FROM:<{mail.sender}>" + (f" SIZE={len(mail.data)}" if "SIZE" in self._can else "")
        sender += " SMTPUTF8" if mail.is_utf8 else ""
        sender += f" RET=HDRS ENVID={_xtext(mail.envelope_id)}" if asks else ""
        self._command("MAIL", sender, 200)
        recipient = f"RCPT TO:<{mail.recipient}>"
        if asks:
            recipient += " NOTIFY=FAILURE,DELAY"
            recipient += f" ORCPT=rfc822;{_xtext(mail.recipient)}" if mail.recipient.isascii() else ""
        self._command("RCPT", recipient, 200)
        self._command("DATA", "DATA", 300)

    def _refuse_early_words(self) -> None:
        """A server that speaks or hangs up before the end of the data has given up: without the end it has nothing."""
        try:
            self._link.settimeout(0)
            early = self._link.recv(_LONGEST_LINE)
        except (BlockingIOError, ssl.SSLWantReadError):
            return
        except OSError as error:
            raise Lost("DATA", reason_of(error)) from error
        self._unread += early
        try:
            reply = self._reply("DATA", _QUIT_SECONDS)
        finally:
            self.drop()
        if reply.code >= 400:
            raise Refused(Reply("DATA", reply.code, reply.words))
        raise Lost("DATA", reply.words)

    def _hello(self) -> None:
        name = self._settings.name or _literal(self._link)
        lines = self._command("EHLO", f"EHLO {name}", 200).words.split("\n")[1:]
        said = [line[4:].strip().partition(" ") for line in lines]
        self._can = {word.upper(): rest.strip() for word, _, rest in said}

    def _start_tls(self, context: ssl.SSLContext) -> None:
        if "STARTTLS" not in self._can:
            raise Lost("STARTTLS", "máy chủ không có STARTTLS, trong khi cấu hình đòi mã hóa")
        self._command("STARTTLS", "STARTTLS", 200)
        self._unread = b""  # what came in clear behind the answer is not to be taken for the server's (CVE-2011-0411)
        try:
            self._link.settimeout(_TLS_SECONDS)
            self._link = context.wrap_socket(self._link, server_hostname=self._settings.host)
        except OSError as error:
            raise Lost("TLS", reason_of(error)) from error

    def _log_in(self, password: str) -> None:
        user, known = self._settings.username, self._can.get("AUTH", "").upper().split()
        if "PLAIN" in known:
            self._command("AUTH", "AUTH PLAIN " + _base64(f"\0{user}\0{password}"), 200)
        elif "LOGIN" in known:
            self._command("AUTH", "AUTH LOGIN", 300)
            self._command("AUTH", _base64(user), 300)
            self._command("AUTH", _base64(password), 200)
        else:
            raise Lost("AUTH", "máy chủ không nhận cách đăng nhập PLAIN hay LOGIN")

    def _command(self, stage: str, line: str, wanted: int) -> Reply:
        assert "\r" not in line and "\n" not in line
        self._send_all(line.encode() + b"\r\n", stage)
        return _taken(self._reply(stage, self._settings.timeout_seconds), wanted)

    def _send_all(self, data: bytes, stage: str) -> None:
        try:
            self._link.settimeout(self._settings.timeout_seconds + len(data) / _SLOWEST_OCTETS_A_SECOND)
            self._link.sendall(data)
        except OSError as error:
            raise Lost(stage, reason_of(error)) from error

    def _reply(self, stage: str, seconds: float) -> Reply:
        until = time.monotonic() + seconds
        lines: list[str] = []
        while len(lines) < _MOST_LINES:
            line = self._line(stage, until)
            if len(line) < 3 or not line[:3].isdigit() or line[3:4] not in ("", " ", "-"):
                raise Lost(stage, f"câu trả lời lạ: {line[:200]}")
            lines.append(line)
            if line[3:4] != "-":
                return Reply(stage, int(line[:3]), "\n".join(lines))
        raise Lost(stage, "câu trả lời dài quá")

    def _line(self, stage: str, until: float) -> str:
        while b"\n" not in self._unread:
            left = until - time.monotonic()
            try:
                if left <= 0 or len(self._unread) > _LONGEST_LINE:
                    raise TimeoutError
                self._link.settimeout(left)
                window = self._link.recv(_LONGEST_LINE)
            except OSError as error:
                raise Lost(stage, reason_of(error)) from error
            if not window:
                raise Lost(stage, "máy chủ ngắt kết nối")
            self._unread += window
        line, _, self._unread = self._unread.partition(b"\n")
        return line.rstrip(b"\r").decode("utf-8", "replace")


def open_connection(settings: SendingSettings) -> Connection:
    """Connect, check the server's certificate, log in. Raises Refused or Lost; OSError where the password can't be
    read."""
    try:
        context = ssl.create_default_context(cafile=str(settings.ca_file) if settings.ca_file else None)
    except OSError as error:
        raise Lost(
            "CA_FILE", f"khóa ca_file: {settings.ca_file} không đọc được hoặc không phải chứng thư PEM"
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        link = socket.create_connection((settings.host, settings.port), settings.timeout_seconds)
    except OSError as error:
        raise Lost("CONNECT", reason_of(error)) from error
    try:
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if settings.security == "tls":
            link = context.wrap_socket(link, server_hostname=settings.host)
    except OSError as error:
        link.close()
        raise Lost("TLS", reason_of(error)) from error
    connection = Connection(link, settings)
    try:
        connection.greet(context)
    except BaseException:
        connection.drop()
        raise
    return connection


def _with_dots_doubled(data: bytes) -> bytes:
    # RFC 5321 4.5.2; lines end with CR LF, and the first is a header
    return data.replace(b"\r\n.", b"\r\n..")


def _taken(reply: Reply, wanted: int) -> Reply:
    if reply.code // 100 * 100 == wanted:
        return reply
    if 400 <= reply.code < 600:
        raise Refused(reply)
    raise Lost(reply.stage, f"câu trả lời lạ: {reply.words[:200]}")


def _literal(link: socket.socket) -> str:
    address = str(link.getsockname()[0])
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


def _xtext(text: str) -> str:
    # RFC 3461 4
    return "".join(c if "!" <= c <= "~" and c not in "+=" else f"+{ord(c):02X}" for c in text)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
