"""What a draft is to another document: the same, a corrected issue, its annex, or something else."""

import time
from dataclasses import replace
from datetime import date

import pytest

from core.incoming.likeness import Facts, Likeness, differing, judge
from core.incoming.wording import Said, compare

ENTRY = Facts(
    id=1, code_key="12/ubndvx", annex_key="", document_id="", issuer="Ủy ban nhân dân tỉnh Lâm Đồng", parent_issuer="",
    kind="Công văn", subject="góp ý dự thảo Kế hoạch chuyển đổi số năm 2026", issued_on=date(2026, 6, 3),
    received_on=date(2026, 6, 4), unsure=frozenset(), exact=frozenset({"subject"}), main="a" * 64,
    main_name="cv 12.pdf",
    has_head=True, is_code_named=False, is_day_typed=False, mail_subject="Gửi văn bản", sender="vt@ubnd.example",
)  # fmt: skip
DRAFT = replace(ENTRY, id=2, received_on=date(2026, 6, 9), main="b" * 64)
SAME, NEW, ANNEX = Likeness.SAME, Likeness.REPLACEMENT, Likeness.ANNEX


@pytest.mark.parametrize(
    ("expected", "changes"),
    [
        (SAME, {}),
        (SAME, {"main": "", "subject": "Góp ý dự thảo KH chuyển đổi số", "issuer": "UBND tỉnh", "exact": frozenset()}),
        (SAME, {"issued_on": None, "subject": ""}),
        (SAME, {"issuer": "", "subject": "", "issued_on": None}),  # so far the clerk has typed the code alone
        (SAME, {"issued_on": date(2026, 6, 4), "is_day_typed": True}),
        (SAME, {"issued_on": date(2026, 6, 13), "unsure": frozenset({"issued_on"})}),
        (SAME, {"code_key": "", "exact": frozenset()}),
        (SAME, {"code_key": "72/ubndvx", "unsure": frozenset({"code"})}),
        (NEW, {"issued_on": date(2026, 6, 8)}),
        (NEW, {"subject": "góp ý dự thảo Kế hoạch chuyển đổi số năm 2027"}),
        (NEW, {"subject": "góp ý dự thảo Đề án chuyển đổi số năm 2026"}),
        (NEW, {"subject": "góp ý dự thảo Kế hoạch chuyển đổi số năm 2026 (đính chính)", "exact": frozenset()}),
        (NEW, {"mail_subject": "Thay thế văn bản gửi hôm qua"}),
        (NEW, {"main_name": "12_UBND-VX_ban_thay_the.pdf"}),
        (None, {"issuer": "UBND tỉnh Khánh Hòa"}),
        (None, {"issuer": "UBND xã Đắk Wil", "parent_issuer": "UBND tỉnh Lâm Đồng"}),
        (None, {"issued_on": date(2025, 6, 3)}),
        (None, {"issued_on": None, "received_on": date(2027, 6, 9)}),
        (None, {"code_key": "13/ubndvx"}),
        (None, {"code_key": "", "subject": "mời họp về Kế hoạch chuyển đổi số năm 2026"}),
        (None, {"code_key": "", "issued_on": None}),
        (None, {"code_key": "", "issuer": ""}),
        (None, {"issuer": "", "issued_on": date(2026, 6, 8)}),
    ],
)  # fmt: skip
def test_one_code_and_what_else_is_said(expected: Likeness | None, changes: dict[str, object]) -> None:
    assert judge(replace(DRAFT, **changes), ENTRY) is expected  # type: ignore[arg-type]


def test_what_both_say_of_a_replacement_is_their_matter() -> None:
    subject = "thay thế thành viên Hội đồng khoa học và công nghệ"
    assert judge(replace(DRAFT, subject=subject), replace(ENTRY, subject=subject)) is SAME


BARE = replace(DRAFT, code_key="", issuer="", subject="", issued_on=None, kind="", has_head=False, main="a" * 64)


@pytest.mark.parametrize(
    ("expected", "changes"),
    [
        (SAME, {}),
        (SAME, {"code_key": "99/ubnd", "is_code_named": True}),
        (SAME, {"code_key": "99/snv", "has_head": True}),
        (None, {"code_key": "99/snv"}),
        (None, {"mail_subject": "V/v báo cáo tình hình nước sạch nông thôn"}),
    ],
)
def test_one_main_file(expected: Likeness | None, changes: dict[str, object]) -> None:
    """Read once, or never, by both: a file with a head is a document, one without may be a form."""
    other = replace(ENTRY, has_head=False)
    assert judge(replace(BARE, **changes), other) is expected  # type: ignore[arg-type]


def test_a_form_that_documents_of_several_codes_bring_says_nothing() -> None:
    other = replace(ENTRY, has_head=False)
    assert judge(BARE, other, is_form=True) is None
    assert judge(replace(BARE, main="c" * 64), other, shares_annex=True, is_form=True) is None


def test_annexes_alone_are_no_copy() -> None:
    annexes = replace(BARE, main="c" * 64)
    assert judge(annexes, ENTRY, shares_annex=True) is ANNEX
    assert judge(replace(annexes, annex_key=ENTRY.code_key), ENTRY) is ANNEX
    assert judge(replace(annexes, annex_key="13/ubndvx"), ENTRY) is None
    assert judge(replace(annexes, annex_key=ENTRY.code_key, received_on=date(2027, 9, 1)), ENTRY) is None
    assert judge(replace(DRAFT, has_head=True, main="c" * 64, code_key="13/ubndvx"), ENTRY, shares_annex=True) is None


def test_one_package_id_is_one_document_unless_the_codes_are_two() -> None:
    one, other = replace(DRAFT, document_id="H36.1", code_key=""), replace(ENTRY, document_id="H36.1")
    assert judge(one, other) is SAME
    assert judge(replace(one, issued_on=date(2026, 6, 8)), other) is NEW
    assert judge(replace(one, code_key="13/ubndvx"), other) is None


def test_what_differs_is_named() -> None:
    changed = replace(DRAFT, issued_on=date(2026, 6, 8), subject="mời họp về chuyển đổi số cấp xã")
    assert differing(changed, ENTRY) == ["issued_on", "subject", "main"]
    assert differing(replace(ENTRY, id=2), ENTRY) == []


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("V/v góp ý dự thảo Kế hoạch khoa học và công nghệ", "góp ý dự thảo KH KH&CN", Said.ALIKE),
        ("rà soát tình hình nuôc sach nông thôn", "Ra soat tinh hinh nước sạch nông thôn năm 2026", Said.ALIKE),
        ("họp bàn giảipháp du lịch cộng đồng", "họp bàn giải pháp du lịch cộng đồng", Said.ALIKE),
        ("báo cáo kết quả quý III năm 2026", "báo cáo kết quả quý II năm 2026", Said.UNLIKE),
        ("Gửi văn bản", "góp ý dự thảo Kế hoạch", Said.UNKNOWN), ("", "", Said.UNKNOWN),
    ],
)  # fmt: skip
def test_trich_yeu_are_compared_as_people_write_them(one: str, other: str, expected: Said) -> None:
    assert compare(one, other) is compare(other, one) is expected


def test_long_trich_yeu_that_nearly_agree_take_no_time() -> None:
    one = " ".join(f"a{n:03}b" for n in range(400))
    other = " ".join(f"a{n:03}b" if n % 2 else f"a{n:03}cd" for n in range(400))
    began = time.thread_time()
    for _ in range(20):
        compare(one, other)
    assert time.thread_time() - began < 1
