"""`congvan backup` and `congvan restore` at every durable system call: killed there, or refused by a disk.

Afterwards nothing that a list shows is half, what was whole before is whole still, and the next run does its work.
"""

import random
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from backup_office import rows
from busy_desk import Desk, congvan
from counts import times
from faulty_command import Fault, command_with_fault

from core import verify
from core.backup import keys, proving, restoring, taking
from core.backup.vault import CHANGES, FULL, Vault
from core.db import Database
from core.files import FolderStore

ERRORS = ("EIO", "ENOSPC")
Rows = dict[str, list[tuple[Any, ...]]]


class Template:
    """An office with old and new states of backup in its place, and work since the newest; copied for each run."""

    def __init__(self, home: Path, migrated: Path) -> None:
        self.home = home / "template"
        self._runs = home
        self._counted: dict[tuple[str, ...], int] = {}
        for folder in ("data", "place"):
            (self.home / folder).mkdir(parents=True)
        shutil.copy(migrated, self.home / "data" / "congvan.sqlite3")
        text = 'data = "data"\n[backup]\nfolder = "place"\nsecret_file = "key"\nkeep_days = 20\n'
        (self.home / "congvan.toml").write_text(text)
        self.key = keys.new_key(self.home / "key")
        with closing(Database(url_of(self.home / "data"))) as database:
            self._live(Desk(self.home, database))
        self.live = rows(url_of(self.home / "data"))

    def _live(self, desk: Desk) -> None:
        """Two states that the next full one lets go, two that stay, and one letter that none of them has."""
        desk.open()
        vault = vault_of(self.home, self.key)
        parts = taking.Office(
            desk.database, desk.store, self.home / "data" / "sealed", self.home / "data" / "backup-work"
        )  # fmt: skip
        now = datetime.now(UTC)
        for ago, kind in ((timedelta(days=40), FULL), (timedelta(days=39), CHANGES), (timedelta(hours=2), FULL)):
            desk.confirm()
            taking.take(parts, vault, kind, at=now - ago, keep_days=365)
        desk.confirm()
        self.before = taking.take(parts, vault, CHANGES, at=now - timedelta(hours=1), keep_days=365).name
        self.rows_before = rows(url_of(self.home / "data"))
        desk.confirm()
        vault.put("content", "ab" * 32, [b"named by no state"])

    def calls_of(self, act: str, *words: str) -> int:
        """How many durable calls this command makes, or how many of them could fail for a disk."""
        if (act, *words) not in self._counted:
            home = self.copy()
            fault = command_with_fault(0, "kill" if act == "kill" else "EIO", *in_home(home, words))
            assert fault.code == 0 and fault.calls, fault
            self._counted[act, *words] = fault.calls
            shutil.rmtree(home)
        return self._counted[act, *words]

    def copy(self) -> Path:
        """A fresh copy of the office and its place."""
        shutil.rmtree(self._runs / "run", ignore_errors=True)
        return Path(shutil.copytree(self.home, self._runs / "run"))

    def runs(self, act: str, *words: str) -> Iterator[tuple[Path, Fault, str]]:
        """The command on a fresh office for each place to strike at, by "kill" or by a "disk"; the fault that it met,
        and words for assertions."""
        rng, struck = random.Random(" ".join((act, *words))), 0
        for at in places(self.calls_of(act, *words), times(1, 4, 1_000_000), rng):
            home = self.copy()
            how = "kill" if act == "kill" else rng.choice(ERRORS)
            fault = command_with_fault(at, how, *in_home(home, words))
            struck += bool(fault.hit)
            yield home, fault, f"{how} in {' '.join(words)} at {at}: {fault}"
            shutil.rmtree(home)
        print(f"{act} {' '.join(words)}: struck {struck} times")
        assert struck


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Template:
    return Template(tmp_path_factory.mktemp("backup-kills"), migrated_sqlite)


@pytest.mark.torture
@pytest.mark.parametrize("words", [("backup",), ("backup", "--changes")])
def test_a_backup_killed_at_any_durable_call_harms_no_state_and_the_next_one_works(
    template: Template, words: tuple[str, ...]
) -> None:
    for home, fault, said in template.runs("kill", *words):
        assert fault.code == (-9 if fault.hit else 0) and "Traceback" not in fault.said, said
        assert_every_listed_state_is_whole(template, home, said)
        assert_the_next_backup_works(template, home, words, said)


