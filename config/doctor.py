"""`congvan doctor`, the machine's side: folders, memory file system, clock and disk space."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config.public_address import device_fault
from config.settings import MEGABYTE, DashboardSettings, Settings

_FREE_MEGABYTES = 2048
_IN_RAM = {"tmpfs", "ramfs"}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: what it is, whether it is right, and in a sentence what to do if not.

    `is_needed` is False where the program runs without it and only reads less.
    """

    what: str
    is_right: bool
    advice: str = ""
    is_needed: bool = True

    def line(self) -> str:
        """As printed: ✓ or ✗ (! where the program runs without it), what, and what to do."""
        mark = "✓" if self.is_right else "✗" if self.is_needed else "!"
        return f"{mark} {self.what}" + ("" if self.is_right or not self.advice else f"\n    → {self.advice}")


def machine(settings: Settings, spool: Path) -> Iterator[Check]:
    """Every check that needs neither database nor network. `spool` is the folder in use. Nothing is changed."""
    yield _in_ram(spool)
    yield _free(settings.data)
    yield _no_swap()
    yield from _clock()
    yield _devices(settings.dashboard)
    yield from (_secret(mailbox.name, mailbox.secret_path()) for mailbox in settings.mailboxes)


def _in_ram(spool: Path) -> Check:
    kind = _file_system(spool)
    advice = "Đặt khóa «intake.spool» vào một thư mục tmpfs như /dev/shm, để thư chưa sàng lọc không chạm đĩa."
    return Check(f"Vùng đệm nằm trong bộ nhớ ({kind})", kind in _IN_RAM, advice)


def _file_system(folder: Path) -> str:
    best, kind = Path("/"), "?"
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _device, point, found, *_ = line.split()
        mounted = Path(point.replace("\\040", " "))
        if folder.resolve().is_relative_to(mounted) and len(mounted.parts) >= len(best.parts):
            best, kind = mounted, found
    return kind


def _free(folder: Path) -> Check:
    try:
        there = next(place for place in (folder, *folder.parents) if os.path.lexists(place))
        free = shutil.disk_usage(there).free // MEGABYTE
    except OSError as error:
        return Check("Chỗ trống trên đĩa", False, str(error))
    return Check(f"Đĩa dữ liệu còn {free} MB", free >= _FREE_MEGABYTES, f"Cần ít nhất {_FREE_MEGABYTES} MB trống.")


def _no_swap() -> Check:
    swaps = Path("/proc/swaps").read_text().splitlines()[1:]
    advice = "Chạy bằng các unit systemd kèm theo (MemorySwapMax=0), hoặc tắt swap, để thư mật không xuống đĩa."
    return Check("Không có vùng swap", not swaps, advice, is_needed=False)


def _clock() -> Iterator[Check]:
    year = time.gmtime().tm_year
    yield Check(f"Đồng hồ máy: {time.strftime('%d/%m/%Y %H:%M:%S')} {time.tzname[0]}", year >= 2026, "Chỉnh giờ máy.")
    try:
        answer = subprocess.run(
            ["timedatectl", "show", "--property=NTPSynchronized", "--value"],
            capture_output=True, text=True, timeout=5, check=False,
        ).stdout.strip()  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        answer = ""
    advice = "Bật đồng bộ giờ (apt-get install systemd-timesyncd): số đến cấp theo ngày giờ của máy."
    yield Check("Đồng hồ đồng bộ với máy chủ giờ", answer == "yes", advice, is_needed=False)


def _devices(dashboard: DashboardSettings) -> Check:
    fault = device_fault(dashboard.origin or f"http://{dashboard.host}:{dashboard.port}")
    return Check("Điện thoại, máy tính nhớ được khóa đăng nhập của địa chỉ này", not fault, fault, is_needed=False)


def _secret(name: str, path: Path) -> Check:
    what = f"Hộp thư «{name}»: đọc được mật khẩu ở {path}"
    try:
        text = path.read_text(encoding="utf-8").strip()
        others = path.stat().st_mode & 0o077
    except UnicodeDecodeError:
        return Check(what, False, "Tệp không phải chữ UTF-8: ghi lại mật khẩu vào một dòng.")
    except FileNotFoundError:
        advice = "Không có tệp này. Credential của systemd chỉ có trong dịch vụ: xem mục 3 và 6 của docs/install.md."
        return Check(what, False, advice)
    except OSError as error:
        return Check(what, False, f"Không mở được tệp ({error.strerror}): cấp quyền đọc cho tài khoản chạy dịch vụ.")
    if not text:
        return Check(what, False, "Tệp rỗng: ghi mật khẩu vào một dòng.")
    return Check(what, not others, f"Người khác trên máy đọc được tệp này: chmod 600 {path}")
