"""Who stands above the office, so that a return needs a second nod (Điều 21.2 NĐ 30)."""

import pytest
import sqlalchemy as sa
from answer_desk import AnswerDesk

from core.agencies.tables import Agency, Level
from core.answers import returning

WHY = "Gửi nhầm cơ quan"


@pytest.mark.parametrize(
    ("issuer", "parent", "is_above"),
    [
        ("Bộ Khoa học và Công nghệ", "", True), ("Cục Sở hữu trí tuệ", "Bộ Khoa học và Công nghệ", True),
        ("Văn phòng Ủy ban nhân dân tỉnh", "", True), ("Tỉnh ủy Mẫu", "", True), ("UBND tỉnh Mẫu", "", True),
        ("Thủ tướng Chính phủ", "", True), ("Sở Nội vụ", "Ủy ban nhân dân tỉnh Mẫu", False),
        ("Bộ chỉ huy quân sự tỉnh Mẫu", "", True), ("Ủy ban nhân dân xã Hòa", "", False), ("", "", True),
        ("Thanh tra Chính phủ", "", True), ("Văn phòng Trung ương Đảng", "", True), ("VP UBND tỉnh Mẫu", "", True),
        ("Ngân hàng Nhà nước Việt Nam", "", True), ("Ban Tổ chức Tỉnh ủy", "", True), ("Tổng cục Thống kê", "", True),
        ("Uỷ ban nhân dân Tỉnh", "", True), ("Chủ tịch UBND tỉnh Mẫu", "", True), ("BỘ KH&CN", "", True),
        ("Tòa án nhân dân tối cao", "", True), ("Trung tâm Xúc tiến", "Bộ Công Thương", True),
        ("Chi cục Kiểm lâm", "Sở Nông nghiệp và Môi trường", False), ("UBND phường Bắc Gia Nghĩa", "", False),
        ("Trường Đại học Mẫu", "", False), ("HĐND tỉnh Mẫu", "", True), ("HĐND xã Hòa", "", False),
    ],
)  # fmt: skip
def test_who_stands_above(desk: AnswerDesk, issuer: str, parent: str, is_above: bool) -> None:
    document = desk.arrives(read={"issuer": issuer, "parent_issuer": parent})
    made = desk.act(returning.ask, document, WHY)
    assert (made.is_agreed is None) is is_above


def test_what_the_address_book_knows_to_stand_below_needs_no_nod(desk: AnswerDesk) -> None:
    academy = {"issuer": "Học viện Mẫu", "parent_issuer": ""}
    for _ in range(2):
        desk.enter(desk.arrives("hv@mau.example", read=academy))
    for level, asks in ((Level.UNKNOWN, True), (Level.OTHER, False), (Level.CENTRE, True)):
        with desk.office.database.writing() as session:
            session.execute(sa.update(Agency).where(Agency.name == "Học viện Mẫu").values(level=level))
        made = desk.act(returning.ask, desk.arrives("hv@mau.example", read=academy), WHY)
        assert (made.is_agreed is None) is asks, level
