"""Mails that stop naive readers: each gives a letter, in little time and memory."""

import base64
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from counts import times
from hostile_mails import HEADER, HOSTILE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.describe import read_opened
from ingest.letter import Outcome
from ingest.mime import Unreadable, read_letter

MAX_SECONDS = 2.0
MAX_MEMORY_KB = 64 * 1024


@pytest.fixture
def spool() -> Iterator[Path]:
    """A folder in memory, as letters are read from: on a disk 10,000 small files alone take seconds."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        yield Path(folder)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_mail_gives_a_letter_in_time(spool: Path, name: str) -> None:
    raw = HOSTILE[name]
    mail, folder = spool / "mail.eml", spool / "parts"
    mail.write_bytes(raw)
    folder.mkdir()
    start = time.process_time()
    letter = read_letter(mail, folder)
    written = {path.parent for path in folder.rglob("*")}
    reading = read_opened(letter, folder)  # screened too
    assert time.process_time() - start < MAX_SECONDS
    assert reading.outcome in (Outcome.HOLD, Outcome.DRAFT, Outcome.REPORT)
    assert letter.raw_sha256 == hashlib.sha256(raw).hexdigest()
    assert written <= {folder}
    for file in letter.attachments:
        assert file.path is not None
        assert hashlib.sha256(file.path.read_bytes()).hexdigest() == file.sha256


@pytest.mark.parametrize(
    ("name", "warning"),
    [
        ("1,000 nested multiparts", "too_deep"),
        ("20,000 parts", "too_many_parts"),
        ("a 2 MB header", "header_too_large"),
        ("100,000 header fields", "header_too_large"),
        ("an endless boundary hunt", "too_many_dashed_lines"),
        ("base64 with rubbish", "damaged_base64"),
    ],
)
def test_what_was_cut_or_damaged_is_said(tmp_path: Path, name: str, warning: str) -> None:
    mail = tmp_path / "mail.eml"
    mail.write_bytes(HOSTILE[name])
    letter = read_letter(mail, None)
    assert warning in letter.warnings + tuple(note for file in letter.attachments for note in file.warnings)


def test_a_multipart_without_its_boundary_is_still_read(tmp_path: Path) -> None:
    mail = tmp_path / "mail.eml"
    part = b"--real\r\nContent-Type: text/plain\r\n\r\nxin chao\r\n"
    part += b"--real\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nA\r\n--real--\r\n"
    for declared in (b"", b"; boundary=wrong"):
        mail.write_bytes(HEADER + b"Content-Type: multipart/mixed" + declared + b"\r\n\r\n" + part)
        letter = read_letter(mail, None)
        assert (letter.text, [file.name for file in letter.attachments]) == ("xin chao", ["a.txt"])
    mail.write_bytes(HEADER + b"Content-Type: multipart/mixed\r\n\r\nkhong co boundary")
    assert read_letter(mail, None).text == "khong co boundary"


_MEASURE = """
import json, sys, threading, time
from pathlib import Path
from ingest.mime import read_letter

def anonymous_kb():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("RssAnon"))

def measured(path, folder):
    before, seen, done = anonymous_kb(), [], threading.Event()
    def watch():
        while not done.is_set():
            seen.append(anonymous_kb())
            time.sleep(0.002)
    watcher = threading.Thread(target=watch)
    watcher.start()
    files = [file.sha256 for file in read_letter(Path(path), folder).attachments]
    done.set()
    watcher.join()
    return [max(seen) - before, files]

sys.setswitchinterval(0.001)
folder = Path(sys.argv[1]) if sys.argv[1] else None
print(json.dumps([measured(path, folder) for path in sys.argv[2:]]))
"""


def _measured(folder: Path | None, mails: list[Path]) -> list[tuple[int, list[str]]]:
    """For each mail, read in one fresh process: the peak of anonymous memory in kB above what stood before,
    and the digests of its files."""
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, str(folder or ""), *map(str, mails)],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        text=True,
    )
    return [(int(peak), list(files)) for peak, files in json.loads(done.stdout)]


def test_a_100_mb_mail_costs_a_few_mb_of_memory(spool: Path) -> None:
    data = bytes(range(256)) * 4 * 57  # whole base64 lines: 57 bytes become 76 letters
    lines = base64.encodebytes(data).replace(b"\n", b"\r\n")
    digest = hashlib.sha256()
    mail = spool / "large.eml"
    with mail.open("wb") as file:
        file.write(HEADER + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n")
        file.write(b"Content-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n")
        while file.tell() < 100_000_000:
            file.write(lines)
            digest.update(data)
        file.write(b"--x--\r\n")
    folder = spool / "parts"
    folder.mkdir()
    ((peak_kb, files),) = _measured(folder, [mail])
    assert files == [digest.hexdigest()]
    assert peak_kb < 6 * 1024


def test_no_hostile_mail_costs_more_than_64_mb(tmp_path: Path) -> None:
    mails = [tmp_path / f"{number}.eml" for number in range(len(HOSTILE))]
    for mail, raw in zip(mails, HOSTILE.values(), strict=True):
        mail.write_bytes(raw)
    peaks = dict(zip(HOSTILE, (peak for peak, _ in _measured(None, mails)), strict=True))
    assert {name: kb for name, kb in peaks.items() if kb > MAX_MEMORY_KB} == {}


_PIECES = st.sampled_from(
    [
        b"\r\n", b"\n", b"\r", b"--x", b"--x--", b"--", b":", b";", b'"', b"=?utf-8?B?", b"?=", b"=?", b"<", b">",
        b"(", b"@",
        b"Content-Type: multipart/mixed; boundary=x\r\n", b"Content-Type: message/rfc822\r\n", b"From: ", b"Subject: ",
        b"Content-Transfer-Encoding: base64\r\n", b"Content-Transfer-Encoding: quoted-printable\r\n",
        b"Content-Type: message/delivery-status\r\n", b"Final-Recipient: rfc822; a@b.vn\r\n", b"MAILER-DAEMON@b.vn\r\n",
        b"Content-Disposition: attachment; filename*0*=utf-8''a%", b"\x00", b"\xff", b"\xc3\xa1", b" ", b"\t", b"=",
        b"A",
        b"Content-Transfer-Encoding: x-uuencode\r\n", b"begin 644 a\r\n", b"\x78\x9f\x3e\x22",
        b"Content-Type: text/html\r\n",
    ]
)  # fmt: skip


@pytest.mark.torture
@settings(
    max_examples=times(300, 1000, 20_000),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.one_of(st.binary(max_size=400), st.lists(_PIECES, max_size=60).map(b"".join)))
def test_any_bytes_give_a_letter_or_are_unreadable(tmp_path: Path, raw: bytes) -> None:
    mail = tmp_path / "mail.eml"
    mail.write_bytes(raw)
    try:
        letter = read_letter(mail, None)
    except Unreadable:
        assert raw == b""
        return
    assert (letter.raw_sha256, letter.raw_size) == (hashlib.sha256(raw).hexdigest(), len(raw))
    for shown in (letter.subject, letter.text, *(file.name for file in letter.attachments)):
        shown.encode()  # no half of a surrogate pair, which no database takes
    assert not any("/" in file.name or "\n" in file.name or not file.name for file in letter.attachments)
