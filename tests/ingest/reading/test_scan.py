"""Scans through the real tesseract: pages become words, words fields, and what cannot be read is left alone."""

import os
import subprocess
import sys
import time
from email.message import EmailMessage
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from printed_papers import Paper, papers
from scanned_papers import BLACK, noisy, photograph, scan_pdf, sealed, skewed, stamped
from telephone import telephone_photo

from core.evidence import Evidence, Source
from core.text import fold
from ingest.describe import describe
from ingest.letter import Page
from ingest.reading import Scans, read_fields
from ingest.reading.pages import PDF, TIFF, read_pages
from ingest.reading.scan.tesseract import NotRead, see
from ingest.reading.unreadable import Unreadable
from ingest.reading.whole import read_whole
from ingest.screening import MOST_FILES, secret_on
from tests.generator.ocr_layer import bound_with_text

BESIDE_THE_TITLE = (0.12, 0.13)
PALE = (236, 150, 150)  # a pad that needs ink
REPORT = next(p for p in papers() if p.title == "BÁO CÁO" and not p.mark)


def fields_of(path: Path, media_type: str = PDF) -> dict[str, Evidence]:
    return read_fields(Scans(60).read(path, media_type), source=Source.OCR)


def assert_read(fields: dict[str, Evidence], paper: Paper, *names: str) -> None:
    for name in names:
        assert name in fields, name
        assert fold(fields[name].value) == fold(str(paper.expected[name])), name


def test_a_skewed_and_grainy_scan_with_seal_is_read(tmp_path: Path) -> None:
    pages = [noisy(skewed(p, 1.8)) for p in photograph(REPORT, tmp_path)]
    pages[-1] = sealed(pages[-1], (0.6, 0.8))
    fields = fields_of(scan_pdf(pages, tmp_path / "scan.pdf"))
    assert_read(fields, REPORT, "code", "issued_on", "issuer", "kind", "subject", "signer_name")
    assert {e.source for n, e in fields.items() if n != "page_count"} == {Source.OCR}


