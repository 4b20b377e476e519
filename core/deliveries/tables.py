"""The tables of the outbox, and the states of a delivery."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base


class Kind(StrEnum):
    """What is sent."""

    ANSWER = "answer"  # báo nhận, trả lời nơi gửi
    NOTICE = "notice"  # báo việc cho người trong cơ quan
    DOCUMENT = "document"  # văn bản phát hành


class State(StrEnum):
    """How far a delivery got."""

    WAITING = "waiting"  # chờ gửi, from `try_at` on
    SENDING = "sending"  # claimed by a sender
    SENT = "sent"  # the mail server took it over
    FAILED = "failed"  # không gửi được
    UNCERTAIN = "uncertain"  # chưa rõ đã gửi hay chưa: a person decides
    CANCELLED = "cancelled"


class Step(StrEnum):
    """One line of a delivery's timeline; what reports say begins with `report_`."""

    QUEUED = "queued"
    DEFERRED = "deferred"
    INTERRUPTED = "interrupted"  # the sender died before the server could have had it
    SENT = "sent"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    RESTORED = "restored"  # uncertain, since the office was restored from a backup
    HELD_SENT = "held_sent"  # "coi là đã gửi"
    SENT_AGAIN = "sent_again"  # put back in the queue by a person
    CORRECTED = "corrected"  # sent again to another address, by a new delivery
    CANCELLED = "cancelled"
    TOLD = "told"  # đã báo nhận, đã báo bằng điện thoại: as a person enters it
    REPORT_FAILED = "report_failed"
    REPORT_DELAYED = "report_delayed"
    REPORT_DELIVERED = "report_delivered"
    REPORT_DISPLAYED = "report_displayed"


_WAITS = sa.text("state = 'waiting'")
_SENDS = sa.text("state = 'sending'")


class Delivery(Base):
    """One message to one recipient. `rank` is its urgency, 0 (hỏa tốc) to 3; `reference_ids` are Message-IDs of the
    thread, oldest first, with angle brackets. `once_key` names what may be sent at most once.

    `domain` is the recipient's, in small letters. `claimed_*` say which sender has it in hand and until when it is
    believed to live; `handed_at` is the instant before the end of the data was sent: from then on the server may have
    it. `message_id` is given with the first claim. `said` are the mail server's last words. `corrects_id` is the
    delivery to a wrong address that this one follows. Of one whose content was removed subject, body and files are
    blank and `removed_at` is set.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        sa.Index("ix_deliveries_waiting", "rank", "try_at", "id", sqlite_where=_WAITS, postgresql_where=_WAITS),
        sa.Index("ix_deliveries_sending", "claimed_until", sqlite_where=_SENDS, postgresql_where=_SENDS),
        sa.Index("ix_deliveries_state", "state", "id"),
        sa.Index("ix_deliveries_domain", "domain", "claimed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(12))
    state: Mapped[str] = mapped_column(sa.String(12), default=State.WAITING)
    rank: Mapped[int] = mapped_column(sa.SmallInteger)
    recipient_address: Mapped[str] = mapped_column(sa.String(320))
    recipient_name: Mapped[str] = mapped_column(sa.String(300), default="")
    domain: Mapped[str] = mapped_column(sa.String(255))
    subject: Mapped[str] = mapped_column(sa.Text)
    body: Mapped[str] = mapped_column(sa.Text)
    in_reply_to: Mapped[str | None] = mapped_column(sa.String(998))
    reference_ids: Mapped[list[Any]] = mapped_column(default=list)
    is_automatic: Mapped[bool] = mapped_column(default=False)
    incoming_id: Mapped[int | None] = mapped_column(sa.ForeignKey("incoming.id"), index=True)
    letter_id: Mapped[int | None] = mapped_column(sa.ForeignKey("messages.id"), index=True)  # that it answers
    once_key: Mapped[str | None] = mapped_column(sa.String(200), unique=True)
    corrects_id: Mapped[int | None] = mapped_column(sa.ForeignKey("deliveries.id"))
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    try_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    claimed_at: Mapped[datetime | None]
    claimed_by: Mapped[str] = mapped_column(sa.String(80), default="")
    claimed_until: Mapped[datetime | None]
    handed_at: Mapped[datetime | None]
    message_id: Mapped[str | None] = mapped_column(sa.String(320), unique=True)
    said: Mapped[str] = mapped_column(sa.Text, default="")
    sent_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]  # as the recipient's server reports
    displayed_at: Mapped[datetime | None]  # as the recipient's program reports
    acknowledged_at: Mapped[datetime | None]  # as a person was told
    removed_at: Mapped[datetime | None]

    files: Mapped[list["DeliveryFile"]] = relationship(order_by="DeliveryFile.position", lazy="selectin")


class DeliveryFile(Base):
    """One file that goes with a delivery, under the name that the recipient sees."""

    __tablename__ = "delivery_files"

    delivery_id: Mapped[int] = mapped_column(sa.ForeignKey("deliveries.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.Text)
    sha256: Mapped[str] = mapped_column(sa.ForeignKey("files.sha256"), index=True)
    media_type: Mapped[str] = mapped_column(sa.String(120))


class DeliveryStep(Base):
    """One line of a delivery's timeline. `said` are the words of the server, or of the person `by`, as they are;
    `status` is an SMTP reply or enhanced code, `stage` the SMTP command that it answers. `mark` tells a report that
    came already."""

    __tablename__ = "delivery_steps"
    __table_args__ = (sa.UniqueConstraint("delivery_id", "mark"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(sa.ForeignKey("deliveries.id"))
    at: Mapped[datetime]
    step: Mapped[str] = mapped_column(sa.String(24))
    stage: Mapped[str] = mapped_column(sa.String(12), default="")
    status: Mapped[str] = mapped_column(sa.String(16), default="")
    said: Mapped[str] = mapped_column(sa.Text, default="")
    by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    mark: Mapped[str | None] = mapped_column(sa.String(64))


class OutboxPause(Base):
    """That nothing is sent: to one domain, or at all (`domain` is ""); for a while where `until` is set. `by` is None
    where the program itself decided."""

    __tablename__ = "outbox_pauses"

    domain: Mapped[str] = mapped_column(sa.String(255), primary_key=True)
    why: Mapped[str] = mapped_column(sa.Text)
    by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    at: Mapped[datetime]
    until: Mapped[datetime | None]


class OutboxTrouble(Base):
    """Why the mail server cannot be reached or will not let us in, since when; one row (id 1), none while all is
    well."""

    __tablename__ = "outbox_troubles"

    id: Mapped[int] = mapped_column(primary_key=True)
    why: Mapped[str] = mapped_column(sa.Text)
    since: Mapped[datetime]
