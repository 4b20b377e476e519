"""Who may see and do: one predicate, and the same rule as an SQL filter.

Source: Quy chế 63/QĐ-SKHCN, Chương III, Điều 9.4; NĐ 30/2020 Phụ lục VI (quyền theo từng văn bản).
"""

from collections.abc import Collection
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from core.errors import NotAllowed
from core.incoming.tables import Incoming, State
from core.people import Role, User


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
    KEEP_AGENCIES = "keep_agencies"  # sửa Danh bạ cơ quan; who may search reads it
    OPEN_SERIES = "open_series"  # xác nhận số bắt đầu của sổ
    SEE_MAILBOXES = "see_mailboxes"
    SEE_BACKUPS = "see_backups"  # Sao lưu
    RUN_MAILBOXES = "run_mailboxes"  # kiểm tra kết nối, lấy thư ngay


_HOLDERS: dict[Right, frozenset[Role]] = {
    Right.REGISTER: frozenset({Role.CLERK}),
    Right.VOID: frozenset({Role.CLERK}),
    Right.SEE_HELD: frozenset({Role.CLERK, Role.CUSTODIAN}),
    Right.RELEASE_EXCLUDED: frozenset({Role.CUSTODIAN}),
    Right.REMOVE_CONTENT: frozenset({Role.CUSTODIAN}),
    Right.SEE_BOOKS: frozenset({Role.CLERK, Role.LEADER, Role.OFFICE_CHIEF, Role.HEAD, Role.SPECIALIST}),
    Right.SEARCH: frozenset({Role.CLERK, Role.LEADER, Role.OFFICE_CHIEF, Role.HEAD, Role.SPECIALIST}),
    Right.CHECK_BOOKS: frozenset({Role.CLERK, Role.LEADER, Role.OFFICE_CHIEF}),
    Right.KEEP_AGENCIES: frozenset({Role.CLERK}),
    Right.OPEN_SERIES: frozenset({Role.CLERK}),
    Right.SEE_MAILBOXES: frozenset({Role.CLERK, Role.ADMIN}),
    Right.SEE_BACKUPS: frozenset({Role.LEADER, Role.OFFICE_CHIEF, Role.ADMIN}),
    Right.RUN_MAILBOXES: frozenset({Role.CLERK, Role.ADMIN}),
}
# Held letters whose reason says nothing of secrets or citizens' petitions: the clerk decides about these.
_PLAIN_REASONS = frozenset({
    "archive_limits", "body_only", "body_only_state", "hoi_mot_cua", "hoi_quang_cao", "link_only", "locked_archive",
    "locked_file", "not_given", "too_large", "too_many_files", "unreadable_crash", "unreadable_disk",
    "unreadable_error", "unreadable_memory", "unreadable_time", "virus_unscanned",
})  # fmt: skip
NOT_GIVEN = "Tài khoản của bạn không được giao việc này. Liên hệ người quản trị nếu cần."
_READ_ALL = frozenset({Role.LEADER, Role.OFFICE_CHIEF})
_REGISTERED = (State.REGISTERED, State.VOIDED)


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


def may_read(user: User, document: Incoming) -> bool:
    """Whether the person may read one incoming document: the clerk all, leaders what has a number.

    Heads and specialists read what is assigned to them; nothing can be assigned without a số đến, so
    drafts are the clerk's alone. The technical administrator reads none.
    """
    if Role.CLERK in user.roles:
        return True
    return bool(user.roles & _READ_ALL) and document.state in _REGISTERED


def readable(user: User) -> ColumnElement[bool]:
    """`may_read` as an SQL filter over Incoming."""
    if Role.CLERK in user.roles:
        return sa.true()
    if user.roles & _READ_ALL:
        return Incoming.state.in_(_REGISTERED)
    return sa.false()
