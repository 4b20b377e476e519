"""Stops a running process at its N-th durable system call, counted over all its threads, to kill or to fail it.

    python fault_tracer.py PID N kill|ENOSPC|EIO|…

strace counts for each thread and each call by itself, so its N reaches only the thread that is first there; here
N = 1, 2, 3, … is every call of the process once. Says `ready` when it is attached and at the end one line of JSON:
how many calls it counted and which one it hit. With N = 0 it only counts. For x86-64, where registers are concerned.
"""

import contextlib
import ctypes
import errno
import json
import os
import signal
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

# x86-64 numbers of what changes a file, a folder or what another process or machine hears.
CALLS = {
    1: "write", 18: "pwrite64", 20: "writev", 40: "sendfile", 44: "sendto", 74: "fsync", 75: "fdatasync",
    77: "ftruncate", 82: "rename", 83: "mkdir", 84: "rmdir", 87: "unlink", 258: "mkdirat", 263: "unlinkat",
    264: "renameat", 316: "renameat2", 326: "copy_file_range",
}  # fmt: skip
_BY_NAME = {"rename", "mkdir", "rmdir", "unlink", "mkdirat", "unlinkat", "renameat", "renameat2"}

_CONT, _SYSCALL, _DETACH, _GETREGS, _SETREGS = 7, 24, 17, 12, 13
_SEIZE, _INTERRUPT, _GET_SYSCALL_INFO = 0x4206, 0x4207, 0x420E
_SYSGOOD_AND_CLONE = 0x1 | 0x8
_FORKS_SECCOMP_EXIT_KILL = 0x2 | 0x4 | 0x80 | 0x100000
_EVENT_SECCOMP = 7
_RAX, _ORIG_RAX, _WORDS = 10, 15, 27
_WAIT_ALL = 0x40000000
_EXIT = 2

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_libc.ptrace.restype = ctypes.c_long


class _SyscallInfo(ctypes.Structure):
    # linux/ptrace.h: struct ptrace_syscall_info, as far as an entry goes; an exit has its result where an entry has
    # its number
    _fields_ = [
        ("op", ctypes.c_uint8), ("pad", ctypes.c_uint8 * 3), ("arch", ctypes.c_uint32),
        ("instruction", ctypes.c_uint64), ("stack", ctypes.c_uint64),
        ("number", ctypes.c_uint64), ("arguments", ctypes.c_uint64 * 6),
    ]  # fmt: skip


class Follower:
    """Stops all threads of one process at the entry and exit of each call; what then happens is for `entered`, `left`.

    With `and_children` it follows the processes that are started meanwhile, too, and none outlives it.
    """

    def __init__(self, pid: int, *, and_children: bool = False) -> None:
        self._alive: set[int] = set()
        for thread in Path(f"/proc/{pid}/task").iterdir():
            _ptrace(_SEIZE, int(thread.name), 0, _SYSGOOD_AND_CLONE | (_FORKS_SECCOMP_EXIT_KILL if and_children else 0))
            self._alive.add(int(thread.name))
        for number in self._alive:
            _ptrace(_INTERRUPT, number)

    def run(self) -> None:
        """Until all have ended."""
        while self._alive:
            thread, status = os.waitpid(-1, _WAIT_ALL)
            if os.WIFEXITED(status) or os.WIFSIGNALED(status):
                self._alive.discard(thread)
                self.ended(thread, status)
                continue
            self._alive.add(thread)
            event, number = status >> 16, os.WSTOPSIG(status)
            if number == signal.SIGTRAP | 0x80 or event == _EVENT_SECCOMP:
                self._at_call(thread)
            done = self.is_done()
            request = _DETACH if done else _SYSCALL if self.stops_at_next(thread) else _CONT
            with contextlib.suppress(ProcessLookupError):
                _ptrace(request, thread, 0, 0 if event or number & 0x80 else number)
            if done:
                self._alive.discard(thread)

    def _at_call(self, thread: int) -> None:
        info = _SyscallInfo()
        with contextlib.suppress(ProcessLookupError):
            _ptrace(_GET_SYSCALL_INFO, thread, ctypes.sizeof(info), ctypes.addressof(info))
            if info.op == _EXIT:
                self.left(thread, ctypes.c_long(info.number).value)
            else:
                self.entered(thread, info.number, info.arguments)

    def entered(self, thread: int, number: int, arguments: Sequence[int]) -> None:
        """A thread is about to do the call of this number."""
        raise NotImplementedError

    def left(self, thread: int, result: int) -> None:
        """A thread's call is done: what it returns, or minus an errno."""
        raise NotImplementedError

    def ended(self, thread: int, status: int) -> None:
        """A thread is no more; `status` as waitpid says it."""

    def stops_at_next(self, thread: int) -> bool:
        """Whether this thread stops at its next entry or exit, or only where a seccomp filter says so."""
        return True

    def is_done(self) -> bool:
        """Whether all are let go, at their next stop."""
        return False


