"""Accounts from the command line (`congvan user`): whoever may run it on the server needs no role of the office."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import accounts, events, people
from core.errors import Permanent, WrongState
from core.people import ROLE_NAMES, Division, Role, User

_LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to be made: `division` is a division's name or code, or empty."""

    username: str
    full_name: str
    roles: frozenset[Role]
    title: str = ""
    division: str = ""


def user(session: Session, username: str) -> User:
    """The account of that name. Raises Permanent when there is none."""
    found = people.by_username(session, username)
    if found is None:
        raise Permanent(f"Không có tài khoản «{username}». Xem: congvan user list")
    return found


def check_new(session: Session, account: NewAccount) -> None:
    """Raise Permanent or WrongState, before a password is asked for, when the account can't be made."""
    name = account.username.strip().lower()
    if not name or len(name) > _LONGEST_NAME or any(letter.isspace() for letter in name):
        raise Permanent(f"Tên đăng nhập không có dấu cách, dài nhất {_LONGEST_NAME} ký tự.")
    if not account.full_name.strip():
        raise Permanent("Thiếu họ tên.")
    if people.by_username(session, name) is not None:
        raise WrongState(f"Tài khoản «{name}» đã có.")
    _division_id(session, account.division)


def add(session: Session, account: NewAccount, password_hash: str, *, at: datetime, must_change: bool = True) -> User:
    """Make the account; its first password must be changed unless `must_change` is False.

    Raises Permanent or WrongState like `check_new`.
    """
    check_new(session, account)
    made = people.add(
        session, account.username, account.full_name.strip(), set(account.roles), password_hash, at=at,
        title=account.title, division_id=_division_id(session, account.division), must_change_password=must_change,
    )  # fmt: skip
    payload = {"username": made.username, "roles": sorted(account.roles)}
    events.record(session, "account_added", "user", made.id, by=None, at=at, payload=payload)
    return made


def change(session: Session, act: str, username: str, roles: Collection[Role], *, at: datetime) -> str:
    """Do roles, unlock or disable to an account and return what was done, in a sentence. Raises Permanent."""
    found = user(session, username)
    if act == "roles":
        people.set_roles(session, found, set(roles), at=at)
        return f"«{found.username}» nay là: {_role_names(found)}."
    if act == "unlock":
        accounts.unlock(session, found, at=at)
        return f"Đã mở khóa «{found.username}»."
    accounts.close(session, found, at=at)
    return f"Đã đóng tài khoản «{found.username}»; tên và việc đã làm còn trong nhật ký."


def listing(session: Session, *, at: datetime) -> list[tuple[str, str, str, str]]:
    """Every account as (username, name, roles, state), by name."""
    query = sa.select(User).order_by(User.username)
    return [(one.username, one.full_name, _role_names(one), _state(one, at)) for one in session.scalars(query)]


def _state(one: User, at: datetime) -> str:
    if not one.is_active:
        return "đã đóng"
    return "đang khóa" if one.locked_until is not None and one.locked_until > at else "đang dùng"


def _role_names(one: User) -> str:
    return ", ".join(ROLE_NAMES[role] for role in sorted(one.roles))


def _division_id(session: Session, name: str) -> int | None:
    if not name:
        return None
    rows = list(session.execute(sa.select(Division.id, Division.name, Division.code).order_by(Division.position)))
    for division_id, full, code in rows:
        if name in (full, code):
            return int(division_id)
    known = ", ".join(f"{code} ({full})" for _, full, code in rows)
    raise Permanent(f"Không có phòng «{name}». Các phòng: {known or 'chưa có'}.")
