"""A page's picture made ready for reading: coloured ink apart, upright, straight."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ingest.reading.scan.pictures import Picture

Gray = NDArray[np.uint8]
Mask = NDArray[np.bool_]
_SATURATED = 45  # between strongest and weakest channel; black print with JPEG's fringes stays below
_DARK = 130  # gray below which a pixel counts as ink when lines are looked for
_BLACKEST, _WHITEST = 0.2, 0.85  # parts of the paper's brightness that become black and white
_STEEPEST = 5.0  # degrees of skew that a sheet in a feeder takes
_WORTH_TURNING = 0.25  # degrees below which tesseract reads a skewed line as well


_SEAL_PIXELS = 290  # a round seal of 36 mm
_SEAL_RADIUS = 165  # with what its middle may be off, and smears
_LEAST_STAMPED = 600  # red pixels beside the seal that may be a name
_LEAST_SEAL = 1500  # red pixels


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
    channels = picture.astype(np.int16)
    r, g, b = channels[:, :, 0], channels[:, :, 1], channels[:, :, 2]
    red: Mask = (r - np.maximum(g, b)) > _SATURATED
    blue = (b - r) > _SATURATED
    # In the red channel red ink is nearly as light as the paper: `levelled` takes what is left of it.
    pen = levelled(picture[:, :, 0])
    black = pen.copy()
    black[blue] = 255
    return Inks(black, pen, levelled(picture[:, :, 1]), red)


def with_red_print(separate: Inks) -> Gray:
    """The black picture with what was stamped in red, all but the round seal: names and titles are stamped too."""
    picture = separate.black.copy()
    stamped = separate.red.copy()
    center = seal_center(separate.red)
    if center:
        y, x, half = *center, _SEAL_RADIUS
        stamped[max(0, y - half) : y + half, max(0, x - half) : x + half] &= ~_DISC[
            max(0, half - y) : half + len(stamped) - y, max(0, half - x) : half + stamped.shape[1] - x
        ]
    if stamped.sum() >= _LEAST_STAMPED:
        picture[stamped] = separate.green[stamped]
    return picture


_grid = np.arange(2 * _SEAL_RADIUS) - _SEAL_RADIUS
_DISC = _grid[:, None] ** 2 + _grid[None, :] ** 2 <= _SEAL_RADIUS**2


def seal_center(red: Mask) -> tuple[int, int] | None:
    """Row and column of the middle of the square, as large as a seal, that holds the most red; None for little."""
    cell = 10
    height, width = (side // cell * cell for side in red.shape)
    cells = red[:height, :width].reshape(height // cell, cell, width // cell, cell).sum(axis=(1, 3))
    sums = np.pad(cells.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    side = _SEAL_PIXELS // cell
    if min(cells.shape) < side:
        return None
    windows = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    row, column = np.unravel_index(int(windows.argmax()), windows.shape)
    if windows[row, column] < _LEAST_SEAL:
        return None
    return (int(row) + side // 2) * cell, (int(column) + side // 2) * cell


def levelled(gray: Gray) -> Gray:
    """`gray` with the paper white, whatever its tint, and print black."""
    paper = max(float(np.percentile(gray[::8, ::8], 80)), 1.0)
    shades = (np.arange(256) - _BLACKEST * paper) * (255 / ((_WHITEST - _BLACKEST) * paper))
    table: Gray = np.clip(shades, 0, 255).astype(np.uint8)
    return table[gray]


def skew(gray: Gray) -> float:
    """By how many degrees the lines of `gray` fall to the right (negative: rise); 0.0 where there are no lines."""
    ys, xs = np.nonzero(gray[::3, ::3] < _DARK)
    if len(ys) < 500:
        return 0.0
    if len(ys) > 40_000:
        step = len(ys) // 40_000 + 1
        ys, xs = ys[::step], xs[::step]
    coarse = _best_angle(ys, xs, np.arange(-_STEEPEST, _STEEPEST + 0.01, 0.5))
    return float(_best_angle(ys, xs, np.arange(coarse - 0.5, coarse + 0.51, 0.1)))


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
