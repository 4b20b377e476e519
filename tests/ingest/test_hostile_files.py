"""Letters with hostile files: held or drafted, in little time and memory, nothing written outside their place."""

import io
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hostile_letters import hostile_letters, letter_with
from PIL import Image

from core.sandbox import Limits, Sandbox
from ingest.letter import Outcome, Reading

MAX_SECONDS = 2.0
MAX_MEMORY_KB = 64 * 1024
_TICKS = os.sysconf("SC_CLK_TCK")
LETTERS = cache(hostile_letters)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The child in which intake reads, with a short limit: nothing here may need more."""
    sandbox = Sandbox(Limits(20, 512 << 20), tmp_path_factory.mktemp("child"), ["ingest.describe"])
    yield sandbox
    sandbox.close()


def processor_seconds(pid: int) -> float:
    """Of a process and its children, those that have ended too."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(map(int, fields[11:15])) / _TICKS + sum(processor_seconds(int(child)) for child in children)


def memory_kb(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


def read(reader: Sandbox, place: Path, raw: bytes) -> Reading:
    place.mkdir()
    (place / "parts").mkdir()
    (place / "mail.eml").write_bytes(raw)
    reading = reader.call("ingest.describe:read_raw_letter", place / "mail.eml", place / "parts")
    assert isinstance(reading, Reading)
    assert (place / "mail.eml").read_bytes() == raw
    return reading


WARM: set[int | None] = set()  # processes that have loaded what reads pictures


def warmed(reader: Sandbox, place: Path) -> int:
    """The process that reads, once it has loaded what reads pictures too."""
    if reader.pid is None or reader.pid not in WARM:
        read(reader, place, letter_with("a.png", blank_picture()))
        WARM.add(reader.pid)
    assert reader.pid is not None
    return reader.pid


@cache
def blank_picture() -> bytes:
    out = io.BytesIO()
    Image.new("L", (827, 1169), 255).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("name", LETTERS())
def test_a_hostile_file_costs_little_and_the_letter_behind_is_read(reader: Sandbox, tmp_path: Path, name: str) -> None:
    pid = warmed(reader, tmp_path / "warm")
    Path(f"/proc/{pid}/clear_refs").write_text("5")  # begin the high-water mark anew
    memory, seconds = memory_kb(pid, "VmRSS"), processor_seconds(pid)
    reading = read(reader, tmp_path / "letter", LETTERS()[name])
    assert reader.pid == pid  # nobody had to be killed
    assert processor_seconds(pid) - seconds < MAX_SECONDS
    assert memory_kb(pid, "VmHWM") - memory < MAX_MEMORY_KB
    assert reading.letter is not None
    # Reports and automatic replies are among the mails of others; none is kept out as a secret.
    assert reading.outcome is not Outcome.EXCLUDE
    assert reading.outcome is not Outcome.DRAFT or len(reading.drafts) > 0
    assert "root:" not in repr(reading)
    for file in reading.letter.attachments:
        assert not set("/\\\0\u202e\n") & set(file.name)
    written = [path for path in tmp_path.rglob("*") if not path.is_dir()]
    assert {path.relative_to(tmp_path).parts[0] for path in written} - {"warm"} == {"letter"}
    parents = {path.parent.name for path in written if path.name != "mail.eml"}
    assert {name for name in parents if not re.fullmatch(r"mail-\d+", name)} <= {"parts", "unpacked", "embedded"}
    assert not [path for path in written if path.is_symlink()]
    seconds = processor_seconds(pid)
    behind = read(reader, tmp_path / "behind", letter_with("cong van.pdf", b"%PDF-1.4"))
    assert (behind.outcome, reader.pid) == (Outcome.DRAFT, pid)
    assert processor_seconds(pid) - seconds < MAX_SECONDS


@pytest.mark.parametrize(
    ("name", "notes"),
    [
        ("forms.pdf", {"too_large_inside"}), ("images.pdf", {"stamp_unread"}), ("stamped.pdf", {"stamp_unread"}),
        ("annotations.pdf", {"too_large_inside"}), ("attributes.docx", {"damaged"}),
        # It takes ever more time and room; which ends first is the machine's to say.
        ("form in itself.pdf", {"too_slow", "too_large_inside"}),
    ],
)  # fmt: skip
def test_what_could_not_be_read_of_a_hostile_file_is_noted(
    reader: Sandbox, tmp_path: Path, name: str, notes: set[str]
) -> None:
    reading = read(reader, tmp_path / "letter", LETTERS()[name])
    assert reading.outcome is Outcome.DRAFT
    assert notes & set(reading.drafts[0].notes)
