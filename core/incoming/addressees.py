"""Whether a document is meant for this office: whom it names against the office's names, predecessors and groups.

A document sent to the wrong office is returned (Điều 21.2 NĐ 30). Only what is surely another's is said to be: whoever
can't be told may mean this office.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.agencies.names import plain_name
from core.evidence import Evidence
from core.office import OfficeName
from core.people import Division
from core.text import normal, squeeze

NOTE = "misaddressed"  # then a colon and whom the document names
_LONGEST_NOTE = 200
_LEVEL = r"(?:tinh|thanh pho|thi xa|huyen|quan|xa|phuong|dac khu|thi tran)"
# With their marks: without them "Môi trường" would be "mọi trường".
_MANY = re.compile(
    r"\b(?:các|những|mọi|tất cả|toàn (?:thể|bộ|tỉnh)|quý|như|theo|danh sách|thành phần|liên quan|trực thuộc|cùng|"
    r"cấp)\b",
    re.IGNORECASE,
)
# Groups that an office of any kind may belong to, and those of one kind, by the word that names it.
_ANY_KIND = re.compile(r"\b(?:co quan|don vi|nganh|to chuc|dia phuong|phong|ca nhan|dong chi)\b")
_ONE_KIND = re.compile(r"\b(?:xa|phuong|dac khu|huyen|truong|benh vien|doanh nghiep|cong ty|hop tac xa|bo|tinh uy)\b")
_ORGAN = re.compile(
    r"^(?:lanh dao |thu truong |giam doc |chu tich |hieu truong )?(?:uy ban nhan dan|hoi dong nhan dan|tinh uy|"
    r"thanh uy|huyen uy|dang uy (?:xa|phuong|dac khu)|(?:so|bo|cuc) (?!ban\b|nganh\b)\w+ \w+|"
    r"ban (?!giam doc)\w+ \w+|cong an|cong ty|tong cong ty|tap doan|toa an|"
    r"vien kiem sat|truong (?:dai hoc|cao dang|trung hoc|tieu hoc|mam non|thpt|thcs)|"
    r"benh vien|kho bac|bao hiem xa hoi|bo chi huy|uy ban mat tran|ngan hang|"
    r"van phong (?:uy ban|hoi dong|tinh uy|doan|chinh phu|quoc hoi|trung uong|bo))\b"
)
# "UBND xã", "UBND xã, phường": which one, is not said.
_OF_NO_PLACE = re.compile(rf"\b(uy ban nhan dan|hoi dong nhan dan)((?: {_LEVEL})+)$")


class _Whose(Enum):
    OURS = auto()
    OTHERS = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class _Own:
    """One name of the office, folded: whole or without its place, that place, and the word for its kind."""

    names: tuple[str, ...]
    place: str

    @property
    def kind(self) -> str:
        return self.names[0].split()[0]


def note_of(session: Session, proposed: Mapping[str, Evidence]) -> tuple[str, ...]:
    """The note "misaddressed:…" for what names only others in "Kính gửi", "kính mời" and "Nơi nhận"; else nothing."""
    if "recipients" not in proposed and "invited" not in proposed:
        return ()
    names = session.execute(sa.select(OfficeName.name, OfficeName.place, OfficeName.code)).all()
    own = [_own(row.name, row.place, row.code) for row in names]
    parts = [plain_name(name) for name in session.scalars(sa.select(Division.name))]
    issuer = proposed["issuer"].value if "issuer" in proposed else ""
    if not own or _whose(issuer, own, ()) is _Whose.OURS:
        return ()
    named = [name for field in ("recipients", "invited") if field in proposed for name in _split(proposed[field].value)]
    copies = _split(proposed["copies_to"].value) if "copies_to" in proposed else []
    if any(_whose(name, own, parts) is not _Whose.OTHERS for name in named):
        return ()
    if any(_may_be_copied(name, own) for name in copies):
        return ()
    return (f"{NOTE}:{'; '.join(named)[:_LONGEST_NOTE]}",) if named else ()


def is_noted(notes: Sequence[object]) -> bool:
    """Whether a draft's notes say that it may be for another office."""
    return any(str(note).startswith(NOTE + ":") for note in notes)


def _own(name: str, place: str, code: str) -> _Own:
    whole, at = plain_name(name), plain_name(place)
    bare = re.sub(rf"\s+(?:{_LEVEL}\s+)?{re.escape(at)}$", "", whole) if at else whole
    if bare.startswith(("uy ban", "hoi dong")) or len(bare.split()) < 3:
        bare = whole  # "Ủy ban nhân dân xã" is nobody without its place
    kind, *rest = bare.split()
    initials = "".join(word[0] for word in rest)
    short = (f"{kind} {initials}", plain_name(code)) if bare != whole or kind == "so" else ()
    return _Own(tuple(dict.fromkeys((bare, *(one for one in short if one)))), at)


def _whose(name: str, own: Sequence[_Own], parts: Sequence[str]) -> _Whose:
    text = plain_name(name)
    places = [_place_behind(text, one, form) for one in own for form in one.names if _has(text, form)]
    if any(places) or any(_has(text, part) for part in parts):
        return _Whose.OURS
    if nowhere := _OF_NO_PLACE.search(text):
        is_ours = any(_has(one.names[0], nowhere[1]) and _has(nowhere[2], _level(one)) for one in own)
        return _Whose.UNKNOWN if is_ours else _Whose.OTHERS
    if _MANY.search(normal(name)):
        if places or _ANY_KIND.search(text) or any(_has(text, one.kind) for one in own):
            return _Whose.UNKNOWN
        kinds = set(_ONE_KIND.findall(text))
        is_ours = any(_has(one.names[0], kind) for one in own for kind in kinds)
        return _Whose.OTHERS if kinds and not is_ours else _Whose.UNKNOWN
    return _Whose.OTHERS if _ORGAN.match(text) else _Whose.UNKNOWN


def _level(own: _Own) -> str:
    """Of the place of a committee: "xa" of "Ủy ban nhân dân xã Đắk Wil"."""
    found = re.search(rf" nhan dan ({_LEVEL})\b", own.names[0])
    return found[1] if found else ""


def _may_be_copied(name: str, own: Sequence[_Own]) -> bool:
    whose = _whose(name, own, ())  # "Lãnh đạo Sở" there is the sender's
    return whose is _Whose.OURS or (whose is _Whose.UNKNOWN and _MANY.search(normal(name)) is not None)


def _place_behind(text: str, own: _Own, name: str) -> bool:
    """Whether what follows the office's name is no other place, as in "Sở Khoa học và Công nghệ tỉnh Khánh Hòa"."""
    behind = text.partition(name)[2].strip()
    if not own.place or _has(name, own.place):
        return True
    place = re.match(rf"{_LEVEL}\s+(?!{_LEVEL}\b)(\S.*)", behind)
    return place is None or place[1].startswith(own.place)


def _has(text: str, name: str) -> bool:
    return bool(name) and f" {name} " in f" {text} "


def _split(value: str) -> list[str]:
    return [squeeze(name) for name in value.split(";") if name.strip()]
