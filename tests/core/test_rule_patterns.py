"""Regular expressions of rules: Vietnamese letters, faults in words, time in proportion to the text."""

import time

import pytest

from core.errors import Permanent
from core.rules.patterns import MOST_TEXT, Words, pattern


@pytest.mark.parametrize(
    ("expression", "is_bare", "text", "caught"),
    [
        ("giấy mời", False, "GIẤY MỜI họp", ()),
        ("giấy mời", False, "giay moi họp", None),
        ("giấy mời", True, "Giay moi họp", ()),
        ("giay moi (.*)", True, "GIẤY MỜI  Họp Ủy ban", ("Họp Ủy ban",)),
        (r"ông (\w+ \w+)", False, "Kính gửi ông Nguyễn Ấm", ("Nguyễn Ấm",)),
        (r"[\w-]+/UBND", False, "số Đ-12/ubnd", ()),
        (r"a\Wb", False, "aớb", None),
        ("hoà bình", False, "HÒA BÌNH", ()),
        ("hoà", False, "ho\u0061\u0300", ()),
        (r"(?P<so>\d+)|(x)", False, "7", ("7", "")),
        (r"\bdieu 3\b", True, "theo Điều 3, Điều 30", ()),
        (r"(\d+)/QĐ–UBND", False, "12/QĐ-UBND", ("12",)),
        ("(Thuỷ)", False, "bà Thuỷ", ("Thuỷ",)),
    ],
)
def test_letters_are_vietnamese(expression: str, is_bare: bool, text: str, caught: tuple[str, ...] | None) -> None:
    assert pattern(expression, is_bare=is_bare).groups(Words(text)) == caught


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("số (12", "thiếu dấu đóng ngoặc .*, ở ký tự thứ 4: «.»"),
        (r"a\([)](b[c]d[", r"«\]», ở ký tự thứ 13: «\[»"),
        ("số 12)", "thừa dấu đóng ngoặc"),
        ("số **", "trước dấu lặp|hai dấu lặp liền nhau, ở ký tự thứ 4: «..»"),
        (r"số \q", r"ký tự không dùng được, ở ký tự thứ 4: «\\q»"),
        ("a(?=b)", "không dùng được, ở ký tự thứ 2"),
        ("a{2000}", "quá 1.000, ở ký tự thứ 2"),
        (r"\bĐiều", "không kể dấu"),
        ("x" * 301, "dài quá 300"),
        ("(a{1,100}){1,100}", "phức tạp|lặp"),
        ("a\\", "đứng cuối"),
        ("[z-a]", "khoảng ký tự"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(expression: str, said: str) -> None:
    with pytest.raises(Permanent, match=said):
        pattern(expression, is_bare=False)


def test_what_people_of_no_engine_can_hurry_is_quick_here() -> None:
    words = Words("a" * 1_000_000)
    assert len(words.printed) == MOST_TEXT
    for expression in ("(a+)+b", "(a*)*c", "(a|aa)+$x", "(.*)(.*)(.*)x"):
        began = time.thread_time()
        assert pattern(expression, is_bare=False).groups(words) is None
        assert time.thread_time() - began < 0.1
