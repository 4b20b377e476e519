"""Recipes as files on disk, with the labels that a scorer reads."""

import json
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pypdfium2

from tests.generator.compose import Recipe, compose
from tests.generator.kinds import EVERY
from tests.generator.legacy_word import docs_of
from tests.generator.open_text import odt_of
from tests.generator.paper import Paper, Truth
from tests.generator.rich_text import rtf_of
from tests.generator.scan import USUAL, Wear, fax_of, photo_of, scan_of
from tests.generator.typeset import pdf_of
from tests.generator.word import docx_of

TYPES = {
    "pdf": "born-digital", "docx": "docx", "rtf": "rtf", "odt": "odt", "doc": "doc",
    "scan": "scan", "photo": "scan", "fax": "scan",
}  # fmt: skip
SUFFIXES = {"scan": "pdf", "photo": "jpg", "fax": "tif"}


def file_of(recipe: Recipe, paper: Paper, wear: Wear = USUAL) -> bytes:
    """The bytes of the file that `recipe` asks for, a photograph as `wear` says.

    A PDF costs some 30 ms, a scan half a second. DOC files are made many at once, by `write`.
    """
    rng = Random(f"file {recipe.half}/{recipe.seed}/{recipe.file}")
    if recipe.file == "pdf":
        return pdf_of(paper, rng)
    if recipe.file == "scan":
        return scan_of(pdf_of(paper, rng, with_ink=True), rng, misread=paper.layout.misread)
    if recipe.file == "fax":
        return fax_of(pdf_of(paper, rng, with_ink=True), rng)
    if recipe.file == "photo":
        return photo_of(pdf_of(paper, rng, with_ink=True), rng, wear)
    return {"docx": docx_of, "rtf": rtf_of, "odt": odt_of}[recipe.file](paper)


def write(folder: Path, recipes: Sequence[Recipe]) -> int:
    """Write the files of `recipes` and documents.jsonl into `folder`; returns how many.

    Raises RuntimeError if DOC files are asked for where LibreOffice is missing.
    """
    as_docx = {recipe.name: docx_of(compose(recipe)) for recipe in recipes if recipe.file == "doc"}
    old = docs_of(as_docx) if as_docx else {}
    (folder / "documents").mkdir(parents=True, exist_ok=True)
    count = 0
    with (folder / "documents.jsonl").open("w", encoding="utf-8") as labels:
        for recipe in recipes:
            paper = compose(recipe)
            name = f"documents/{recipe.name}.{SUFFIXES.get(recipe.file, recipe.file)}"
            data = file_of(recipe, paper) if recipe.file != "doc" else old[recipe.name]
            (folder / name).write_bytes(data)
            labels.write(json.dumps(label(recipe, paper.truth, name, data), ensure_ascii=False) + "\n")
            count += 1
    return count


def label(recipe: Recipe, truth: Truth, name: str, data: bytes) -> dict[str, Any]:
    """One line of documents.jsonl: null for what the document lacks."""
    pages = None
    if recipe.file in ("pdf", "scan"):
        document = pypdfium2.PdfDocument(data)
        pages = len(document)
        document.close()
    return {
        "file": name, "name": Path(name).name, "type": TYPES[recipe.file], "corpus": recipe.half, "pages": pages,
        "label": truth | ({"page_count": str(pages)} if pages else {}),
        "note": "; ".join((EVERY[recipe.kind].name, *recipe.traps)),
    }  # fmt: skip
