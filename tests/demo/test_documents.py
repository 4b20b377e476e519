"""Documents made to measure, as tests and benches ask for them."""

from datetime import date

import pypdfium2
import pytest

from demo.agencies import FINANCE, PARTY, PROVINCE
from demo.archives import locked
from demo.documents import Document, document
from demo.scans import photographed, scanned


def test_a_document_shows_the_fields_it_was_given() -> None:
    pdf = document(
        "Quyết định", agency=FINANCE, number="7", issued_on=date(2026, 2, 5), subject="giao dự toán", urgency="khan"
    )
    text = _text(pdf)
    for words in ("SỞ TÀI CHÍNH", "Số: 7/QĐ-STC", "ngày 05 tháng 02 năm 2026", "QUYẾT ĐỊNH", "Giao dự toán", "KHẨN"):
        assert words in text


def test_code_and_truth_follow_the_form_of_state_and_party() -> None:
    letter = Document(PROVINCE, "12", date(2026, 6, 4), "góp ý dự thảo")
    assert letter.code == "12/UBND-VX"
    assert letter.truth()["issued_on"] == "2026-06-04"
    assert "parent_issuer" not in letter.truth() and "urgency" not in letter.truth()
    assert Document(PARTY, "15", date(2026, 6, 4), "tuyên truyền", kind="Hướng dẫn").code == "15-HD/BTGDVTU"


def test_a_number_by_hand_is_in_no_text_layer() -> None:
    text = _text(document("Công văn", number="4711", by_hand=True))
    assert "4711" not in text and "/UBND-VX" in text


def test_the_seal_and_the_signature_leave_no_letters_behind() -> None:
    signed = Document(PROVINCE, "1", date(2026, 6, 4), "thử nghiệm", paragraphs=("Nội dung./.",))
    assert _text(signed.pdf()) == _text(signed.unsigned().pdf())
    assert len(signed.pdf()) > len(signed.unsigned().pdf())


def test_the_same_document_has_the_same_bytes_also_as_scan_and_photo() -> None:
    pdf = document("Thông báo")
    assert document("Thông báo") == pdf
    assert scanned(pdf) == scanned(pdf)
    assert photographed(pdf) == photographed(pdf)


@pytest.mark.parametrize("unfit", ["#set page()", '"); panic("', "*đậm* _nghiêng_ $x$ @ref <label>"])
def test_text_is_data_and_never_runs_as_typesetting(unfit: str) -> None:
    assert "".join(unfit.split()) in "".join(_text(document("Công văn", paragraphs=(unfit,))).split())


def test_a_locked_archive_is_the_same_each_time() -> None:
    assert locked("a.pdf", b"noi dung", "mat-khau") == locked("a.pdf", b"noi dung", "mat-khau")


def _text(pdf: bytes) -> str:
    opened = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(str(page.get_textpage().get_text_range()) for page in opened)
    finally:
        opened.close()
