"""The head of page 1: motto, offices, số ký hiệu, place and date, stamps (ô 1-4 and 10, NĐ 30 Phụ lục I.IV)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from core.notation import Code, parse_code, parse_date
from core.text import fold
from ingest.letter import Page, Word
from ingest.reading.lines import Line, columns, lines_of, segments_of
from ingest.reading.patterns import (
    DATE_GOES_ON,
    LABEL,
    MOTTO_BELOW,
    PARTY_MOTTO,
    PLACE_AND_DATE,
    SIGNATURE_MARK,
    STATE_MOTTO,
)
from ingest.reading.remembered import remembered

_HEAD_DEPTH = 0.5  # the motto stands in the upper half, whatever was printed or stamped above it
_MOTTOS = {m.split()[0]: (m.split(), is_party) for m, is_party in ((STATE_MOTTO, False), (PARTY_MOTTO, True))}
_UNDER_MOTTO = 0.14  # code and date lines begin at most this far under the motto


@dataclass(frozen=True)
class Head:
    """The parts of the head. `has_motto` is False where only "Số:" beside a date gave it away.

    `left` are all lines of the left column from the offices downward; `offices` those above the code line.
    `bottom` is where code and date line end, `split` the x between the columns.
    """

    page: Page
    has_motto: bool
    is_party: bool
    split: float
    bottom: float
    offices: tuple[Line, ...]
    left: tuple[Line, ...]
    code_line: Line | None
    date_line: Line | None


def find_head(pages: Sequence[Page]) -> Head | None:
    """The head of the first page of `pages` (of the first three) that has one: covers and slips come before."""
    for page in pages[:3]:
        if page.is_scan or not page.words:
            continue
        if head := _head_of(page):
            return head
    first = pages[0] if pages else None
    return _head_without_motto(first) if first and not first.is_scan else None


@remembered
def _head_of(page: Page) -> Head | None:
    found = _motto(page)
    return _head(page, *found) if found else None


def _motto(page: Page) -> tuple[Line, bool] | None:
    upper = [w for w in page.words if w.y0 < _HEAD_DEPTH]
    # Only the few words that begin a motto are followed, not every line of the page.
    for first in upper:
        motto, is_party = _MOTTOS.get(fold(first.text), (None, False))
        if motto is None:
            continue
        words = _sequence(_level_with(first, upper), motto)
        if words and (found := Line(words)) and _is_head_line(found, upper, is_party):
            return found, is_party
    return None


def _is_head_line(motto: Line, upper: Sequence[Word], is_party: bool) -> bool:
    """In running text the names of state and Party are no head: the head is in capitals, or (in fonts that draw small
    letters as capitals) stands over the words "Độc lập"."""
    if is_party and motto.x0 <= 0.35:
        return False
    if motto.is_capitals:
        return True
    below = lines_of(w for w in upper if motto.y1 - 0.005 < w.y0 < motto.y1 + 0.03)
    return any(MOTTO_BELOW in line.folded for line in below[:2])


def _level_with(first: Word, words: Sequence[Word]) -> list[Word]:
    """The words on the line of `first`, from it to the right."""
    middle, reach = (first.y0 + first.y1) / 2, 0.45 * (first.y1 - first.y0)
    level = [w for w in words if w.x0 >= first.x0 and abs((w.y0 + w.y1) / 2 - middle) < reach]
    return sorted(level, key=lambda w: w.x0)


def _sequence(words: Sequence[Word], wanted: Sequence[str]) -> tuple[Word, ...]:
    """The first words of `words` if they read as `wanted`, else ()."""
    folded = [fold(w.text).strip(".,") for w in words[: len(wanted)]]
    return tuple(words[: len(wanted)]) if folded == list(wanted) else ()


def _head(page: Page, motto: Line, is_party: bool) -> Head:
    top = motto.y0 - 1.6 * motto.height
    words = [w for w in page.words if top <= (w.y0 + w.y1) / 2 < motto.y1 + 0.45]
    split = min(motto.x0, _date_start(words, motto)) - 0.002
    left_words, right_words = columns(words, split)
    left, right = _clean(lines_of(left_words)), _clean(lines_of(right_words))
    limit = motto.y1 + _UNDER_MOTTO
    dated = (li for li in _whole_dates(right) if li.y0 < limit and PLACE_AND_DATE.search(li.plain))
    date_line = next(dated, None)
    if date_line is None:  # a long place name reaches over into the left column
        both = lines_of(w for w in words if w.y0 > motto.y1)
        date_line = next((li for li in both if li.y0 < limit and PLACE_AND_DATE.search(li.plain)), None)
    code_line = _code_line(left, limit)
    ends = [li.y1 for li in (code_line, date_line) if li]
    below = next((li.y1 for li in right if MOTTO_BELOW in li.folded and li.y0 < limit), motto.y1)
    bottom = max([*ends, below])
    # The date stands on the code's height, or above it where the left column has more lines.
    offices_end = code_line.y0 if code_line else date_line.y0 if date_line else below + 0.02
    offices = tuple(li for li in left if (li.y0 + li.y1) / 2 < offices_end)
    return Head(page, True, is_party, split, bottom, offices, tuple(left), code_line, date_line)


def _whole_dates(lines: Sequence[Line]) -> Iterator[Line]:
    """`lines`, a date over two of them as one: "Thị trấn Buôn Hồ, ngày 05 tháng" over "01 năm 2025"."""
    for line, below in zip_longest(lines, lines[1:]):
        goes_on = below is not None and below.y0 - line.y1 < line.height and DATE_GOES_ON.match(below.plain)
        is_begun = goes_on and "ngày" in line.plain.lower() and parse_date(line.plain) is None
        yield Line(line.words + below.words) if is_begun and below else line


def _date_start(words: Sequence[Word], motto: Line) -> float:
    """Where place and date begin: a long place name, or the Party's short motto, puts them left of the motto."""
    under = lines_of(w for w in words if motto.y1 < w.y1 < motto.y1 + _UNDER_MOTTO)
    dated = [s.x0 for s in segments_of(under) if PLACE_AND_DATE.search(s.plain)]
    # Further left it has run together with the code line.
    return min((x for x in dated if x > 0.35), default=1.0)


