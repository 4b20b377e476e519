"""What the rules that are on make of a new draft before the clerk sees it."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.db import table_of
from core.evidence import Evidence, Source
from core.incoming.registration import UNSURE_BELOW
from core.incoming.values import URGENCIES
from core.rules.definition import Ready, ready
from core.rules.matching import Seen, main_file, match, values
from core.rules.tables import Rule, RuleUse, RuleVersion
from core.text import fold, squeeze

_MOST_SECONDS = 1.0  # of the processor, for all rules on one draft: others wait for the database meanwhile
_CLEAR_FROM = 0.9  # what stands so clearly in the document is not replaced
_SUREST = 0.95
_UNSURE = UNSURE_BELOW - 0.1  # the clerk has to look at it
RULE_DIFFERS = "rule_differs:"  # notes that quote what a rule caught
_RULE_DECLINES, _DECLINING = "rule_declines:", " đề nghị không vào sổ: "
_RANKS = {urgency: rank for rank, urgency in enumerate(URGENCIES)}
_INSERT_USE = sa.insert(table_of(RuleUse))
_ON = (
    sa.select(Rule.id, Rule.number, Rule.version, Rule.tried_right, Rule.tried_wrong, RuleVersion.definition)
    .join(RuleVersion, sa.and_(RuleVersion.rule_id == Rule.id, RuleVersion.version == Rule.version))
    .where(Rule.is_on)
    .order_by(Rule.number, Rule.id)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """What a letter says beside its files' names and the values read, for rules to look at: the sender's shown name,
    the mail's subject, the words of the main file's pages."""

    sender_name: str = ""
    mail_subject: str = ""
    text: str = ""


@dataclass
class Applied:
    """A draft after its rules. `main` is the index of the file that they call the document, None where they call none;
    `used` are the rules that fitted as (id, version, number)."""

    proposed: dict[str, Evidence]
    notes: list[str] = field(default_factory=list)
    main: int | None = None
    used: list[tuple[int, int, int]] = field(default_factory=list)


def with_rules(session: Session, known: Mapping[str, Evidence], letter: Seen) -> Applied:
    """`known`, what was read and what lessons made of it, with what the rules say, in their order.

    The first rule that fills a field has it. What stands clearly in the document stays, and the clerk has to look at
    it where a rule says otherwise. Each rule sees the letter as it came, not what other rules made of it.
    """
    applied = Applied(dict(known))
    decided: set[str] = set()
    began = time.thread_time()
    for row in session.execute(_ON):
        if time.thread_time() - began > _MOST_SECONDS:
            applied.notes.append(f"rules_cut:{row.number}")
            break
        rule = ready(row.definition)
        captured = match(rule, letter)
        if captured is None:
            continue
        applied.used.append((row.id, row.version, row.number))
        sure = min(_SUREST, (row.tried_right + 1) / (row.tried_right + row.tried_wrong + 2))
        said = {name: value for name, value in values(rule, captured, letter).items() if name not in decided}
        for name, value in said.items():
            _weigh(applied, name, value, sure, called(row.number, rule))
        decided |= said.keys()
        _place(applied, rule, letter, row.number)
        if rule.definition.stops:
            break
    return applied


def note_uses(session: Session, draft_id: int, applied: Applied) -> None:
    """Keep which rules touched a draft, and in which version."""
    rows = [
        {"incoming_id": draft_id, "rule_id": rule_id, "version": version, "number": number}
        for rule_id, version, number in applied.used
    ]
    if rows:
        session.execute(_INSERT_USE, rows)


def declining(notes: Iterable[object]) -> str:
    """The reason for which a rule proposes not to enter a draft, by its notes; "" where none does."""
    said = (str(note).partition(_DECLINING)[2] for note in notes if str(note).startswith(_RULE_DECLINES))
    return next(said, "")


def called(number: int, rule: Ready) -> str:
    """A rule as people call it."""
    return f"Quy tắc {number} «{rule.definition.name}»"


def _weigh(applied: Applied, name: str, value: str, sure: float, who: str) -> None:
    before = applied.proposed.get(name)
    if name == "urgency" and _RANKS[value] <= _RANKS.get(before.value if before else "", 0):
        return  # never lowered
    if before is None or not before.value:
        applied.proposed[name] = Evidence(value, sure, Source.RULE, text=f"{who}: «{value}»")
        return
    if squeeze(before.value) == value:
        return
    read = before.read
    is_same = fold(before.value) == fold(value)
    is_learned = before.source in (Source.LESSON, Source.AGENCY)
    is_clear = not is_learned and before.confidence >= _CLEAR_FROM
    if is_same or (not is_clear and (sure > before.confidence or is_learned)):
        text = f"{who}: «{value}», máy đọc được «{read}»" if read else f"{who}: «{value}»"
        sure = before.confidence if is_same else sure
        applied.proposed[name] = replace(
            before, value=value, confidence=sure, source=Source.RULE, text=text, as_read=read
        )
        return
    applied.proposed[name] = replace(before, confidence=min(before.confidence, _UNSURE))
    applied.notes.append(f"{RULE_DIFFERS}{who} ghi «{value}», văn bản ghi «{before.value}»")


def _place(applied: Applied, rule: Ready, letter: Seen, number: int) -> None:
    """What a rule says of the letter as a whole; the clerk decides."""
    if rule.definition.declines:
        applied.notes.append(f"{_RULE_DECLINES}{called(number, rule)}{_DECLINING}{rule.definition.declines}")
    chosen = main_file(rule, letter)
    if chosen is not None and applied.main is None:
        applied.main = chosen
        if letter.main not in (None, chosen):
            name = letter.files[chosen][0].printed
            applied.notes.append(f"rule_main:{called(number, rule)} lấy «{name}» làm văn bản chính")
