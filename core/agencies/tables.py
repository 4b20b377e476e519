"""The tables of the address book."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base

LONGEST_NAME, LONGEST_KEY, LONGEST_ADDRESS, LONGEST_CODE = 300, 300, 254, 64
FEW = 2  # letters that say so, before something that nobody typed into the book is believed


class Level(StrEnum):
    """Where an agency stands."""

    UNKNOWN = ""
    CENTRE = "centre"  # Trung ương: bộ, ngành và đơn vị của bộ, ngành
    PROVINCE = "province"  # cấp tỉnh: UBND tỉnh, sở, đơn vị của sở
    DISTRICT = "district"  # cấp huyện, hết từ 01/7/2025
    COMMUNE = "commune"  # cấp xã
    PARTY = "party"  # Đảng, Mặt trận, đoàn thể
    OTHER = "other"  # doanh nghiệp, trường, hội


LEVEL_NAMES = {
    Level.UNKNOWN: "Chưa rõ", Level.CENTRE: "Trung ương", Level.PROVINCE: "Cấp tỉnh",
    Level.DISTRICT: "Cấp huyện (trước 01/7/2025)", Level.COMMUNE: "Cấp xã", Level.PARTY: "Đảng, đoàn thể",
    Level.OTHER: "Doanh nghiệp, tổ chức khác",
}  # fmt: skip


class Sort(StrEnum):
    """What a code is."""

    SIGNS = "signs"  # chữ viết tắt trong ký hiệu: SKHCN, UBND-KT
    EXCHANGE = "exchange"  # mã định danh trên trục liên thông (QĐ 20/2020/QĐ-TTg): H36.09


class Agency(Base):
    """One agency that writes to the office, with its name and parent as it writes them today.

    `key` and `parent_key` are `core.agencies.names.plain_name`s. `identity` is name and parent with their marks: nobody
    makes one agency twice. `is_checked` once a person or a file of the office said something of it; else it was only
    seen in letters. `ended_on` is the first day on which it is no more. `merged_into_id` is the agency that it proved
    to be, `root_id` the last of that chain (None: itself); what was known of it stays its own, so that a merge can be
    taken back.
    """

    __tablename__ = "agencies"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    # As with documents: of two who have read one row, the second to write is told (C16).
    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012
    name: Mapped[str] = mapped_column(sa.String(LONGEST_NAME))
    parent_name: Mapped[str] = mapped_column(sa.String(LONGEST_NAME), default="")
    key: Mapped[str] = mapped_column(sa.String(LONGEST_KEY), index=True)
    parent_key: Mapped[str] = mapped_column(sa.String(LONGEST_KEY), index=True)
    identity: Mapped[str] = mapped_column(sa.String(2 * LONGEST_KEY + 3), unique=True)
    level: Mapped[str] = mapped_column(sa.String(16), default=Level.UNKNOWN)
    note: Mapped[str] = mapped_column(sa.Text, default="")
    is_checked: Mapped[bool] = mapped_column(default=False)
    ended_on: Mapped[date | None]
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))  # None: at the command line
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("agencies.id"), index=True)
    merged_at: Mapped[datetime | None]
    merged_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    root_id: Mapped[int | None] = mapped_column(sa.ForeignKey("agencies.id"), index=True)


class _Said:
    """What the book holds of an agency: `sightings` counts the entries of the register that say so, `is_by_hand` when
    a person or a file of the office does. What was taken out (`removed_at`) counts for nothing and is not seen anew.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(sa.ForeignKey("agencies.id"))
    sightings: Mapped[int] = mapped_column(default=0)
    is_by_hand: Mapped[bool] = mapped_column(default=False)
    added_at: Mapped[datetime]
    added_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    last_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))


class AgencyName(_Said, Base):
    """A name by which an agency is written, its own among them, with the parent that stood above it there.

    `key` is the name's `plain_name`, `spelling` the same with its marks, `parent_key` the parent's `plain_name`.
    """

    __tablename__ = "agency_names"
    __table_args__ = (sa.UniqueConstraint("agency_id", "spelling", "parent_key"),)

    name: Mapped[str] = mapped_column(sa.String(LONGEST_NAME))
    parent_name: Mapped[str] = mapped_column(sa.String(LONGEST_NAME), default="")
    key: Mapped[str] = mapped_column(sa.String(LONGEST_KEY), index=True)
    spelling: Mapped[str] = mapped_column(sa.String(LONGEST_KEY))
    parent_key: Mapped[str] = mapped_column(sa.String(LONGEST_KEY), index=True)


class AgencyCode(_Said, Base):
    """A code of an agency (`Sort`), valid on the days from `valid_from` to `valid_to`, both inclusive, None: open.

    `key` is the code's letters and figures alone, folded.
    """

    __tablename__ = "agency_codes"
    __table_args__ = (sa.UniqueConstraint("agency_id", "sort", "key"),)

    sort: Mapped[str] = mapped_column(sa.String(12))
    code: Mapped[str] = mapped_column(sa.String(LONGEST_CODE))
    key: Mapped[str] = mapped_column(sa.String(LONGEST_CODE), index=True)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


class AgencyAddress(_Said, Base):
    """A mail address from which an agency writes, in lower case, or "@" and a domain that is its alone.

    Many agencies share a province's mail server: the domain of an address that was seen says nothing.
    """

    __tablename__ = "agency_addresses"
    __table_args__ = (sa.UniqueConstraint("agency_id", "address"),)

    address: Mapped[str] = mapped_column(sa.String(LONGEST_ADDRESS), index=True)
    domain: Mapped[str] = mapped_column(sa.String(LONGEST_ADDRESS), index=True)


class AgencySuccession(Base):
    """That the agency `new_id` took over from `old_id` on the day `since`."""

    __tablename__ = "agency_successions"

    old_id: Mapped[int] = mapped_column(sa.ForeignKey("agencies.id"), primary_key=True)
    new_id: Mapped[int] = mapped_column(sa.ForeignKey("agencies.id"), primary_key=True, index=True)
    since: Mapped[date]


class AgencySighting(Base):
    """What one entry of the register said of its issuer, so that it can be taken back with the entry."""

    __tablename__ = "agency_sightings"

    incoming_id: Mapped[int] = mapped_column(sa.ForeignKey("incoming.id"), primary_key=True)
    name_id: Mapped[int] = mapped_column(sa.ForeignKey("agency_names.id"), index=True)
    code_id: Mapped[int | None] = mapped_column(sa.ForeignKey("agency_codes.id"))
    exchange_code_id: Mapped[int | None] = mapped_column(sa.ForeignKey("agency_codes.id"))
    address_id: Mapped[int | None] = mapped_column(sa.ForeignKey("agency_addresses.id"))


class AgencyUpload(Base):
    """A table that a person has uploaded and not yet had written; one a person."""

    __tablename__ = "agency_uploads"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    name: Mapped[str] = mapped_column(sa.Text)
    content: Mapped[bytes]
    uploaded_at: Mapped[datetime]