def test_every_page_of_a_tiff_is_a_page(tmp_path: Path) -> None:
    sheet = photograph(REPORT, tmp_path)[0]
    head, foot = sheet.copy(), sheet.copy()
    head.paste("white", (0, sheet.height // 2, *sheet.size))
    foot.paste("white", (0, 0, sheet.width, sheet.height // 2))
    head.save(tmp_path / "scan.tif", save_all=True, append_images=[foot])
    (said,) = describe(tmp_path / "scan.tif")
    fields = said["drafts"][0]["fields"]
    assert fields["page_count"]["value"] == "2"
    assert fold(fields["signer_name"]["value"]) == fold(str(REPORT.expected["signer_name"]))
    assert (fields["code"]["page"], fields["signer_name"]["page"]) == (1, 2)
    assert [page.is_seen for page in read_whole(tmp_path / "scan.tif", TIFF, 300)] == [True, True]


def test_a_torn_tiff_is_said_to_be_damaged(tmp_path: Path) -> None:
    photograph(REPORT, tmp_path)[0].save(tmp_path / "whole.tif", compression="tiff_lzw")
    (tmp_path / "torn.tif").write_bytes((tmp_path / "whole.tif").read_bytes()[:100])
    with pytest.raises(Unreadable, match="damaged"):
        read_pages(tmp_path / "torn.tif", TIFF)


def test_a_photograph_of_a_telephone_is_read(tmp_path: Path) -> None:
    (said,) = describe(telephone_photo(photograph(REPORT, tmp_path)[0], tmp_path / "IMG_0012.HEIC"))
    fields = said["drafts"][0]["fields"]
    for name in ("code", "issued_on", "issuer", "kind", "subject"):
        assert fold(fields[name]["value"]) == fold(str(REPORT.expected[name])), name


def test_a_red_stamp_over_the_number_does_not_hide_it(tmp_path: Path) -> None:
    first, *rest = photograph(REPORT, tmp_path)
    place = next(w for w in Scans(0).read(tmp_path / "paper.pdf", PDF)[0].words if w.text == "Số:")
    first = stamped(first, ("ĐẾN", "Số: 77"), (place.x1 + 0.06, place.y0 + 0.01))
    assert_read(fields_of(scan_pdf([first, *rest], tmp_path / "scan.pdf")), REPORT, "code", "issued_on")


@pytest.mark.parametrize(
    ("word", "turned", "field", "value"),
    [("HỎA TỐC", 38.0, "urgency", "hoa_toc"), ("KHẨN", -4.0, "urgency", "khan"), ("MẬT", 9.0, "secrecy", "mat")],
)
def test_a_red_stamp_is_read_however_it_was_put_down(
    tmp_path: Path, word: str, turned: float, field: str, value: str
) -> None:
    first = stamped(photograph(REPORT, tmp_path)[0], (word,), (0.17, 0.27), turned=turned, size=0.026)
    fields = fields_of(scan_pdf([noisy(first)], tmp_path / "scan.pdf"))
    assert fields[field].value == value


@pytest.mark.parametrize(("word", "outcome"), [("KHẨN", "draft"), ("MẬT", "exclude")])
def test_what_is_read_of_a_stamped_scan_comes_out_of_the_reading_process(
    tmp_path: Path, word: str, outcome: str
) -> None:
    first = stamped(photograph(REPORT, tmp_path)[0], (word,), (0.17, 0.27), turned=-4.0, size=0.026)
    (said,) = describe(scan_pdf([noisy(first)], tmp_path / "scan.pdf"))
    assert said["outcome"] == outcome, said["reasons"]
    assert [draft["fields"]["urgency"]["value"] for draft in said["drafts"]] == ["khan"] * (outcome == "draft")


def test_a_red_secrecy_stamp_counts_where_nothing_else_can_be_read(tmp_path: Path) -> None:
    sheet = stamped(Image.new("RGB", (1654, 2339), "white"), ("MẬT",), (0.17, 0.27), turned=9.0, size=0.026)
    path = scan_pdf([noisy(sheet)], tmp_path / "scan.pdf")
    for (page,) in (Scans(60).read(path, PDF), tuple(read_whole(path, PDF, 60))):
        assert page.is_scan and not page.words
        assert secret_on(page, "scan.pdf", is_first=False) == "secret_stamp"


@pytest.mark.parametrize(
    ("word", "color", "turned"),
    [("TỐI MẬT", BLACK, 0.0), ("MẬT", BLACK, 5.0), ("TỐI MẬT", (120, 118, 116), -4.0), ("MẬT", PALE, 3.0)],
)
def test_a_framed_stamp_is_read_in_any_ink(
    tmp_path: Path, word: str, color: tuple[int, int, int], turned: float
) -> None:
    first = stamped(photograph(REPORT, tmp_path)[0], (word,), BESIDE_THE_TITLE, color=color, turned=turned, size=0.024)
    path = scan_pdf([noisy(first)], tmp_path / "scan.pdf")
    page = Scans(60).read(path, PDF)[0] if turned <= 0 else next(read_whole(path, PDF, 60))
    assert secret_on(page, "scan.pdf", is_first=True) == "secret_stamp"


def test_a_red_stamp_that_touches_a_seal_is_read(tmp_path: Path) -> None:
    first = stamped(photograph(REPORT, tmp_path)[0], ("TUYỆT MẬT",), (0.17, 0.28), size=0.024)
    path = scan_pdf([noisy(sealed(first, (0.31, 0.23)))], tmp_path / "scan.pdf")
    assert secret_on(Scans(60).read(path, PDF)[0], "scan.pdf", is_first=True) == "secret_stamp"


@pytest.mark.parametrize("quarters", [2, 3])
def test_a_sheet_that_lay_otherwise_in_the_scanner_is_read(tmp_path: Path, quarters: int) -> None:
    pages = [noisy(page.rotate(90 * quarters, expand=True)) for page in photograph(REPORT, tmp_path)]
    path = scan_pdf(pages, tmp_path / "scan.pdf")
    (said,) = describe(path)
    fields = said["drafts"][0]["fields"]
    assert fields["code"]["value"] == REPORT.expected["code"]
    assert fold(fields["signer_name"]["value"]) == fold(str(REPORT.expected["signer_name"]))
    # The number stands at the top left; the evidence is shown on the page as it lies.
    x, y = (sum(fields["code"]["box"][side::2]) / 2 for side in (0, 1))
    assert {2: x > 0.5 and y > 0.7, 3: x > 0.7 and y < 0.5}[quarters]
    assert next(read_whole(path, PDF, 60)).is_seen


def test_a_photograph_in_poor_light_on_a_table_shows_its_stamps(tmp_path: Path) -> None:
    first = stamped(photograph(REPORT, tmp_path)[0], ("MẬT",), (0.2, 0.27), size=0.024, color=PALE)
    table = Image.new("RGB", (first.width + 240, first.height + 200), (96, 84, 70))
    table.paste(first, (120, 100))
    light = np.linspace(0.3, 0.9, table.width)[None, :, None]
    path = tmp_path / "photo.jpg"
    noisy(Image.fromarray((np.asarray(table) * light).astype(np.uint8))).save(path, quality=75)
    (page,) = Scans(60).read(path, "image/jpeg")
    assert secret_on(page, "photo.jpg", is_first=True) == "secret_stamp"
    assert_read(read_fields([page], source=Source.OCR), REPORT, "code", "issued_on", "kind")


def test_half_a_secrecy_stamp_is_for_a_person_to_look_at(tmp_path: Path) -> None:
    first = stamped(photograph(REPORT, tmp_path)[0], ("TUYỆT",), (0.17, 0.27), size=0.024)
    (said,) = describe(scan_pdf([noisy(first)], tmp_path / "scan.pdf"))
    assert (said["outcome"], said["reasons"]) == ("hold", [{"rule": "secret_stamp", "evidence": ""}])


def test_an_earlier_programs_reading_under_a_picture_is_not_taken_for_the_text(tmp_path: Path) -> None:
    first = stamped(photograph(REPORT, tmp_path)[0], ("MẬT",), (0.17, 0.27), size=0.024)
    lines = [
        ("CQNG HOA XA HQI CHU NGHIA VIET NAM Doc lap Tu do Hanh phuc", 60.0, 760.0 - 14 * n, 12.0) for n in range(20)
    ]
    path = tmp_path / "scan.pdf"
    path.write_bytes(bound_with_text([noisy(first)], [lines], 200, 80))
    (page,) = Scans(60).read(path, PDF)
    assert page.is_seen and secret_on(page, "scan.pdf", is_first=True) == "secret_stamp"
    assert_read(read_fields([page], source=Source.OCR), REPORT, "code", "issued_on")


def test_a_blank_page_has_no_fields(tmp_path: Path) -> None:
    pages = Scans(60).read(scan_pdf([Image.new("RGB", (1654, 2339), "white")], tmp_path / "scan.pdf"), PDF)
    assert [p.is_scan for p in pages] == [True]
    assert read_fields(pages, source=Source.OCR) == {}


def test_no_time_leaves_a_scan_unread(tmp_path: Path) -> None:
    path = scan_pdf(photograph(REPORT, tmp_path)[:1], tmp_path / "scan.pdf")
    assert Scans(0).read(path, PDF) == (Page(1, (), is_scan=True),)


def test_what_takes_tesseract_too_long_is_ended(tmp_path: Path) -> None:
    page = np.asarray(photograph(REPORT, tmp_path)[0].convert("L"))
    began = time.monotonic()
    with pytest.raises(NotRead) as refused:
        see([page] * 100, 0.5)
    assert refused.value.why == "too_slow" and time.monotonic() - began < 20
    assert len(see([page, page[:100]], 60)) == 2, "the next is read"


def test_without_what_tesseract_knows_of_vietnamese_a_scan_stays_unread(tmp_path: Path) -> None:
    path = scan_pdf(photograph(REPORT, tmp_path)[:1], tmp_path / "scan.pdf")
    code = (
        "import sys; from ingest.reading import Scans; from ingest.reading.scan.tesseract import has_vietnamese;"
        "print(has_vietnamese(), Scans(60).read(sys.argv[1], 'application/pdf')[0].is_scan)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, path],
        env={**os.environ, "TESSDATA_PREFIX": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == "False True\n", done.stderr


@pytest.mark.parametrize("size", [(50_000, 50_000)])
def test_a_picture_that_declares_too_much_is_not_decoded(tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "bomb.png"
    Image.new("1", (size[0], 1)).save(path)
    data = bytearray(path.read_bytes())
    data[20:24] = size[1].to_bytes(4, "big")  # the height in IHDR; its checksum is wrong then, which Pillow forgives
    path.write_bytes(data)
    pages = Scans(60).read(path, "image/png")
    assert [p.is_scan for p in pages] == [True]


@pytest.mark.parametrize("others", [MOST_FILES - 1, MOST_FILES])
def test_the_pictures_of_a_letter_that_is_held_for_its_many_files_are_not_read(tmp_path: Path, others: int) -> None:
    mail = EmailMessage()
    mail["Subject"] = "Gửi văn bản"
    mail.set_content("Kính gửi.")
    data = scan_pdf(photograph(REPORT, tmp_path)[:1], tmp_path / "scan.pdf").read_bytes()
    mail.add_attachment(data, maintype="application", subtype="pdf", filename="scan.pdf")
    for number in range(others):
        mail.add_attachment(b"%d" % number, maintype="application", subtype="octet-stream", filename=f"{number}.bin")
    raw = tmp_path / "thu.eml"
    raw.write_bytes(mail.as_bytes())
    (said,) = describe(raw)
    is_read = any("code" in draft["fields"] for draft in said["drafts"])
    assert (said["outcome"], is_read) == (("draft", True) if others < MOST_FILES else ("hold", False))
