"""Drawing pages of hostile files: runs only inside the killable child of `core.sandbox`."""

import io
import math
from collections.abc import Iterator
from pathlib import Path

import docx
import pi_heif
import pypdfium2
from docx.table import Table
from PIL import Image, ImageOps

from core.text import nfc

pi_heif.register_heif_opener()

DPI = 110
LARGEST_PIXELS = 6_000_000  # of one picture; a page with a giant MediaBox is drawn smaller
LARGEST_SIDE = 1600  # of a photographed or scanned page, in pixels
MAGNIFIED = 2.5  # a crop beside its field against the same place on the page's picture
TEXT_CHARACTERS = 60_000
TEXT_PARAGRAPHS = 600
MOST_PAGES = 2000
_POINTS_PER_INCH = 72
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def outline(path: str, media_type: str) -> tuple[int, list[str]]:
    """How a file can be looked at: its number of pages with pictures, or the paragraphs of its text.

    (0, []) when it can be neither drawn nor read here. Whatever the libraries raise goes to the sandbox.
    """
    if media_type == "application/pdf":
        return min(_pdf_pages(path), MOST_PAGES), []
    if media_type.startswith("image/"):
        return _frames(path), []
    if media_type == _DOCX:
        return 0, _limited(_docx_paragraphs(path))
    if media_type == "text/plain":
        return 0, _limited(iter(_plain_text(path).splitlines()))
    return 0, []


def picture(path: str, media_type: str, page: int) -> bytes:
    """One page as PNG; `page` counts from 1."""
    drawn = _pdf_picture(path, page) if media_type == "application/pdf" else _scan_picture(path, page)
    png = io.BytesIO()
    drawn.save(png, "PNG", compress_level=3)  # level 6 takes twice the time for a tenth of the bytes
    return png.getvalue()


def crop(path: str, media_type: str, page: int, box: tuple[float, float, float, float]) -> bytes:
    """A part of a page, `MAGNIFIED` times as large as `picture` shows it, as PNG; `box` in fractions of the page."""
    drawn = _pdf_crop(path, page, box) if media_type == "application/pdf" else _scan_crop(path, page, box)
    png = io.BytesIO()
    drawn.save(png, "PNG", compress_level=3)
    return png.getvalue()


def words(path: str, media_type: str, page: int) -> list[tuple[str, float, float, float, float]]:
    """The words of a PDF's page in its own order, each with its box in fractions of the page, origin top left."""
    if media_type != "application/pdf":
        return []
    with pypdfium2.PdfDocument(path) as document:
        sheet = document[page - 1]
        width, height = sheet.get_size()
        text = sheet.get_textpage()
        try:
            found = [_boxed(text, run) for run in _runs(text)]
        finally:
            text.close()
    return [(word, left / width, 1 - top / height, right / width, 1 - bottom / height)
            for word, (left, bottom, right, top) in found]  # fmt: skip


def _runs(text: pypdfium2.PdfTextPage) -> Iterator[list[int]]:
    """Indexes of the letters of each word. The page's string is of no use here: it skips letters the index counts."""
    run: list[int] = []
    for index in range(min(text.count_chars(), TEXT_CHARACTERS)):
        if chr(pypdfium2.raw.FPDFText_GetUnicode(text.raw, index)).isspace():
            if run:
                yield run
            run = []
        else:
            run.append(index)
    if run:
        yield run


def _boxed(text: pypdfium2.PdfTextPage, run: list[int]) -> tuple[str, tuple[float, float, float, float]]:
    word = "".join(chr(pypdfium2.raw.FPDFText_GetUnicode(text.raw, index)) for index in run)
    boxes = [text.get_charbox(index) for index in run]
    lowest, highest = (tuple(pick(side) for side in zip(*boxes, strict=True)) for pick in (min, max))
    return nfc(word), (lowest[0], lowest[1], highest[2], highest[3])


def _pdf_pages(path: str) -> int:
    with pypdfium2.PdfDocument(path) as document:
        return len(document)


def _pdf_picture(path: str, page: int) -> Image.Image:
    with pypdfium2.PdfDocument(path) as document:
        sheet = document[page - 1]
        drawn: Image.Image = sheet.render(scale=_scale(*sheet.get_size())).to_pil().convert("RGB")
        return drawn


def _pdf_crop(path: str, page: int, box: tuple[float, float, float, float]) -> Image.Image:
    with pypdfium2.PdfDocument(path) as document:
        sheet = document[page - 1]
        width, height = sheet.get_size()
        x0, y0, x1, y1 = box
        away = (x0 * width, (1 - y1) * height, (1 - x1) * width, y0 * height)  # left, bottom, right, top
        scale = MAGNIFIED * _scale(width, height)
        scale *= _shrunk((x1 - x0) * width * (y1 - y0) * height * scale * scale)
        drawn: Image.Image = sheet.render(scale=scale, crop=away).to_pil().convert("RGB")
        return drawn


def _scale(width: float, height: float) -> float:
    """Pixels for a point of a page of that size in points."""
    scale = DPI / _POINTS_PER_INCH
    return scale * _shrunk(width * height * scale * scale)


def _shrunk(pixels: float) -> float:
    """By what factor to draw less so that a picture of so many pixels stays within the limit."""
    return math.sqrt(min(1.0, LARGEST_PIXELS / max(1.0, pixels)))


def _frames(path: str) -> int:
    with Image.open(path) as opened:
        return min(int(getattr(opened, "n_frames", 1)), MOST_PAGES)


def _scan_picture(path: str, page: int) -> Image.Image:
    with Image.open(path) as opened:
        opened.seek(page - 1)
        opened.draft("RGB", (LARGEST_SIDE, LARGEST_SIDE))
        upright = ImageOps.exif_transpose(opened).convert("RGB")
        upright.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
        return upright


def _scan_crop(path: str, page: int, box: tuple[float, float, float, float]) -> Image.Image:
    with Image.open(path) as opened:
        opened.seek(page - 1)
        opened.draft("RGB", (LARGEST_SIDE, LARGEST_SIDE))
        upright = ImageOps.exif_transpose(opened)
        width, height = upright.size
        x0, y0, x1, y1 = box
        part = upright.crop((int(x0 * width), int(y0 * height), int(x1 * width) + 1, int(y1 * height) + 1))
        times = MAGNIFIED * min(1.0, LARGEST_SIDE / max(width, height))
        times *= _shrunk(part.width * part.height * times * times)
        size = (max(1, round(part.width * times)), max(1, round(part.height * times)))
        return part.convert("RGB").resize(size, Image.Resampling.LANCZOS)


def _docx_paragraphs(path: str) -> Iterator[str]:
    for block in docx.Document(path).iter_inner_content():
        if isinstance(block, Table):
            for row in block.rows:
                yield " | ".join(cell.text for cell in row.cells)
        else:
            yield block.text


def _plain_text(path: str) -> str:
    with Path(path).open("rb") as opened:
        return opened.read(TEXT_CHARACTERS).decode("utf-8", errors="replace")


def _limited(paragraphs: Iterator[str]) -> list[str]:
    kept: list[str] = []
    characters = 0
    for paragraph in paragraphs:
        if not paragraph.strip():
            continue
        kept.append(paragraph.strip())
        characters += len(paragraph)
        if len(kept) >= TEXT_PARAGRAPHS or characters >= TEXT_CHARACTERS:
            break
    return kept
