"""Who may see and do: one predicate, and the same rule as an SQL filter.

Source: Quy chế 63/QĐ-SKHCN, Chương III, Điều 9.4; NĐ 30/2020 Phụ lục VI (quyền theo từng văn bản).
"""

from collections.abc import Collection
from enum import StrEnum
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from core.answers.tables import AWAITS_NOD, DocumentReturn
from core.errors import NotAllowed
from core.incoming.tables import Incoming, ReadingGrant, State
from core.people import Role, User, UserRole
from core.registers import Book
from core.tasks.tables import Part, Task, TaskPart


class Right(StrEnum):
    """An act that needs a right of its own, besides reading a document."""

    REGISTER = "register"  # vào sổ, nhập tay, không cập nhật
    VOID = "void"  # hủy số
    SEE_HELD = "see_held"  # xem thư bị giữ, thư không vào sổ
    RELEASE_EXCLUDED = "release_excluded"  # giải tỏa báo nhầm
    REMOVE_CONTENT = "remove_content"  # gỡ nội dung
    SEE_BOOKS = "see_books"  # Sổ văn bản đến
    CHECK_BOOKS = "check_books"
    SEARCH = "search"  # Tìm kiếm: finds what the person may read
    DIRECT = "direct"  # Duyệt văn bản đến: lãnh đạo, người được ủy quyền, Văn phòng đề xuất
    WORK = "work"  # Công việc của tôi
    GRANT_READING = "grant_reading"  # trả lời «Xin quyền đọc»
    GIVE_WORK = "give_work"  # giao việc không có văn bản
    KEEP_AGENCIES = "keep_agencies"  # sửa Danh bạ cơ quan; who may search reads it
    OPEN_SERIES = "open_series"  # xác nhận số bắt đầu của sổ
    SEE_MAILBOXES = "see_mailboxes"
    SEE_BACKUPS = "see_backups"  # Sao lưu
    RUN_MAILBOXES = "run_mailboxes"  # kiểm tra kết nối, lấy thư ngay
    SEE_OUTBOX = "see_outbox"  # Gửi đi: of what a person may not read, only how far it got
    RUN_OUTBOX = "run_outbox"  # gửi lại, hủy, tạm dừng gửi
    KEEP_ANSWERS = "keep_answers"  # nơi gửi được báo gì
    AGREE_RETURNS = "agree_returns"  # đồng ý trả lại văn bản của cấp trên


