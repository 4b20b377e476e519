"""All traps in the order in which they are laid: subjects, then heads, then marks, spelling and letters last."""

from dataclasses import fields, is_dataclass, replace
from typing import Any

from tests.generator.paper import Paper
from tests.generator.trap import Setting, Trap
from tests.generator.trap_heads import HEAD_TRAPS
from tests.generator.trap_marks import MARK_TRAPS
from tests.generator.trap_texts import TEXT_TRAPS

__all__ = ["CLASHES", "TRAPS", "Setting", "Trap"]

_NEW = "òa óa ỏa õa ọa òe óe ỏe õe ọe ùy úy ủy ũy ụy".split()
_OLD = "oà oá oả oã oạ oè oé oẻ oẽ oẹ uỳ uý uỷ uỹ uỵ".split()


def old_spelling(text: str) -> str:
    """Tone marks as they stood before: Hoà, Uỷ, HOẢ, thuỷ."""
    for new, old in zip(_NEW, _OLD, strict=True):
        for before, after in ((new, old), (new.upper(), old.upper()), (new.capitalize(), old.capitalize())):
            text = _replaced(text, before, after)
    return text


def _replaced(text: str, before: str, after: str) -> str:
    # Only where the syllable ends: "hoàn" and "quý" are written alike in both manners.
    place = text.find(before)
    while place >= 0:
        follows = text[place + len(before) : place + len(before) + 1]
        if not follows.isalpha() and text[place - 1 : place].lower() != "q":
            text = text[:place] + after + text[place + len(before) :]
        place = text.find(before, place + len(before))
    return text


def _spelled(value: Any) -> Any:
    """Every text in a value of ours in the old spelling; the truth stays."""
    if isinstance(value, str):
        return old_spelling(value)
    if isinstance(value, tuple):
        return tuple(_spelled(one) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _spelled(getattr(value, f.name)) for f in fields(value)})
    return value


def _old_spelling(paper: Paper, s: Setting) -> Paper:
    spelled: Paper = _spelled(paper)
    return replace(spelled, truth=paper.truth, layout=paper.layout)


TRAPS: dict[str, Trap] = TEXT_TRAPS | HEAD_TRAPS | MARK_TRAPS | {"old spelling": Trap(_old_spelling, weight=4)}
# At most one of each of these may be laid on one paper.
CLASHES = (
    {"blank number", "dotted number", "number by hand", "draft", "spaced code", "added letter", "year in code",
     "division in code"},
    {"blank day", "day by hand", "draft", "date in figures"},
    {"false friend", "long subject"},
    {"deadline", "deadline with hour", "deadline without year", "relative deadline"},
    {"rows level", "rows interleaved", "narrow gutter"},
    {"digital mark", "electronic copy"},
    {"signed block", "signed note", "other title"},
    {"capital name", "ranked name", "draft"},
    {"tcvn3", "vni", "nfd", "look-alikes", "torn", "spread"},
    {"head in rows", "head by tabs"},
    {"arrival stamp", "urgent", "landscape"},
    {"urgent", "urgent in a box"},
)  # fmt: skip