@pytest.mark.torture
@pytest.mark.parametrize("words", [("backup",), ("backup", "--changes")])
def test_a_backup_refused_by_a_disk_says_so_harms_no_state_and_the_next_one_works(
    template: Template, words: tuple[str, ...]
) -> None:
    for home, fault, said in template.runs("disk", *words):
        assert fault.code in (0, 75), said
        assert fault.code == 0 or re.search(r"^congvan backup: ", fault.said, re.MULTILINE), said
        assert "Traceback" not in fault.said, said
        assert_every_listed_state_is_whole(template, home, said)
        assert_the_next_backup_works(template, home, words, said)


@pytest.mark.torture
@pytest.mark.parametrize("act", ["kill", "disk"])
def test_a_restore_struck_at_any_durable_call_leaves_no_half_office(template: Template, act: str) -> None:
    for home, fault, said in template.runs(act, "restore"):
        assert fault.code in ((-9, 0) if act == "kill" else (0, 65, 75)), said
        assert fault.code <= 0 or re.search(r"^congvan restore: ", fault.said, re.MULTILINE), said
        assert "Traceback" not in fault.said, said
        stood = (home / "new").exists()
        assert stood or fault.code != 0, said
        if stood:
            assert_is_the_office(template, home, said)
        again = congvan(*in_home(home, ("restore",)))
        assert again.returncode == (65 if stood else 0), f"{said}: {again}"
        assert not stood or "đã có dữ liệu" in again.stderr, f"{said}: {again}"
        assert_is_the_office(template, home, said)
        assert {path.name for path in home.iterdir()} == {"data", "place", "key", "congvan.toml", "source", "new"}, said


def places(counted: int, wanted: int, rng: random.Random) -> Sequence[int]:
    """The calls at which to strike: `wanted` of them, spread over all, or every one where there are no more."""
    if wanted >= counted:
        return range(1, counted + 1)
    return [rng.randint(1 + counted * n // wanted, counted * (n + 1) // wanted) for n in range(wanted)]


def in_home(home: Path, words: Sequence[str]) -> list[str]:
    """The command's whole line for the office in `home`."""
    if words[0] == "restore":
        return [*words, "--from", str(home / "place"), "--to", str(home / "new"), "--key", str(home / "key")]
    return [*words, "--config", str(home / "congvan.toml")]


def vault_of(home: Path, key: keys.Key) -> Vault:
    return Vault(home / "place", key)


def url_of(data: Path) -> str:
    return f"sqlite:///{data / 'congvan.sqlite3'}"


def without(found: Rows, *tables: str) -> Rows:
    return {name: listed for name, listed in found.items() if name not in tables}


def assert_every_listed_state_is_whole(template: Template, home: Path, words: str) -> None:
    vault = vault_of(home, template.key)
    states = vault.states()
    assert template.before in states, words
    for name in states:
        proving.check(vault, name)
    restoring.restore(vault, home / "old", state=template.before, at=datetime.now(UTC))
    assert rows(url_of(home / "old")) == template.rows_before, words


def assert_the_next_backup_works(template: Template, home: Path, words: Sequence[str], said: str) -> None:
    vault = vault_of(home, template.key)
    done = congvan(*in_home(home, words))
    assert done.returncode == 0, f"{said}: {done}"
    name = done.stdout.split()[3].rstrip(":")
    assert name == vault.states()[0], said
    restoring.restore(vault, home / "back", at=datetime.now(UTC))
    live, found = template.live, rows(url_of(home / "back"))
    assert found["events"][: len(live["events"])] == live["events"], said  # a run that failed leaves an event
    assert without(found, "events", "backup_marks") == without(live, "events", "backup_marks"), said
    assert_nothing_is_left(home, vault, said)


def assert_nothing_is_left(home: Path, vault: Vault, said: str) -> None:
    assert [path.name for path in (home / "data" / "backup-work").iterdir()] == ["lock"], said
    assert not list((home / "place" / "tmp").iterdir()), said
    assert {path.name.split(".")[0] for path in (home / "place" / "states").iterdir()} == set(vault.states()), said
    for name in vault.states():
        proving.check(vault, name)


def assert_is_the_office(template: Template, home: Path, said: str) -> None:
    """What stands in the target is the state before, row for row and file for file."""
    assert rows(url_of(home / "new")) == template.rows_before, said
    with closing(Database(url_of(home / "new"))) as database, database.reading() as session:
        proof = verify.verify(session, FolderStore(home / "new" / "files"), home / "new" / "sealed")
        assert proof.faults == [] and proof.files == 4, said
