"""What a rule says: its conditions, and what it proposes where all of them hold."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from core.errors import Permanent
from core.incoming.values import LENGTHS, URGENCIES
from core.learning.asking import ALIASES, OF_ISSUER
from core.rules.patterns import MOST_PATTERN, Pattern, Words, pattern
from core.text import fold, squeeze

MOST_CONDITIONS = 8
MOST_SETTINGS = 8
# What may be given once for all letters. No number, day or secrecy: what was right once is wrong the next time.
FIXED = (*ALIASES, *OF_ISSUER, "receiver", "kind", "urgency")
CAPTURED = (*FIXED, "code", "issued_on", "subject", "due_at", "event_at", "event_place", "in_reply_to")
RAISED = ("khan", "thuong_khan", "hoa_toc")
_REFERENCE = re.compile(r"\\([1-9])|\\g<(\w+)>")
_SIZES = re.compile(r"\s{0,9}(\d{0,9})\s{0,9}[-–]\s{0,9}(\d{0,9})\s{0,9}")
MOST_NAME = 80
MOST_REASON = 200


class What(StrEnum):
    """What a condition looks at."""

    SENDER = "sender"
    DOMAIN = "domain"
    SENDER_NAME = "sender_name"
    MAIL_SUBJECT = "mail_subject"
    FILE_NAME = "file_name"  # of any of its files
    FILE_SIZE = "file_size"  # of any of its files, in kB
    TEXT = "text"  # the words of the main file's pages
    ISSUER = "issuer"  # as read, or as lessons and the address book made of it
    KIND = "kind"


class How(StrEnum):
    """How it must be."""

    CONTAINS = "contains"  # case and marks don't count
    EQUALS = "equals"
    EQUALS_BARE = "equals_bare"  # marks don't count
    MATCHES = "matches"
    MATCHES_BARE = "matches_bare"
    BETWEEN = "between"  # a size: "100-2000", one end may be left out


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition; `value` is as typed."""

    what: What
    how: How
    value: str


@dataclass(frozen=True, slots=True)
class Setting:
    r"""A field and what it is to have: words, with \1 or \g<name> for what the conditions' expressions caught. Groups
    are counted through all conditions of a rule."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Definition:
    """One version of a rule. `declines` is the reason why such letters are not entered, proposed to the clerk; "" where
    they are. `main_file` is contained in the name of the file that is the document. `stops`: later rules don't look."""

    name: str
    conditions: tuple[Condition, ...]
    settings: tuple[Setting, ...] = ()
    declines: str = ""
    main_file: str = ""
    stops: bool = False

    def to_json(self) -> dict[str, Any]:
        """Plain values, for the database and for files."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Ready:
    """A definition, and of each condition its expression, compiled (None where it has none), and its words."""

    definition: Definition
    patterns: tuple[Pattern | None, ...]
    wanted: tuple[Words, ...]


def checked(definition: Definition) -> Definition:
    """The definition tidied. Raises Permanent naming name, condition-1, …, setting-1, …, declines or main_file."""
    name = squeeze(definition.name)
    if not name or len(name) > MOST_NAME:
        raise Permanent(f"Đặt tên cho quy tắc, nhiều nhất {MOST_NAME} ký tự.", field="name")
    if not definition.conditions:
        raise Permanent("Quy tắc cần ít nhất một điều kiện.", field="condition-1")
    if len(definition.conditions) > MOST_CONDITIONS or len(definition.settings) > MOST_SETTINGS:
        raise Permanent(f"Nhiều nhất {MOST_CONDITIONS} điều kiện, {MOST_SETTINGS} giá trị.", field="condition-1")
    for number, condition in enumerate(definition.conditions, start=1):
        _check_condition(condition, f"condition-{number}")
    captures = _captures(definition)
    for number, setting in enumerate(definition.settings, start=1):
        _check_setting(setting, captures, f"setting-{number}")
    if not (definition.settings or definition.declines or definition.main_file or definition.stops):
        raise Permanent("Quy tắc chưa làm gì: chọn một ô để điền, hoặc một việc bên dưới.", field="setting-1")
    for text, most, field in ((definition.declines, MOST_REASON, "declines"),
                              (definition.main_file, MOST_REASON, "main_file")):  # fmt: skip
        if len(text) > most:
            raise Permanent(f"Dài quá {most} ký tự, xin rút gọn.", field=field)
    return definition


def from_json(stored: Any) -> Definition:
    """The inverse of `to_json`, also of a file that people wrote. Raises Permanent for what is no rule."""
    try:
        json.dumps(stored, ensure_ascii=False).encode()  # half a letter, as JSON may bring it, is stored nowhere
        return Definition(
            str(stored["name"]),
            tuple(Condition(What(c["what"]), How(c["how"]), str(c["value"])) for c in stored["conditions"]),
            tuple(Setting(str(s["field"]), str(s["value"])) for s in stored.get("settings", ())),
            str(stored.get("declines", "")), str(stored.get("main_file", "")), bool(stored.get("stops", False)),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Permanent(f"Không đọc được quy tắc: {error}.") from None


@lru_cache(maxsize=512)
def ready(stored: str) -> Ready:
    """The rule that stands in `stored` (JSON), made once: each letter needs all that are on."""
    return made_ready(from_json(json.loads(stored)))


def made_ready(definition: Definition) -> Ready:
    """A checked definition, ready to be asked."""
    conditions = definition.conditions
    return Ready(definition, tuple(map(_pattern, conditions)), tuple(Words(one.value) for one in conditions))


def sizes(value: str) -> tuple[int, int] | None:
    """ "100-2000" as bytes, both ends included; an end left out is any. None for what is no range."""
    found = _SIZES.fullmatch(value)
    if found is None or not (found[1] or found[2]):
        return None
    least, most = int(found[1] or 0) << 10, int(found[2] or 10**9) << 10
    return (least, most) if least <= most else None


def references(template: str) -> Iterator[int | str]:
    """The groups that a setting's value names."""
    for found in _REFERENCE.finditer(template):
        yield int(found[1]) if found[1] else found[2]


