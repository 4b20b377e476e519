"""The lines of number and date in a scan's head read again with the reader of handwriting, their words put right."""

import re
from collections.abc import Sequence
from dataclasses import replace

from core.notation import parse_code, parse_date
from core.text import fold
from ingest.letter import Word
from ingest.reading.handwriting.day import read_day
from ingest.reading.handwriting.number import Box, Number, read_number
from ingest.reading.scan.preparing import Gray

_DEEPEST = 0.4  # of the page: below it dates and numbers are those of cited documents
_MIDDLE = 0.46
_SAME_LINE = 0.6  # of the lower word's height that two words of a line share
_HIGHEST = 0.017  # of the page: the printed line, however large hands have written into it
_BESIDE = 0.035  # of the page: how far the code's line may lie above or below the date's
_TOGETHER = 0.02  # of the page's width: words closer than that stand in one sentence
_UNSEEN = 0.1  # of the page's width, what label and number may take together
_GAP = 0.16  # of the page's width that a blank for a number may take
_YEAR_WIDTH = 0.1  # from "năm" to the end of the year
_DAY_WIDTH = 0.13  # from before "ngày" to "tháng"

# "Số:", "Só;5065", "Sé:.2044/SYT-NVY": the second letter small, or it would be "SỞ".
_LABEL = re.compile(r"^\W?[Ss5][oòóỏõọôồốổỗộơờớởỡợeéèẻê6]{1,2}(?![a-zà-ỹ]{2})")
_BEHIND_SLASH = re.compile(r"(?:(?<=/)(?:19|20)\d\d/)?[A-ZĐ][^/\s]*(?:/[A-ZĐ][^/\s]*)?$")
_TWICE = re.compile("ĐÐ|ÐĐ")  # tesseract gives one letter as two
_NOTATION = re.compile(r"/\s*\d{0,4}/?\s*[A-ZĐ]")

# How often readings of such a share are right: real heads of two issuers, also turned, blurred, faded and grainy.
_NUMBER_TRUST = ((0.85, 0.96), (0.7, 0.92), (0.5, 0.86), (0.3, 0.78), (0.15, 0.6))
_DAY_TRUST = ((0.3, 0.96), (0.1, 0.88), (0.01, 0.7))

_AGREED, _DENIED = 0.4, 0.6  # what two readers' agreement leaves of the doubt, what a denial leaves of the trust
_LIKELY = 0.7  # what two readers agree on, even where one alone would keep silent
_SURE_PRINT = 0.85


def with_handwriting(words: Sequence[Word], page: Gray) -> tuple[Word, ...]:
    """`words` of a head with number and date as the reader of handwriting sees them in `page`, the whole page.

    Words that it puts in are `by_hand` and carry its calibrated probability. What it is not sure of stays as it was.
    """
    out = tuple(words)
    line = _date_line(out)
    if line:
        out = _dated(out, line, page)
    label = _label(out, line)
    return _numbered(out, label, line, page) if label else out


def _date_line(words: Sequence[Word]) -> list[Word]:
    """The words from "ngày" to the year, of the topmost line that has "tháng" and "năm" in the right half."""
    for month in sorted((w for w in words if "thang" in fold(w.text) and _is_right(w)), key=lambda w: w.y0):
        line = sorted((w for w in words if _is_level(month, w) and _is_right(w)), key=lambda w: w.x0)
        after = [w for w in line if w.x0 > month.x0 and fold(w.text).startswith("na")]
        if after:
            first = next((w for w in line if re.match(r"\W*ng[aă]\w?[yvw]", fold(w.text))), month)
            return [w for w in line if first.x0 <= w.x0 < after[0].x0 + _YEAR_WIDTH]
    return []


def _is_right(word: Word) -> bool:
    return word.y1 < _DEEPEST and word.x1 > _MIDDLE


def _is_level(one: Word, other: Word) -> bool:
    shared = min(one.y1, other.y1) - max(one.y0, other.y0)
    return shared > _SAME_LINE * min(one.y1 - one.y0, other.y1 - other.y0)


def _dated(words: tuple[Word, ...], line: Sequence[Word], page: Gray) -> tuple[Word, ...]:
    month = next(w for w in line if "thang" in fold(w.text))
    year = next(w for w in line if w.x0 > month.x0 and fold(w.text).startswith("na"))
    x0 = min(line[0].x0 - 0.004, month.x1 - _DAY_WIDTH if line[0] is month else 1.0)
    x1 = max(line[-1].x1 + 0.004, year.x0 + _YEAR_WIDTH)
    place = _pixels((x0, month.y0, min(x1, 1.0), month.y0 + min(month.y1 - month.y0, _HIGHEST)), page)
    printed = parse_date(_text(line))
    found = read_day(page, place, printed if _is_sure(line) else None)
    if not found:
        return words
    sure = _weighed(_trust(_DAY_TRUST, found.probability), found.on, printed, line)
    if not sure:
        return words
    if printed == found.on and _is_sure(line):
        return _surer(words, line, sure)
    box = _fractions(found.box, page)
    texts = ("ngày", f"{found.on.day:02d}", "tháng", f"{found.on.month:02d}", "năm", str(found.on.year))
    step = (box[2] - box[0]) / len(texts)
    written = [
        Word(text, box[0] + i * step, month.y0, box[0] + (i + 1) * step, month.y1, sure, by_hand=True)
        for i, text in enumerate(texts)
    ]
    replaced = set(map(id, line))
    return (*(w for w in words if id(w) not in replaced), *written)


