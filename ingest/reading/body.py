"""What the text itself says: deadline and what silence means, the document answered, addressees, copies."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.notation import find_codes
from core.text import normal, squeeze
from ingest.letter import Page
from ingest.reading.head import Head
from ingest.reading.lines import Line, columns, lines_of, page_lines
from ingest.reading.patterns import ADDRESSED_TO, AUTHORITY, RECIPIENTS, SIGNATURE_MARK

HOUR = r"(?:giờ|[hg](?![^\W\d_])|:)"  # what stands behind an hour; "3 giai đoạn" and "36 Hùng Vương" are none
CLOCK = (
    rf"(?P<hour>\d{{1,2}})\s*{HOUR}\s*(?P<minute>\d{{2}})?\s*(?:phút|['’′])?"
    r"(?:(?=\s*[,(]?\s*(?P<half>chiều|tối)\b))?"
)
DAY = (
    r"(?:ngày\s*)?(?P<day>\d{1,2})\s*(?:/|-|\.|tháng)\s*(?P<month>\d{1,2})"
    r"(?:\s*(?:/|-|\.|năm)\s*(?P<year>\d{4}))?(?![\d/])"
)
WEEKDAY = r"(?:\s*[,(]?\s*(?:sáng|chiều|thứ|chủ nhật)[^,;.)]{0,14}[,)]?)?"
# DOMAIN: only words that ask for something by a day; a bare "trước ngày" may speak of the past.
_DEADLINE = re.compile(
    rf"(?:trước|chậm nhất(?:\s+(?:là|vào|trong))?|muộn nhất(?:\s+là)?|hạn (?:cuối|chót)[^.;\d]{{0,20}}|"
    rf"thời hạn[^.;\d]{{0,30}}(?:trước|là))\s*:?\s*(?:{CLOCK}\s*,?\s*{WEEKDAY}\s*,?\s*)?(?:ngày|hết ngày)\s*{DAY}"
    rf"(?P<after>[^.;]{{0,25}})",
    re.IGNORECASE,
)
_RECURRING = re.compile(r"h[àằ]ng (?:tháng|quý|năm|tuần)|mỗi (?:tháng|quý|năm)", re.IGNORECASE)
# "Quá thời hạn trên, nếu không có ý kiến coi như thống nhất": what saying nothing means, up to the sentence's end.
_SILENCE = re.compile(
    r"\b(?:(?:quá|hết|sau)\s+(?:thời\s+)?(?:hạn|gian|ngày)|nếu\s+(?:quá|không|hết|sau))\b[^.;]{0,200}?"
    r"(?:coi|xem)\s+(?:như|là)\s+[^.;]{0,60}?(?:thống nhất|đồng ý|nhất trí|đồng thuận|tán thành|chấp thuận|"
    r"không có ý kiến)[^.;]{0,160}",
    re.IGNORECASE,
)
_ANSWER = re.compile(
    r"\b(?:phúc đáp|trả lời)\s+(?:công văn|văn bản|công điện|tờ trình)\s+(?:số\s*)?:?\s*", re.IGNORECASE
)
_COPY_ENDS = re.compile(r"^\W*(?:ghi chú|phụ lục|mẫu số|điện thoại|trang \d)", re.IGNORECASE)
_MOST_COPIES = 40  # lines
_NOT_A_COPY = re.compile(r"^(?:như trên|lưu\b)", re.IGNORECASE)


@dataclass(frozen=True)
class Said:
    """A value said in running text, the words that say it and the line (with its page) where they begin."""

    value: str
    text: str
    page: int
    line: Line


def body_lines(pages: Sequence[Page], head: Head) -> list[tuple[int, Line]]:
    """The lines under the head, up to and without "Nơi nhận", with their page numbers."""
    out: list[tuple[int, Line]] = []
    for page in pages:
        if page.number < head.page.number or page.is_scan:
            continue
        for line in page_lines(page):
            if page.number == head.page.number and line.y0 < head.bottom:
                continue
            if RECIPIENTS.match(line.plain) or (line.is_capitals and AUTHORITY.match(line.plain)):
                return out
            if not SIGNATURE_MARK.search(line.plain):
                out.append((page.number, line))
    return out


def find_deadline(body: Sequence[tuple[int, Line]], issued_on: date | None) -> Said | None:
    """The first deadline of the text as ISO date, or date and hour ("2026-06-12T16:00").

    Without the document's own date nothing is taken: what lies before it, or more than a year after, is no
    deadline. A missing year means the next such day within six months after it (DOMAIN §7 row 29).
    """
    if issued_on is None:
        return None
    for found, page, line in search(_DEADLINE, body):
        if _RECURRING.search(found["after"] or "") or _RECURRING.search(found[0]):
            continue
        day = day_in(found, issued_on)
        if day and issued_on <= day and (day - issued_on).days <= 366:
            return Said(moment_in(day, found), squeeze(found[0]), page, line)
    return None


def find_silence(body: Sequence[tuple[int, Line]]) -> Said | None:
    """What is taken from silence after the deadline, in the document's own words ("Quá hạn trên coi như đồng ý")."""
    for found, page, line in search(_SILENCE, body):
        said = squeeze(found[0]).rstrip(" ./,")
        return Said(said, said, page, line)
    return None


