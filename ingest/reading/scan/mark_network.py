"""A small convolutional network that says where the word "MẬT" stands in red ink, whatever else lies across it.

Its weights are learned by scripts/learn_marks.py from pages that tests/generator makes.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]
Floats = NDArray[np.float32]
_WEIGHTS = Path(__file__).with_name("mark_network.npz")
HALF = 2  # pixels of the page a side of one of the network's
STEP = 8  # pixels of the page a side of one of its answers


class Layer(NamedTuple):
    """`size` pixels a side, `stride` and `dilation` (down, right), from so many channels to so many."""

    size: int
    stride: int
    dilation: tuple[int, int]
    channels: tuple[int, int]

    @property
    def padding(self) -> tuple[int, int]:
        """Pixels of paper added above and below, left and right."""
        down, right = self.dilation
        return self.size // 2 * down, self.size // 2 * right


LAYERS = (
    Layer(5, 2, (1, 1), (2, 16)),
    Layer(3, 1, (1, 1), (16, 24)),
    Layer(3, 2, (1, 1), (24, 32)),
    Layer(3, 1, (1, 1), (32, 32)),
    Layer(3, 1, (1, 2), (32, 32)),
    Layer(3, 1, (2, 4), (32, 32)),
    Layer(1, 1, (1, 1), (32, 1)),
)


def seen_by_network(red: Gray, black: Gray) -> Gray:
    """What the network looks at, half as large: how much red ink and how much black is in each pixel."""
    height, width = (side // HALF * HALF for side in red.shape)
    both = np.stack([red[:height, :width], black[:height, :width]], axis=-1)
    quarters = both.reshape(height // HALF, HALF, width // HALF, HALF, 2).mean(axis=(1, 3), dtype=np.float32)
    seen: Gray = (255 - quarters).astype(np.uint8)
    return seen


def log_odds(seen: Gray) -> Floats:
    """How likely the middle of "MẬT" stands in each square of `STEP` pixels of the page: the logarithm of the odds."""
    values = as_input(seen[None])
    for place, (layer, (matrix, bias)) in enumerate(zip(LAYERS, _weights(), strict=True)):
        values = convolved(values, layer, matrix)[0] + bias
        if place < len(LAYERS) - 1:
            values = np.maximum(values, 0)
    return np.asarray(values[0, :, :, 0], np.float32)


def as_input(seen: NDArray[np.uint8]) -> Floats:
    """Shades as the network takes them, 0..1: of pale ink more than there is."""
    return np.asarray(np.sqrt(seen.astype(np.float32) / np.float32(255)), np.float32)


def convolved(values: Floats, layer: Layer, matrix: Floats) -> tuple[Floats, Floats]:
    """`values` (pictures, rows, columns, channels) through the layer, and the patches that were multiplied."""
    patches = patches_of(values, layer)
    shape = patches.shape[:3]
    flat = patches.reshape(-1, matrix.shape[0])
    return (flat @ matrix).reshape(*shape, -1), flat


def patches_of(values: Floats, layer: Layer) -> Floats:
    """The neighbourhood of each of the layer's answers: pictures, rows, columns, down, right, channels."""
    (down, right), (dilate_down, dilate_right), step = layer.padding, layer.dilation, layer.stride
    padded = np.pad(values, ((0, 0), (down, down), (right, right), (0, 0)))
    count, height, width, channels = padded.shape
    rows = (height - 1 - (layer.size - 1) * dilate_down) // step + 1
    columns = (width - 1 - (layer.size - 1) * dilate_right) // step + 1
    by, y, x, c = padded.strides
    return np.lib.stride_tricks.as_strided(
        padded, (count, rows, columns, layer.size, layer.size, channels),
        (by, y * step, x * step, y * dilate_down, x * dilate_right, c),
    )  # fmt: skip


@cache
def _weights() -> Sequence[tuple[Floats, Floats]]:
    with np.load(_WEIGHTS) as stored:
        return [
            (stored[f"matrix{n}"].astype(np.float32), stored[f"bias{n}"].astype(np.float32)) for n in range(len(LAYERS))
        ]
