"""Runs a program and writes down, in order, what it and all that it starts do to the files below one folder, and say.

    python call_log.py LOG FOLDER PROGRAM ARGUMENT…

LOG gets one line of JSON a call, see `Call`; bytes in base64. The program's exit code is ours. For x86-64.
"""

import base64
import contextlib
import ctypes
import json
import os
import signal
import stat
import struct
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

from fault_tracer import Follower, know_machine

_WRITES = {1: "write", 18: "pwrite64", 20: "writev", 40: "sendfile", 44: "sendto", 46: "sendmsg"}
_SYNCS = {74: "fsync", 75: "fdatasync"}
_OPENS = {2: -1, 85: -1, 257: 0}  # the argument that says in which folder, -1: none
# What it is to us, and the arguments that hold folder and path; for a rename those of its new name too.
_BY_NAME = {
    82: ("rename", -1, 0), 264: ("rename", 0, 1), 316: ("rename", 0, 1), 83: ("mkdir", -1, 0), 258: ("mkdir", 0, 1),
    84: ("remove", -1, 0), 87: ("remove", -1, 0), 263: ("remove", 0, 1),
    76: ("truncate()", -1, 0), 86: ("link", -1, 1), 265: ("linkat", 2, 3), 88: ("symlink", -1, 1),
    266: ("symlinkat", 1, 2), 437: ("openat2", 0, 1),
}  # fmt: skip
_NEW_NAMES = {82: (-1, 1), 264: (2, 3), 316: (2, 3)}
# What our program does not do to its files, like the last line above: the replay does not know it and says so.
_OF_A_HANDLE = {9: 4, 275: 2, 285: 0, 296: 0, 326: 2, 328: 0}  # shared mmap, splice, fallocate, copies, pwritev(2)
_FTRUNCATE, _MMAP, _IO_URING = 77, 9, 425
_CREAT, _CREATES, _TMPFILE = 85, os.O_CREAT, os.O_TMPFILE & ~os.O_DIRECTORY
_MAP_SHARED, _PROT_WRITE = 0x1, 0x2
_MAKES_OR_EMPTIES = _CREATES | os.O_TRUNC | _TMPFILE
_LOGGED = sorted({*_WRITES, *_SYNCS, *_OPENS, *_BY_NAME, *_OF_A_HANDLE, _FTRUNCATE, _IO_URING})
_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_ANY, _RETURN = 0x20, 0x15, 0x45, 0x06
_ALLOW, _TRACE = 0x7FFF0000, 0x7FF00000
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _MODE_FILTER = 38, 22, 2
_CWD = -100
_DELETED = " (deleted)"
_HEARD = 200  # bytes of what is said to others that are kept


@dataclass(frozen=True, slots=True)
class Call:
    """One call that succeeded. `began` and `ended` are CLOCK_MONOTONIC in nanoseconds, `who` the command line.

    `what` is write (data, offset), truncate (offset: the new size), create, mkdir, rename (to), remove, sync (of file
    or folder) or say (data: the first bytes of what goes to a pipe or socket); `path` is absolute.
    """

    began: int
    ended: int
    who: str
    what: str
    path: str
    to: str = ""
    offset: int = 0
    data: bytes = b""

    def line(self) -> str:
        """As it stands in the log."""
        return json.dumps(asdict(self) | {"data": base64.b64encode(self.data).decode()})


def read(log: Path) -> list[Call]:
    """The calls of a log in the order in which they ended."""
    found = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    return [Call(**(words | {"data": base64.b64decode(words["data"])})) for words in found]


@dataclass(frozen=True, slots=True)
class _Entry:
    began: int
    number: int
    arguments: Sequence[int]
    what: str = ""
    path: str = ""
    to: str = ""


