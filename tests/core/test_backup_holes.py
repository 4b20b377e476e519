"""Files of a state that are damaged in the place: named by their documents, and skipped where a person says so."""

import random
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from backup_office import MORNING, BackedUp, come_back

from core import files
from core.backup import proving
from core.backup.container import Damaged
from core.backup.proving import PartlyDamaged
from core.backup.vault import CHANGES, FULL
from core.db import Database
from core.files import FolderStore
from core.incoming.tables import Incoming, IncomingFile
from core.letters import HeldLetter, Message
from core.verify import verify

DAY = timedelta(days=1)


def attach(town: BackedUp, data: bytes, name: str) -> str:
    """A file of the newest entry; returns its SHA-256."""
    sha256 = town.file(data)
    with town.office.database.writing() as session:
        document = session.scalars(sa.select(Incoming).order_by(Incoming.id.desc())).first()
        assert document is not None
        row = IncomingFile(
            incoming_id=document.id, position=1, name=name, sha256=sha256, media_type="application/pdf",
            size=len(data), role="annex",
        )  # fmt: skip
        session.add(row)
    return sha256


def raw_letter(town: BackedUp, data: bytes) -> str:
    sha256 = town.file(data)
    with town.office.database.writing() as session:
        session.add(
            Message(
                identity="i", raw_sha256=sha256, raw_size=len(data), mail_class="plain", outcome="ignore",
                sender_address="a@lamdong.gov.vn", received_at=MORNING, taken_at=MORNING,
            )
        )  # fmt: skip
    return sha256


def flip(town: BackedUp, kind: str, what: str) -> None:
    path = town.vault._object(kind, what)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def refused(town: BackedUp, folder: Path) -> str:
    with pytest.raises(Damaged) as damaged:
        come_back(town, folder)
    assert not folder.exists() and not folder.with_name(folder.name + ".dang-khoi-phuc").exists()
    return damaged.value.sentence


def test_the_refusal_names_the_documents_of_a_rotten_and_of_a_deleted_file(town: BackedUp, tmp_path: Path) -> None:
    town.confirm()
    rotten = attach(town, random.Random(1).randbytes(300_000), "phụ lục\t1.pdf")
    town.confirm()
    gone, letter = attach(town, b"gone" * 100, "bảng kê.xlsx"), raw_letter(town, b"letter" * 100)
    town.take()
    flip(town, "content", rotten)
    town.vault.drop("content", gone)
    town.vault.drop("content", letter)
    held = town.held(b"niem phong" * 100)
    town.take(CHANGES, MORNING + timedelta(minutes=5))
    with town.office.database.reading() as session:
        town.vault.drop("sealed", str(session.get_one(HeldLetter, held).sealed_path))
    said = refused(town, tmp_path / "new")
    assert "4 tệp hỏng hoặc thiếu, sổ và các tệp khác còn nguyên" in said
    assert "✗ số đến 1 năm 2026 (1234/UBND-KGVX), tệp «phụ lục\t1.pdf»: " in said and "bị cắt hoặc bị sửa" in said
    assert "✗ số đến 2 năm 2026 (1234/UBND-KGVX), tệp «bảng kê.xlsx»: Bản sao lưu thiếu tệp" in said
    assert "✗ thư gốc nhận 08:30 04/06/2026 từ a@lamdong.gov.vn: " in said and f"✗ thư bị giữ số {held}: " in said
    assert "Chưa khôi phục gì." in said and "--skip-damaged" in said


def test_a_whole_state_before_the_damage_is_named_beside_the_option(town: BackedUp, tmp_path: Path) -> None:
    town.confirm()
    good = town.take()
    attached = attach(town, b"new" * 1000, "a.pdf")
    town.take(FULL, MORNING + DAY)
    flip(town, "content", attached)
    said = refused(town, tmp_path / "new")
    assert f"--at {good.name}" in said and "--skip-damaged" in said
    come_back(town, tmp_path / "old", state=good.name)


def test_where_the_register_of_the_newest_is_rotten_the_older_that_lacks_files_is_named(
    town: BackedUp, tmp_path: Path
) -> None:
    attached = town.file(b"shared" * 1000)
    older = town.take()
    newest = town.take(FULL, MORNING + DAY)
    flip(town, "content", attached)
    path = town.vault.folder / "states" / f"{newest.name}.db"
    path.write_bytes(path.read_bytes()[:-1])
    assert f"--at {older.name} --skip-damaged" in refused(town, tmp_path / "new")


def test_the_rest_comes_back_where_it_is_asked_and_the_office_knows_what_it_misses(
    town: BackedUp, tmp_path: Path
) -> None:
    town.confirm()
    rotten, kept = attach(town, b"rotten" * 1000, "hỏng.pdf"), town.file(b"kept" * 1000)
    held = town.held(b"niem phong" * 100)
    town.take()
    flip(town, "content", rotten)
    with town.office.database.reading() as session:
        flip(town, "sealed", str(session.get_one(HeldLetter, held).sealed_path))
    folder = tmp_path / "new"
    restored, url = come_back(town, folder, skip_damaged=True)
    assert {hole.what for hole in restored.skipped if hole.kind == "content"} == {rotten}
    assert len(restored.skipped) == 2 and restored.lost == () and restored.seals_gone == 0
    store = FolderStore(folder / "files")
    assert store.path_of(kept).exists() and not store.path_of(rotten).exists()
    with closing(Database(url)) as database:
        with database.reading() as session:
            (fault,) = verify(session, store, folder / "sealed").faults
            letter = session.get_one(HeldLetter, held)
            assert (letter.seal_key, letter.sealed_path) == (None, None)
        assert fault.startswith(f"Kho tệp: tệp {rotten} không còn, đã mất khi khôi phục lúc 08:30 05/06/2026: số đến 1")
        assert restored.proof.faults == [fault]
        parts = replace(town.parts, database=database, store=store, sealed=folder / "sealed")
        office = BackedUp(town.office, tmp_path, town.vault, parts, town.empty_database)
        taken = office.take(FULL, MORNING + 2 * DAY)
        assert taken.missing == (), "what a restore has noted as lost is no failure of each backup"
        again, _ = come_back(office, tmp_path / "again")
        assert again.lost == (rotten,) and len(again.proof.faults) == 1
        with store.adding(), database.writing() as session:  # a whole copy is found
            source = tmp_path / "found"
            source.write_bytes(b"rotten" * 1000)
            content = files.Content(source, rotten, 6000, "application/pdf")
            store.add(content)
            files.note_stored(session, [content], at=MORNING)
            assert verify(session, store, folder / "sealed").faults == []


def test_what_neither_the_place_nor_the_office_has_whole_is_not_erased(town: BackedUp) -> None:
    ours, lost, gone = town.file(b"ours" * 100), town.file(b"lost" * 100), town.file(b"gone" * 100)
    taken = town.take()
    for one in (ours, lost):
        flip(town, "content", one)
    town.vault.drop("content", gone)
    town.store.remove(lost)
    manifest = town.vault.manifest(taken.name)
    dropped = [proving.drop_broken(town.vault, manifest, town.store, town.parts.sealed) for _ in range(2)]
    assert dropped == [(1, 1, 1), (0, 2, 1)]
    assert town.vault.has("content", lost) and not town.vault.has("content", ours)
    with pytest.raises(PartlyDamaged):
        proving.check(town.vault, taken.name)
