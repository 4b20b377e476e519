"""Tên loại and trích yếu: the title in the middle of page 1 (ô 5a) or "V/v" under the code (ô 5b)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from config.vocabulary import vocabulary
from core.text import fold, plain, squeeze
from ingest.reading.head import Head
from ingest.reading.lines import Line, joined, lines_of, segments_of
from ingest.reading.patterns import (
    ABOUT,
    ADDRESSED_TO,
    AFTER_SUBJECT,
    BODY_BEGINS,
    BODY_BEGINS_SO,
    LETTER_SUBJECT,
    SIGNATURE_MARK,
    STAMP,
)

LETTER = "Công văn"
_TITLE_DEPTH = 0.36  # the title stands at most this far under the head
_SUBJECT_DEPTH = 0.25  # ten lines or so of trích yếu
_MOST_LETTERS = 2000


@dataclass(frozen=True)
class Title:
    """The kind (name of the vocabulary, "" if the page does not say) and the subject with their lines."""

    kind: str
    kind_lines: tuple[Line, ...]
    is_exact: bool
    subject: str
    subject_lines: tuple[Line, ...]


def find_title(head: Head) -> Title:
    """Kind and subject of the document that `head` stands over; empty strings for what is not there."""
    deepest = head.bottom + _TITLE_DEPTH + _SUBJECT_DEPTH
    words = [w for w in head.page.words if head.bottom - 0.004 < (w.y0 + w.y1) / 2 < deepest]
    lines = [li for li in lines_of(words) if not SIGNATURE_MARK.search(li.plain)]
    for place, line in enumerate(lines):
        if line.y0 > head.bottom + _TITLE_DEPTH or ADDRESSED_TO.match(line.plain):
            break
        segment = _central(line, head)
        if segment and (kind := _kind_of(segment)):
            return _named(kind, segment, lines[place + 1 :])
    return _letter(head, lines)


def _central(line: Line, head: Head) -> Line | None:
    """The part of `line` that stands in the middle of the page; stamps and the left column fall away."""
    middle = 0.53
    parts = [s for s in segments_of([line], gap=0.05) if abs(s.center - middle) < 0.12 or s.x1 - s.x0 > 0.5]
    return parts[0] if parts and parts[0].y1 > head.bottom else None


def _kind_of(line: Line) -> str:
    letters = [c for c in line.text if c.isalpha()]
    if not letters or not line.is_capitals:
        return ""
    folded = line.folded.strip(" .:*-_")
    squeezed = folded.replace(" ", "")
    for key, name in _kinds():
        if folded == key or squeezed == key.replace(" ", "") or folded.startswith(key + " "):
            return name
    return "Thư công" if folded.startswith("thu ") else ""


@cache
def _kinds() -> tuple[tuple[str, str], ...]:
    names = [k["name"] for k in vocabulary("document_kinds")["kind"] if k["name"] not in (LETTER, "Thư công")]
    return tuple(sorted(((fold(n), n) for n in names), key=lambda pair: len(pair[0]), reverse=True))


def _named(kind: str, title: Line, below: Sequence[Line]) -> Title:
    is_exact = fold(kind) == title.folded.strip(" .:*-_")
    lines = [] if is_exact or kind == "Thư công" else [_without_kind(title, kind)]
    lines = [line for line in lines if line.words]
    lines += _subject_below(title, below)
    subject = squeeze(ABOUT.sub("", joined(lines)))[:_MOST_LETTERS]
    return Title(kind, (title,), is_exact, _tidy(subject), tuple(lines))


def _without_kind(title: Line, kind: str) -> Line:
    return Line(title.words[len(kind.split()) :])


def _subject_below(title: Line, below: Sequence[Line]) -> list[Line]:
    """The centred lines under the title, until the body, the addressees or a gap."""
    taken: list[Line] = []
    previous = title
    for line in _without_stamps(below):
        if _ends_subject(line, previous, title, taken):
            break
        taken.append(line)
        previous = line
    return taken


def _without_stamps(lines: Sequence[Line]) -> Iterator[Line]:
    """`lines` without the stamps in the margin beside and between them (ô 10a, 10b)."""
    for line in lines:
        parts = [part for part in segments_of([line]) if not STAMP.match(part.plain)]
        if parts:
            yield Line(tuple(word for part in parts for word in part.words))


def _ends_subject(line: Line, previous: Line, title: Line, taken: Sequence[Line]) -> bool:
    if not any(c.isalnum() for c in line.text):
        return bool(taken or AFTER_SUBJECT.match(line.folded))
    if _is_beyond(line):
        return True
    pitch = min(taken[1].y0 - taken[0].y0, 1.6 * title.height) if len(taken) > 1 else 1.6 * title.height
    if taken and line.y0 - previous.y0 > 1.45 * pitch:
        return True
    if not taken and line.gap_after(previous) > 2.6 * title.height:
        return True
    # An indented first line of the body reaches the right margin, so its middle lies right of the title's.
    off = line.center - title.center
    is_indented = off > 0.014 and line.x1 > 0.85
    is_capitals_after_small = bool(taken) and line.is_capitals and not taken[-1].is_capitals
    return is_indented or abs(off) > 0.05 or is_capitals_after_small


def _is_beyond(line: Line) -> bool:
    """Whether `line` cannot belong to a trích yếu by what it says."""
    begins_capital = line.text.lstrip("\"'“(")[:1].isupper()
    begins_body = BODY_BEGINS.match(line.folded) or BODY_BEGINS_SO.match(line.plain)
    return bool(AFTER_SUBJECT.match(line.folded)) or (begins_capital and bool(begins_body))


def _letter(head: Head, lines: Sequence[Line]) -> Title:
    """A công văn: "V/v …" in the left column, going on until a gap or the addressees."""
    taken: list[Line] = []
    for line in head.left:
        if not taken:
            # Under the code, which the date on the right may stand lower than.
            if line.y0 > (head.code_line.y0 if head.code_line else head.bottom - 0.02) and LETTER_SUBJECT.match(
                line.plain
            ):
                taken.append(line)
            continue
        pitch = taken[1].y0 - taken[0].y0 if len(taken) > 1 else 1.7 * taken[0].height
        far = line.y0 - taken[-1].y0 > 1.6 * max(pitch, 1.2 * line.height)
        if far or STAMP.match(line.plain) or ADDRESSED_TO.match(line.plain) or AFTER_SUBJECT.match(line.folded):
            break
        if line.is_capitals and not taken[-1].is_capitals and len(line.words) > 1:
            break
        taken.append(line)
    taken = [_across(line, lines) for line in taken]
    subject = squeeze(LETTER_SUBJECT.sub("", joined(taken)))[:_MOST_LETTERS]
    addressed = any(ADDRESSED_TO.match(line.plain) for line in lines if line.y0 < head.bottom + _TITLE_DEPTH)
    kind = LETTER if taken or (addressed and head.code_line is not None) else ""
    return Title(kind, tuple(taken[:1]), bool(taken), _tidy(subject), tuple(taken))


def _across(line: Line, lines: Sequence[Line]) -> Line:
    """`line` of the left column as far as it runs on: heads without a table have "V/v" across the whole page."""
    for segment in segments_of(lines):
        if line.words[-1] in segment.words and line.words[0] in segment.words:
            return segment
    return line


def _tidy(subject: str) -> str:
    return plain(subject).strip().rstrip(".;:*_-").strip()
