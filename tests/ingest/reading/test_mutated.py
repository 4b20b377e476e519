"""Damaged documents and pages of changed words: each is read in time or refused, none ends its reader."""

import json
import os
import random
import subprocess
import sys
from itertools import islice
from pathlib import Path

import mutated_papers
import pytest
from counts import times
from office_papers import write_doc, write_html, write_odt, write_rtf
from printed_papers import papers, print_pdf, write_docx

ROOT = Path(__file__).parents[3]
MAX_SECONDS = 2.0
PROCESSES = 2
CHUNK = 2_500


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


def started(sources: Path, first: int, count: int) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(Path(__file__).parent)])}
    program = [sys.executable, mutated_papers.__file__, str(sources), str(first), str(count)]
    return subprocess.Popen(program, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.torture
def test_no_damaged_document_stops_its_reader_or_takes_long(sources: Path) -> None:
    count = times(200, 5_000, 100_000)
    each = min(CHUNK, count // PROCESSES)
    faults: dict[str, str] = {}
    read, slowest = 0, (0.0, 0)
    for first in range(0, count, each * PROCESSES):
        running = [started(sources, at, each) for at in range(first, min(first + each * PROCESSES, count), each)]
        for process in running:
            out, errors = process.communicate(timeout=900)
            assert process.returncode == 0, errors[-2_000:]
            seen = json.loads(out)
            read += seen["count"]
            slowest = max(slowest, (seen["seconds"], seen["slowest"]))
            faults |= seen["faults"]
    print(f"{read} documents, the slowest {slowest[0]:.2f} s (seed {slowest[1]})")
    assert (read, faults) == (count, {})
    assert slowest[0] < MAX_SECONDS


def test_damage_changes_documents_and_words(sources: Path) -> None:
    for path in sources.iterdir():
        data = path.read_bytes()
        assert len({mutated_papers.damaged(random.Random(seed), data) for seed in range(20)} - {data}) > 15
