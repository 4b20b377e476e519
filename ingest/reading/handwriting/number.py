"""The number of a document (số) written by hand or stamped between "Số:" and the printed notation."""

import re
from dataclasses import dataclass

import numpy as np

from ingest.reading.handwriting.ink import is_written
from ingest.reading.handwriting.recognition import Gray, Look, look
from ingest.reading.handwriting.spelling import agree, mean, spellings

Box = tuple[int, int, int, int]  # x0, y0, x1, y1 in pixels of the page's picture

# The looks: room above and below the printed line, in its heights (hands write larger than print), stretch, slant.
_IN_LINE = ((0.3, 1.35), (0.55, 1.0))
_ALONE = ((0.8, 1.8, 0.25), (0.4, 1.35, -0.25), (0.2, 1.0, 0.0))
_PLAIN = 0.97  # a line so plain need not be looked at again
_WHITE = 14  # pixels beside a number that is looked at alone
# The line as the network sees it: "Só: 04 /QD-UBND", "S6 15-HD/VPTW", "Số: 30/2020/NĐ-CP".
_LABEL = re.compile(r"\W{0,2}[Ss5]\s?(?:[^\W\d]|[0o6]){0,2}\s?(?:(?P<colon>[:;])|\s*)")
_LABEL_INSIDE = re.compile(r"[Ss][^\W\d](?P<colon>[:;])")
_YEAR = re.compile(r"/\s?(?:19|20)\d\d\s?/")
_PARTY = re.compile(r"(?<=[\dA-Zo])\s?-\s?[^\W\d_]{2,3}\s?/")
_NOTATION = re.compile(r"[^\W\d_]\s?[^\W\d_]")


@dataclass(frozen=True)
class Number:
    """`text` are its digits as they stand, `probability` that they are right before calibration, `box` where."""

    text: str
    probability: float
    box: Box


def read_number(
    page: Gray, label: Box, end: int, slash: int | None = None, printed: str | None = None
) -> Number | None:
    """The number behind the label "Số:" at `label`, before the "/" of a notation that ends at x = `end`.

    `slash` is where another reader saw that "/", for hands that hide it. The line is looked at in several sizes, once
    with what is printed around the number and once without: print tells the size of letters, and misleads. Where it
    plainly shows `printed`, what another reader surely sees, that is enough. None where nothing is written, or where
    it is not found where the number begins and ends.
    """
    strip, box = _strip(page, label, end, _IN_LINE[0][0])
    width = strip.shape[1]
    hint = (slash - box[0]) / width if slash is not None else None
    placed: list[tuple[float, float]] = []
    votes: list[dict[str, float]] = []
    for room, stretch in _IN_LINE:
        seen = look(_strip(page, label, end, room)[0], stretch)
        place = _place(seen, hint)
        if place:
            placed.append(place)
            votes.append(spellings(seen.part(*place)))
            if max(votes[-1].values(), default=0.0) >= _PLAIN:
                break
    if not placed:
        return None
    start, stop = np.median(np.array(placed), axis=0).tolist()
    box = (box[0] + round(start * width), box[1], box[0] + round(stop * width), box[3])
    if printed and (shown := votes[-1].get(printed, 0.0)) >= _PLAIN:
        return Number(printed, shown, box)
    if not is_written(page[label[1] : label[3], box[0] : box[2]], page[label[1] : label[3], label[0] : end]):
        return None
    best, probability = agree(_alone(page, label, box), mean(votes))
    return Number(best, probability, box) if best else None


def _strip(page: Gray, label: Box, end: int, room: float) -> tuple[Gray, Box]:
    height = label[3] - label[1]
    margin = round(height * room)
    box = (max(0, label[0] - height // 4), max(0, label[1] - margin), min(page.shape[1], end), label[3] + margin)
    return page[box[1] : box[3], box[0] : box[2]], box


def _place(seen: Look, hint: float | None) -> tuple[float, float] | None:
    """Where the number may stand, in fractions of the strip: behind the label, before the slash (or at `hint`)."""
    label = _LABEL.match(seen.text) or _LABEL_INSIDE.search(seen.text)
    if label is None:
        return None
    at = [place for _, place in seen.letters] + [1.0]
    step = 1 / len(seen.digits)
    start = at[label.end() - 1] + step if label["colon"] else at[label.end()] - step / 2
    stop = _stop(seen.text, label.end())
    end = at[stop] if stop is not None else hint
    return (start, end) if end is not None and end - start > step else None


def _stop(text: str, start: int) -> int | None:
    """Where in `text` the number ends: at the year of a legal document, at the Party's hyphen, else at the last
    slash before the capitals: an upright one may be seen as a slash as well."""
    for pattern in (_YEAR, _PARTY):
        found = pattern.search(text, start)
        if found:
            return found.start()
    notation = _NOTATION.search(text, start)
    slash = text.rfind("/", start, notation.start() if notation else len(text))
    return slash if slash >= 0 else None


def _alone(page: Gray, label: Box, box: Box) -> dict[str, float]:
    """What the number may be, seen with white around it, upright and leant both ways as hands lean."""
    height = label[3] - label[1]
    votes = []
    for room, stretch, slant in _ALONE:
        margin = round(height * room)
        part = page[max(0, label[1] - margin) : label[3] + margin, box[0] : max(box[0] + 1, box[2] - 3)]
        padded = np.pad(part, ((0, 0), (_WHITE, _WHITE)), constant_values=255)
        votes.append(spellings(look(padded, stretch, slant).digits))
    return mean(votes)
