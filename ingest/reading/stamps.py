"""Urgency and secrecy: stamps and fields in the head of page 1 (ô 10a, 10b, NĐ 30 Phụ lục I.IV)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.text import fold
from ingest.letter import Page, Word
from ingest.reading import marks
from ingest.reading.lines import Line, columns, lines_of, segments_of
from ingest.reading.patterns import SECRECY, STAMP, URGENCY
from ingest.reading.phrases import is_in_middle, text_begins
from ingest.reading.remembered import remembered

UNREAD = "…"  # the word of a stamp that shows, and was not read
DEPTH = 0.5
_TOP, _TOP_ROWS = 0.2, 3
_MOST_STAMP_WORDS = 8
_SURE = 0.85
_WORD = 3  # letters, at least, of what is surely a word
_FIELD = re.compile(r"\W{0,20}(?:muc )?do mat\W")
_LABELS = ("mat", "omat", "dmat", "domat", "mucdomat")  # "Độ mật:", also where its first letters were not read
MARKS = ("toimat", "tuyetmat", "domattoimat", "domattuyetmat", "domatmat")
_STAMPED = frozenset(fold(" ".join((*SECRECY, *URGENCY, "độ đến"))).split())
_LOST = 0.045  # of the page's width: the blank that is left where a letter or two were not read
_FRAME = "|[]{}()_=¦"
_NUMBER = re.compile(r"[\W_]*\d{1,3}(?![^\W_])|[\W_]+")  # of a row, or its frame where it was not read
_BEGINS_TABLE = re.compile(r"\W{0,3}s?tt")
_TABLE, _CELL = (
    0.2,
    0.03,
)  # of the page's height and width: how far above a row its table begins, how wide its number is
DEGREES = {"toi": "toi_mat", "tuyet": "tuyet_mat"}  # by their first words
_BEGUN = re.compile(_FIELD.pattern + r"\W{0,3}(toi|tuyet)\W{0,3}\S{0,4}$")  # its last word misread
_BLANK = 0.012  # of the page's width: wider than any blank within a phrase


@dataclass(frozen=True)
class Stamp:
    """`value` is the stored word ("hoa_toc", "mat"); `is_secrecy` tells the two apart."""

    value: str
    is_secrecy: bool
    page: int
    line: Line


@remembered
def find_stamps(page: Page) -> tuple[Stamp, ...]:
    """Every stamp standing alone on its line, or alone in its column, in the upper half of `page`."""
    words = [w for w in page.words if w.y0 < DEPTH]
    rows = lines_of(words)
    # Each row's segments, and its halves: a stamp tight beside "Kính gửi" or in a cell stands alone there.
    halves = (half for row in rows for half in _halves(row))
    lines = [*segments_of(rows), *(half for half in halves if len(half.words) <= _MOST_STAMP_WORDS)]
    written, begins = _as_written(words), text_begins(rows)
    if page.is_seen:
        lines += [line for line in written if _FIELD.match(line.folded)]
        lines = [
            line for line in lines if not any(_is_of_phrase(line, row) or _numbers(row, rows, line) for row in rows)
        ]
    else:
        lines += written
    found: dict[tuple[str, bool], Stamp] = {}
    for line in lines:
        stamp = _stamp(line, page.number)
        # "KHẨN" may be the tail of a wrapped title; there it stands in the middle, under other capitals.
        if stamp and not _continues_title(line, lines) and not (page.is_seen and _is_heading(line, begins)):
            found.setdefault((stamp.value, stamp.is_secrecy), stamp)
    for line in (line for line in lines if line.y0 < begins) if page.is_seen else ():
        # Tesseract is not sure of marks: a word that it doubts may have others, and two that say no other word ("TỔI
        # MẬT") do so however sure it is.
        is_doubted = any(word.sure < _SURE for word in line.words if not _is_speck(word))
        if (is_doubted or letters_of(line) in MARKS) and (line.is_capitals or _FIELD.match(line.folded)):
            for stamp in _like_stamps(line, page.number):
                found.setdefault((stamp.value, stamp.is_secrecy), stamp)
    for line in lines if page.is_seen else ():
        if begun := _BEGUN.match(line.folded):  # "Độ mật: Tối mạy"
            found.setdefault((DEGREES[begun[1]], True), Stamp(DEGREES[begun[1]], True, page.number, line))
    for stamp in _apart(page):
        found.setdefault((stamp.value, stamp.is_secrecy), stamp)
    return tuple(found.values())


def _as_written(words: Sequence[Word]) -> list[Line]:
    """Words one after the other as the file has them: so a stamp put down aslant, or across another, is one line."""
    runs: list[list[Word]] = []
    for word in words:
        if runs and _goes_on(runs[-1][-1], word):
            runs[-1].append(word)
        else:
            runs.append([word])
    return [Line(tuple(run)) for run in runs if len(run) <= _MOST_STAMP_WORDS]


def _goes_on(one: Word, other: Word) -> bool:
    height = one.y1 - one.y0
    return abs(other.y0 - one.y0) < height and -0.2 * height < other.x0 - one.x1 < 1.5 * height


def bears_secrecy(page: Page, *, is_whole_head: bool) -> bool:
    """Whether a secrecy mark stands in the upper part of `page`; at its very top alone unless `is_whole_head`."""
    if is_whole_head:
        return any(stamp.is_secrecy for stamp in find_stamps(page))
    if page.is_scan or not page.words:
        return False
    rows = [row for row in lines_of(w for w in page.words if w.y0 < _TOP) if any(map(str.isalpha, row.text))]
    # Further down, and in rows of tables, levels are spoken of.
    parts = [segments_of([row]) for row in rows[:_TOP_ROWS]]
    return any(_secrecy_on(part) for row in parts if len(row) <= 2 for part in row)


def shows_stamp(words: Sequence[Word]) -> bool:
    """Whether `words`, read in one thing that stands apart on a picture, are a stamp, or some of them are."""
    return bool(words) and any(any(_like_stamps(line, 0)) for line in lines_of_one(words))


def shows_secrecy(words: Sequence[Word]) -> bool:
    """Whether `words`, read in one thing that stands apart on a picture, are a secrecy mark, or some of them are."""
    return any(stamp.is_secrecy for stamp in _apart(Page(0, (), is_seen=True, stamps=(tuple(words),))))


def is_print(words: Sequence[Word]) -> bool:
    """Whether `words`, read in black, are a piece of the document's text: surely read words side by side that are no
    stamp, "MẶT TRẬN" set wide, or a table's edge."""
    if any(_BEGINS_TABLE.fullmatch(row.words[0].text.lower()) for row in lines_of(words)):
        return True
    rows = [row for row in lines_of(words) if sum(w.sure >= _SURE and len(w.text) >= _WORD for w in row.words) > 1]
    return any(_stamp(row, 0, in_box=True) is None and not any(_like_stamps(row, 0)) for row in rows)