def filled(template: str, captured: dict[int | str, str]) -> str:
    """The value with what was captured; "" where a group that it names caught nothing."""
    if not all(captured.get(name) for name in references(template)):
        return ""
    return squeeze(_REFERENCE.sub(lambda found: captured[int(found[1]) if found[1] else found[2]], template))


def _check_condition(condition: Condition, field: str) -> None:
    if not condition.value.strip():
        raise Permanent("Điều kiện còn để trống.", field=field)
    if (condition.what is What.FILE_SIZE) != (condition.how is How.BETWEEN):
        raise Permanent("Cỡ tệp dùng với «trong khoảng», các điều kiện khác thì không.", field=field)
    if condition.how is How.BETWEEN and sizes(condition.value) is None:
        raise Permanent("Ghi khoảng cỡ tệp theo kB, ví dụ 100-2000, hoặc 5000- (từ 5.000 kB).", field=field)
    if len(condition.value) > MOST_PATTERN:
        raise Permanent(f"Dài quá {MOST_PATTERN} ký tự, xin rút gọn.", field=field)
    try:
        _pattern(condition)
    except Permanent as fault:
        raise Permanent(fault.sentence, field=field) from None
    if condition.how is How.CONTAINS and not fold(condition.value):
        raise Permanent("Điều kiện còn để trống.", field=field)


def _check_setting(setting: Setting, captures: set[int | str], field: str) -> None:
    named = list(references(setting.value))
    if setting.field not in (CAPTURED if named else FIXED):
        raise Permanent(
            "Ô này chỉ nhận chữ lấy từ chính thư ấy: ghi \\1 cho nhóm trong ngoặc của biểu thức."
            if setting.field in CAPTURED else "Quy tắc không được điền ô này.", field=field,
        )  # fmt: skip
    if missing := [name for name in named if name not in captures]:
        raise Permanent(f"Không có nhóm «{missing[0]}» trong các biểu thức của điều kiện.", field=field)
    beside = _REFERENCE.sub("", setting.value)
    if named and setting.field not in FIXED and any(letter.isalnum() for letter in beside):
        raise Permanent("Ô này chỉ nhận chữ lấy từ thư, không thêm chữ hay số nào khác.", field=field)
    if not squeeze(setting.value) or (not named and len(setting.value) > LENGTHS.get(setting.field, MOST_REASON)):
        raise Permanent("Giá trị còn để trống, hoặc quá dài.", field=field)
    if setting.field == "urgency" and not named and setting.value not in RAISED:
        raise Permanent(
            f"Độ khẩn chỉ nâng lên: {', '.join(URGENCIES[one] for one in RAISED)}.", field=field
        )  # fmt: skip


def _pattern(condition: Condition) -> Pattern | None:
    if condition.how not in (How.MATCHES, How.MATCHES_BARE):
        return None
    return pattern(condition.value, is_bare=condition.how is How.MATCHES_BARE)


def _captures(definition: Definition) -> set[int | str]:
    """The groups of all conditions, counted through, and their names."""
    found = [one for one in map(_pattern, definition.conditions) if one is not None]
    count = sum(one.count for one in found)
    return {*range(1, count + 1), *(name for one in found for name in one.names)}
