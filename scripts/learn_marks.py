"""Learn anew to see "MẬT" across a ĐẾN stamp: `python scripts/learn_marks.py FOLDER`, an hour on two processors.

Pages of stamps are made by tests/generator (practice half), worn as scans and photographs are, and taken apart by the
reader's own preparation; the weights go to ingest/reading/scan/mark_network.npz. Those of the repository come from 995
pages and some 19,000 steps in five rounds, each but the first with `--start` from the one before: 440 pages and 7,000
steps in four, then 11,800 steps on pages 0 to 994 as they were made. The last round's steps were computed with PyTorch,
whose gradients are the same to 1e-5, four times as fast.
"""

import argparse
import io
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from demo.scans import rendered  # noqa: E402
from ingest.reading.scan.mark_network import LAYERS, Floats, Layer, as_input, convolved, seen_by_network  # noqa: E402
from ingest.reading.scan.pictures import PAGE_PIXELS  # noqa: E402
from ingest.reading.scan.sheets import Sheet  # noqa: E402
from tests.generator.scan import grained  # noqa: E402
from tests.generator.stamp_pages import stamp_page  # noqa: E402

Points = NDArray[np.float64]  # columns and rows

_CROP = (96, 160)  # pixels of the network, a multiple of four
_BATCH = 16
_NEAR, _UNTOLD = (1, 1), (3, 4)  # squares from the middle of a word, down and right, that are it, and that may be
_COLOURLESS, _RED_SHADE = 0.15, 0.72  # of all crops; and how dark red ink is in them
_FOCUS = 2.0
_RATE = 1.5e-3
_CHOSEN = 0.6  # of all crops, those around a mark


