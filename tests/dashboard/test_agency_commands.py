"""`congvan agencies`: the address book in and out of a table."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from config.command_line import parser
from core.agencies.tables import Agency
from core.errors import Permanent
from core.events import Event
from dashboard import agency_commands
from dashboard.web import Office


def run(office: Office, *words: str) -> list[str]:
    return list(agency_commands.run(parser().parse_args(["agencies", *words]), office.database, office.clock))


def test_a_table_is_tried_then_written_and_given_back(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "danh-ba.csv"
    path.write_text("Tên cơ quan;Ký hiệu\nSở Nội vụ;SNV\n;X\n", encoding="utf-8")
    wrong = "Dòng 3: lỗi: . Ghi tên cơ quan như trên văn bản, ví dụ «Sở Khoa học và Công nghệ»."
    assert run(office, "import", "--try", str(path)) == [
        "Dòng 2: thêm mới: Sở Nội vụ.", wrong, "Sẽ làm: 1 lỗi, 1 thêm mới.",
    ]  # fmt: skip
    assert run(office, "import", str(path)) == [wrong, "Đã làm: 1 lỗi, 1 thêm mới."]
    with office.database.reading() as session:
        assert session.scalars(sa.select(Agency.name)).all() == ["Sở Nội vụ"]
        act = session.execute(sa.select(Event.act, Event.actor_id).where(Event.subject_kind == "agency")).one()
        assert tuple(act) == ("agency_imported", None)
    [table] = run(office, "export")
    path.write_text(table, encoding="utf-8")
    assert run(office, "import", str(path)) == ["Đã làm: 1 đã có đủ."]


def test_a_file_that_is_not_there_is_said(office: Office, tmp_path: Any) -> None:
    with pytest.raises(Permanent, match="Không có tệp"):
        run(office, "import", str(tmp_path / "none.csv"))
