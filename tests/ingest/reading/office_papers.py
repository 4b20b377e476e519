"""The papers of `printed_papers` as other office programs write them."""

from collections.abc import Iterator
from pathlib import Path

from printed_papers import Paper
from word_files import Para, row, word_file, write

Line = tuple[str, bool]  # the text, and whether it is centred
Part = Line | tuple[list[Line], list[Line]]  # a paragraph, or a row of two cells


def parts(paper: Paper) -> Iterator[Part]:
    """`paper` as offices type it: two-column tables without lines for the head and the signature."""
    motto = ("ĐẢNG CỘNG SẢN VIỆT NAM",) if paper.party else (paper.motto, paper.motto_below, "----------")
    star = "*" if paper.party else "-------"
    left = [*paper.parent, *paper.issuer, star, paper.code, *([paper.under_code] if paper.under_code else [])]
    yield [(line, True) for line in left], [(line, True) for line in (*motto, "", paper.place_date)]
    for stamp in paper.stamps:
        yield stamp, False
    for line in (paper.title, paper.about, f"Kính gửi: {paper.addressed}" if paper.addressed else ""):
        yield line, True
    for line in paper.body:
        yield line, False
    if paper.recipients:
        to = ["Nơi nhận:", *(f"- {one}" for one in paper.recipients)]
        signed = [*paper.signer_title, "", "", "", paper.signer]
        yield [(line, False) for line in to], [(line, True) for line in signed]
    for annex in paper.annexes:
        yield "", False
        for line in annex:
            yield line, False


def write_doc(paper: Paper, path: Path) -> Path:
    """`paper` as Word 97 saves it."""
    paras: list[Para] = []
    for one, other in parts(paper):
        if isinstance(one, str):
            paras.append(Para(one, how=int(bool(other))))
        elif isinstance(other, list):
            paras += row(*([Para(line, how=int(centred)) for line, centred in cell] for cell in (one, other)))
    return write(path, word_file(paras))
