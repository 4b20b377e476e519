"""A draft's values: as people type them, and as they were read, to what the columns hold."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from core.errors import Permanent
from core.evidence import Evidence
from core.notation import matching_key, parse_code
from core.text import fold, squeeze

TEXT_FIELDS = (
    "code", "issuer", "parent_issuer", "kind", "subject", "signer_name", "signer_title", "remark",
    "event_place", "invited", "receiver", "in_reply_to",
)  # fmt: skip
MOMENTS = ("due_at", "event_at")  # ISO date, or date and hour
URGENCIES = {"thuong": "Thường", "khan": "Khẩn", "thuong_khan": "Thượng khẩn", "hoa_toc": "Hỏa tốc"}
LENGTHS = {
    "code": 80, "issuer": 300, "parent_issuer": 300, "kind": 100, "subject": 2000, "signer_name": 120,
    "signer_title": 200, "remark": 2000, "event_place": 300, "invited": 2000, "receiver": 200, "in_reply_to": 80,
}  # fmt: skip
EARLIEST = date(1945, 9, 2)
_INVITES = re.compile(r"(?:v/v\s+)?(?:kinh\s+)?moi\s+(?:hop|du|tham|lam viec|dai bieu)\b")  # folded


def read_form(form: Mapping[str, str], *, today: date) -> dict[str, Any]:
    """Typed texts -> column values; `today` is the office's day.

    Raises Permanent, naming the field, for what can't be read.
    """
    values: dict[str, Any] = {}
    for name in TEXT_FIELDS:
        if name in form:
            values[name] = _text(name, form[name])
    if "code" in values:
        values.update(_code_parts(values["code"]))
    if "in_reply_to" in values:
        values["reply_key"] = matching_key(values["in_reply_to"])
    if "issued_on" in form:
        values["issued_on"] = _issued_on(form["issued_on"], today)
    if "urgency" in form:
        if form["urgency"] not in URGENCIES:
            raise Permanent("Chọn độ khẩn trong danh sách.", field="urgency")
        values["urgency"] = form["urgency"]
    for name in MOMENTS:
        if name in form:
            values[name] = read_moment(form[name], field=name)
    if "page_count" in form:
        values["page_count"] = _page_count(form["page_count"])
    if "is_dossier_direct" in form:
        values["is_dossier_direct"] = form["is_dossier_direct"] == "1"
    return values


def is_invitation(kind: str, subject: str) -> bool:
    """Whether a document asks to a meeting: a Giấy mời, or a letter whose trích yếu says "mời họp"."""
    return fold(kind) == "giay moi" or _INVITES.match(fold(subject)) is not None


def day_and_clock(stored: str) -> tuple[date, str]:
    """A stored moment as its day and "16:00", or "" where it has no hour. Earlier versions kept hours of no clock."""
    return date.fromisoformat(stored[:10]), stored[11:16]


def read_day(typed: str, *, field: str | None = None) -> date:
    """A day as people type it: day/month/year or ISO, the year in full. Raises Permanent naming `field`."""
    text = typed.strip().replace("-", "/").replace(".", "/")
    parts = text.split("/")
    try:
        numbers = [int(part) for part in parts]
        if len(numbers) == 3 and len(parts[0]) == 4:
            return date(numbers[0], numbers[1], numbers[2])
        if len(numbers) == 3 and len(parts[2]) == 4:
            return date(numbers[2], numbers[1], numbers[0])
    except (ValueError, OverflowError):
        pass
    raise Permanent("Ngày không đọc được. Nhập ngày/tháng/năm, ví dụ 05/01/2026.", field=field)


def read_moment(typed: str, *, field: str) -> str:
    """A day, or a day and an hour, as people type it: ISO, "" for nothing. Raises Permanent naming `field`."""
    if not typed.strip():
        return ""
    text, _, hour = typed.strip().replace("T", " ").partition(" ")
    day = read_day(text, field=field)
    if not hour.strip():
        return day.isoformat()
    try:
        moment = datetime.strptime(hour.strip().replace("h", ":"), "%H:%M")  # noqa: DTZ007 (an hour of the day)
    except ValueError:
        raise Permanent("Giờ không đọc được. Nhập ví dụ 05/01/2026 14:00.", field=field) from None
    return f"{day.isoformat()}T{moment:%H:%M}"


def from_evidence(proposed: Mapping[str, Evidence]) -> dict[str, Any]:
    """What was read, as column values; what has no column is left out."""
    values: dict[str, Any] = {}
    for name, evidence in proposed.items():
        if name in LENGTHS:
            values[name] = squeeze(evidence.value)[: LENGTHS[name]]
        elif name == "issued_on":
            values[name] = date.fromisoformat(evidence.value)
        elif name == "urgency" and evidence.value in URGENCIES:
            values[name] = evidence.value
        elif name in MOMENTS:
            values[name] = evidence.value[:16]
        elif name == "page_count" and evidence.value.isdecimal():
            values[name] = int(evidence.value)
    if "code" in values:
        values.update(_code_parts(values["code"]))
    if "in_reply_to" in values:
        values["reply_key"] = matching_key(values["in_reply_to"])
    return values


def _code_parts(code: str) -> dict[str, str]:
    parsed = parse_code(code)
    number = (parsed.number or "") if parsed else ""
    notation = parsed.notation if parsed else ""
    return {"code_number": number[:11], "code_notation": notation[:60], "code_key": matching_key(code)}


def _text(name: str, typed: str) -> str:
    value = squeeze(typed)
    if len(value) > LENGTHS[name]:
        raise Permanent(f"Dài quá {LENGTHS[name]} ký tự, xin rút gọn.", field=name)
    return value


def _issued_on(typed: str, today: date) -> date | None:
    if not typed.strip():
        return None
    day = read_day(typed, field="issued_on")
    # A day ahead is let pass: offices date documents for the morrow.
    if day < EARLIEST or (day - today).days > 1:
        raise Permanent("Ngày văn bản không thể ở tương lai hay trước năm 1945. Xem lại ngày.", field="issued_on")
    return day


def _page_count(typed: str) -> int | None:
    if not typed.strip():
        return None
    if not re.fullmatch(r"\d{1,9}", typed.strip()) or not 1 <= int(typed) <= 99_999:
        raise Permanent("Số trang là số nguyên từ 1 trở lên.", field="page_count")
    return int(typed)
