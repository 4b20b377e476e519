"""Secrecy marks in a line of text: MẬT, TỐI MẬT, TUYỆT MẬT where they mark something, not where they are spoken of.

A mark says nothing else: beside it stand at most what bears it, its urgency and the number of the copy. The words that
may stand there, and those that make another word of MẬT, are data (config/vocab/screening.toml).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from config.vocabulary import vocabulary
from core.text import fold, nfc, normal

LONGEST = 120  # letters of a line that is nothing but a mark
_NEXT_TO = r"[^\w\n]{0,3}|_"
LEVEL = re.compile(
    rf"(?<![^\W\d_])(?:(?P<degree>tuyệt|tuyet|tối|toi)(?:{_NEXT_TO}))?(?P<secret>mật|mat)(?![^\W\d_])", re.IGNORECASE
)
_GAP, _WIDE_GAP = r"[^\w\n]{0,3}", r"[^\w\n]{0,9}"
_SPREAD = re.compile(
    rf"(?<![^\W_])(?:(?:T{_GAP}[ỐO]{_GAP}I|T{_GAP}U{_GAP}Y{_GAP}[ỆE]{_GAP}T){_WIDE_GAP}M{_GAP}[ẬA]|M{_GAP}Ậ){_GAP}T(?![^\W_])",
    re.IGNORECASE,
)
_LABEL = r"(?:(?:mức|cấp)\s+)?độ\s+mật\s*(?:[:=]|là\b)\s*\W{0,3}"
_FIELD = re.compile(rf"{_LABEL}(?=(?:tuyệt|tối|mật))", re.IGNORECASE)
_FIELD_ENDS = re.compile(r"\s*(?:[^\w\s]|$)")
_ANY = re.sub(r"\?P<\w+>", "?:", LEVEL.pattern)
_AND = r"\s{0,9}(?:(?:[,/;&|+-]|và|hoặc|hay)\s{0,9}){1,3}(?:(?:mức\s)?độ\s)?"
_LIST = re.compile(rf"{_ANY}(?:{_AND}{_ANY})+", re.IGNORECASE)
_VALUES = {"": "mat", "toi": "toi_mat", "tuyet": "tuyet_mat"}
# Letters of other alphabets that are drawn like ours.
_DRAWN_ALIKE = str.maketrans("АВЕКМНОРСТХІУаеорсхіуΑΒΕΚΜΗΟΡΤΧΙΥ", "ABEKMHOPCTXIYaeopcxiyABEKMHOPTXIY")
# "mật báo" and "MẬT BÁO CÁO", "hoa" and "HOA TOC"
_NO_MORE = r"(?!\w)(?<!báo(?= cáo))(?<!bao(?=[ _]cao))(?<!hoa(?=[ _]toc))"
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Mark:
    """A level of secrecy that stands at `start` to `end` of a text: `value` as stored ("toi_mat")."""

    value: str
    is_capital: bool
    is_title: bool  # its first letter is a capital
    is_accented: bool
    has_noun: bool
    start: int = 0
    end: int = 0

    @property
    def is_sure(self) -> bool:
        """Whether nobody would take it for another word: in capitals, with its accents."""
        return self.is_capital and self.is_accented


def readable(text: str) -> str:
    """`text` as a person reads it: full-width letters, letters of other alphabets and those of a level that stand apart
    from each other, all or some of them, as they are meant."""
    whole = text if text.isascii() else normal(unicodedata.normalize("NFKC", nfc(text)))
    return _SPREAD.sub(_together, whole.translate(_DRAWN_ALIKE) if not whole.isascii() else whole)


def _together(found: re.Match[str]) -> str:
    pieces = _WORD.findall(found[0])
    letters = "".join(pieces)
    if len(pieces[-1]) == len(letters) or (len(pieces) == 2 and len(pieces[-1]) == 3):
        return found[0]
    return f"{letters[:-3]} {letters[-3:]}".strip()


def levels(text: str) -> Iterator[Mark]:
    """Every level named in `text` (`readable`), those excepted that are parts of other words ("bí mật", "mật ong")."""
    for found in LEVEL.finditer(text):
        if not _is_other_word(found, text):
            yield _mark(found, has_noun=False)


def alone(text: str) -> Mark | None:
    """The mark that `text` (`readable`) says and nothing else, with what may stand beside a mark."""
    if len(text) > LONGEST:
        return None
    found = list(levels(text))
    # "TỐI MẬT ... TỐI MẬT" is one mark, "Tối mật, Mật" speaks of them.
    if len({mark.value for mark in found}) != 1 or not (len(found) == 1 or all(mark.is_sure for mark in found)):
        return None
    mark = found[0]
    left, right = _squashed(text[: mark.start]), _squashed(text[found[-1].end :])
    left += " " if left else ""
    between = _squashed(LEVEL.sub("", text[mark.end : found[-1].start])) if len(found) > 1 else ""
    before = _patterns().left.fullmatch(left)
    if before is None or between or not _patterns().right.fullmatch(right):
        return None
    if _is_number(right) and not before["noun"]:
        return None
    return Mark(
        mark.value, mark.is_capital, mark.is_title, mark.is_accented, bool(before["noun"]), mark.start, mark.end
    )


def field(text: str, *, anywhere: bool = False) -> Mark | None:
    """What a field "Độ mật:" at the beginning of `text` (`readable`), or `anywhere` in it, says; never of a list."""
    for label in _FIELD.finditer(text):
        if not anywhere and any(map(str.isalnum, text[: label.start()])):
            return None
        found = LEVEL.match(text, label.end())
        listed = _LIST.match(text, label.end())
        if found and not (listed and is_list(listed[0])) and _FIELD_ENDS.match(text, found.end()):
            return _mark(found, has_noun=False)
    return None


def is_list(text: str) -> bool:
    """Whether `text` names more than one level."""
    return len({_value(found) for found in LEVEL.finditer(text)}) > 1


def without_lists(text: str) -> str:
    """`text` without enumerations of levels, which speak of them."""
    return _LIST.sub(lambda found: "…" if is_list(found[0]) else found[0], text)


def is_noun(text: str) -> bool:
    """Whether `text` (folded) ends with what may bear a mark, such as "cong van"."""
    return _patterns().ends_with_noun.search(text) is not None


def is_about_rules(text: str) -> bool:
    """Whether `text` speaks of rules on secrets."""
    return _patterns().topic.search(fold(text)) is not None


def _mark(found: re.Match[str], *, has_noun: bool) -> Mark:
    text = found[0]
    accented = found["secret"].lower() == "mật" and (found["degree"] or "tối").lower() in ("tối", "tuyệt")
    is_capital = "".join(filter(str.isascii, text)).isupper()  # TCVN3 has no capital Ậ or Ố: "TốI MậT"
    return Mark(_value(found), is_capital, text[0].isupper(), accented, has_noun, found.start(), found.end())


def _value(found: re.Match[str]) -> str:
    return _VALUES[fold(found["degree"] or "")]


def _is_other_word(found: re.Match[str], text: str) -> bool:
    if found["degree"]:
        return False
    words = _patterns()
    is_bare = found["secret"].isascii()
    left, right = text[max(0, found.start() - 24) : found.start()].lower(), text[found.end() : found.end() + 24].lower()
    if is_bare:
        return bool(words.before_bare.search(fold(left) + " ") or words.after_bare.match(fold(right)))
    return bool(words.before.search(left) or words.after.match(right) or words.organs.search(left))


def _is_number(right: str) -> bool:
    return re.match(r"so \d|\d", right) is not None


def _squashed(text: str) -> str:
    """The words of `text`, folded, one blank between them."""
    return fold(re.sub(r"[\W_]+", " ", text))


@dataclass(frozen=True)
class _Patterns:
    left: re.Pattern[str]
    right: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    before_bare: re.Pattern[str]
    after_bare: re.Pattern[str]
    organs: re.Pattern[str]
    ends_with_noun: re.Pattern[str]
    topic: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    words = vocabulary("screening")["marks"]
    nouns, beside, sending = (_any_of(map(fold, words[name])) for name in ("nouns", "beside", "sending"))
    copy = r"(?:ban )?so(?: \d+)+|\d+ ban|\d+"
    return _Patterns(
        left=re.compile(
            rf"(?:(?:{sending}|{beside}) )*(?:(?P<noun>{nouns}) )?(?:(?:{sending}|{beside}) )*(?:(?:muc |cap )?do )?"
            rf"(?:(?:{beside}) )*"
        ),
        right=re.compile(rf"(?:(?:{beside}|{copy}|so \d.*|truoc \d.*)(?: |$))*"),
        # "công văn MẬT", but "Nguyễn Văn Mật"
        before=re.compile(rf"(?<!\w)(?:{_any_of(words['before'])}|(?<!công )văn)(?:[_.-]|\s*)$"),
        after=re.compile(rf"(?:[_.]|\s*|-(?=\w))(?:{_any_of(words['after'])}){_NO_MORE}"),
        before_bare=re.compile(rf"(?<!\w)(?:{_any_of(words['before_bare'])})[ _.-]*$"),
        after_bare=re.compile(
            rf"[ _.-]{{0,3}}(?:{_any_of((*map(fold, words['after']), *words['after_bare']))}){_NO_MORE}"
        ),
        organs=re.compile(r"(?<!\w)(?:gan|tụy|túi)\s*[-,/&]\s*$"),
        ends_with_noun=re.compile(rf"(?<!\w)(?:{nouns})[\W_]*$"),
        topic=re.compile(words["topic"]),
    )


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
