"""Page pictures: drawn in a child that a hostile file can't take the pages down with."""

import io
from collections.abc import Iterator
from pathlib import Path

import docx
import numpy as np
import pytest
from desk_papers import Paper
from PIL import Image
from telephone import telephone_photo

from dashboard.pictures import Outline, Pictures
from dashboard.readings import StoredFile

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pictures]:
    drawing = Pictures(tmp_path_factory.mktemp("pages"))
    yield drawing
    drawing.close()


def kept(folder: Path, name: str, octets: bytes, media_type: str) -> tuple[Path, StoredFile]:
    path = folder / name
    path.write_bytes(octets)
    return path, StoredFile(name.ljust(64, "0"), media_type, name)


def test_a_page_of_a_pdf_is_drawn_at_reading_size(pictures: Pictures, tmp_path: Path) -> None:
    path, file = kept(tmp_path, "a", Paper(1).document().pdf(), "application/pdf")
    assert pictures.outline(path, file) == Outline(1, ())
    png = pictures.picture(path, file, 1)
    assert png is not None
    width, height = Image.open(io.BytesIO(png)).size
    assert (width, height) == (910, 1287)  # A4 at 110 dots an inch


def test_a_page_that_is_not_there_is_none(pictures: Pictures, tmp_path: Path) -> None:
    path, file = kept(tmp_path, "a", Paper(1).document().pdf(), "application/pdf")
    assert pictures.picture(path, file, 2) is None
    assert pictures.picture(path, file, 0) is None


def test_a_drawn_page_is_kept_in_memory(pictures: Pictures, tmp_path: Path) -> None:
    path, file = kept(tmp_path, "b", Paper(2).document().pdf(), "application/pdf")
    drawn = pictures.picture(path, file, 1)
    path.unlink()
    assert pictures.picture(path, file, 1) is drawn


def test_a_photo_is_made_smaller_and_turned_upright(pictures: Pictures, tmp_path: Path) -> None:
    photo = io.BytesIO()
    turned = Image.Exif()
    turned[0x0112] = 6  # the camera was held upright
    Image.new("RGB", (4000, 3000), "white").save(photo, "JPEG", exif=turned)
    path, file = kept(tmp_path, "c", photo.getvalue(), "image/jpeg")
    png = pictures.picture(path, file, 1)
    assert png is not None
    assert Image.open(io.BytesIO(png)).size == (1200, 1600)


def test_a_photograph_of_a_telephone_is_drawn(pictures: Pictures, tmp_path: Path) -> None:
    taken = telephone_photo(Image.new("RGB", (300, 400), "green"), tmp_path / "photo.heic")
    path, file = kept(tmp_path, "h", taken.read_bytes(), "image/heic")
    assert pictures.outline(path, file).pages == 1
    png = pictures.picture(path, file, 1)
    assert png is not None
    assert Image.open(io.BytesIO(png)).size == (300, 400)


def test_each_page_of_a_scanned_tiff_is_drawn(pictures: Pictures, tmp_path: Path) -> None:
    scan = io.BytesIO()
    sheets = [Image.new("1", (200, 300), colour) for colour in (0, 1)]
    sheets[0].save(scan, "TIFF", save_all=True, append_images=sheets[1:])
    path, file = kept(tmp_path, "t", scan.getvalue(), "image/tiff")
    assert pictures.outline(path, file).pages == 2
    assert pictures.picture(path, file, 2) is not None


def test_a_word_file_shows_its_text(pictures: Pictures, tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Kính gửi: Sở <Khoa học>")
    document.add_table(1, 2).rows[0].cells[1].text = "ô hai"
    written = io.BytesIO()
    document.save(written)
    path, file = kept(tmp_path, "d", written.getvalue(), DOCX)
    assert pictures.outline(path, file) == Outline(0, ("Kính gửi: Sở <Khoa học>", "| ô hai"))


@pytest.mark.parametrize("media_type", ["application/pdf", "image/png", DOCX, "application/zip"])
def test_what_cannot_be_read_is_neither_drawn_nor_shown(pictures: Pictures, tmp_path: Path, media_type: str) -> None:
    path, file = kept(tmp_path, f"e-{media_type[-3:]}", b"%PDF-1.7 no such thing", media_type)
    assert pictures.outline(path, file) == Outline(0, ())
    assert pictures.picture(path, file, 1) is None


def test_a_page_as_large_as_a_field_is_drawn_smaller(pictures: Pictures, tmp_path: Path) -> None:
    huge = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 14400 14400]>>endobj\ntrailer<</Root 1 0 R>>"
    )
    path, file = kept(tmp_path, "h", huge, "application/pdf")
    png = pictures.picture(path, file, 1)
    assert png is not None
    width, height = Image.open(io.BytesIO(png)).size
    assert width * height <= 6_100_000


def test_a_bomb_of_a_picture_ends_only_its_own_child(pictures: Pictures, tmp_path: Path) -> None:
    bomb = io.BytesIO()
    Image.new("1", (13_000, 13_000)).save(bomb, "PNG")  # 20 kB that unfold to 0.5 GB
    path, file = kept(tmp_path, "z", bomb.getvalue(), "image/png")
    assert pictures.picture(path, file, 1) is None
    path, file = kept(tmp_path, "a", Paper(1).document().pdf(), "application/pdf")
    assert pictures.outline(path, file).pages == 1


def test_words_of_a_page_lie_where_they_are_printed(pictures: Pictures, tmp_path: Path) -> None:
    path, file = kept(tmp_path, "w", Paper(1).document().pdf(), "application/pdf")
    found = {word: box for word, *box in pictures.words(path, file, 1)}
    assert "101/KH-VP" in found
    x0, y0, x1, y1 = found["101/KH-VP"]
    assert 0.1 < x0 < x1 < 0.5
    assert 0.05 < y0 < y1 < 0.25
    assert pictures.words(path, file, 2) == []


def test_a_crop_is_two_and_a_half_times_the_page_and_keeps_within_its_limits(
    pictures: Pictures, tmp_path: Path
) -> None:
    path, file = kept(tmp_path, "k", Paper(1).document().pdf(), "application/pdf")
    png = pictures.crop(path, file, 1, (0.1, 0.1, 0.3, 0.12))
    assert png is not None
    width, height = Image.open(io.BytesIO(png)).size
    assert abs(width - 2.5 * 0.24 * 910) < 4 and abs(height - 2.5 * 0.04 * 1287) < 4  # the box and what is around it
    whole = pictures.crop(path, file, 1, (-1.0, 0.0, 9.0, 1.0))
    assert whole is not None
    width, height = Image.open(io.BytesIO(whole)).size
    assert width * height <= 6_100_000
    assert pictures.crop(path, file, 2, (0.1, 0.1, 0.3, 0.12)) is None


def test_a_crop_of_a_photo_lies_as_its_page_does(pictures: Pictures, tmp_path: Path) -> None:
    photo = io.BytesIO()
    turned = Image.Exif()
    turned[0x0112] = 6  # the camera was held upright
    taken = Image.new("RGB", (4000, 3000), "white")
    taken.paste("black", (0, 1500, 1000, 3000))  # the upper left quarter's upper half once it is turned
    taken.save(photo, "JPEG", exif=turned)
    path, file = kept(tmp_path, "p", photo.getvalue(), "image/jpeg")
    png = pictures.crop(path, file, 1, (0.1, 0.1, 0.4, 0.15))
    assert png is not None
    crop = Image.open(io.BytesIO(png)).convert("L")
    assert abs(crop.width - 2.5 * 0.34 * 1200) < 8
    assert np.asarray(crop).max() < 40, "black all over"
