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
_TINT = 4  # pixels a side of the patches in which tints are compared
_LIGHT, _INKED = 200, 140  # green of paper at least, and of paper with pale ink: what is darker is no paper
_LEAST_TINT, _GRAINS = 14, 3  # more red than green in ink at least, and so many times what 1 patch of paper in 20 has
_STRONG = 110  # as _SATURATED, in stamps that are not pale: thicker strokes would touch what is closely beside
_SHADED, _PRINT = 235, 110  # shades: paper within a pale stamp is lighter, black print darker
_CELL = 8
_PATCH, _LEAST_PATCHES = 64, 4  # pixels a side of the patches whose light is measured; pages have hundreds
_LIT, _WHITE = 215, 245  # how bright paper is at least that needs no more light, and what it is made
_TABLE, _MOST_GAIN = 0.5, 3.0  # darker than half of the paper is something else
_DARK = 130  # gray below which a pixel counts as ink when lines are looked for
_BLACKEST, _WHITEST = 0.2, 0.85  # parts of the paper's brightness that become black and white
_PALEST = 0.95  # the same in a pale stamp, whose thin strokes are hardly darker than the paper
_STEEPEST = 5.0  # degrees of skew that a sheet in a feeder takes
_ANGLES = np.arange(-_STEEPEST, _STEEPEST + 0.01, 0.5)
_FEW = 500  # dark places that show no lines yet
_RIM = 0.15
_CLEARLY = 1.5  # so many times sharper
_WORTH_TURNING = 0.25  # degrees below which tesseract reads a skewed line as well


@dataclass(frozen=True)
class Inks:
    """The colours of a page apart: `black` is the page in gray without red and blue, `pen` without red only, `green`
    with all inks dark; `red` tells where red ink is, and `strong` is that which is not pale. What is left out is white.
    """

    black: Gray
    pen: Gray
    green: Gray
    red: Mask
    strong: Gray


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
    pen, green = levelled(r), levelled(g)
    black = pen.copy()
    black[blue] = 255
    strong = np.where(red, green, np.uint8(255))
    tinted = _tinted(picture) & ~around(redness > _STRONG)
    green[tinted] = levelled(g, _PALEST)[tinted]
    pale = tinted & (green < _SHADED) & ~_beside(pen < _PRINT) & (b <= r)
    return Inks(black, pen, green, red | pale, strong)


def _tinted(picture: Picture) -> Mask:
    """Where the paper is reddish as a whole, however little, and close by. A camera's JPEG keeps a quarter of all
    colours: single strokes of a pale stamp have none left. What is less than the picture's grain does not count."""
    few = np.asarray(Image.fromarray(picture).reduce(_TINT))
    r, g, b = (few[:, :, channel].astype(np.int16) for channel in range(3))
    tint = np.where(b > r, 0, r - g)
    paper = tint[g > _LIGHT]
    if not len(paper):
        return np.zeros(picture.shape[:2], bool)
    usual, most = (float(np.percentile(paper, share)) for share in (50, 95))  # lamps are reddish too
    least = usual + min(max(_GRAINS * (most - usual), _LEAST_TINT), _PALE)
    near = _beside((tint > least) & (g > _INKED))
    return near.repeat(_TINT, axis=0).repeat(_TINT, axis=1)[: picture.shape[0], : picture.shape[1]]


def _beside(mask: Mask) -> Mask:
    """Where `mask` holds, and one place around."""
    out = np.pad(mask, 1)
    out = out[:-2] | out[1:-1] | out[2:]
    return out[:, :-2] | out[:, 1:-1] | out[:, 2:]


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
    grown = _beside(np.asarray(cells))
    return grown.repeat(_CELL, axis=0).repeat(_CELL, axis=1)[: mask.shape[0], : mask.shape[1]]


def levelled(gray: Gray, whitest: float = _WHITEST) -> Gray:
    """`gray` with the paper white, whatever its tint, and print black; what is lighter than `whitest` of the paper's
    brightness is white too."""
    paper = max(float(np.percentile(gray[::8, ::8], 80)), 1.0)
    shades = (np.arange(256) - _BLACKEST * paper) * (255 / ((whitest - _BLACKEST) * paper))
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


def is_worth_turning(degrees: float) -> bool:
    """Whether lines that fall by so much are to be made level."""
    return abs(degrees) >= _WORTH_TURNING


def straightened(gray: Gray, degrees: float) -> Gray:
    """`gray` with lines that fall by `degrees` made level; corners that come in are white."""
    if not is_worth_turning(degrees):
        return gray
    turned = Image.fromarray(gray).rotate(degrees, Image.Resampling.BILINEAR, fillcolor=255)
    return np.asarray(turned)