def lines_of_one(words: Sequence[Word]) -> list[Line]:
    """The lines that `words`, read in one thing that stands apart, may be meant as: all together, and each row."""
    return [Line(tuple(words)), *segments_of(lines_of(words))]


def _halves(row: Line) -> list[Line]:
    """What stands left and right of the middle; none where a phrase goes across it ("MẬT MÃ")."""
    left, right = columns(row.words, 0.45)
    if left and right and right[0].x0 - left[-1].x1 < _BLANK:
        return []
    return [Line(tuple(half)) for half in (left, right) if half]


def _apart(page: Page) -> Iterator[Stamp]:
    """The stamps among the words that stand apart: in boxes drawn on a page of text, or in red ink on a picture.

    In red ink with a letter lost or a blank misplaced: nothing else is stamped so. What else is red, seals first of
    all, stands in lines of its own.
    """
    for line in (line for stamp in page.stamps for line in lines_of_one(stamp)):
        if stamp := _stamp(line, page.number, in_box=True):
            yield stamp
        if page.is_seen or page.is_scan or page.has_art:
            yield from _like_stamps(line, page.number)


def _like_stamps(line: Line, page: int) -> Iterator[Stamp]:
    letters = letters_of(line)
    for word, value in (URGENCY | SECRECY).items():
        key = fold(word).replace(" ", "")
        label = letters.removesuffix(key)
        is_it = label != letters and (not label or (word in SECRECY and label in _LABELS))
        if is_it or (len(key) > 5 and len(letters) == len(key) - 1 and _is_less(letters, key)):
            yield Stamp(value, word in SECRECY, page, line)


