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
from pathlib import Path

# x86-64 numbers of what changes a file, a folder or what another process or machine hears.
CALLS = {
    1: "write", 18: "pwrite64", 20: "writev", 40: "sendfile", 44: "sendto", 74: "fsync", 75: "fdatasync",
    77: "ftruncate", 82: "rename", 83: "mkdir", 84: "rmdir", 87: "unlink", 258: "mkdirat", 263: "unlinkat",
    264: "renameat", 316: "renameat2", 326: "copy_file_range",
}  # fmt: skip
_BY_NAME = {"rename", "mkdir", "rmdir", "unlink", "mkdirat", "unlinkat", "renameat", "renameat2"}

_SYSCALL, _DETACH, _GETREGS, _SETREGS = 24, 17, 12, 13
_SEIZE, _INTERRUPT, _GET_SYSCALL_INFO = 0x4206, 0x4207, 0x420E
_SYSGOOD_AND_CLONE = 0x1 | 0x8
_RAX, _ORIG_RAX, _WORDS = 10, 15, 27
_WAIT_ALL = 0x40000000
_ENTRY = 1

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_libc.ptrace.restype = ctypes.c_long


class _SyscallInfo(ctypes.Structure):
    # linux/ptrace.h: struct ptrace_syscall_info, as far as an entry goes
    _fields_ = [
        ("op", ctypes.c_uint8), ("pad", ctypes.c_uint8 * 3), ("arch", ctypes.c_uint32),
        ("instruction", ctypes.c_uint64), ("stack", ctypes.c_uint64),
        ("number", ctypes.c_uint64), ("arguments", ctypes.c_uint64 * 6),
    ]  # fmt: skip


class Tracer:
    """Follows all threads of one process, not the processes that it starts."""

    def __init__(self, pid: int, at: int, act: str) -> None:
        self._pid = pid
        self._at = at
        self._act = act
        self._failing: set[int] = set()  # threads whose call is being failed
        self._alive: set[int] = set()
        self.calls = 0
        self.hit = ""
        for thread in Path(f"/proc/{pid}/task").iterdir():
            _ptrace(_SEIZE, int(thread.name), 0, _SYSGOOD_AND_CLONE)
            self._alive.add(int(thread.name))
        for number in self._alive:
            _ptrace(_INTERRUPT, number)

    def run(self) -> None:
        """Until the process has ended."""
        while self._alive:
            thread, status = os.waitpid(-1, _WAIT_ALL)
            if os.WIFEXITED(status) or os.WIFSIGNALED(status):
                self._alive.discard(thread)
                continue
            self._alive.add(thread)
            event, number = status >> 16, os.WSTOPSIG(status)
            if number == signal.SIGTRAP | 0x80:
                self._at_call(thread)
            # Once it has failed a call it lets all go, at their next stop.
            done = self.hit and not self._failing and self._act != "kill"
            with contextlib.suppress(ProcessLookupError):
                _ptrace(_DETACH if done else _SYSCALL, thread, 0, 0 if event or number & 0x80 else number)
            if done:
                self._alive.discard(thread)

    def _at_call(self, thread: int) -> None:
        info = _SyscallInfo()
        with contextlib.suppress(ProcessLookupError):
            _ptrace(_GET_SYSCALL_INFO, thread, ctypes.sizeof(info), ctypes.addressof(info))
            if info.op != _ENTRY:
                self._leave(thread)
            elif info.number in CALLS and self._counts(info):
                self.calls += 1
                if self.calls == self._at:
                    self.hit = f"{CALLS[info.number]} {self._object_of(info)}"
                    self._strike(thread)

    def _counts(self, info: _SyscallInfo) -> bool:
        # A full disk fails files, not sockets and pipes.
        if self._act == "kill" or CALLS[info.number] in _BY_NAME:
            return True
        try:
            mode = Path(f"/proc/{self._pid}/fd/{info.arguments[0]}").stat().st_mode
        except OSError:
            return False
        return stat.S_ISREG(mode) or stat.S_ISDIR(mode)

    def _object_of(self, info: _SyscallInfo) -> str:
        if CALLS[info.number] in _BY_NAME:
            return ""
        with contextlib.suppress(OSError):
            return str(Path(f"/proc/{self._pid}/fd/{info.arguments[0]}").readlink())
        return "?"

    def _strike(self, thread: int) -> None:
        if self._act == "kill":
            os.kill(self._pid, signal.SIGKILL)
            return
        registers = self._registers(thread)
        registers[_ORIG_RAX] = ctypes.c_ulong(-1).value  # no such call: nothing is done
        _ptrace(_SETREGS, thread, 0, ctypes.addressof(registers))
        self._failing.add(thread)

    def _leave(self, thread: int) -> None:
        if thread in self._failing:
            self._failing.discard(thread)
            registers = self._registers(thread)
            registers[_RAX] = ctypes.c_ulong(-getattr(errno, self._act)).value
            _ptrace(_SETREGS, thread, 0, ctypes.addressof(registers))

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


def main() -> None:
    """See the module's text."""
    if os.uname().machine != "x86_64":
        sys.exit("fault_tracer.py knows the registers and call numbers of x86-64 only")
    tracer = Tracer(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
    print("ready", flush=True)
    tracer.run()
    print(json.dumps({"calls": tracer.calls, "hit": tracer.hit}), flush=True)


if __name__ == "__main__":
    main()
