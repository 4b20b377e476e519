"""The tables of incoming documents and their states."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base
from core.people import Role

UNINDEXED = "indexed_version <> version + text_version"  # the search index has to follow


class State(StrEnum):
    """Where an incoming document stands."""

    DRAFT = "draft"  # dự thảo vào sổ: chờ văn thư
    REGISTERED = "registered"  # đã vào sổ, có số đến
    DECLINED = "declined"  # không cập nhật, kèm lý do
    VOIDED = "voided"  # đã hủy số, dòng vẫn in


class Act(StrEnum):
    """What moves an incoming document from state to state."""

    REGISTER = "register"
    DECLINE = "decline"
    RETURN = "return"  # trả lại nơi gửi; of a superior's document a second person's act
    TAKE_BACK = "take_back"
    VOID = "void"
    REMOVE_CONTENT = "remove_content"


TRANSITIONS: dict[tuple[State, Act], tuple[State, frozenset[Role]]] = {
    (State.DRAFT, Act.REGISTER): (State.REGISTERED, frozenset({Role.CLERK})),
    (State.DRAFT, Act.DECLINE): (State.DECLINED, frozenset({Role.CLERK})),
    (State.DRAFT, Act.RETURN): (State.DECLINED, frozenset({Role.CLERK, Role.LEADER, Role.OFFICE_CHIEF})),
    (State.DECLINED, Act.TAKE_BACK): (State.DRAFT, frozenset({Role.CLERK})),
    (State.REGISTERED, Act.VOID): (State.VOIDED, frozenset({Role.CLERK})),
    (State.DRAFT, Act.REMOVE_CONTENT): (State.DECLINED, frozenset({Role.CUSTODIAN})),
    (State.DECLINED, Act.REMOVE_CONTENT): (State.DECLINED, frozenset({Role.CUSTODIAN})),
    (State.REGISTERED, Act.REMOVE_CONTENT): (State.REGISTERED, frozenset({Role.CUSTODIAN})),
    (State.VOIDED, Act.REMOVE_CONTENT): (State.VOIDED, frozenset({Role.CUSTODIAN})),
}

STATE_NAMES = {
    State.DRAFT: "Chờ vào sổ",
    State.REGISTERED: "Đã vào sổ",
    State.DECLINED: "Không cập nhật",
    State.VOIDED: "Đã hủy số",
}


class Origin(StrEnum):
    """By which way it reached the office."""

    MAIL = "mail"  # hộp thư
    DROPPED = "dropped"  # tệp thả vào bàn văn thư
    PAPER = "paper"  # văn bản giấy, nhập tay


def _index_where(column: str, where: str) -> sa.Index:
    of_some = sa.text(where)
    return sa.Index(f"ix_incoming_{column}", column, sqlite_where=of_some, postgresql_where=of_some)


class Incoming(Base):
    """One incoming document, from draft to register entry (Phụ lục VI NĐ 30, Phần II).

    Text fields are as printed on the document; `subject` is the trích yếu without "V/v". `urgency` is
    thuong, khan, thuong_khan or hoa_toc; `secrecy` khong, mat, toi_mat or tuyet_mat. `proposed` maps a
    field to its `core.evidence.Evidence` as JSON: what the program read, kept beside what the clerk
    confirmed. `code_key` and `reply_key` are `core.notation.matching_key`s. `merged_into_id` is the document that a
    draft proved to be, `told_apart` lists those that a clerk said it is not. `exchange_id` is the DocumentId that its
    edXML package bears, `exchange` what that package makes of it (`core.exchange.Exchange` as JSON, and in `apart` the
    entries that it does not replace after all). `version` grows with every change; an act on an older one is refused
    (C16). `text_version` grows when its files or what they say change; `indexed_version` is the sum of both that the
    search index mirrors.
    """

    __tablename__ = "incoming"
    __table_args__ = (
        sa.UniqueConstraint("book_id", "year", "arrival_number"),
        sa.CheckConstraint("(arrival_number IS NULL) = (state IN ('draft', 'declined'))", name="number_iff_entered"),
        sa.CheckConstraint("secrecy = 'khong'", name="no_secrets_here"),  # promise 4
        sa.Index("ix_incoming_desk", "state", "received_at", "sort_uid"),
        sa.Index("ix_incoming_code", "code_key", "issued_on"),
        sa.Index("ix_incoming_issued_on", "issued_on"),
        *(_index_where(name, f"{name} <> ''") for name in ("exchange_id", "reply_key", "code_number")),
        *(_index_where(name, f"{name} IS NOT NULL") for name in ("answers_id", "merged_into_id")),
        sa.Index("ix_incoming_unindexed", "id", sqlite_where=sa.text(UNINDEXED), postgresql_where=sa.text(UNINDEXED)),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(sa.String(12), default=State.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    # Writes of a row that another transaction has changed since it was read fail: on PostgreSQL two may have read it.
    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012
    origin: Mapped[str] = mapped_column(sa.String(12))
    book_id: Mapped[int] = mapped_column(sa.ForeignKey("books.id"))
    message_id: Mapped[int | None] = mapped_column(sa.ForeignKey("messages.id"), index=True)
    received_at: Mapped[datetime]
    sort_uid: Mapped[int] = mapped_column(sa.BigInteger, default=0)

    code: Mapped[str] = mapped_column(sa.String(80), default="")  # số ký hiệu as printed
    code_number: Mapped[str] = mapped_column(sa.String(11), default="")
    code_notation: Mapped[str] = mapped_column(sa.String(60), default="")
    code_key: Mapped[str] = mapped_column(sa.String(80), default="")
    in_reply_to: Mapped[str] = mapped_column(sa.String(80), default="")  # số ký hiệu of what it answers
    reply_key: Mapped[str] = mapped_column(sa.String(80), default="")
    answers_id: Mapped[int | None]  # what it answers, where a clerk chose among several
    issued_on: Mapped[date | None]
    issuer: Mapped[str] = mapped_column(sa.String(300), default="")  # cơ quan ban hành (tác giả)
    parent_issuer: Mapped[str] = mapped_column(sa.String(300), default="")
    kind: Mapped[str] = mapped_column(sa.String(100), default="")  # tên loại
    subject: Mapped[str] = mapped_column(sa.Text, default="")  # trích yếu
    signer_name: Mapped[str] = mapped_column(sa.String(120), default="")
    signer_title: Mapped[str] = mapped_column(sa.String(200), default="")
    urgency: Mapped[str] = mapped_column(sa.String(12), default="thuong")
    secrecy: Mapped[str] = mapped_column(sa.String(12), default="khong")
    due_at: Mapped[str] = mapped_column(sa.String(16), default="")  # ISO date, or date and hour
    event_at: Mapped[str] = mapped_column(sa.String(16), default="")  # giờ họp: ISO date, or date and hour
    event_place: Mapped[str] = mapped_column(sa.String(300), default="")  # nơi họp
    invited: Mapped[str] = mapped_column(sa.Text, default="")  # thành phần mời
    receiver: Mapped[str] = mapped_column(sa.String(200), default="")  # đơn vị hoặc người nhận
    copy: Mapped[str] = mapped_column(sa.String(12), default="")  # which copy it is, see core.incoming.copies
    page_count: Mapped[int | None]
    remark: Mapped[str] = mapped_column(sa.Text, default="")  # ghi chú
    is_dossier_direct: Mapped[bool] = mapped_column(default=False)  # Điều 5.3c: hồ sơ giấy chuyển trực tiếp
    proposed: Mapped[dict[str, Any]] = mapped_column(default=dict)
    notes: Mapped[list[Any]] = mapped_column(default=list)
    exchange_id: Mapped[str] = mapped_column(sa.String(200), default="")  # mã định danh văn bản
    exchange: Mapped[dict[str, Any]] = mapped_column(default=dict)

    arrival_number: Mapped[int | None] = mapped_column(sa.BigInteger)  # số đến
    year: Mapped[int | None]
    arrived_on: Mapped[date | None] = mapped_column(index=True)  # ngày đến
    registered_at: Mapped[datetime | None]
    registered_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    closed_reason: Mapped[str] = mapped_column(sa.Text, default="")  # why declined or voided
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    removed_at: Mapped[datetime | None]  # gỡ nội dung: `subject` and `remark` then say by what law and why
    removed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    merged_into_id: Mapped[int | None]
    told_apart: Mapped[list[Any]] = mapped_column(default=list)
    text_version: Mapped[int] = mapped_column(default=0)
    indexed_version: Mapped[int] = mapped_column(default=0)

    files: Mapped[list["IncomingFile"]] = relationship(order_by="IncomingFile.position", lazy="select")


class IncomingRelation(Base):
    """One entry that came instead of another: `kind` is replacement (thay thế) or update (cập nhật)."""

    __tablename__ = "incoming_relations"

    newer_id: Mapped[int] = mapped_column(sa.ForeignKey("incoming.id"), primary_key=True)
    older_id: Mapped[int] = mapped_column(sa.ForeignKey("incoming.id"), primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(sa.String(12))
    made_at: Mapped[datetime]


class ReadingGrant(Base):
    """That a person asked to read an entry which was not given to him, and what was answered. `is_revoked` when it was
    granted first: `decided_at`, `decided_by` and `answer` then speak of the revocation."""

    __tablename__ = "reading_grants"
    __table_args__ = (
        sa.Index(
            "ix_reading_grants_open", "asked_at",
            sqlite_where=sa.text("decided_at IS NULL"), postgresql_where=sa.text("decided_at IS NULL"),
        ),
    )  # fmt: skip

    incoming_id: Mapped[int] = mapped_column(sa.ForeignKey("incoming.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True, index=True)
    reason: Mapped[str] = mapped_column(sa.Text)
    asked_at: Mapped[datetime]
    is_granted: Mapped[bool | None]
    is_revoked: Mapped[bool] = mapped_column(default=False)
    answer: Mapped[str] = mapped_column(sa.Text, default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))


class FileRole(StrEnum):
    """What a file is to its document."""

    MAIN = "main"  # văn bản chính
    ANNEX = "annex"  # phụ lục, kèm theo
    LEFT_OUT = "left_out"  # không đưa vào


class IncomingFile(Base):
    """One file of an incoming document. `from_id` is the draft that brought it, when that was merged into this one."""

    __tablename__ = "incoming_files"

    incoming_id: Mapped[int] = mapped_column(sa.ForeignKey("incoming.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.Text)
    sha256: Mapped[str] = mapped_column(sa.ForeignKey("files.sha256"), index=True)
    media_type: Mapped[str] = mapped_column(sa.String(120))
    size: Mapped[int] = mapped_column(sa.BigInteger)
    role: Mapped[str] = mapped_column(sa.String(12))
    inside: Mapped[str] = mapped_column(sa.Text, default="")
    from_id: Mapped[int | None]
