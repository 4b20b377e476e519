"""Who signed: the block at the lower right, beside "Nơi nhận" (ô 7a-7b, NĐ 30 Phụ lục I.II.7)."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.text import normal, squeeze
from ingest.letter import Page, Word
from ingest.reading.lines import Line, columns, lines_of, page_lines, segments_of
from ingest.reading.names import CLOSE, ONLY_SURNAMES, bare_name, has_surname, person_name, seen_name, whole_surname
from ingest.reading.patterns import (
    AUTHORITY,
    PARTY,
    PRESIDES,
    RECIPIENTS,
    SIGNATURE_MARK,
    TAKES_MINUTES,
    TITLE_WORDS,
)
from ingest.reading.spelling import respelled

_LONE_SURE = 0.75


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
    for line in page_lines(page):
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
            if name and has_surname(name) and not part.is_capitals:
                return Signature(page, name, part, "", "", (), False)
    return None


def _from_surnames(run: Line) -> list[Line]:
    """`run`, and from each surname on that is nobody's second name: before it stand strokes of the signature."""
    bare = [bare_name(word) for word in run.words]
    starts = [i for i, text in enumerate(bare) if i and {text.lower(), whole_surname(text)} & ONLY_SURNAMES]
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
    return abs(other.y0 - one.y0) < one.y1 - one.y0 and -CLOSE < other.x0 - one.x1 < 2 * CLOSE


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
            return Signature(page, name, line, steps[-1], " / ".join(steps), tuple(titles), has_surname(name))
        if line.is_capitals and len(titles) < 8 and (not page.is_seen or _says_title(line)):
            titles.append(line)
        elif titles and not _is_note(line) and not page.is_seen:
            break
    is_unsigned = bool(titles) and not page.is_seen and _says_title(titles[0])
    return Signature(page, "", titles[0], "", "", (), False) if is_unsigned else None


def _is_title(line: Line) -> bool:
    return line.is_capitals and (bool(AUTHORITY.match(line.plain)) or not has_surname(line.plain))


def _says_title(line: Line) -> bool:
    return bool(AUTHORITY.match(line.plain) or TITLE_WORDS.search(line.folded))


def _is_note(line: Line) -> bool:
    """ "(Đã ký)", "(ký, đóng dấu)" and other second titles in small letters ("Phó Chủ tịch HĐND tỉnh")."""
    return (
        line.text.lstrip().startswith("(")
        or bool(re.fullmatch(r"\W*đã ký\W*", line.plain, re.IGNORECASE))
        or bool(TITLE_WORDS.search(line.folded) and not any(map(str.isdigit, line.text)))
    )


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
