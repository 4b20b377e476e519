"""The date of a document in its printed line "ngày … tháng … năm …": day and month are often filled in by hand."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from core.text import fold
from ingest.reading.handwriting.ink import is_written
from ingest.reading.handwriting.number import Box
from ingest.reading.handwriting.recognition import Gray, Look, look
from ingest.reading.handwriting.spelling import agree, mean, spellings

# The looks: room above and below the printed line, in its heights, stretch, slant.
_IN_LINE = (0.3, 0.55)
_PLAIN = 0.97  # a line so plain need not be looked at again
_ALONE = ((0.5, 1.5, 0.2), (0.25, 1.0, 0.0))
# The words between day, month and year, as the network reads them without all marks.
_FRAME = re.compile(r"ng[a-z]{0,2}y(?P<day>.*?)th?[a-z]{1,3}g(?P<month>.*?)n[a-z]{1,2}m(?P<year>.{4,8})")


@dataclass(frozen=True)
class Day:
    """`on` is the date, `probability` that it is right before calibration, `box` where day to year stand."""

    on: date
    probability: float
    box: Box


Places = dict[str, tuple[float, float]]


def read_day(page: Gray, line: Box, printed: date | None = None) -> Day | None:
    """The date in the line at `line` of `page`. None where day, month or year are missing, or make no date.

    `printed` is what another reader surely sees there: where the line plainly shows it, no part is looked at alone.
    """
    height = line[3] - line[1]
    framed: list[tuple[Look, Places]] = []
    for room in _IN_LINE:
        margin = round(height * room)
        seen = look(page[max(0, line[1] - margin) : line[3] + margin, line[0] : line[2]])
        places = _places(seen)
        if places:
            framed.append((seen, places))
            if all(max(spellings(seen.part(*place)).values(), default=0.0) >= _PLAIN for place in places.values()):
                break
    if not framed:
        return None
    starts, ends = framed[0][1]["day"][0], framed[0][1]["year"][1]
    width = line[2] - line[0]
    box = (line[0] + round(starts * width), line[1], line[0] + round(ends * width), line[3])
    if printed and (shown := _shown(printed, *framed[-1])) >= _PLAIN:
        return Day(printed, shown, box)
    parts = {name: _part(name, framed, page, line) for name in ("day", "month", "year")}
    if not all(text for text, _ in parts.values()):
        return None
    probability = float(np.prod([share for _, share in parts.values()]))
    try:
        on = date(*(int(parts[name][0]) for name in ("year", "month", "day")))
    except ValueError:
        return None
    return Day(on, probability, box)


def _shown(printed: date, seen: Look, places: Places) -> float:
    """How plainly a look at the line shows this date, at its least plain part."""
    return min(
        _plausible(name, spellings(seen.part(*places[name]))).get(str(getattr(printed, name)), 0.0) for name in places
    )


def _places(seen: Look) -> Places | None:
    """Where day, month and year stand along the strip, as fractions of it."""
    letters = [fold(letter)[:1] or " " for letter, _ in seen.letters]
    found = _FRAME.search("".join(letters))
    if found is None:
        return None
    at = [place for _, place in seen.letters] + [1.0]
    step = 1 / len(seen.digits)
    return {name: (at[found.start(name) - 1] + step, at[found.end(name)]) for name in ("day", "month", "year")}


def _part(name: str, framed: Sequence[tuple[Look, Places]], page: Gray, line: Box) -> tuple[str, float]:
    in_line = _plausible(name, mean([spellings(seen.part(*places[name])) for seen, places in framed]))
    if name == "year":
        best = max(in_line, key=in_line.__getitem__, default="")
        return best, in_line.get(best, 0.0)
    x0, x1 = (line[0] + round(float(np.median([p[name][end] for _, p in framed])) * (line[2] - line[0]))
              for end in (0, 1))  # fmt: skip
    height = line[3] - line[1]
    if not is_written(page[line[1] : line[3], x0:x1], page[line[1] : line[3], line[0] : line[2]]):
        return "", 0.0
    votes = []
    for room, stretch, slant in _ALONE:
        margin = round(height * room)
        part = page[max(0, line[1] - margin) : line[3] + margin, x0 : max(x0 + 1, x1)]
        padded = np.pad(part, ((0, 0), (10, 10)), constant_values=255)
        votes.append(spellings(look(padded, stretch, slant).digits))
    return agree(_plausible(name, mean(votes)), in_line)


def _plausible(name: str, votes: Mapping[str, float]) -> dict[str, float]:
    """`votes` for what can be a day, month or year; "5" and "05" are the same day."""
    out: dict[str, float] = {}
    for text, probability in votes.items():
        if not text or len(text) > (4 if name == "year" else 2):
            continue
        value = int(text)
        if value in _RANGES[name]:
            out[str(value)] = out.get(str(value), 0.0) + probability
    return out


_RANGES = {"day": range(1, 32), "month": range(1, 13), "year": range(1976, 2100)}
