"""What packages of the exchange (edXML) make of documents: new ones instead of old, news of those we sent, recalls."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.db import Base, table_of
from core.edxml import Kind, Reference, parse_day
from core.notation import matching_key

_LENGTHS = {"status_code": 8, "organ_id": 64, "organ_name": 300, "document_id": 200, "code": 80, "said_at": 32}


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a package makes of the document it brings: `kind` is new, update or replacement, `concerns` the documents
    that it changes, `reason` the sender's words, `organ_id` the sender's own."""

    kind: Kind
    document_id: str
    reason: str = ""
    concerns: tuple[Reference, ...] = ()
    organ_id: str = ""

    def to_json(self) -> dict[str, Any]:
        """A plain mapping for the database and for `congvan read`."""
        return {
            "kind": self.kind.value, "document_id": self.document_id, "reason": self.reason, "organ_id": self.organ_id,
            "concerns": [
                asdict(one) | {"issued_on": one.issued_on.isoformat() if one.issued_on else ""}
                for one in self.concerns
            ],
        }  # fmt: skip

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Exchange | None":
        """The inverse of `to_json`; None for the empty mapping of a document that no package brought."""
        if not stored:
            return None
        concerns = tuple(Reference(**(one | {"issued_on": parse_day(one["issued_on"])})) for one in stored["concerns"])
        organ_id = stored.get("organ_id", "")  # drafts of before the outbox have none
        return cls(Kind(stored["kind"]), stored["document_id"], stored["reason"], concerns, organ_id)


@dataclass(frozen=True, slots=True)
class Notice:
    """What a message says of one document: `kind` is status (of ours) or recall (of theirs). `said_at` is as written,
    `said` the sender's words."""

    kind: Kind
    status_code: str
    organ_id: str
    organ_name: str
    about: Reference
    said: str = ""
    said_at: str = ""


class PackageNotice(Base):
    """A `Notice` as it came with a letter. `settled_*` say who closed it and why: a recall whose content was removed
    has the document in `incoming_id`."""

    __tablename__ = "package_notices"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(sa.ForeignKey("messages.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(12))
    status_code: Mapped[str] = mapped_column(sa.String(8), default="")
    organ_id: Mapped[str] = mapped_column(sa.String(64), default="")
    organ_name: Mapped[str] = mapped_column(sa.String(300), default="")
    document_id: Mapped[str] = mapped_column(sa.String(200), default="", index=True)
    code: Mapped[str] = mapped_column(sa.String(80), default="")
    code_key: Mapped[str] = mapped_column(sa.String(80), default="", index=True)
    issued_on: Mapped[date | None]
    said: Mapped[str] = mapped_column(sa.Text, default="")
    said_at: Mapped[str] = mapped_column(sa.String(32), default="")
    noted_at: Mapped[datetime]
    settled_at: Mapped[datetime | None] = mapped_column(index=True)
    settled_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    answer: Mapped[str] = mapped_column(sa.Text, default="")
    incoming_id: Mapped[int | None] = mapped_column(sa.ForeignKey("incoming.id"))

    @property
    def about(self) -> Reference:
        """The document it speaks of, as the message named it."""
        return Reference(self.document_id, self.code, self.issued_on, self.organ_id)


def note(session: Session, message_id: int, notices: Sequence[Notice], *, at: datetime) -> None:
    """Write what a letter's packages say of documents."""
    rows = [
        _cut({
            "message_id": message_id, "kind": notice.kind.value, "status_code": notice.status_code,
            "organ_id": notice.organ_id, "organ_name": notice.organ_name, "document_id": notice.about.document_id,
            "code": notice.about.code, "code_key": matching_key(notice.about.code), "issued_on": notice.about.issued_on,
            "said": notice.said[:2000], "said_at": notice.said_at, "noted_at": at,
        })
        for notice in notices
    ]  # fmt: skip
    if rows:
        session.execute(sa.insert(table_of(PackageNotice)), rows)


def _cut(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value[: _LENGTHS[name]] if name in _LENGTHS else value for name, value in row.items()}