class _Logger(Follower):
    def __init__(self, pid: int, folder: Path, log: TextIO) -> None:
        self._first = pid
        self._below = f"{folder}/"
        self._log = log
        self._entries: dict[int, _Entry] = {}
        self._names: dict[int, tuple[int, str]] = {}
        self.code = 1
        super().__init__(pid, and_children=True)

    def stops_at_next(self, thread: int) -> bool:
        return thread in self._entries

    def ended(self, thread: int, status: int) -> None:
        self._entries.pop(thread, None)
        if thread == self._first:
            self.code = os.waitstatus_to_exitcode(status)

    def entered(self, thread: int, number: int, arguments: Sequence[int]) -> None:
        began, given = time.monotonic_ns(), tuple(arguments)
        if number in _WRITES or number in _SYNCS or number == _FTRUNCATE:
            self._entries[thread] = _Entry(began, number, given)
        elif number in _OPENS:
            self._opening(thread, began, number, given)
        elif number in _BY_NAME:
            self._naming(thread, began, number, given)
        elif number in _OF_A_HANDLE and not (number == _MMAP and not _is_shared(given)):
            path = _path_of(thread, given[_OF_A_HANDLE[number]])
            # The database's -shm is made anew by whoever opens it first.
            if self._is_ours(path) and not path.endswith("-shm"):
                self._entries[thread] = _Entry(began, number, given, f"call {number}", path)
        elif number == _IO_URING:
            self._entries[thread] = _Entry(began, number, given, f"call {number}", self._below)

    def left(self, thread: int, result: int) -> None:
        entry = self._entries.pop(thread, None)
        if entry is None or result < 0:
            return
        if entry.number in _WRITES:
            self._wrote(thread, entry, result)
        elif entry.number in _SYNCS or entry.number == _FTRUNCATE:
            path = _path_of(thread, entry.arguments[0])
            what = "sync" if entry.number in _SYNCS else "truncate"
            if self._is_ours(path):
                self._note(thread, entry, what, path, offset=entry.arguments[1] if what == "truncate" else 0)
        else:
            self._note(thread, entry, entry.what, entry.path, to=entry.to)

    def _opening(self, thread: int, began: int, number: int, given: Sequence[int]) -> None:
        at = _OPENS[number]
        flags = _CREATES | os.O_TRUNC if number == _CREAT else given[at + 2]
        if not flags & _MAKES_OR_EMPTIES:
            return
        path = _named(thread, given, at, at + 1)
        if not self._is_ours(path):
            return
        what = "truncate" if flags & os.O_TRUNC else ""
        if flags & _TMPFILE:
            what = "call O_TMPFILE"
        elif not os.path.lexists(path):
            what = "create"
        if what:
            self._entries[thread] = _Entry(began, number, given, what, path)

    def _naming(self, thread: int, began: int, number: int, given: Sequence[int]) -> None:
        what, folder, path = _BY_NAME[number]
        old = _named(thread, given, folder, path)
        new = _named(thread, given, *_NEW_NAMES[number]) if number in _NEW_NAMES else ""
        if self._is_ours(old) or self._is_ours(new):
            self._entries[thread] = _Entry(began, number, given, what, old, new)

    def _wrote(self, thread: int, entry: _Entry, size: int) -> None:
        handle = entry.arguments[0]
        path = _path_of(thread, handle)
        if self._is_ours(path):
            offset = entry.arguments[3] if _WRITES[entry.number] == "pwrite64" else _position(thread, handle) - size
            with Path(f"/proc/{thread}/fd/{handle}").open("rb") as written:
                written.seek(offset)
                self._note(thread, entry, "write", path, offset=offset, data=written.read(size))
        elif entry.number in (1, 44) and not stat.S_ISREG(_mode(thread, handle)):
            heard = _memory(thread, entry.arguments[1], min(size, _HEARD))
            self._note(thread, entry, "say", path, data=heard)

    def _is_ours(self, path: str) -> bool:
        return path.startswith(self._below) or path == self._below[:-1]

    def _note(
        self, thread: int, entry: _Entry, what: str, path: str, *, to: str = "", offset: int = 0, data: bytes = b""
    ) -> None:
        call = Call(entry.began, time.monotonic_ns(), self._who(thread), what, path, to, offset, data)
        self._log.write(call.line() + "\n")

    def _who(self, thread: int) -> str:
        return Path(f"/proc/{thread}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")


def _is_shared(given: Sequence[int]) -> bool:
    return bool(given[2] & _PROT_WRITE and given[3] & _MAP_SHARED)


