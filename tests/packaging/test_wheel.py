"""The wheel: everything the program needs is inside, and it runs from there."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PARTS = ("config", "core", "ingest", "dispatch", "dashboard", "demo")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel built from this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built)


def test_every_file_of_the_program_is_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    listed = subprocess.run(["git", "ls-files", *PARTS], cwd=ROOT, capture_output=True, text=True, check=True)
    missing = {name for name in listed.stdout.splitlines() if (ROOT / name).exists()} - set(wheel.namelist())
    assert missing == set()


def test_nothing_else_is(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} <= {*PARTS, "congvan.py"}


def test_it_opens_an_office_from_where_it_is_unpacked(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    site = tmp_path / "site"
    wheel.extractall(site)
    (tmp_path / "congvan.toml").write_text('data = "data"\n')
    command = [sys.executable, str(site / "congvan.py"), "upgrade", "--profile", "so-khcn-lam-dong"]
    done = subprocess.run(
        [*command, "--config", "congvan.toml"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Đã mở cơ quan" in done.stdout
    assert "entry_points.txt" in "".join(wheel.namelist())
