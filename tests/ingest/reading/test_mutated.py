"""Damaged documents and pages of changed words: each is read in time or refused, none ends its reader."""

import random
from itertools import islice
from pathlib import Path

import mutated_papers
import pytest
from counts import times
from office_papers import write_doc, write_html, write_odt, write_rtf
from printed_papers import papers, print_pdf, write_docx
from seeds import try_seeds

MAX_SECONDS = 2.0
WRITERS = {
    "pdf": print_pdf,
    "docx": write_docx,
    "doc": write_doc,
    "rtf": write_rtf,
    "odt": write_odt,
    "html": write_html,
}


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sound documents of each kind that has pages of words."""
    folder = tmp_path_factory.mktemp("sources")
    for number, paper in enumerate(islice(papers(), 3)):
        for ending, writer in WRITERS.items():
            writer(paper, folder / f"{number}.{ending}")
    return folder


@pytest.mark.torture
def test_no_damaged_document_stops_its_reader_or_takes_long(sources: Path) -> None:
    count = times(200, 5_000, 100_000)
    tried = try_seeds(mutated_papers.__file__, sources, count)
    assert (tried.count, tried.faults) == (count, {})
    assert tried.slowest < MAX_SECONDS


def test_damage_changes_documents_and_words(sources: Path) -> None:
    for path in sources.iterdir():
        data = path.read_bytes()
        assert len({mutated_papers.damaged(random.Random(seed), data) for seed in range(20)} - {data}) > 15
