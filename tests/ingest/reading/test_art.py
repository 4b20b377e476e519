"""Stamps and pages that come as pictures within texts: nothing that is seen may stay unread (promise 4)."""

import base64
import io
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import docx
import pypdfium2 as pdfium
import pytest
from docx.shared import Cm
from PIL import Image
from printed_papers import Paper, papers, print_pdf
from scanned_papers import BLACK, RED, photograph, stamped

from core.text import fold
from ingest.describe import describe
from ingest.mime import sniff
from ingest.reading.pages import PDF, read_pages
from ingest.reading.scan.pictures import file_picture

REPORT = next(p for p in papers() if p.title == "BÁO CÁO" and not p.mark)
BESIDE_THE_TITLE = (0.17, 0.27)


def stamp(word: str, color: tuple[int, int, int] = RED, turned: float = 0.0) -> Image.Image:
    """The picture of a stamp, as it is kept to be pasted into documents."""
    sheet = stamped(Image.new("RGB", (600, 300), "white"), (word,), (0.5, 0.5), color=color, size=0.1, turned=turned)
    inside = Image.eval(sheet.convert("L"), lambda shade: 255 - shade).getbbox()
    return sheet.crop(inside)


def jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()


def with_picture(
    path: Path, picture: Image.Image, x: float = 70, y: float = 590, width: float = 110, paper: Paper = REPORT
) -> Path:
    """`paper` as a PDF of text with a picture on its first page, at (`x`, `y`) points from below."""
    document = pdfium.PdfDocument(print_pdf(paper, path.with_suffix(".plain.pdf")))
    page = document[0]
    image = pdfium.PdfImage.new(document)
    image.load_jpeg(io.BytesIO(jpeg(picture)), inline=True)
    image.set_matrix(pdfium.PdfMatrix().scale(width, width * picture.height / picture.width).translate(x, y))
    page.insert_obj(image)
    page.gen_content()
    document.save(path)
    return path


def outcome_of(path: Path) -> tuple[str, list[str]]:
    (said,) = describe(path)
    return said["outcome"], [reason["rule"] for reason in said["reasons"]]


@pytest.mark.parametrize(
    ("word", "color", "turned"), [("TỐI MẬT", RED, 0.0), ("MẬT", BLACK, 0.0), ("TUYỆT MẬT", RED, 20.0)]
)
def test_a_picture_of_a_secrecy_stamp_on_a_page_of_text_keeps_the_letter_out(
    tmp_path: Path, word: str, color: tuple[int, int, int], turned: float
) -> None:
    assert outcome_of(with_picture(tmp_path / "a.pdf", stamp(word, color, turned))) == ("exclude", ["secret_stamp"])


def test_a_picture_of_an_urgency_stamp_is_read_and_the_text_beside_it_too(tmp_path: Path) -> None:
    (said,) = describe(with_picture(tmp_path / "a.pdf", stamp("HỎA TỐC")))
    fields = said["drafts"][0]["fields"]
    assert (fields["urgency"]["value"], fields["code"]["value"]) == ("hoa_toc", REPORT.expected["code"])


@pytest.mark.parametrize("word", ["VIETTEL", "MẬT ONG"])
def test_other_pictures_on_a_page_of_text_are_let_in(tmp_path: Path, word: str) -> None:
    assert outcome_of(with_picture(tmp_path / "a.pdf", stamp(word))) == ("draft", [])


def test_the_seal_of_a_short_letter_is_no_stamp_to_be_read(tmp_path: Path) -> None:
    """To draw and read it would take thirty times as long as the letter."""
    short = replace(REPORT, body=("Báo cáo một dòng.",))
    (page,) = read_pages(print_pdf(short, tmp_path / "plain.pdf"), PDF)
    recipients = next(word for word in page.words if word.text == "Nơi").y0
    assert 0.2 < recipients < 0.45
    below, above = (842 * (1 - recipients - 0.05), 842 * (1 - recipients + 0.02))
    for y, has_art in ((below - 60, False), (above, True)):
        file = with_picture(tmp_path / "a.pdf", stamp("MẬT"), x=330, y=y, paper=short)
        assert read_pages(file, PDF)[0].has_art is has_art, y


