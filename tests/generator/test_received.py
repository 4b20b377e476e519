"""A secrecy mark lies on the ĐẾN stamp of marked letters and of no others; pages to learn from tell where."""

import io
from pathlib import Path
from random import Random

import pypdfium2
import pytest

from tests.generator import received, secrecy
from tests.generator.__main__ import main
from tests.generator.compose import compose
from tests.generator.recipes import drawn
from tests.generator.stamp_pages import is_mark, stamp_page
from tests.generator.typeset import pdf_of


def test_each_marked_letter_has_one_mark_on_its_arrival_stamp_and_no_innocent_one_has_any() -> None:
    paper = compose(drawn("practice", 3, "scan"))
    for seed in range(40):
        marked, value, note = received.with_mark_on_arrival(paper, Random(seed))
        innocent = received.with_arrival(paper, Random(seed))
        assert marked.arrival and innocent.arrival
        assert [is_mark(stamp) for stamp in (*marked.arrival.beneath, *marked.arrival.upon)].count(True) == 1
        assert value in ("mat", "toi_mat", "tuyet_mat") and note.endswith("arrival")
        assert not any(map(is_mark, (*innocent.arrival.beneath, *innocent.arrival.upon)))


def test_the_mark_lies_where_the_stamp_does_and_in_one_line() -> None:
    paper = compose(drawn("practice", 3, "scan"))
    for seed in range(12):
        marked, _, _ = received.with_mark_on_arrival(paper, Random(seed))
        assert marked.arrival
        with pypdfium2.PdfDocument(pdf_of(marked, Random(1))) as document:
            text = document[0].get_textpage()
            [stamp] = [one for one in (*marked.arrival.beneath, *marked.arrival.upon) if is_mark(one)]
            finder = text.search(stamp.text, match_case=True)
            places = []
            while found := finder.get_next():
                places.append([text.get_charbox(found[0] + n) for n in (0, len(stamp.text) - 1)])
            arrived = text.search("ĐẾN", match_case=True)
            corner = text.get_charbox(arrived.get_next()[0])
        assert any(
            abs(begin[0] - corner[0]) < 250 and abs(begin[1] - corner[1]) < 120
            and end[0] - begin[0] > 2 * abs(end[1] - begin[1])
            for begin, end in places
        ), stamp  # fmt: skip


def test_received_letters_are_pictures_and_the_same_each_time(tmp_path: Path) -> None:
    first, second = (list(secrecy.received_letters(2, 7)) for _ in range(2))
    assert [letter.document for letter in first] == [letter.document for letter in second]
    assert {letter.file for letter in first} <= {"photo", "scan"}
    assert [letter.secrecy is None for letter in first] == [False, False, True, True]
    assert len({letter.name for letter in first}) == 4


def test_the_scored_half_has_no_received_letters(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.argv", ["generator", str(tmp_path), "--mode", "received", "--half", "scored"])
    with pytest.raises(SystemExit):
        main()


def test_pages_to_learn_from_tell_where_each_mark_is() -> None:
    made = stamp_page(2)
    with pypdfium2.PdfDocument(io.BytesIO(made.pdf)) as document:
        size = document[0].get_size()
    assert len(made.marks) > 4 and stamp_page(2).marks == made.marks  # the PDFs tell when they were made
    assert all(-20 < x < size[0] + 20 and -20 < y < size[1] + 20 for x, y in made.marks)
