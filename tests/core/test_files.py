"""Promise 7: files stand byte for byte under their SHA-256, whole or not at all."""

import hashlib
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core import files
from core.db import Database
from core.errors import Permanent, Temporary
from core.files import Content, FolderStore

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)


def content(folder: Path, data: bytes) -> Content:
    path = folder / "source"
    path.write_bytes(data)
    return Content(path, hashlib.sha256(data).hexdigest(), len(data), "application/pdf")


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "files")


def test_a_file_comes_back_byte_for_byte(store: FolderStore, tmp_path: Path) -> None:
    new = content(tmp_path, b"%PDF-1.7 " + bytes(range(256)) * 5000)
    with store.adding():
        assert store.add(new) == 1
    with store.open(new.sha256) as reading:
        assert reading.read() == new.path.read_bytes()
    assert files.sha256_of(store.path_of(new.sha256)) == new.sha256


def test_the_same_content_is_stored_once(store: FolderStore, tmp_path: Path) -> None:
    new = content(tmp_path, b"abc")
    with store.adding():
        assert [store.add(new, new), store.add(new)] == [1, 0]
    assert len(list(store.contents())) == 1


def test_a_failed_copy_leaves_nothing_half_written(store: FolderStore, tmp_path: Path) -> None:
    missing = Content(tmp_path / "không có", "0" * 64, 3, "text/plain")
    with pytest.raises(Temporary, match="Thư vẫn còn trên máy chủ"), store.adding():
        store.add(missing)
    assert list(store.contents()) == []
    assert list((tmp_path / "files" / "tmp").iterdir()) == []


def test_the_sweep_removes_what_no_row_names(store: FolderStore, tmp_path: Path) -> None:
    kept, orphan = content(tmp_path, b"kept"), None
    with store.adding():
        store.add(kept)
        orphan = content(tmp_path, b"orphan")
        store.add(orphan)
    assert store.sweep([kept.sha256]) == 1
    assert [path.name for path in store.contents()] == [kept.sha256]


def test_the_sweep_waits_for_a_writer_between_rename_and_commit(store: FolderStore, tmp_path: Path) -> None:
    new, named, swept = content(tmp_path, b"new"), set[str](), threading.Event()

    def sweep() -> None:
        store.sweep(name for names in [named] for name in names)
        swept.set()

    with store.adding():
        store.add(new)
        thread = threading.Thread(target=sweep)
        thread.start()
        assert not swept.wait(0.2)
        named.add(new.sha256)
    thread.join(5)
    assert [path.name for path in store.contents()] == [new.sha256]


def test_a_missing_file_is_said_in_words(store: FolderStore) -> None:
    with pytest.raises(Permanent, match="Kho tệp thiếu"):
        store.open("0" * 64)
    with pytest.raises(Permanent, match="không đúng dạng"):
        store.open("../" + "0" * 61)


def test_one_row_names_a_content_however_often_it_comes(database: Database, tmp_path: Path) -> None:
    new = content(tmp_path, b"abc")
    for _ in range(2):
        with database.writing() as session:
            files.note_stored(session, [new, new], at=MORNING)
    with database.reading() as session:
        assert list(files.named(session)) == [new.sha256]


def test_whoever_has_to_be_alone_is_not_kept_waiting_by_a_busy_intake(store: FolderStore) -> None:
    done = threading.Event()

    def letters(first: float) -> None:
        time.sleep(first)
        while not done.is_set():
            with store.adding():
                time.sleep(0.02)

    busy = [threading.Thread(target=letters, args=(number / 200,)) for number in range(4)]
    for thread in busy:
        thread.start()
    time.sleep(0.1)
    alone = threading.Event()

    def sweep() -> None:
        with store.alone():
            alone.set()

    waiting = threading.Thread(target=sweep)
    waiting.start()
    try:
        assert alone.wait(10)
    finally:
        done.set()
        for thread in (*busy, waiting):
            thread.join()
