"""What a trap is: one way in which a real document leads a reader astray, with the truth changed where it must be."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from tests.generator.kinds import Kind
from tests.generator.offices import Office
from tests.generator.paper import Paper, Paragraph, Truth
from tests.generator.wording import Wording

PRINTED = frozenset({"pdf", "scan", "photo", "fax"})
WRITTEN = frozenset({"docx", "rtf", "odt", "doc"})
SCANNED = frozenset({"scan", "photo", "fax"})
ALL = PRINTED | WRITTEN


@dataclass(frozen=True)
class Setting:
    """What a trap may look at; `rng` is its own, so traps don't shift each other."""

    rng: Random
    words: Wording
    office: Office
    kind: Kind
    day: date
    topic: str
    file: str

    @property
    def by(self) -> str:
        """The issuer's name."""
        return self.office.name


def anywhere(_: Kind) -> bool:
    """Suits every kind."""
    return True


def numbered(kind: Kind) -> bool:
    """Suits kinds that always have a số."""
    return kind.shape != "greeting"


def with_subject(kind: Kind) -> bool:
    """Suits kinds with a trích yếu."""
    return kind.name == "Công văn" or kind.about


@dataclass(frozen=True)
class Trap:
    """`change` makes a paper the harder one; `files` and `kinds` say where that can be."""

    change: Callable[[Paper, Setting], Paper]
    files: frozenset[str] = ALL
    kinds: Callable[[Kind], bool] = anywhere
    weight: int = 2


def known(paper: Paper, **changed: str | None) -> Truth:
    """The truth with these fields changed."""
    return paper.truth | changed


def with_sentence(paper: Paper, text: str) -> Paper:
    """`text` as a paragraph before the last one."""
    return replace(paper, body=(*paper.body[:-1], Paragraph(text), paper.body[-1]))
