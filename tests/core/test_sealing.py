"""Promise 3: what is held is sealed, and only its own key opens it."""

import os
from pathlib import Path

import pytest

from core import sealing
from core.errors import Permanent


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "thu.eml"
    path.write_bytes(b"KHOA-BI-MAT" * 100_000)
    return path


@pytest.mark.parametrize("size", [0, 1, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 700_000])
def test_a_sealed_letter_opens_byte_for_byte(tmp_path: Path, size: int) -> None:
    path, sealed, opened = (tmp_path / name for name in ("thu.eml", "sealed", "opened"))
    path.write_bytes(os.urandom(size))
    content, key = sealing.seal(path, sealed)
    assert content.size == sealed.stat().st_size
    sealing.unseal(sealed, key, opened)
    assert opened.read_bytes() == path.read_bytes()


def test_nothing_of_the_letter_can_be_read_from_the_seal(tmp_path: Path, letter: Path) -> None:
    sealing.seal(letter, tmp_path / "sealed")
    assert b"KHOA" not in (tmp_path / "sealed").read_bytes()


@pytest.mark.parametrize("fault", ["cut", "bit", "swapped", "other key"])
def test_a_damaged_seal_is_refused_in_words(tmp_path: Path, letter: Path, fault: str) -> None:
    path, chunk = tmp_path / "sealed", 256 * 1024 + 16
    _, key = sealing.seal(letter, path)
    data = bytearray(path.read_bytes())
    if fault == "cut":
        data = data[: 2 * chunk]  # at the edge of a window: only the mark on the last one tells
    elif fault == "bit":
        data[chunk + 5] ^= 1
    elif fault == "swapped":
        data[:chunk], data[chunk : 2 * chunk] = data[chunk : 2 * chunk], data[:chunk]
    else:
        key = os.urandom(32)
    path.write_bytes(data)
    with pytest.raises(Permanent, match="hỏng"):
        sealing.unseal(path, key, tmp_path / "opened")


def test_a_mark_knows_a_letter_again_but_not_without_the_key(tmp_path: Path) -> None:
    first, second = os.urandom(32), os.urandom(32)
    assert sealing.mark(first, "abc") == sealing.mark(first, "abc")
    assert sealing.mark(first, "abc") != sealing.mark(second, "abc")
    assert sealing.mark(first, "abc") != sealing.mark(first, "abd")


def test_the_key_for_marks_is_made_once(tmp_path: Path) -> None:
    key = sealing.mark_key(tmp_path / "mark.key")
    assert len(key) == 32
    assert sealing.mark_key(tmp_path / "mark.key") == key
    assert (tmp_path / "mark.key").stat().st_mode & 0o777 == 0o600
