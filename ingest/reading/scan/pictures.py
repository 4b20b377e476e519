"""Pictures of pages: of a PDF through PDFium, of picture files through Pillow, at one resolution for all."""

import contextlib
import struct
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, TypeVar

import numpy as np
import pi_heif
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray
from PIL import Image, ImageOps

from ingest.reading import forked
from ingest.reading.unreadable import Unreadable

pi_heif.register_heif_opener()  # what telephones take photographs as

Made = TypeVar("Made")
Picture = NDArray[np.uint8]  # height x width x 3, RGB

# An A4 page at 200 dpi is 1654 pixels wide. At 300 dpi tesseract takes a third longer and reads no better.
PAGE_PIXELS = 1654
DOTS_PER_INCH = 200
# An A0 plan at 100 dpi, or a telephone's largest picture. What declares more is not decoded.
MOST_PIXELS = 64_000_000
_MOST_MEMORY = 256 << 20  # to draw a page: a sheet of that size, in colours, decoded
_SIZE = struct.Struct(">LL")
_LONGEST = 3  # times its width that a page may be high
_MOST_FRAMES = 2000
_LEAST_PAGE = 500  # pixels: on less no letter of a page can be read


def pdf_picture(path: Path, number: int) -> Picture:
    """Page `number` (from 1) of the PDF at `path`, its shorter side `PAGE_PIXELS` long.

    Raises Unreadable for what PDFium cannot open, for pictures of more than `MOST_PIXELS`, and for a page that takes
    longer or more memory to draw than a page can.
    """
    size, pixels = forked.each(_drawn, path, number, memory_bytes=_MOST_MEMORY)
    return np.frombuffer(pixels, np.uint8).reshape(*_SIZE.unpack(size), 3)


def _drawn(path: Path, number: int) -> Iterator[bytes]:
    """Height and width, and the pixels."""
    try:
        with closing(pdfium.PdfDocument(path)) as document, closing(document[number - 1]) as page:
            _refuse_giants(page)
            width, height = page.get_size()
            scale = PAGE_PIXELS / max(min(width, height), max(width, height) / _LONGEST, 1.0)
            bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=False)
            picture = bitmap.to_numpy()[:, :, :3] if bitmap.n_channels >= 3 else _as_rgb(bitmap.to_pil())
            yield _SIZE.pack(*picture.shape[:2])
            yield picture.tobytes()
    except (pdfium.PdfiumError, OSError, IndexError, ValueError) as error:
        raise Unreadable("damaged") from error


def _refuse_giants(page: pdfium.PdfPage) -> None:
    for thing in page.get_objects([pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=2):
        width, height = thing.get_px_size()
        if width * height > MOST_PIXELS:
            raise Unreadable("too_large_inside")


def file_picture(path: Path | IO[bytes], number: int) -> Picture:
    """Frame `number` (from 1) of the picture file at `path`, turned as its camera says, sized like a page.

    Raises Unreadable for damaged files, kinds Pillow does not know, and more than `MOST_PIXELS`.
    """
    return _opened(path, lambda image: _frame(image, number))


def is_like_page(path: Path) -> bool:
    """Whether the picture at `path` may show a page: neither small nor a strip; False where it cannot be opened."""
    try:
        width, height = _opened(path, lambda image: image.size)
    except Unreadable:
        return False
    return min(width, height) >= _LEAST_PAGE and max(width, height) <= _LONGEST * min(width, height)


def size_of(file: IO[bytes]) -> tuple[int, int]:
    """Width and height in pixels of a picture file. Raises Unreadable as `file_picture`."""
    return _opened(file, lambda image: image.size)


def set_on_page(file: IO[bytes], most: tuple[int, int], at: int) -> Picture:
    """The picture file on the upper part of a white page, `at` pixels from its corner and within `most` pixels of width
    and height. Raises Unreadable as `file_picture`."""
    picture = _opened(file, lambda image: Image.fromarray(_as_rgb(ImageOps.contain(image.convert("RGBA"), most))))
    page = Image.new("RGB", (PAGE_PIXELS, most[1] + 2 * at), "white")
    page.paste(picture, (at, at))
    return np.array(page)


def count_frames(path: Path) -> int:
    """How many pages the TIFF at `path` has, 2,000 at most. Raises Unreadable as `file_picture`."""
    return _opened(path, _count)


def _count(image: Image.Image) -> int:
    with contextlib.suppress(EOFError):  # one by one: how many there are is known only at the end
        for number in range(_MOST_FRAMES):
            image.seek(number)
    return min(image.tell() + 1, _MOST_FRAMES)


def _opened(path: Path | IO[bytes], use: Callable[[Image.Image], Made]) -> Made:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of damage that it can read over
            with Image.open(path) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise Unreadable("too_large_inside")
                return use(image)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise Unreadable("damaged") from error


def _frame(image: Image.Image, number: int) -> Picture:
    if number > 1:
        image.seek(number - 1)
        if image.width * image.height > MOST_PIXELS:
            raise Unreadable("too_large_inside")
    scale = _scale(image)
    if scale < 0.5:  # JPEG can be decoded at a half or a quarter: less memory, less time
        image.draft("RGB", (int(image.width * scale), int(image.height * scale)))
    upright = ImageOps.exif_transpose(image)
    return _as_rgb(_sized(upright))


def _scale(image: Image.Image) -> float:
    return PAGE_PIXELS / max(min(image.size), max(image.size) / _LONGEST, 1)


def _sized(image: Image.Image) -> Image.Image:
    scale = _scale(image)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image if size == image.size else image.convert("RGB").resize(size, Image.Resampling.BILINEAR, reducing_gap=2)


def _as_rgb(image: Image.Image) -> Picture:
    if image.has_transparency_data:  # as on paper; left to Pillow it would be black
        seen = image.convert("RGBA")
        image = Image.new("RGB", seen.size, "white")
        image.paste(seen, mask=seen)
    return np.array(image.convert("RGB"))
