"""The spool: a budget, and nothing left behind by the dead."""

import subprocess
import sys
from pathlib import Path

import pytest

from config.settings import Settings
from core.errors import Permanent
from ingest.spool import Spool, spool_root


def test_letters_wait_while_others_fill_the_budget(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool", 4_000_000)
    first = spool.try_reserve(1_500_000)
    assert first is not None
    assert spool.try_reserve(1_000_000) is None
    spool.release(first)
    assert spool.try_reserve(1_000_000) is not None
    assert not spool.can_ever_hold(2_000_001)
    spool.close()


def test_a_new_process_removes_what_a_killed_one_left_but_not_what_a_living_one_uses(tmp_path: Path) -> None:
    root = tmp_path / "spool"
    living = Spool(root, 4_000_000)
    slot = living.try_reserve(10)
    assert slot is not None
    slot.raw.write_bytes(b"x")
    code = (
        "import os; from pathlib import Path; from ingest.spool import Spool\n"
        f"spool = Spool(Path({str(root)!r}), 4_000_000)\n"
        "spool.try_reserve(10).raw.write_bytes(b'left'); print(spool.folder, flush=True); os.kill(os.getpid(), 9)"
    )
    here = str(Path(__file__).parents[2])
    dead = subprocess.run([sys.executable, "-c", code], cwd=here, stdout=subprocess.PIPE, text=True)
    left = Path(dead.stdout.strip())
    assert left.is_dir()
    Spool(root, 4_000_000).close()
    assert not left.exists()
    assert slot.raw.read_bytes() == b"x"
    living.close()


def test_only_we_can_enter_the_spool(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool", 4_000_000)
    assert (tmp_path / "spool").stat().st_mode & 0o777 == 0o700
    assert spool.folder.stat().st_mode & 0o777 == 0o700
    spool.close()


def test_by_default_the_spool_lies_in_ram_under_a_name_of_its_own(tmp_path: Path) -> None:
    first = spool_root(Settings(data=tmp_path / "a"))
    assert first.parent == Path("/dev/shm")
    assert first != spool_root(Settings(data=tmp_path / "b"))


def test_a_folder_that_somebody_else_laid_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "spool").symlink_to(tmp_path / "theirs")
    with pytest.raises(Permanent, match="thuộc người dùng khác"):
        Spool(tmp_path / "spool", 4_000_000)
