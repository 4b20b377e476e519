"""The program where accounts other than root can run it, and an office that belongs to `nobody`. Needs root."""

import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOBODY = pwd.getpwnam("nobody")
_AS_NOBODY = ("runuser", "-u", "nobody", "--")
_PARTS = ("config", "core", "ingest", "dispatch", "dashboard", "demo")


@dataclass(frozen=True)
class OfficeOfNobody:
    """`home` belongs to root and is open to all; `data` and `place` in it to nobody; `config` can be read by all."""

    home: Path
    installed: Path

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def place(self) -> Path:
        return self.home / "place"

    @property
    def config(self) -> Path:
        return self.home / "congvan.toml"

    def prepare(self, *folders: str) -> None:
        """Write the settings, and make these folders nobody's."""
        self.config.write_text(
            'data = "data"\n[intake]\nspool = "data/spool"\n[dashboard]\nport = 0\n'
            '[backup]\nfolder = "place"\nsecret_file = "key"\n'
        )
        self.config.chmod(0o644)
        for name in folders:
            (self.home / name).mkdir(mode=0o700)
            give(self.home / name)

    def root(self, *words: object, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command as root does, with --config."""
        return self.run((), [*words, "--config", self.config], typed)

    def nobody(self, *words: object, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command as nobody does, with --config."""
        return self.run(_AS_NOBODY, [*words, "--config", self.config], typed)

    def run(
        self, before: tuple[str, ...], words: list[object], typed: str = "", python: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command exactly as written."""
        line = [*before, str(python or interpreter()), str(self.installed / "congvan.py"), *map(str, words)]
        return subprocess.run(
            line, input=typed, capture_output=True, text=True, check=False, timeout=120, cwd=self.home,
            env={**os.environ, "PYTHONPATH": str(self.installed / "libraries"), "PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip


def give(path: Path) -> None:
    """Make a file or folder nobody's."""
    os.chown(path, NOBODY.pw_uid, NOBODY.pw_gid)


def owners(folder: Path) -> set[int]:
    """The user ids of a folder and all that lies in it."""
    return {path.lstat().st_uid for path in (folder, *folder.rglob("*"))}


def install(folder: Path) -> Path:
    """Put the program and its libraries where everybody can read them."""
    target = folder / "congvan"
    target.mkdir()
    for part in _PARTS:
        shutil.copytree(ROOT / part, target / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "congvan.py", target)
    libraries = Path(sysconfig.get_path("purelib"))
    if _can_read(libraries):
        (target / "libraries").symlink_to(libraries)
    else:
        shutil.copytree(libraries, target / "libraries", copy_function=_link)
    subprocess.run(["chmod", "-R", "a+rX", str(target)], check=True)
    return target


@cache
def interpreter() -> Path:
    """A Python of our version that nobody can run."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for path in (Path(sys.executable).resolve(), Path("/usr/bin", version), Path("/usr/local/bin", version)):
        if path.exists() and _can_read(path):
            return path
    raise AssertionError(f"Other accounts need a {version}, for example /usr/bin/{version}: apt-get install python3")


def _can_read(path: Path) -> bool:
    return subprocess.run([*_AS_NOBODY, "test", "-r", str(path)], check=False).returncode == 0


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