def main() -> int:
    """Make pages where there are none yet, then learn from them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=440)
    parser.add_argument("--steps", type=int, default=7000)
    parser.add_argument("--into", type=Path, default=ROOT / "ingest/reading/scan/mark_network.npz")
    parser.add_argument("--start", type=Path, help="weights to go on from")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(2) as pool:
        paths = [options.folder / f"{seed}.npz" for seed in range(options.pages)]
        list(pool.map(_store, paths))
    _learn(paths, options.steps, options.into, options.start)
    return 0


def _store(path: Path) -> None:
    if not path.exists():
        seen, marks = worn_page(int(path.stem))
        np.savez(path, seen=seen, marks=np.array(marks, np.float32).reshape(-1, 2))


def worn_page(seed: int) -> tuple[NDArray[np.uint8], list[tuple[float, float]]]:
    """Page `seed` as the network sees it, and the middles (column, row) of its marks in pixels of the page."""
    rng = Random(f"worn {seed}")
    made = stamp_page(seed)
    dots = rng.choice((120, 140, 150, 150, 150, 200, 200, 300))
    page = next(rendered(made.pdf, dots))
    points = np.array(made.marks, np.float64).reshape(-1, 2) * dots / 72
    picture, points = _photographed(page, points, rng) if rng.random() < 0.6 else _scanned(page, points, rng)
    sheet = Sheet(1, np.asarray(picture), 0)
    points = _turned(points, sheet.degrees, picture.size)
    return seen_by_network(sheet.red, sheet.black), [(float(x), float(y)) for x, y in points]


def _photographed(page: Image.Image, points: Points, rng: Random) -> tuple[Image.Image, Points]:
    table = tuple(rng.randint(60, 140) for _ in range(3))
    page, points = _askew(page, points, rng.uniform(-4, 4), table)
    wide, high = int(page.width * rng.uniform(1, 1.15)), int(page.height * rng.uniform(1, 1.12))
    corner = ((wide - page.width) // 2, (high - page.height) // 2)
    around = Image.new("RGB", (wide, high), table)
    around.paste(page, corner)
    lit = grained(around, rng, dark=rng.uniform(0.15, 0.55), noise=rng.uniform(2, 9))
    blurred = lit.filter(ImageFilter.GaussianBlur(rng.uniform(0.2, 1.1)))
    return _sized(blurred, points + corner, rng.randint(40, 85))


def _scanned(page: Image.Image, points: Points, rng: Random) -> tuple[Image.Image, Points]:
    page, points = _askew(page, points, rng.choice((0.0, rng.uniform(-0.8, 0.8), rng.uniform(-3, 3))), (250, 249, 245))
    if rng.random() < 0.3:
        page = page.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 0.9)))
    dark = rng.uniform(0.1, 0.3) if rng.random() < 0.25 else 0.0
    page = grained(page, rng, dark=dark, noise=rng.choice((0.0, 3.0, 7.0, 11.0)))
    if rng.random() < 0.2:
        page = page.convert("L")
    return _sized(page, points, rng.randint(38, 80))


def _askew(page: Image.Image, points: Points, degrees: float, ground: tuple[int, ...]) -> tuple[Image.Image, Points]:
    return page.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=ground), _turned(points, degrees, page.size)


def _turned(points: Points, degrees: float, size: tuple[int, int]) -> Points:
    """Where `points` are after their picture was turned to the left around its middle."""
    middle, turn = np.array(size) / 2, np.radians(degrees)
    x, y = (points - middle).T
    return np.stack([x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)], axis=1) + middle


def _sized(picture: Image.Image, points: Points, quality: int) -> tuple[Image.Image, Points]:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    scale = PAGE_PIXELS / picture.width
    size = (PAGE_PIXELS, round(picture.height * scale))
    return Image.open(out).convert("RGB").resize(size, Image.Resampling.BILINEAR, reducing_gap=2), points * scale


def _learn(paths: list[Path], steps: int, into: Path, start: Path | None) -> None:
    pages = [(stored["seen"], stored["marks"]) for stored in map(np.load, paths)]
    made = np.random.default_rng(5)
    weights = _read(start) if start else [_begun(layer, made) for layer in LAYERS]
    moments = [[(np.zeros_like(one), np.zeros_like(one)) for one in pair] for pair in weights]
    begun, lost = time.monotonic(), 0.0
    for step in range(1, steps + 1):
        crops, wanted, counted = _batch(pages, made)
        loss, gradients = _gradients(crops, wanted, counted, weights)
        lost = 0.99 * lost + 0.01 * loss if step > 1 else loss
        rate = _RATE * min(1, step / 200) * (0.5 + 0.5 * np.cos(np.pi * step / steps))
        for pair, changes, state in zip(weights, gradients, moments, strict=True):
            for one, change, (mean, square) in zip(pair, changes, state, strict=True):
                mean += 0.1 * (change - mean)
                square += 0.001 * (change**2 - square)
                one -= rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
        if step % 200 == 0:
            print(f"{step} {lost:.4f} {time.monotonic() - begun:.0f}s", flush=True)
            _write(weights, into)
    _write(weights, into)


def _read(path: Path) -> list[list[Floats]]:
    with np.load(path) as stored:
        names = ("matrix", "bias")
        return [[stored[f"{name}{n}"].astype(np.float32) for name in names] for n in range(len(LAYERS))]


def _begun(layer: Layer, made: np.random.Generator) -> list[Floats]:
    many = layer.size**2 * layer.channels[0]
    matrix = made.standard_normal((many, layer.channels[1])).astype(np.float32) * np.float32((2 / many) ** 0.5)
    # At first nothing is a mark: hardly any square is.
    bias = np.full(layer.channels[1], -3 if layer is LAYERS[-1] else 0, np.float32)
    return [matrix, bias]


def _write(weights: list[list[Floats]], into: Path) -> None:
    named = {f"{name}{n}": one.astype(np.float16) for n, pair in enumerate(weights)
             for name, one in zip(("matrix", "bias"), pair, strict=True)}  # fmt: skip
    np.savez_compressed(into, allow_pickle=False, **named)


def _batch(pages: list[tuple[NDArray[np.uint8], Floats]], made: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """Crops, which of their squares are a mark, and which count."""
    crops, wanted, counted = [], [], []
    for place in made.integers(0, len(pages), _BATCH):
        seen, marks = pages[place]
        crop, middles = _crop(seen, marks / 2, made)
        if made.random() < _COLOURLESS:
            crop = _without_colours(crop)
        crops.append(as_input(crop) * np.float32(made.uniform(0.7, 1.15)))
        is_mark, may_be = (np.zeros((_CROP[0] // 4, _CROP[1] // 4), np.float32) for _ in range(2))
        for x, y in middles / 4:
            for near, mask in ((_NEAR, is_mark), (_UNTOLD, may_be)):
                top, left = (max(0, round(at - 0.5) - reach) for at, reach in zip((y, x), near, strict=True))
                mask[top : max(0, round(y - 0.5) + near[0] + 1), left : max(0, round(x - 0.5) + near[1] + 1)] = 1
        wanted.append(is_mark)
        counted.append(np.maximum(is_mark, 1 - may_be))
    return np.minimum(np.stack(crops), 1), np.stack(wanted), np.stack(counted)


def _crop(seen: NDArray[np.uint8], marks: Floats, made: np.random.Generator) -> tuple[NDArray[np.uint8], Floats]:
    high, wide = _CROP
    top, left = (int(made.integers(0, side - size)) for side, size in zip(seen.shape[:2], _CROP, strict=True))
    if len(marks) and made.random() < _CHOSEN:
        x, y = marks[made.integers(0, len(marks))]
        top, left = (int(np.clip(at - size * made.uniform(0.1, 0.9), 0, side - size - 1))
                     for at, size, side in zip((y, x), _CROP, seen.shape[:2], strict=True))  # fmt: skip
    return seen[top : top + high, left : left + wide], marks - (left, top)


def _without_colours(crop: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """`crop` as a scanner without colours sees it: red ink is dark gray."""
    out = np.zeros_like(crop)
    out[..., 1] = np.maximum(crop[..., 1], crop[..., 0] * _RED_SHADE)
    return out


def _gradients(
    crops: Floats, wanted: Floats, counted: Floats, weights: list[list[Floats]]
) -> tuple[float, list[tuple[Floats, Floats]]]:
    """The loss (focal, Lin et al. 2017) and how it changes with each weight."""
    values, kept = crops, []
    for place, (layer, (matrix, bias)) in enumerate(zip(LAYERS, weights, strict=True)):
        before = values.shape
        values, patches = convolved(values, layer, matrix)
        values = values + bias
        if place < len(LAYERS) - 1:
            values = np.maximum(values, 0)
        kept.append((before, patches, values))
    chance = 1 / (1 + np.exp(-np.clip(values[..., 0], -30, 30)))
    right = np.clip(np.where(wanted > 0, chance, 1 - chance), 1e-6, 1)
    loss = float((-counted * (1 - right) ** _FOCUS * np.log(right)).sum() / _BATCH)
    slope = _FOCUS * right * (1 - right) ** _FOCUS * np.log(right) - (1 - right) ** (_FOCUS + 1)
    back = (counted * slope * np.where(wanted > 0, 1, -1) / _BATCH)[..., None].astype(np.float32)
    gradients = []
    for place, (layer, (matrix, _), (before, patches, after)) in reversed(
        list(enumerate(zip(LAYERS, weights, kept, strict=True)))
    ):
        if place < len(LAYERS) - 1:
            back = back * (after > 0)
        flat = back.reshape(-1, back.shape[-1])
        gradients.append((patches.T @ flat, flat.sum(axis=0)))
        if place:
            back = _spread(flat @ matrix.T, before, back.shape, layer)
    return loss, gradients[::-1]


def _spread(patches: Floats, before: tuple[int, ...], after: tuple[int, ...], layer: Layer) -> Floats:
    """`patches` added up where they were taken from."""
    (down, right), step = layer.padding, layer.stride
    count, height, width, channels = before
    sums = np.zeros((count, height + 2 * down, width + 2 * right, channels), np.float32)
    parts = patches.reshape(*after[:3], layer.size, layer.size, channels)
    for row in range(layer.size):
        for column in range(layer.size):
            y, x = row * layer.dilation[0], column * layer.dilation[1]
            sums[:, y : y + step * after[1] : step, x : x + step * after[2] : step] += parts[:, :, :, row, column]
    return sums[:, down : down + height, right : right + width]


if __name__ == "__main__":
    sys.exit(main())
