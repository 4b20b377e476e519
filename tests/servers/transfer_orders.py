"""Orders that documents go straight to their handler, in the office of `task_office`."""

from datetime import datetime
from typing import Any

from task_office import MORNING, Office

from core.tasks import ordering
from core.tasks.ordering import Wanted
from core.tasks.tables import Form, Task, TransferOrder

BASIS = "Điều 12 Quy chế làm việc"


def wanted(office: Office, **typed: Any) -> Wanted:
    usual: dict[str, Any] = {"basis": BASIS, "form": Form.NO_FILE, "lead": office.division("QLKH"), "kind": "Thông báo"}
    return Wanted(**(usual | typed))


def order(office: Office, *, by: str = "director", at: datetime = MORNING, **typed: Any) -> int:
    with office.database.writing() as session:
        return ordering.order(session, wanted(office, **typed), by=office.user(session, by), at=at).id


def end(office: Office, order_id: int, *, by: str = "director", at: datetime = MORNING) -> None:
    with office.database.writing() as session:
        row = session.get_one(TransferOrder, order_id)
        ordering.end(session, row, by=office.user(session, by), at=at)


def task_of(office: Office, task_id: int) -> Task:
    with office.database.reading() as session:
        return session.get_one(Task, task_id)
