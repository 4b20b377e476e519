"""How packages name documents: by DocumentId, by số ký hiệu and day (DOMAIN §3.1)."""

import re
from dataclasses import dataclass
from datetime import date, datetime

_PARTY = re.compile(r"[A-ZĐ][A-Za-zĐđ]{0,3}/")  # "HD/VPTW", where the number stands before a hyphen
_SHAPES = ("%Y/%m/%d", "%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y")


@dataclass(frozen=True, slots=True)
class Reference:
    """A document as a package names it; "" and None for what it does not say. `code` is the whole số ký hiệu."""

    document_id: str = ""
    code: str = ""
    issued_on: date | None = None
    organ_id: str = ""

    def __bool__(self) -> bool:
        return bool(self.document_id or self.code)

    @property
    def in_words(self) -> str:
        """By số ký hiệu and day where they are known, else by its DocumentId; "" for none."""
        day = f" ngày {self.issued_on:%d/%m/%Y}" if self.issued_on else ""
        return f"{self.code}{day}" if self.code else self.document_id


def named(document_id: str, code: str = "", issued_on: date | None = None, organ_id: str = "") -> Reference:
    """A reference in which what is not said beside the DocumentId is taken from it: "{OrganId},{yyyy/MM/dd},{code}"."""
    organ, _, rest = document_id.partition(",")
    day, _, of_id = rest.partition(",")
    told = parse_day(day)
    if told is None or not of_id.strip():
        return Reference(document_id, code, issued_on, organ_id)
    return Reference(document_id, code or of_id.strip(), issued_on or told, organ_id or organ.strip())


def whole_code(number: str, notation: str) -> str:
    """Số and ký hiệu as printed: 63/SMA-VP, 15-HD/BTGTU; "" unless both are known."""
    if "/" in number:
        return number  # the whole code stands where the number belongs
    notation = notation.lstrip("/- ")
    if not number or not notation:
        return ""
    return f"{number}{'-' if _PARTY.match(notation) else '/'}{notation}"


def parse_day(text: str) -> date | None:
    """A day as yyyy/MM/dd, yyyy-MM-dd, dd/MM/yyyy or dd-MM-yyyy, whatever time follows; None if it is none."""
    found = re.match(r"\s*(\d{1,4}[/-]\d{1,2}[/-]\d{1,4})(?!\d)", text)
    for shape in _SHAPES if found else ():
        try:
            return datetime.strptime(found[1], shape).date()  # type: ignore[index]  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None
