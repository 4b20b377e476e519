"""Who signed: the block at the lower right, beside "Nơi nhận" (ô 7a-7b, NĐ 30 Phụ lục I.II.7)."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from config.vocabulary import vocabulary
from core.text import fold, is_syllable, normal, plain, squeeze
from ingest.letter import Page, Word
from ingest.reading.lines import Line, columns, lines_of, segments_of
from ingest.reading.patterns import (
    AUTHORITY,
    DEGREE,
    PARTY,
    PRESIDES,
    RECIPIENTS,
    SIGNATURE_MARK,
    TAKES_MINUTES,
    TITLE_WORDS,
)
from ingest.reading.spelling import respelled

_LONE_SURE = 0.75
_HARDLY = 0.6
_ONLY_SURNAMES = frozenset(("nguyễn", "trần", "lê", "phạm", "đặng", "bùi", "đỗ", "ngô", "huỳnh"))
_NO_CAPITALS = frozenset("áàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ")  # of TCVN3 ("Lê Thị Như ý")
_CLOSE = 0.012  # of the page's width between two words of a name


@dataclass(frozen=True)
class Signature:
    """`title` is the signer's own (the last of the chain); `chain` all of it as printed, its steps joined by " / "
    ("TL. GIÁM ĐỐC / KT. CHÁNH VĂN PHÒNG / PHÓ CHÁNH VĂN PHÒNG")."""

    page: Page
    name: str
    name_line: Line
    title: str
    chain: str
    title_lines: tuple[Line, ...]
    is_sure: bool


def find_signature(pages: Sequence[Page], first: int) -> Signature | None:
    """The signature of the document that begins on page `first`.

    The first "Nơi nhận" decides: what comes after it (annexes, drafts submitted for approval, another
    document scanned into the same file) has signers of its own. Without "Nơi nhận" an authority line
    (TM., KT., TL., TUQ.) on the right decides.
    """
    for page in pages:
        if page.number < first or page.is_scan:
            continue
        if two := _two_signatures(page):
            found = _block(page, *two)
            return found if found and found.name else None
        for anchor in recipients_of(page):
            if anchor.x0 < 0.5 and (found := _block(page, anchor.y0 - 0.035)):
                return found if found.name else None
    for page in pages:
        if page.number < first or page.is_scan:
            continue
        for line in lines_of(columns(page.words, 0.45)[1]):
            if line.is_capitals and (AUTHORITY.match(line.plain) or _is_bare_title(line, page, first)):
                found = _block(page, line.y0 - 0.005)
                if found and found.name:
                    return found
    return _lone_name(pages, first)


def _two_signatures(page: Page) -> tuple[float, Callable[[Line], bool]] | None:
    """Where two sign side by side: the height of their titles, and on which side who counts signs.

    Of "ĐẠI DIỆN BÊN A … ĐẠI DIỆN BÊN B" the one who issues, on the left; of minutes the chủ tọa, not the thư ký.
    """
    for line in lines_of(page.words):
        if not line.is_capitals or len(parts := segments_of([line])) != 2:
            continue
        if all(PARTY.search(part.folded) for part in parts):
            return line.y1, _is_on_the_left
        if any(PRESIDES.search(part.folded) for part in parts) and any(TAKES_MINUTES.search(p.folded) for p in parts):
            is_left = PRESIDES.search(parts[0].folded) is not None
            return line.y0 - 0.002, _is_on_the_left if is_left else _is_on_the_right
    return None


def _is_on_the_left(part: Line) -> bool:
    return part.x1 < 0.5


def _lone_name(pages: Sequence[Page], first: int) -> Signature | None:
    """On pictures: the name below a seal, where strokes of the signature hide the title."""
    for page in pages:
        if page.seal is None or page.seal[2] < 0.5 or page.number < first:
            continue
        left, top, _, bottom = page.seal
        below = [
            w for w in page.words
            if (top + bottom) / 2 < w.y0 < bottom + (bottom - top) and w.x1 > left and any(map(str.isalpha, w.text))
        ]  # fmt: skip
        for part in (part for run in _runs(below) for part in _from_surnames(run)):
            name = seen_name(part) if _is_read(part) else None
            if name and _surname(name) and not part.is_capitals:
                return Signature(page, name, part, "", "", (), False)
    return None


def _from_surnames(run: Line) -> list[Line]:
    """`run`, and from each surname on that is nobody's second name: before it stand strokes of the signature."""
    bare = [_bare(word) for word in run.words]
    starts = [i for i, text in enumerate(bare) if i and {text.lower(), _whole_surname(text)} & _ONLY_SURNAMES]
    return [run, *(Line(run.words[i:]) for i in starts)]


