"""The child's side of `core.sandbox`: set limits, then answer calls until the parent is gone."""

import contextlib
import ctypes
import gc
import importlib
import io
import os
import pickle
import resource
import signal
import struct
import sys
import traceback
from dataclasses import is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any, BinaryIO

from core.errors import is_of_disk

_PR_SET_PDEATHSIG = 1
# Names, not modules: "pathlib" alone would also give "os.system", which is reached through it.
_PLAIN = {
    "datetime": {"date", "datetime", "time", "timedelta", "timezone"},
    "pathlib": {"Path", "PosixPath", "PurePosixPath"},
}
_OUR_PACKAGES = ("core.", "ingest.", "config.")


def main() -> None:
    """Serve calls on standard input and output. Arguments: parent's pid, memory limit, nice level, modules."""
    parent, memory_bytes, nice = (int(argument) for argument in sys.argv[1:4])
    end_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    os.nice(nice)
    set_session_nice(nice)
    questions, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not mix with the answers
    # What the modules make stays for good: a full collection that walks it takes longer than most calls.
    gc.disable()
    for module in sys.argv[4:]:
        importlib.import_module(module)
    gc.freeze()
    gc.enable()
    while question := _next(questions):
        answer = pickle.dumps(_answer(question))
        answers.write(struct.pack(">Q", len(answer)) + answer)
        answers.flush()


def load_plain(data: bytes) -> object:
    """Unpickle builtins, dates, paths and our own dataclasses and enums; anything else is refused.

    The child reads hostile mail: whoever takes it over must not reach the parent by a crafted answer.
    """
    return _PlainUnpickler(io.BytesIO(data)).load()


class _PlainUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if name in _PLAIN.get(module, ()):
            return super().find_class(module, name)
        if (module, name) == ("builtins", "getattr"):
            return _member
        if module.startswith(_OUR_PACKAGES) and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type) and (is_dataclass(found) or issubclass(found, Enum)):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is not plain data")


def _member(kind: object, name: object) -> Enum:
    # Python 3.11.2, Debian 12's, pickles an enum's member as getattr(its class, its name).
    if isinstance(kind, type) and issubclass(kind, Enum) and isinstance(name, str) and name in kind.__members__:
        return kind.__members__[name]
    raise pickle.UnpicklingError("getattr of something else than an enum's member")


def _answer(question: bytes) -> tuple[str, object]:
    try:
        function, arguments = pickle.loads(question)
        module, _, name = function.partition(":")
        return "done", getattr(importlib.import_module(module), name)(*arguments)
    except MemoryError:
        return "memory", ""
    except BaseException as error:  # the boundary of the process: everything is reported, nothing escapes
        return "disk" if is_of_disk(error) else "error", _where(error)


def _where(error: BaseException) -> str:
    places = traceback.extract_tb(error.__traceback__)[-4:]
    path = " < ".join(f"{place.name}:{place.lineno}" for place in reversed(places))
    return f"{type(error).__name__} at {path}"


def _next(questions: BinaryIO) -> bytes:
    head = questions.read(8)
    return questions.read(struct.unpack(">Q", head)[0]) if len(head) == 8 else b""


def set_session_nice(nice: int) -> None:
    """Lower the priority of our whole session, if we lead one.

    Where the kernel groups by session (sched(7), "The autogroup feature"), a process's own level counts only
    among the members of its session.
    """
    if os.getsid(0) == os.getpid():
        with contextlib.suppress(OSError):
            Path("/proc/self/autogroup").write_text(str(nice))


def end_with(parent: int) -> None:
    """From here on this process ends when `parent`, the process that made it, does; at once where that has ended."""
    # SIGKILL, because a child that loops in C would not see any other way of being told.
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)  # the parent was gone before the line above
