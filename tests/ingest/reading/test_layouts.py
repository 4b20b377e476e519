"""How offices set their documents otherwise than NĐ 30 draws it: small documents laid out, and what is read in them."""

import unicodedata
from collections.abc import Sequence

import pytest

from core.text import fold
from ingest.letter import Page, Word
from ingest.reading import read_fields
from ingest.reading.layout import Block, Paragraph, Row, lay_out
from ingest.reading.pdf import is_plausible
from ingest.reading.torn import whole_words

STATE = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "---------")
DATED = "Đắk Nông, ngày 04 tháng 6 năm 2026"


def cell(*lines: str) -> tuple[Paragraph, ...]:
    return tuple(Paragraph(line, "center") for line in lines)


def head(*left: str, dated: Sequence[str] = (DATED,)) -> list[Block]:
    return [Row((cell(*left), cell(*STATE, *dated)))]


def centered(*lines: str) -> list[Block]:
    return [Paragraph(line, "center") for line in lines]


def body(*texts: str) -> list[Block]:
    return [Paragraph(text) for text in texts or ("Thực hiện chỉ đạo của Ủy ban nhân dân tỉnh.",)]


def signed(*right: str, left: Sequence[str] = ("Nơi nhận:", "- Như trên;", "- Lưu: VT.")) -> list[Block]:
    return [Row((tuple(map(Paragraph, left)), cell(*right)))]


def values(*parts: list[Block]) -> dict[str, str]:
    return {
        name: found.value for name, found in read_fields(lay_out(block for part in parts for block in part)).items()
    }


def test_the_address_below_an_enterprises_name_is_no_part_of_it() -> None:
    left = ("CÔNG TY CỔ PHẦN", "CẤP NƯỚC ĐẮK NÔNG", "Số 32, đường Quang Trung, phường", "Bắc Gia Nghĩa",
            "MST: 6400001122 - ĐT: 0261.384.0000", "Số: 25/CTCN-KH")  # fmt: skip
    read = values(head(*left), body(), signed("GIÁM ĐỐC", "", "Hoàng Xuân Bách"))
    assert (read["issuer"], read["code"]) == ("Công ty Cổ phần Cấp nước Đắk Nông", "25/CTCN-KH")


@pytest.mark.parametrize(
    ("left", "issuer"),
    [
        (("CÔNG TY TNHH MỘT THÀNH", "VIÊN CẤP NƯỚC KRÔNG NÔ"), "Công ty TNHH Một thành viên cấp nước Krông Nô"),
        (("TẬP ĐOÀN BƯU CHÍNH", "VIỄN THÔNG VIỆT NAM", "VNPT ĐẮK NÔNG", "1 Lê Lợi, phường Nghĩa Đức"), "VNPT Đắk Nông"),
        (("SỞ KHOA HỌC VÀ CÔNG NGHỆ", "BAN QUẢN LÝ", "QUỸ PHÁT TRIỂN"), "Ban Quản lý Quỹ phát triển"),
        (("TỔNG CÔNG TY", "ĐIỆN LỰC MIỀN TRUNG"), "Tổng công ty Điện lực miền Trung"),
    ],
)
def test_which_lines_are_one_office(left: tuple[str, ...], issuer: str) -> None:
    assert fold(values(head(*left, "Số: 25/CV-KH"), body())["issuer"]) == fold(issuer)


def test_a_blank_number_is_no_office() -> None:
    read = values(head("HUYỆN ỦY KRÔNG NÔ", "ĐẢNG ỦY XÃ NÂM NUNG", "*", "Số ……-CV/ĐU"), body())
    assert read["issuer"] == "Đảng ủy xã Nâm Nung" and "code" not in read


def test_a_consolidated_text_bears_the_title_of_what_it_consolidates() -> None:
    read = values(head("BỘ XÂY DỰNG", "Số: 77/VBHN-BXD"), centered("THÔNG TƯ", "Quy định về thoát nước"), body())
    assert (read["kind"], read["subject"]) == ("Văn bản hợp nhất", "Quy định về thoát nước")