def _runs(words: Sequence[Word]) -> list[Line]:
    """Words that follow each other, also where they were stamped a little aslant."""
    runs: list[list[Word]] = []
    for word in sorted(words, key=lambda w: w.x0):
        before = [run for run in runs if _follows(run[-1], word)]
        if not before:
            runs.append([])
        run = min(before, key=lambda run: abs(run[-1].y0 - word.y0)) if before else runs[-1]
        run.append(word)
    return [Line(tuple(run)) for run in runs]


def _follows(one: Word, other: Word) -> bool:
    return abs(other.y0 - one.y0) < one.y1 - one.y0 and -_CLOSE < other.x0 - one.x1 < 2 * _CLOSE


def _is_read(line: Line) -> bool:
    """Whether a line has words, not strokes that were taken for letters."""
    marked = [w for w in line.words if sum(c.isalpha() for c in w.text) > 1]
    return bool(marked) and sum(w.sure for w in marked) > _LONE_SURE * len(marked)


def recipients_of(page: Page) -> list[Word]:
    """The words "Nơi" that begin "Nơi nhận" on `page`, top to bottom as the file has them."""
    return [
        a for a, b in pairwise(page.words)
        if a.text.startswith(("N", "n")) and RECIPIENTS.match(normal(f"{a.text} {b.text}"))
    ]  # fmt: skip


def _is_bare_title(line: Line, page: Page, first: int) -> bool:
    """ "GIÁM ĐỐC" alone on the right of a line of the page, not in the head."""
    if (
        (page.number == first and line.y0 < 0.3)
        or line.x0 < 0.45
        or not TITLE_WORDS.search(line.folded)
        or len(line.words) > 6
    ):
        return False
    return not any(abs((w.y0 + w.y1) / 2 - (line.y0 + line.y1) / 2) < 0.006 and w.x1 < line.x0 - 0.005
                   and w.x1 > 0.42 for w in page.words)  # fmt: skip


def _is_on_the_right(part: Line) -> bool:
    return part.x0 > 0.42 and part.center > 0.5


def _block(page: Page, top: float, is_beside: Callable[[Line], bool] = _is_on_the_right) -> Signature | None:
    """The signature below `top`; with an empty name where a leader's title stands and nobody signed below it."""
    # By segments, not by a fixed x: long lines of "Nơi nhận" reach over the middle of the page.
    parts = segments_of(lines_of(w for w in page.words if w.y0 >= top), gap=0.022)
    beside = filter(is_beside, parts)
    lines = [li for li in beside if not SIGNATURE_MARK.search(li.plain) and any(c.isalpha() for c in li.text)]
    start = next((i for i, li in enumerate(lines) if li.is_capitals and (not page.is_seen or _says_title(li))), None)
    if start is None:
        return None
    titles: list[Line] = []
    for line in lines[start:]:
        name = seen_name(line) if page.is_seen else person_name(line.text)
        if titles and not _is_title(line) and name:
            steps = [respelled(step) for step in _steps(titles)] if page.is_seen else _steps(titles)
            return Signature(page, name, line, steps[-1], " / ".join(steps), tuple(titles), _surname(name))
        if line.is_capitals and len(titles) < 8 and (not page.is_seen or _says_title(line)):
            titles.append(line)
        elif titles and not _is_note(line) and not page.is_seen:
            break
    is_unsigned = bool(titles) and not page.is_seen and _says_title(titles[0])
    return Signature(page, "", titles[0], "", "", (), False) if is_unsigned else None


def _is_title(line: Line) -> bool:
    return line.is_capitals and (bool(AUTHORITY.match(line.plain)) or not _surname(line.plain))


def _says_title(line: Line) -> bool:
    return bool(AUTHORITY.match(line.plain) or TITLE_WORDS.search(line.folded))


def _is_note(line: Line) -> bool:
    """ "(Đã ký)", "(ký, đóng dấu)" and other second titles in small letters ("Phó Chủ tịch HĐND tỉnh")."""
    return (
        line.text.lstrip().startswith("(")
        or bool(re.fullmatch(r"\W*đã ký\W*", line.plain, re.IGNORECASE))
        or bool(TITLE_WORDS.search(line.folded) and not any(map(str.isdigit, line.text)))
    )


def person_name(text: str) -> str | None:
    """`text` as the name of a person, tidied, or None: two to six words of letters, each with a capital."""
    tidy = squeeze(plain(text)).strip(" .,;:*_-")
    bare = DEGREE.sub("", tidy)
    words = bare.split()
    if not 2 <= len(words) <= 6 or not all(re.fullmatch(r"[^\W\d_]+(?:['’-][^\W\d_]+)*['’]?", w) for w in words):
        return None
    if not all(word[0].isupper() or (i > 1 and word[0] in _NO_CAPITALS) for i, word in enumerate(words)):
        return None
    if TITLE_WORDS.search(fold(bare)) and not _surname(bare):
        return None
    return " ".join(word[:1].upper() + word[1:] for word in tidy.split())


