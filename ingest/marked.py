"""Secrecy marks in the texts of a letter: what its subject, its lines and the names of its files say (Điều 3.1).

Each answer is a weight: from 50 on the letter is kept out, from 25 on a person decides.
"""

import re
from collections.abc import Iterator
from itertools import islice

from core.text import fold, is_syllable
from ingest.reading import marks
from ingest.reading.marks import Mark

SURE, LIKELY, DOUBTED = 100, 60, 40
_MOST_LETTERS = 200_000
_MOST_LEVELS = 200  # in one line
_MOST_LINES = 3000  # that name a level
_LONGEST_TITLE = 500  # letters at either end
_REPLY = re.compile(
    r"\s{0,9}(?:(?:re|fwd?|tr|ha|vt|trả lời|chuyển tiếp|chuyen tiep|tra loi)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE
)
_OPEN, _CLOSE = "[({<‹«“”„\"'*|【", "])}>›»“”\"'*|】"
_APART = re.compile(rf"[{re.escape(_OPEN + _CLOSE)}:;!?/\\+=#~]|(?:^|\s)-+|-+(?=\s|$)|[.](?=\s|$)|\s{{3,}}|\t")
_COLUMN = re.compile(r"\s{3,}|\t+|[|│║]")
_LETTER = re.compile(r"[^\W\d_]")
_DECLARED = re.compile(
    r"(?<!\w)(?:văn bản|công văn|tài liệu|hồ sơ|báo cáo|tệp|file)\s+(?:này|trên|gửi kèm|đính kèm|kèm theo|kèm)\s+"
    r"(?:là|thuộc|mang|có|được|đóng)"
    r"(?:\s+(?:văn bản|tài liệu|loại|diện|xác định|dấu|mức|cấp|độ|đóng|là)){0,4}\s*\W?$",
    re.IGNORECASE,
)
_PAPER = re.compile(r"(?<![^\W_])(?:vb|cv|văn bản|công văn|tài liệu)[\s_.-]+$", re.IGNORECASE)
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_PART = re.compile(r"[\[\](){}_]|\s-\s|^-|-$")
_WORD = re.compile(r"[^\W_]+")
_NAME_WORD = re.compile(r"\d+|[^\W\d_]+|[\[\](){}]")
_NUMBERED = ("so", "ban", "ngay")


def in_subject(subject: str) -> int:
    """How surely a subject marks its letter as secret."""
    whole = marks.readable(_ends(subject))
    text = whole[found.end() :] if (found := _REPLY.match(whole)) else whole
    is_about_rules = marks.is_about_rules(text)
    listed = marks.without_lists(text)
    doubted = DOUBTED if listed != text and not is_about_rules else 0
    found_marks = [_subject_weight(listed, mark, is_about_rules) for mark in islice(marks.levels(listed), _MOST_LEVELS)]
    if marks.field(text, anywhere=True):
        found_marks.append(LIKELY)
    return max([doubted, *found_marks])


def _ends(text: str) -> str:
    """A title as people see it: of an endless one its beginning and its end."""
    return text if len(text) <= 2 * _LONGEST_TITLE else f"{text[:_LONGEST_TITLE]} … {text[-_LONGEST_TITLE:]}"


def _subject_weight(text: str, mark: Mark, is_about_rules: bool) -> int:
    left, right = text[: mark.start], text[mark.end :]
    cut = [found.end() for found in _APART.finditer(left)]
    start, after = cut[-1] if cut else 0, _APART.search(right)
    segment = text[start : mark.end + (after.start() if after else len(right))]
    in_brackets = bool(cut and text[start - 1] in _OPEN and after and after[0] in _CLOSE)
    is_first = not _LETTER.search(text[:start])
    if said := marks.alone(segment):
        return _alone_weight(said, in_brackets=in_brackets, is_first=is_first, is_about_rules=is_about_rules)
    before, behind = text[start : mark.start], segment[mark.end - start :]
    is_shown = mark.is_sure and _is_among_small(before, behind)
    if not mark.is_accented or is_about_rules:
        return DOUBTED if is_shown and mark.value != "mat" else 0
    if mark.value != "mat":
        return LIKELY
    if is_shown:
        return LIKELY if marks.is_noun(fold(before)) else DOUBTED
    is_sent = marks.alone(text[start : mark.end])
    return DOUBTED if is_sent and is_sent.has_noun else 0


