"""Backups: a state comes back row for row and file for file, or is refused with words (Điều 9.3 Quy chế 63)."""

import os
import random
import shutil
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from backup_office import MORNING, BackedUp, come_back, rows
from counts import times

from core import registers
from core.backup import container, keys, restoring, taking
from core.backup.container import Damaged
from core.backup.restoring import restore
from core.backup.vault import CHANGES, FULL, Vault
from core.db import Database
from core.errors import Permanent, Temporary, WrongState
from core.letters import HeldLetter
from core.registers import Book
from core.schema import NotCurrent, open_current

CANARY = b"CANARY-7c1f0e-" * 400


def assert_same_files(town: BackedUp, folder: Path) -> None:
    for name in ("files", "sealed"):
        there = {p.name: p.read_bytes() for p in (town.home / name).rglob("*") if p.is_file() and p.name != "lock"}
        back = {p.name: p.read_bytes() for p in (folder / name).rglob("*") if p.is_file() and p.name != "lock"}
        assert back == there


def test_a_full_backup_comes_back_row_for_row_and_file_for_file(town: BackedUp, tmp_path: Path) -> None:
    for number in range(5):
        town.confirm()
        town.file(random.Random(number).randbytes(number * 700_000))
    town.held(b"niem phong" * 100)
    taken = town.take()
    restored, url = come_back(town, tmp_path / "new")
    assert rows(url) == rows(str(town.office.database.url.render_as_string(hide_password=False)))
    assert_same_files(town, tmp_path / "new")
    assert restored.proof.faults == [] and restored.proof.entries == taken.entries == 5


def test_changes_come_back_on_top_of_their_full_backup(town: BackedUp, tmp_path: Path) -> None:
    for _ in range(30):
        town.confirm()
    town.file(b"first" * 1000)
    full = town.take()
    town.confirm()
    town.file(b"second" * 1000)
    changes = town.take(CHANGES, MORNING + timedelta(minutes=5))
    assert changes.name.split("-")[1] == CHANGES
    if town.office.database.is_sqlite:
        assert changes.written < full.written
    _, url = come_back(town, tmp_path / "new")
    assert rows(url) == rows(str(town.office.database.url.render_as_string(hide_password=False)))
    assert_same_files(town, tmp_path / "new")
    _, older = come_back(town, tmp_path / "old", state=full.name)
    assert len(rows(older)["files"]) == 1


def test_each_content_is_copied_once(town: BackedUp) -> None:
    sha256 = town.file(random.Random(1).randbytes(500_000))
    town.take()
    before = town.vault._object("content", sha256).stat().st_mtime_ns
    second = town.take(FULL, MORNING + timedelta(days=1))
    assert second.written < 500_000
    assert town.vault._object("content", sha256).stat().st_mtime_ns == before


@pytest.mark.torture
def test_every_cut_and_every_flipped_bit_is_refused_with_words(town: BackedUp, tmp_path: Path) -> None:
    for number in range(4):
        town.confirm()
        town.file(random.Random(number).randbytes(number * 400_000))
    town.held(b"niem phong" * 10_000)
    good = town.take()
    town.confirm()
    town.take(CHANGES, MORNING + timedelta(minutes=5))
    rng = random.Random(20260604)
    newest = town.vault.states()[0]
    # Changes of PostgreSQL are a dump of their own and don't need their base's.
    unused = "none" if town.office.database.is_sqlite else f"{good.name}.db"
    url = town.empty_database()  # one for all: whatever is refused must leave it empty
    for _ in range(times(20, 100, 500) if town.office.database.is_sqlite else times(5, 30, 100)):
        spoiled = tmp_path / "spoiled"
        shutil.copytree(town.vault.folder, spoiled)
        name = _spoil(spoiled, unused, rng)
        with pytest.raises(Damaged) as refused:
            restore(Vault(spoiled, town.vault.key), tmp_path / "new", database_url=url, at=MORNING)
        assert "Chưa khôi phục gì" in refused.value.sentence, name
        if name.split(".")[0] == newest:
            assert f"--at {good.name}" in refused.value.sentence, name
        assert not (tmp_path / "new").exists() and not (tmp_path / "new.dang-khoi-phuc").exists()
        shutil.rmtree(spoiled)


