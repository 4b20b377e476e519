"""A page's picture made ready for reading: coloured ink apart, upright, straight."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ingest.reading.scan.pictures import Picture

Gray = NDArray[np.uint8]
Mask = NDArray[np.bool_]
_SATURATED = 60  # between strongest and weakest channel; black print with JPEG's fringes stays below
_DARK = 130  # gray below which a pixel counts as ink when lines are looked for
_BLACKEST, _WHITEST = 0.2, 0.85  # parts of the paper's brightness that become black and white
_STEEPEST = 5.0  # degrees of skew that a sheet in a feeder takes
_WORTH_TURNING = 0.25  # degrees below which tesseract reads a skewed line as well


@dataclass(frozen=True)
class Inks:
    """The colours of a page apart: `black` is the page in gray without red and blue, the masks tell where those
    were. In the black picture they are white; in `written` only red is."""

    black: Gray
    red: Mask
    blue: Mask
    written: Gray


def inks(picture: Picture) -> Inks:
    """Red stamps and seals and blue ink separated from what is printed."""
    channels = picture.astype(np.int16)
    r, g, b = channels[:, :, 0], channels[:, :, 1], channels[:, :, 2]
    red = (r - np.maximum(g, b)) > _SATURATED
    blue = (b - r) > _SATURATED
    # In the red channel red ink is nearly as light as the paper: `levelled` takes what is left of it.
    black = picture[:, :, 0].copy()
    black[blue] = 255
    return Inks(levelled(black), red, blue, levelled(picture[:, :, 0]))


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