def _path_of(thread: int, handle: int) -> str:
    """Where an open file is now; "" for one without a name."""
    with contextlib.suppress(OSError):
        path = str(Path(f"/proc/{thread}/fd/{handle & 0xFFFFFFFF}").readlink())
        return "" if path.endswith(_DELETED) else path
    return ""


def _named(thread: int, given: Sequence[int], folder: int, path: int) -> str:
    """The absolute path in argument `path`, which starts in the folder of argument `folder`."""
    words = os.fsdecode(_string(thread, given[path]))
    start = "cwd"
    if folder >= 0 and (handle := int.from_bytes((given[folder] & 0xFFFFFFFF).to_bytes(4), signed=True)) != _CWD:
        start = f"fd/{handle}"
    with contextlib.suppress(OSError):
        whole = os.path.join(Path(f"/proc/{thread}/{start}").readlink(), words)  # noqa: PTH118 (either may be absolute)
        return os.path.normpath(whole)
    return words


def _string(thread: int, address: int) -> bytes:
    found = b""
    while b"\0" not in found:
        piece = _memory(thread, address + len(found), 64 - (address + len(found)) % 64)
        if not piece:
            break
        found += piece
    return found.partition(b"\0")[0]


def _memory(thread: int, address: int, size: int) -> bytes:
    with Path(f"/proc/{thread}/mem").open("rb", buffering=0) as memory:
        memory.seek(address)
        return memory.read(size)


def _position(thread: int, handle: int) -> int:
    return int(Path(f"/proc/{thread}/fdinfo/{handle}").read_text().split()[1])


def _mode(thread: int, handle: int) -> int:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{thread}/fd/{handle}").stat().st_mode
    return stat.S_IFREG


def _stop_at_what_is_logged() -> None:
    """A seccomp filter for this process and its children: all other calls go on undisturbed."""
    program = b"".join(_filter())
    code = ctypes.create_string_buffer(program)
    head = struct.pack("=HxxxxxxQ", len(program) // 8, ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    for arguments in ((_PR_SET_NO_NEW_PRIVS, 1, 0), (_PR_SET_SECCOMP, _MODE_FILTER, head)):
        if libc.prctl(arguments[0], ctypes.c_ulong(arguments[1]), arguments[2], 0, 0):
            raise OSError(ctypes.get_errno(), "prctl")


def _filter() -> Iterator[bytes]:
    # seccomp(2): struct seccomp_data has the call's number at 0, its arguments from 16 on.
    yield _bpf(_LOAD, 0)
    for number in _LOGGED:
        # Opening without making or emptying a file, and private maps, are by far the most calls of a start.
        at, mask = {257: (2, _MAKES_OR_EMPTIES), _MMAP: (3, _MAP_SHARED)}.get(number, (0, 0))
        yield _bpf(_JUMP_IF_EQUAL, number, 0, 4 if mask else 1)
        if mask:
            yield _bpf(_LOAD, 16 + 8 * at)
            yield _bpf(_JUMP_IF_ANY, mask, 1, 0)
            yield _bpf(_RETURN, _ALLOW)
        yield _bpf(_RETURN, _TRACE)
    yield _bpf(_RETURN, _ALLOW)


def _bpf(code: int, value: int, if_so: int = 0, if_not: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_so, if_not, value)


def main() -> None:
    """See the module's text."""
    know_machine()
    log, folder, *command = sys.argv[1:]
    pid = os.fork()
    if pid == 0:
        os.kill(os.getpid(), signal.SIGSTOP)
        _stop_at_what_is_logged()
        os.execvp(command[0], command)
    os.waitpid(pid, os.WUNTRACED)
    with Path(log).open("w", encoding="utf-8") as lines:
        logger = _Logger(pid, Path(folder), lines)
        signal.signal(signal.SIGTERM, lambda *_: os.kill(pid, signal.SIGTERM))
        os.kill(pid, signal.SIGCONT)
        logger.run()
    sys.exit(logger.code if logger.code >= 0 else 128 - logger.code)


if __name__ == "__main__":
    main()