class Striker(Follower):
    """Counts the durable calls of one process, not of those that it starts, and strikes at the N-th."""

    def __init__(self, pid: int, at: int, act: str) -> None:
        super().__init__(pid)
        self._pid = pid
        self._at = at
        self._act = act
        self._failing: set[int] = set()  # threads whose call is being failed
        self.calls = 0
        self.hit = ""

    def entered(self, thread: int, number: int, arguments: Sequence[int]) -> None:
        """Count it, and strike if it is the one."""
        if number in CALLS and self._counts(number, arguments):
            self.calls += 1
            if self.calls == self._at:
                self.hit = f"{CALLS[number]} {self._object_of(number, arguments)}"
                self._strike(thread)

    def left(self, thread: int, result: int) -> None:
        """Have a failed call say so."""
        if thread in self._failing:
            self._failing.discard(thread)
            registers = self._registers(thread)
            registers[_RAX] = ctypes.c_ulong(-getattr(errno, self._act)).value
            _ptrace(_SETREGS, thread, 0, ctypes.addressof(registers))

    def is_done(self) -> bool:
        """Once it has failed a call it lets all go."""
        return bool(self.hit) and not self._failing and self._act != "kill"

    def _counts(self, number: int, arguments: Sequence[int]) -> bool:
        # A full disk fails files, not sockets and pipes.
        if self._act == "kill" or CALLS[number] in _BY_NAME:
            return True
        try:
            mode = Path(f"/proc/{self._pid}/fd/{arguments[0]}").stat().st_mode
        except OSError:
            return False
        return stat.S_ISREG(mode) or stat.S_ISDIR(mode)

    def _object_of(self, number: int, arguments: Sequence[int]) -> str:
        if CALLS[number] in _BY_NAME:
            return ""
        with contextlib.suppress(OSError):
            return str(Path(f"/proc/{self._pid}/fd/{arguments[0]}").readlink())
        return "?"

    def _strike(self, thread: int) -> None:
        if self._act == "kill":
            os.kill(self._pid, signal.SIGKILL)
            return
        registers = self._registers(thread)
        registers[_ORIG_RAX] = ctypes.c_ulong(-1).value  # no such call: nothing is done
        _ptrace(_SETREGS, thread, 0, ctypes.addressof(registers))
        self._failing.add(thread)

    def _registers(self, thread: int) -> "ctypes.Array[ctypes.c_ulong]":
        registers = (ctypes.c_ulong * _WORDS)()
        _ptrace(_GETREGS, thread, 0, ctypes.addressof(registers))
        return registers


def _ptrace(request: int, thread: int, address: int = 0, data: int = 0) -> None:
    if _libc.ptrace(request, thread, address, data) == -1:
        code = ctypes.get_errno()
        if code == errno.ESRCH:
            raise ProcessLookupError
        raise OSError(code, os.strerror(code))


def know_machine() -> None:
    """Refuse to run where the call numbers are others."""
    if os.uname().machine != "x86_64":
        sys.exit("the tracers know the registers and call numbers of x86-64 only")


def main() -> None:
    """See the module's text."""
    know_machine()
    tracer = Striker(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
    print("ready", flush=True)
    tracer.run()
    print(json.dumps({"calls": tracer.calls, "hit": tracer.hit}), flush=True)


if __name__ == "__main__":
    main()
