"""Work on hostile bytes in a fork of this process: ended when it takes too long or too much memory, or crashes.

PDFium can be kept busy for minutes by 2 kB, and nothing but the end of a process stops it. A fork that did its work
well waits for the next file: to begin one, its memory copied page by page as it is touched, costs more than most files.
"""

import contextlib
import faulthandler
import os
import pickle
import resource
import signal
import struct
import sys
import time
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NoReturn

from core.sandbox_child import end_with, load_plain
from ingest.reading.unreadable import Unreadable

SECONDS = 1.5  # of processor time for one file; a letter gets 2
MEMORY_BYTES = 64 << 20
_PART, _END, _LAST, _UNREADABLE, _FAILED = range(5)  # `_LAST` ends the work, and the fork
_HEAD = struct.Struct(">BQ")
_MOST_BYTES = 1 << 30  # of one part
_MOST_GROWN_BYTES = 24 << 20  # that a fork may keep from file to file
_PAGE_BYTES = resource.getpagesize()


def each(
    work: Callable[..., Iterable[bytes]], *arguments: object,
    seconds: float = SECONDS, memory_bytes: int = MEMORY_BYTES, is_wall_time: bool = False, is_last: bool = False,
) -> Generator[bytes, None, None]:  # fmt: skip
    """The parts that `work(*arguments)`, a function of a module, yields one after the other.

    The fork gets `seconds` of processor time, or by the clock, and `memory_bytes` beyond what it has; with `is_last` it
    is a new one and does nothing afterwards. Raises what `work` raises as Unreadable, Unreadable("too_slow") or
    Unreadable("too_large_inside") past the limits, Unreadable("damaged") where the fork crashed, and RuntimeError for
    a fault of ours.
    """
    fork = _asked(pickle.dumps((work, arguments, (seconds, is_wall_time, memory_bytes))), is_new=is_last)
    tag = _FAILED
    try:
        while (answer := _next(fork.parts)) is not None:
            tag, data = answer
            if tag in (_END, _LAST):
                return
            if tag == _UNREADABLE:
                raise Unreadable(data.decode())
            if tag == _FAILED:
                raise RuntimeError(data.decode())
            yield data
        raise Unreadable(fork.why())
    finally:
        if tag == _END and not is_last and not _waiting:
            _waiting.append(fork)
        else:
            fork.close()