_HOLDERS: dict[Right, frozenset[Role]] = {
    Right.REGISTER: frozenset({Role.CLERK}),
    Right.VOID: frozenset({Role.CLERK}),
    Right.SEE_HELD: frozenset({Role.CLERK, Role.CUSTODIAN}),
    Right.RELEASE_EXCLUDED: frozenset({Role.CUSTODIAN}),
    Right.REMOVE_CONTENT: frozenset({Role.CUSTODIAN}),
    Right.SEE_BOOKS: frozenset({Role.CLERK, Role.LEADER, Role.OFFICE_CHIEF, Role.HEAD, Role.SPECIALIST}),
    Right.SEARCH: frozenset({Role.CLERK, Role.LEADER, Role.OFFICE_CHIEF, Role.HEAD, Role.SPECIALIST}),
    Right.CHECK_BOOKS: frozenset({Role.CLERK, Role.LEADER, Role.OFFICE_CHIEF}),
    Right.DIRECT: frozenset({Role.LEADER, Role.OFFICE_CHIEF}),
    Right.WORK: frozenset({Role.CLERK, Role.LEADER, Role.OFFICE_CHIEF, Role.HEAD, Role.SPECIALIST}),
    Right.GRANT_READING: frozenset({Role.CLERK, Role.LEADER, Role.OFFICE_CHIEF}),
    Right.GIVE_WORK: frozenset({Role.LEADER, Role.OFFICE_CHIEF, Role.HEAD}),
    Right.KEEP_AGENCIES: frozenset({Role.CLERK}),
    Right.OPEN_SERIES: frozenset({Role.CLERK}),
    Right.SEE_MAILBOXES: frozenset({Role.CLERK, Role.ADMIN}),
    Right.SEE_BACKUPS: frozenset({Role.LEADER, Role.OFFICE_CHIEF, Role.ADMIN}),
    Right.RUN_MAILBOXES: frozenset({Role.CLERK, Role.ADMIN}),
    Right.SEE_OUTBOX: frozenset({Role.CLERK, Role.LEADER, Role.OFFICE_CHIEF, Role.ADMIN}),
    Right.RUN_OUTBOX: frozenset({Role.CLERK}),
    Right.KEEP_ANSWERS: frozenset({Role.CLERK, Role.OFFICE_CHIEF}),
    Right.AGREE_RETURNS: frozenset({Role.LEADER, Role.OFFICE_CHIEF}),
}
# Held letters whose reason says nothing of secrets or citizens' petitions: the clerk decides about these.
_PLAIN_REASONS = frozenset({
    "archive_limits", "body_only", "body_only_state", "hoi_mot_cua", "hoi_quang_cao", "link_only", "locked_archive",
    "locked_file", "not_given", "too_large", "too_many_files", "unreadable_crash", "unreadable_disk",
    "unreadable_error", "unreadable_memory", "unreadable_time", "virus_unscanned",
})  # fmt: skip
NOT_GIVEN = "Tài khoản của bạn không được giao việc này. Liên hệ người quản trị nếu cần."
_READ_ALL = frozenset({Role.LEADER, Role.OFFICE_CHIEF})
_WORKING = frozenset({Role.HEAD, Role.SPECIALIST})
_REGISTERED = (State.REGISTERED, State.VOIDED)
_IS_TO_GO_BACK = sa.select(DocumentReturn.id).where(DocumentReturn.incoming_id == sa.bindparam("document"), *AWAITS_NOD)


def may(user: User, right: Right) -> bool:
    """Whether the person holds a right by role."""
    return bool(user.roles & _HOLDERS[right])


def require(user: User, right: Right) -> None:
    """Raise NotAllowed unless the person holds the right."""
    if not may(user, right):
        raise NotAllowed(NOT_GIVEN)


def may_open_held(roles: Collection[Role], reason: str) -> bool:
    """Whether a person with these roles may let in or destroy a letter held for `reason`.

    The custodian may for any; the clerk where the reason is plain. What hints at a secret or a petition, and
    every reason unknown here, is the custodian's alone (Luật Tố cáo: the writer's name is protected).
    """
    return Role.CUSTODIAN in roles or (Role.CLERK in roles and reason in _PLAIN_REASONS)


def may_read(session: Session, user: User, document: Incoming) -> bool:
    """Whether the person may read one incoming document: the clerk all, leaders what has a number and, of drafts, that
    which they are asked to let go back to its sender (`core.answers.returning`; no list of theirs has it).

    Heads and specialists read what is given to them and to those whose work they do today, and the books that the
    office opens to all; nothing can be given without a số đến, so drafts are the clerk's alone. The technical
    administrator reads none.
    """
    if Role.CLERK in user.roles:
        return True
    if document.state not in _REGISTERED:
        is_asked = document.state == State.DRAFT and may(user, Right.AGREE_RETURNS)
        return is_asked and session.execute(_IS_TO_GO_BACK, {"document": document.id}).first() is not None
    if user.roles & _READ_ALL:
        return True
    if not user.roles & _WORKING:
        return False
    asked = {"document": document.id, "book": document.book_id, "whose": [user.id, *user.stands_for], "me": user.id}
    return session.execute(_READS, asked).first() is not None


def readable(user: User) -> ColumnElement[bool]:
    """`may_read` as an SQL filter over Incoming."""
    if Role.CLERK in user.roles:
        return sa.true()
    if user.roles & _READ_ALL:
        return Incoming.state.in_(_REGISTERED)
    if not user.roles & _WORKING:
        return sa.false()
    return _given_to(user.id, user.stands_for)


