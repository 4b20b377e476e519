"""Paper as it comes from a scanner or a telephone: pictures without a text layer."""

import io
from collections.abc import Iterator

import numpy as np
import pypdfium2
from PIL import Image, ImageFilter


def scanned(pdf: bytes, *, skew: float = 0.6, colour: bool = True, dpi: int = 150, seed: int = 1) -> bytes:
    """The document printed and scanned: an image-only PDF, turned by `skew` degrees, with paper and noise.

    A coloured scan keeps the red of stamps and seals; 150 dpi is what office scanners are left at.
    """
    pages = [_aged(page, skew, seed) for page in rendered(pdf, dpi)]
    if not colour:
        pages = [page.convert("L") for page in pages]
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=dpi, quality=62)
    return _without_dates(out.getvalue())


def photographed(pdf: bytes, *, skew: float = 2.6, seed: int = 1) -> bytes:
    """The first page laid on a table and taken with a telephone: a JPEG with a shadow, askew."""
    page = next(rendered(pdf, 130))
    width, height = page.size
    table = Image.new("RGB", (int(width * 1.12), int(height * 1.08)), (98, 82, 66))
    paper = page.rotate(skew, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=(98, 82, 66))
    table.paste(paper, ((table.width - paper.width) // 2, (table.height - paper.height) // 2))
    across, down = np.linspace(1.0, 0.74, table.width), np.linspace(0.98, 0.86, table.height)
    lit = (down[:, None, None] * across[None, :, None]).astype(np.float32)
    grain = np.random.default_rng(seed).standard_normal((table.height, table.width, 1), dtype=np.float32)
    shaded = np.clip(np.asarray(table, dtype=np.float32) * lit + grain * np.float32(5), 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(shaded).filter(ImageFilter.GaussianBlur(0.6)).save(out, "JPEG", quality=70)
    return out.getvalue()


def rendered(pdf: bytes, dpi: int) -> Iterator[Image.Image]:
    """Every page as an RGB picture of so many dots per inch."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        for page in document:
            yield page.render(scale=dpi / 72).to_pil().convert("RGB")
            page.close()
    finally:
        document.close()


def _aged(page: Image.Image, skew: float, seed: int) -> Image.Image:
    turned = page.rotate(skew, resample=Image.Resampling.BILINEAR, fillcolor="white")
    generator = np.random.default_rng(seed)
    grain = generator.standard_normal((turned.height, turned.width, 1), dtype=np.float32)
    pixels = np.asarray(turned, dtype=np.float32) * np.float32(0.965) + grain * np.float32(6) + np.float32(3)
    np.clip(pixels, 0, 255, out=pixels)
    specks = (generator.integers(0, turned.height, 130), generator.integers(0, turned.width, 130))
    pixels[specks] = 70
    return Image.fromarray(pixels.astype(np.uint8))


def _without_dates(pdf: bytes) -> bytes:
    # Pillow writes the wall clock into CreationDate and ModDate; blanks of equal length keep every offset.
    for label in (b"/CreationDate", b"/ModDate"):
        start = pdf.find(label)
        while start >= 0:
            end = pdf.index(b")", start) + 1
            pdf = pdf[:start] + b" " * (end - start) + pdf[end:]
            start = pdf.find(label)
    return pdf
