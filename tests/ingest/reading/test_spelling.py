"""Lines in capitals as tesseract reads them, put right where they are what every head is made of."""

import pytest

from ingest.reading.spelling import respelled


@pytest.mark.parametrize(
    ("seen", "right"),
    [
        ("SỞ Y TÉ", "SỞ Y TẾ"),
        ("Ủ Y BAN NHÂN DÂN TINH QUANG NGAI", "ỦY BAN NHÂN DÂN TỈNH QUẢNG NGÃI"),
        ("UÝỶ BAN NHÂN DÂN", "ỦY BAN NHÂN DÂN"),  # one letter as two
        ("KT. CHUỦ TICH", "KT. CHỦ TỊCH"),
        ("THỨ TRƯỞNG", "THỨ TRƯỞNG"),  # nothing but a mark tells it from THỦ TRƯỞNG
        ("THỦ TRƯỞNG", "THỦ TRƯỞNG"),
        ("CÔNG TY HOÀNG MINH", "CÔNG TY HOÀNG MINH"),
        ("AN CU", "AN CU"),
    ],
)
def test_what_every_head_is_made_of_is_put_right(seen: str, right: str) -> None:
    assert respelled(seen) == right
