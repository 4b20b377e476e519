"""What is wrong with a settings file, a sentence a fault: where, what stands there, what may, how it looks."""

import difflib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

_LONGEST = 80
_NAME = "cần chữ thường không dấu, số, gạch nối, nhiều nhất 48 ký tự, trong ngoặc kép"
_HOST = "cần tên máy hay địa chỉ IP trong ngoặc kép, không kèm cổng, không kèm https://"
_NETWORKS = "cần danh sách mạng trong ngoặc vuông, mỗi mạng trong ngoặc kép, phần sau độ dài mạng là số 0"
# What a key takes where its type alone does not say, and how it looks where the example file leaves it empty.
_TAKES = {
    "mailboxes.name": _NAME, "listener.name": _NAME,
    "mailboxes.host": _HOST, "sending.host": _HOST, "sending.name": _HOST,
    "mailboxes.folders": "cần danh sách tên thư mục trong ngoặc vuông, ít nhất một, mỗi tên trong ngoặc kép",
    "sending.from_address": "cần một địa chỉ thư không dấu trong ngoặc kép",
    "listener.recipients": "cần bảng trong ngoặc nhọn: mỗi địa chỉ thư vào một mã sổ",
    "listener.networks": _NETWORKS, "signatures.networks": _NETWORKS,
    "senders.resolver": "cần một địa chỉ IP trong ngoặc kép",
    "dashboard.origin": "cần địa chỉ http:// hay https:// mà trình duyệt dùng, không kèm đường dẫn, trong ngoặc kép",
    "clamd.address": "cần đường dẫn bắt đầu bằng «/» của ổ cắm, hoặc máy:cổng, trong ngoặc kép",
    "signatures.proxy": "cần địa chỉ http:// hay https:// của máy, không kèm tên và mật khẩu",
    "backup.full_at": "cần giờ và phút hai chữ số, từ 00:00 đến 23:59, trong ngoặc kép",
}  # fmt: skip
_LOOKS = {
    "database": 'database = "postgresql+psycopg://congvan@127.0.0.1/congvan"',
    "listener.recipients": 'recipients = { "vanthu.skhcn@lamdong.gov.vn" = "den" }',
    "backup.trial_database": 'trial_database = "postgresql+psycopg://congvan@127.0.0.1/congvan_thu"',
    "signatures.networks": 'networks = ["10.20.0.0/16"]', "signatures.proxy": 'proxy = "http://proxy.lamdong.gov.vn:3128"',
    "senders.resolver": 'resolver = "10.20.0.53"', "sending.host": 'host = "mail.lamdong.gov.vn"',
    "sending.name": 'name = "congvan.skhcn.lamdong.gov.vn"', "sending.username": 'username = "vanthu.skhcn"',
    "sending.from_address": 'from_address = "vanthu.skhcn@lamdong.gov.vn"',
    "sending.from_name": 'from_name = "Sở Khoa học và Công nghệ"', "clamd.address": 'address = "/run/clamav/clamd.ctl"',
    "dashboard.origin": 'origin = "https://vanthu.skhcn.lamdong.gov.vn"', "mailboxes.clear_to": 'clear_to = "Đã lưu"',
}  # fmt: skip
_SECRET = re.compile(r"pass|secret|mat_khau|token|pwd")
_ZONE = re.compile(r"time_?zone|mui_gio|^tz$")
_ONE_ZONE = "giờ của cơ quan luôn là giờ Việt Nam, không phải khai"
# As typed a password may hold any sign, «@» too. The «@» of what is hidden stays, as it may end a login's password.
_NAMED_PASSWORD = re.compile(r"((?:pass|secret|mat_khau|token|pwd)\w*\s*=)[^@]*(@?).*", re.IGNORECASE | re.DOTALL)
_LOGIN = re.compile(r"^([\w+.-]*://|(?![\w+.-]*://))([^:]*:).*@", re.DOTALL)
_HIDDEN = "mật khẩu không viết vào tệp này: viết vào một tệp riêng rồi chỉ ra tệp ấy bằng khóa «secret_file»"


