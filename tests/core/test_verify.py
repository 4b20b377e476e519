"""`congvan verify`: a whole office passes, and whatever was changed behind our back is named."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core import events, files, letters, sealing
from core.agencies.tables import AgencySighting
from core.files import Content, FolderStore
from core.incoming import registration
from core.incoming.tables import Incoming
from core.learning.tables import Lesson
from core.people import User
from core.tasks.tables import Task
from core.verify import Proof, verify

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "files")


@pytest.fixture
def sha256(office: Any, store: FolderStore, tmp_path: Path) -> str:
    """A stored file, and two entries in the register."""
    source = tmp_path / "source"
    source.write_bytes(b"%PDF-1.7 original" * 1000)
    content = Content(source, files.sha256_of(source), source.stat().st_size, "application/pdf")
    ids = [office.draft(), office.draft()]
    with store.adding(), office.database.writing() as session:
        store.add(content)
        files.note_stored(session, [content], at=MORNING)
        clerk = session.get_one(User, office.clerk_id)
        for one in ids:
            registration.register(session, session.get_one(Incoming, one), by=clerk, at=MORNING)
    return content.sha256


def prove(office: Any, store: FolderStore, tmp_path: Path) -> Proof:
    with office.database.reading() as session:
        return verify(session, store, tmp_path / "sealed")


def test_a_whole_office_has_no_fault(office: Any, store: FolderStore, sha256: str, tmp_path: Path) -> None:
    proof = prove(office, store, tmp_path)
    assert proof.faults == []
    assert (proof.entries, proof.files, proof.bytes) == (2, 1, 17_000)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[500] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize(("harm", "words"), [(Path.unlink, "không còn"), (_cut, "byte"), (_flip, "nội dung khác")])
def test_a_harmed_file_is_named(
    office: Any, store: FolderStore, sha256: str, tmp_path: Path, harm: Callable[[Path], None], words: str
) -> None:
    harm(store.path_of(sha256))
    (fault,) = prove(office, store, tmp_path).faults
    assert sha256 in fault
    assert words in fault


def test_an_entry_deleted_behind_our_back_is_a_missing_number(
    office: Any, store: FolderStore, sha256: str, tmp_path: Path
) -> None:
    with office.database.writing() as session:
        session.execute(sa.delete(Lesson))
        session.execute(sa.delete(AgencySighting))
        session.execute(sa.delete(Task))
        session.execute(sa.delete(Incoming).where(Incoming.arrival_number == 1))
    assert prove(office, store, tmp_path).faults == ["Sổ văn bản đến năm 2026: thiếu số 1."]


def test_a_changed_event_breaks_the_chain(office: Any, store: FolderStore, sha256: str, tmp_path: Path) -> None:
    with office.database.writing() as session:
        session.execute(sa.update(events.Event).where(events.Event.act == "registered").values(act="voided"))
    assert any("đứt tại sự kiện" in fault for fault in prove(office, store, tmp_path).faults)


@pytest.mark.parametrize(("key", "faults"), [(b"k", 1), (None, 0)])
def test_a_lost_seal_is_named_unless_its_key_was_destroyed(
    office: Any, store: FolderStore, sha256: str, tmp_path: Path, key: bytes | None, faults: int
) -> None:
    held(office, "ab" * 16, key, 3)
    found = prove(office, store, tmp_path).faults
    assert len(found) == faults
    assert all("niêm phong không còn" in fault for fault in found)


def held(office: Any, name: str, key: bytes | None, size: int) -> None:
    with office.database.writing() as session:
        arrival = letters.Arrival(
            mailbox="van-thu", folder="INBOX", uidvalidity=1, uid=1, state=letters.ArrivalState.HELD, seen_at=MORNING
        )
        session.add(arrival)
        session.flush()
        session.add(
            letters.HeldLetter(
                arrival_id=arrival.id, reason="unreadable_time", mark="m", size=size, sealed_path=name, seal_key=key,
                held_at=MORNING,
            )
        )  # fmt: skip


@pytest.mark.parametrize("size", [0, 3, 256 * 1024, 300_000])
def test_a_seal_that_was_cut_short_is_named(
    office: Any, store: FolderStore, sha256: str, tmp_path: Path, size: int
) -> None:
    (tmp_path / "letter").write_bytes(bytes(size))
    name, key = sealing.seal(tmp_path / "letter", tmp_path / "sealed")
    held(office, name, key, size)
    assert prove(office, store, tmp_path).faults == []
    _cut(tmp_path / "sealed" / name)
    (fault,) = prove(office, store, tmp_path).faults
    assert "niêm phong dài" in fault