@lru_cache(maxsize=512)  # a page asks several times, and making it costs more than what it asks
def _given_to(user_id: int, stands_for: frozenset[int]) -> ColumnElement[bool]:
    """Entries whose tasks concern the person, those that he was granted to read, and those of open books."""
    led, joins = _concerns([user_id, *sorted(stands_for)])
    about = Task.incoming_id.is_not(None)
    given: sa.CompoundSelect[Any] = sa.union(
        sa.select(Task.incoming_id).where(led, about),
        sa.select(Task.incoming_id).join(TaskPart, TaskPart.task_id == Task.id).where(joins, about),
        sa.select(ReadingGrant.incoming_id).where(ReadingGrant.user_id == user_id, ReadingGrant.is_granted.is_(True)),
    )
    open_books = sa.select(Book.id).where(Book.is_open)
    return sa.and_(Incoming.state.in_(_REGISTERED), sa.or_(Incoming.id.in_(given), Incoming.book_id.in_(open_books)))


def may_see(session: Session, user: User, task: Task) -> bool:
    """Whether a person may see a task: who may read its document; of a duty, who takes part, and leaders."""
    if task.incoming_id is not None:
        return may_read(session, user, session.get_one(Incoming, task.incoming_id))
    return bool(user.roles & _READ_ALL) or concerns(session, user, task)


def visible(session: Session, user: User, task_ids: Collection[int]) -> set[int]:
    """Those of these tasks that the person may see, by one question."""
    if not task_ids:
        return set()
    led, joins = _concerns([user.id, *user.stands_for])
    takes_part = sa.exists().where(TaskPart.task_id == Task.id, joins)
    of_duty = sa.true() if user.roles & _READ_ALL else sa.or_(led, Task.submitted_by == user.id, takes_part)
    asked = sa.select(Task.id).where(Task.id.in_(task_ids))
    query = sa.union_all(
        asked.join(Incoming, Incoming.id == Task.incoming_id).where(readable(user)),
        asked.where(Task.incoming_id.is_(None), of_duty),
    )
    return set(session.scalars(query))


def concerns(session: Session, user: User, task: Task) -> bool:
    """Whether a task is given to the person, by him, to a division of which he is the head, or to those whose work he
    does today; or his division as a whole is to know it."""
    led, joins = _concerns([user.id, *user.stands_for])
    own = sa.select(Task.id).where(Task.id == task.id, sa.or_(led, Task.submitted_by == user.id))
    part = sa.select(TaskPart.task_id).where(TaskPart.task_id == task.id, joins)
    return session.execute(sa.union(own, part)).first() is not None


def _concerns(whose: Any) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Which tasks are of these people, and which parts of tasks; `whose` are their ids, or a parameter for them."""
    heads = (
        sa.select(User.division_id)
        .join(UserRole, UserRole.user_id == User.id)
        .where(User.id.in_(whose), UserRole.role == Role.HEAD, User.division_id.is_not(None))
    )
    own = sa.select(User.division_id).where(User.id.in_(whose), User.division_id.is_not(None))
    led = sa.or_(
        Task.handler_id.in_(whose), Task.deputy_id.in_(whose), Task.directed_by.in_(whose),
        Task.lead_division_id.in_(heads),
    )  # fmt: skip
    joins = sa.or_(
        TaskPart.user_id.in_(whose), TaskPart.division_id.in_(heads),
        sa.and_(TaskPart.division_id.in_(own), TaskPart.part == Part.INFORMED),
    )  # fmt: skip
    return led, joins


def _reads() -> sa.CompoundSelect[Any]:
    led, joins = _concerns(sa.bindparam("whose", expanding=True))
    of_it = Task.incoming_id == sa.bindparam("document")
    asked = (ReadingGrant.incoming_id == sa.bindparam("document"), ReadingGrant.user_id == sa.bindparam("me"))
    return sa.union_all(
        sa.select(Task.id).where(of_it, led),
        sa.select(Task.id).join(TaskPart, TaskPart.task_id == Task.id).where(of_it, joins),
        sa.select(ReadingGrant.incoming_id).where(*asked, ReadingGrant.is_granted.is_(True)),
        sa.select(Book.id).where(Book.id == sa.bindparam("book"), Book.is_open),
    )


_READS = _reads()  # made once: every page that shows a document asks it
