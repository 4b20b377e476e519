"""The journal: every act leaves an event, append-only, hash-chained (promise 8; Quy chế 63, Điều 10)."""

import hashlib
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.db import Base, table_of
from core.errors import WrongState

ACTS = "acts"
READINGS = "readings"
_START = "0" * 64


class Event(Base):
    """One act: who, for whom if delegated, what, when, from where. `payload` may be blanked, `digest` stays."""

    __tablename__ = "events"
    __table_args__ = (
        sa.Index("ix_events_subject", "subject_kind", "subject_id"),
        sa.Index("ix_events_chain", "chain", "id"),  # `latest` is asked five times a second
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    chain: Mapped[str] = mapped_column(sa.String(16))
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))  # None: the program itself
    for_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))  # on whose authority, if delegated
    source: Mapped[str] = mapped_column(sa.String(64), default="")  # the address the act came from
    act: Mapped[str] = mapped_column(sa.String(48))
    subject_kind: Mapped[str] = mapped_column(sa.String(24))
    subject_id: Mapped[int | None]
    payload: Mapped[dict[str, Any] | None]
    digest: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))


class ChainHead(Base):
    """The last hash of each chain; writers lock its row last of all."""

    __tablename__ = "chain_heads"

    chain: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    hash: Mapped[str] = mapped_column(sa.String(64))


_heads = table_of(ChainHead).c
_INSERT = sa.insert(table_of(Event))
_LOCK_HEAD = sa.select(_heads.hash).where(_heads.chain == sa.bindparam("of_chain")).with_for_update()
_MOVE_HEAD = (
    sa.update(table_of(ChainHead)).where(_heads.chain == sa.bindparam("of_chain")).values(hash=sa.bindparam("to"))
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One event to be recorded; see `Event` for the meaning of each part."""

    act: str
    subject_kind: str
    subject_id: int | None
    payload: dict[str, Any] | None = None


def record(
    session: Session, act: str, subject_kind: str, subject_id: int | None, *,
    by: int | None, at: datetime, source: str = "", for_id: int | None = None,
    payload: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """Append one event to the chain of acts. `by` and `for_id` are user ids, `at` an aware instant."""
    fact = Fact(act, subject_kind, subject_id, payload)
    record_many(session, [fact], by=by, at=at, source=source, for_id=for_id)


def record_many(
    session: Session, facts: list[Fact], *, by: int | None, at: datetime,
    source: str = "", for_id: int | None = None, chain: str = ACTS,
) -> None:  # fmt: skip
    """Append several events by one person at one instant, in order. Locks the chain head: call it last."""
    if not facts:
        return
    previous = session.execute(_LOCK_HEAD, {"of_chain": chain}).scalar_one_or_none()
    if previous is None:
        previous = _START
        session.execute(sa.insert(ChainHead).values(chain=chain, hash=previous))
    rows = []
    for fact in facts:
        digest = _digest(fact.payload)
        row = {
            "chain": chain, "at": at, "actor_id": by, "for_id": for_id, "source": source, "act": fact.act,
            "subject_kind": fact.subject_kind, "subject_id": fact.subject_id, "payload": fact.payload,
            "digest": digest,
        }  # fmt: skip
        previous = row["hash"] = _link(previous, row)
        rows.append(row)
    session.execute(_INSERT, rows)
    session.execute(_MOVE_HEAD, {"of_chain": chain, "to": previous})


def blank(session: Session, subject_kind: str, subject_ids: Collection[int], *, keep: Collection[str]) -> None:
    """Blank the payloads of all events of these subjects but for the acts `keep`: digests stay, so chains verify.

    The one change the journal knows, for `core.removal` alone.
    """
    of_them = (Event.subject_kind == subject_kind, Event.subject_id.in_(subject_ids), Event.act.not_in(keep))
    blanked = sa.update(table_of(Event)).where(*of_them, Event.payload.is_not(None)).values(payload=sa.null())
    session.execute(blanked)


def began_at(session: Session) -> datetime | None:
    """When the journal begins, aware UTC: the office's opening. None while it is empty."""
    return session.scalar(sa.select(Event.at).order_by(Event.id).limit(1))


def latest(session: Session) -> int:
    """The id of the newest act, 0 when there is none: what the news threads look at. Readings wake nobody."""
    newest = sa.select(Event.id).where(Event.chain == ACTS).order_by(Event.id.desc()).limit(1)
    return session.execute(newest).scalar_one_or_none() or 0


def verify(session: Session) -> Iterator[str]:
    """Yield one sentence for each break in the chains; nothing when all is whole."""
    heads = {head.chain: head.hash for head in session.scalars(sa.select(ChainHead))}
    last: dict[str, str] = {}
    columns = sa.select(*Event.__table__.columns).order_by(Event.id).execution_options(yield_per=1000)
    for row in session.execute(columns).mappings():
        if row["payload"] is not None and _digest(row["payload"]) != row["digest"]:
            yield f"Nhật ký: nội dung của sự kiện {row['id']} không khớp mã băm."
        expected = _link(last.get(row["chain"], _START), dict(row))
        if expected != row["hash"]:
            yield f"Nhật ký: chuỗi «{row['chain']}» đứt tại sự kiện {row['id']}."
        last[row["chain"]] = row["hash"]
    for chain, head in heads.items():
        if last.get(chain, _START) != head:
            yield f"Nhật ký: cuối chuỗi «{chain}» không khớp, có sự kiện đã bị xóa."


def _digest(payload: dict[str, Any] | None) -> str:
    text = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _link(previous: str, row: dict[str, Any]) -> str:
    at: datetime = row["at"]
    parts = (
        previous, row["chain"], int(at.timestamp() * 1_000_000), row["actor_id"], row["for_id"], row["source"],
        row["act"], row["subject_kind"], row["subject_id"], row["digest"],
    )  # fmt: skip
    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()


def _append_only(_mapper: Any, _connection: Any, _event: Event) -> None:
    raise WrongState("Nhật ký chỉ được ghi thêm, không sửa, không xóa.")


sa.event.listen(Event, "before_update", _append_only)
sa.event.listen(Event, "before_delete", _append_only)
