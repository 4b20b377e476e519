"""A page's picture made ready for reading: coloured ink apart, upright, straight."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ingest.reading.scan.pictures import Picture

Gray = NDArray[np.uint8]
Mask = NDArray[np.bool_]
_SATURATED = 45  # between strongest and weakest channel; black print with JPEG's fringes stays below
_PALE = 34  # the same in a stroke of a stamp that needed ink: the fringes are thinner
_FAINT = 18  # the same, near what is surely coloured: a stamp that needed ink, or blurred by the scanner
_CELL = 8
_PATCH, _LEAST_PATCHES = 64, 4  # pixels a side of the patches whose light is measured; pages have hundreds
_LIT, _WHITE = 215, 245  # how bright paper is at least that needs no more light, and what it is made
_TABLE, _MOST_GAIN = 0.5, 3.0  # darker than half of the paper is something else
_DARK = 130  # gray below which a pixel counts as ink when lines are looked for
_BLACKEST, _WHITEST = 0.2, 0.85  # parts of the paper's brightness that become black and white
_STEEPEST = 5.0  # degrees of skew that a sheet in a feeder takes
_ANGLES = np.arange(-_STEEPEST, _STEEPEST + 0.01, 0.5)
_FEW = 500  # dark places that show no lines yet
_RIM = 0.15
_CLEARLY = 1.5  # so many times sharper
_WORTH_TURNING = 0.25  # degrees below which tesseract reads a skewed line as well


@dataclass(frozen=True)
class Inks:
    """The colours of a page apart: `black` is the page in gray without red and blue, `pen` without red only, `green`
    with all inks dark; `red` tells where red ink is. What is left out is white."""

    black: Gray
    pen: Gray
    green: Gray
    red: Mask


def inks(picture: Picture) -> Inks:
    """Red stamps and seals and blue ink separated from what is printed."""
    picture = evenly_lit(picture)
    r, g, b = (np.ascontiguousarray(picture[:, :, channel]) for channel in range(3))
    # Without going below 0, where bytes would begin anew.
    redness = np.maximum(r, np.maximum(g, b)) - np.maximum(g, b)
    purplish = np.where(b > r, np.uint8(0), np.maximum(r, g) - g)  # has more blue than green, and grain has as much
    strokes = around(_solid(purplish > _PALE))
    red: Mask = (redness > _FAINT) & around(redness > _SATURATED) | (purplish > _PALE) & strokes
    blue = np.maximum(b, r) - r > _SATURATED
    # In the red channel red ink is nearly as light as the paper: `levelled` takes what is left of it.
    pen = levelled(r)
    black = pen.copy()
    black[blue] = 255
    return Inks(black, pen, levelled(g), red)


def _solid(mask: Mask) -> Mask:
    """Where `mask` holds and all around: no fringe is so wide."""
    inner = mask[:-2] & mask[1:-1] & mask[2:]
    solid = np.zeros_like(mask)
    solid[1:-1, 1:-1] = inner[:, :-2] & inner[:, 1:-1] & inner[:, 2:]
    return solid


def evenly_lit(picture: Picture) -> Picture:
    """`picture` with its paper white everywhere: a photograph is darker to one side. What is no paper stays dark."""
    green = picture[:, :, 1]
    height, width = (max(1, side // _PATCH) for side in green.shape)
    patches = green[: height * _PATCH, : width * _PATCH]
    if min(height, width) < _LEAST_PATCHES:
        return picture
    cells = np.percentile(patches.reshape(height, _PATCH, width, _PATCH)[:, ::4, :, ::4], 80, axis=(1, 3))
    paper = float(np.percentile(cells, 90))
    cells = np.where(cells < _TABLE * paper, paper, cells)  # beside the paper, or a picture upon it
    if cells.min() > _LIT:
        return picture
    light = Image.fromarray(cells.astype(np.float32)).resize(green.shape[::-1], Image.Resampling.BILINEAR)
    gain = np.clip(np.float32(_WHITE) / np.asarray(light), 1, _MOST_GAIN)[:, :, None]
    return np.clip(picture * gain, 0, 255).astype(np.uint8)


def around(mask: Mask) -> Mask:
    """Where `mask` is, and a few letters' strokes around it."""
    height, width = (-(-side // _CELL) for side in mask.shape)
    padded = np.pad(mask, ((0, height * _CELL - mask.shape[0]), (0, width * _CELL - mask.shape[1])))
    cells = padded.reshape(height, _CELL, width, _CELL).any(axis=(1, 3))
    grown = np.pad(cells, 1)
    near = grown[:-2] | grown[1:-1] | grown[2:]
    near = near[:, :-2] | near[:, 1:-1] | near[:, 2:]
    return near.repeat(_CELL, axis=0).repeat(_CELL, axis=1)[: mask.shape[0], : mask.shape[1]]


def levelled(gray: Gray) -> Gray:
    """`gray` with the paper white, whatever its tint, and print black."""
    paper = max(float(np.percentile(gray[::8, ::8], 80)), 1.0)
    shades = (np.arange(256) - _BLACKEST * paper) * (255 / ((_WHITEST - _BLACKEST) * paper))
    table: Gray = np.clip(shades, 0, 255).astype(np.uint8)
    return table[gray]


def skew(gray: Gray) -> float:
    """By how many degrees the lines of `gray` fall to the right (negative: rise); 0.0 where there are no lines."""
    ys, xs = _ink_places(gray)
    if len(ys) < _FEW:
        return 0.0
    coarse = _best_angle(ys, xs, _ANGLES)
    return float(_best_angle(ys, xs, np.arange(coarse - 0.5, coarse + 0.51, 0.1)))


def has_upright_lines(gray: Gray) -> bool:
    """Whether the lines of `gray` run up or down: the sheet was scanned lying on its side."""
    height, width = gray.shape
    inner = gray[int(_RIM * height) : int((1 - _RIM) * height), int(_RIM * width) : int((1 - _RIM) * width)]
    ys, xs = _ink_places(inner)  # without what lies around a photographed sheet
    if len(ys) < _FEW:
        return False
    level, upright = (max(_sharpness(a - b * np.tan(np.radians(angle))) for angle in _ANGLES[::2])
                      for a, b in ((ys, xs), (xs, ys)))  # fmt: skip
    return upright > _CLEARLY * level


def _ink_places(gray: Gray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows and columns of some of the dark places of `gray`, on a grid of a third."""
    ys, xs = np.nonzero(gray[::3, ::3] < _DARK)
    step = len(ys) // 40_000 + 1
    return ys[::step], xs[::step]


def slant(gray: Gray) -> float:
    """As `skew`, for a stamp that a hand put down: up to 45 degrees."""
    ys, xs = np.nonzero(gray[::2, ::2] < 200)
    return _best_angle(ys, xs, np.arange(-45.0, 45.1, 1.0)) if len(ys) else 0.0


def _best_angle(ys: NDArray[np.int64], xs: NDArray[np.int64], angles: NDArray[np.float64]) -> float:
    """The angle along which the ink falls into the sharpest rows."""
    scores = [_sharpness(ys - xs * np.tan(np.radians(angle))) for angle in angles]
    best = int(np.argmax(scores))
    return float(angles[best])


def _sharpness(rows: NDArray[np.float64]) -> float:
    counts = np.bincount((rows - rows.min()).astype(np.int64))
    return float(np.sum(np.diff(counts).astype(np.float64) ** 2))


def straightened(gray: Gray, degrees: float) -> Gray:
    """`gray` with lines that fall by `degrees` made level; corners that come in are white."""
    if abs(degrees) < _WORTH_TURNING:
        return gray
    turned = Image.fromarray(gray).rotate(degrees, Image.Resampling.BILINEAR, fillcolor=255)
    return np.asarray(turned)
