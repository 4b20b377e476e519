"""Sealed letters that were decided after a backup: the states from before stay whole without their bytes."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from backup_office import MORNING, BackedUp, come_back

from core.backup.container import Damaged
from core.backup.restoring import restore
from core.backup.vault import CHANGES
from core.db import Database
from core.letters import HeldLetter


def test_a_state_from_before_a_sealed_letter_was_destroyed_comes_back_without_its_bytes(
    town: BackedUp, tmp_path: Path
) -> None:
    destroyed, kept = town.held(b"da huy" * 100), town.held(b"con giu" * 100)
    before = town.take()
    with town.office.database.writing() as session:
        session.get_one(HeldLetter, destroyed).seal_key = None
    town.take(CHANGES, MORNING + timedelta(minutes=5))
    restored, url = come_back(town, tmp_path / "new", state=before.name)
    assert restored.proof.faults == [] and restored.seals_gone == 1
    with closing(Database(url)) as database, database.reading() as session:
        gone, there = session.get_one(HeldLetter, destroyed), session.get_one(HeldLetter, kept)
        assert (gone.seal_key, gone.sealed_path, gone.decision) == (None, None, None)
        assert there.seal_key is not None and (tmp_path / "new" / "sealed" / str(there.sealed_path)).exists()


def test_a_sealed_letter_that_is_decided_while_a_backup_runs_spoils_no_state(town: BackedUp, tmp_path: Path) -> None:
    held_id = town.held(b"niem phong" * 100)
    with town.office.database.reading() as session:
        name = str(session.get_one(HeldLetter, held_id).sealed_path)
    (town.parts.sealed / name).unlink()  # as the sweep does between the copy of the rows and that of the file
    town.take()
    restored, _ = come_back(town, tmp_path / "new")
    assert restored.proof.faults == [] and restored.seals_gone == 1


def test_a_sealed_letter_that_the_place_lost_is_damage(town: BackedUp, tmp_path: Path) -> None:
    held_id = town.held(b"niem phong" * 100)
    town.take()
    with town.office.database.reading() as session:
        name = str(session.get_one(HeldLetter, held_id).sealed_path)
    town.vault.drop("sealed", name)
    with pytest.raises(Damaged, match="thiếu tệp"):
        restore(town.vault, tmp_path / "new", database_url=town.empty_database(), at=MORNING)
