"""A unit's own sandbox without systemd: namespaces by bubblewrap, its system call rules by libseccomp.

As a program (`python unit_sandbox.py UNIT COMMAND…`) it lays the unit's system call filter on itself, as
systemd.exec(5) describes each setting, and becomes the command.
"""

import ctypes
import errno
import os
import re
import socket
import stat
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

UNITS = Path(__file__).resolve().parents[2] / "systemd"
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_NE, _LE, _EQ, _MASKED = 1, 3, 4, 7  # enum scmp_compare
_NAMESPACES = 0x7E020080  # CLONE_NEW*: time, mount, cgroup, uts, ipc, user, pid, net
_WRITE, _EXEC = 2, 4
_SETUID_BITS = stat.S_ISUID | stat.S_ISGID
_MODES = {"chmod": 1, "fchmod": 1, "fchmodat": 2, "mkdir": 1, "mkdirat": 2, "mknod": 1, "mknodat": 2, "creat": 1}
_PLAIN_POLICIES = (0, 3, 5)  # SCHED_OTHER, SCHED_BATCH, SCHED_IDLE


def settings_of(unit: str) -> dict[str, str]:
    """The [Service] settings of a unit, repeated keys joined."""
    found: dict[str, str] = {}
    section = (UNITS / unit).read_text(encoding="utf-8").split("[Service]")[1].split("[Install]")[0]
    for key, value in re.findall(r"^(\w+)=(.*)$", section, re.M):
        found[key] = f"{found[key]} {value}" if key in found else value
    return found


def command(unit: str, words: Sequence[str], *, readable: Sequence[Path], writable: Sequence[Path]) -> list[str]:
    """The command line that runs `words` as the unit would.

    Only `writable` can be written (StateDirectory, RuntimeDirectory); `readable` shows what a temporary folder
    of the unit's own would hide (the configuration).
    """
    asked = settings_of(unit)
    line = ["bwrap", "--die-with-parent", "--new-session", "--ro-bind", "/", "/"]
    for key, value, given in (
        ("PrivateDevices", "yes", ["--dev", "/dev"]),
        ("PrivateTmp", "yes", ["--tmpfs", "/tmp", "--tmpfs", "/var/tmp"]),
        ("ProtectHome", "yes", ["--tmpfs", "/home"]),
        ("PrivateUsers", "yes", ["--unshare-user"]),
        ("PrivateIPC", "yes", ["--unshare-ipc"]),
        ("ProtectProc", "invisible", ["--unshare-pid", "--proc", "/proc"]),
        ("ProtectHostname", "yes", ["--unshare-uts"]),
        ("ProtectControlGroups", "yes", ["--unshare-cgroup-try"]),
        ("CapabilityBoundingSet", "", ["--cap-drop", "ALL"]),
    ):
        if asked.get(key) == value:
            line += given
    if asked.get("ProtectKernelTunables") == "yes":
        line += ["--ro-bind", "/sys", "/sys", "--ro-bind", "/proc/sys", "/proc/sys"]
    for folder in readable:
        line += ["--ro-bind", str(folder), str(folder)]
    for folder in writable:
        line += ["--bind", str(folder), str(folder)]
    return [*line, "--", sys.executable, __file__, unit, *words]


def system_calls(rules: str) -> set[str]:
    """The names that SystemCallFilter= allows; a word after "~" takes away."""
    allowed: set[str] = set()
    for word in rules.split():
        names = _names(word.removeprefix("~"))
        allowed = allowed - names if word.startswith("~") else allowed | names
    return allowed


def _names(word: str) -> set[str]:
    if not word.startswith("@"):
        return {word}
    told = subprocess.run(["systemd-analyze", "syscall-filter", word], capture_output=True, text=True, check=True)
    lines = [line.strip() for line in told.stdout.splitlines()[1:]]
    return set().union(*(_names(line) for line in lines if line and not line.startswith("#")))


class _Compare(ctypes.Structure):
    _fields_ = (("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


class _Filter:
    """Refuses with EPERM what no rule allows."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
        self._library.seccomp_init.restype = ctypes.c_void_p
        self._context = ctypes.c_void_p(self._library.seccomp_init(ctypes.c_uint32(_ERRNO | errno.EPERM)))

    def allow(self, name: str, *compares: tuple[int, int, int, int]) -> None:
        self._add(_ALLOW, name, *compares)

    def refuse(self, name: str, error: int) -> None:
        self._add(_ERRNO | error, name)

    def load(self) -> None:
        if self._library.seccomp_load(self._context):
            sys.exit("seccomp_load failed")

    def _add(self, action: int, name: str, *compares: tuple[int, int, int, int]) -> None:
        number = self._library.seccomp_syscall_resolve_name(name.encode())
        if number < 0:  # of another architecture
            return
        given = (_Compare * len(compares))(*(_Compare(*one) for one in compares))
        code = self._library.seccomp_rule_add_array(
            self._context, ctypes.c_uint32(action), number, len(compares), given
        )
        if code:
            sys.exit(f"seccomp rule for {name}: {os.strerror(-code)}")


def filtered(unit: str) -> None:
    """Lay the unit's rules for system calls on this process and its children."""
    asked = settings_of(unit)
    allowed = system_calls(asked["SystemCallFilter"])
    rules = _Filter()
    special = {"socket": _sockets(asked["RestrictAddressFamilies"])}
    if asked.get("MemoryDenyWriteExecute") == "yes":
        special["mmap"] = [((2, _MASKED, _EXEC, 0),), ((2, _MASKED, _EXEC | _WRITE, _EXEC),)]
        special["mprotect"] = special["pkey_mprotect"] = [((2, _MASKED, _EXEC, 0),)]
        special["shmat"] = [((2, _MASKED, 0o100000, 0),)]
    if asked.get("RestrictNamespaces") == "yes":
        allowed -= {"unshare", "setns", "clone3"}
        special["clone"] = [((0, _MASKED, _NAMESPACES, 0),)]
        rules.refuse("clone3", errno.ENOSYS)  # its flags lie in memory: C libraries fall back on clone
    if asked.get("RestrictRealtime") == "yes":
        special["sched_setscheduler"] = [((1, _EQ, policy, 0),) for policy in _PLAIN_POLICIES]
    if asked.get("RestrictSUIDSGID") == "yes":
        special |= {name: [((place, _MASKED, _SETUID_BITS, 0),)] for name, place in _MODES.items()}
        special["open"] = [((1, _MASKED, os.O_CREAT, 0),), ((2, _MASKED, _SETUID_BITS, 0),)]
        special["openat"] = [((2, _MASKED, os.O_CREAT, 0),), ((3, _MASKED, _SETUID_BITS, 0),)]
        allowed -= {"openat2"}
        rules.refuse("openat2", errno.ENOSYS)
    if asked.get("LockPersonality") == "yes":
        special["personality"] = [((0, _EQ, 0, 0),), ((0, _EQ, 0xFFFFFFFF, 0),)]
    for name in sorted(allowed):
        for compares in special.get(name, [()]):
            rules.allow(name, *compares)
    rules.load()


def _sockets(families: str) -> list[tuple[tuple[int, int, int, int], ...]]:
    return [((0, _EQ, int(getattr(socket, family)), 0),) for family in families.split()]


if __name__ == "__main__":
    filtered(sys.argv[1])
    os.execvp(sys.argv[2], sys.argv[2:])
