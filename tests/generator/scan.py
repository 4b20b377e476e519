"""Printed pages as a scanner or a telephone leaves them: askew, turned, noisy, blurred, badly lit, compressed."""

import io
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from demo.scans import rendered
from tests.generator.ocr_layer import bound_with_text, misread_lines

_PAPER = (250, 249, 245)


@dataclass(frozen=True)
class Wear:
    """How badly a photograph may be taken: degrees askew, how dark in a corner, grain, blur (pixels), quality of the
    JPEG, and dots per inch."""

    askew: float = 3.0
    dark: tuple[float, float] = (0.15, 0.4)
    noise: tuple[float, float] = (2, 6)
    blur: tuple[float, float] = (0.2, 0.8)
    quality: tuple[int, int] = (55, 85)
    dots: int = 150


USUAL = Wear()


def scan_of(pdf: bytes, rng: Random, *, misread: bool = False) -> bytes:
    """An image-only PDF of the pages at 150 to 300 dpi; one in ten in grey, one in twelve turned by quarters.

    `misread` lays the text of a foreign OCR over the pages.
    """
    dpi = rng.choice((150, 200, 200, 200, 300))
    pages = [_worn(page, rng) for page in rendered(pdf, dpi)]
    if rng.random() < 0.1:
        pages = [page.convert("L") for page in pages]
    if misread:
        return bound_with_text(pages, misread_lines(pdf, rng), dpi, rng.randint(38, 80))
    if rng.random() < 0.08:
        quarter = rng.choice((90, 180, 270))
        pages = [page.rotate(quarter, expand=True) for page in pages]
    return _bound(pages, dpi, rng.randint(38, 80))


def fax_of(pdf: bytes, rng: Random) -> bytes:
    """Pages of black and white dots at 200 dpi in one TIFF, as fax machines and old scanners store them."""
    pages = [_worn(page, rng).convert("L") for page in rendered(pdf, 200)]
    limit = rng.randint(120, 190)
    dots = [page.point(lambda grey: 255 * (grey > limit)).convert("1") for page in pages]
    out = io.BytesIO()
    dots[0].save(out, "TIFF", compression="group4", save_all=True, append_images=dots[1:], dpi=(200, 200))
    return out.getvalue()


def photo_of(pdf: bytes, rng: Random, wear: Wear) -> bytes:
    """The first page photographed on a table: a JPEG, darker to one side, more askew than a scan."""
    page = next(rendered(pdf, wear.dots))
    table = tuple(rng.randint(60, 140) for _ in range(3))
    turned = page.rotate(rng.uniform(-wear.askew, wear.askew), Image.Resampling.BICUBIC, expand=True, fillcolor=table)
    around = Image.new("RGB", (int(turned.width * 1.08), int(turned.height * 1.06)), table)
    around.paste(turned, ((around.width - turned.width) // 2, (around.height - turned.height) // 2))
    lit = grained(around, rng, dark=rng.uniform(*wear.dark), noise=rng.uniform(*wear.noise))
    out = io.BytesIO()
    lit.filter(ImageFilter.GaussianBlur(rng.uniform(*wear.blur))).save(out, "JPEG", quality=rng.randint(*wear.quality))
    return out.getvalue()


def _worn(page: Image.Image, rng: Random) -> Image.Image:
    angle = rng.choice((0.0, rng.uniform(-0.8, 0.8), rng.uniform(-0.8, 0.8), rng.uniform(-3, 3)))
    if angle:
        page = page.rotate(angle, Image.Resampling.BILINEAR, fillcolor=_PAPER)
    if rng.random() < 0.3:
        page = page.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 0.9)))
    dark = rng.uniform(0.1, 0.3) if rng.random() < 0.25 else 0.0
    return grained(page, rng, dark=dark, noise=rng.choice((0.0, 3.0, 7.0, 11.0)))


def grained(page: Image.Image, rng: Random, *, dark: float, noise: float) -> Image.Image:
    """Uneven light from one corner and grain, with specks of dust."""
    made = np.random.default_rng(rng.randrange(2**32))
    pixels: NDArray[np.float32] = np.asarray(page, dtype=np.float32) * np.float32(0.97)
    if dark:
        across = np.linspace(1, 1 - dark, page.width, dtype=np.float32)[:: rng.choice((1, -1))]
        down = np.linspace(1, 1 - dark / 2, page.height, dtype=np.float32)[:, None]
        pixels *= (across * down)[:, :, None]
    if noise:
        pixels += made.standard_normal((page.height, page.width, 1), dtype=np.float32) * np.float32(noise)
        specks = made.integers(0, page.height, 120), made.integers(0, page.width, 120)
        pixels[specks] = 80
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def _bound(pages: list[Image.Image], dpi: int, quality: int) -> bytes:
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=dpi, quality=quality)
    data = out.getvalue()
    for label in (b"/CreationDate", b"/ModDate"):
        # Pillow writes the clock there; blanks of the same length keep every offset.
        start = data.find(label)
        while start >= 0:
            end = data.index(b")", start) + 1
            data = data[:start] + b" " * (end - start) + data[end:]
            start = data.find(label)
    return data
