"""The people of the office that tests look at: one of each role, two divisions of specialists."""

from datetime import datetime

from sqlalchemy.orm import Session

from core import people
from core.people import Division, Role

PASSWORD = "Mùa xuân 2026 ở Gia Nghĩa"
DIVISIONS = ("Lãnh đạo Sở", "Văn phòng Sở", "Phòng Quản lý Khoa học", "Phòng Chuyển đổi số")
PEOPLE = {
    "lan": ("Nguyễn Thị Lan", Role.CLERK, "Văn thư", "Văn phòng Sở"),
    "hung": ("Trần Văn Hùng", Role.SPECIALIST, "Chuyên viên", "Phòng Quản lý Khoa học"),
    "mai": ("Lê Thị Mai", Role.HEAD, "Trưởng phòng", "Phòng Quản lý Khoa học"),
    "binh": ("Phạm Quốc Bình", Role.DIRECTOR, "Giám đốc", "Lãnh đạo Sở"),
    "hoa": ("Đỗ Thị Hoa", Role.OFFICE_CHIEF, "Chánh Văn phòng", "Văn phòng Sở"),
    "kha": ("Hồ Minh Kha", Role.CUSTODIAN, "Người giữ thư", "Văn phòng Sở"),
    "quan": ("Vũ Anh Quân", Role.ADMIN, "Quản trị kỹ thuật", "Phòng Chuyển đổi số"),
    "thu": ("Võ Anh Thư", Role.LEADER, "Phó Giám đốc", "Lãnh đạo Sở"),
    "nga": ("Bùi Thị Nga", Role.SPECIALIST, "Chuyên viên", "Phòng Quản lý Khoa học"),
    "son": ("Đinh Văn Sơn", Role.HEAD, "Trưởng phòng", "Phòng Chuyển đổi số"),
    "y": ("Y Thinh Niê", Role.SPECIALIST, "Chuyên viên", "Phòng Chuyển đổi số"),
}


def add_everybody(session: Session, password_hash: str, *, at: datetime) -> None:
    """The divisions and an account for each person."""
    divisions = {}
    for position, name in enumerate(DIVISIONS):
        session.add(division := Division(name=name, position=position))
        session.flush()
        divisions[name] = division.id
    for username, (name, role, title, division_name) in PEOPLE.items():
        people.add(
            session, username, name, {role}, password_hash, at=at, title=title, must_change_password=False,
            division_id=divisions[division_name],
        )  # fmt: skip
