"""Papers as PDFs with a text layer, set by typst."""

import json
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import typst

from tests.generator import ink
from tests.generator.encodings import ENCODINGS
from tests.generator.paper import Paper
from tests.generator.text_layer import with_letters_as

_FOLDER = Path(__file__).parent


def pdf_of(paper: Paper, rng: Random, *, with_ink: bool = False) -> bytes:
    """`paper` as a PDF; `with_ink` draws signatures too, as a scan has them. A page costs some 20 ms."""
    made = typeset("document.typ", paper=_data(paper, rng, with_ink))
    encoding = paper.layout.encoding
    return with_letters_as(made, ENCODINGS[encoding], encoding) if encoding else made


def typeset(template: str, **inputs: object) -> bytes:
    """The PDF that a template of this folder makes of `inputs`, each plain data."""
    told = {name: json.dumps(value) for name, value in inputs.items()}
    made = _compiler(template).compile(sys_inputs=told, pdf_tags=False)
    if not isinstance(made, bytes):
        raise TypeError("typst gives one file")
    return made


@cache
def _compiler(template: str) -> Any:
    return typst.Compiler(str(_FOLDER / template), font_paths=typst.Fonts(include_system_fonts=True))


def _data(paper: Paper, rng: Random, with_ink: bool) -> dict[str, Any]:
    data = paper.printed()
    by_hand = [text for line in (paper.code, paper.place_date) for sort, text in line if sort == "ink"]
    if paper.arrival and paper.arrival.by_hand:
        by_hand += [paper.arrival.number, paper.arrival.day]
    data["ink"] = {text: ink.number(text, rng) for text in by_hand}
    data["ink"] |= {name: ink.signature(rng) for name in (paper.arrival.scribbles if paper.arrival else ())}
    data["scribbles"] = [ink.signature(rng) for _ in paper.signatures] if with_ink else []
    data["seal"] = f" {' '.join(paper.issuer)} * "
    counted = paper.truth["signer_name"]
    names = [one.name for one in paper.signatures]
    data["sealed"] = names.index(counted) if counted in names else 0
    return data
