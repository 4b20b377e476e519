"""A run of the program under `call_log`, and what its log says of each power cut that could have been."""

import hashlib
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import call_log
from call_log import Call
from power_cut import Disk, write_out

DATABASE = "congvan.sqlite3"
_SEALED_AT = "sealed/"
_LONGEST_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Recording:
    """What a program did to a folder (`calls`), and what that held before (`before`, a copy)."""

    folder: Path
    before: Path
    log: Path

    def within(self, line: list[str]) -> list[str]:
        """The command line that runs this one and writes the log."""
        return [sys.executable, call_log.__file__, str(self.log), str(self.folder), *line]

    def replay(self) -> Iterator[tuple[int, Disk, Call]]:
        """Every instant at which the power may go: its number, the disk, and what was done last."""
        disk = Disk(self.folder, self.before)
        for instant, call in enumerate(disk.replay(call_log.read(self.log))):
            yield instant, disk, call


def record(folder: Path, beside: Path) -> Recording:
    """Get ready; `folder` must be closed by all and at rest, `beside` is another folder for copy and log."""
    shutil.copytree(folder, beside / "before")
    return Recording(folder, beside / "before", beside / "calls")


def contents(folder: Path) -> dict[str, bytes | None]:
    """All files below a folder by their path in it; None for a folder. Without what SQLite maps and never flushes."""
    found = {str(path.relative_to(folder)): None if path.is_dir() else path.read_bytes() for path in folder.rglob("*")}
    return {name: content for name, content in found.items() if not name.endswith("-shm")}


def run(recorded: Recording, words: Sequence[str]) -> str:
    """Run a program to its end, which must be a good one; returns what it said."""
    done = subprocess.run(recorded.within(list(words)), capture_output=True, text=True, timeout=_LONGEST_SECONDS,
                          check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@dataclass(frozen=True)
class Left:
    """What the database says after a cut: how many letters came in, the last number given, the files it names.

    `stored` are SHA-256, `sealed` the names of the sealed files that have their key.
    """

    letters: int
    last_number: int
    stored: tuple[str, ...]
    sealed: tuple[str, ...]


class Opener:
    """Opens surviving databases with SQLite itself, each different one once, and looks for the files they name."""

    def __init__(self, recorded: Recording, folder: Path) -> None:
        self._folder = folder / "opened"
        self._sealed = {
            path.name: path.read_bytes() for path in (recorded.folder / _SEALED_AT).glob("*") if path.is_file()
        }
        self._known: dict[tuple[str, ...], Left] = {}

    def look_at(self, survivors: dict[str, bytes | None]) -> Left:
        """What the database among these files says."""
        database = {name: content for name, content in survivors.items() if name.startswith(DATABASE)}
        key = tuple(f"{name} {hashlib.sha256(content or b'').hexdigest()}" for name, content in database.items())
        if key not in self._known:
            shutil.rmtree(self._folder, ignore_errors=True)
            write_out(database, self._folder)
            self._known[key] = _read(self._folder / DATABASE)
        return self._known[key]

    def missing(self, survivors: dict[str, bytes | None]) -> list[str]:
        """The files that the database among these names and that are not there, or not whole."""
        left = self.look_at(survivors)
        found = [f"files/{sha256[:2]}/{sha256}" for sha256 in left.stored]
        faults = [path for path in found if _sha256(survivors.get(path)) != path.rpartition("/")[2]]
        # Sealed bytes are random: whole is what they were at the end of the run.
        return faults + [name for name in left.sealed if survivors.get(_SEALED_AT + name) != self._sealed[name]]


def _read(database: Path) -> Left:
    with closing(sqlite3.connect(database)) as opened:
        letters, last_number = (
            int(opened.execute(f"SELECT {what}").fetchone()[0] or 0)
            for what in ("count(*) FROM arrivals", "max(arrival_number) FROM incoming")
        )
        stored = tuple(row[0] for row in opened.execute("SELECT sha256 FROM files"))
        sealed = "SELECT sealed_path FROM held_letters WHERE seal_key IS NOT NULL"
        return Left(letters, last_number, stored, tuple(row[0] for row in opened.execute(sealed)))


def _sha256(content: bytes | None) -> str:
    return "" if content is None else hashlib.sha256(content).hexdigest()