def _spoil(place: Path, unused: str, rng: random.Random) -> str:
    """Cut or flip one file that the newest state needs; returns the file's name."""
    found = [path for path in sorted(place.rglob("*")) if path.is_file()]
    path = rng.choice([path for path in found if path.suffix != ".pages" and path.name != unused])
    data = bytearray(path.read_bytes())
    if rng.random() < 0.5:
        path.write_bytes(data[: rng.randrange(len(data))])
    else:
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        path.write_bytes(data)
    return path.name


def test_swapped_files_are_refused(town: BackedUp, tmp_path: Path) -> None:
    one, other = (town.vault._object("content", town.file(data * 100)) for data in (b"mot", b"hai"))
    town.take()
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    with pytest.raises(Damaged, match="bị cắt hoặc bị sửa"):
        restore(town.vault, tmp_path / "new", database_url=town.empty_database(), at=MORNING)


def test_another_key_opens_nothing(town: BackedUp, tmp_path: Path) -> None:
    town.take()
    other = Vault(town.vault.folder, keys.new_key(tmp_path / "other"))
    with pytest.raises(Damaged, match="chìa khóa khác"):
        restore(other, tmp_path / "new", database_url=town.empty_database(), at=MORNING)
    assert keys.read_key(tmp_path / "key") == town.vault.key
    with pytest.raises(Permanent, match="không ghi đè"):
        keys.new_key(tmp_path / "key")


def test_a_file_that_is_cut_while_it_is_read_is_refused(tmp_path: Path) -> None:
    key, path = keys.new_key(tmp_path / "key"), tmp_path / "file"
    container.write(path, tmp_path / "temporary", key, "a file", [random.Random(1).randbytes(3 << 20)])
    reading = container.read(path, key, "a file")
    first = len(next(reading))
    os.truncate(path, path.stat().st_size - 2 * (first + 16))  # at the end of a chunk, as a share that goes away may
    with pytest.raises(Damaged, match="cắt ngắn"):
        list(reading)


def test_a_restore_that_the_database_refuses_leaves_no_folder(town: BackedUp, tmp_path: Path) -> None:
    town.take()
    url = town.empty_database()
    if not url:
        return
    with closing(Database(url)) as database, database.engine.begin() as connection:
        connection.execute(sa.text("CREATE VIEW events AS SELECT 1"))
    with pytest.raises(Permanent, match="pg_restore"):
        restore(town.vault, tmp_path / "new", database_url=url, at=MORNING)
    assert not (tmp_path / "new.dang-khoi-phuc").exists()


def test_a_full_backup_that_was_missed_is_made_up_for(town: BackedUp) -> None:
    town.take()
    assert town.take(CHANGES, MORNING + timedelta(hours=25)).name.split("-")[1] == CHANGES
    assert town.take(CHANGES, MORNING + timedelta(hours=27)).name.split("-")[1] == FULL


def test_a_backup_killed_before_it_has_swept_leaves_that_to_the_next(
    town: BackedUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = town.file(CANARY)
    town.take()
    town.remove(sha256)
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Vault, "sweep", _power_cut)
        town.take(CHANGES, MORNING + timedelta(minutes=5))
    assert town.vault.has("content", sha256)
    town.take(CHANGES, MORNING + timedelta(minutes=10))
    assert not town.vault.has("content", sha256)
    town.take(CHANGES, MORNING + timedelta(minutes=15))
    assert {path.suffix for path in (town.vault.folder / "states").iterdir()} == {".manifest", ".db", ".pages"}


