"""What an invitation says: when and where, and who is invited (NĐ 30, Phụ lục III, mẫu 1.6)."""

import re
from collections.abc import Sequence
from datetime import date

from core.text import fold, squeeze
from ingest.reading.body import CLOCK, DAY, HOUR, WEEKDAY, Said, day_in, moment_in, search
from ingest.reading.lines import Line

LONGEST_PLACE = 300
LONGEST_LIST = 2000  # letters of who is invited
_MOST_GUESTS = 30  # lines
_UNTIL = rf"(?:\s*(?:-|đến)\s*{re.sub(r'[?]P<[a-z]+>', '?:', CLOCK)})?"
# Not the hour by which something is to be sent ("Thời gian đăng ký: trước 16 giờ 00 ngày …"), nor when doors open.
_WHEN = (
    r"(?:thời gian|(?:vào|bắt đầu)\s+(?:lúc|hồi|từ)|khai mạc)\s*:?\s*"
    r"(?:(?!\b(?:trước|chậm nhất|đăng ký|gửi|nộp|đón|đón tiếp)\b)[^\d]){0,40}"
)
_CLOCK_FIRST = re.compile(
    rf"{_WHEN}(?:\d{{1,2}}(?:[.,]\d)?\s+(?:ngày|buổi)\b[^\d]{{1,30}})?"
    rf"{CLOCK}{_UNTIL}{WEEKDAY}\s*,?[^\d]{{0,30}}{DAY}",
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(
    rf"{_WHEN}{DAY}\s*[,;(]?\s*(?:vào\s+)?(?:bắt đầu\s+)?(?:lúc|từ|hồi)\s*:?\s*{CLOCK}",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"^\W*(?:\d+\.\s*)?(?:thời gian\s*(?:,|và)\s*)?(?:địa điểm|nơi họp)(?:\s+(?:tổ chức|họp|làm việc))?\s*:"
    rf"\s*(?P<place>[^\d\s].*|\d+\b(?!\s*{HOUR}).*)",
    re.IGNORECASE,
)
# "14 giờ 00 ngày 05/6/2026, tại Phòng họp số 2": behind the moment, where no line says "Địa điểm".
_AT = re.compile(
    r"\W{0,3}(?:\([^)]{0,30}\)\W{0,3})?tại\s*:?\s*(?P<place>[^;]{3,200}?)(?:\.(?:\s|/|$)|;|$)", re.IGNORECASE
)
_NO_PLACE_YET = re.compile(r"^[^,;]{0,40}(?:thông báo|báo|gửi) sau\b|^[\W_]*$", re.IGNORECASE)
_GUESTS = re.compile(
    r"^\W*(?:\d+[.)]\s*|[a-zđ]\)\s*)?(?:thành phần|đại biểu|khách)(?:\s+(?:mời|tham dự|dự họp|tham gia|dự)){0,2}"
    r"(?:\s*\([^)]{0,40}\))?\s*(?::\s*(?P<rest>.*)|$)",
    re.IGNORECASE,
)
_INVITED = re.compile(
    r"kính mời\s*:?\s*(?P<who>(?:(?!kính mời)[^:]){3,600}?)\s*[,;.]?\s*"
    r"(?:(?:tới|đến|về|tham|cùng)\s+dự\b|\bdự\s+(?:họp|hội|buổi|cuộc|lễ)|\btham gia\b|\bđến họp\b|\.(?=\s|/|$))",
    re.IGNORECASE,
)
_HEADING = re.compile(
    r"^\W*(?:\d+[.)]|[IVX]+\.|[a-zđ]\))\s*|^\W*(?:thời gian|địa điểm|nơi họp|nội dung|tài liệu)\b|"
    r"^\s*(?:trân trọng|đề nghị|kính|rất mong|thành phần|căn cứ|giao|trong)\b",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^(?:kính\s+)?(?:thành phần\s+|đại biểu\s+|khách\s+)?mời(?:\s+(?:dự|tham dự))?(?:\s+họp)?\s*:\s*", re.IGNORECASE
)
_ITEM = re.compile(r"^\s*[-+*•]")
_PRESIDES = re.compile(r"^\W*(?:đồng\s+)?chủ (?:trì|tọa)\b", re.IGNORECASE)
# Words that name nobody, folded.
_NOBODY = re.compile(
    r"^(?:(?:toan the|cac|quy|nhu tren|nhu kinh gui|theo danh sach|dong chi|dai bieu|ong|ba|vi|co quan|don vi)"
    r"(?:\W{1,4}|$)){1,8}$"
)


def find_meeting(body: Sequence[tuple[int, Line]], issued_on: date | None) -> Said | None:
    """When the meeting is ("2024-11-09T08:00"), from "Thời gian: …", "vào lúc …"; never before the document's day."""
    found = _moment(body, issued_on)
    return found[0] if found else None


def find_place(body: Sequence[tuple[int, Line]], issued_on: date | None = None) -> Said | None:
    """Where it is: what follows "Địa điểm:", with the lines that go on, or "tại …" behind the moment."""
    for i, (page, line) in enumerate(body):
        if match := _PLACE.match(line.plain):
            parts = [match["place"]]
            for _, following in body[i + 1 : i + 3]:
                if parts[-1].rstrip().endswith((".", ";")) or _goes_no_further(following):
                    break
                parts.append(following.plain)
            return _place(" ".join(parts), page, line)
    moment = _moment(body, issued_on)
    if moment is None:
        return None
    said, behind = moment
    at = _AT.match(behind)
    return _place(at["place"], said.page, said.line) if at else None


def find_invited(body: Sequence[tuple[int, Line]]) -> Said | None:
    """Who is invited, joined by "; ": the list under "Thành phần" without who presides, else behind "kính mời"."""
    for i, (page, line) in enumerate(body):
        match = _GUESTS.match(line.plain)
        if match and (listed := _list(match["rest"] or "", body[i + 1 : i + 1 + _MOST_GUESTS])):
            return Said(listed, listed, page, line)
    for found, page, line in search(_INVITED, body):
        if who := _names([found["who"]]):
            return Said(who, squeeze(found[0]), page, line)
    return None


def _moment(body: Sequence[tuple[int, Line]], issued_on: date | None) -> tuple[Said, str] | None:
    """The first moment with an hour, and the text behind it."""
    for pattern in (_CLOCK_FIRST, _DAY_FIRST):
        for found, page, line in search(pattern, body):
            day = day_in(found, issued_on)
            if day and (issued_on is None or issued_on <= day):
                behind = found.string[found.end() : found.end() + 300]
                return Said(moment_in(day, found), squeeze(found[0]), page, line), behind
    return None


def _place(text: str, page: int, line: Line) -> Said | None:
    place = squeeze(text).rstrip(" .;,/")
    is_one = 0 < len(place) <= LONGEST_PLACE and not _NO_PLACE_YET.match(place)
    return Said(place, place, page, line) if is_one else None


def _goes_no_further(line: Line) -> bool:
    return any(pattern.match(line.plain) for pattern in (_HEADING, _PRESIDES, _ITEM))


def _list(rest: str, following: Sequence[tuple[int, Line]]) -> str:
    items = [rest] if rest.strip() else []
    for _, line in following:
        if _HEADING.match(line.plain):
            break
        is_item = _ITEM.match(line.plain) is not None or _PRESIDES.match(line.plain) is not None
        if is_item or not items:
            if rest.strip() and not is_item:
                break
            items.append(line.plain)
        elif items[-1].rstrip().endswith("."):
            break
        else:
            items[-1] += " " + line.plain
    return _names(items)


def _names(items: Sequence[str]) -> str:
    plain = (squeeze(part).strip(" -–+*•;.:,/") for item in items for part in item.split(";"))
    names = [_LABEL.sub("", name) for name in plain if name and not _PRESIDES.match(name)]
    kept = [name for name in names if name and not _NOBODY.match(fold(name))]
    value = "; ".join(kept)
    return value if len(value) <= LONGEST_LIST else ""
