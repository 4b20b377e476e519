"""Our own reader for what an IMAP server sends: lines, and mail bodies streamed into files in small windows."""

import os
import re
import select
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import monotonic

WINDOW_BYTES = 256 * 1024
_LINE_MAX_BYTES = 1_000_000  # one response line; SEARCH answers are asked for in slices that stay below
_MEMORY_MAX_BYTES = 8 * 1024 * 1024  # a literal that is not a body (imapclient reads those into memory)
_SLOWEST_BYTES_PER_SECOND = 2048  # a body slower than this for long is a drip, not a transfer
_DRIP_GRACE_SECONDS = 60

_LITERAL = re.compile(rb"\{(\d{1,19})\}\r\n\Z")
_BODY = re.compile(rb'BODY\[\] (?:\{(\d{1,19})\}|"((?:[^"\\\r\n]|\\.)*)"|(NIL))', re.IGNORECASE)
_UID = re.compile(rb"[( ]UID (\d{1,10})[ )]", re.IGNORECASE)
_FETCH = re.compile(rb"\* \d{1,10} FETCH ", re.IGNORECASE)
_EXISTS = re.compile(rb"\* \d{1,10} EXISTS\r\n", re.IGNORECASE)


class ProtocolError(OSError):
    """The server sent what no IMAP server should: the connection can't be trusted any more."""


