"""Vietnamese text made comparable, and encodings from before Unicode."""

import subprocess
import unicodedata

import pytest

from core.text import fold, is_syllable, normal, repair, squeeze


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("CỘNG HOÀ", "CỘNG HÒA"),
        ("Uỷ ban", "Ủy ban"),
        ("HOẢ TỐC", "HỎA TỐC"),
        ("thuỷ lợi, hoạ sĩ", "thủy lợi, họa sĩ"),
        ("quý, quỷ, hoàn, khoảng", "quý, quỷ, hoàn, khoảng"),
        ("45/QÐ–UBND", "45/QĐ-UBND"),
        (unicodedata.normalize("NFD", "Số: 45/QĐ"), "Số: 45/QĐ"),
        ("a\u00a0b\u200bc\u00ad：", "a bc:"),
        ("plain", "plain"),
    ],
)
def test_spellings_of_one_word_become_one(written: str, read: str) -> None:
    assert normal(written) == read


def test_marks_and_case_do_not_count_in_search() -> None:
    assert fold("Đắk  Nông – Ðộ khẩn") == "dak nong - do khan"
    assert fold(unicodedata.normalize("NFD", "BÁO CÁO")) == fold("báo cáo") == "bao cao"
    assert fold("Müller") == "muller"


def test_blanks_are_squeezed() -> None:
    assert squeeze(" a\r\n  b\tc ") == "a b c"


@pytest.mark.parametrize(
    ("garbled", "meant"),
    [
        ("§¾k N«ng, ngµy 04 th¸ng 6 n¨m 2015", "Đắk Nông, ngày 04 tháng 6 năm 2015"),
        ("§éc lËp - Tù do - H¹nh phóc", "Độc lập - Tự do - Hạnh phúc"),
        ("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam"),
        ("Ñoäc laäp - Töï do - Haïnh phuùc", "Độc lập - Tự do - Hạnh phúc"),
        ("SÔÛ KHOA HOÏC VAØ COÂNG NGHEÄ", "SỞ KHOA HỌC VÀ CÔNG NGHỆ"),
        # One strange word is not enough alone, but follows its neighbours.
        ("Sè: 63/Q§-SKHCN\n§¾k N«ng, ngµy 04", "Số: 63/QĐ-SKHCN\nĐắk Nông, ngày 04"),
        ("Sè: 63/Q§-SKHCN", "Sè: 63/Q§-SKHCN"),
        # Where all is TCVN3 a block without any strange letter is so too; it has no marked capitals of its own.
        ("TËP §OµN §IÖN LùC\nPHIÕU CHUYÓN\n§¬n vÞ cña Hµ Néi", "TẬP ĐOÀN ĐIỆN LỰC\nPHIẾU CHUYỂN\nĐơn vị của Hà Nội"),
        ("§éc lËp - Tù do\nPHIÕU\nĐộc lập", "Độc lập - Tự do\nPHIÕU\nĐộc lập"),
        # What could be either is read as most of the text is, and so is a name that no syllable of ours has.
        (
            "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam\nSoá: 24/QyÑ-BXD\n- Các sôû, ban, ngaønh caáp tænh",
            "Cộng hòa xã hội chủ nghĩa Việt Nam\nSố: 24/QyĐ-BXD\n- Các sở, ban, ngành cấp tỉnh",
        ),
        ("§éc lËp - Tù do\nY Bhi«ng Niª", "Độc lập - Tự do\nY Bhiông Niê"),
        # Each block is judged for itself: one text may mix encodings.
        ("§éc lËp - Tù do\nĐộc lập - Tự do", "Độc lập - Tự do\nĐộc lập - Tự do"),
        ("señor Müller façade naïve", "señor Müller façade naïve"),
        ("Straße schöner größer", "Straße schöner größer"),
        ("Kính gửi Quý cơ quan", "Kính gửi Quý cơ quan"),
    ],
)
def test_old_encodings_are_repaired_and_foreign_names_left_alone(garbled: str, meant: str) -> None:
    assert repair(garbled) == meant


def test_our_tcvn3_table_is_the_systems() -> None:
    sentence = (
        "Đăng ký thẩm định, nghiệm thu đề tài của Ủy ban ở Đắk Nông; sửa chữa, mở rộng, kỹ thuật, quỹ, gỡ, ngờ vực"
    )
    lower = unicodedata.normalize("NFC", sentence.lower())
    done = subprocess.run(["iconv", "-f", "UTF-8", "-t", "TCVN5712-1"], input=lower.encode(), capture_output=True)
    assert done.returncode == 0
    assert repair(done.stdout.decode("latin-1")) == lower


@pytest.mark.parametrize("word", ["nghiêng", "Thuyền", "quyết", "khuỷu", "ăn", "Y", "tuần", "giếng", "loạt", "Đắk"])
def test_vietnamese_syllables_are_known(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["strong", "QĐ", "Müll", "§¾k", "nvy", "fax"])
def test_other_words_are_no_syllables(word: str) -> None:
    assert not is_syllable(word)
