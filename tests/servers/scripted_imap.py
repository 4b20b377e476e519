"""A small IMAP server that misbehaves as it is told, over TLS with the certificate of the test's Dovecot."""

import contextlib
import re
import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

_GARBAGE = bytes(range(256)) * 8 + b"\r\n* garbage\r\n"
_DRIP_SECONDS = 0.05


class How(StrEnum):
    """What happens at the place of a fault: the end by FIN or by RST, garbage, nothing more, or a byte at a time."""

    FIN = "fin"
    RESET = "reset"
    GARBAGE = "garbage"
    SILENCE = "silence"
    DRIP = "drip"


@dataclass(frozen=True, slots=True)
class Fault:
    """Where and how the answers to FETCH of bodies go wrong: `at` counts their bytes within one connection."""

    at: int
    how: How


@dataclass
class ScriptedImap:
    """One folder of letters by UID. Change `letters`, `uidvalidity` and `fault` between or during sessions."""

    port: int
    letters: dict[int, bytes] = field(default_factory=dict)
    uidvalidity: int = 1
    fault: Fault | None = None
    connected_at: list[float] = field(default_factory=list)
    dripped: int = 0

    def answer(self, uid: int, tag: bytes) -> bytes:
        """The whole answer to one FETCH of a body, up to the tagged line."""
        body = self.letters.get(uid)
        if body is None:
            return tag + b" OK FETCH completed\r\n"
        head = b"* %d FETCH (UID %d BODY[] {%d}\r\n" % (sorted(self.letters).index(uid) + 1, uid, len(body))
        return head + body + b")\r\n" + tag + b" OK FETCH completed\r\n"


@contextmanager
def running(home: Path) -> Iterator[ScriptedImap]:
    """Serve on a free port of 127.0.0.1; `home` holds server.pem and server.key."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(home / "server.pem", home / "server.key")
    listener = socket.create_server(("127.0.0.1", 0))
    server = ScriptedImap(listener.getsockname()[1])
    closing = threading.Event()

    def accept() -> None:
        while not closing.is_set():
            with contextlib.suppress(OSError):
                plain, _ = listener.accept()
                server.connected_at.append(time.monotonic())
                threading.Thread(target=_serve, args=(server, plain, context, closing), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        closing.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def _serve(server: ScriptedImap, plain: socket.socket, context: ssl.SSLContext, closing: threading.Event) -> None:
    plain.settimeout(30)
    with contextlib.suppress(OSError), plain, context.wrap_socket(plain, server_side=True) as wire:
        _Conversation(server, wire, closing).run()


class _Conversation:
    def __init__(self, server: ScriptedImap, wire: ssl.SSLSocket, closing: threading.Event) -> None:
        self._server = server
        self._wire = wire
        self._closing = closing
        self._sent = 0  # bytes of bodies' answers

    def run(self) -> None:
        self._wire.sendall(b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n")
        with self._wire.makefile("rb") as lines:
            for line in lines:
                tag, _, command = line.strip().partition(b" ")
                if command.upper().startswith(b"AUTHENTICATE"):
                    self._wire.sendall(b"+ \r\n")
                    lines.readline()
                body = re.fullmatch(rb"UID FETCH (\d+) \(UID BODY\.PEEK\[\]\)", command)
                if body is None:
                    self._wire.sendall(self._untagged(command) + tag + b" OK done\r\n")
                elif not self._send_body(self._server.answer(int(body[1]), tag)):
                    return

    def _untagged(self, command: bytes) -> bytes:
        letters = self._server.letters
        if command.startswith(b"CAPABILITY"):
            return b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n"
        if command.startswith(b"EXAMINE"):
            highest = max(letters, default=0)
            answers = (len(letters), self._server.uidvalidity, highest + 1)
            return b"* FLAGS ()\r\n* %d EXISTS\r\n* OK [UIDVALIDITY %d] x\r\n* OK [UIDNEXT %d] x\r\n" % answers
        if command.startswith(b"UID SEARCH"):
            return b"* SEARCH" + b"".join(b" %d" % uid for uid in sorted(letters)) + b"\r\n"
        if command.startswith(b"UID FETCH"):
            rows = (
                b'* %d FETCH (UID %d INTERNALDATE " 4-Jun-2026 08:30:00 +0700" RFC822.SIZE %d)\r\n'
                % (number, uid, len(letters[uid]))
                for number, uid in enumerate(sorted(letters), start=1)
            )
            return b"".join(rows)
        return b""

    def _send_body(self, answer: bytes) -> bool:
        """Send one answer as far as the script lets it come; False at the end of the connection."""
        fault, begins = self._server.fault, self._sent
        self._sent += len(answer)
        if fault is None or fault.at >= self._sent:
            self._wire.sendall(answer)
            return True
        cut = max(0, fault.at - begins)
        self._wire.sendall(answer[:cut])
        if fault.how is How.GARBAGE:
            self._wire.sendall(_GARBAGE)
        elif fault.how is How.DRIP:
            for place in range(cut, len(answer)):
                self._wire.sendall(answer[place : place + 1])
                self._server.dripped += 1
                time.sleep(_DRIP_SECONDS)
            return True
        elif fault.how is How.SILENCE:
            while not self._closing.is_set() and self._wire.recv(4096):
                pass
        elif fault.how is How.RESET:
            self._wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False