def seen_name(line: Line) -> str | None:
    """The name of a person in a line that tesseract saw beside a seal and a signature, or None.

    Only with a known surname. Its blanks may be lost, its first letter under the seal, its marks
    mistaken where one surname alone has these letters.
    """
    words = [w for w in line.words if sum(c.isalpha() for c in w.text) > 1]
    while len(words) > 2 and words[0].sure < _HARDLY and not _is_surname(words[0]) and _is_surname(words[1]):
        words = words[1:]  # strokes of the signature
    if not words:
        return None
    text = " ".join(_spelled(_apart(_bare(w))) for w in words)
    end = _just_before(words[0], line.words)
    if len(words) == 2 and _bare(words[0]).lower() not in _ONLY_SURNAMES and _touches(words[0], line.words, end):
        return None  # "Hoàng Anh" of "Lê Hoàng Anh"
    if end and (_whole_surname(end) or not _surname(text)):
        text = f"{end} {text}"
    first, _, rest = DEGREE.sub("", normal(text)).partition(" ")
    if not rest or sum(w.sure for w in words) < 0.3 * len(words):
        return None
    if not _surname(text):
        whole = _whole_surname(first)
        if not whole:
            return None
        first = whole
    return person_name(f"{first[:1].upper()}{first[1:]} {rest}")


def _is_surname(word: Word) -> bool:
    return _surname(_bare(word)) or bool(_whole_surname(_bare(word)))


def _bare(word: Word) -> str:
    return word.text.strip(" .,;:*_-'\"`“”|[](){}~")


def _whole_surname(seen: str) -> str:
    """The one surname that `seen` must be, in small letters: its first letter lost ("guyễn"), its marks or one of its
    letters mistaken ("Nguyên", "Pnạm"); "" where there is none, or more than one."""
    key = fold(seen)
    if seen.islower():
        found = {name for name in _common_surnames() if fold(name)[1:] == key}
    else:
        found = {name for name in _surnames() if seen.istitle() and fold(name) == key}
        if not found and seen.istitle() and len(key) > 3:
            found = {name for name in _common_surnames() if _differ_once(fold(name), key)}
    return found.pop() if len(found) == 1 else ""


def _differ_once(one: str, other: str) -> bool:
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1


def _just_before(word: Word, words: Sequence[Word]) -> str:
    """What is left of a word that begins the name and was hardly seen, as small letters: "é" of "Lê"."""
    before = [w for w in words if w is not word and 0 <= word.x0 - w.x1 < _CLOSE and w.x0 < word.x0]
    letters = "".join(c for c in before[-1].text if c.isalpha()) if before else ""
    return letters[-1].lower() if letters else ""


def _touches(word: Word, words: Sequence[Word], end: str) -> bool:
    """Whether something stands close before a name's first word that is not known for the end of a surname."""
    return not _whole_surname(end) and any(0 <= word.x0 - w.x1 < _CLOSE for w in words if w.x0 < word.x0)


def _spelled(word: str) -> str:
    """ "Glang" -> "Giang": an i without its dot."""
    other = word.replace("l", "i")
    return other if other != word and not is_syllable(word) and is_syllable(other) else word


def _apart(text: str) -> str:
    """ "LêHoàngAnh" -> "Lê Hoàng Anh"."""
    return "".join(f" {c}" if c.isupper() and before.islower() else c for before, c in pairwise(f" {text}"))


@cache
def _common_surnames() -> tuple[str, ...]:
    """Those most people have (the list begins with them)."""
    return tuple(vocabulary("surnames")["surnames"].split()[:20])


@cache
def _surnames() -> frozenset[str]:
    return frozenset(vocabulary("surnames")["surnames"].split())


def _surname(text: str) -> bool:
    words = DEGREE.sub("", normal(text).strip()).lower().split()
    return bool(words) and (words[0] in _surnames() or words[0][:2] in ("k'", "h'", "y-"))


def _steps(lines: Sequence[Line]) -> list[str]:
    """The steps of the chain; a title over several lines is one step."""
    steps: list[str] = []
    for line in lines:
        text = squeeze(line.text)
        begins = not steps or AUTHORITY.match(line.plain) or _begins_title(line.folded)
        if begins:
            steps.append(text)
        else:
            steps[-1] += " " + text
    return steps


def _begins_title(folded: str) -> bool:
    return re.match(r"(?:pho|giam doc|chu tich|chanh|truong|bo truong|thu truong|cuc truong|vien truong|tong |bi thu|"
                    r"hieu truong|quyen|thu tuong|uy vien|chi huy|to truong)\b", folded) is not None  # fmt: skip
