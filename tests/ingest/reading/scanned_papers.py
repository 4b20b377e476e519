"""Papers as a scanner would give them: printed, made pictures, skewed, stamped, and put into PDF files as one image."""

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
from PIL import Image, ImageDraw, ImageFont
from printed_papers import Paper, print_pdf

FONT = "/usr/share/fonts/truetype/liberation2/LiberationSerif-Bold.ttf"
RED, BLACK, BLUE = (216, 30, 40), (20, 20, 24), (40, 60, 200)


def photograph(paper: Paper, folder: Path, *, scale: float = 200 / 72) -> list[Image.Image]:
    """The pages of `paper` as pictures of `scale` pixels a point."""
    with pdfium.PdfDocument(print_pdf(paper, folder / "paper.pdf")) as document:
        return [page.render(scale=scale).to_pil().convert("RGB") for page in document]


def scan_pdf(pictures: Sequence[Image.Image], path: Path, *, dpi: int = 200) -> Path:
    """`pictures` as the pages of a PDF without text."""
    first, *rest = pictures
    first.save(path, "PDF", save_all=True, append_images=rest, resolution=dpi)
    return path


def skewed(picture: Image.Image, degrees: float) -> Image.Image:
    """As a sheet that went in askew; lines fall to the right for positive `degrees`."""
    return picture.rotate(-degrees, Image.Resampling.BICUBIC, fillcolor="white")


def noisy(picture: Image.Image, seed: int = 30) -> Image.Image:
    """With a grayish ground, grain and specks."""
    rng = np.random.default_rng(seed)
    pixels = np.asarray(picture).astype(np.int16) - 14
    pixels += rng.normal(0, 9, pixels.shape).astype(np.int16)
    specks = rng.random(pixels.shape[:2]) < 0.0003
    pixels[specks] = 60
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def stamped(
    picture: Image.Image,
    lines: Sequence[str],
    place: tuple[float, float],
    *,
    color: tuple[int, int, int] = RED,
    size: float = 0.022,
    turned: float = 0.0,
) -> Image.Image:
    """With a framed stamp of `lines`, its middle at `place` in fractions of the page; ink lets print show through."""
    font = ImageFont.truetype(FONT, int(size * picture.width))
    wide = max(font.getlength(line) for line in lines)
    high = 1.25 * font.size * len(lines)
    stamp = Image.new("RGB", (int(wide + 2 * font.size), int(high + font.size)), "white")
    draw = ImageDraw.Draw(stamp)
    draw.rectangle((2, 2, stamp.width - 3, stamp.height - 3), outline=color, width=3)
    for number, line in enumerate(lines):
        x = (stamp.width - font.getlength(line)) / 2
        draw.text((x, font.size * (0.4 + 1.25 * number)), line, font=font, fill=color)
    stamp = stamp.rotate(turned, Image.Resampling.BICUBIC, expand=True, fillcolor="white")
    left = int(place[0] * picture.width - stamp.width / 2)
    top = int(place[1] * picture.height - stamp.height / 2)
    return _pressed(picture, stamp, left, top)


def sealed(picture: Image.Image, place: tuple[float, float], *, color: tuple[int, int, int] = RED) -> Image.Image:
    """With a round seal."""
    seal = Image.new("RGB", (int(0.17 * picture.width),) * 2, "white")
    draw = ImageDraw.Draw(seal)
    for ring in (0, 0.2):
        inset = int(ring * seal.width / 2) + 2
        draw.ellipse((inset, inset, seal.width - inset, seal.height - inset), outline=color, width=4)
    return _pressed(picture, seal, *(int(p * s - seal.width / 2) for p, s in zip(place, picture.size, strict=True)))


def _pressed(picture: Image.Image, stamp: Image.Image, left: int, top: int) -> Image.Image:
    out = np.asarray(picture).copy()
    part = out[top : top + stamp.height, left : left + stamp.width]
    np.minimum(part, np.asarray(stamp)[: part.shape[0], : part.shape[1]], out=part)
    return Image.fromarray(out)


def worn(seed: int) -> Callable[[Image.Image], Image.Image]:
    """A scanner of its own: some skew, grain and specks."""
    degrees = random.Random(seed).uniform(-2.5, 2.5)
    return lambda picture: noisy(skewed(picture, degrees), seed)
