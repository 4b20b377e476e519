"""The number of a document (số) written by hand or stamped between "Số:" and the printed notation."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ingest.reading.handwriting.ink import is_written
from ingest.reading.handwriting.recognition import Gray, Look, look
from ingest.reading.handwriting.spelling import agree, mean, spellings

Box = tuple[int, int, int, int]  # x0, y0, x1, y1 in pixels of the page's picture

_ROOM = (0.3, 0.55)  # above and below the printed line, in its heights: hands write larger than print
_CLOSER = (0.2, 0.4, 0.8)
_STRETCH = 1.35


@dataclass(frozen=True)
class Number:
    """`text` are its digits as they stand, `probability` that they are right before calibration, `box` where."""

    text: str
    probability: float
    box: Box


def read_number(page: Gray, label: Box, end: int) -> Number | None:
    """The number behind the label "Số:" at `label`, before the "/" of a notation that ends at x = `end`.

    The line is looked at in several sizes, once with what is printed around the number and once without: print
    tells the size of letters, and misleads. None where nothing stands, or where colon or slash are not found.
    """
    strips = [_strip(page, label, end, room) for room in _ROOM]
    looks = [look(strip, stretch) for strip, _ in strips for stretch in (1.0, _STRETCH)]
    between = _between(looks)
    if between is None:
        return None
    start, stop = between
    in_line = mean([spellings(seen.part(*(_between([seen]) or between))) for seen in looks])
    x0, width = strips[0][1][0], strips[0][0].shape[1]
    box = (x0 + round(start * width), strips[0][1][1], x0 + round(stop * width), strips[0][1][3])
    if not is_written(page[label[1] : label[3], box[0] : box[2]], page[label[1] : label[3], label[0] : end]):
        return None
    alone = mean([spellings(look(strip, stretch).digits) for strip in _alone(page, label, box)
                  for stretch in (1.0, _STRETCH)])  # fmt: skip
    best, probability = agree(alone, in_line)
    return Number(best, probability, box) if best else None


def _strip(page: Gray, label: Box, end: int, room: float) -> tuple[Gray, Box]:
    height = label[3] - label[1]
    margin = round(height * room)
    box = (max(0, label[0] - height // 4), max(0, label[1] - margin), min(page.shape[1], end), label[3] + margin)
    return page[box[1] : box[3], box[0] : box[2]], box


def _between(looks: Sequence[Look]) -> tuple[float, float] | None:
    """Where the number may stand, in fractions of the strip: behind the first colon, before the last slash."""
    starts = [place for seen in looks for place in _places(seen, ":;")[:1]]
    stops = [place for seen in looks for place in _places(seen, "/")[-1:]]
    if not starts or not stops:
        return None
    step = 1 / np.median([len(seen.digits) for seen in looks])
    start, stop = float(np.median(starts)) + step, float(np.median(stops))
    return (start, stop) if stop - start > step else None


def _places(seen: Look, wanted: str) -> list[float]:
    return [place for letter, place in seen.letters if letter in wanted]


def _alone(page: Gray, label: Box, box: Box) -> list[Gray]:
    """The number with white around it."""
    out = []
    height = label[3] - label[1]
    for room in _CLOSER:
        margin = round(height * room)
        part = page[max(0, label[1] - margin) : label[3] + margin, box[0] : max(box[0] + 1, box[2] - 3)]
        out.append(np.pad(part, ((0, 0), (10, 10)), constant_values=255))
    return out
