"""How sure a value is, and what other sources say of it (DOMAIN §7, last lines)."""

from collections.abc import Mapping
from dataclasses import replace

from core.evidence import Evidence
from core.notation import code_key
from core.text import fold

# Confidence by where a value was read, before anything agrees or disagrees.
ANCHORED = 0.9
HINT = 0.6
SUBJECT = 0.5
BODY = 0.4
FILENAME = 0.3
_MOST = 0.98


def weigh(first: Evidence, others: list[Evidence]) -> Evidence:
    """`first` with its confidence raised by each of `others` that says the same, lowered by each that does not."""
    confidence = first.confidence
    for other in others:
        if same(first, other):
            confidence = 1 - (1 - confidence) * (1 - 0.8 * other.confidence)
        else:
            confidence *= 1 - 0.5 * other.confidence
    return replace(first, confidence=round(min(confidence, _MOST), 3))


def same(one: Evidence, other: Evidence) -> bool:
    """Whether two values mean the same: codes without blanks and marks, everything else folded."""
    return code_key(one.value) == code_key(other.value) or fold(one.value) == fold(other.value)


def merge(trusted: Mapping[str, Evidence], *weaker: Mapping[str, Evidence]) -> dict[str, Evidence]:
    """One value per field: the first mapping that has it wins, the later ones only confirm or cast doubt."""
    out: dict[str, Evidence] = {}
    layers = [trusted, *weaker]
    for name in dict.fromkeys(n for layer in layers for n in layer):
        said = [layer[name] for layer in layers if name in layer]
        out[name] = weigh(said[0], said[1:])
    return out
