"""Where a TOML file can't be read and why, in Vietnamese."""

import re
import tomllib

# What tomllib says, by how it begins: each of its messages is here.
_WORDS = (
    ("Expected '=' after", "sau tên khóa thiếu dấu «=», hoặc tên khóa có dấu cách"),
    ("Expected ']' at", "tên bảng thiếu dấu «]»"),
    ("Expected ']]' at", "tên bảng thiếu dấu «]]»"),
    ("Expected newline", "sau giá trị còn chữ thừa; mỗi khóa một dòng, lời chú đứng sau dấu «#»"),
    ("Expected", "chữ thiếu dấu ngoặc đóng"),
    ("Invalid value", "giá trị không đọc được: chữ thì đặt trong ngoặc kép, số và true, false thì không"),
    ("Unterminated string", "thiếu dấu ngoặc kép đóng"),
    ("Illegal character", "chữ trong ngoặc kép bị ngắt dòng hay có ký tự điều khiển; có thể thiếu ngoặc kép đóng"),
    ("Found invalid character", "có ký tự không được dùng ở đây"),
    ("Unescaped '\\'", "dấu «\\» trong ngoặc kép phải viết thành «\\\\», hoặc dùng ngoặc đơn"),
    ("Invalid hex value", "mã ký tự sau dấu «\\» không đúng"),
    ("Escaped character", "mã ký tự sau dấu «\\» không đúng"),
    ("Unclosed array", "danh sách thiếu dấu «]» hoặc dấu phẩy giữa các phần"),
    ("Unclosed inline table", "bảng trong ngoặc nhọn thiếu dấu «}» hoặc dấu phẩy giữa các phần"),
    ("Invalid date or datetime", "ngày không có thật; viết theo dạng 2026-01-31"),
    ("Invalid initial character", "tên khóa bắt đầu bằng ký tự lạ; tên khóa chỉ gồm chữ thường không dấu và gạch dưới"),
    ("Invalid statement", "dòng này không phải khóa, bảng hay lời chú; lời chú bắt đầu bằng «#»"),
    ("Cannot declare", "bảng này đã có ở trên; mỗi bảng một lần, chỉ [[mailboxes]] được lặp"),
    ("Cannot", "khóa hoặc bảng này đã có ở trên; mỗi khóa một lần trong bảng của nó"),
    ("Duplicate inline table key", "khóa này đã có trong cùng ngoặc nhọn"),
)  # fmt: skip
# Of a value, what it looks like tells more than where it could be read no further.
_UNREAD = ("Expected newline", "Invalid value")
_LOOKS = (
    (re.compile(r"\d{4}-\d"), "ngày không có thật; viết theo dạng 2026-01-31"),
    (re.compile(r"[^\W\d]"), "chữ phải đặt trong ngoặc kép; chỉ số, ngày, true và false là không"),
    (re.compile(r"0\d"), "số không viết bắt đầu bằng 0"),
)
# A table's name or a key of ours with the sign of equality behind it; anything else could be a secret.
_NAMED = re.compile(r"\[+[a-z_.]+\]*|[a-z_.]+(?=\s*=)")


def sentence(error: tomllib.TOMLDecodeError, text: str) -> str:
    """Line, column and reason. Of the line only its key or table is quoted: the rest could be a secret."""
    said, place = str(error), re.search(r"line (\d+), column (\d+)", str(error))
    lines = text.rstrip("\n").split("\n")
    number = int(place[1]) if place else len(lines)
    at = f"dòng {number}, cột {place[2]}" if place else f"cuối tệp (dòng {number})"
    line = lines[number - 1].strip() if place and number <= len(lines) else ""
    name = _NAMED.match(line) if _is_whole(lines[: number - 1]) else None
    quoted, value = f" («{name[0][:60]}»)" if name else "", line.partition("=")[2]
    why = next((words for start, words in _WORDS if said.startswith(start)), "không đọc được")
    if said.startswith(_UNREAD):
        why = next((words for look, words in _LOOKS if look.match(value.strip())), why)
    return f"ở {at}{quoted}: {why}"


def _is_whole(lines: list[str]) -> bool:
    """Whether a key or table may begin after `lines`: no text or list of several lines is open there."""
    try:
        tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError:
        return False
    return True