@dataclass(frozen=True, slots=True)
class _Place:
    """A key of a table, or a table as a whole (`key` empty); `table` is empty at the top of the file. `nth` counts the
    tables of one name from 1, 0 is any of them."""

    table: str
    nth: int | None
    key: str

    @property
    def name(self) -> str:
        """Without the number: mailboxes.port."""
        return f"{self.table}.{self.key}".strip(".")

    @property
    def words(self) -> str:
        """As people find it: bảng [[mailboxes]] thứ 2."""
        if not self.table:
            return "đầu tệp" if self.key else "tệp cấu hình"
        if self.nth is None:
            return f"bảng [{self.table}]"
        return f"bảng [[{self.table}]]" + (f" thứ {self.nth}" if self.nth else "")


def sentences(faults: Sequence[Mapping[str, Any]], settings: type[BaseModel]) -> list[str]:
    """The faults that pydantic tells of a file's `settings`, one sentence for each key that is wrong."""
    found: dict[_Place, str] = {}
    for fault in faults:
        place = _place(fault["loc"], settings)
        found.setdefault(place, _sentence(place, fault, settings))
    return list(found.values())


def _place(loc: Sequence[str | int], settings: type[BaseModel]) -> _Place:
    first, rest = str(loc[0]) if loc else "", loc[1:]
    field = settings.model_fields.get(first)
    if field is None or _table_of(field) is None:
        return _Place("", None, first)
    nth = (rest[0] + 1 if rest and isinstance(rest[0], int) else 0) if _is_many(field) else None
    key = next((part for part in rest if isinstance(part, str)), "")
    return _Place(first, nth, key)


def _sentence(place: _Place, fault: Mapping[str, Any], settings: type[BaseModel]) -> str:
    where = place.words[:1].upper() + place.words[1:]
    fields = _fields(place.table, settings)
    if fault["type"] == "extra_forbidden":
        return f"{where}: {_unknown(place, fault['input'], fields, settings)}."
    if fault["type"] == "value_error" and not place.key:
        return f"{where}: {fault['ctx']['error']}."
    field = fields[place.key] if place.key else settings.model_fields[place.table]
    allowed = f"{_allowed(place, field)}{_example(place)}"
    if fault["type"] == "value_error":
        allowed = f"{fault['ctx']['error']}{_example(place)}"
    if fault["type"] == "missing":
        return f"{where}: thiếu khóa «{place.key}», bắt buộc; {allowed}."
    if _SECRET.search(place.key):
        return f"{where}: khóa «{place.key}» ghi sai (không in ra: có thể là mật khẩu); {allowed}."
    stands = f"{'có một phần' if _is_part(place, fault['loc']) else 'đang'} là {_shown(fault['input'])}"
    return f"{where}: {f'khóa «{place.key}» ' if place.key else ''}{stands}; {allowed}."


def _is_part(place: _Place, loc: Sequence[str | int]) -> bool:
    after = loc[loc.index(place.key) + 1 :] if place.key else ()
    return bool(after) and not str(after[0]).startswith("lax-or-strict")  # pydantic's name for one of several types


def _unknown(place: _Place, value: Any, fields: Mapping[str, FieldInfo], settings: type[BaseModel]) -> str:
    key = place.key
    if not place.table and isinstance(value, dict | list):
        tables = [name for name, field in settings.model_fields.items() if _table_of(field)]
        return f"không có bảng [{key}] trong cấu hình; {_nearest(key, tables) or f'các bảng là {_any_of(tables)}'}"
    if _SECRET.search(key.lower()):
        return f"không có khóa «{key}» trong cấu hình; {_HIDDEN}"
    if _ZONE.search(key.lower()):
        return f"không có khóa «{key}» trong cấu hình; {_ONE_ZONE}"
    elsewhere = [place for place in _places(settings) if place.key == key]
    if elsewhere and not _nearest(key, fields):
        there = " hoặc ".join(one.words if one.table else "đầu tệp, trước mọi bảng" for one in elsewhere)
        return f"không có khóa «{key}» ở đây; khóa ấy thuộc {there}"
    known = [name for name, field in fields.items() if _table_of(field) is None]
    return f"không có khóa «{key}» trong cấu hình; {_nearest(key, known) or f'các khóa là {_any_of(known)}'}"


