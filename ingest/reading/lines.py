"""Words joined into lines, by where they stand. Everything here is in fractions of the page, origin top left."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from core.text import fold, normal
from ingest.letter import Box, Page, Word
from ingest.reading.remembered import remembered


@dataclass(frozen=True)
class Line:
    """Words on one height, left to right."""

    words: tuple[Word, ...]

    @cached_property
    def text(self) -> str:
        """The line as it stands in the document."""
        return " ".join(word.text for word in self.words)

    @cached_property
    def plain(self) -> str:
        """The line in `core.text.normal` form, for patterns."""
        return normal(self.text)

    @cached_property
    def folded(self) -> str:
        """The line without marks and case."""
        return fold(self.text)

    @cached_property
    def box(self) -> Box:
        return box_of(self.words)

    @property
    def x0(self) -> float:
        return self.box[0]

    @property
    def y0(self) -> float:
        return self.box[1]

    @property
    def x1(self) -> float:
        return self.box[2]

    @property
    def y1(self) -> float:
        return self.box[3]

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def center(self) -> float:
        return (self.x0 + self.x1) / 2

    @property
    def is_capitals(self) -> bool:
        """Whether it has letters and all of them are capitals."""
        return self.text.isupper()

    def gap_after(self, previous: "Line") -> float:
        """The white space between `previous` and this line."""
        return self.y0 - previous.y1


def box_of(words: Iterable[Word]) -> Box:
    """The smallest box around `words` (at least one)."""
    xs0, ys0, xs1, ys1 = zip(*((w.x0, w.y0, w.x1, w.y1) for w in words), strict=True)
    return round(min(xs0), 4), round(min(ys0), 4), round(max(xs1), 4), round(max(ys1), 4)


def lines_of(words: Iterable[Word]) -> list[Line]:
    """`words` as lines from top to bottom.

    A word belongs to a line when its middle lies within half a letter of the line's middle. Give it one
    column at a time: the columns of the head stand on slightly different heights.
    """
    rows: list[list[Word]] = []
    spans: list[tuple[float, float]] = []  # middle and height of each row's first word
    ordered = sorted([((w.y0 + w.y1) / 2, w.x0, i, w) for i, w in enumerate(words)])
    for middle, _, _, word in ordered:
        height = word.y1 - word.y0
        if spans and _is_level(spans[-1], middle, height):
            rows[-1].append(word)
        elif len(spans) > 1 and _is_level(spans[-2], middle, height):  # words come sorted by height: no row further up
            rows[-2].append(word)
        else:
            rows.append([word])
            spans.append((middle, height))
            if len(rows) > 1:
                _take_nearer(rows[-2], rows[-1], spans[-2], spans[-1])
    return [Line(tuple(sorted(row, key=lambda w: w.x0 + w.x1))) for row in rows]


@remembered
def page_lines(page: Page) -> tuple[Line, ...]:
    """All lines of `page`, both columns joined where they stand on one height."""
    return tuple(lines_of(page.words))


def _take_nearer(
    above: list[Word], row: list[Word], span_above: tuple[float, float], span: tuple[float, float]
) -> None:
    """What stands nearer to a row begun than to the one before is the row's: a high "Ý" comes before its line."""
    while len(above) > 1:
        middle, height = (above[-1].y0 + above[-1].y1) / 2, above[-1].y1 - above[-1].y0
        if abs(span[0] - middle) >= abs(span_above[0] - middle) or not _is_level(span, middle, height):
            return
        row.append(above.pop())


def _is_level(span: tuple[float, float], middle: float, height: float) -> bool:
    taller = height if height > span[1] else span[1]
    return -0.45 * taller < span[0] - middle < 0.45 * taller


def segments_of(lines: Iterable[Line], gap: float = 0.03) -> list[Line]:
    """`lines` cut wherever more than `gap` of the page's width is white: stamps and cells stand alone then."""
    out: list[Line] = []
    for line in lines:
        start = 0
        for i in range(1, len(line.words)):
            if line.words[i].x0 - line.words[i - 1].x1 > gap:
                out.append(Line(line.words[start:i]))
                start = i
        out.append(Line(line.words[start:]))
    return out


def columns(words: Sequence[Word], split: float) -> tuple[list[Word], list[Word]]:
    """`words` left and right of `split`, by their middles."""
    left = [w for w in words if (w.x0 + w.x1) / 2 < split]
    right = [w for w in words if (w.x0 + w.x1) / 2 >= split]
    return left, right


def joined(lines: Sequence[Line]) -> str:
    """The text of `lines` as one line with single spaces. Vietnamese is not hyphenated: a hyphen at a line's end is
    one of the text, and where it clings to a word ("QĐ-" over "UBND") so does what follows."""
    out = ""
    for line in lines:
        clings = re.search(r"\w[-/]$", out) is not None
        out += line.text if clings or not out else " " + line.text
    return " ".join(out.split())


def box_around(lines: Sequence[Line]) -> Box:
    """The box around all words of `lines` (at least one line)."""
    return box_of(word for line in lines for word in line.words)
