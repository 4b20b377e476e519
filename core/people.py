"""Users, their divisions and roles."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from core import events
from core.db import Base


class Role(StrEnum):
    """What a person is in the office (DOMAIN roles; Quy chế 63, Chương III)."""

    CLERK = "clerk"  # văn thư
    SPECIALIST = "specialist"  # chuyên viên
    HEAD = "head"  # trưởng phòng
    DIRECTOR = "director"  # Giám đốc: duyệt văn bản đến; cũng là lãnh đạo
    LEADER = "leader"  # lãnh đạo Sở
    OFFICE_CHIEF = "office_chief"  # Chánh Văn phòng
    CUSTODIAN = "custodian"  # người được giao giữ thư: đơn thư, thư nghi chứa bí mật nhà nước
    ADMIN = "admin"  # quản trị kỹ thuật: reads no documents


ROLE_NAMES = {
    Role.CLERK: "Văn thư",
    Role.SPECIALIST: "Chuyên viên",
    Role.HEAD: "Trưởng phòng",
    Role.DIRECTOR: "Giám đốc",
    Role.LEADER: "Lãnh đạo",
    Role.OFFICE_CHIEF: "Chánh Văn phòng",
    Role.CUSTODIAN: "Người giữ thư",
    Role.ADMIN: "Quản trị kỹ thuật",
}


class Division(Base):
    """A division of the office (phòng, đơn vị trực thuộc)."""

    __tablename__ = "divisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(200), unique=True)
    code: Mapped[str] = mapped_column(sa.String(30), default="")
    position: Mapped[int] = mapped_column(default=0)


class User(Base):
    """One person with an account (Quy chế 63, Chương III, Điều 8: every employee has one)."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(sa.String(64), unique=True)
    full_name: Mapped[str] = mapped_column(sa.String(120))
    title: Mapped[str] = mapped_column(sa.String(120), default="")
    division_id: Mapped[int | None] = mapped_column(sa.ForeignKey("divisions.id"))
    password_hash: Mapped[str] = mapped_column(sa.String(200))
    must_change_password: Mapped[bool] = mapped_column(default=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    last_login_at: Mapped[datetime | None]
    passkey_handle: Mapped[bytes | None]  # how devices know the account: random, says nothing of the person
    created_at: Mapped[datetime]

    division: Mapped[Division | None] = relationship(lazy="joined")
    role_rows: Mapped[list["UserRole"]] = relationship(lazy="selectin", cascade="all, delete-orphan")

    @property
    def roles(self) -> frozenset[Role]:
        """The person's roles; the Director is a leader too."""
        found = frozenset(Role(row.role) for row in self.role_rows)
        return found | {Role.LEADER} if Role.DIRECTOR in found else found

    @property
    def stands_for(self) -> frozenset[int]:
        """The ids of those whose work the person does today, as `stand_for` said."""
        found: frozenset[int] = self.__dict__.get("_stands_for", frozenset())
        return found

    def stand_for(self, absent: Collection[int]) -> None:
        """Let the rights of this transaction know whose work the person does today (`core.delegations`)."""
        self.__dict__["_stands_for"] = frozenset(absent)


class UserRole(Base):
    """One role of one person."""

    __tablename__ = "user_roles"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    role: Mapped[str] = mapped_column(sa.String(24), primary_key=True)


def division_names(session: Session) -> list[str]:
    """The divisions of the office in their order."""
    return list(session.scalars(sa.select(Division.name).order_by(Division.position, Division.name)))


def by_username(session: Session, username: str) -> User | None:
    """The account of that name, any case; None when there is none."""
    query = sa.select(User).where(User.username == username.strip().lower())
    return session.scalars(query).first()


def add(
    session: Session, username: str, full_name: str, roles: set[Role], password_hash: str, *, at: datetime,
    title: str = "", division_id: int | None = None, must_change_password: bool = True,
) -> User:  # fmt: skip
    """Create an account; the name is kept in lower case. The first password must be changed."""
    user = User(
        username=username.strip().lower(), full_name=full_name, title=title, division_id=division_id,
        password_hash=password_hash, must_change_password=must_change_password, created_at=at,
        role_rows=[UserRole(role=role) for role in sorted(roles)],
    )  # fmt: skip
    session.add(user)
    session.flush()
    return user


def set_roles(session: Session, user: User, roles: set[Role], *, at: datetime) -> None:
    """Give an account exactly these roles, at the command line; harmless when it has them already."""
    before = user.roles
    user.role_rows[:] = [row for row in user.role_rows if row.role in roles]
    user.role_rows.extend(UserRole(role=role) for role in sorted(roles - before))
    session.flush()
    payload = {"roles": sorted(roles), "before": sorted(before)}
    events.record(session, "roles_changed", "user", user.id, by=None, at=at, payload=payload)
