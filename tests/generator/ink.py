"""Ink: numbers and signatures as a pen leaves them, in fractions of their box."""

import math
from random import Random

Point = tuple[float, float]
Stroke = list[Point]

# Several ways to write each digit, as corner points in a unit box with y downwards.
_DIGITS: dict[str, tuple[tuple[tuple[Point, ...], ...], ...]] = {
    "0": ((((0.55, 0.02), (0.15, 0.25), (0.12, 0.75), (0.5, 1), (0.88, 0.72), (0.85, 0.22), (0.5, 0.02)),),
          (((0.75, 0.1), (0.3, 0.05), (0.1, 0.6), (0.45, 0.98), (0.85, 0.6), (0.7, 0.08), (0.4, 0.12)),)),
    "1": ((((0.5, 0), (0.48, 0.5), (0.45, 1)),), (((0.2, 0.3), (0.6, 0), (0.52, 0.55), (0.5, 1)),)),
    "2": ((((0.12, 0.28), (0.42, 0.02), (0.82, 0.22), (0.55, 0.62), (0.08, 1), (0.95, 0.95)),),
          (((0.1, 0.2), (0.5, 0), (0.8, 0.3), (0.3, 0.85), (0.12, 0.92), (0.35, 0.78), (0.95, 1)),)),
    "3": ((((0.15, 0.08), (0.65, 0.02), (0.75, 0.28), (0.4, 0.46), (0.85, 0.7), (0.5, 1), (0.1, 0.88)),),
          (((0.1, 0.03), (0.8, 0), (0.42, 0.4), (0.82, 0.62), (0.55, 1), (0.08, 0.92)),)),
    "4": ((((0.58, 0), (0.25, 0.4), (0.05, 0.66), (0.55, 0.64), (0.95, 0.6)), ((0.66, 0.3), (0.6, 1.04))),
          (((0.3, 0.02), (0.12, 0.55), (0.5, 0.58), (0.9, 0.52)), ((0.8, 0), (0.7, 0.5), (0.66, 1.05)))),
    "5": ((((0.82, 0.02), (0.28, 0), (0.2, 0.42), (0.62, 0.38), (0.86, 0.7), (0.5, 1), (0.08, 0.9)),),
          (((0.3, 0.05), (0.22, 0.45), (0.7, 0.42), (0.8, 0.8), (0.4, 1), (0.1, 0.88)), ((0.3, 0.06), (0.85, 0)))),
    "6": ((((0.72, 0), (0.3, 0.38), (0.14, 0.8), (0.5, 1), (0.82, 0.76), (0.5, 0.52), (0.18, 0.74)),),
          (((0.55, 0), (0.15, 0.55), (0.2, 0.95), (0.65, 0.98), (0.75, 0.65), (0.4, 0.58), (0.16, 0.8)),)),
    "7": ((((0.08, 0.06), (0.9, 0), (0.58, 0.5), (0.42, 1.04)), ((0.28, 0.5), (0.82, 0.46))),
          (((0.1, 0.15), (0.15, 0.02), (0.9, 0.04), (0.5, 0.6), (0.4, 1)),)),
    "8": ((((0.72, 0.14), (0.4, 0), (0.2, 0.24), (0.76, 0.7), (0.5, 1), (0.14, 0.78), (0.7, 0.3), (0.74, 0.12)),),
          (((0.5, 0.48), (0.2, 0.22), (0.5, 0), (0.78, 0.22), (0.2, 0.76), (0.5, 1), (0.82, 0.74), (0.5, 0.48)),)),
    "9": ((((0.8, 0.2), (0.46, 0), (0.14, 0.25), (0.46, 0.48), (0.8, 0.2), (0.76, 0.6), (0.52, 1.04)),),
          (((0.78, 0.1), (0.3, 0.05), (0.2, 0.42), (0.6, 0.45), (0.8, 0.1), (0.78, 0.7), (0.35, 1), (0.12, 0.9)),)),
    "/": ((((0.85, 0), (0.5, 0.5), (0.15, 1.05)),),),
}  # fmt: skip


def number(text: str, rng: Random) -> list[Stroke]:
    """The digits and slashes of `text`, one writer's hand for all of them. Raises KeyError for other letters."""
    strokes: list[Stroke] = []
    cell, lean, hand = 1 / max(1, len(text)), rng.uniform(-0.05, 0.28), rng.randrange(2)
    for place, digit in enumerate(text):
        ways = _DIGITS[digit]
        lift, size = rng.uniform(-0.06, 0.06), rng.uniform(0.62, 0.82)
        for corners in ways[hand % len(ways)]:
            shaken = [(x + rng.gauss(0, 0.035), y + rng.gauss(0, 0.03)) for x, y in corners]
            strokes.append([(cell * (place + 0.12 + 0.68 * (x + lean * (1 - y))), 0.12 + lift + size * y)
                            for x, y in smooth(shaken)])  # fmt: skip
    return strokes


def signature(rng: Random) -> list[Stroke]:
    """A signature: an initial, waves that run out, a flourish below."""
    loops, height, lean = rng.randint(2, 7), rng.uniform(0.15, 0.42), rng.uniform(-0.12, 0.2)
    wave: list[Point] = []
    for step in range(loops * 6):
        turn, done = step / 6 * 2 * math.pi, step / (loops * 6)
        size = height * (1 - rng.uniform(0.2, 0.8) * done)
        wave.append(
            (0.08 + 0.7 * done + rng.uniform(0.04, 0.1) * math.sin(turn) + lean * size, 0.5 - size * math.cos(turn))
        )
    tail = [(0.85, 0.4), (0.98, rng.uniform(0.1, 0.4)), (rng.uniform(0.3, 0.7), rng.uniform(0.7, 0.95)), (0.1, 0.85)]
    initial = [(rng.uniform(0.1, 0.3), 0.05), (0.12, 0.5), (rng.uniform(0, 0.1), 0.95), (0.34, 0.1)]
    return [smooth(initial), smooth(wave + tail)]


def smooth(corners: list[Point], steps: int = 6) -> Stroke:
    """A Catmull-Rom curve through the corner points."""
    ends = [corners[0], *corners, corners[-1]]
    path = [_between((before, start, end, after), step / steps)
            for before, start, end, after in zip(ends, ends[1:], ends[2:], ends[3:], strict=False)
            for step in range(steps)]  # fmt: skip
    return [*path, corners[-1]]


def _between(four: tuple[Point, Point, Point, Point], t: float) -> Point:
    def axis(w: float, x: float, y: float, z: float) -> float:
        return 0.5 * (2 * x + (y - w) * t + (2 * w - 5 * x + 4 * y - z) * t**2 + (3 * x - w - 3 * y + z) * t**3)

    a, b, c, d = four
    return round(axis(a[0], b[0], c[0], d[0]), 4), round(axis(a[1], b[1], c[1], d[1]), 4)
