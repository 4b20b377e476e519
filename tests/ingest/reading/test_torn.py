"""Text layers whose words came apart: made whole by how wide the tears are, left alone where there are none."""

import pytest

from ingest.letter import Word
from ingest.reading.torn import whole_words

TORN = "Tỉ|nh ủ|y Đ|ắk Lắ|k báo cáo việ|c quả|n lý đ|ất đ|ai củ|a các đ|ơn vị, kế|t quả thự|c hiệ|n"


def set_out(text: str, tear: float, blank: float, height: float = 0.02) -> list[Word]:
    """Words of a line; "|" is a tear within one, gaps in heights of a letter."""
    x, out = 0.1, []
    for part in text.replace("|", " |").split(" "):
        piece = part.lstrip("|")
        x += (tear if part.startswith("|") else blank) * height
        out.append(Word(piece, x, 0.3, x + 0.3 * height * len(piece), 0.3 + height))
        x = out[-1].x1
    return out


@pytest.mark.parametrize("tear", [0.1, 0.25])
def test_torn_words_are_made_whole(tear: float) -> None:
    words = whole_words(set_out(TORN, tear, 0.4))
    assert " ".join(w.text for w in words) == TORN.replace("|", "")
    assert words[0].x0 == pytest.approx(0.108) and words[0].x1 < words[1].x0


def test_a_capital_of_a_heading_and_of_a_notation_belong_to_their_words() -> None:
    words = whole_words([*set_out(TORN, 0.25, 0.4), *set_out("ĐẢ|NG BỘ SGDĐ|T", 0.25, 0.4, 0.03)])
    assert [w.text for w in words][-3:] == ["ĐẢNG", "BỘ", "SGDĐT"]


@pytest.mark.parametrize(
    "text", ["Tỉnh ủy Đắk Lắk báo cáo", "n m t c p các ký hiệu x y z", "The law of the land by St Ng", TORN]
)
def test_words_of_other_texts_stay(text: str) -> None:
    words = set_out(text.replace("|", ""), 0.25, 0.25)
    assert list(whole_words(words)) == words