def _label(words: Sequence[Word], date_line: Sequence[Word]) -> Word | None:
    """The word "Số:" before the document's own number, with what may have run together with it."""
    for label in sorted((w for w in words if _LABEL.match(w.text)), key=lambda w: w.y0):
        if label.y1 > _DEEPEST or label.x0 > _MIDDLE:
            continue
        is_beside = bool(date_line) and abs(label.y0 - date_line[0].y0) < _BESIDE
        begins = not any(_is_level(label, w) and label.x0 - _TOGETHER < w.x1 <= label.x0 + 0.002 for w in words)
        has_notation = any(_NOTATION.search(w.text) for w in _code_line(words, label, date_line))
        if begins and (is_beside or (has_notation and not date_line)):
            return label
    return _unseen_label(words, date_line)


def _unseen_label(words: Sequence[Word], date_line: Sequence[Word]) -> Word | None:
    """A place for the label that ran together with the number, left of a notation beside the date."""
    for word in words:
        is_beside = bool(date_line) and abs(word.y0 - date_line[0].y0) < _BESIDE
        if is_beside and word.x0 < _MIDDLE and _NOTATION.search(word.text):
            return replace(word, text="", x0=max(0.0, word.x0 - _UNSEEN), x1=word.x0)
    return None


def _code_line(words: Sequence[Word], label: Word, date_line: Sequence[Word]) -> list[Word]:
    """The words from the label to the end of the notation."""
    end = min([w.x0 for w in date_line] + [0.55])
    line: list[Word] = [label]
    for word in sorted(words, key=lambda w: w.x0):
        if label.x0 < word.x0 < end and _is_level(label, word) and word.x0 - line[-1].x1 < _GAP:
            line.append(word)
    return line


def _numbered(words: tuple[Word, ...], label: Word, date_line: Sequence[Word], page: Gray) -> tuple[Word, ...]:
    line = _code_line(words, label, date_line)
    slash = next((_slash(w) for w in line[1:] if "/" in w.text), None)
    height = min(label.y1 - label.y0, _HIGHEST)
    place = _pixels((label.x0, label.y0, label.x1, label.y0 + height), page)
    width = page.shape[1]
    end = max(line[-1].x1 + 0.006, label.x0 + 0.16)
    end = min([end] + [w.x0 - 0.01 for w in date_line])
    code = parse_code(_text(line))
    printed = code.number if code else None
    found = read_number(
        page, place, round(end * width), round(slash * width) if slash else None, printed if _is_sure(line) else None
    )
    if not found:
        return words
    sure = _weighed(_trust(_NUMBER_TRUST, found.probability), found.text, printed, line)
    if not sure:
        return words
    if printed == found.text and _is_sure(line):
        return _surer(words, line, sure)
    replaced = set(map(id, line))
    return (*(w for w in words if id(w) not in replaced), *_rewritten(line, found, sure, page))


def _slash(word: Word) -> float:
    return word.x0 + word.text.rfind("/") / len(word.text) * (word.x1 - word.x0)


def _rewritten(line: Sequence[Word], found: Number, sure: float, page: Gray) -> list[Word]:
    """The words of the code's line with `found` between label and notation."""
    x0, _, x1, _ = _fractions(found.box, page)
    label = replace(line[0], text="Số:", x1=x0, sure=1.0)
    number = Word(found.text, x0, label.y0, x1, label.y1, sure, by_hand=True)
    notation = [replace(w, x0=max(w.x0, x1), text=_TWICE.sub("Đ", w.text)) for w in line if w.x1 > x1 + 0.004]
    if not notation:
        return [label, number]
    notation[0] = replace(notation[0], text=_from_slash(notation[0].text))
    return [label, number, *notation]


def _from_slash(text: str) -> str:
    """The notation in `text`; what stands before it is the number as the reader of print guessed at it."""
    behind = _LABEL.sub("", text) if _LABEL.match(text) else text
    found = _BEHIND_SLASH.search(behind)
    return f"/{found[0]}" if found else "/"


def _weighed(sure: float, by_hand: object, printed: object, line: Sequence[Word]) -> float:
    """`sure`, raised where the reader of print sees the same, lowered where it surely sees something else."""
    if not printed:
        return sure
    if printed == by_hand:
        return 1 - (1 - max(sure, _LIKELY)) * _AGREED
    return sure * _DENIED if _is_sure(line) else sure


def _is_sure(line: Sequence[Word]) -> bool:
    return all(w.sure >= _SURE_PRINT for w in line if any(c.isdigit() for c in w.text))


def _surer(words: tuple[Word, ...], line: Sequence[Word], sure: float) -> tuple[Word, ...]:
    """`words` where print was read: that the other reader sees the same makes the digits of `line` surer."""
    ids = {id(w) for w in line if any(c.isdigit() for c in w.text)}
    return tuple(replace(w, sure=max(w.sure, sure)) if id(w) in ids else w for w in words)


def _text(line: Sequence[Word]) -> str:
    return " ".join(w.text for w in line)


def _trust(table: Sequence[tuple[float, float]], share: float) -> float:
    return next((sure for least, sure in table if share >= least), 0.0)


def _pixels(box: tuple[float, float, float, float], page: Gray) -> Box:
    height, width = page.shape
    return round(box[0] * width), round(box[1] * height), round(box[2] * width), round(box[3] * height)


def _fractions(box: Box, page: Gray) -> tuple[float, float, float, float]:
    height, width = page.shape
    return box[0] / width, box[1] / height, box[2] / width, box[3] / height
