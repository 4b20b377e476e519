"""Printed and written documents of every kind are read back: what stands there, and nothing that does not."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from office_papers import write_doc, write_html, write_odt, write_rtf
from printed_papers import Paper, papers, print_pdf, write_docx

from core.text import fold
from ingest.reading import read_fields, read_pages
from ingest.reading.pages import DOC, DOCX, ODT, PDF, RTF

Maker = Callable[[Paper, Path], Path]


MAKERS: list[tuple[Maker, str, float]] = [
    (print_pdf, PDF, 0.97), (write_docx, DOCX, 0.95), (write_doc, DOC, 0.95), (write_rtf, RTF, 0.95),
    (write_odt, ODT, 0.95), (write_html, "text/html", 0.95),
]  # fmt: skip


@pytest.mark.parametrize(("maker", "media_type", "least"), MAKERS)
def test_documents_of_all_kinds_are_read_back(tmp_path: Path, maker: Maker, media_type: str, least: float) -> None:
    right: Counter[str] = Counter()
    there: Counter[str] = Counter()
    invented: list[str] = []
    mistakes: list[str] = []
    for number, paper in enumerate(papers()):
        fields = read_fields(read_pages(maker(paper, tmp_path / f"{number}"), media_type))
        for name, want in paper.expected.items():
            got = fields[name].value if name in fields else None
            if want is None:
                if got is not None:
                    invented.append(f"{number} {name}: {got}")
                continue
            there[name] += 1
            right[name] += fold(got or "") == fold(want)
            if fold(got or "") != fold(want):
                mistakes.append(f"{number} {name}: {got!r} for {want!r}")
    print(*(f"{name} {right[name]}/{there[name]}" for name in there), *mistakes, *invented, sep="\n")
    assert not invented
    assert {name for name in there if right[name] < least * there[name]} == set()
