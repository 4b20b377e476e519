"""No pattern of ours takes long on what a stranger may send: long runs of whatever it looks for."""

import importlib
import pkgutil
import re
import signal
import time
from collections.abc import Iterator
from types import FrameType, ModuleType

import core
import ingest

_LETTERS = 4_000
_MOST_SECONDS = 0.5  # of processor time; what is quadratic takes more
_GLANCE_SECONDS = _MOST_SECONDS / 64  # for a quarter of the letters: what takes less is not tried with all
# Blanks, marks, figures, and what labels, addresses, dates, codes, stamps, markup and encodings begin with.
_RUNS = (
    " ", "\t", "\n", ".", "-", "_", "(", "[", '"', "\\", "'", ";", "=", "/", "<", "@", "1", "A", "Đ", "a.", "a@", "@a.",
    "a@a", "- ", "_\n", " ,", "1/", "a-", "a1 ", "T.", "<a", "&#", "ó ", "(a", "số ", "số: 1/a-", "ngày ", "tháng 1 ",
    "năm 20", "bên a ", "mật ", "độ mật ", "kính gửi ", "0123 456", "http://a", "re: ", "=?", "%20",
    "mật khẩu ", "pass a ", "kính mời ", "thời gian ", "tải file ",
)  # fmt: skip


def modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if ".migrations." not in found.name:
            yield importlib.import_module(found.name)


def patterns() -> dict[re.Pattern[str] | re.Pattern[bytes], str]:
    """Every pattern that a module of ours keeps, with its name."""
    found: dict[re.Pattern[str] | re.Pattern[bytes], str] = {}
    for package in (core, ingest):
        for module in modules(package):
            for name, value in vars(module).items():
                if isinstance(value, re.Pattern):
                    found.setdefault(value, f"{module.__name__}.{name}")
    return found


def stopped(_number: int, _frame: FrameType | None) -> None:
    raise TimeoutError


def seconds(pattern: re.Pattern[str] | re.Pattern[bytes], text: str) -> float:
    """Of processor time for every place where `pattern` is in `text`, or as long as was waited."""
    before = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, _MOST_SECONDS)
    try:
        for _ in pattern.finditer(text if isinstance(pattern.pattern, str) else text.encode()):  # type: ignore[arg-type]
            pass
    except TimeoutError:
        return _MOST_SECONDS
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return time.process_time() - before


def is_slow(pattern: re.Pattern[str] | re.Pattern[bytes], run: str) -> bool:
    times = _LETTERS // len(run)
    return seconds(pattern, run * (times // 4)) >= _GLANCE_SECONDS and seconds(pattern, run * times) >= _MOST_SECONDS


def test_no_pattern_takes_long_on_long_runs() -> None:
    known = patterns()
    assert len(known) > 150
    was = signal.signal(signal.SIGPROF, stopped)
    try:
        slow = [(name, run) for pattern, name in known.items() for run in _RUNS if is_slow(pattern, run)]
    finally:
        signal.signal(signal.SIGPROF, was)
    assert slow == []
