"""Số ký hiệu of every family, and dates as documents write them."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.notation import Family, code_key, find_codes, format_date, matching_key, parse_code, parse_date

CODES = [
    ("Số: 63/QĐ-SKHHCN", "63", "QĐ-SKHHCN", "QĐ", "SKHHCN", None, Family.NAMED),
    ("Số: 63 /QĐ-SKHCN", "63", "QĐ-SKHCN", "QĐ", "SKHCN", None, Family.NAMED),
    ("Số: 1234/UBND-KGVX", "1234", "UBND-KGVX", "", "UBND", None, Family.LETTER),
    ("Số:      /SKHCN-VP", "", "SKHCN-VP", "", "SKHCN", None, Family.LETTER),
    ("Số: ……/SKHCN-VP", "", "SKHCN-VP", "", "SKHCN", None, Family.LETTER),
    ("Số: 30/2020/NĐ-CP", "30", "NĐ-CP", "NĐ", "CP", 2020, Family.LEGAL),
    ("Luật số: 117/2025/QH15", "117", "QH15", "", "QH15", 2025, Family.LEGAL),
    ("21/2024/NQ-HĐND", "21", "NQ-HĐND", "NQ", "HĐND", 2024, Family.LEGAL),
    ("15/CT-TTg", "15", "CT-TTg", "CT", "TTg", None, Family.NAMED),
    ("05/BNV-VP", "05", "BNV-VP", "", "BNV", None, Family.LETTER),
    ("30191/TB-SNNMT-BTTĐC", "30191", "TB-SNNMT-BTTĐC", "TB", "SNNMT", None, Family.NAMED),
    ("1671/NQ-UBTVQH15", "1671", "NQ-UBTVQH15", "NQ", "UBTVQH15", None, Family.NAMED),
    ("03/VBHN-VPQH", "03", "VBHN-VPQH", "VBHN", "VPQH", None, Family.NAMED),
    ("05/2014/TTLT-BTC-BTP", "05", "TTLT-BTC-BTP", "TTLT", "BTC", 2014, Family.LEGAL),
    ("Số: 15-HD/BTGTU", "15", "HD/BTGTU", "HD", "BTGTU", None, Family.PARTY),
    ("Số 01-QĐ/TW", "01", "QĐ/TW", "QĐ", "TW", None, Family.PARTY),
    ("234-CV/TU", "234", "CV/TU", "CV", "TU", None, Family.PARTY),
    ("25/CV-CTY", "25", "CV-CTY", "", "CTY", None, Family.ENTERPRISE),
    ("01/2025/CV-ABC", "01", "CV-ABC", "", "ABC", 2025, Family.ENTERPRISE),
    ("12/SY-SKHCN", "12", "SY-SKHCN", "SY", "SKHCN", None, Family.NAMED),
    ("Số: 08/TTR-SKHCN", "08", "TTR-SKHCN", "TTr", "SKHCN", None, Family.NAMED),
    ("12a/BC-SKHCN", "12a", "BC-SKHCN", "BC", "SKHCN", None, Family.NAMED),
    ("Số: 45/QÐ-UBND", "45", "QĐ-UBND", "QĐ", "UBND", None, Family.NAMED),
    ("Số: 45 / QĐ – UBND", "45", "QĐ-UBND", "QĐ", "UBND", None, Family.NAMED),
    ("267/GM-VP", "267", "GM-VP", "GM", "VP", None, Family.NAMED),
    ("11/KH-UBND.KT", "11", "KH-UBND.KT", "KH", "UBND.KT", None, Family.NAMED),
    ("Số: 12/2026/UBND-KT", "12", "UBND-KT", "", "UBND", 2026, Family.LETTER),
    ("04/QĐ-BCĐ138", "04", "QĐ-BCĐ138", "QĐ", "BCĐ138", None, Family.NAMED),
]


@pytest.mark.parametrize(("text", "number", "notation", "kind", "organ", "year", "family"), CODES)
def test_a_code_is_read_into_its_parts(
    text: str, number: str, notation: str, kind: str, organ: str, year: int | None, family: Family
) -> None:
    code = parse_code(text)
    assert code is not None
    assert (code.number, code.notation, code.kind, code.organ, code.year, code.family) == (
        number, notation, kind, organ, year, family
    )  # fmt: skip
    assert parse_code(unicodedata.normalize("NFD", text)) == code


def test_a_code_without_marks_is_a_marked_guess() -> None:
    code = parse_code("So: 45/QD-UBND")
    assert code is not None
    assert (code.kind, code.notation, code.is_unaccented) == ("QĐ", "QD-UBND", True)


@pytest.mark.parametrize(
    "text", ["Số 01, đường Trần Phú", "Số: 15/6/2026", "Số: (0263) 3822 123", "ngày 04/6/2015", ""]
)
def test_addresses_dates_and_telephones_are_no_codes(text: str) -> None:
    assert parse_code(text) is None
    assert find_codes(text) == []


def test_all_codes_of_a_sentence_are_found() -> None:
    sentence = "theo Quyết định số 63/QĐ-SKHCN, Nghị quyết số 57-NQ/TW và Nghị định 30/2020/NĐ-CP."
    assert [code.text for code in find_codes(sentence)] == ["63/QĐ-SKHCN", "57-NQ/TW", "30/2020/NĐ-CP"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Đắk Nông, ngày 04 tháng 6 năm 2015", date(2015, 6, 4)),
        ("Gia Nghĩa, ngày05tháng01 năm2020", date(2020, 1, 5)),
        ("ngày 04 / 6 /2015", date(2015, 6, 4)),
        ("4.6.2015", date(2015, 6, 4)),
        ("Đắk Nông, ngày    tháng   năm 2026", None),
        ("ngày … tháng 11 năm 2026", None),
        ("ngày 12 tháng … năm 2026", None),
        ("ngày 31 tháng 2 năm 2020", None),
        ("ngày 04/6/15", None),
        ("22.05.20231", None),
    ],
)
def test_only_whole_dates_are_read(text: str, day: date | None) -> None:
    assert parse_date(text) == day


def test_dates_are_written_with_the_zeros_of_the_decree() -> None:
    assert format_date(date(2026, 2, 4)) == "ngày 04 tháng 02 năm 2026"
    assert format_date(date(2026, 6, 14)) == "ngày 14 tháng 6 năm 2026"


@given(st.dates(date(1945, 9, 2), date(2100, 1, 1)))
def test_what_is_written_is_read_back(day: date) -> None:
    assert parse_date("Lâm Đồng, " + format_date(day)) == day


def test_spellings_of_one_code_meet() -> None:
    assert code_key("45 / QÐ – UBND") == code_key("45/QĐ-UBND") == code_key("45/qd-ubnd")


@pytest.mark.parametrize(
    "written",
    [
        "05/UBND-VX",
        "5/UBND-VX",
        "005 /UBND - VX",
        "Số: 05/UBND–VX",
        "số 5/ubnd-vx",
        "5/ UBND VX",
        "Số, ký hiệu: 5/UBND-VX.",
    ],
)
def test_a_register_finds_a_code_however_it_was_typed(written: str) -> None:
    assert matching_key(written) == "5/ubndvx"


def test_what_has_no_number_or_no_notation_matches_nothing() -> None:
    assert [matching_key(text) for text in ("không số", "", "/SKHCN-VP", "123", "ngày 5/6", "QĐ-UBND")] == [""] * 6


def test_codes_that_are_two_stay_two() -> None:
    codes = ("1/QĐ-UBND", "1/2026/QĐ-UBND", "1a/QĐ-UBND", "10/QĐ-UBND", "1/KH-UBND", "1/UBND-QĐ")
    assert len({matching_key(code) for code in codes}) == len(codes)
    assert matching_key("36-HD/VPTW") == matching_key("36/HD-VPTW")
