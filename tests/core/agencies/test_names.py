"""Names of agencies: one agency in many spellings, and two that only look alike."""

import time

import pytest

from core.agencies.names import Relation, is_near, relation

PROVINCE = ("Ủy ban nhân dân tỉnh Lâm Đồng", "")
COMMUNE = ("Ủy ban nhân dân xã Đắk Wil", "UBND tỉnh Lâm Đồng")
SCIENCE = ("Sở Khoa học và Công nghệ", "UBND tỉnh Lâm Đồng")
BUREAU = ("Văn phòng", "Ủy ban nhân dân tỉnh Lâm Đồng")
MINISTRY = ("Bộ Văn hóa, Thể thao và Du lịch", "")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (PROVINCE, ("UBND tỉnh Lâm Đồng", "")), (PROVINCE, ("UỶ BAN NHÂN DÂN TỈNH LÂM ĐỒNG", "")),
        (PROVINCE, ("uy ban nhan dan tinh lam dong", "")), (PROVINCE, ("Ủy bau nhân dân tinh Lâm Đ0ng", "")),
        (PROVINCE, ("Ủy ban nhân dân tỉnb Lâm Đồng", "")),
        (COMMUNE, ("UBND xã Đắk Wil", "")), (SCIENCE, ("Sở KH&CN Lâm Đồng", "")),
        (SCIENCE, ("Sở KHCN", "UBND tỉnh Lâm Đồng")), (SCIENCE, ("Sở Khoa học & Công nghệ tỉnh Lâm Đồng", "")),
        (BUREAU, ("VP UBND tỉnh Lâm Đồng", "")), (MINISTRY, ("Bộ VHTTDL", "")), (MINISTRY, ("Bộ VH,TT&DL", "")),
        (("UBND phường Sài Gòn", "UBND TP.HCM"), ("UBND phường Sài Gòn", "UBND Thành phố Hồ Chí Minh")),
        (("Bảo hiểm xã hội tỉnh Gia Lai", ""), ("BHXH tỉnh Gia Lai", "")),
    ],
)  # fmt: skip
def test_one_agency_in_two_spellings(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert relation(*one, *other) is relation(*other, *one) is Relation.SAME


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (PROVINCE, COMMUNE), (PROVINCE, ("UBND tỉnh Khánh Hòa", "")), (COMMUNE, ("UBND xã Đắk Mil", "")),
        (SCIENCE, ("Sở KH&CN Lào Cai", "")), (SCIENCE, ("Sở Khoa học và Công nghệ", "UBND tỉnh Lào Cai")),
        (("UBND xã Tân An", "UBND tỉnh Gia Lai"), ("UBND xã Tân An", "UBND tỉnh Tây Ninh")),
    ],
)  # fmt: skip
def test_another_place_is_another_agency(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert relation(*one, *other) is relation(*other, *one) is Relation.OTHER


@pytest.mark.parametrize(
    ("one", "other"), [(PROVINCE, ("UBND tỉnh", "")), (SCIENCE, ("Sở KH&CN", "")), (SCIENCE, ("", "")),
                       (PROVINCE, ("Lãnh đạo", ""))],
)  # fmt: skip
def test_where_a_place_or_the_name_is_missing_nothing_is_said(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert relation(*one, *other) is Relation.UNKNOWN


def test_a_word_with_one_letter_wrong_is_near_and_a_short_one_is_not() -> None:
    assert all(is_near("truong", one) for one in ("truong", "truorg", "turong", "trung", "truoong"))
    assert not is_near("truong", "trang") and not is_near("an", "en1")


def test_long_names_take_no_time() -> None:
    began = time.thread_time()
    name = "Sở " + "a b c d " * 5000
    relation(name, name, name + "x", "UBND tỉnh " * 3000)
    assert time.thread_time() - began < 1