def test_of_two_parties_the_one_who_issues_has_signed() -> None:
    two: list[Block] = [Row((cell("ĐẠI DIỆN BÊN A", "KT. CỤC TRƯỞNG", "PHÓ CỤC TRƯỞNG", "Đã ký", "Giàng A Sử"),
                cell("ĐẠI DIỆN BÊN B", "GIÁM ĐỐC", "", "Đinh Thị Như Ý")))]  # fmt: skip
    read = values(head("CỤC HÓA CHẤT", "Số: 27/HĐ-HC"), centered("HỢP ĐỒNG", "Về việc mua sắm"), body(), two,
                  body("Nơi nhận:", "- Như trên;", "- Lưu: VT."))  # fmt: skip
    assert (read["signer_name"], read["signer_title"]) == ("Giàng A Sử", "PHÓ CỤC TRƯỞNG")


@pytest.mark.parametrize("is_left", [True, False])
def test_who_presides_signs_the_minutes(is_left: bool) -> None:
    pair = [cell("CHỦ TỌA", "", "Hoàng Ngọc Oanh"), cell("THƯ KÝ", "", "Vũ Minh Toàn")]
    two: list[Block] = [Row(tuple(pair if is_left else reversed(pair)))]
    read = values(
        head("SỞ Y TẾ", "Số: 12/BB-SYT"), centered("BIÊN BẢN", "Họp giao ban"), body(), two, body("Nơi nhận:")
    )
    assert read["signer_name"] == "Hoàng Ngọc Oanh"


def test_who_copies_a_draft_has_not_signed_it() -> None:
    copied = [*head("ỦY BAN NHÂN DÂN", "XÃ CƯ PUI", "Số: 59/SY-UBND"),
              *signed("TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG", "", "Đinh Ngọc Oanh")]  # fmt: skip
    draft = [*head("BỘ Y TẾ", "Số:      /BYT-VP"), *body(), *signed("TL. BỘ TRƯỞNG", "CHÁNH VĂN PHÒNG", "")]
    assert "signer_name" not in values(draft, copied)
    whole = [*draft[:-1], *signed("TL. BỘ TRƯỞNG", "CHÁNH VĂN PHÒNG", "", "Vũ Minh Toàn")]
    assert values(whole, copied)["signer_name"] == "Vũ Minh Toàn"


def test_a_name_in_decomposed_letters_is_a_name() -> None:
    name = unicodedata.normalize("NFD", "Hoàng Khắc Hòa")
    read = values(head("SỞ Y TẾ", "Số: 12/SYT-VP"), body(), signed("TL. GIÁM ĐỐC", "CHÁNH VĂN PHÒNG", "", name))
    assert read["signer_name"] == "Hoàng Khắc Hòa"


