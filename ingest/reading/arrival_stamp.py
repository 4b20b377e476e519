"""The receiver's ĐẾN stamp on a page of text (NĐ 30, Phụ lục IV): its words are none of the document's."""

from collections.abc import Sequence
from dataclasses import replace

from core.text import fold
from ingest.letter import Page, Word

_LABELS = ("so", "ngay", "gio", "chuyen")
_MOST_WORDS = 16
_OFFICE = 0.04  # of the page's height, above "ĐẾN"


def without_arrival_stamp(page: Page) -> Page:
    """`page` of text without a receiver's ĐẾN stamp, which may lie across anything: its words follow each other in the
    file, its office in capitals, then "ĐẾN", "Số:", "Ngày:", "Chuyển:" (Phụ lục IV)."""
    words = page.words
    for place, word in enumerate(words) if not page.is_seen else ():
        if word.text.isupper() and fold(word.text).strip(" :.") == "den" and (end := _end_of_arrival(words, place)):
            first = place
            while first and _is_above(words[first - 1], word):
                first -= 1
            return replace(page, words=(*words[:first], *words[end:]))
    return page


def _end_of_arrival(words: Sequence[Word], place: int) -> int:
    """The index after the last word of the stamp whose "ĐẾN" is at `place`; 0 where it is another "ĐẾN"."""
    end, labels = place + 1, set()
    while end < min(place + _MOST_WORDS, len(words)):
        text = fold(words[end].text).strip(" :.…")
        if text in _LABELS:
            labels.add(text)
        elif any(map(str.isalpha, text)):
            break
        end += 1
    return end if len(labels) > 1 else 0


def _is_above(word: Word, stamp: Word) -> bool:
    return word.text.isupper() and word.text.isalpha() and 0 < stamp.y0 - word.y0 < _OFFICE
