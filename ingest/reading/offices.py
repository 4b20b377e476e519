"""Names of offices from the lines of ô 2: which lines are one office, and how its name is written."""

import re
from collections.abc import Sequence
from functools import cache

from config.vocabulary import vocabulary
from core.text import fold, normal, squeeze
from ingest.reading.lines import Line
from ingest.reading.patterns import CONTACT, STAMP

# What a name cannot end with: what it needs stands in the next line.
_GOES_ON = re.compile(
    r"(?:\b(?:và|của|về|với|cho|các|bưu chính|tỉnh|thành phố|huyện|xã|phường|quản lý|bảo vệ|hỗ trợ|xúc tiến|điều phối|"
    r"giám sát|kiểm soát|khai thác|ứng dụng|nghiên cứu|dịch vụ|chống|thường trực|giúp việc|thường vụ|chấp hành)|"
    r"[-,&])$",
    re.IGNORECASE,
)


def group_offices(lines: Sequence[Line], *, is_seen: bool = False) -> list[tuple[Line, ...]]:
    """The lines of the left head as offices from top to bottom: the last issues, the one before is above it.

    An office may take several lines; a new one begins with a word such as SỞ, BAN, VĂN PHÒNG (vocabulary). The
    address that enterprises print below their name, in small letters, is none.
    """
    groups: list[list[Line]] = []
    is_contact = False
    for line in lines:
        is_contact = CONTACT.match(line.plain) is not None or (is_contact and not line.is_capitals)
        if is_contact:
            continue
        if STAMP.match(line.plain) or (is_seen and _is_speck(line)):
            continue
        if is_seen:
            line = Line(tuple(w for w in line.words if any(c.isalnum() for c in w.text)))
        if groups and not _begins_new(groups[-1], line, is_seen):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [tuple(group) for group in groups]


def _is_speck(line: Line) -> bool:
    """Whether a line of a picture is no line of letters: dust, a rule, a corner of a stamp."""
    letters = sum(c.isalpha() for c in line.text)
    known = sum(w.sure for w in line.words) / len(line.words)
    return letters < 2 or not any(c.isupper() for c in line.text) or (letters < 4 and known < 0.6) or known < 0.2


def _begins_new(group: Sequence[Line], line: Line, is_seen: bool) -> bool:
    last = squeeze(group[-1].plain)
    whole = fold(" ".join(g.plain for g in group))
    if not _head_of(line, is_seen) or whole in _incomplete() or _GOES_ON.search(last):
        return False
    if len(line.words) == 1:
        # "SỞ NÔNG NGHIỆP VÀ MÔI" over "TRƯỜNG": a head of one syllable alone is the end of a name.
        return False
    return not line.plain.lstrip().upper().startswith(("PHÒNG,", "PHÒNG CHỐNG", "PHÒNG CHÁY"))


def _head_of(line: Line, is_seen: bool) -> bool:
    """Whether `line` begins as an office does. Text has its marks ("THÀNH / VIÊN" is no VIỆN), pictures lose them."""
    return _heads(is_seen).match(line.folded if is_seen else line.plain.lower()) is not None


@cache
def _heads(is_folded: bool) -> re.Pattern[str]:
    heads = [fold(head) if is_folded else normal(head).lower() for head in vocabulary("organs")["heads"]]
    return re.compile(rf"(?:{'|'.join(map(re.escape, sorted(heads, key=len, reverse=True)))})\b")


@cache
def _incomplete() -> frozenset[str]:
    return frozenset(fold(h) for h in vocabulary("organs")["incomplete"])


def office_name(text: str) -> str:
    """A name in capitals as the register writes it: "ỦY BAN NHÂN DÂN TỈNH LÂM ĐỒNG" -> "Ủy ban nhân dân tỉnh Lâm Đồng".

    A name already in small letters stays as it is, tidied.
    """
    tidy = squeeze(normal(text)).strip(" *-_.,;:")
    if not tidy.isupper():
        return tidy
    words = tidy.lower().split()
    out = _with_proper_nouns(_capital_after_heads(words))
    return out[:1].upper() + out[1:]


def _capital_after_heads(words: list[str]) -> str:
    """Capitals for the office's field ("Sở Y tế"), after "và" and dashes, and throughout names of territories."""
    territories, heads = _name_parts()
    out: list[str] = []
    position, in_territory, capital_next = 0, False, True
    while position < len(words):
        head = next((h for h in heads if words[position : position + len(h[0])] == h[0]), None)
        territory = next((t for t in territories if words[position : position + len(t)] == t), None)
        if head and (capital_next or len(head[0]) > 1):
            out += head[1]
            position, in_territory, capital_next = position + len(head[1]), False, True
        elif territory and out:
            out += territory
            position, in_territory, capital_next = position + len(territory), True, False
        else:
            word = words[position]
            joins = word in ("và", "-", "của", "với", "các")
            out.append(word if joins or not (in_territory or capital_next) else word.capitalize())
            capital_next = word in ("và", "-") or word.endswith(",")
            position += 1
    return " ".join(out)


@cache
def _name_parts() -> tuple[list[list[str]], list[tuple[list[str], list[str]]]]:
    """Territories and office heads as words; heads in small letters and as written, longest first."""
    heads = [(h.lower().split(), h.split()) for h in vocabulary("organs")["heads"]]
    heads.sort(key=lambda pair: len(pair[0]), reverse=True)
    return [t.split() for t in vocabulary("organs")["territories"]], heads


def _with_proper_nouns(text: str) -> str:
    pattern, names = _proper_nouns()
    return pattern.sub(lambda found: names[found[0].lower()], text)


@cache
def _proper_nouns() -> tuple[re.Pattern[str], dict[str, str]]:
    names = sorted(vocabulary("organs")["proper"], key=len, reverse=True)
    either = "|".join(map(re.escape, names))
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE), {name.lower(): name for name in names}
