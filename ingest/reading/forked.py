"""Work on hostile bytes in a fork of this process: ended when it takes too long or too much memory, or crashes.

PDFium can be kept busy for minutes by 2 kB, and nothing but the end of a process stops it.
"""

import faulthandler
import os
import resource
import signal
import struct
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO, NoReturn

from ingest.reading.unreadable import Unreadable

SECONDS = 1.5  # of processor time for one file; a letter gets 2
MEMORY_BYTES = 64 << 20
_PART, _END, _UNREADABLE, _FAILED = 0, 1, 2, 3
_HEAD = struct.Struct(">BQ")
_MOST_BYTES = 1 << 30  # of one part
_PAGE_BYTES = resource.getpagesize()


def each(
    make: Callable[[], Iterable[bytes]], seconds: float = SECONDS, memory_bytes: int = MEMORY_BYTES
) -> Iterator[bytes]:
    """The parts that `make` yields, one after the other.

    The fork gets `seconds` of processor time and `memory_bytes` beyond what this process has. Raises what `make`
    raises as Unreadable, Unreadable("too_slow") or Unreadable("too_large_inside") past the limits,
    Unreadable("damaged") where the fork crashed, and RuntimeError for a fault of ours.
    """
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns where there are threads
        child = os.fork()
    if child == 0:
        os.close(reading)
        _work(make, writing, seconds, memory_bytes)
    os.close(writing)
    with os.fdopen(reading, "rb") as parts, closing(_Child(child)) as fork:
        while (kind := _next(parts)) is not None:
            tag, data = kind
            if tag == _END:
                return
            if tag == _UNREADABLE:
                raise Unreadable(data.decode())
            if tag == _FAILED:
                raise RuntimeError(data.decode())
            yield data
        raise Unreadable(fork.why())


class _Child:
    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._status: int | None = None

    def why(self) -> str:
        """Why it ended before its work did."""
        _, self._status = os.waitpid(self._pid, 0)
        ended_by = os.WTERMSIG(self._status) if os.WIFSIGNALED(self._status) else 0
        if ended_by == signal.SIGPROF:
            return "too_slow"
        # How PDFium ends where it gets no memory.
        no_memory = (signal.SIGABRT, signal.SIGTRAP, signal.SIGILL)
        return "too_large_inside" if ended_by in no_memory else "damaged"

    def close(self) -> None:
        """End it, whatever it is at."""
        if self._status is None:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)


def _next(parts: BinaryIO) -> tuple[int, bytes] | None:
    head = parts.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    tag, size = _HEAD.unpack(head)
    data = parts.read(size) if size <= _MOST_BYTES else b""
    return (tag, data) if len(data) == size else None


def _work(make: Callable[[], Iterable[bytes]], writing: int, seconds: float, memory_bytes: int) -> NoReturn:
    try:
        faulthandler.disable()  # that PDFium gets no memory is expected, and told by `why`
        _limit(seconds, memory_bytes)
        with os.fdopen(writing, "wb") as parts:
            _send_all(make, parts)
    finally:
        os._exit(0)  # nothing of the parent's is flushed, closed or cleaned up here


def _send_all(make: Callable[[], Iterable[bytes]], parts: BinaryIO) -> None:
    def send(tag: int, data: bytes = b"") -> None:
        parts.write(_HEAD.pack(tag, len(data)) + data)
        parts.flush()

    try:
        for part in make():
            send(_PART, part)
        send(_END)
    except Unreadable as problem:
        send(_UNREADABLE, problem.why.encode())
    except MemoryError:
        send(_UNREADABLE, b"too_large_inside")
    except Exception as error:  # the boundary of the process; the text of an error may quote the letter
        send(_FAILED, type(error).__name__.encode())


def _limit(seconds: float, memory_bytes: int) -> None:
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    now = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5]) * _PAGE_BYTES
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = now + memory_bytes
    resource.setrlimit(resource.RLIMIT_DATA, (most if soft == resource.RLIM_INFINITY else min(soft, most), hard))
