"""Ink drawn by hand: signatures and handwritten numbers as paths, never as text."""

import math
import random

Point = tuple[float, float]
Stroke = list[Point]

# Each digit as it is written in Vietnam, as corner points of one or two strokes in a unit box, y downwards.
_DIGITS: dict[str, tuple[tuple[Point, ...], ...]] = {
    "0": (((0.5, 0.0), (0.1, 0.3), (0.15, 0.8), (0.5, 1.0), (0.85, 0.7), (0.85, 0.25), (0.5, 0.0)),),
    "1": (((0.2, 0.3), (0.55, 0.0), (0.5, 0.5), (0.48, 1.0)),),
    "2": (((0.1, 0.25), (0.4, 0.0), (0.8, 0.2), (0.6, 0.6), (0.1, 1.0), (0.5, 0.93), (0.95, 0.98)),),
    "3": (((0.15, 0.1), (0.6, 0.0), (0.8, 0.25), (0.4, 0.45), (0.85, 0.7), (0.5, 1.0), (0.1, 0.9)),),
    "4": (((0.6, 0.0), (0.3, 0.35), (0.05, 0.68), (0.5, 0.66), (0.95, 0.62)), ((0.65, 0.35), (0.62, 1.05))),
    "5": (((0.8, 0.02), (0.25, 0.0), (0.2, 0.42), (0.6, 0.4), (0.85, 0.7), (0.5, 1.0), (0.1, 0.9)),),
    "6": (((0.75, 0.0), (0.3, 0.35), (0.15, 0.8), (0.5, 1.0), (0.8, 0.75), (0.5, 0.52), (0.2, 0.72)),),
    "7": (((0.1, 0.08), (0.5, 0.03), (0.9, 0.0), (0.6, 0.5), (0.4, 1.05)), ((0.25, 0.52), (0.8, 0.47))),
    "8": (((0.7, 0.15), (0.4, 0.0), (0.2, 0.22), (0.75, 0.7), (0.5, 1.0), (0.15, 0.78), (0.7, 0.3), (0.75, 0.12)),),
    "9": (((0.8, 0.2), (0.45, 0.0), (0.15, 0.25), (0.45, 0.48), (0.8, 0.2), (0.75, 0.6), (0.5, 1.05)),),
}


def handwritten(number: str) -> list[Stroke]:
    """Strokes of a number written by pen, in fractions of a box that holds the whole number."""
    pen = random.Random(f"number {number}")
    strokes: list[Stroke] = []
    cell = 1 / max(1, len(number))
    for place, digit in enumerate(number):
        lift, lean = pen.uniform(-0.08, 0.08), pen.uniform(0.05, 0.18)
        for corners in _DIGITS[digit]:
            shaken = [(x + pen.uniform(-0.04, 0.04), y + pen.uniform(-0.03, 0.03)) for x, y in corners]
            strokes.append(
                [
                    (cell * (place + 0.15 + 0.6 * (x + lean * (1 - y))), 0.1 + lift + 0.75 * y)
                    for x, y in _smooth(shaken)
                ]
            )
    return strokes


def signature(name: str) -> list[Stroke]:
    """Strokes of a signature that is always the same for the same name, in fractions of its box."""
    pen = random.Random(f"signature {name}")
    loops, height, lean = pen.randint(2, 6), pen.uniform(0.18, 0.42), pen.uniform(-0.12, 0.16)
    steps = loops * 7
    wave: list[Point] = []
    for step in range(steps):
        turn, done = step / 7 * 2 * math.pi, step / steps
        size = height * (1 - pen.uniform(0.3, 0.8) * done) * pen.uniform(0.7, 1.2)
        bend = pen.uniform(0.05, 0.11)
        wave.append((0.1 + 0.68 * done + bend * math.sin(turn) + lean * size, 0.5 - size * math.cos(turn)))
    flourish = [(0.82, 0.45), (0.97, pen.uniform(0.1, 0.4)), (pen.uniform(0.4, 0.7), 0.8)]
    back = [(pen.uniform(0.0, 0.3), pen.uniform(0.75, 0.95)), (0.55, 0.75), (1.0, pen.uniform(0.5, 0.75))]
    tail = flourish + (back if pen.random() < 0.6 else [])
    initial = [(pen.uniform(0.1, 0.3), 0.05), (0.12, 0.5), (pen.uniform(0.0, 0.1), 0.95), (0.16, 0.6), (0.34, 0.1)]
    return [_smooth(initial), _smooth(wave + tail)]


def _smooth(corners: list[Point], steps: int = 6) -> Stroke:
    """A Catmull-Rom curve through the corner points."""
    ends = [corners[0], *corners, corners[-1]]
    path: Stroke = []
    for before, start, end, after in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        for step in range(steps):
            path.append(_between(before, start, end, after, step / steps))
    return [*path, corners[-1]]


def _between(a: Point, b: Point, c: Point, d: Point, t: float) -> Point:
    def axis(w: float, x: float, y: float, z: float) -> float:
        return 0.5 * (2 * x + (y - w) * t + (2 * w - 5 * x + 4 * y - z) * t**2 + (3 * x - w - 3 * y + z) * t**3)

    return round(axis(a[0], b[0], c[0], d[0]), 4), round(axis(a[1], b[1], c[1], d[1]), 4)
