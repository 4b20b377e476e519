"""Who issues: offices with their letterheads, titles and signs, built from short lists by the two halves."""

from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """What sort of office it is; it decides which kinds of document it may issue."""

    GOVERNMENT = "government"
    MINISTRY = "ministry"
    PROVINCE = "province"
    COUNCIL = "council"
    DEPARTMENT = "department"
    BRANCH = "branch"
    DISTRICT = "district"
    COMMUNE = "commune"
    ADVISORY = "advisory"
    PARTY = "party"
    COMPANY = "company"
    ASSEMBLY = "assembly"


@dataclass(frozen=True)
class Office:
    """An office as its paper shows it.

    `parent` and `issuer` are the printed lines of ô 2, `name` and `parent_name` what they say in sentence case,
    `sign` stands in the ký hiệu, `units` behind it. `head` and `deputy` are titles in capitals; `body` is the
    collective that a head signs for ("" where nobody signs TM.).
    """

    key: str
    level: Level
    parent: tuple[str, ...]
    issuer: tuple[str, ...]
    name: str
    parent_name: str | None
    sign: str
    units: tuple[str, ...]
    place: str
    head: str
    deputy: str
    body: str = ""
    bureau: tuple[str, str] = ("CHÁNH VĂN PHÒNG", "PHÓ CHÁNH VĂN PHÒNG")
    address: tuple[str, ...] = field(default=())


def wrapped(text: str, width: int = 27) -> tuple[str, ...]:
    """Capitals broken into lines of about equal length, as clerks break a letterhead."""
    words = text.upper().split()
    lines = -(-len(" ".join(words)) // width)
    goal = len(" ".join(words)) / lines
    made: list[str] = []
    current = ""
    for word in words:
        if current and len(made) + 1 < lines and len(current) + len(word) / 2 > goal:
            made.append(current)
            current = word
        else:
            current = f"{current} {word}".strip()
    return (*made, current)


def ministry(name: str, sign: str, *units: str) -> Office:
    """A ministry or a body of its rank; it has nobody above it on paper."""
    return Office(
        sign, Level.MINISTRY, (), wrapped(name, 30), name, None, sign, units or ("VP",), "Hà Nội",
        "BỘ TRƯỞNG", "THỨ TRƯỞNG",
    )  # fmt: skip


def branch(parent: str, name: str, sign: str, place: str, head: str, *units: str, width: int = 27) -> Office:
    """A cục, tổng cục, viện, trường, bệnh viện, trung tâm below another office."""
    return Office(
        f"{sign}@{place}", Level.BRANCH, wrapped(parent, width), wrapped(name, width), name, parent, sign,
        units or ("VP",), place, head.upper(), f"PHÓ {head.upper()}",
    )  # fmt: skip


def province(name: str, place: str, *units: str) -> Office:
    """The people's committee of a province or city: `name` as "tỉnh Lào Cai"."""
    return Office(
        f"UBND@{place}", Level.PROVINCE, (), ("ỦY BAN NHÂN DÂN", name.upper()), f"Ủy ban nhân dân {name}", None, "UBND",
        units or ("VX",), place, "CHỦ TỊCH", "PHÓ CHỦ TỊCH", "ỦY BAN NHÂN DÂN",
    )  # fmt: skip


def council(name: str, place: str) -> Office:
    """The people's council of a province."""
    return Office(
        f"HĐND@{place}", Level.COUNCIL, (), ("HỘI ĐỒNG NHÂN DÂN", name.upper()), f"Hội đồng nhân dân {name}", None,
        "HĐND", ("VP",), place, "CHỦ TỊCH", "PHÓ CHỦ TỊCH", "HỘI ĐỒNG NHÂN DÂN",
    )  # fmt: skip


def department(name: str, sign: str, over: str, place: str, *units: str, short: bool = True, of: str = "") -> Office:
    """A sở of the province `over`; `short` prints UBND, otherwise the committee's name in full on two lines."""
    above = (f"UBND {over.upper()}",) if short else ("ỦY BAN NHÂN DÂN", over.upper())
    said = f"UBND {over}" if short else f"Ủy ban nhân dân {over}"
    return Office(
        f"{sign}@{place}", Level.DEPARTMENT, above, wrapped(name + of), name + of, said, sign, units or ("VP",), place,
        "GIÁM ĐỐC", "PHÓ GIÁM ĐỐC",
    )  # fmt: skip


def commune(over: str, name: str, place: str, *units: str, level: Level = Level.COMMUNE) -> Office:
    """The people's committee of a commune, ward or district below the committee of `over`."""
    return Office(
        f"UBND@{name}", level, (f"UBND {over.upper()}",), ("ỦY BAN NHÂN DÂN", name.upper()), f"Ủy ban nhân dân {name}",
        f"UBND {over}", "UBND", units or ("VP",), place, "CHỦ TỊCH", "PHÓ CHỦ TỊCH", "ỦY BAN NHÂN DÂN",
    )  # fmt: skip


def advisory(parent: tuple[str, ...], parent_name: str, name: str, sign: str, place: str) -> Office:
    """A steering committee or council that issues under another office's seal, with numbers of its own."""
    return Office(
        f"{sign}@{place}", Level.ADVISORY, parent, wrapped(name), name, parent_name, sign, ("TT",), place,
        "TRƯỞNG BAN", "PHÓ TRƯỞNG BAN",
    )  # fmt: skip


def party(over: str, name: str, sign: str, place: str, head: str = "TRƯỞNG BAN", body: str = "") -> Office:
    """A body of the Party; `over` is "" for a committee itself."""
    return Office(
        f"{sign}@{place}", Level.PARTY, wrapped(over) if over else (), wrapped(name), name, over or None, sign, (),
        place, head, f"PHÓ {head}", body, ("CHÁNH VĂN PHÒNG", "PHÓ CHÁNH VĂN PHÒNG"),
    )  # fmt: skip


def company(parent: str, name: str, sign: str, place: str, address: str, head: str = "TỔNG GIÁM ĐỐC") -> Office:
    """An enterprise with a letterhead of its own."""
    return Office(
        f"{sign}@{place}", Level.COMPANY, wrapped(parent) if parent else (), wrapped(name), name, parent or None, sign,
        ("KH", "TCHC"), place, head, f"PHÓ {head}", address=tuple(address.split("|")),
    )  # fmt: skip
