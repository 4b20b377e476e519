"""The tables of tasks."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class State(StrEnum):
    """Where a task stands."""

    SUBMITTED = "submitted"  # đã trình, chờ duyệt
    SUGGESTING = "suggesting"  # chờ Văn phòng đề xuất
    DEPUTED = "deputed"  # chờ Phó Giám đốc chỉ đạo
    RETURNED = "returned"  # trả lại văn thư
    WITH_HEAD = "with_head"  # đã giao phòng, chờ trưởng phòng phân công
    GIVEN = "given"  # đã giao người, chờ nhận việc
    IN_PROGRESS = "in_progress"  # đang xử lý
    REPORTED = "reported"  # báo hoàn thành, chờ xác nhận
    DONE = "done"  # đã xong
    FILED = "filed"  # để biết và lưu trữ
    WITHDRAWN = "withdrawn"  # thôi xử lý: số đến đã hủy, văn bản bị thu hồi


STATE_NAMES = {
    State.SUBMITTED: "Chờ duyệt",
    State.SUGGESTING: "Chờ Văn phòng đề xuất",
    State.DEPUTED: "Chờ Phó Giám đốc chỉ đạo",
    State.RETURNED: "Trả lại văn thư",
    State.WITH_HEAD: "Chờ trưởng phòng phân công",
    State.GIVEN: "Chờ nhận việc",
    State.IN_PROGRESS: "Đang xử lý",
    State.REPORTED: "Chờ xác nhận hoàn thành",
    State.DONE: "Đã xong",
    State.FILED: "Để biết và lưu",
    State.WITHDRAWN: "Thôi xử lý",
}


class Form(StrEnum):
    """How a document is given out (Điều 6.1)."""

    FOR_INFORMATION = "for_information"  # a. để biết và lưu trữ
    NO_FILE = "no_file"  # b. xử lý không lập hồ sơ công việc
    WORK_FILE = "work_file"  # c. xử lý, lập hồ sơ công việc


FORM_NAMES = {
    Form.FOR_INFORMATION: "Để biết và lưu",
    Form.NO_FILE: "Xử lý, không lập hồ sơ",
    Form.WORK_FILE: "Lập hồ sơ công việc",
}


class Part(StrEnum):
    """What somebody beside the lead is to a task."""

    CO_HANDLER = "co_handler"  # phối hợp
    INFORMED = "informed"  # để biết


PART_NAMES = {Part.CO_HANDLER: "Phối hợp", Part.INFORMED: "Để biết"}


class Asked(StrEnum):
    """What a handler asks for."""

    EXTENSION = "extension"  # xin gia hạn
    CO_HANDLER = "co_handler"  # đề nghị phối hợp (Điều 7.2)


_LED = "state <> 'with_head' OR lead_division_id IS NOT NULL"
_HANDLED = "state NOT IN ('given', 'in_progress', 'reported', 'done') OR handler_id IS NOT NULL"
_UNLED = "form <> 'for_information' OR (lead_division_id IS NULL AND handler_id IS NULL)"


class Task(Base):
    """The handling of one incoming document, or a duty without one (`incoming_id` None, `title` says what is to be
    done).

    The lead (chủ trì) is a division and in it the person who handles: one of each at most, so there is never a second
    lead; a document that is for information has none. `is_personal` when a leader named the person, not the division
    (then the person's own, for its head to see).
    `due_at` is an ISO date, or date and hour. `suggested` is what the office's staff proposed (`core.tasks.directing`),
    `acted_at` when somebody first acted on the assignment: until then it can be taken back. `last_act` names the act
    that made this version, so that a repeat of it is known. `order_id` is the order by which it went straight to its
    division, `is_transferred` while it stands so: nobody has given it anew. `waits_because` says why orders that fit it
    sent it nowhere.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        sa.CheckConstraint(_LED, name="has_a_lead"),
        sa.CheckConstraint(_HANDLED, name="has_a_handler"),
        sa.CheckConstraint(_UNLED, name="information_has_no_lead"),
        sa.CheckConstraint("incoming_id IS NOT NULL OR title <> ''", name="about_something"),
        sa.Index("ix_tasks_state", "state", "due_at"),
        sa.Index("ix_tasks_handler", "handler_id", "state"),
        sa.Index("ix_tasks_division", "lead_division_id", "state"),
        sa.Index("ix_tasks_deputy", "deputy_id", "state"),
        sa.Index("ix_tasks_directed_by", "directed_by", "state", "directed_at"),
        sa.Index(
            "ix_tasks_transferred", "submitted_at", "order_id",
            sqlite_where=sa.text("order_id IS NOT NULL"), postgresql_where=sa.text("order_id IS NOT NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012
    incoming_id: Mapped[int | None] = mapped_column(sa.ForeignKey("incoming.id"), unique=True)
    title: Mapped[str] = mapped_column(sa.Text, default="")
    state: Mapped[str] = mapped_column(sa.String(12), default=State.SUBMITTED)
    form: Mapped[str] = mapped_column(sa.String(16), default="")
    lead_division_id: Mapped[int | None] = mapped_column(sa.ForeignKey("divisions.id"))
    handler_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    is_personal: Mapped[bool] = mapped_column(default=False)
    deputy_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))  # PGĐ chỉ đạo
    instruction: Mapped[str] = mapped_column(sa.Text, default="")  # ý kiến chỉ đạo
    due_at: Mapped[str] = mapped_column(sa.String(16), default="")
    suggested: Mapped[dict[str, Any]] = mapped_column(default=dict)
    submitted_at: Mapped[datetime]
    submitted_by: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    directed_at: Mapped[datetime | None]
    directed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    directed_for: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    acted_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(sa.Text, default="")  # kết quả xử lý
    closed_at: Mapped[datetime | None]
    urged_at: Mapped[datetime | None]
    last_act: Mapped[str] = mapped_column(sa.String(60), default="")
    duty_id: Mapped[int | None] = mapped_column(sa.ForeignKey("duties.id"), index=True)
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("transfer_orders.id"))  # lệnh chuyển thẳng
    is_transferred: Mapped[bool] = mapped_column(default=False)
    waits_because: Mapped[str] = mapped_column(sa.Text, default="")


