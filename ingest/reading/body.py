"""What the text itself says: deadline, meeting, the document answered, addressees."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.notation import find_codes
from core.text import normal, squeeze
from ingest.letter import Page
from ingest.reading.head import Head
from ingest.reading.lines import Line, lines_of
from ingest.reading.patterns import ADDRESSED_TO, AUTHORITY, RECIPIENTS, SIGNATURE_MARK

_CLOCK = r"(?P<hour>\d{1,2})\s*(?:giờ|h|g|:)\s*(?P<minute>\d{2})?\s*(?:phút)?"
_DAY = (
    r"(?:ngày\s*)?(?P<day>\d{1,2})\s*(?:/|-|\.|tháng)\s*(?P<month>\d{1,2})"
    r"(?:\s*(?:/|-|\.|năm)\s*(?P<year>\d{4}))?(?![\d/])"
)
_WEEKDAY = r"(?:\s*[,(]?\s*(?:sáng|chiều|thứ|chủ nhật)[^,;.)]{0,14}[,)]?)?"
# DOMAIN: only words that ask for something by a day; a bare "trước ngày" may speak of the past.
_DEADLINE = re.compile(
    rf"(?:trước|chậm nhất(?:\s+(?:là|vào|trong))?|muộn nhất(?:\s+là)?|hạn (?:cuối|chót)[^.;\d]{{0,20}}|"
    rf"thời hạn[^.;\d]{{0,30}}(?:trước|là))\s*:?\s*(?:{_CLOCK}\s*,?\s*{_WEEKDAY}\s*)?(?:ngày|hết ngày)\s*{_DAY}"
    rf"(?P<after>[^.;]{{0,25}})",
    re.IGNORECASE,
)
_RECURRING = re.compile(r"h[àằ]ng (?:tháng|quý|năm|tuần)|mỗi (?:tháng|quý|năm)", re.IGNORECASE)
_MEETING = re.compile(rf"thời gian\s*:?\s*[^\d]{{0,40}}{_CLOCK}{_WEEKDAY}\s*,?[^\d]{{0,30}}{_DAY}", re.IGNORECASE)
_PLACE = re.compile(r"^\W*(?:\d+\.\s*)?địa điểm\s*:\s*(?P<place>.+)", re.IGNORECASE)
_ANSWER = re.compile(
    r"\b(?:phúc đáp|trả lời)\s+(?:công văn|văn bản|công điện|tờ trình)\s+(?:số\s*)?:?\s*", re.IGNORECASE
)
_NEW_ITEM = re.compile(
    r"^\W*(?:\d+[.)]|[-+*–•]|[IVX]+\.|[a-zđ]\))\s*|"
    r"^\s*(?:trân trọng|đề nghị|kính|rất mong|thành phần|nội dung|thời gian|chủ trì)\b",
    re.IGNORECASE,
)


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
        for line in lines_of(page.words):
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
    for found, page, line in _search(_DEADLINE, body):
        if _RECURRING.search(found["after"] or "") or _RECURRING.search(found[0]):
            continue
        day = _day(found, issued_on)
        if day and issued_on <= day and (day - issued_on).days <= 366:
            return Said(_moment(day, found), squeeze(found[0]), page, line)
    return None


def find_meeting(body: Sequence[tuple[int, Line]], issued_on: date | None) -> Said | None:
    """When the meeting is ("2024-11-09T08:00"), from a line that begins "Thời gian"."""
    for found, page, line in _search(_MEETING, body):
        day = _day(found, issued_on)
        if day and (issued_on is None or issued_on <= day):
            return Said(_moment(day, found), squeeze(found[0]), page, line)
    return None


def find_place(body: Sequence[tuple[int, Line]]) -> Said | None:
    """Where it is: what follows "Địa điểm:", with the lines that go on."""
    for i, (page, line) in enumerate(body):
        if match := _PLACE.match(line.plain):
            parts = [match["place"]]
            for _, following in body[i + 1 : i + 3]:
                if parts[-1].rstrip().endswith((".", ";")) or _NEW_ITEM.match(following.plain):
                    break
                parts.append(following.plain)
            place = squeeze(" ".join(parts)).rstrip(" .;")
            return Said(place, place, page, line) if len(place) <= 300 else None
    return None


def find_answered(body: Sequence[tuple[int, Line]]) -> Said | None:
    """The code of the document that this one answers ("Phúc đáp Công văn số 45/SKHCN-QLCN ...")."""
    for found, page, line in _search(_ANSWER, body[:25]):
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


def _search(pattern: re.Pattern[str], body: Sequence[tuple[int, Line]]) -> list[tuple[re.Match[str], int, Line]]:
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


def _day(found: re.Match[str], issued_on: date | None) -> date | None:
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


def _moment(day: date, found: re.Match[str]) -> str:
    if found["hour"] is None or int(found["hour"]) > 23:
        return day.isoformat()
    return f"{day.isoformat()}T{int(found['hour']):02d}:{int(found['minute'] or 0):02d}"