def letters_of(line: Line) -> str:
    """The letters of `line` alone, small and without accents."""
    return "".join(c for c in line.folded if c.isascii() and c.isalpha())


def _is_less(letters: str, key: str) -> bool:
    return any(key[:i] + key[i + 1 :] == letters for i in range(len(key)))


def _stamp(line: Line, page: int, *, in_box: bool = False) -> Stamp | None:
    """In a box of its own it counts in small letters too: old fonts draw these as capitals."""
    if mark := _secrecy_on(line, in_box=in_box):
        return Stamp(mark.value, True, page, line)
    match = STAMP.match(_drawn_together(line.plain.upper() if in_box else line.plain))
    if not match:
        return None
    word = "".join(match["word"].split())
    for names, is_secrecy in ((SECRECY, True), (URGENCY, False)):
        for name, value in names.items():
            if word == name.replace(" ", ""):
                return Stamp(value, is_secrecy, page, line)
    return None


def _secrecy_on(line: Line, *, in_box: bool = False) -> marks.Mark | None:
    text = marks.readable(line.text.upper() if in_box else line.text)
    mark = marks.field(text)
    if mark is None and (alone := marks.alone(text)) and alone.is_sure:
        return alone
    return mark


def _drawn_together(text: str) -> str:
    """ "T Ố I   M Ậ T" as it is meant: a stamp set letter by letter."""
    parts = [part for part in text.split() if any(letter.isalpha() for letter in part)]
    return "".join(parts) if len(parts) > 2 and all(len(part) == 1 for part in parts) else text


def _is_speck(word: Word) -> bool:
    """Whether `word` is neither of letters nor what a frame is read as."""
    return not any(letter.isalpha() or letter in _FRAME for letter in word.text)


def _is_of_phrase(line: Line, row: Line) -> bool:
    """Whether `line` is a part of `row`, in the middle of the page, beside other capitals: what tesseract left of
    "MẬT ONG" when it lost a letter. Words of stamps may stand beside each other."""
    if not (0.35 < row.center < 0.65 and row.y0 < (line.y0 + line.y1) / 2 < row.y1):
        return False
    x0, x1 = line.words[0].x0, line.words[-1].x1
    beside = (w for w in row.words if -_LOST < w.x0 - x1 < _LOST or -_LOST < x0 - w.x1 < _LOST)
    others = (w for w in beside if w not in line.words and w.sure >= _SURE and w.text.isupper())
    return any(fold(w.text).strip(" :.") not in _STAMPED for w in others)


def _numbers(row: Line, rows: Sequence[Line], line: Line) -> bool:
    """Whether `row` gives `line` its number in a table, below a row that begins with "TT" or "STT": there levels are
    spoken of."""
    number, middle = row.words[0], (line.y0 + line.y1) / 2
    if not (_NUMBER.match(number.text) and number.y0 < middle < number.y1 and number.x0 < line.x1):
        return False
    above = (one for one in rows if 0 < number.y0 - one.y0 < _TABLE and abs(one.x0 - number.x0) < _CELL)
    return any(_BEGINS_TABLE.match(one.folded) for one in above)


def _is_heading(line: Line, begins: float) -> bool:
    """Whether one word, "MẮT" or "MẤT" whose accent was misread, is a heading or in a numbered row of the body, which
    `begins` above."""
    rest = line.words[1:] if _NUMBER.fullmatch(line.words[0].text) else line.words
    is_numbered = len(rest) < len(line.words) and line.words[0].text.isdigit()
    return line.y0 > begins and len(rest) == 1 and (is_numbered or is_in_middle(line))


def _continues_title(line: Line, lines: Sequence[Line]) -> bool:
    """Whether `line` goes on with a longer title above it, or with one on rules ("DANH MỤC" over "TÀI LIỆU MẬT")."""
    if not 0.4 < line.center < 0.6:
        return False
    return any(
        0 <= line.y0 - other.y0 < 0.03 and other is not line and other.is_capitals
        and abs(other.center - line.center) < 0.03
        and (len(other.words) > len(line.words) or marks.is_about_rules(other.text))
        for other in lines
    )  # fmt: skip