def _alone_weight(mark: Mark, *, in_brackets: bool, is_first: bool, is_about_rules: bool) -> int:
    if not mark.is_accented:
        is_plain = mark.is_capital or in_brackets or mark.has_noun or (mark.value != "mat" and is_first)
        return DOUBTED if is_plain else 0
    if mark.is_capital:
        return LIKELY
    if mark.value != "mat" or (in_brackets and not mark.has_noun):
        return LIKELY if is_first or not is_about_rules else DOUBTED
    if mark.has_noun or is_first or mark.is_title:
        return 0 if is_about_rules else DOUBTED
    return 0


def _is_among_small(left: str, right: str) -> bool:
    """Whether a level in capitals stands among words that are not: no part of a name or heading in capitals."""
    before = _WORD.findall(left)
    goes_on = before and before[-1].isupper() and not before[-1].isdecimal() and not marks.is_noun(fold(left))
    return any(map(str.islower, left + right)) and not goes_on


def in_text(text: str) -> int:
    """How surely the lines of a text mark it as secret."""
    best, spoken = 0, dict[str, int]()
    lines = (line for line in marks.readable(text[:_MOST_LETTERS]).splitlines() if marks.LEVEL.search(line))
    for number, line in enumerate(lines):
        if number >= _MOST_LINES:  # nobody writes so; what comes behind is for a person to see
            return max(best, DOUBTED)
        for mark, weight in _line_weights(line):
            if weight == SURE and (mark.is_sure or marks.field(line)):
                best = SURE
            else:
                spoken[mark.value] = max(weight, spoken.get(mark.value, 0))
    # Several levels, each in a line of its own, are a list of levels.
    return max(best, *spoken.values()) if len(spoken) == 1 else best


def _line_weights(line: str) -> Iterator[tuple[Mark, int]]:
    columns = [part for part in _COLUMN.split(line) if _LETTER.search(part)]
    for column in columns:
        if mark := marks.field(column):
            yield mark, SURE
        elif mark := marks.alone(column):
            yield mark, _line_weight(mark, is_whole=len(columns) == 1)
    if mark := marks.field(line, anywhere=True):
        yield mark, DOUBTED
    for mark in islice(marks.levels(line), _MOST_LEVELS):
        if mark.is_accented and _DECLARED.search(line[max(0, mark.start - marks.LONGEST) : mark.start]):
            yield mark, DOUBTED


def _line_weight(mark: Mark, *, is_whole: bool) -> int:
    if not mark.is_accented:
        return DOUBTED if mark.is_capital or (is_whole and mark.is_title and mark.value != "mat") else 0
    if mark.is_capital:
        return SURE
    if mark.value == "mat":
        return DOUBTED if mark.is_title and is_whole else 0
    return SURE if is_whole and not mark.has_noun else DOUBTED


def in_name(name: str) -> int:
    """How surely the name of a file, or of a folder in an archive, marks it as secret."""
    text = _ENDING.sub("", marks.readable(_ends(name)))
    if marks.is_about_rules(text.replace("_", " ").replace("-", " ")):
        stands_alone = (marks.alone(part) for part in _PART.split(text))
        return DOUBTED if any(mark is not None and mark.is_sure for mark in stands_alone) else 0
    text = marks.without_lists(text)
    return max((_name_weight(text, mark) for mark in islice(marks.levels(text), _MOST_LEVELS)), default=0)


def _name_weight(text: str, mark: Mark) -> int:
    left, right = _NAME_WORD.findall(text[: mark.start]), _NAME_WORD.findall(text[mark.end :])
    is_named = marks.is_noun(fold(text[: mark.start].replace("_", " ").replace("-", " ")))
    if mark.value != "mat":
        if mark.is_accented or (mark.is_capital and not mark.is_accented):
            return LIKELY
        return DOUBTED if _is_free(left, right, is_named=is_named) else 0
    if mark.is_accented and (mark.is_capital or is_named):
        return LIKELY if _PAPER.search(text[: mark.start]) else DOUBTED
    is_side = len(right) == 1 and right[0] in ("1", "2", "3", "4") and not is_named  # of a card: "mat 1.jpg"
    return DOUBTED if _is_free(left, right, is_named=is_named) and not is_side else 0


def _is_free(left: list[str], right: list[str], *, is_named: bool) -> bool:
    """Whether a level stands between what bears a mark, numbers and letters of offices, not in a sentence."""
    return (is_named or not left or _is_code(left[-1])) and (
        not right or _is_code(right[0]) or fold(right[0]) in _NUMBERED
    )


def _is_code(word: str) -> bool:
    return word.isdecimal() or not word.isalnum() or (word.isupper() and len(word) > 1 and not is_syllable(word))
