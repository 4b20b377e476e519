"""What an address of the register asks for: book, year, filter, order, page."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from core.errors import Permanent
from core.incoming.tables import State
from core.incoming.values import URGENCIES, read_day
from core.listings.books import Filter
from dashboard.web import whole_number

STATES = {"": "Tất cả", State.REGISTERED: "Đang hiệu lực", State.VOIDED: "Đã hủy số"}
NAMES = {
    "words": "tim", "kind": "loai", "urgency": "khan", "state": "tt", "from_day": "tu-ngay", "to_day": "den-ngay",
    "from_number": "tu-so", "to_number": "den-so", "lacks_original": "thieu-ban-chinh",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """One reading of an address. `typed` is as it stands there; `faults` says what of it can't be read, by field."""

    filter: Filter
    typed: Mapping[str, str]
    faults: Mapping[str, str]
    is_oldest_first: bool
    after: int | None
    before: int | None

    @property
    def has_filter(self) -> bool:
        """Whether anything narrows the list."""
        return self.filter != Filter()

    def address(self, **changes: Any) -> str:
        """The query string of this view, with other values for some of its parts; empty ones are left out."""
        parts = {NAMES[name]: _shown(value) for name, value in asdict(self.filter).items()}
        parts["thu-tu"] = "tang" if self.is_oldest_first else ""
        parts |= {name.replace("_", "-"): str(value or "") for name, value in changes.items()}
        kept = {name: value for name, value in parts.items() if value}
        return f"?{urlencode(kept)}" if kept else ""


def read(parameters: Mapping[str, str]) -> Asked:
    """The address' parameters as values; what can't be read is named in `faults` and narrows nothing."""
    faults: dict[str, str] = {}
    typed = {field: parameters.get(name, "").strip()[:200] for field, name in NAMES.items()}
    values: dict[str, Any] = {"words": typed["words"], "kind": typed["kind"]}
    values["urgency"] = typed["urgency"] if typed["urgency"] in URGENCIES else ""
    values["state"] = typed["state"] if typed["state"] in STATES else ""
    values["lacks_original"] = typed["lacks_original"] == "1"
    for field in ("from_day", "to_day"):
        values[field] = _read(read_day, typed[field], field, faults)
    for field in ("from_number", "to_number"):
        values[field] = _read(_number, typed[field], field, faults)
    return Asked(
        filter=Filter(**values), typed=typed, faults=faults, is_oldest_first=parameters.get("thu-tu") == "tang",
        after=whole_number(parameters.get("sau", "")), before=whole_number(parameters.get("truoc", "")),
    )  # fmt: skip


def _read(reader: Any, text: str, field: str, faults: dict[str, str]) -> Any:
    try:
        return reader(text) if text else None
    except Permanent as error:
        faults[field] = error.sentence
        return None


def _number(text: str) -> int:
    digits = text.replace(".", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 10):
        raise Permanent("Số đến là số nguyên, ví dụ 1245.")
    return int(digits)


def _shown(value: Any) -> str:
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, bool):
        return "1" if value else ""
    return "" if value is None else str(value)
