"""Who acts for whom on which days: authority to approve, and substitution in work (C8; Điều 5.3; Điều 13 NĐ 30)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import events
from core.db import Base, table_of
from core.errors import NotAllowed, Permanent, WrongState
from core.office import office_date
from core.people import Role, User

_MOST_LINKS = 5  # of a chain of substitutes
_MOST_DAYS = 366
_KNOWN = "delegations"  # those of each day asked for, in the session
_MAY_APPROVE = frozenset({Role.LEADER, Role.OFFICE_CHIEF})


class Kind(StrEnum):
    """What is handed over."""

    APPROVE = "approve"  # được ủy quyền duyệt văn bản đến; không ủy quyền lại
    SUBSTITUTE = "substitute"  # xử lý thay khi vắng mặt


KIND_NAMES = {Kind.APPROVE: "Ủy quyền duyệt văn bản đến", Kind.SUBSTITUTE: "Xử lý thay"}


class Delegation(Base):
    """From `starts_on` to `ends_on` (office days, both included) one person acts for another."""

    __tablename__ = "delegations"
    __table_args__ = (
        sa.CheckConstraint("from_id <> to_id", name="another_person"),
        sa.CheckConstraint("starts_on <= ends_on", name="some_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(12))
    from_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    to_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    basis: Mapped[str] = mapped_column(sa.String(300))  # văn bản ủy quyền, hoặc lý do vắng
    made_by: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    made_at: Mapped[datetime]
    ended_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    ended_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Authority:
    """Whom somebody stands for on a day.

    `approves_for` is the Director whose approval he may give, None for nobody; `substitutes` maps everybody whose work
    he does to the chain of people between, the nearest last (empty: named by him directly).
    """

    approves_for: int | None
    substitutes: dict[int, tuple[int, ...]]


_one = table_of(Delegation).c
_RUNNING = (
    sa.select(_one.kind, _one.from_id, _one.to_id)
    .where(_one.starts_on <= sa.bindparam("day"), _one.ends_on >= sa.bindparam("day"), _one.ended_at.is_(None))
    .order_by(_one.id)
)


def authority(session: Session, user: User, *, on: date) -> Authority:
    """What `user` may do for others on the office's day `on`.

    Who is authorised to approve cannot pass that on (Điều 13.3 NĐ 30); a substitute's substitute does the work of both.
    """
    running = _running(session, on)
    approves_for = user.id if Role.DIRECTOR in user.roles else None
    for row in running:
        if row.kind == Kind.APPROVE and row.to_id == user.id and approves_for is None and user.roles & _MAY_APPROVE:
            director = session.get_one(User, row.from_id)
            # What he gave ends with his office.
            approves_for = director.id if director.is_active and Role.DIRECTOR in director.roles else None
    return Authority(
        approves_for, _chains(user.id, [(row.from_id, row.to_id) for row in running if row.kind == Kind.SUBSTITUTE])
    )


def _running(session: Session, on: date) -> Sequence[Any]:
    """The delegations of a day, read once in a transaction: a page asks for them with each right."""
    known: dict[date, Sequence[Any]] = session.info.setdefault(_KNOWN, {})
    if on not in known:
        known[on] = session.execute(_RUNNING, {"day": on}).all()
    return known[on]


def _chains(user_id: int, links: Iterable[tuple[int, int]]) -> dict[int, tuple[int, ...]]:
    """Everybody from whom substitution leads to `user_id`, with those between."""
    given = list(links)
    found: dict[int, tuple[int, ...]] = {}
    edge: dict[int, tuple[int, ...]] = {user_id: ()}
    for _ in range(_MOST_LINKS):
        edge = {
            absent: (*between, near) if near != user_id else between
            for near, between in edge.items()
            for absent, to in given
            if to == near and absent != user_id and absent not in found
        }
        found |= edge
    return found


def delegate(
    session: Session, kind: Kind, absent: User, to: User, starts_on: date, ends_on: date, basis: str, *, by: User,
    at: datetime, source: str = "",
) -> Delegation:  # fmt: skip
    """Let `to` act for `absent` on the days from `starts_on` to `ends_on`.

    Raises NotAllowed unless `by` is `absent` or the chief of office, who enters what was signed on paper; Permanent,
    naming the field, for days that are over or too many, for another's authority and for nobody in particular.
    """
    if by.id != absent.id and Role.OFFICE_CHIEF not in by.roles:
        raise NotAllowed("Mỗi người tự cử người thay; Chánh Văn phòng nhập thay khi đã có văn bản.")
    basis = " ".join(basis.split())
    if to.id == absent.id or not to.is_active:
        raise Permanent("Chọn một người khác đang làm việc.", field="to")
    if starts_on > ends_on:
        raise Permanent("Ngày kết thúc phải từ ngày bắt đầu trở đi.", field="ends_on")
    if ends_on < office_date(at):
        raise Permanent("Những ngày này đã qua. Chọn ngày kết thúc từ hôm nay trở đi.", field="ends_on")
    if (ends_on - starts_on).days >= _MOST_DAYS:
        raise Permanent("Mỗi lần nhiều nhất một năm.", field="ends_on")
    if len(basis) < 3:
        raise Permanent("Ghi văn bản ủy quyền hoặc lý do vắng mặt.", field="basis")
    if kind is Kind.APPROVE and by.id == to.id:
        raise NotAllowed("Không ai tự ghi mình được ủy quyền. Giám đốc ghi, hoặc người khác ghi theo giấy ủy quyền.")
    if kind is Kind.APPROVE:
        _check_authority(session, absent, to, starts_on, ends_on)
    row = Delegation(
        kind=kind, from_id=absent.id, to_id=to.id, starts_on=starts_on, ends_on=ends_on, basis=basis[:300],
        made_by=by.id, made_at=at,
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.info.pop(_KNOWN, None)
    payload = {
        "kind": kind.value, "from": absent.id, "to": to.id, "starts_on": starts_on.isoformat(),
        "ends_on": ends_on.isoformat(), "basis": row.basis,
    }  # fmt: skip
    events.record(
        session, "delegated", "delegation", row.id, by=by.id, at=at, source=source, payload=payload,
        for_id=absent.id if by.id != absent.id else None,
    )  # fmt: skip
    return row


def end(session: Session, row: Delegation, *, by: User, at: datetime, source: str = "") -> None:
    """End a delegation at once. Raises NotAllowed unless `by` made it, gave it or is the chief of office, WrongState
    when it has ended."""
    if by.id not in (row.from_id, row.made_by) and Role.OFFICE_CHIEF not in by.roles:
        raise NotAllowed("Chỉ người đã cử hoặc Chánh Văn phòng được kết thúc việc này.")
    if row.ended_at is not None or row.ends_on < office_date(at):
        raise WrongState("Việc này đã kết thúc.")
    row.ended_at, row.ended_by = at, by.id
    session.flush()
    session.info.pop(_KNOWN, None)
    events.record(session, "delegation_ended", "delegation", row.id, by=by.id, at=at, source=source)


def running_or_coming(session: Session, *, on: date) -> list[Delegation]:
    """Delegations that are not over on the day `on`, the next to end first."""
    query = sa.select(Delegation).where(Delegation.ends_on >= on, Delegation.ended_at.is_(None))
    return list(session.scalars(query.order_by(Delegation.ends_on, Delegation.id)))


def _check_authority(session: Session, absent: User, to: User, starts_on: date, ends_on: date) -> None:
    if Role.DIRECTOR not in absent.roles:
        raise Permanent(
            "Chỉ Giám đốc ủy quyền duyệt văn bản đến; người được ủy quyền không ủy quyền lại.", field="kind"
        )
    if not to.roles & _MAY_APPROVE:
        raise Permanent("Ủy quyền duyệt cho một Phó Giám đốc hoặc Chánh Văn phòng.", field="to")
    at_once = sa.select(Delegation.to_id).where(
        Delegation.kind == Kind.APPROVE, Delegation.from_id == absent.id, Delegation.ended_at.is_(None),
        Delegation.starts_on <= ends_on, Delegation.ends_on >= starts_on,
    )  # fmt: skip
    if session.execute(at_once).first() is not None:
        raise Permanent("Những ngày này đã ủy quyền duyệt cho người khác. Kết thúc việc ấy trước.", field="starts_on")