def pasted_into_word(tmp_path: Path, picture: Image.Image, width: float) -> Path:
    document = docx.Document()
    document.add_picture(io.BytesIO(jpeg(picture)), width=Cm(width))
    document.add_paragraph("Kính gửi: Các phòng chuyên môn")
    document.save(str(tmp_path / "a.docx"))
    return tmp_path / "a.docx"


def test_a_picture_of_a_secrecy_stamp_in_a_word_file_keeps_the_letter_out(tmp_path: Path) -> None:
    assert outcome_of(pasted_into_word(tmp_path, stamp("TỐI MẬT"), 4)) == ("exclude", ["secret_stamp"])
    assert outcome_of(pasted_into_word(tmp_path, stamp("VNPT"), 4))[0] == "draft"


def test_a_scan_pasted_into_a_word_file_is_read_as_a_page(tmp_path: Path) -> None:
    page = photograph(REPORT, tmp_path)[0]
    (said,) = describe(pasted_into_word(tmp_path, page, 16))
    fields = said["drafts"][0]["fields"]
    for name in ("code", "issued_on", "issuer", "kind"):
        assert fold(fields[name]["value"]) == fold(str(REPORT.expected[name])), name
    marked = pasted_into_word(tmp_path, stamped(page, ("MẬT",), BESIDE_THE_TITLE, size=0.026), 16)
    assert outcome_of(marked) == ("exclude", ["secret_stamp"])


def by_content_id(picture: bytes) -> EmailMessage:
    mail = EmailMessage()
    mail.set_content('<p>Kính gửi</p><img src="cid:trang@a.vn">', "html")
    mail.add_related(picture, "image", "jpeg", cid="<trang@a.vn>", disposition="inline")
    return mail


def within_the_text(picture: bytes) -> EmailMessage:
    mail = EmailMessage()
    mail.set_content(f'<img src="data:image/jpeg;base64,{base64.b64encode(picture).decode()}">', "html")
    return mail


@pytest.mark.parametrize(
    ("paste", "word"), [(by_content_id, "TỐI MẬT"), (by_content_id, "KHẨN"), (within_the_text, "TỐI MẬT")]
)
def test_a_page_pasted_into_the_text_of_a_mail_is_screened(
    tmp_path: Path, paste: Callable[[bytes], EmailMessage], word: str
) -> None:
    page = stamped(photograph(REPORT, tmp_path)[0], (word,), BESIDE_THE_TITLE, size=0.026)
    data = jpeg(page.resize((page.width * 2 // 3, page.height * 2 // 3)))
    assert len(data) < 256 * 1024  # what is larger is a document anyway
    mail = paste(data)
    mail["From"], mail["Subject"], mail["Message-ID"] = "vanthu@a.vn", "Văn bản", "<1@a.vn>"
    (tmp_path / "a.eml").write_bytes(mail.as_bytes())
    outcome, rules = outcome_of(tmp_path / "a.eml")
    assert (outcome, rules) == (("exclude", ["secret_stamp"]) if word == "TỐI MẬT" else ("hold", ["body_only"]))


@pytest.mark.parametrize(
    ("kind", "media_type"), [("WEBP", "image/webp"), ("AVIF", "image/avif"), ("JPEG2000", "image/jp2")]
)
def test_other_kinds_of_pictures_are_pages_too(tmp_path: Path, kind: str, media_type: str) -> None:
    path = tmp_path / "trang.bin"
    Image.new("RGB", (300, 400), "green").save(path, kind)
    assert sniff.media_type(path.read_bytes()[: sniff.HEAD_BYTES], b"", path.name, "") == media_type
    (page,) = read_pages(path, media_type)
    assert page.is_scan and abs(int(file_picture(path, 1)[200, 200, 1]) - 128) < 5
