"""edXML packages that are large or hostile: what they cost, and what is read of them all the same."""

import os
import time
from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from exchange_packages import Made, Part, header, package
from hostile_packages import hostile_packages

from core.sandbox import Limits, Sandbox
from ingest.describe import read_raw_letter
from ingest.letter import Attachment, Outcome, Reading

FILE_BYTES = 50 << 20  # what the gateways let pass at most (DOMAIN §3.4 number 9)
MAX_SECONDS, MAX_MEMORY_KB = 15.0, 48 * 1024
_BLOCK = 9 << 18
PACKAGES = cache(hostile_packages)
NEW = Made(parts=[Part("63.pdf")])


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Sandbox]:
    """The child in which intake reads."""
    sandbox = Sandbox(Limits(60, 512 << 20), tmp_path, ["ingest.describe"])
    yield sandbox
    sandbox.close()


def memory_kb(pid: int | None, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


def write_letter(path: Path, start: str, end: str) -> None:
    """A mail with one package: `start`, then a file of 50 MB in base64, then `end`; all in base64 once more."""
    mail = "From: vanthu@syt.lamdong.gov.vn\r\nSubject: Gui van ban\r\nMIME-Version: 1.0\r\nContent-Type: "
    mail += 'multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/xml; name="goi.edxml"\r\n'
    mail += "Content-Transfer-Encoding: base64\r\n\r\n"
    # So long that neither base64 ends in padding: 9 bytes make 12 letters, those 16.
    block = b64encode(b"%PDF-1.4" + os.urandom(_BLOCK - 8))
    with path.open("wb") as file:
        file.write(mail.encode())
        text = start.encode()
        file.write(b64encode(text + b" " * (-len(text) % 3)) + b"\r\n")
        for _ in range(FILE_BYTES // _BLOCK + 1):
            file.write(b64encode(block) + b"\r\n")
        file.write(b64encode(end.encode()) + b"\r\n--b--\r\n")


def read(reader: Sandbox, folder: Path, start: str, end: str) -> Reading:
    """Read it in the child; asserts that it cost little."""
    raw, parts = folder / "mail.eml", folder / "parts"
    write_letter(raw, start, end)
    parts.mkdir()
    reader.call("ingest.describe:read_raw_letter", _small(folder), _empty(folder))  # loads what reads
    pid = reader.pid
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    before, begun = memory_kb(pid, "VmRSS"), time.monotonic()
    reading = reader.call("ingest.describe:read_raw_letter", raw, parts)
    assert time.monotonic() - begun < MAX_SECONDS
    assert memory_kb(pid, "VmHWM") - before < MAX_MEMORY_KB
    assert isinstance(reading, Reading)
    return reading


def _small(folder: Path) -> Path:
    path = folder / "small.eml"
    path.write_bytes(b"From: a@b.vn\r\nSubject: x\r\n\r\nx\r\n")
    return path


def _empty(folder: Path) -> Path:
    (folder / "none").mkdir()
    return folder / "none"


@pytest.mark.parametrize("is_behind", [False, True])
def test_a_file_of_50_mb_is_taken_out_in_flat_memory_wherever_the_header_stands(
    reader: Sandbox, tmp_path: Path, is_behind: bool
) -> None:
    before, after = package(NEW).split("JVBERi0xLjQgeA==")
    if is_behind:
        said = header(NEW)
        before, after = before.replace(said, ""), after.replace("</edXML>", f"{said}</edXML>")
    reading = read(reader, tmp_path, before, after)
    (made,) = reading.drafts
    assert reading.letter is not None
    files = reading.letter.attachments
    assert [(file.name, file.size >= FILE_BYTES, file.inside) for file in files] == [
        ("goi.edxml", True, ""), ("63.pdf", True, "goi.edxml"),
    ]  # fmt: skip
    assert (made.main, made.fields["code"].value, made.fields["code"].source) == (1, "63/SMA-VP", "edxml")


def test_secrecy_is_found_amid_large_files(reader: Sandbox, tmp_path: Path) -> None:
    before, after = package(NEW).split("JVBERi0xLjQgeA==")
    many = "".join(f"<Attachment><AttachmentName>{n}.pdf</AttachmentName></Attachment>" for n in range(2_000))
    after = after.replace("</AttachmentEncoded>", f"{many}<Secrecy>Tối mật</Secrecy>{many}</AttachmentEncoded>")
    reading = read(reader, tmp_path, before, after)
    assert (reading.outcome, reading.is_secret, reading.letter) == (Outcome.EXCLUDE, True, None)


def test_secrecy_in_a_header_amid_thousands_of_small_files_is_found(tmp_path: Path) -> None:
    filler = "".join(
        f"<Attachment><AttachmentName>{n}</AttachmentName><ContentTransferEncoded>{'QUFB' * 3_000}"
        "</ContentTransferEncoded></Attachment>" for n in range(900)
    )  # fmt: skip
    said = header(Made(more="<SecurityLevel>2</SecurityLevel>"))
    assert read_text(tmp_path, f"<edXML>{filler}{said}{filler}</edXML>").is_secret


def read_text(folder: Path, text: str | bytes) -> Reading:
    data = text.encode() if isinstance(text, str) else text
    mail = b"From: a@syt.lamdong.gov.vn\r\nSubject: x\r\nContent-Type: application/xml\r\n"
    mail += b'Content-Disposition: attachment; filename="goi.edxml"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    (folder / "mail.eml").write_bytes(mail + b64encode(data))
    (folder / "parts").mkdir()
    return read_raw_letter(folder / "mail.eml", folder / "parts")


def said(reading: Reading) -> tuple[str, str]:
    fields = reading.drafts[0].fields
    return fields["code"].value, fields["signer_name"].value


@pytest.mark.parametrize("name", [
    "entities numbers.edxml", "crowd of headers.edxml", "crowd of references.edxml", "crowd of comments.edxml",
    "crowd of sections.edxml", "no namespace.edxml", "unbound prefixes.edxml", "in utf-16.edxml", "wrong charset.edxml",
    "latin.edxml", "many zeros.edxml", "two roots.edxml", "names that are paths.edxml", "broken base64.edxml",
    "padded base64.edxml", "cut.edxml", "long text.edxml", "long file name.edxml",
])  # fmt: skip
def test_what_a_hostile_package_says_plainly_is_read(tmp_path: Path, name: str) -> None:
    data = PACKAGES()[name]
    assert said(read_text(tmp_path, data)) == ("63/SMA-VP", "Nguyễn Văn Mẫu")


@pytest.mark.parametrize(
    ("name", "rule"),
    [("bomb within.edxml", "archive_limits"), ("bomb of packages.edxml", "archive_limits"),
     ("crowd of files.edxml", "too_many_files"), ("locked within.edxml", "locked_archive")],
)  # fmt: skip
def test_a_package_that_goes_too_far_is_held(tmp_path: Path, name: str, rule: str) -> None:
    reading = read_text(tmp_path, PACKAGES()[name])
    assert (reading.outcome, reading.reasons[0].rule) == (Outcome.HOLD, rule)


@pytest.mark.parametrize("name", ["entities laughs.edxml", "entities file.edxml", "entities subset.edxml"])
def test_of_a_package_with_a_dtd_nothing_is_taken(tmp_path: Path, name: str) -> None:
    reading = read_text(tmp_path, PACKAGES()[name])
    assert (reading.outcome, dict(reading.drafts[0].fields)) == (Outcome.DRAFT, {})


def test_a_message_of_thousands_of_recalls_makes_few_notices(tmp_path: Path) -> None:
    reading = read_text(tmp_path, PACKAGES()["crowd of recalls.edxml"])
    assert reading.letter is not None
    assert (reading.outcome, len(reading.letter.notices)) == (Outcome.REPORT, 20)


def test_cut_at_every_200th_byte_nothing_breaks_and_nothing_is_invented(tmp_path: Path) -> None:
    data = package(Made(parts=[Part("63.pdf"), Part("pl.pdf")])).encode()
    whole = {"63/SMA-VP", "63", "SMA-VP", "2026-06-04", "Sở Mẫu A", "UBND tỉnh Mẫu", "Công văn", "PHÓ GIÁM ĐỐC", "khan",
             "góp ý dự thảo quy chế mẫu", "Nguyễn Văn Mẫu", "2026-06-15", "2", "Sở Khoa học và Công nghệ"}  # fmt: skip
    for cut in range(0, len(data), 200):
        folder = tmp_path / str(cut)
        folder.mkdir()
        reading = read_text(folder, data[:cut])
        assert reading.outcome in (Outcome.DRAFT, Outcome.HOLD)
        read = [evidence.value for made in reading.drafts for evidence in made.fields.values()]
        assert set(read) <= whole
        assert reading.letter is not None
        assert all(_is_noted(file, reading) for file in reading.letter.attachments if file.inside)


def _is_noted(file: Attachment, reading: Reading) -> bool:
    return any(f"damaged_package:{file.inside}" in made.notes for made in reading.drafts)
