"""Files that PDFs carry: taken out and screened, never at any price."""

import resource
import zlib
from pathlib import Path

import pytest

from ingest.describe import describe
from ingest.letter import Attachment
from ingest.reading.pdf import pdf_pages
from ingest.reading.pdf_files import with_embedded
from ingest.reading.unreadable import Unreadable


def carrying(path: Path, name: str, data: bytes) -> Path:
    """A PDF of one page that carries a packed file (ISO 32000-1 7.11.4)."""
    packed = zlib.compress(data, 9)
    objects = (
        b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(%b) 4 0 R]>>>>>>" % name.encode(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
        b"<</Type/Filespec/F(%b)/EF<</F 5 0 R>>>>" % name.encode(),
        b"<</Type/EmbeddedFile/Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (len(packed), packed),
    )
    body = b"".join(b"%d 0 obj%b endobj\n" % (number, one) for number, one in enumerate(objects, 1))
    path.write_bytes(b"%PDF-1.7\n" + body + b"trailer<</Root 1 0 R>>\n%%EOF\n")
    return path


def test_a_file_within_a_pdf_stands_among_the_files_and_is_screened(tmp_path: Path) -> None:
    for text, outcome in (("TỐI MẬT\nKính gửi: Các phòng", "exclude"), ("Kính gửi: Các phòng", "draft")):
        (said,) = describe(carrying(tmp_path / "a.pdf", "phu luc.txt", text.encode()))
        assert said["outcome"] == outcome, said["reasons"]


def test_an_endless_file_within_a_pdf_costs_little(tmp_path: Path) -> None:
    path = carrying(tmp_path / "a.pdf", "bom.bin", bytes(400 << 20))
    held = Attachment("a.pdf", 1, "0" * 64, "application/pdf", "", path, warnings=("pdf_files",))
    damaged = tmp_path / "b.pdf"
    damaged.write_bytes(b"%PDF-1.7")
    with pytest.raises(Unreadable):  # the next file gets a fork of its own, whose time is counted at its end
        pdf_pages(damaged)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert with_embedded([held], tmp_path) == (held,)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 2


def test_small_files_come_out_under_names_that_are_safe(tmp_path: Path) -> None:
    path = carrying(tmp_path / "a.pdf", "../../etc/a\x01.txt", b"x")
    held = Attachment("a.pdf", 1, "0" * 64, "application/pdf", "", path, warnings=("pdf_files",))
    _, inner = with_embedded([held], tmp_path)
    assert (inner.name, inner.inside, inner.size) == ("a.txt", "a.pdf", 1)
    assert inner.path is not None and inner.path.parent == tmp_path / "embedded"