def test_a_subject_typed_across_the_page_is_read_whole() -> None:
    tabbed = ["SỞ Y TẾ\tCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "\tĐộc lập - Tự do - Hạnh phúc", f"Số: 12/SYT-VP\t{DATED}"]
    about = "đôn đốc giải ngân vốn an toàn hóa chất và bố trí kinh phí đối ứng cho các đơn vị, địa phương còn khó khăn"
    read = values(body(*tabbed, f"V/v {about}", "", "Kính gửi: Các phòng chuyên môn"), body())
    assert read["subject"] == about


@pytest.mark.parametrize(
    ("below", "subject"),
    [
        (("Cung cấp số liệu", "CHỦ TỊCH ỦY BAN NHÂN DÂN XÃ điện:", "- Các phòng;"), "Cung cấp số liệu"),
        (("________", "Sở Y tế trân trọng giới thiệu ông: Bùi Anh Tuấn."), None),
        (("Cung cấp số liệu", "Dự thảo lần 2"), "Cung cấp số liệu"),
    ],
)
def test_where_a_subject_ends(below: tuple[str, ...], subject: str | None) -> None:
    assert values(head("SỞ Y TẾ", "Số: 12/CĐ-SYT"), centered("CÔNG ĐIỆN", *below), body()).get("subject") == subject


@pytest.mark.parametrize(
    ("dated", "day"),
    [
        (("Đắk Nông, ngày 26/04/2026",), "2026-04-26"),
        (("Thị trấn Buôn Hồ, ngày 05 tháng", "01 năm 2026"), "2026-01-05"),
        (("Thị trấn Buôn Hồ, ngày 05 tháng 01 năm", "2026"), "2026-01-05"),
        (("Đắk Nông, ngày    tháng    năm 2026",), None),
        (("Đắk Nông, ngày    tháng", "01 năm 2026"), None),
        (("theo Công văn ngày 26/04/2026",), None),
    ],
)
def test_the_day_in_the_head(dated: tuple[str, ...], day: str | None) -> None:
    read = values(head("SỞ Y TẾ", "Số: 12/SYT-VP", dated=dated), body())
    assert (read.get("issued_on"), read["code"]) == (day, "12/SYT-VP")


def test_an_arrival_stamp_across_the_text_is_left_out() -> None:
    (page,) = lay_out(
        [*head("SỞ Y TẾ", "Số: 12/BC-SYT"), *centered("BÁO CÁO", "Cung cấp số liệu", "về du lịch"), *body()]
    )
    title = next(word for word in page.words if word.text == "liệu")
    stamp = ("SỞ", "KHOA", "HỌC", "ĐẾN", "Số:", "7348", "Ngày:", "25/4", "Chuyển:", "……")
    rows = (-0.006, -0.006, -0.006, 0.004, 0.004, 0.004, 0.014, 0.014, 0.024, 0.024)
    pressed = tuple(
        Word(
            text,
            title.x1 + 0.05 + 0.06 * (i % 4),
            title.y0 + down,
            title.x1 + 0.1 + 0.06 * (i % 4),
            title.y0 + down + 0.01,
        )
        for i, (text, down) in enumerate(zip(stamp, rows, strict=True))
    )
    read = read_fields([Page(1, (*page.words, *pressed))])
    assert (read["subject"].value, read["code"].value) == ("Cung cấp số liệu về du lịch", "12/BC-SYT")


def test_a_high_letter_stays_on_its_line() -> None:
    (page,) = lay_out([*head("SỞ Y TẾ", "Số: 12/SYT-VP"), *body(), *signed("GIÁM ĐỐC", "", "Trần Thị Như Ý")])
    moved = tuple(
        Word(w.text, w.x0, w.y0 - 0.006, w.x1, w.y1) if w.text == "Ý"
        else Word(w.text, w.x0, w.y0 - 0.009, w.x1, w.y1 - 0.009) if w.text in ("Lưu:", "VT.", "-") else w
        for w in page.words
    )  # fmt: skip
    assert read_fields([Page(1, moved)])["signer_name"].value == "Trần Thị Như Ý"


def test_a_stamp_in_a_box_counts_in_the_small_letters_of_a_font_of_capitals() -> None:
    boxed: list[Block] = [Paragraph("", boxes=("Thượng khẩn",))]
    assert values(boxed, head("SỞ Y TẾ", "Số: 12/SYT-VP"), body("Việc này thượng khẩn."))["urgency"] == "thuong_khan"
    assert "urgency" not in values(head("SỞ Y TẾ", "Số: 12/SYT-VP"), body("Thượng khẩn"))


def test_decomposed_letters_are_a_text_layer_like_any_other() -> None:
    text = unicodedata.normalize("NFD", "Thực hiện chỉ đạo của Ủy ban nhân dân tỉnh về phòng chống thiên tai " * 4)
    assert is_plausible(tuple(Word(word, 0, 0, 1, 1) for word in text.split()))


@pytest.mark.parametrize(
    ("parts", "whole"), [(("89/Đ", "A-BYT"), "89/ĐA-BYT"), (("22/CTr-BCĐ", "CĐ", "S"), "22/CTr-BCĐCĐS")]
)
def test_a_torn_code_is_made_whole(parts: tuple[str, ...], whole: str) -> None:
    x, words = 0.0, []
    for text, blank in ((t, b) for _ in range(6) for t, b in (("Tỉ", 0.003), ("nh", 0.01))):
        words.append(Word(text, x, 0.1, x + 0.01, 0.11))
        x += 0.01 + blank
    for text in parts:
        words.append(Word(text, x, 0.1, x + 0.01, 0.11))
        x += 0.01 + 0.003
    assert whole in [word.text for word in whole_words(words)]
