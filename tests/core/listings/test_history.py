"""What a document went through, in words: no act may show its English name."""

import re
from pathlib import Path

import pytest

from core.listings.history import in_words

_CODE = Path(__file__).parents[3]
_ON_INCOMING = re.compile(r'"([a-z_]+)",\s*"incoming"')
_READINGS = {"read", "downloaded"}  # a chain of their own, shown nowhere here


def _acts() -> list[str]:
    sources = [path for folder in ("core", "dashboard", "ingest") for path in (_CODE / folder).rglob("*.py")]
    found = {act for path in sources for act in _ON_INCOMING.findall(path.read_text())}
    return sorted(found - _READINGS)


def test_the_acts_are_found_in_the_code() -> None:
    assert {"registered", "amended", "files_added", "voided"} <= set(_acts())


@pytest.mark.parametrize("act", _acts())
def test_every_act_on_a_document_has_its_words(act: str) -> None:
    assert act not in in_words(act, {})


def test_a_phrase_says_what_the_act_was_about() -> None:
    assert in_words("files_added", {"count": 2}) == "Ghép 2 tệp đã đọc xong vào dự thảo"
    assert in_words("amended", {"fields": ["code", "subject"]}) == "Sửa số, ký hiệu, trích yếu"
    assert in_words("voided", None) == "Hủy số đến (nội dung đã xóa): (nội dung đã xóa)"