def test_a_backup_cut_short_is_never_taken_for_one(
    town: BackedUp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.confirm()
    good = town.take()
    whole: Callable[..., Any] = Vault.put_manifest
    monkeypatch.setattr(Vault, "put_manifest", _power_cut)
    with pytest.raises(KeyboardInterrupt):
        town.take(FULL, MORNING + timedelta(days=1))
    monkeypatch.setattr(Vault, "put_manifest", whole)
    assert town.vault.states() == [good.name]
    town.take(FULL, MORNING + timedelta(days=2))
    names = {path.name.split(".")[0] for path in (town.vault.folder / "states").iterdir()}
    assert names == set(town.vault.states()), "parts of the state that was cut short must be gone"


def _power_cut(*_: Any) -> int:
    raise KeyboardInterrupt


def test_an_office_that_is_there_is_never_overwritten(town: BackedUp, tmp_path: Path) -> None:
    town.take()
    there = tmp_path / "there"
    there.mkdir()
    (there / "anything").write_text("x")
    with pytest.raises(WrongState, match="không ghi đè"):
        restore(town.vault, there, database_url=town.empty_database(), at=MORNING)
    if not town.office.database.is_sqlite:
        url = town.office.database.url.render_as_string(hide_password=False)
        with pytest.raises(WrongState, match="đã có bảng"):
            restore(town.vault, tmp_path / "new", database_url=url, at=MORNING)


def test_removed_content_is_in_no_file_of_the_backup(town: BackedUp, tmp_path: Path) -> None:
    sha256 = town.file(CANARY)
    kept = town.file(b"kept" * 100)
    old = [town.take(), town.take(CHANGES, MORNING + timedelta(minutes=5))]
    town.remove(sha256)
    made = town.take(CHANGES, MORNING + timedelta(minutes=10))
    assert town.vault.states() == [made.name]
    assert made.name.split("-")[1] == FULL and made.name not in {one.name for one in old}
    assert not town.vault.has("content", sha256) and town.vault.has("content", kept)
    restored, _ = come_back(town, tmp_path / "new")
    assert restored.proof.faults == []
    found = [path for path in (tmp_path / "new").rglob("*") if path.is_file() and CANARY[:14] in path.read_bytes()]
    assert found == []


def test_a_destroyed_sealed_letter_leaves_the_backup_at_once(town: BackedUp) -> None:
    held_id = town.held(b"niem phong" * 100)
    town.take()
    with town.office.database.writing() as session:
        held = session.get_one(HeldLetter, held_id)
        name, held.seal_key = str(held.sealed_path), None
    assert town.vault.has("sealed", name)
    town.take(CHANGES, MORNING + timedelta(minutes=5))
    assert not town.vault.has("sealed", name)


def test_old_backups_are_let_go_and_changes_thinned(town: BackedUp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "_CHANGES_KEPT", 3)
    for day in range(5):
        taking.take(town.parts, town.vault, FULL, at=MORNING + timedelta(days=day), keep_days=2)
        town.take(CHANGES, MORNING + timedelta(days=day, minutes=5))
    for number in range(4):
        town.take(CHANGES, MORNING + timedelta(days=4, minutes=5 * number + 10))
    full = [name for name in town.vault.states() if name.split("-")[1] == FULL]
    assert [name[:8] for name in full] == ["20260608", "20260607", "20260606"]
    assert len(town.vault.states()) == 3 + 3


def test_a_place_that_is_not_mounted_is_not_filled(town: BackedUp) -> None:
    shutil.rmtree(town.vault.folder)
    with pytest.raises(Temporary, match="Gắn lại"):
        town.take()
    assert not town.vault.folder.exists()


def test_a_content_that_the_store_lost_is_named_and_the_rest_comes_back(town: BackedUp, tmp_path: Path) -> None:
    lost, kept = town.file(b"lost" * 100), town.file(b"kept" * 100)
    town.store.remove(lost)
    assert town.take().missing == (lost,)
    restored, _ = come_back(town, tmp_path / "new")
    assert restored.lost == (lost,) and lost in restored.proof.faults[0] and len(restored.proof.faults) == 1
    assert (tmp_path / "new" / "files" / kept[:2] / kept).exists()


def test_after_a_restore_the_next_number_waits(town: BackedUp, tmp_path: Path) -> None:
    town.confirm()
    town.take()
    _, url = come_back(town, tmp_path / "new")
    database = Database(url)
    with database.writing() as session:
        book = session.scalars(sa.select(Book)).one()
        with pytest.raises(WrongState, match="xác nhận số cuối cùng đã cấp"):
            registers.next_number(session, book, at=MORNING)
    database.close()


def test_a_restore_cut_before_its_files_stand_leaves_a_database_that_opens_for_nobody(
    town: BackedUp, tmp_path: Path
) -> None:
    town.confirm()
    name = town.take().name
    url = town.empty_database()
    restoring.lay_down(town.vault, name, tmp_path / "new.dang-khoi-phuc", url, at=MORNING)  # and no further
    if url:
        with pytest.raises(NotCurrent, match="còn dở dang"):
            open_current(url)
        with pytest.raises(WrongState, match="đã có bảng"):
            restore(town.vault, tmp_path / "new", database_url=url, at=MORNING)
    _, whole = come_back(town, tmp_path / "new")
    open_current(whole).close()
