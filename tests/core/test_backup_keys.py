"""The key of a backup place: what is said when it is not there or is another, and that nothing is lost by it."""

from datetime import timedelta
from pathlib import Path

import pytest
from backup_office import MORNING, BackedUp, come_back

from core.backup import keys, taking
from core.backup.container import OtherKey
from core.backup.restoring import restore
from core.backup.vault import CHANGES, FULL, Vault, holds_states
from core.errors import Permanent


def other_key(town: BackedUp, folder: Path) -> Vault:
    return Vault(town.vault.folder, keys.new_key(folder / "other"))


def test_a_restore_with_another_key_says_only_that(town: BackedUp, tmp_path: Path) -> None:
    town.take()
    town.take(CHANGES, MORNING + timedelta(minutes=5))
    with pytest.raises(OtherKey) as refused:
        restore(other_key(town, tmp_path), tmp_path / "new", database_url=town.empty_database(), at=MORNING)
    said = refused.value.sentence
    assert "cả 2 bản ở đó khóa bằng chìa khóa khác" in said and "không có nghĩa là bản nào hỏng" in said
    assert "không còn bản nào lành" not in said and not (tmp_path / "new").exists()


def test_one_flipped_head_is_no_other_key(town: BackedUp, tmp_path: Path) -> None:
    name = town.take().name
    path = town.vault.folder / "states" / f"{name}.manifest"
    data = bytearray(path.read_bytes())
    data[10] ^= 1  # in the key's id
    path.write_bytes(data)
    town.vault.look()
    assert town.take(FULL, MORNING + timedelta(days=1)).name in town.vault.states()
    come_back(town, tmp_path / "new")


@pytest.mark.parametrize("kind", [FULL, CHANGES])
def test_no_backup_is_taken_into_a_place_of_another_key(town: BackedUp, tmp_path: Path, kind: str) -> None:
    town.file(b"attachment" * 100)
    town.take()
    town.take(CHANGES, MORNING + timedelta(minutes=5))
    before = {path: path.read_bytes() for path in town.vault.folder.rglob("*") if path.is_file()}
    with pytest.raises(OtherKey, match="thư mục mới, rỗng"):
        taking.take(town.parts, other_key(town, tmp_path), kind, at=MORNING + timedelta(minutes=10))
    assert {path: path.read_bytes() for path in town.vault.folder.rglob("*") if path.is_file()} == before


def test_changes_whose_manifest_cannot_be_read_are_kept_until_they_are_old(town: BackedUp) -> None:
    town.take()
    rotten = town.take(CHANGES, MORNING + timedelta(minutes=5)).name
    path = town.vault.folder / "states" / f"{rotten}.manifest"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    town.take(CHANGES, MORNING + timedelta(minutes=10))
    town.take(FULL, MORNING + timedelta(minutes=15))
    assert rotten in town.vault.states()
    path.write_bytes(whole)  # a disk that could not read it, and can again
    town.vault.manifest(rotten)
    for number in range(taking._CHANGES_KEPT):
        town.take(CHANGES, MORNING + timedelta(minutes=20 + number))
    assert rotten not in town.vault.states()


def test_a_key_file_that_is_gone_is_looked_for_where_it_was_put_away(town: BackedUp, tmp_path: Path) -> None:
    with pytest.raises(Permanent, match="Tạo mới: congvan backup --new-key"):
        keys.read_key(tmp_path / "none", has_states=holds_states(town.vault.folder))
    town.take()
    with pytest.raises(Permanent, match="hai bản chìa khóa đã cất") as refused:
        keys.read_key(tmp_path / "none", has_states=holds_states(town.vault.folder))
    assert "--new-key" not in refused.value.sentence
