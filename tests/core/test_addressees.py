"""Whom a document names, against the office's names, predecessors and groups (Điều 21.2 NĐ 30)."""

from datetime import UTC, date, datetime

import pytest

from config.profiles import profile
from config.vocabulary import vocabulary
from core import profiles
from core.db import Database
from core.evidence import Evidence, Source
from core.incoming.addressees import note_of
from core.office import OfficeName

AT = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
OURS = (
    "Sở Khoa học và Công nghệ tỉnh Lâm Đồng", "Sở Khoa học và Công nghệ", "SỞ KHOA HỌC VÀ CÔNG NGHỆ",
    "Giám đốc Sở KH&CN Lâm Đồng", "Sở KHCN", "Sở Khoa học và Công nghệ tỉnh Đắk Nông", "Phòng Chuyển đổi số",
    "Sở Khoa học và Công nghệ các tỉnh, thành phố trực thuộc Trung ương", "Các sở, ban, ngành thuộc tỉnh",
    "Sở Khoa học và Công nghệ tỉnh, thành phố", "Thủ trưởng các cơ quan, đơn vị", "Các Sở: Tài chính, Nội vụ",
    "Sở Tài chính; Sở Khoa học và Công nghệ", "Sở Tài chính, Sở Khoa học và Công nghệ", "Như trên", "Quý cơ quan",
    "Văn phòng Sở", "Đảng ủy, Ban Giám đốc Sở Khoa học và Công nghệ", "Đồng chí Nguyễn Văn Mẫu", "Ban Giám đốc",
    "Sở Khoa học & Công nghệ", "Sở Khoa học, Công nghệ tỉnh Lâm Đồng", "Sở KH-CN", "Giám đốc Sở KH và CN",
    "Sở ban ngành", "Sở, ban, ngành cấp tỉnh", "Các doanh nghiệp và các đơn vị liên quan",
    "Chi cục Tiêu chuẩn Đo lường Chất lượng", "Lãnh đạo Sở",
)  # fmt: skip
OTHERS = (
    "Sở Nông nghiệp và Môi trường tỉnh Lâm Đồng", "Sở Khoa học và Công nghệ tỉnh Khánh Hòa", "UBND xã Đắk Wil",
    "Sở Khoa học và Công nghệ TP. Hồ Chí Minh", "Ủy ban nhân dân các xã, phường, đặc khu", "Bộ Y tế Việt Nam",
    "Ủy ban nhân dân cấp xã", "UBND xã, phường", "Sở VH, TT và DL tỉnh Lâm Đồng",
    "Công an tỉnh Lâm Đồng", "Trường Đại học Đà Lạt", "Sở Tài chính; Sở Nội vụ", "Ủy ban nhân dân tỉnh Lâm Đồng",
)  # fmt: skip


def said(**values: str) -> dict[str, Evidence]:
    return {name: Evidence(value, 0.85, Source.TEXT) for name, value in values.items()}


@pytest.fixture
def opened(database: Database) -> Database:
    with database.writing() as session:
        profiles.open_office(session, profile("so-khcn-lam-dong"), vocabulary("document_kinds")["kind"], at=AT)
    return database


def test_only_what_names_none_of_ours_is_surely_for_others(opened: Database) -> None:
    with opened.reading() as session:
        doubted = [name for name in OURS if note_of(session, said(recipients=name))]
        passed = [name for name in OTHERS if note_of(session, said(recipients=name)) != (f"misaddressed:{name}",)]
    assert (doubted, passed) == ([], [])


@pytest.mark.parametrize(
    ("copies", "is_doubted"),
    [
        ("Sở Nội vụ", True), ("Lãnh đạo Sở", True), ("Phòng Hành chính", True), ("Sở KH&CN", False),
        ("Các sở, ngành liên quan", False), ("Sở Khoa học và Công nghệ tỉnh Khánh Hòa", True),
    ],
)  # fmt: skip
def test_a_copy_for_us_is_enough(opened: Database, copies: str, is_doubted: bool) -> None:
    with opened.reading() as session:
        note = note_of(session, said(recipients="Sở Tài chính tỉnh Lâm Đồng", copies_to=copies))
    assert bool(note) is is_doubted


def test_who_is_invited_counts_too_and_our_own_papers_are_never_wrong(opened: Database) -> None:
    with opened.reading() as session:
        assert note_of(session, said(invited="Sở Tài chính tỉnh Lâm Đồng")) == (
            "misaddressed:Sở Tài chính tỉnh Lâm Đồng",
        )
        assert not note_of(session, said(recipients="Sở Tài chính tỉnh Lâm Đồng", invited="Lãnh đạo Sở KHCN"))
        assert not note_of(session, said(recipients="UBND tỉnh Lâm Đồng", issuer="Sở Khoa học và Công nghệ"))
        assert not note_of(session, said(subject="góp ý"))


def test_a_commune_is_known_by_its_place(database: Database) -> None:
    with database.writing() as session:
        session.add(
            OfficeName(
                name="Ủy ban nhân dân xã Đắk Wil", parent_name="UBND tỉnh Lâm Đồng", code="UBND", place="Đắk Wil",
                valid_from=date(2025, 7, 1),
            )
        )  # fmt: skip
        session.flush()
        for name in ("UBND xã Đắk Wil", "Ủy ban nhân dân các xã, phường", "Chủ tịch UBND xã Đắk Wil", "UBND cấp xã",
                     "UBND xã", "UBND xã, phường, đặc khu"):  # fmt: skip
            assert not note_of(session, said(recipients=name)), name
        for name in ("UBND xã Nâm N'Jang", "UBND tỉnh Lâm Đồng", "UBND tỉnh", "Các trường tiểu học"):
            assert note_of(session, said(recipients=name)), name


def test_an_office_without_a_name_doubts_nothing(database: Database) -> None:
    with database.reading() as session:
        assert not note_of(session, said(recipients="Sở Tài chính tỉnh Lâm Đồng"))
