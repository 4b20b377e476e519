"""Điều 23.1 NĐ 30 with real accounts over HTTP: what the work rules give to one division goes there with its number."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from desk_office import ServedOffice, served
from desk_papers import Paper, lay
from web_visitor import Visitor

from core.incoming.tables import Incoming
from core.people import Division
from core.tasks.tables import State, Task

BASIS = "Điều 12 Quy chế làm việc"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[ServedOffice]:
    with served(tmp_path) as running:
        yield running


@pytest.fixture
def people(house: ServedOffice) -> Iterator[dict[str, Visitor]]:
    found = {name: Visitor(house.address, name) for name in ("lan", "binh", "mai", "hung")}
    yield found
    for one in found.values():
        one.close()


def register(house: ServedOffice, clerk: Visitor, number: int) -> int:
    incoming_id = lay(house.office, Paper(number), received_at=datetime.now(UTC))
    with house.office.database.reading() as session:
        version = session.get_one(Incoming, incoming_id).version
    assert clerk.send(f"/den/{incoming_id}/vao-so", version=str(version), looked_at="1") == 303
    return incoming_id


def task_of(house: ServedOffice, incoming_id: int) -> Task:
    with house.office.database.reading() as session:
        return session.scalars(sa.select(Task).where(Task.incoming_id == incoming_id)).one()


def order(house: ServedOffice, director: Visitor, kind: str) -> None:
    with house.office.database.reading() as session:
        lead = session.scalars(sa.select(Division.id).where(Division.name == "Phòng Quản lý Khoa học")).one()
    fields = {"basis": BASIS, "kind": kind, "form": "no_file", "lead": f"d{lead}", "days": "5"}
    tried = director.sent("/chuyen-thang", **fields)
    mark = tried.split('name="tried" value="')[1].split('"')[0]
    assert director.send("/chuyen-thang", tried=mark, **fields) == 303


def test_23_1_what_the_work_rules_give_to_one_division_goes_there_with_its_number(
    house: ServedOffice, people: dict[str, Visitor]
) -> None:
    order(house, people["binh"], Paper(1).document().kind)
    straight, usual = register(house, people["lan"], 1), register(house, people["lan"], 2)
    assert (task_of(house, straight).state, task_of(house, usual).state) == (State.WITH_HEAD, State.SUBMITTED)
    assert f"/den/{straight}" in people["mai"].page("/viec")
    assert f"/den/{usual}" not in people["mai"].page("/viec")
    said = f"Chuyển thẳng cho Phòng Quản lý Khoa học theo {BASIS} (lệnh của Phạm Quốc Bình)"
    assert said in people["mai"].page(f"/den/{straight}")
    desk = people["binh"].page("/duyet")
    assert "Đã chuyển thẳng hôm nay" in desk and f'id="v{task_of(house, usual).id}"' in desk
    assert f'id="v{task_of(house, straight).id}"' not in desk
    task = task_of(house, straight)
    assert people["hung"].send(f"/viec/{task.id}/tra-noi-giao", version="2", reason="Không đúng phòng") == 404
    assert people["mai"].send(f"/viec/{task.id}/tra-noi-giao", version="2", reason="Không đúng phòng") == 303
    assert f'id="v{task.id}"' in people["binh"].page("/duyet")
    assert people["mai"].status(f"/den/{straight}") == 404
