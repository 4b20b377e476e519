"""A rule and what became of it, in words."""

from collections.abc import Iterator
from typing import Any

from core.incoming.values import MOMENTS, URGENCIES
from core.listings.rules import RuleRow
from core.rules.definition import CAPTURED, FIXED, Condition, Definition, How, Setting, What
from core.rules.trying import Compared, Tried, Verdict
from dashboard.incoming.form import LABELS
from dashboard.words import due, number

WHATS = {
    What.SENDER: "Địa chỉ người gửi", What.DOMAIN: "Tên miền người gửi", What.SENDER_NAME: "Tên người gửi",
    What.MAIL_SUBJECT: "Tiêu đề thư", What.FILE_NAME: "Tên một tệp", What.FILE_SIZE: "Cỡ một tệp (kB)",
    What.TEXT: "Chữ trong văn bản chính", What.ISSUER: "Cơ quan ban hành đọc được", What.KIND: "Tên loại đọc được",
}  # fmt: skip
HOWS = {
    How.CONTAINS: "có chữ (không kể dấu)", How.EQUALS: "đúng bằng",
    How.EQUALS_BARE: "đúng bằng (không kể dấu)", How.MATCHES: "khớp biểu thức",
    How.MATCHES_BARE: "khớp biểu thức (không kể dấu)",
}  # fmt: skip
_SHORT_HOWS = HOWS | {How.CONTAINS: "có chữ", How.BETWEEN: "trong khoảng"}
FIELDS = [
    ("", "(chọn ô)"),
    *((name, LABELS[name]) for name in FIXED),
    *((name, f"{LABELS[name]} (chỉ lấy từ thư)") for name in CAPTURED if name not in FIXED),
]
_OTHERS = {"declines": "Không vào sổ", "main_file": "Văn bản chính"}
_VERDICTS = {Verdict.DIFFERS: "khác", Verdict.AGREES: "khớp", Verdict.EMPTY: "văn thư để trống"}


def condition_in_words(condition: Condition) -> str:
    """One condition: "Tiêu đề thư có chữ «giấy mời»"."""
    return f"{WHATS[condition.what]} {_SHORT_HOWS[condition.how]} «{condition.value}»"


def outcomes_in_words(definition: Definition) -> Iterator[str]:
    """What the rule proposes, one after the other."""
    for setting in definition.settings:
        yield f"{LABELS[setting.field]}: «{value_in_words(setting.field, setting.value)}»"
    if definition.declines:
        yield f"Đề nghị không vào sổ: {definition.declines}"
    if definition.main_file:
        yield f"Văn bản chính là tệp có chữ «{definition.main_file}» trong tên"
    if definition.stops:
        yield "Dừng, không xét quy tắc sau"


def value_in_words(field: str, value: str) -> str:
    """A field's stored value as people read it."""
    if field == "urgency":
        return URGENCIES.get(value, value)
    return due(value) if field in (*MOMENTS, "issued_on") and value[:4].isdigit() else value


def stored_value(field: str, typed: str) -> str:
    """A typed value of a rule as it is stored: an urgency by its name."""
    names = {name.lower(): stored for stored, name in URGENCIES.items()}
    return names.get(typed.strip().lower(), typed.strip()) if field == "urgency" else typed.strip()


def tried_in_words(row: RuleRow) -> str:
    """What the last trial found, in one sentence."""
    if not row.is_tried:
        return "Chưa chạy thử bản này."
    if not row.matched:
        return f"Không thư nào trong {number(row.looked)} thư gần nhất khớp."
    compared = row.right + row.wrong
    of_all = f"{number(row.matched)} trong {number(row.looked)} thư gần nhất khớp."
    if not compared:
        return f"{of_all} Văn thư chưa ghi gì ở các ô này để so."
    return f"Đúng {number(row.right)}/{number(compared)} lần văn thư đã vào sổ. {of_all}"


def shown(definition: Definition) -> dict[str, Any]:
    """A definition for templates."""
    return {
        "name": definition.name, "conditions": [condition_in_words(one) for one in definition.conditions],
        "outcomes": list(outcomes_in_words(definition)),
    }  # fmt: skip


def shown_letter(letter: Tried) -> dict[str, Any]:
    """A past letter of a trial for templates."""
    return {"letter": letter, "compared": [_shown_compared(one) for one in letter.compared],
            "is_wrong": letter.verdict is Verdict.DIFFERS}  # fmt: skip


def _shown_compared(one: Compared) -> dict[str, Any]:
    return {
        "label": LABELS.get(one.field) or _OTHERS[one.field], "said": value_in_words(one.field, one.said),
        "entered": value_in_words(one.field, one.entered), "verdict": _VERDICTS[one.verdict],
        "is_wrong": one.verdict is Verdict.DIFFERS, "is_declining": one.field == "declines",
    }  # fmt: skip


def typed_condition(what: str, how: str, value: str) -> Condition | None:
    """A row of the form; None where it is left empty. A size has one way of being asked."""
    if not value.strip():
        return None
    chosen = What(what) if what in list(What) else What.MAIL_SUBJECT
    way = How.BETWEEN if chosen is What.FILE_SIZE else How(how) if how in HOWS else How.CONTAINS
    return Condition(chosen, way, value.strip())


def typed_setting(field: str, value: str) -> Setting | None:
    """A row of the form; None where it is left empty."""
    if not field and not value.strip():
        return None
    return Setting(field, stored_value(field, value))
