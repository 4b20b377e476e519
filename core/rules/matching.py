"""Whether a letter fits a rule, and what the rule then says (pure)."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.incoming.values import EARLIEST, LENGTHS, URGENCIES
from core.notation import parse_code, parse_date
from core.office import office_date
from core.rules.definition import How, Ready, What, filled, sizes
from core.rules.patterns import Pattern, Words
from core.text import fold

_HOUR = re.compile(r"\b([01]?\d|2[0-3])\s*(?:giờ|g|h|:)\s*([0-5]\d)?", re.IGNORECASE)
_LAST = (What.TEXT, What.FILE_NAME)  # what takes longest to look at


@dataclass(frozen=True, slots=True)
class Seen:
    """What rules see of one document: its letter, its files as (name, bytes) and which of them is the main one, that
    one's words, what was read, and beside it what was made of that."""

    sender: Words
    domain: Words
    sender_name: Words
    mail_subject: Words
    files: tuple[tuple[Words, int], ...]
    main: int | None
    text: Words
    issuer: tuple[Words, ...]
    kind: tuple[Words, ...]
    received_at: datetime


def seen(
    *, sender: str, sender_name: str, mail_subject: str, files: Sequence[tuple[str, int]],
    main: int | None, text: str | Callable[[], str], issuer: Collection[str], kind: Collection[str],
    received_at: datetime,
) -> Seen:  # fmt: skip
    """The same from plain values; `text` is asked for only by a rule that looks at it."""
    named = tuple((Words(name), size) for name, size in files)
    return Seen(
        Words(sender), Words(sender.rpartition("@")[2]), Words(sender_name), Words(mail_subject), named, main,
        Words(text), tuple(map(Words, issuer)), tuple(map(Words, kind)), received_at,
    )  # fmt: skip


def match(rule: Ready, letter: Seen) -> dict[int | str, str] | None:
    """What the rule's expressions caught of the letter, by number and by name; None unless all conditions hold."""
    parts: dict[int, tuple[str, ...]] = {}
    conditions = rule.definition.conditions
    for index in sorted(range(len(conditions)), key=lambda n: conditions[n].what in _LAST):
        caught = _caught(rule, index, letter)
        if caught is None:
            return None
        parts[index] = caught
    captured: dict[int | str, str] = {}
    count = 0
    for index, pattern in enumerate(rule.patterns):
        captured |= dict(enumerate(parts[index], start=count + 1))
        if pattern is not None:
            captured |= {name: parts[index][number - 1] for name, number in pattern.names.items()}
        count += len(parts[index])
    return captured


def values(rule: Ready, captured: dict[int | str, str], letter: Seen) -> dict[str, str]:
    """The fields that the rule fills for a letter that it fits, as `core.evidence` writes them. What doesn't read as
    its field is left out: an invented value is worse than none."""
    said = {one.field: _value(one.field, filled(one.value, captured), letter) for one in rule.definition.settings}
    return {field: value for field, value in said.items() if value}


def main_file(rule: Ready, letter: Seen) -> int | None:
    """The first file, by its index, that the rule calls the document; None where it calls none."""
    wanted = fold(rule.definition.main_file)
    return next((n for n, (name, _) in enumerate(letter.files) if wanted in name.folded), None) if wanted else None


def _caught(rule: Ready, index: int, letter: Seen) -> tuple[str, ...] | None:
    condition = rule.definition.conditions[index]
    if condition.what is What.FILE_SIZE:
        least, most = sizes(condition.value) or (1, 0)
        return () if any(least <= size <= most for _, size in letter.files) else None
    if condition.what is What.FILE_NAME:
        looked_at: Iterable[Words] = (name for name, _ in letter.files)
    elif condition.what in (What.ISSUER, What.KIND):
        looked_at = getattr(letter, condition.what.value)
    else:
        looked_at = [getattr(letter, condition.what.value)]
    found = (_holds(condition.how, rule.patterns[index], rule.wanted[index], words) for words in looked_at)
    return next((caught for caught in found if caught is not None), None)


def _holds(how: How, pattern: Pattern | None, wanted: Words, words: Words) -> tuple[str, ...] | None:
    if pattern is not None:
        return pattern.groups(words)
    if how is How.CONTAINS:
        return () if wanted.folded in words.folded else None
    if how is How.EQUALS_BARE:
        return () if wanted.folded == words.folded else None
    return () if wanted.marked.casefold() == words.marked.casefold() else None


def _value(field: str, text: str, letter: Seen) -> str:
    if not text:
        return ""
    if field in ("code", "in_reply_to"):
        code = parse_code(text)
        return code.text if code and code.number and len(code.text) <= LENGTHS[field] else ""
    if field in ("issued_on", "due_at", "event_at"):
        return _day(field, text, letter)
    if field == "urgency":
        return next((stored for stored, name in URGENCIES.items() if fold(text) in (stored, fold(name))), "")
    return text if len(text) <= LENGTHS[field] else ""


def _day(field: str, text: str, letter: Seen) -> str:
    day = parse_date(text)
    if day is None or day < EARLIEST or (field == "issued_on" and day > _tomorrow(letter)):
        return ""
    if field == "issued_on":
        return day.isoformat()
    hour = _HOUR.search(text)
    return f"{day.isoformat()}T{int(hour[1]):02}:{hour[2] or '00'}" if hour else day.isoformat()


def _tomorrow(letter: Seen) -> date:
    return office_date(letter.received_at) + timedelta(days=1)
