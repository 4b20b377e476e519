"""Số ký hiệu and dates of documents: text to value and back. Pure; sources: NĐ 30/2020 Phụ lục I.II.3-4, III.I."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.text import fold, normal, squeeze

# Phụ lục III.I: the named types and the three copies. Công văn and Thư công have no abbreviation.
KIND_ABBREVIATIONS = (
    "NQ", "QĐ", "CT", "QC", "QyĐ", "TC", "TB", "HD", "CTr", "KH", "PA", "ĐA", "DA", "BC", "BB", "TTr", "HĐ", "CĐ",
    "BGN", "BTT", "GUQ", "GM", "GGT", "GNP", "PG", "PC", "PB", "SY", "SL", "TrS",
)  # fmt: skip
# Types outside the 29 that arrive every day: legal documents, consolidated texts, conclusions.
OTHER_ABBREVIATIONS = ("L", "PL", "NĐ", "TT", "TTLT", "NQLT", "VBHN", "LCT", "KL")
_KINDS = {a.upper(): a for a in (*OTHER_ABBREVIATIONS, *KIND_ABBREVIATIONS)}
_UNACCENTED = {fold(a).upper(): a for a in ("QĐ", "HĐ", "CĐ", "NĐ", "ĐA", "QyĐ")}


class Family(StrEnum):
    """Which grammar a code follows."""

    NAMED = "named"  # 63/QĐ-SKHCN
    LETTER = "letter"  # công văn: 1234/UBND-KGVX
    LEGAL = "legal"  # with the year: 30/2020/NĐ-CP, 117/2025/QH15
    PARTY = "party"  # 36-HD/VPTW
    ENTERPRISE = "enterprise"  # 25/CV-CTY


@dataclass(frozen=True, slots=True)
class Code:
    """One số ký hiệu.

    `text` is the code tidied (no label, no blanks, plain hyphens); for a blank number it begins with "/".
    `number` is the ordinal as printed, "" when the place was left blank; a late insert keeps its letter
    ("12a"). `notation` is what follows number and year. `kind` is the abbreviation of the type it hints at,
    "" for công văn. `organ` is the first group after it. `is_unaccented` marks a guess such as QD for QĐ.
    """

    text: str
    number: str
    notation: str
    kind: str
    organ: str
    year: int | None
    family: Family
    is_unaccented: bool = False


_UPPER = "A-ZÀ-ÖØ-ÝĂĐĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ"
_LOWER = "a-zà-öø-ýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ"
_GROUP = rf"[{_UPPER}][{_UPPER}{_LOWER}0-9&]*"
_NUMBER = r"(?P<number>\d{1,6}[a-zđ]?)"
_BLANK = r"(?P<blank>(?:[.…_]|\s)*)"
_STATE = (
    rf"/\s*(?:(?P<year>(?:19|20)\d\d)\s*/\s*)?"
    rf"(?P<notation>{_GROUP}(?:\s*[-.]\s*{_GROUP}){{0,5}}|{_GROUP}(?:\s*/\s*{_GROUP}))"
)
_PARTY = rf"-\s*(?P<kind>[{_UPPER}][{_UPPER}{_LOWER}]{{0,3}})\s*/\s*(?P<organ>{_GROUP}(?:\s*-\s*{_GROUP}){{0,3}})"
_CODE = re.compile(rf"(?<![\w/.-]){_NUMBER}\s*(?:{_STATE}|(?P<party>{_PARTY}))(?![\w/])")
_BLANK_CODE = re.compile(rf"{_BLANK}{_STATE}(?![\w/])")
_LABEL = re.compile(r"(?:luật\s+)?s[ốôoó]\s*(?:,?\s*ký\s*hiệu|hiệu)?\s*[:.;]?\s*", re.IGNORECASE)


def parse_code(text: str) -> Code | None:
    """The code that `text` begins with, a label ("Số:") before it allowed; None if there is none.

    All families of NĐ 30 and the Party's are read, blanks around hyphens and slashes, dashes and look-alike
    letters forgiven. A number left blank ("Số:      /SKHCN-VP") gives a Code with number "".
    """
    tidy = normal(text).strip()
    label = _LABEL.match(tidy)
    bare = tidy[label.end() :] if label else tidy
    found = _CODE.match(bare)
    if found:
        return _code(found)
    blank = _BLANK_CODE.match(bare) if label or bare.startswith("/") else None
    return _code(blank) if blank else None


def find_codes(text: str) -> list[Code]:
    """Every code with a number inside `text`, in order: cited documents, subjects, sentences."""
    return [_code(found) for found in _CODE.finditer(normal(text))]


def _code(found: re.Match[str]) -> Code:
    groups = found.groupdict()
    number = groups.get("number") or ""
    if groups.get("party"):
        kind, organ = groups["kind"], re.sub(r"\s*-\s*", "-", groups["organ"])
        notation = f"{kind}/{organ}"
        return Code(f"{number}-{notation}", number, notation, _KINDS.get(kind.upper(), kind), organ, None,
                    Family.PARTY)  # fmt: skip
    notation = re.sub(r"\s*([-./])\s*", r"\1", groups["notation"])
    year = int(groups["year"]) if groups["year"] else None
    head, *rest = re.split(r"[-/]", notation)
    kind, is_unaccented = _kind(head) if rest else ("", False)
    organ = (rest[0] if rest else "") if kind or head == "CV" else head
    text = f"{number}/{year}/{notation}" if year else f"{number}/{notation}"
    return Code(text, number, notation, kind, organ, year, _family(kind, head, year), is_unaccented)


def _kind(head: str) -> tuple[str, bool]:
    if head.upper() in _KINDS:
        return _KINDS[head.upper()], False
    if head.upper() in _UNACCENTED:
        return _UNACCENTED[head.upper()], True
    return "", False


def _family(kind: str, head: str, year: int | None) -> Family:
    if head == "CV":
        return Family.ENTERPRISE
    # A year inside a công văn is a common mistake: kept as printed, still a công văn.
    if year and (kind or re.fullmatch(r"(?:QH|UBTVQH)\d+", head)):
        return Family.LEGAL
    return Family.NAMED if kind else Family.LETTER


_DATE_WORDS = re.compile(
    r"ngày\s*(?P<day>\d{1,2})?[\s.…_/]*tháng\s*(?P<month>\d{1,2})?[\s.…_/]*năm\s*(?P<year>\d{4})?",
    re.IGNORECASE,
)
_DATE_DIGITS = re.compile(
    r"(?<![\d/.-])(?P<day>\d{1,2})\s*(?P<sep>[/.-])\s*(?P<month>\d{1,2})\s*(?P=sep)\s*(?P<year>(?:19|20)\d\d)(?!\d)"
)


def parse_date(text: str) -> date | None:
    """The first full date of `text` ("ngày 04 tháng 6 năm 2015", "4.6.2015"); None if none or only a part.

    A date with a blank day or month is refused, not completed. Two-digit years are refused.
    """
    tidy = normal(text)
    for pattern in (_DATE_WORDS, _DATE_DIGITS):
        for found in pattern.finditer(tidy):
            if found["day"] and found["month"] and found["year"]:
                try:
                    return date(int(found["year"]), int(found["month"]), int(found["day"]))
                except ValueError:
                    continue
    return None


def format_date(day: date) -> str:
    """`day` as NĐ 30 writes it: days below 10 and months 1 and 2 with a leading 0 (Phụ lục I.II.4)."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def code_key(code: str) -> str:
    """The folded key under which two spellings of one code meet."""
    return squeeze(re.sub(r"\s+", "", fold(code)))


_FOLDED_CODE = re.compile(
    r"(?:luat )?(?:so(?:,? ky hieu| hieu)? ?[:.;]? ?)?0*(?P<number>\d{1,7})(?P<letter>[a-z]?)(?![a-z0-9])(?P<rest>.*)"
)
_NO_LETTER = re.compile(r"[^a-z0-9]+")


def matching_key(code: str) -> str:
    """The key under which a register finds a code again, however it was typed or read: without marks, case, blanks,
    signs, label and the number's leading zeros ("Số 05 / QĐ–UBND", "5/qd-ubnd"). "" for what has no number or no
    notation: it matches nothing."""
    found = _FOLDED_CODE.match(fold(code[:200]))
    notation = _NO_LETTER.sub("", found["rest"]) if found else ""
    return f"{found['number']}{found['letter']}/{notation}"[:80] if found and notation else ""
