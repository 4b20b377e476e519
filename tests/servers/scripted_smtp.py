"""An SMTP server that does wrong exactly what a test wants, once, and remembers every message that it took."""

import contextlib
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

STAGES = ("CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "BODY", "DOT")
_USUAL = {
    "CONNECT": b"220 thu.example ESMTP", "MAIL": b"250 2.1.0 Ok", "RCPT": b"250 2.1.5 Ok", "RSET": b"250 2.0.0 Ok",
    "DATA": b"354 go on", "DOT": b"250 2.0.0 Ok: queued as 4BD1", "QUIT": b"221 2.0.0 Bye",
}  # fmt: skip
_ID = re.compile(rb"(?im)^message-id: (<\S+>)")


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong at `stage`, the first `times` times that it is reached.

    `act` is reply (with `words`), cut, silence, drip (the usual answer, slower than anybody waits) or late_cut (the
    answer's first half). `line`: for BODY, after how many lines of data; `takes`: whether the message was taken all the
    same where the answer to its end goes wrong.
    """

    stage: str
    act: str
    words: bytes = b""
    line: int = 0
    takes: bool = False
    times: int = 1


@dataclass
class Server:
    """Running; `port` is where. `taken` are the Message-IDs of what it took, in order, `said` what clients said,
    `ended` counts the connections that it has hung up."""

    port: int
    offers: tuple[bytes, ...] = (b"SIZE 50000000", b"8BITMIME", b"DSN", b"SMTPUTF8")
    fault: Fault | None = None
    taken: list[str] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)
    said: list[bytes] = field(default_factory=list)
    connections: int = 0
    ended: int = 0
    context: ssl.SSLContext | None = None
    _left: int = 0

    def arm(self, fault: Fault | None) -> None:
        """From now on do this wrong."""
        self.fault, self._left = fault, fault.times if fault else 0

    def strikes(self, stage: str, line: int = 0) -> Fault | None:
        """The fault that is due here, used up."""
        fault = self.fault
        if fault is None or not self._left or fault.stage != stage or fault.line > line:
            return None
        self._left -= 1
        return fault


class Cut(Exception):
    """The connection is to end here."""


@contextmanager
def running(context: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Serve on a free port of 127.0.0.1; with `context` STARTTLS is offered."""
    with socket.create_server(("127.0.0.1", 0)) as ear:
        ear.settimeout(0.05)
        server = Server(ear.getsockname()[1], context=context)
        stop = threading.Event()
        thread = threading.Thread(target=_accept, args=(ear, server, stop), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            stop.set()
            thread.join()


def _accept(ear: socket.socket, server: Server, stop: threading.Event) -> None:
    while not stop.is_set():
        with contextlib.suppress(TimeoutError):
            link, _ = ear.accept()
            server.connections += 1
            threading.Thread(target=_serve, args=(link, server, stop), daemon=True).start()


def _serve(link: socket.socket, server: Server, stop: threading.Event) -> None:
    session = _Session(link, server, stop)
    with contextlib.suppress(OSError, Cut):
        session.run()
    with contextlib.suppress(OSError):
        session.hang_up()
    server.ended += 1


class _Session:
    def __init__(self, link: socket.socket, server: Server, stop: threading.Event) -> None:
        self.link, self._server, self._stop = link, server, stop
        link.settimeout(20)
        self._file = link.makefile("rb")

    def run(self) -> None:
        self._answer("CONNECT", _USUAL["CONNECT"])
        while line := self._file.readline():
            self._server.said.append(line.rstrip(b"\r\n"))
            verb = line[:4].upper().decode().strip()
            if verb == "EHLO":
                self._answer("EHLO", b"\r\n".join(self._greeting()))
            elif verb == "STAR":
                self._start_tls()
            elif verb == "DATA":
                if self._answer("DATA", _USUAL["DATA"]):
                    self._data()
            elif verb == "AUTH":
                self._answer("AUTH", b"235 2.7.0 welcome")
            else:
                self._answer(verb, _USUAL.get(verb, b"500 5.5.1 what"))
            if verb == "QUIT":
                return

    def hang_up(self) -> None:
        """The socket ends when its file does, too."""
        self._file.close()
        self.link.close()

    def _greeting(self) -> list[bytes]:
        can = [*self._server.offers, *([b"STARTTLS"] if self._server.context else []), b"AUTH PLAIN LOGIN"]
        return [b"250-thu.example", *(b"250-" + one for one in can), b"250 HELP"]

    def _start_tls(self) -> None:
        assert self._server.context
        self._answer("STARTTLS", b"220 go on")
        self.link = self._server.context.wrap_socket(self.link, server_side=True)
        self._file = self.link.makefile("rb")

    def _data(self) -> None:
        lines: list[bytes] = []
        while (line := self._file.readline()) != b".\r\n":
            if not line.endswith(b"\n"):
                raise Cut
            lines.append(line[1:] if line.startswith(b".") else line)
            if fault := self._server.strikes("BODY", len(lines)):
                self._do(fault, b"")
        mail = b"".join(lines)
        fault = self._server.strikes("DOT")
        if fault is None or fault.takes:
            self._server.mails.append(mail)
            found = _ID.search(mail)
            self._server.taken.append(found[1].decode() if found else "")
        if fault is not None:
            self._do(fault, _USUAL["DOT"])
        else:
            self.link.sendall(_USUAL["DOT"] + b"\r\n")

    def _answer(self, stage: str, usual: bytes) -> bool:
        fault = self._server.strikes(stage)
        if fault is not None:
            self._do(fault, usual)
            return False
        self.link.sendall(usual + b"\r\n")
        return True

    def _do(self, fault: Fault, usual: bytes) -> None:
        if fault.act == "reply":
            self.link.sendall(fault.words + b"\r\n")
            if fault.words.startswith(b"421"):
                raise Cut
            return
        if fault.act == "late_cut":
            self.link.sendall(usual[: len(usual) // 2])
        if fault.act == "drip":
            for letter in usual + b"\r\n":
                self.link.sendall(bytes([letter]))
                if self._stop.wait(0.05):
                    break
        if fault.act == "silence":
            until = time.monotonic() + 5
            while time.monotonic() < until and not self._stop.is_set() and not self._is_gone():
                time.sleep(0.01)
        raise Cut

    def _is_gone(self) -> bool:
        self.link.settimeout(0.01)
        try:
            return self.link.recv(65536) == b""
        except TimeoutError:
            return False
        except OSError:
            return True
