"""Which lessons concern a document: the keys under which what was read, and what was entered, is looked up."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.learning.tables import LONGEST_KEY
from core.text import fold, squeeze

# Never codes, secrecy, urgency or legality: a number that was right once is wrong the next time.
ALIASES = ("issuer", "parent_issuer")  # wherever they are read
OF_ISSUER = ("signer_name", "signer_title")  # the same words may be another's at another office
DEADLINE = "due_at"  # as so many working days, where the document names none
OF_ISSUER_AND_KIND = ("receiver", DEADLINE)
LEAD = "lead"  # the division that leads, as leaders assign: no field of the register
NO_DEADLINE = "không ghi hạn"  # outvotes the few that had one
WORKING_DAYS = "{} ngày làm việc"
MOST_DAYS = 90
FIELDS = (*ALIASES, *OF_ISSUER, *OF_ISSUER_AND_KIND)


@dataclass(frozen=True, slots=True)
class Question:
    """Where one lesson is looked for. `is_usual` when it speaks of what a sender or an issuer usually has, not of how
    to read what stands there; `holds_for` is the scope in words."""

    field: str
    scope: str
    key: str
    is_usual: bool
    holds_for: str = ""


def first_questions(read: Mapping[str, str], sender: str) -> list[Question]:
    """What is asked before the issuer is known: how its name is meant, or who usually writes from that address."""
    asked = [Question(field, "", _key(read[field]), is_usual=False) for field in ALIASES if read.get(field)]
    if not read.get("issuer") and sender:
        asked.append(Question("issuer", of_sender(sender), "", is_usual=True, holds_for=sender))
    return asked


def next_questions(read: Mapping[str, str], issuer: str, kind: str) -> list[Question]:
    """What is asked once the issuer is known."""
    if not issuer:
        return []
    scope = _key(issuer)
    asked = [Question(field, scope, _key(read[field]), False, issuer) for field in OF_ISSUER if read.get(field)]
    if not read.get("parent_issuer"):
        asked.append(Question("parent_issuer", scope, "", is_usual=True, holds_for=issuer))
    of_kind = f"{issuer}, loại {kind}" if kind else issuer
    return [*asked, *(Question(field, _of_kind(issuer, kind), "", True, of_kind) for field in OF_ISSUER_AND_KIND)]


def taught(read: Mapping[str, str], issuer: str, kind: str, sender: str) -> list[Question]:
    """Where an entry of the register adds its vote: as `read`, confirmed as from `issuer` and of `kind`."""
    asked = [Question(field, "", _key(read[field]), is_usual=False) for field in ALIASES if read.get(field)]
    if sender:
        asked.append(Question("issuer", of_sender(sender), "", is_usual=True, holds_for=sender))
    asked.append(Question("parent_issuer", _key(issuer), "", is_usual=True, holds_for=issuer))
    known = next_questions(read, issuer, kind)
    return [*asked, *(one for one in known if one.field != "parent_issuer")]


def lead_question(issuer: str, kind: str) -> Question:
    """Where it is looked up to whom leaders give documents of this issuer and kind."""
    return Question(LEAD, _of_kind(issuer, kind), "", True, f"{issuer}, loại {kind}" if kind else issuer)


def _key(text: str) -> str:
    return fold(squeeze(text))[:LONGEST_KEY]


def of_sender(sender: str) -> str:
    """The scope of what a sender's address says."""
    return f"<{sender.lower()}>"[:LONGEST_KEY]


def _of_kind(issuer: str, kind: str) -> str:
    return f"{_key(issuer)} | {_key(kind)}"[:LONGEST_KEY]
