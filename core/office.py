"""The office as data with dates: its names, kinds of documents, holidays, and its time (promise 10)."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.db import Base

OFFICE_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")  # Điều 15.1 NĐ 30: the year of a series is the office's year


class OfficeName(Base):
    """What the office was called from `valid_from` (inclusive) until `valid_to` (inclusive, None: still)."""

    __tablename__ = "office_names"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(200))  # tên cơ quan
    parent_name: Mapped[str] = mapped_column(sa.String(200))  # cơ quan chủ quản
    code: Mapped[str] = mapped_column(sa.String(30))  # chữ viết tắt trong ký hiệu, "SKHCN"
    place: Mapped[str] = mapped_column(sa.String(80))  # địa danh
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class DocumentKind(Base):
    """One kind of document (tên loại, Điều 7 NĐ 30 and others that arrive)."""

    __tablename__ = "document_kinds"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(100), unique=True)
    abbreviation: Mapped[str | None] = mapped_column(sa.String(12))
    family: Mapped[str] = mapped_column(sa.String(24))  # nd30, qppl, dang, khac
    position: Mapped[int] = mapped_column(default=0)


class Holiday(Base):
    """A day that is not worked although it is a weekday, or (`is_worked`) worked although it is a weekend."""

    __tablename__ = "holidays"

    day: Mapped[date] = mapped_column(primary_key=True)
    is_worked: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(sa.String(120), default="")


class OfficeFact(Base):
    """A single setting of the office, such as its e-mail or its reading policy, by name."""

    __tablename__ = "office_facts"

    name: Mapped[str] = mapped_column(sa.String(48), primary_key=True)
    value: Mapped[dict[str, Any]]


_NAME_ON = (
    sa.select(OfficeName)
    .where(OfficeName.valid_from <= sa.bindparam("day"))
    .where(sa.or_(OfficeName.valid_to.is_(None), OfficeName.valid_to >= sa.bindparam("day")))
    .order_by(OfficeName.valid_from.desc())
    .limit(1)
)


def office_date(at: datetime) -> date:
    """The office's calendar day of an aware instant."""
    return at.astimezone(OFFICE_ZONE).date()


def office_moment(at: datetime) -> str:
    """An instant in office time as people read it: 14:05 05/01/2026."""
    return f"{at.astimezone(OFFICE_ZONE):%H:%M %d/%m/%Y}"


def name_on(session: Session, day: date) -> OfficeName | None:
    """The office's name in force on a day, None before its first."""
    return session.scalars(_NAME_ON, {"day": day}).first()


def kinds(session: Session) -> list[str]:
    """Names of all kinds of documents in the order of Điều 7, for choosing."""
    query = sa.select(DocumentKind.name).order_by(DocumentKind.position, DocumentKind.id)
    return list(session.scalars(query))
