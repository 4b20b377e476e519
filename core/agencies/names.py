"""Names of agencies made comparable: "UBND tỉnh", "Sở KH&CN", "UỶ BAN NHÂN DÂN TỈNH LÂM ĐỒNG" (DOMAIN §7 #38)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from core.text import fold, normal

_SHORT = {
    "ubnd": "uy ban nhan dan", "hdnd": "hoi dong nhan dan", "tp": "thanh pho", "tx": "thi xa",
    "mttq": "mat tran to quoc", "gd": "giam doc", "vp": "van phong",
}  # fmt: skip
# As they are spelled, for names that are told apart by their marks.
_SHORT_SPELLED = {
    "ubnd": "ủy ban nhân dân", "hđnd": "hội đồng nhân dân", "tp": "thành phố", "tx": "thị xã",
    "mttq": "mặt trận tổ quốc", "gđ": "giám đốc", "vp": "văn phòng",
}  # fmt: skip
# "KH&CN", "KH-CN", "VH, TT và DL": one short name.
_INITIALS = r"[B-DĐF-HJ-NP-TV-XZ]{2,5}"
_INITIALS_APART = re.compile(rf"\b({_INITIALS})\s*(?:[&,-]|và)\s*(?={_INITIALS}\b)")
_PROVINCE, _DISTRICT, _COMMUNE = "tinh", "huyen", "xa"
_LEVELS = {
    "tinh": _PROVINCE, "thanh pho": _PROVINCE, "huyen": _DISTRICT, "thi xa": _DISTRICT, "xa": _COMMUNE,
    "phuong": _COMMUNE, "dac khu": _COMMUNE, "thi tran": _COMMUNE,
}  # fmt: skip
_LEVEL = r"(?:thanh pho|thi xa|dac khu|thi tran|tinh uy|tinh|huyen uy|huyen|xa|phuong)"
# "Bảo hiểm xã hội", "phương án", "tình hình" name no place.
_TERRITORY = re.compile(rf"\b({_LEVEL})\b(?! (?:hoi|an toan|phap|hinh|nguyen)\b)")
_HEAD = re.compile(
    r"\b(?:uy ban|hoi dong|so|bo|cuc|chi cuc|ban|van phong|dang bo|dang uy|trung tam|truong|benh vien|thanh tra)\b"
)
# How pictures of letters are mixed up; each side stands for both.
_LOOKS = str.maketrans({"1": "i", "l": "i", "0": "o", "u": "n", "e": "c", "b": "h"})
_MOST_WORDS = 40
_LONGEST_PLACE = 4


class Relation(Enum):
    """Whether two names mean one agency."""

    SAME = auto()
    OTHER = auto()
    UNKNOWN = auto()  # nothing against it, but the place or the name is missing on one side


@dataclass(frozen=True, slots=True)
class _Agency:
    words: tuple[str, ...]  # of the name without its own places
    whole: tuple[str, ...]  # of the name and the one above it, without places
    level: str  # of a committee: which rank it has itself
    places: dict[str, str]  # rank -> place, "" where the rank is named without one


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """Folded words alone, without "và", with the usual abbreviations written out: "UBND TP. Đà Lạt", "Sở KH&CN" (sở
    khcn)."""
    text = re.sub(r"[^a-z0-9\s]+", " ", fold(_INITIALS_APART.sub(r"\1", normal(name))))
    return " ".join(_SHORT.get(word, word) for word in text.split() if word != "va")


@lru_cache(maxsize=4096)
def spelled(name: str) -> str:
    """`plain_name` with its marks, tones placed the new way: what tells "Tân Hòa" from "Tân Hóa"."""
    text = re.sub(r"[\W_]+", " ", _INITIALS_APART.sub(r"\1", normal(name)).lower())
    return " ".join(_SHORT_SPELLED.get(word, word) for word in text.split() if word not in ("và", "va"))


def relation(name: str, parent: str, other_name: str, other_parent: str) -> Relation:
    """Whether `name` below `parent` is the agency `other_name` below `other_parent`; parents may be "".

    A place that differs makes another agency, whatever the rest says. Spelling, abbreviations, marks lost by a
    reader and places left out on one side do not.
    """
    if not name or not other_name:
        return Relation.UNKNOWN
    one, other = _agency(name, parent), _agency(other_name, other_parent)
    if one.level and other.level and one.level != other.level:
        return Relation.OTHER
    for rank in one.places.keys() & other.places.keys():
        here, there = one.places[rank], other.places[rank]
        if here and there and not _is_one_place(here, there):
            return Relation.OTHER
    left = _left_over(one, other)
    if left is None:
        return Relation.UNKNOWN
    return _by_places(one, other, left)


def _by_places(one: _Agency, other: _Agency, left: Sequence[str]) -> Relation:
    """For names that are one but for the words `left` over on one side, which may be a place without its rank."""
    known = [place for agency in (one, other) for place in agency.places.values() if place]
    if left:
        said = " ".join(left)
        # A rank that was misread stands before its place: "thàuh phố Hải Phòng".
        if any(_is_one_place(place, said) or _look(said).endswith(_look(place)) for place in known):
            return Relation.SAME
        return Relation.OTHER if known and len(left) <= _LONGEST_PLACE else Relation.UNKNOWN
    has_places = [any(agency.places.values()) for agency in (one, other)]
    return Relation.SAME if has_places[0] == has_places[1] else Relation.UNKNOWN


@lru_cache(maxsize=4096)  # a few hundred offices write nearly everything
def _agency(name: str, parent: str) -> _Agency:
    bare, own = _without_places(plain_name(name))
    above, others = _without_places(plain_name(parent))
    is_committee = bare.startswith(("uy ban nhan dan", "hoi dong nhan dan"))
    level = min(own, key=[_COMMUNE, _DISTRICT, _PROVINCE].index) if own and is_committee else ""
    words = tuple(bare.split())[:_MOST_WORDS]
    return _Agency(words, (*words, *above.split()[:_MOST_WORDS]), level, others | own)


def _without_places(text: str) -> tuple[str, dict[str, str]]:
    """`text` without its territories, and these by rank. A place ends where the next rank or office begins."""
    kept, position = [], 0
    places: dict[str, str] = {}
    while found := _TERRITORY.search(text, position):
        kept.append(text[position : found.start()])
        ends = [end.start() for pattern in (_TERRITORY, _HEAD) if (end := pattern.search(text, found.end()))]
        position = min(ends, default=len(text))
        word = found[1].removesuffix(" uy")
        places.setdefault(_LEVELS[word], text[found.end() : position].strip())
    kept.append(text[position:])
    return " ".join("".join(kept).split()), places


def _is_one_place(one: str, other: str) -> bool:
    if one == other or _look(one) == _look(other):
        return True
    return any(_initials(short, place.split()) == len(place.split()) for short, place in ((one, other), (other, one)))


def _look(word: str) -> str:
    return word.replace(" ", "").replace("rn", "m").translate(_LOOKS)


def _left_over(one: _Agency, other: _Agency) -> Sequence[str] | None:
    """What the longer of two names has behind the shorter; None where neither begins with the other."""
    pairs = ((here, there) for here in (one.words, one.whole) for there in (other.words, other.whole))
    found = [left for here, there in pairs if (left := _behind(here, there)) is not None]
    return min(found, key=len, default=None)


def _behind(one: Sequence[str], other: Sequence[str]) -> Sequence[str] | None:
    i = j = 0
    while i < len(one) and j < len(other):
        if is_near(one[i], other[j]):
            i, j = i + 1, j + 1
        elif size := _initials(one[i], other[j:]):
            i, j = i + 1, j + size
        elif size := _initials(other[j], one[i:]):
            i, j = i + size, j + 1
        else:
            return None
    return other[j:] if i == len(one) else one[i:]


def _initials(short: str, words: Sequence[str]) -> int:
    """How many of the first `words` the abbreviation stands for: "khcn" for four; 0 for none."""
    size = len(short) if " " not in short else 0
    return size if 2 <= size <= len(words) and all(w[0] == c for w, c in zip(words, short, strict=False)) else 0


def is_near(one: str, other: str) -> bool:
    """Whether two folded words are one but for a letter misread, missing, doubled or in the wrong place."""
    if one == other or _look(one) == _look(other):
        return True
    if min(len(one), len(other)) < 4 or abs(len(one) - len(other)) > 1:
        return False
    start = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, other_rest = one[start:], other[start:]
    if len(one) == len(other):
        return rest[1:] == other_rest[1:] or (rest[:2] == other_rest[1::-1] and rest[2:] == other_rest[2:])
    shorter, longer = sorted((rest, other_rest), key=len)
    return longer[1:] == shorter