class TaskPart(Base):
    """A division or a person beside the lead. A co-handler has answered, was waived, or is still waited for."""

    __tablename__ = "task_parts"
    __table_args__ = (
        sa.UniqueConstraint("task_id", "part", "division_id"),
        sa.UniqueConstraint("task_id", "part", "user_id"),
        sa.CheckConstraint("(division_id IS NULL) <> (user_id IS NULL)", name="somebody"),
        sa.Index("ix_task_parts_user", "user_id", "part"),
        sa.Index("ix_task_parts_division", "division_id", "part"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(sa.ForeignKey("tasks.id"))
    part: Mapped[str] = mapped_column(sa.String(12))
    division_id: Mapped[int | None] = mapped_column(sa.ForeignKey("divisions.id"))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    answer: Mapped[str] = mapped_column(sa.Text, default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    waived_reason: Mapped[str] = mapped_column(sa.Text, default="")
    waived_at: Mapped[datetime | None]

    @property
    def is_settled(self) -> bool:
        """Whether nothing more is waited for."""
        return self.part == Part.INFORMED or self.answered_at is not None or self.waived_at is not None


class TaskReader(Base):
    """A person who is to know of a task (để biết), himself or with his division; `seen_at` when he first opened it."""

    __tablename__ = "task_readers"
    __table_args__ = (
        sa.Index(
            "ix_task_readers_unseen", "user_id",
            sqlite_where=sa.text("seen_at IS NULL"), postgresql_where=sa.text("seen_at IS NULL"),
        ),
    )  # fmt: skip

    task_id: Mapped[int] = mapped_column(sa.ForeignKey("tasks.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    seen_at: Mapped[datetime | None]


class TaskRequest(Base):
    """What a handler asked for: `due_at` of an extension, or whom to join in; open until it is decided."""

    __tablename__ = "task_requests"
    __table_args__ = (
        sa.Index(
            "uq_task_requests_open", "task_id", "kind", unique=True,
            sqlite_where=sa.text("decided_at IS NULL"), postgresql_where=sa.text("decided_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(sa.ForeignKey("tasks.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(12))
    due_at: Mapped[str] = mapped_column(sa.String(16), default="")
    division_id: Mapped[int | None] = mapped_column(sa.ForeignKey("divisions.id"))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(sa.Text)
    asked_by: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    asked_at: Mapped[datetime]
    is_granted: Mapped[bool | None]
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(sa.Text, default="")


class Duty(Base):
    """A duty that comes again (nhiệm vụ định kỳ): a task is made of it each time it falls due.

    `every` is week, month or quarter; `next_on` the day on which the next task is made, `days` the working days given
    for it.
    """

    __tablename__ = "duties"
    __table_args__ = (sa.CheckConstraint("every IN ('week', 'month', 'quarter', 'year')", name="known_period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sa.Text)
    instruction: Mapped[str] = mapped_column(sa.Text, default="")
    every: Mapped[str] = mapped_column(sa.String(8))
    day: Mapped[int]
    days: Mapped[int]
    next_on: Mapped[str] = mapped_column(sa.String(10))
    lead_division_id: Mapped[int | None] = mapped_column(sa.ForeignKey("divisions.id"))
    handler_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    made_by: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class TransferOrder(Base):
    """An order that documents which fit it go straight to their handler, as the work rules say (chuyển thẳng, Điều 23.1
    NĐ 30). Never changed: ended and made anew.

    `basis` names the article of the work rules. A document fits when it is of that `kind`, of that agency of the
    address book (else of that `issuer`), and its trích yếu has these `words`; at least one of them is said. `days` are
    the working days given where the document has no deadline of its own. It runs on the office's days from `starts_on`
    to `ends_on`, both included, None: without end. `made_for` is the Director for whom who was authorised gave it.
    """

    __tablename__ = "transfer_orders"
    __table_args__ = (
        sa.CheckConstraint("lead_division_id IS NULL OR lead_user_id IS NULL", name="one_lead"),
        sa.CheckConstraint("kind <> '' OR issuer <> '' OR words <> ''", name="some_condition"),
        sa.CheckConstraint("basis <> ''", name="some_basis"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    basis: Mapped[str] = mapped_column(sa.String(300))  # điều, khoản của Quy chế làm việc
    kind: Mapped[str] = mapped_column(sa.String(100), default="")
    agency_id: Mapped[int | None] = mapped_column(sa.ForeignKey("agencies.id"))
    issuer: Mapped[str] = mapped_column(sa.String(300), default="")  # as typed
    words: Mapped[str] = mapped_column(sa.String(200), default="")
    is_urgent_too: Mapped[bool] = mapped_column(default=False)  # also what is hỏa tốc
    form: Mapped[str] = mapped_column(sa.String(16))
    lead_division_id: Mapped[int | None] = mapped_column(sa.ForeignKey("divisions.id"))
    lead_user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    days: Mapped[int | None]
    instruction: Mapped[str] = mapped_column(sa.Text, default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    made_by: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    made_for: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    made_at: Mapped[datetime]
    ended_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    ended_at: Mapped[datetime | None]
