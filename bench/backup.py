"""Backup: restore and verify of 2 GB against `cp` plus `sha256sum`, and what a month of daily backups takes.

The office lies in a temporary folder (`TMPDIR`); `--megabytes` makes it smaller. Fails above twice the time of cp.
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from core import files, people, registers, schema
from core.backup import keys, restoring, taking
from core.backup.vault import CHANGES, FULL, Vault
from core.db import Database
from core.evidence import Evidence, Source
from core.files import Content, FolderStore
from core.incoming import drafts, registration
from core.incoming.tables import Incoming, Origin
from core.people import Role, User
from core.registers import Book

START = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
FILE_BYTES = 600_000  # a letter's files in the middle
LETTERS_A_DAY = 60
LIMIT = 2.0
VALUES = {"code": "12/UBND-KT", "issued_on": "2026-06-03", "issuer": "UBND tỉnh", "kind": "Công văn",
          "subject": "triển khai kế hoạch chuyển đổi số năm 2026 trên địa bàn tỉnh"}  # fmt: skip


def main() -> int:
    """Print both measurements; exit code 1 when the restore takes more than twice the copy."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--megabytes", type=int, default=2000)
    asked.add_argument("--days", type=int, default=30)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="congvan-bench-") as folder:
        ratio = measure_restore(Path(folder) / "large", options.megabytes)
        measure_growth(Path(folder) / "month", options.days)
    return 0 if ratio <= LIMIT else 1


def measure_restore(home: Path, megabytes: int) -> float:
    """How many times `cp` and `sha256sum` a restore with its verification takes."""
    office, vault = _office(home)
    letters = megabytes * 1_000_000 // FILE_BYTES
    for first in range(0, letters, 100):
        _arrive(office, range(first, min(letters, first + 100)), START)
    with closing(office.database):
        taken = taking.take(office, vault, FULL, at=START)
    print(f"office: {letters} files, {taken.size / 1e6:.0f} MB; first full backup wrote {taken.written / 1e6:.0f} MB")
    ratios = []
    for turn in range(3):
        copied, restored = _copy_seconds(office, home / "copy"), _restore_seconds(vault, home / "back")
        ratios.append(restored / copied)
        print(f"{turn + 1}: cp + sha256sum {copied:.2f} s, restore + verify {restored:.2f} s, {ratios[-1]:.2f} times")
    ratio = sorted(ratios)[1]
    print(f"median {ratio:.2f} times (at most {LIMIT})")
    return ratio


def _copy_seconds(office: taking.Office, target: Path) -> float:
    source = office.store.folder.parent
    began = time.perf_counter()
    subprocess.run(["cp", "-r", str(source), str(target)], check=True)
    hashing = 'find "$0" -type f -print0 | xargs -0 sha256sum'
    subprocess.run(["sh", "-c", hashing, str(target)], check=True, stdout=subprocess.DEVNULL)
    seconds = time.perf_counter() - began
    shutil.rmtree(target)
    return seconds


def _restore_seconds(vault: Vault, target: Path) -> float:
    began = time.perf_counter()
    restored = restoring.restore(vault, target, at=START + timedelta(days=1))
    seconds = time.perf_counter() - began
    assert restored.proof.faults == []
    shutil.rmtree(target)
    return seconds


def measure_growth(home: Path, days: int) -> None:
    """A month of work with a full backup each day and the changes of its last two hours."""
    office, vault = _office(home)
    with closing(office.database):
        for day in range(days):
            at = START + timedelta(days=day)
            _arrive(office, range(day * LETTERS_A_DAY, (day + 1) * LETTERS_A_DAY), at, size=20_000)
            full = taking.take(office, vault, FULL, at=at)
            _arrive(office, range(-day - 1, -day), at, size=20_000)
            changes = taking.take(office, vault, CHANGES, at=at + timedelta(minutes=5))
            if day in {0, days // 2, days - 1}:
                live = vault.manifest(full.name).database_size
                print(
                    f"day {day + 1}: database {live / 1e6:.1f} MB, full backup wrote {full.written / 1e6:.2f} MB, "
                    f"one letter's changes {changes.written / 1e6:.3f} MB, place {vault.size() / 1e6:.1f} MB"
                )
    content = sum(path.stat().st_size for path in office.store.contents())
    states = vault.size() - content
    print(f"after {days} days: {content / 1e6:.1f} MB of files once, {states / 1e6:.1f} MB of databases and manifests")


def _office(home: Path) -> tuple[taking.Office, Vault]:
    data, place = home / "data", home / "place"
    data.mkdir(parents=True)
    place.mkdir()
    database = Database(f"sqlite:///{data / 'congvan.sqlite3'}")
    schema.upgrade(database)
    with database.writing() as session:
        session.add(Book(code="den", name="Sổ văn bản đến", direction=registers.Direction.INCOMING))
        clerk = people.add(session, "lan", "Lan", {Role.CLERK}, "x", at=START)
        session.flush()
        registers.open_series(session, registers.book_by_code(session, "den"), 1, by=clerk, at=START)
    office = taking.Office(database, FolderStore(data / "files"), data / "sealed", home / "work")
    return office, Vault(place, keys.new_key(home / "key"))


def _arrive(office: taking.Office, numbers: range, at: datetime, size: int = FILE_BYTES) -> None:
    """Letters with one file each, confirmed at once."""
    source = office.work.parent / "source"
    contents = []
    for number in numbers:
        data = hashlib.shake_256(b"%d" % number).digest(size)
        path = source.with_name(f"source{number}")
        path.write_bytes(data)
        contents.append(Content(path, hashlib.sha256(data).hexdigest(), size, "application/pdf"))
    proposed = {name: Evidence(value, 0.95, Source.TEXT) for name, value in VALUES.items()}
    with office.store.adding(), office.database.writing() as session:
        office.store.add(*contents)
        files.note_stored(session, contents, at=at)
        clerk = session.get_one(User, 1)
        for _ in numbers:
            draft = drafts.insert(session, drafts.NewDraft(Origin.MAIL, 1, None, at, 0, proposed, ()))
            registration.register(session, session.get_one(Incoming, draft), by=clerk, at=at)
    for content in contents:
        content.path.unlink()


if __name__ == "__main__":
    sys.exit(main())
