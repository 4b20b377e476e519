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
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.mime import Unreadable, read_letter

MAX_SECONDS = 2.0
MAX_MEMORY_KB = 64 * 1024
HEADER = b"From: a@b.vn\r\nTo: c@d.vn\r\nSubject: x\r\nMessage-ID: <h@b.vn>\r\n"


def nested_multiparts(count: int) -> bytes:
    opened = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(count))
    closed = b"".join(b"\r\n--b%d--\r\n" % n for n in reversed(range(count)))
    return HEADER + opened + b"Content-Type: text/plain\r\n\r\nend\r\n" + closed


def many_parts(count: int, part: bytes) -> bytes:
    return HEADER + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + (b"--x\r\n" + part) * count + b"--x--\r\n"


def disposition(parameters: bytes) -> bytes:
    return (
        HEADER + b"Content-Type: application/pdf\r\nContent-Disposition: attachment" + parameters + b"\r\n\r\n%PDF-1.4"
    )


def html(markup: bytes) -> bytes:
    return HEADER + b"Content-Type: text/html\r\n\r\n" + markup


HOSTILE: dict[str, bytes] = {
    "brackets in To": b"To: " + b"(" * 500 + b"<" * 500 + b"\r\n" + HEADER + b"\r\nx",
    "a To of brackets and quotes": b"To: " + b'("<' * 60_000 + b"\r\n" + HEADER + b"\r\nx",
    "a To of commas": b"To: " + b"," * 250_000 + b"\r\n" + HEADER + b"\r\nx",
    "a To of crooked addresses": b"To: " + b'"a" b c <x y@z>>, ' * 10_000 + b"\r\n" + HEADER + b"\r\nx",
    "a name of blanks": b"To: a" + b" " * 200_000 + b"b <c@d>\r\n" + HEADER + b"\r\nx",
    "1,000 nested multiparts": nested_multiparts(1_000),
    "20,000 parts": many_parts(20_000, b"Content-Type: text/plain\r\n\r\na\r\n"),
    "20,000 parts without a blank line": many_parts(20_000, b"X-A: b\r\n"),
    "20,000 files": many_parts(20_000, b"Content-Disposition: attachment; filename=a.bin\r\n\r\nA\r\n"),
    "300 nested mails": HEADER + b"Content-Type: message/rfc822\r\n\r\nSubject: l\r\n" * 300 + b"\r\nend",
    "nested mails around a large body": HEADER
    + b"Content-Type: message/rfc822\r\n\r\nSubject: l\r\n" * 90
    + b"\r\n"
    + b"x" * 6_000_000,
    "an endless boundary hunt": HEADER + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--y\r\n" * 1_500_000,
    "no Message-ID worth the name": b"From: a@b.vn\r\nMessage-ID: <<<>\r\n\r\nx",
    "an unknown charset": HEADER + b"Content-Type: text/plain; charset=klingon\r\n\r\n\xff\xfe",
    "a charset that is none": HEADER + b"Content-Type: text/plain; charset=idna\r\n\r\n" + b"\xe1" * 300_000,
    "an encoded CR LF in From": b"From: =?utf-8?Q?a=0D=0ABcc:_x@y?= <a@b.vn>\r\n\r\nx",
    "8-bit quoted-printable": HEADER + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n\xe1=\xe1=4\xff=" * 9_000,
    "quoted-printable without a line end": HEADER
    + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    + b"=41" * 2_000_000,
    "a 2 MB header": HEADER + b"X-Big: " + b"a" * 2_000_000 + b"\r\nContent-Type: text/plain\r\n\r\nx",
    "100,000 header fields": HEADER + b"X-A: b\r\n" * 100_000 + b"\r\nx",
    "100,000 folded lines": HEADER + b"X-A: b\r\n" + b" c\r\n" * 100_000 + b"\r\nx",
    "a subject of encoded words": b"Subject: " + b"=?utf-8?Q?=C3?= " * 15_000 + b"\r\n" + HEADER + b"\r\nx",
    "a subject of unclosed words": b"Subject: " + b"=?a?b?" * 40_000 + b"\r\n" + HEADER + b"\r\nx",
    "RFC 2231 by the thousand": disposition(b"".join(b";\r\n filename*%d=a" % n for n in range(20_000))),
    "parameters of semicolons": disposition(b";" * 60_000),
    "parameters of quotes": disposition(b';a="\\' * 15_000),
    "base64 with rubbish": HEADER + b"Content-Transfer-Encoding: base64\r\n\r\nJVBE*&^%\r\n!!!!\r\nA",
    "base64 without line ends": HEADER + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"QUJD" * 2_000_000,
    "base64 of padding": HEADER + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"====" * 1_000_000,
    "uuencode of rubbish": HEADER
    + b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\n"
    + b"\xff\n" * 90_000,
    "no headers": b"Kinh gui quy co quan.\r\n",
    "only line ends": b"\r\n" * 500_000,
    "no body": HEADER,
    "NUL bytes": HEADER + b"X-Nul: \x00\r\n\r\n" + b"\x00" * 100_000,
    "bare CR": HEADER.replace(b"\r\n", b"\r") + b"\rbody\rline",
    "bare CR and LF": b"From: a@b.vn\nSubject: bare\rLF\n\nbody\rline",
    "unclosed comments": html(b"<!--" * 200_000),
    "unclosed tags": html(b"<a " * 300_000),
    "endless numbers": html(b"&#" + b"9" * 500_000 + b";"),
    "blanks without end": html(b" " * 900_000 + b"x"),
    "tabs in a plain text": HEADER + b"\r\n" + b"\t" * 900_000 + b"x",
    "a bounce of arrows": b"From: MAILER-DAEMON@b.vn\r\nSubject: failure notice\r\n\r\n" + b"> \n>*-|\n" * 50_000,
    "a bounce of addresses": b"From: MAILER-DAEMON@b.vn\r\nSubject: failure notice\r\n\r\n"
    + b"<a@b.vn> 550\n" * 50_000,
    "a winmail file of lies": HEADER
    + b"Content-Type: application/ms-tnef\r\n\r\n\x78\x9f\x3e\x22\0\0"
    + b"\x02\x05\x90\0\0\x40\0\0\0\xff\xff\xff\xff" * 9,
}


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
    assert time.process_time() - start < MAX_SECONDS
    assert letter.raw_sha256 == hashlib.sha256(raw).hexdigest()
    assert {path.parent for path in folder.rglob("*")} <= {folder}
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