def _nearest(typed: str, known: Any) -> str:
    found = difflib.get_close_matches(typed.lower().replace("-", "_"), list(known), n=1, cutoff=0.7)
    return f"có lẽ là «{found[0]}»" if found else ""


def _any_of(names: Any) -> str:
    return ", ".join(names)


def _allowed(place: _Place, field: FieldInfo) -> str:
    """What a key takes, in words."""
    if place.name in _TAKES:
        return _TAKES[place.name]
    kinds = [kind for kind in (get_args(field.annotation) or (field.annotation,)) if kind is not NoneType]
    if get_origin(field.annotation) is Literal:
        *others, last = map(_shown, kinds)
        return f"chỉ nhận {', '.join(others)} hoặc {last}"
    if _table_of(field):
        return f"cần viết tên bảng trong {'hai' if _is_many(field) else 'một'} lần ngoặc vuông"
    return next((words for kind, words in _WORDS if kind in kinds), "") or _text(field, kinds[0])


_WORDS: tuple[tuple[Any, str], ...] = (
    (bool, "chỉ nhận true hoặc false, không ngoặc kép"),
    (date, "cần một ngày theo dạng năm-tháng-ngày, không ngoặc kép"),
    (Path, "cần một đường dẫn trong ngoặc kép"),
)


def _text(field: FieldInfo, kind: Any) -> str:
    names = ("ge", "le", "min_length", "max_length")
    limits = {name: getattr(one, name) for one in field.metadata for name in names if hasattr(one, name)}
    if kind is int:
        return "cần một số nguyên từ {ge} đến {le}, không ngoặc kép".format(**limits)
    words = "cần chữ trong ngoặc kép"
    if limits.get("min_length"):
        words += ", không để trống"
    return words + (f", nhiều nhất {limits['max_length']} ký tự" if limits.get("max_length") else "")


def _example(place: _Place) -> str:
    line = _LOOKS.get(place.name) or _lines().get(place.name)
    return f"; ví dụ: {line}" if line else ""


@cache
def _lines() -> Mapping[str, str]:
    """The lines of the example file by table and key, and a table's own; those commented out too."""
    found, table = {}, ""
    for line in (files("config") / "example.toml").read_text(encoding="utf-8").splitlines():
        if head := re.match(r"\[+([a-z]+)\]+$", line):
            table = head[1]
            found[table] = line
        elif key := re.match(r"#?([a-z_]+) = (?!(\"\"|\[\]|\{\})$)", line):
            found[f"{table}.{key[1]}".strip(".")] = line.lstrip("#")
    return found


def _shown(value: Any) -> str:
    """A value as it stands in the file without its password, cut where it is long."""
    if isinstance(value, dict):
        return "một bảng"
    if isinstance(value, list | tuple):
        text = f"[{', '.join(map(_shown, value))}]"
    else:
        value = _masked(value) if isinstance(value, str) else value
        text = value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _masked(text: str) -> str:
    """Without what may be a password: all behind «password=», all from a login's first «:» to the last «@»."""
    return _LOGIN.sub(r"\1\2***@", _NAMED_PASSWORD.sub(r"\1***\2", text))


def _fields(table: str, settings: type[BaseModel]) -> Mapping[str, FieldInfo]:
    if not table:
        return settings.model_fields
    found = _table_of(settings.model_fields[table])
    assert found is not None
    return found.model_fields


def _places(settings: type[BaseModel]) -> Iterator[_Place]:
    for name, field in settings.model_fields.items():
        found = _table_of(field)
        if found is None:
            yield _Place("", None, name)
        else:
            yield from (_Place(name, 0 if _is_many(field) else None, key) for key in found.model_fields)


def _is_many(field: FieldInfo) -> bool:
    return get_origin(field.annotation) is tuple


def _table_of(field: FieldInfo) -> type[BaseModel] | None:
    """The keys of the table, or of the tables of one name, that a key at the top is; None of a value."""
    kind = get_args(field.annotation)[0] if _is_many(field) else field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None
