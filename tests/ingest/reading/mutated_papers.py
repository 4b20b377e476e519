"""Documents of all kinds, damaged at random from a seed, and pages of words changed likewise: run as a program in a
process of its own, `mutated_papers.py FOLDER FIRST COUNT`, it reads the sound ones in FOLDER and prints what it saw of
their damaged kin as one JSON object."""

import contextlib
import io
import json
import random
import sys
import tempfile
import time
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from core.notation import find_codes, parse_code, parse_date
from core.text import normal, repair
from ingest.letter import Page, Word
from ingest.mime import sniff
from ingest.reading import Scans, Unreadable, read_fields
from ingest.reading.attached import goes_with, second_document
from ingest.screening import secret_on

_TOKENS = (
    "Số:", "số", "/QĐ-", "-", "/", "63/QĐ-SKHCN", "ngày", "tháng", "năm", "31/02/2026", "CỘNG", "HÒA", "ĐẢNG", "Nơi",
    "nhận:", "TM.", "KT.", "GIÁM ĐỐC", "MẬT", "ĐẾN", "V/v", "Kính", "gửi:", "Điều 1.", "BÊN A", "CHỦ TỌA", "9" * 400,
    "Ａ", "ﷺ", "a\u0301\u0323" * 200, "\u202e", "\x00", "\ud7ff", "§éc", "Coäng", "", " ", "_" * 300, "….", "(", "²",
    "١٢", "Ω" * 50,
)  # fmt: skip
_BYTES = (
    b"\0", b"\xff", b"<", b">", b"/", b"(", b")", b"endobj", b"stream", b"obj<<", b"PK\x03\x04", b"{\\rtf", b"\\bin9 ",
    b"<w:t>", b"</w:p>", b"&amp;", b"9" * 60, b"[[", b"<<" * 99, b"\\'e1",
)  # fmt: skip
_LETTERS = (0x301, 0x20, 0x1EA5, 0x2F, 0x39, 0x202E)


def damaged(chance: random.Random, data: bytes) -> bytes:
    """`data` changed at one to eight places, or, of a zip, what one of its members holds."""
    if data.startswith(b"PK") and chance.random() < 0.8:
        return _damaged_within(chance, data)
    changed = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(changed) + 1)
        how = chance.random()
        if how < 0.45:
            changed[at : at + 1] = bytes([chance.randrange(256)])
        elif how < 0.7:
            changed[at:at] = chance.choice(_BYTES) * chance.choice((1, 1, 1, 40))
        elif how < 0.9:
            del changed[at : at + chance.choice((1, 3, 50, 4000))]
        else:
            changed[at:at] = changed[: chance.choice((20, 500, 5000))]
    return bytes(changed)


def _damaged_within(chance: random.Random, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        struck = chance.choice([name for name in names if "document" in name or "content" in name] or names)
        for name in names:
            member = old.read(name)
            new.writestr(zipfile.ZipInfo(name), damaged(chance, member) if name == struck else member)
    return out.getvalue()


def changed(chance: random.Random, words: Sequence[Word]) -> tuple[Word, ...]:
    """`words` with some of their texts, places and their order changed."""
    out = list(words)
    for _ in range(chance.randint(1, 30)):
        at = chance.randrange(len(out)) if out else 0
        how = chance.random()
        if not out or how < 0.15:
            x0, y0, x1, y1 = (chance.uniform(-0.1, 1.1) for _ in range(4))
            out.insert(at, Word(chance.choice(_TOKENS), x0, y0, x1, y1, chance.random()))
        elif how < 0.5:
            out[at] = replace(out[at], text=chance.choice(_TOKENS))
        elif how < 0.65:
            letters = list(out[at].text)
            letters.insert(chance.randint(0, len(letters)), chr(chance.choice(_LETTERS)))
            out[at] = replace(out[at], text="".join(letters))
        elif how < 0.8:
            out[at] = replace(out[at], x0=out[at].x0 + chance.uniform(-0.3, 0.3), y0=chance.choice((0, 1, out[at].y1)))
        elif how < 0.9:
            del out[at : at + chance.randint(1, 40)]
        else:
            other = chance.randrange(len(out))
            out[at], out[other] = out[other], out[at]
    return tuple(out)


def _read(pages: Sequence[Page]) -> None:
    fields = read_fields(pages)
    goes_with(pages), second_document(pages)
    for page in pages:
        secret_on(page, "12.pdf", is_first=page.number == 1)
    for found in fields.values():
        assert found.value and 0 <= found.confidence <= 1, found
    texts = [" ".join(word.text for word in page.words) for page in pages]
    for text in texts:
        parse_code(text), parse_date(text), find_codes(text), normal(repair(text))


def _one(seed: int, sources: Sequence[Path], folder: Path) -> None:
    chance = random.Random(seed)
    source = chance.choice(sources)
    if seed % 2:
        is_seen = chance.random() < 0.3
        _read([replace(page, words=changed(chance, page.words), is_seen=is_seen) for page in _pages(source)])
        return
    path = folder / source.name
    path.write_bytes(damaged(chance, source.read_bytes()))
    with path.open("rb") as file:
        head = file.read(sniff.HEAD_BYTES)
    with contextlib.suppress(Unreadable):
        # Without time for pictures: those are tesseract's to read, and have a limit of their own.
        _read(Scans(0).read(path, sniff.media_type(head, b"", source.name, "")))


@cache
def _pages(path: Path) -> tuple[Page, ...]:
    data = path.read_bytes()
    return Scans(0).read(path, sniff.media_type(data[: sniff.HEAD_BYTES], data[-sniff.HEAD_BYTES :], path.name, ""))


def main(home: Path, first: int, count: int) -> dict[str, object]:
    """Read those of the seeds from `first` on; say how many, the slowest, and what was wrong by seed."""
    sources = sorted(home.iterdir())
    slowest, faults = (0.0, 0), {}
    with tempfile.TemporaryDirectory() as name:
        for seed in range(first, first + count):
            start = time.process_time()
            try:
                _one(seed, sources, Path(name))
            except Exception as error:  # each by itself: the seed is what is needed to see it again
                faults[seed] = f"{type(error).__name__}: {error}"[:300]
            slowest = max(slowest, (time.process_time() - start, seed))
    return {"count": count, "seconds": slowest[0], "slowest": slowest[1], "faults": faults}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
