"""An exact phrase, code or number comes before what is only newer, on both databases alike."""

from typing import Any

import pytest

from core.search import raising

APART = "đổi mới sáng tạo, chuyển số liệu về quy chế"  # the words of "chuyển đổi số", each elsewhere


def _pages(library: Any, typed: str, limit: int = 2) -> list[int]:
    """What is found, page by page."""
    page = library.found(typed, limit=limit)
    seen = [hit.id for hit in page.hits]
    while page.before is not None:
        page = library.found(typed, limit=limit, before=page.before)
        seen += [hit.id for hit in page.hits]
    return seen


@pytest.mark.parametrize("typed", ["chuyển đổi số", "chuyen doi so", "quy chế chuyển đổi số"])
def test_the_words_as_they_were_typed_come_first_and_pages_have_neither_gap_nor_double(
    library: Any, typed: str
) -> None:
    with_phrase = [library.draft(), library.draft()]
    apart = [library.draft(subject=APART) for _ in range(4)]
    library.follow()
    assert _pages(library, typed) == with_phrase[::-1] + apart[::-1]
    assert _pages(library, typed, limit=20) == _pages(library, typed, limit=1) == _pages(library, typed)


def test_a_document_comes_first_by_its_own_code_and_by_the_number_in_it(library: Any) -> None:
    wanted = library.draft(code="87/SNV-VP")
    answers = [library.draft(subject=f"Trả lời Công văn số 87/SNV-VP lần {n}") for n in range(3)]
    library.follow()
    for typed in ("87/SNV-VP", "87/snv-vp", "87", "trả lời 87/SNV-VP"):
        expected = answers[::-1] if typed.startswith("trả") else [wanted, *answers[::-1]]
        assert _pages(library, typed) == expected, typed


@pytest.mark.parametrize("typed", ["1", "số đến 1"])
def test_an_entry_comes_first_by_its_arrival_number(library: Any, typed: str) -> None:
    wanted = library.draft()
    library.register(wanted)
    newer = library.draft(subject="số đến thứ 1, góp ý phần 1")
    library.follow()
    assert _pages(library, typed)[:2] == [wanted, newer]


def test_what_a_person_may_not_read_is_not_raised_either(library: Any) -> None:
    library.draft(code="87/SNV-VP")
    library.follow()
    assert [hit.id for hit in library.found("87/SNV-VP", by=library.office.leader_id).hits] == []


def test_no_more_than_the_newest_are_looked_through(library: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raising, "LOOKED_THROUGH", 2)
    oldest = library.draft()
    apart = [library.draft(subject=APART) for _ in range(2)]
    library.follow()
    assert _pages(library, "chuyển đổi số") == [*apart[::-1], oldest]
