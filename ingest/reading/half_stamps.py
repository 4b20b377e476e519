"""Secrecy marks of which too little was read to be sure: a person must look at the letter."""

import re
from difflib import SequenceMatcher
from itertools import chain, zip_longest

from core.text import fold
from ingest.letter import Page
from ingest.reading import marks
from ingest.reading.lines import Line, lines_of, segments_of
from ingest.reading.phrases import text_begins
from ingest.reading.stamps import DEGREES, DEPTH, MARKS, UNREAD, letters_of, lines_of_one

_DOUBTED = 0.3
_NEARLY, _LEAST_ALIKE = 0.78, 5
_LONG, _NEARLY_LONG = 11, 0.72  # letters of a label with its level, of which more may be misread
_PARTS = frozenset(("toi", "toim", "oimat", "tuye", "tuyet", "tuyetm", "uyetmat", "imat", "mat"))
_BEGINS_LABEL = re.compile(r"\W{0,2}Đ[ôộồốổỗ]\W{0,2}")  # "Độ:"
_MOST_LEFT = 4  # words of "Độ mật: Tối mật"
_LABEL = "domat"  # "Độ mật:", and what stands behind it was not read
_BEGUN = ("tuye", "tuyet")  # what begins marks, and few phrases
_READ, _UNREAD = 0.2, 0.6  # how sure it is at least, and less than which is what stands beside it
_MOST_TRACES = 2  # letters, of what lies across


def may_hide_secrecy(page: Page) -> bool:
    """Whether a person must look: half a secrecy mark, or nearly one, stands apart on a picture; on a first page of
    text one is in small letters or without its accents."""
    if not (page.is_seen or page.is_scan or page.has_art):
        return page.number == 1 and _is_doubtful(page)
    rows = lines_of(w for w in page.words if w.y0 < DEPTH)
    if page.is_seen and any(map(_is_bare_label, segments_of(rows))):
        return True
    if any(word.text == UNREAD for stamp in page.stamps for word in stamp):
        return True
    above = [row for row in rows if row.y0 < text_begins(rows)] if page.is_seen else []
    if any(map(_is_half_read, chain(above, *map(lines_of, page.stamps), map(Line, page.stamps)))):
        return True
    likely = [[word for word in stamp if word.sure >= _DOUBTED] for stamp in page.stamps]
    return any(_is_nearly_secrecy(line) for stamp in likely if stamp for line in lines_of_one(stamp))


def _is_bare_label(line: Line) -> bool:
    """Whether "Độ mật:" stands there, and what it says was not read beside it, or "mật: Tạ, mật" is left of it."""
    is_left = line.folded.startswith("mat:") and line.folded.endswith("mat") and len(line.words) <= _MOST_LEFT
    return is_left or (letters_of(line) == _LABEL and line.text.rstrip(" _|").endswith(":"))


def _is_half_read(row: Line) -> bool:
    """Whether "TUYỆT" was read there, in capitals, and nothing surely beside it: something else lies across."""
    for one, other in zip_longest(row.words, row.words[1:]):
        letters = "".join(filter(str.isalpha, one.text))
        is_begun = fold(letters) in _BEGUN and letters.isupper() and one.sure > _READ
        if is_begun and (other is None or other.sure < _UNREAD):
            return True
    return False


def _is_doubtful(page: Page) -> bool:
    rows = (row.text for row in lines_of(w for w in page.words if w.y0 < DEPTH))
    texts = (marks.readable(text) for text in rows if len(text) <= marks.LONGEST and marks.LEVEL.search(text))
    found = [mark for text in texts if (mark := marks.alone(text))]
    plain = {
        mark.value
        for mark in found
        if not mark.is_sure and (mark.is_capital or (mark.is_title and mark.value != "mat"))
    }
    return len(plain) == 1  # several are spoken of


def _is_nearly_secrecy(line: Line) -> bool:
    letters = letters_of(line)
    # Half of it, and what the edge of the seal was taken for that lies over the other half.
    begun = next((degree for degree in DEGREES if letters.startswith(degree)), letters)
    is_begun = line.text.lstrip(" [|(")[: len(begun)].isupper() and len(letters) <= len(begun) + _MOST_TRACES
    is_label = letters.startswith(_LABEL) and len(letters) <= len(_LABEL) + _MOST_TRACES
    is_label = is_label or _BEGINS_LABEL.fullmatch(line.text) is not None
    is_part = letters in _PARTS or (begun in DEGREES and is_begun) or is_label
    return is_part or (len(letters) >= _LEAST_ALIKE and any(_is_alike(letters, mark) for mark in MARKS))


def _is_alike(letters: str, mark: str) -> bool:
    nearly = _NEARLY_LONG if min(len(letters), len(mark)) >= _LONG else _NEARLY
    return SequenceMatcher(None, letters, mark).ratio() >= nearly
