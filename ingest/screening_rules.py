"""The weighted rules of screening, kept as data in config/vocab/screening.toml."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from config.vocabulary import vocabulary
from core.text import fold
from ingest.letter import Reason

_MOST_LETTERS = 300_000  # of one text
_MOST_SIGNS = 30  # at either end of a run of signs


@dataclass(frozen=True)
class Item:
    """One thing that is screened: the mail itself or one of its documents, as texts by place (see screening.toml)."""

    texts: Mapping[str, str]
    signals: frozenset[str]


@dataclass(frozen=True)
class Score:
    """The sum of the weights of the rules that fired, and those among them that speak for it."""

    total: int
    reasons: tuple[Reason, ...]


def score(category: str, item: Item) -> Score:
    """How much speaks for `category`, and the rules that say so, in order."""
    total, reasons = 0, []
    item = Item({where: _bounded(text) for where, text in item.texts.items()}, item.signals)
    for rule in _rules(category):
        words = rule.fires(item)
        if words is not None:
            total += rule.weight
            if rule.weight > 0:
                reasons.append(Reason(rule.name, words))
    return Score(total, tuple(reasons))


@dataclass(frozen=True)
class _Rule:
    name: str
    where: str
    weight: int
    is_folded: bool
    signal: str
    pattern: re.Pattern[str] | None

    def fires(self, item: Item) -> str | None:
        """The words that made it fire ("" for a signal), or None."""
        if self.pattern is None:
            return "" if self.signal in item.signals else None
        text = item.texts.get(self.where, "")
        found = self.pattern.search("\n".join(map(fold, text.splitlines())) if self.is_folded else text)
        return found[0].strip()[:120] if found else None


_LONG_RUN = re.compile(rf"[\W_]{{{2 * _MOST_SIGNS + 1},}}")


def _bounded(text: str) -> str:
    """`text` as far as rules look, with runs of blanks, line ends and signs no longer than a rule needs.

    A rule may begin with any number of signs, over line ends too: each line of an endless run of them would be the
    beginning of a search to its end.
    """
    return _LONG_RUN.sub(_shortened, text[:_MOST_LETTERS])


def _shortened(found: re.Match[str]) -> str:
    run = found[0]
    between = "\n" if "\n" in run[_MOST_SIGNS:-_MOST_SIGNS] else ""
    return run[:_MOST_SIGNS] + between + run[-_MOST_SIGNS:]


@cache
def _rules(category: str) -> tuple[_Rule, ...]:
    return tuple(
        _Rule(r["name"], r["where"], r["weight"], r.get("fold", False), r["pattern"],
              None if r["where"] == "signal" else re.compile(r["pattern"], re.MULTILINE))
        for r in vocabulary("screening")["rule"] if r["category"] == category
    )  # fmt: skip