@remembered
def _head_without_motto(page: Page) -> Head | None:
    """Enterprises and foreign offices: "Số:" on the left and a dated line on the right, near the top."""
    words = [w for w in page.words if w.y0 < 0.3]
    dated = [s for s in segments_of(lines_of(words)) if PLACE_AND_DATE.search(s.plain) and s.center > 0.5]
    if not dated:
        return None
    split = dated[0].x0 - 0.002
    left = _clean(lines_of(columns([w for w in page.words if w.y0 < 0.5], split)[0]))
    code_line = _code_line(left, 0.3)
    if code_line is None or abs(code_line.y0 - dated[0].y0) > 0.06:
        return None
    offices = tuple(li for li in left if li.y1 <= code_line.y0 + 0.002)
    bottom = max(code_line.y1, dated[0].y1)
    return Head(page, False, False, split, bottom, offices, tuple(left), code_line, dated[0])


def _clean(lines: Sequence[Line]) -> list[Line]:
    """`lines` without signature appearances, rules drawn with characters, and a receiver's ĐẾN stamp."""
    kept: list[Line] = []
    stamp_ends = -1.0
    for line in lines:
        if re.fullmatch(r"\W*(?:CÔNG VĂN |CV )?ĐẾN\W*", line.plain):
            stamp_ends = line.y1 + 0.08
        inside_stamp = line.y0 < stamp_ends and re.search(r"^\W*(?:CÔNG VĂN |CV )?ĐẾN|^\W*(?:số|ngày|chuyển|giờ)\b",
                                                          line.plain, re.IGNORECASE)  # fmt: skip
        if inside_stamp or SIGNATURE_MARK.search(line.plain) or not any(c.isalnum() for c in line.text):
            continue
        kept.append(line)
    return kept


def _code_line(left: Sequence[Line], limit: float) -> Line | None:
    """The line with a code behind "Số:", else the one with the bare label."""
    labelled: Line | None = None
    for i, line in enumerate(left):
        if line.y0 >= limit or not LABEL.search(line.plain):
            continue
        # A notation too long for the column goes on in the next line: "123/BC-" over "SNNMT-KHTC".
        if line.text.rstrip().endswith(("-", "/")) and i + 1 < len(left):
            line = Line(line.words + left[i + 1].words)
        if code_in(line):
            return line
        if labelled is None and ":" in line.plain:
            labelled = line
    return labelled


def code_in(line: Line) -> Code | None:
    """The code that stands behind the label "Số" in `line`."""
    label = LABEL.search(line.plain)
    return parse_code(line.plain[label.start() :].strip()) if label else None
