"""Tables of agencies: read as spreadsheets save them, looked at line by line, written, and given back."""

import time
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from agency_letters import HOME, MORNING, PROVINCE, MailRoom

from core.agencies import importing
from core.agencies.planning import Fate
from core.agencies.sheet import Line, read_table, write_table
from core.agencies.tables import Agency, AgencyName
from core.errors import NotAllowed, Permanent
from core.people import User

TITLES = (
    "Tên cơ quan;Cơ quan cấp trên;Ký hiệu;Mã định danh;Địa chỉ thư;Tên gọi khác;Thôi hoạt động từ ngày;Cơ quan kế thừa"
)
FULL = (
    Line(2, "Sở A", PROVINCE, "Cấp tỉnh", (("SA", date(2025, 3, 1), None), ("SAB", None, date(2025, 2, 28))),
         (("H36.09", None, None),), ("vanthu@a.gov.vn", "@a.gov.vn"), (("Sở Á", ""), ("Sở AA", "UBND tỉnh Cũ")),
         None, (), "Dòng một\nDòng hai"),
    Line(3, "UBND huyện B", PROVINCE, "Cấp huyện (trước 01/7/2025)", (), (), (), (), date(2025, 7, 1),
         (("UBND xã C", PROVINCE), ("UBND xã D", PROVINCE)), ""),
    Line(4, "UBND xã C", PROVINCE), Line(5, "UBND xã D", PROVINCE, note="=1+1"),
)  # fmt: skip


@pytest.fixture
def room(office: Any) -> MailRoom:
    return MailRoom(office)


def fates(room: MailRoom, content: bytes) -> list[tuple[int, Fate]]:
    with room.office.database.reading() as session:
        return [(one.number, one.fate) for one in importing.preview(session, content, ("gmail.com",))]


def write(room: MailRoom, content: bytes) -> list[tuple[int, Fate]]:
    with room.office.database.writing() as session:
        done = importing.write(session, content, ("gmail.com",), by=room.clerk(session), at=MORNING)
        return [(one.number, one.fate) for one in done]


def table(room: MailRoom) -> bytes:
    with room.office.database.reading() as session:
        return write_table(importing.lines(session))


def test_a_table_goes_into_the_book_and_comes_back_equal(room: MailRoom) -> None:
    content = write_table(FULL)
    assert [fate for _, fate in fates(room, content)] == [Fate.NEW] * 4
    assert room.agencies() == [], "looking writes nothing"
    write(room, content)
    again = table(room)
    assert sorted(again.splitlines()) == sorted(content.splitlines())
    assert [fate for _, fate in fates(room, again)] == [Fate.SAME] * 4
    write(room, again)
    assert table(room) == again


def test_a_line_adds_what_the_book_lacks_and_takes_nothing_out(room: MailRoom) -> None:
    room.enters()
    content = f"{TITLES}\n{HOME};{PROVINCE};SNV | TCCB;;;;;\n".encode()
    assert write(room, content) == [(2, Fate.CHANGED)] and fates(room, content) == [(2, Fate.SAME)]
    assert room.said() == ({HOME: 1}, {"SNV": 1, "TCCB": 0}, {"vanthu.snv@mau.gov.vn": 1})
    with room.office.database.reading() as session:
        assert session.scalars(sa.select(Agency.is_checked)).one()


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_it_is_read_as_spreadsheets_save_it(separator: str, mark: str, end: str) -> None:
    text = mark + end.join([TITLES, '"Sở ""A"";\n hai";UBND tỉnh', "", "Sở B"]).replace(";", separator)
    found = read_table(text.encode())
    assert [(line.number, line.name, line.parent) for line in found] == [
        (2, f'Sở "A"{separator.strip()} hai', "UBND tỉnh"),
        (5, "Sở B", ""),
    ]
    assert read_table(f"sep={separator}{end}".encode() + text.lstrip("\ufeff").encode())[0].number == 3


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (TITLES.encode("utf-16"), "CSV UTF-8"), (TITLES.encode("cp1258", "replace"), "CSV UTF-8"),
        (f"{TITLES}\nSë Khoa häc vµ C«ng nghÖ;ñy ban nh©n d©n tØnh\n".encode(), "phông chữ cũ"),
        (b"Ten;Cap\nA;B", "cột lạ"), (b"", "Tên cơ quan"), (f'{TITLES}\n"Sở A'.encode() + b"x" * 200_000, "Dòng 2"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_what_to_do(content: bytes, says: str) -> None:
    with pytest.raises(Permanent, match=says):
        read_table(content)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (";UBND", "tên cơ quan"), ("Sở A;;?;", "chữ viết tắt"), ("Sở A;;;H999;", "Mã định danh"),
        ("Sở A;;;;@gmail.com", "không của riêng"), ("Sở A;;;;khong-phai", "địa chỉ thư"),
        ("Sở A;;SA (từ 31/02/2025)", "Không đọc được ngày"), ("Sở A;;;;;;1/7/25", "Không đọc được ngày"),
        ("Sở A;;SA (từ 02/01/2025 đến 01/01/2025)", "đứng trước"), ("Sở A;;;;;;;Sở B", "ngày thôi hoạt động"),
        ("Sở A;;;;;;01/07/2025;Sở B", "chưa có trong danh bạ"), ("Sở A;;;;;;01/07/2025;Sở A", "chính mình"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_named_and_the_others_are_written(room: MailRoom, line: str, says: str) -> None:
    content = f"{TITLES}\n{line}\nSở Đúng;\nSở Đúng;\n".encode()
    with room.office.database.reading() as session:
        done = importing.preview(session, content, ("gmail.com",))
    assert [(one.number, one.fate) for one in done] == [(2, Fate.WRONG), (3, Fate.NEW), (4, Fate.WRONG)]
    assert says in done[0].words and "Trùng với dòng 3" in done[2].words
    write(room, content)
    assert room.agencies() == ["Sở Đúng"]


def test_what_a_spreadsheet_would_reckon_is_made_harmless() -> None:
    names = ["=1+1", "+84", "-x", "@a", "'=1", "''", "'", "a=1"]
    content = write_table([Line(2, "Sở", note=name) for name in names])
    cells = [row.rsplit('","', 1)[1].rstrip('"\r') for row in content.decode("utf-8-sig").split("\n")[1:-1]]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert [line.note for line in read_table(content)] == names


def test_who_does_not_keep_the_book_writes_nothing(room: MailRoom) -> None:
    with room.office.database.writing() as session, pytest.raises(NotAllowed):
        leader = session.get_one(User, room.office.leader_id)
        importing.write(session, write_table(FULL), (), by=leader, at=MORNING)


def test_ten_thousand_lines_within_seconds(room: MailRoom) -> None:
    many = [
        Line(n, f"UBND xã Số {n}", f"UBND tỉnh {n % 34}", "", ((f"UBND{n}", None, None),), (), (f"x{n}@mau.gov.vn",))
        for n in range(2, 10_002)
    ]
    content = write_table(many)
    began = time.perf_counter()
    assert {fate for _, fate in fates(room, content)} == {Fate.NEW}
    looked = time.perf_counter()
    write(room, content)
    wrote = time.perf_counter()
    print(f"10,000 lines: looked at in {looked - began:.1f} s, written in {wrote - looked:.1f} s")
    assert wrote - began < 30
    with room.office.database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(AgencyName)) == 10_000
