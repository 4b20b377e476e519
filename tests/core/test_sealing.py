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
    path = tmp_path / "thu.eml"
    path.write_bytes(os.urandom(size))
    name, key = sealing.seal(path, tmp_path / "sealed")
    assert b"".join(sealing.unseal(tmp_path / "sealed" / name, key)) == path.read_bytes()


def test_nothing_of_the_letter_can_be_read_on_disk(tmp_path: Path, letter: Path) -> None:
    name, _ = sealing.seal(letter, tmp_path / "sealed")
    assert b"KHOA" not in (tmp_path / "sealed" / name).read_bytes()
    assert [path.name for path in (tmp_path / "sealed").iterdir()] == [name]


@pytest.mark.parametrize("fault", ["cut", "bit", "swapped", "other key"])
def test_a_damaged_seal_is_refused_in_words(tmp_path: Path, letter: Path, fault: str) -> None:
    name, key = sealing.seal(letter, tmp_path / "sealed")
    path = tmp_path / "sealed" / name
    data, chunk = bytearray(path.read_bytes()), 256 * 1024 + 16
    if fault == "cut":
        data = data[: 2 * chunk]  # at the edge of a chunk: only the mark on the last one tells
    elif fault == "bit":
        data[chunk + 5] ^= 1
    elif fault == "swapped":
        data[:chunk], data[chunk : 2 * chunk] = data[chunk : 2 * chunk], data[:chunk]
    else:
        key = os.urandom(32)
    path.write_bytes(data)
    with pytest.raises(Permanent, match="niêm phong"):
        b"".join(sealing.unseal(path, key))


def test_a_mark_knows_a_letter_again_but_not_without_the_key() -> None:
    first, second = os.urandom(32), os.urandom(32)
    assert sealing.mark(first, "abc") == sealing.mark(first, "abc")
    assert sealing.mark(first, "abc") != sealing.mark(second, "abc")
    assert sealing.mark(first, "abc") != sealing.mark(first, "abd")
