"""scripts/setup.sh: which Python it takes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from other_account import interpreter

SCRIPT = Path(__file__).parents[2] / "scripts" / "setup.sh"
VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """A folder for PATH with a right Python that only its owner can run."""
    folder = tmp_path / "bin"
    folder.mkdir(mode=0o700)
    shutil.copy(interpreter(), folder / VERSION)
    return folder


def said(functions: str, folder: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    """Run the script's functions, without what it does at its end."""
    text = SCRIPT.read_text(encoding="utf-8").split("case $goal in")[0].replace('cd "$(dirname "$0")/.."', "")
    environment = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", **extra}
    return subprocess.run(
        ["sh", "-c", text + functions], capture_output=True, text=True, check=False, env=environment, cwd=folder.parent
    )


def test_a_python_that_other_accounts_can_run_goes_before_one_that_they_cannot(closed: Path) -> None:
    found = Path(said("find_python", closed).stdout.strip())
    assert closed not in found.parents
    assert subprocess.run(["runuser", "-u", "nobody", "--", found, "-c", "pass"], check=False).returncode == 0


def test_the_python_that_was_asked_for_is_taken(closed: Path) -> None:
    assert said("find_python", closed, PYTHON=str(closed / VERSION)).stdout.strip() == str(closed / VERSION)


def test_a_python_that_others_cannot_run_is_named_and_used(closed: Path) -> None:
    python = closed.parent / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(closed / VERSION)
    done = said("say_who_can_run", closed)
    assert (done.returncode, f"({closed / VERSION}) tài khoản khác không chạy được" in done.stderr) == (0, True)
    python.unlink()
    python.symlink_to(interpreter())
    # What lies in pytest's own folder others can't reach either: only the interpreter itself counts.
    assert said("say_who_can_run", closed).stderr == ""
