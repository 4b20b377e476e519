"""Which words of a mail may be passwords."""

import pytest

from core.passwords import MOST, said_in


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Mật khẩu: Abc@123", "Abc@123"),
        ("mật khẩu giải nén là Skhcn@2026!", "Skhcn@2026!"),
        ("Mật khẩu để mở tệp đính kèm là: 'khoa 9'", "khoa"),
        ("password: xyz-1", "xyz-1"),
        ("Gửi anh chị, MK file: 2026/CV", "2026/CV"),
        ("MẬT KHẨU GIẢI NÉN:\nAbc123", "Abc123"),
        ("pass = 1234", "1234"),
        ("mat khau la 5678", "5678"),
        ("Mật khẩu giải nén tệp “du toan 2027.zip”: “Lam@Dong”", "Lam@Dong"),
    ],
)
def test_a_password_that_is_said_is_found(text: str, first: str) -> None:
    assert said_in("", text)[0] == first


@pytest.mark.parametrize(
    "text",
    [
        "", "Kính gửi quý Sở văn bản sau:", "Mật khẩu tệp nén gửi ở thư sau. Trân trọng: Lan", "Độ mật: MẬT",
        "Mật khẩu gửi ở thư sau. Đây là văn bản", "Compass: north", "Mật khẩu đã gửi qua điện thoại",
    ],
)  # fmt: skip
def test_a_mail_that_only_speaks_of_one_brings_none(text: str) -> None:
    assert said_in(text) == ()


def test_every_likely_reading_is_tried_once_and_few_of_them() -> None:
    assert said_in("Mật khẩu: (Abc 9).") == ("Abc", "(Abc", "Abc 9).")
    assert said_in("", "Mật khẩu: Abc.") == ("Abc.", "Abc")
    assert len(said_in(*[f"Mật khẩu: a{n}" for n in range(99)])) == MOST