def find_answered(body: Sequence[tuple[int, Line]]) -> Said | None:
    """The code of the document that this one answers ("Phúc đáp Công văn số 45/SKHCN-QLCN ...")."""
    for found, page, line in search(_ANSWER, body[:25]):
        rest = found.string[found.end() : found.end() + 60]
        codes = find_codes(rest)
        if codes and rest.lstrip().startswith(codes[0].number):
            return Said(codes[0].text, squeeze(found[0] + rest[:40]), page, line)
    return None


def find_addressees(body: Sequence[tuple[int, Line]]) -> Said | None:
    """Who it is addressed to, joined by "; ", from "Kính gửi:" to the first line of the text."""
    start = next((i for i, (_, li) in enumerate(body) if ADDRESSED_TO.match(li.plain)), None)
    if start is None:
        return None
    page, line = body[start]
    parts = [ADDRESSED_TO.sub("", line.plain)]
    if not parts[0].strip(" :") or parts[0].rstrip().endswith((";", ":")):
        for _, following in body[start + 1 : start + 16]:
            if not re.match(r"^\s*[-–+•]", following.plain):
                break
            parts.append(following.plain)
    names = [squeeze(p).strip(" -–+•;.:,") for part in parts for p in part.split(";")]
    value = "; ".join(n for n in names if n)
    return Said(value, value, page, line) if value else None


def find_copies(pages: Sequence[Page], head: Head) -> Said | None:
    """Who gets it by "Nơi nhận", joined by "; ", without "Như trên" and "Lưu: …"."""
    for page in pages:
        if page.number < head.page.number or page.is_scan:
            continue
        lines = lines_of(columns(page.words, 0.5)[0])
        start = next((i for i, line in enumerate(lines) if RECIPIENTS.match(line.plain)), None)
        if start is None:
            continue
        names: list[str] = []
        for line in lines[start + 1 : start + 1 + _MOST_COPIES]:
            if _COPY_ENDS.match(line.plain) or line.gap_after(lines[start]) > 0.5:
                break
            is_new = not names or names[-1].endswith((";", ".", ",")) or re.match(r"^\s*[-–+•]", line.plain)
            names[len(names) - (not is_new) :] = [line.plain if is_new else f"{names[-1]} {line.plain}"]
        plain = [squeeze(name).strip(" -–+•;.:,/") for joined in names for name in joined.split(";")]
        value = "; ".join(name for name in plain if name and not _NOT_A_COPY.match(name))
        return Said(value, value, page.number, lines[start]) if value else None
    return None


def search(pattern: re.Pattern[str], body: Sequence[tuple[int, Line]]) -> list[tuple[re.Match[str], int, Line]]:
    """Matches over the joined text, so that they may run over line ends, with the line each begins in."""
    text, starts = "", []
    for _, line in body:
        starts.append(len(text))
        text += normal(line.text) + " "
    out = []
    for found in pattern.finditer(text):
        at = max(i for i, begin in enumerate(starts) if begin <= found.start())
        out.append((found, *body[at]))
    return out


def day_in(found: re.Match[str], issued_on: date | None) -> date | None:
    """The day of a match of `DAY`; without its year the next such day within six months after the document's."""
    try:
        if found["year"]:
            return date(int(found["year"]), int(found["month"]), int(found["day"]))
        if issued_on is None:
            return None
        day = date(issued_on.year, int(found["month"]), int(found["day"]))
        if day < issued_on:
            day = day.replace(year=issued_on.year + 1)
        return day if (day - issued_on).days <= 183 else None
    except ValueError:
        return None


def moment_in(day: date, found: re.Match[str]) -> str:
    """`day` with the hour of a match of `CLOCK`, ISO 8601; the day alone where the hour is none of a clock. "2 giờ
    chiều" is 14:00."""
    hour, minute = int(found["hour"] or 24), int(found["minute"] or 0)
    if hour > 23 or minute > 59:
        return day.isoformat()
    return f"{day.isoformat()}T{hour + 12 * (found['half'] is not None and hour < 12):02d}:{minute:02d}"
