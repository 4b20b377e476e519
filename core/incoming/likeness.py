"""Whether a draft is a document the office has already, a corrected issue of it, or its annex (DOMAIN §7 #38).

Pure: what is known of the two documents goes in, the answer comes out. What was read with doubt neither proves nor
disproves anything.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from core.agencies.known import NOBODY, Known, whose
from core.agencies.names import Relation, relation
from core.incoming.wording import Said, compare, is_revision

_RECENT = timedelta(days=190)  # where a day is missing: by how long at most a document follows its date
_AHEAD = timedelta(days=3)


class Likeness(StrEnum):
    """What a draft is to another document."""

    SAME = "same"  # cùng một văn bản
    REPLACEMENT = "replacement"  # có thể là bản đính chính, thay thế
    ANNEX = "annex"  # phụ lục của văn bản ấy


@dataclass(frozen=True, slots=True)
class Facts:
    """What is compared of one document.

    `code_key` and `annex_key` are `core.notation.matching_key`s of its own code and of the document whose annexes its
    files say to be. `unsure` names fields read with doubt that nobody corrected, `exact` those that stand as a file of
    text or a package says them. `main` is the SHA-256 of the main file, "" without one; `has_head` when its own values
    were read there. `is_code_named` when only the file's name gave the code, `is_day_typed` when a person gave the day.
    `mail_subject` and `sender` are those of its letter. `agency` is what the address book makes of issuer and parent.
    """

    id: int
    code_key: str
    annex_key: str
    document_id: str
    issuer: str
    parent_issuer: str
    kind: str
    subject: str
    issued_on: date | None
    received_on: date
    unsure: frozenset[str]
    exact: frozenset[str]
    main: str
    main_name: str
    has_head: bool
    is_code_named: bool
    is_day_typed: bool
    mail_subject: str
    sender: str
    agency: Known = NOBODY


def judge(draft: Facts, other: Facts, *, shares_annex: bool = False, is_form: bool = False) -> Likeness | None:
    """What `draft` is to `other`; None where it is another document.

    `shares_annex`: the draft's main file is an annex of the other. `is_form`: documents of several codes bring it.
    """
    if _is_annex(draft, other, shares_annex and not is_form):
        return Likeness.ANNEX
    if draft.main and draft.main == other.main:
        return Likeness.SAME if _is_same_file(draft, other, is_form) else None
    if _contradict(draft, other):
        return None
    if draft.document_id and draft.document_id == other.document_id:
        return _by_day_and_words(draft, other, Relation.SAME)
    if draft.annex_key or other.annex_key:
        return None
    same = _is_same_issuer(draft, other)
    if same is Relation.OTHER or not _is_one_year(draft, other):
        return None
    if draft.code_key and draft.code_key == other.code_key:
        return _by_day_and_words(draft, other, same)
    return _without_code(draft, other, same)


def differing(draft: Facts, other: Facts) -> list[str]:
    """Names of the fields in which the two differ, blank ones left out; "main" stands for the main file."""
    found = []
    if _is_same_issuer(draft, other) is Relation.OTHER:
        found.append("issuer")
    if draft.code_key and other.code_key and draft.code_key != other.code_key:
        found.append("code")
    if draft.issued_on and other.issued_on and draft.issued_on != other.issued_on:
        found.append("issued_on")
    is_revised = is_revision(draft.subject) != is_revision(other.subject)
    if draft.subject and other.subject and (is_revised or _said(draft, other) is not Said.ALIKE):
        found.append("subject")
    if draft.main and other.main and draft.main != other.main:
        found.append("main")
    return found


def _is_same_issuer(draft: Facts, other: Facts) -> Relation:
    by_names = relation(draft.issuer, draft.parent_issuer, other.issuer, other.parent_issuer)
    if any("issuer" in facts.unsure for facts in (draft, other)):
        return by_names
    return whose(draft.agency, other.agency, by_names)


def _is_annex(draft: Facts, other: Facts, shares_annex: bool) -> bool:
    if draft.has_head or draft.code_key:
        return False
    if draft.annex_key:
        return draft.annex_key == other.code_key and _is_recent(other.issued_on, draft.received_on)
    return shares_annex


def _is_same_file(draft: Facts, other: Facts, is_form: bool) -> bool:
    """A file with a head of its own is a document. One without may be a form that many letters bring."""
    if draft.has_head or other.has_head or (draft.code_key and draft.code_key == other.code_key):
        return True
    named = draft.is_code_named or other.is_code_named
    if is_form or (draft.code_key and other.code_key and not named):
        return False
    own = draft.subject or draft.mail_subject
    return compare(own, other.subject or other.mail_subject, kinds=(draft.kind, other.kind)) is not Said.UNLIKE


def _contradict(one: Facts, other: Facts) -> bool:
    """Whether their codes are surely two."""
    if not one.code_key or not other.code_key or one.code_key == other.code_key:
        return False
    return not any("code" in facts.unsure for facts in (one, other))


def _by_day_and_words(draft: Facts, other: Facts, whose: Relation) -> Likeness | None:
    """One code of one issuer and year: the same, unless the day or the words have changed."""
    said = _said(draft, other)
    days = [facts.issued_on for facts in (draft, other) if facts.issued_on and "issued_on" not in facts.unsure]
    is_one_day = len(days) == 2 and (days[0] == days[1] or _is_slip(draft, other, *days))
    is_other_day = len(days) == 2 and not is_one_day
    if is_other_day or said is Said.UNLIKE:
        return Likeness.REPLACEMENT if whose is Relation.SAME else None
    if whose is Relation.UNKNOWN and said is not Said.ALIKE and not is_one_day and not _is_alone(draft, other):
        return None
    return Likeness.REPLACEMENT if _is_said_to_be_revised(draft, other) else Likeness.SAME


def _is_slip(draft: Facts, other: Facts, day: date, other_day: date) -> bool:
    """Whether a day that a person typed is one key beside the other: the day before or after, two figures swapped."""
    if not draft.is_day_typed and not other.is_day_typed:
        return False
    swapped = f"{day:%d}"[::-1] == f"{other_day:%d}" and day.month == other_day.month
    return swapped or abs((day - other_day).days) == 1 or (day.day, day.month) == (other_day.month, other_day.day)


def _is_alone(draft: Facts, other: Facts) -> bool:
    """Whether one side says hardly more than its code, as while a clerk begins to type."""
    return not draft.issuer and not draft.subject and _is_recent(other.issued_on, draft.received_on)


def _without_code(draft: Facts, other: Facts, whose: Relation) -> Likeness | None:
    """Where a code is missing or read with doubt, day, issuer and words together say it."""
    days = {draft.issued_on, other.issued_on}
    if whose is not Relation.SAME or len(days) != 1 or None in days:
        return None
    is_sure = not any("issued_on" in facts.unsure for facts in (draft, other))
    said = compare(draft.subject, other.subject, kinds=(draft.kind, other.kind), is_whole=True)
    if not is_sure or said is not Said.ALIKE or draft.kind.lower() != other.kind.lower():
        return None
    return Likeness.REPLACEMENT if _is_said_to_be_revised(draft, other) else Likeness.SAME


def _is_one_year(draft: Facts, other: Facts) -> bool:
    if draft.issued_on and other.issued_on:
        return draft.issued_on.year == other.issued_on.year
    if draft.issued_on or other.issued_on:
        dated, bare = (draft, other) if draft.issued_on else (other, draft)
        return _is_recent(dated.issued_on, bare.received_on)
    return abs(draft.received_on - other.received_on) <= _RECENT


def _is_recent(issued_on: date | None, received_on: date) -> bool:
    return issued_on is None or -_AHEAD <= received_on - issued_on <= _RECENT


def _said(draft: Facts, other: Facts) -> Said:
    is_exact = all("subject" in facts.exact for facts in (draft, other))
    return compare(draft.subject, other.subject, kinds=(draft.kind, other.kind), is_exact=is_exact)


def _is_said_to_be_revised(draft: Facts, other: Facts) -> bool:
    """Words of a correction on the one side that the other lacks; what both trích yếu say is their matter."""
    in_subject = [is_revision(facts.subject) for facts in (draft, other)]
    if in_subject[0] != in_subject[1]:
        return True
    return not all(in_subject) and any(_names_revision(facts) for facts in (draft, other))


def _names_revision(facts: Facts) -> bool:
    return is_revision(facts.mail_subject) or is_revision(facts.main_name.replace("_", " ").replace("-", " "))