class Stream:
    """The reading side of one connection, with a buffer that never loses bytes when a wait times out.

    It stands in for the file object that imaplib makes, because `BufferedReader` drops half-read lines on
    a time-out and can't say whether it still holds bytes while we wait in IDLE.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._buffer = memoryview(bytearray(WINDOW_BYTES))
        self._start = self._end = 0
        self._line = bytearray()  # what came of a line before a wait timed out

    def readline(self, limit: int = _LINE_MAX_BYTES) -> bytes:
        """One line with its CR LF; b"" at the end of the connection.

        Raises ProtocolError past `limit` bytes, TimeoutError when the line only drips.
        """
        deadline = _deadline(0)  # a line of a megabyte arrives at once or not at all
        while True:
            held = self._buffer[self._start : self._end]
            at = _find_newline(held)
            taken = at + 1 if at >= 0 else len(held)
            self._line += held[:taken]
            self._start += taken
            if at >= 0:
                return self._take_line()
            if len(self._line) > min(limit, _LINE_MAX_BYTES):
                raise ProtocolError("dòng trả lời dài quá mức")
            _check(deadline)
            if not self._fill():
                return self._take_line()

    def _take_line(self) -> bytes:
        line, self._line = bytes(self._line), bytearray()
        return line

    def read(self, size: int) -> bytes:
        """Exactly `size` bytes in memory (fewer at the end of the connection). Raises TimeoutError when it drips."""
        if size > _MEMORY_MAX_BYTES:
            raise ProtocolError("phần trả lời lớn quá mức")
        data = bytearray()
        deadline = _deadline(size)
        while len(data) < size and (self._start < self._end or self._fill()):
            _check(deadline)
            taken = min(size - len(data), self._end - self._start)
            data += self._buffer[self._start : self._start + taken]
            self._start += taken
        return bytes(data)

    def copy(self, size: int, target: int | None) -> None:
        """Move exactly `size` bytes to the file descriptor `target` (None: drop them), window by window.

        Raises ConnectionError when the connection ends first, TimeoutError when it only drips, OSError of
        the file system as it comes (then the rest of the body is still on the wire).
        """
        deadline = _deadline(size)
        while size:
            if self._start == self._end and not self._fill_window(size, deadline):
                raise ConnectionError("kết nối đứt giữa thư")
            taken = min(size, self._end - self._start)
            if target is not None:
                _write_all(target, self._buffer[self._start : self._start + taken])
            self._start += taken
            size -= taken
            _check(deadline)

    def wait(self, seconds: float, *others: int) -> tuple[bool, list[int]]:
        """Wait for bytes of the server or for one of the descriptors `others`, at most `seconds`.

        Returns whether a line may be read now, and which of `others` are ready.
        """
        if self._start < self._end or _pending(self._sock):
            return True, []
        poll = select.poll()
        for descriptor in (self._sock.fileno(), *others):
            poll.register(descriptor, select.POLLIN)
        ready = [descriptor for descriptor, _ in poll.poll(max(0.0, seconds) * 1000)]
        return self._sock.fileno() in ready, [each for each in others if each in ready]

    def close(self) -> None:
        """imaplib closes its file object and then the socket; there is nothing to close here."""

    def _fill(self) -> bool:
        self._start = self._end = 0
        self._end = self._sock.recv_into(self._buffer)
        return self._end > 0

    def _fill_window(self, wanted: int, deadline: float) -> bool:
        # A TLS record holds 16 kB at most: gather a window of them, so that the file gets few large writes.
        # Each byte may come just before the socket's own time-out: a whole window of them would take months.
        self._start = self._end = 0
        wanted = min(wanted, WINDOW_BYTES)
        while self._end < wanted:
            got = self._sock.recv_into(self._buffer[self._end : wanted])
            self._end += got
            if not got:
                break
            _check(deadline)
        return self._end > 0


@dataclass(frozen=True, slots=True)
class Body:
    """One mail as it arrived: its UID and the bytes counted; `size` None when the server had none to give."""

    uid: int
    size: int | None


def fetch_bodies(
    stream: Stream,
    send: Callable[[bytes], None],
    next_uid: Callable[[], int | None],
    open_target: Callable[[int, int], int | None],
    in_flight: int,
    on_exists: Callable[[], None],
) -> Iterator[Body]:
    """Fetch mails one command each, up to `in_flight` commands ahead of the answers (RFC 3501 5.5, 6.4.8).

    `next_uid` is asked only when a command may be sent; None ends the sending (there is no more, or no
    room). `open_target(uid, size)` gives the descriptor that takes the body of exactly `size` bytes, or
    None to let it pass unread. `on_exists` is called where the server says meanwhile that there is more in the
    folder (RFC 3501 7.3.1): it says so once. BODY.PEEK[] leaves `\\Seen` alone. Yields one Body for each UID, in the
    order the server completes them. Raises ProtocolError, ConnectionError and TimeoutError; the connection
    is useless afterwards.
    """
    answers = _Answers(stream, open_target, on_exists)
    serial = 0
    while True:
        # One command alone first: only when its answer names the UID before the body may more be under way,
        # for servers answer commands that are in flight together in any order (Dovecot mixes them).
        while len(answers.waiting) < (in_flight if answers.names_uid_first else 1):
            if (uid := next_uid()) is None:
                break
            serial += 1
            answers.waiting[b"F%d" % serial] = uid
            send(b"F%d UID FETCH %d (UID BODY.PEEK[])\r\n" % (serial, uid))
        if not answers.waiting:
            return
        yield answers.next_complete()


class _Answers:
    """What the server still owes us, and what it gave."""

    def __init__(
        self, stream: Stream, open_target: Callable[[int, int], int | None], on_exists: Callable[[], None]
    ) -> None:
        self.waiting: dict[bytes, int] = {}
        self.names_uid_first = False
        self._stream = stream
        self._open_target = open_target
        self._on_exists = on_exists
        self._sizes: dict[int, int] = {}

    def next_complete(self) -> Body:
        """Read up to the tagged line of some command under way."""
        while True:
            line = _line(self._stream)
            tag, _, rest = line.partition(b" ")
            if tag in self.waiting:
                # NO for an expunged mail (RFC 2180 4.1.2) means the same as OK without data: it is gone.
                if rest[:2].upper() not in (b"OK", b"NO"):
                    raise ProtocolError("máy chủ không hiểu lệnh FETCH")
                uid = self.waiting.pop(tag)
                return Body(uid, self._sizes.pop(uid, None))
            if line[:6].upper() == b"* BYE ":
                raise ConnectionError("máy chủ đóng kết nối")
            if not line.startswith(b"* "):
                raise ProtocolError("câu trả lời lạ của máy chủ")
            if _EXISTS.match(line):
                self._on_exists()
            body = _BODY.search(line) if _FETCH.match(line) else None
            if body is None or not self._take(line, body):
                _skip_literals(self._stream, line)

    def _take(self, line: bytes, body: re.Match[bytes]) -> bool:
        """Let one body flow into its file; False when it is not one we asked for or there is none (NIL)."""
        named = _UID.search(line)
        self.names_uid_first = named is not None and named.start() < body.start()
        if named is None and len(self.waiting) == 1:
            uid = next(iter(self.waiting.values()))
        else:
            uid = int(named[1]) if named else 0
        if body[3] or uid in self._sizes or uid not in self.waiting.values():
            return False
        if body[1] is None:  # RFC 3501 allows a short body as a quoted string
            text = re.sub(rb"\\(.)", rb"\1", body[2])
            target = self._open_target(uid, len(text))
            if target is not None:
                _write_all(target, memoryview(text))
            self._sizes[uid] = len(text)
            return True
        size = int(body[1])
        self._stream.copy(size, self._open_target(uid, size))
        self._sizes[uid] = size
        _skip_literals(self._stream, _line(self._stream))
        return True


def _skip_literals(stream: Stream, line: bytes) -> None:
    while literal := _LITERAL.search(line):
        stream.copy(int(literal[1]), None)
        line = _line(stream)


def _line(stream: Stream) -> bytes:
    line = stream.readline()
    if not line.endswith(b"\n"):
        raise ConnectionError("kết nối đứt")
    return line


def _deadline(size: int) -> float:
    return monotonic() + _DRIP_GRACE_SECONDS + size / _SLOWEST_BYTES_PER_SECOND


def _check(deadline: float) -> None:
    if monotonic() > deadline:
        raise TimeoutError("máy chủ gửi quá chậm")


def _find_newline(held: memoryview) -> int:
    for start in range(0, len(held), 4096):
        at = bytes(held[start : start + 4096]).find(b"\n")
        if at >= 0:
            return start + at
    return -1


def _write_all(target: int, data: memoryview) -> None:
    while data:
        data = data[os.write(target, data) :]


def _pending(sock: socket.socket) -> bool:
    # Decrypted bytes that wait inside the TLS layer are invisible to poll().
    pending = getattr(sock, "pending", None)
    return bool(pending and pending())