def worked() -> float:
    """Processor seconds that this process and its forks have worked so far, those ended and the one that waits."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime + sum(fork.worked() for fork in _waiting)


def objects(
    work: Callable[..., Iterable[object]], *arguments: object,
    seconds: float = SECONDS, memory_bytes: int = MEMORY_BYTES, is_wall_time: bool = False,
) -> Iterator[object]:  # fmt: skip
    """As `each`, where `work(*arguments)` yields plain objects (see `core.sandbox_child.load_plain`)."""
    parts = each(_packed, work, arguments, seconds=seconds, memory_bytes=memory_bytes, is_wall_time=is_wall_time)
    return map(load_plain, parts)


def _packed(work: Callable[..., Iterable[object]], arguments: tuple[object, ...]) -> Iterator[bytes]:
    return map(pickle.dumps, work(*arguments))


def _asked(question: bytes, *, is_new: bool) -> "_Fork":
    """The fork that waits, or a new one, at this work. One from before this process imported something is of no use:
    it would have to import it itself, within its limits."""
    if _waiting and not is_new:
        fork = _waiting.pop()
        with contextlib.suppress(BrokenPipeError):  # somebody has killed it
            if fork.modules == len(sys.modules):
                fork.ask(question)
                return fork
        fork.close()
    fork = _Fork()
    fork.ask(question)
    return fork


class _Fork:
    def __init__(self) -> None:
        (asking, asked), (answered, answering) = os.pipe(), os.pipe()
        parent = os.getpid()
        self.modules = len(sys.modules)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns where there are threads
            self._pid = os.fork()
        if self._pid == 0:
            _waiting.clear()  # that one is the parent's
            _keep_alone(asking, answering)
            _work(parent, asking, answering)
        os.close(asking)
        os.close(answering)
        self.parts = os.fdopen(answered, "rb")
        self._asked = os.fdopen(asked, "wb", buffering=0)
        self._status: int | None = None

    def ask(self, question: bytes) -> None:
        """Give it work. Raises BrokenPipeError where it is no more."""
        left = memoryview(_HEAD.pack(_PART, len(question)) + question)
        while left:
            left = left[self._asked.write(left) :]

    def worked(self) -> float:
        """Processor seconds that it has worked."""
        # The clock of a process, as clock_getcpuclockid(3) would name it; one that was killed from outside has stopped.
        with contextlib.suppress(OSError):
            return time.clock_gettime(~self._pid << 3 | 2)
        return 0.0

    def why(self) -> str:
        """Why it ended before its work did."""
        _, self._status = os.waitpid(self._pid, 0)
        ended_by = os.WTERMSIG(self._status) if os.WIFSIGNALED(self._status) else 0
        if ended_by in (signal.SIGPROF, signal.SIGALRM):
            return "too_slow"
        # How PDFium ends where it gets no memory.
        no_memory = (signal.SIGABRT, signal.SIGTRAP, signal.SIGILL)
        return "too_large_inside" if ended_by in no_memory else "damaged"

    def close(self) -> None:
        """End it, whatever it is at."""
        self.parts.close()
        self._asked.close()
        if self._status is None:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)


_waiting: list[_Fork] = []  # for work, one at most


def _keep_alone(*kept: int) -> None:
    """Close every descriptor of the parent's but `kept` and its three streams: whoever waits for the end of one of its
    pipes would wait for this process, too."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    low = 3
    for descriptor in (*sorted(kept), most):
        os.closerange(low, descriptor)
        low = descriptor + 1


def _next(parts: BinaryIO) -> tuple[int, bytes] | None:
    head = parts.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    tag, size = _HEAD.unpack(head)
    data = parts.read(size) if size <= _MOST_BYTES else b""
    return (tag, data) if len(data) == size else None


def _work(parent: int, asking: int, answering: int) -> NoReturn:
    try:
        end_with(parent)
        faulthandler.disable()  # that PDFium gets no memory is expected, and told by `why`
        for ends_it in (signal.SIGPROF, signal.SIGALRM):
            signal.signal(ends_it, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        begun = _memory_bytes()
        with os.fdopen(asking, "rb") as questions, os.fdopen(answering, "wb") as parts:
            while (question := _next(questions)) is not None:
                work, arguments, limits = pickle.loads(question[1])
                _limit(*limits)
                _send_all(work, arguments, parts, begun)
    finally:
        os._exit(0)  # nothing of the parent's is flushed, closed or cleaned up here


def _send_all(work: Callable[..., Iterable[bytes]], arguments: tuple[object, ...], parts: BinaryIO, begun: int) -> None:
    def send(tag: int, data: bytes = b"") -> None:
        parts.write(_HEAD.pack(tag, len(data)) + data)
        parts.flush()

    try:
        for part in work(*arguments):
            send(_PART, part)
        for timer in (signal.ITIMER_PROF, signal.ITIMER_REAL):
            signal.setitimer(timer, 0)
        send(_END if _memory_bytes() - begun < _MOST_GROWN_BYTES else _LAST)
    except Unreadable as problem:
        send(_UNREADABLE, problem.why.encode())
    except MemoryError:
        send(_UNREADABLE, b"too_large_inside")
    except Exception as error:  # the boundary of the process; the text of an error may quote the letter
        send(_FAILED, type(error).__name__.encode())


def _limit(seconds: float, is_wall_time: bool, memory_bytes: int) -> None:
    signal.setitimer(signal.ITIMER_REAL if is_wall_time else signal.ITIMER_PROF, seconds)
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = _memory_bytes() + memory_bytes
    resource.setrlimit(resource.RLIMIT_DATA, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _memory_bytes() -> int:
    """Of private data, as RLIMIT_DATA counts it."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5]) * _PAGE_BYTES
