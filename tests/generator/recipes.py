"""Which documents are made: recipes drawn by seed for practice, and the frozen list that is scored."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from itertools import islice
from pathlib import Path
from random import Random

from tests.generator.compose import Recipe, compose
from tests.generator.kinds import BEYOND, EVERY, KINDS
from tests.generator.traps import CLASHES, TRAPS
from tests.generator.wording import wording

FROZEN = Path(__file__).with_name("scored.jsonl")
FILES = ("pdf", "docx", "rtf", "odt", "scan", "photo", "doc", "fax")


def drawn(half: str, seed: int, file: str) -> Recipe:
    """The recipe of this seed: all kinds in turn, a công văn each third time, none to four traps."""
    rng = Random(f"recipe {half} {seed} {file}")
    kind = seed % len(KINDS) if rng.random() < 0.55 else KINDS.index(_letter())
    if rng.random() < 0.12:
        kind = rng.choice(_beyond(half))
    return Recipe(half, seed, kind, file, _traps(rng, kind, file))


@cache
def _beyond(half: str) -> tuple[int, ...]:
    offices = wording(half).offices
    able = (kind for kind in BEYOND if any(kind.may_come_from(office) for office in offices))
    return tuple(EVERY.index(kind) for kind in able)


def _letter() -> object:
    return next(kind for kind in KINDS if kind.name == "Công văn")


def _traps(rng: Random, kind: int, file: str) -> tuple[str, ...]:
    file = "docx" if file == "doc" else file  # a DOC is made from a DOCX
    able = [name for name, trap in TRAPS.items() if file in trap.files and trap.kinds(EVERY[kind])]
    laid: list[str] = []
    for _ in range(rng.choice((0, 1, 1, 2, 2, 3, 4))):
        [name] = rng.choices(able, [TRAPS[name].weight for name in able])
        if name not in laid and not any(name in clash and clash & set(laid) for clash in CLASHES):
            laid.append(name)
    return tuple(sorted(laid))


def digest(recipe: Recipe) -> str:
    """What is true of the recipe's document, as twelve hexadecimal digits."""
    truth = json.dumps(compose(recipe).truth, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(truth.encode()).hexdigest()[:12]


def frozen() -> Iterator[tuple[Recipe, str]]:
    """The scored recipes as they were frozen, each with the digest of its truth."""
    for line in FROZEN.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        row["traps"] = tuple(row["traps"])
        yield Recipe("scored", row["seed"], row["kind"], row["file"], row["traps"]), row["truth"]


def recipes(half: str, count: int, files: tuple[str, ...] = FILES, first: int = 0) -> list[Recipe]:
    """`count` recipes of a half, the files in turn; for practice from seed `first`, for scored from its list.

    Raises ValueError if fewer were frozen.
    """
    if half == "practice":
        return [drawn(half, first + n // len(files), files[n % len(files)]) for n in range(count)]
    piles = [[recipe for recipe, _ in frozen() if recipe.file == file] for file in files]
    turned = [pile[n] for n in range(max(map(len, piles), default=0)) for pile in piles if n < len(pile)]
    if len(turned) < first + count:
        raise ValueError(f"only {len(turned)} scored documents of {', '.join(files)} are frozen")
    return list(islice(turned, first, first + count))


def freeze(sizes: dict[str, int], first: int = 0) -> str:
    """Lines for the frozen list: so many documents of each file, from seed `first`; they are only ever appended."""
    lines = []
    for file, size in sizes.items():
        for seed in range(first, first + size):
            row = asdict(recipe := drawn("scored", seed, file)) | {"truth": digest(recipe)}
            row.pop("half")
            lines.append(json.dumps(row, ensure_ascii=False))
    return "\n".join(lines) + "\n"
