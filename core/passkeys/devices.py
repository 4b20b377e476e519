"""The devices a person has remembered: seen, renamed, forgotten."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import accounts, events
from core.accounts import LoginSession, Origin
from core.errors import NotAllowed, Permanent
from core.passkeys.tables import LONGEST_NAME, Passkey
from core.people import User

_GONE = "Thiết bị này không còn trong danh sách của bạn. Tải lại trang."


def of_user(session: Session, user_id: int) -> list[Passkey]:
    """The person's devices that sign in, the newest first."""
    return list(session.scalars(_of(user_id).where(Passkey.revoked_at.is_(None))))


def copied(session: Session, user_id: int, *, since: datetime) -> list[Passkey]:
    """Devices that were shut out after `since` because a copy of their key turned up, the newest first."""
    return list(session.scalars(_of(user_id).where(Passkey.is_copied, Passkey.revoked_at > since)))


def checked_name(name: str) -> str:
    """A device's name as it is kept. Raises Permanent (field name) where it says nothing or is too long."""
    kept = " ".join(name.split())
    if not kept or len(kept) > LONGEST_NAME:
        raise Permanent(f"Đặt tên cho thiết bị, dài nhất {LONGEST_NAME} ký tự.", field="name")
    return kept


def rename(session: Session, passkey_id: int, name: str, *, by: User, at: datetime, origin: Origin) -> None:
    """Give one of the person's own devices another name. Raises NotAllowed, Permanent (field name)."""
    passkey, kept = _own(session, passkey_id, by), checked_name(name)
    if passkey.name == kept:
        return
    payload = {"passkey": passkey.id, "name": kept, "before": passkey.name}
    passkey.name = kept
    session.flush()
    events.record(
        session, "passkey_renamed", "user", by.id, by=by.id, at=at, source=origin.source, payload=payload
    )  # fmt: skip


def forget(session: Session, passkey_id: int, *, by: User, at: datetime, origin: Origin, here: int) -> str:
    """Shut one of the person's own devices out, end the sessions it opened but for session `here`; its name.

    Raises NotAllowed where it is not theirs or already forgotten.
    """
    passkey = _own(session, passkey_id, by)
    passkey.revoked_at = at
    opened = sa.and_(LoginSession.passkey_id == passkey.id, LoginSession.id != here)
    accounts.end_sessions(session, opened, at=at)
    session.flush()
    payload = {"passkey": passkey.id, "name": passkey.name}
    events.record(
        session, "passkey_forgotten", "user", by.id, by=by.id, at=at, source=origin.source, payload=payload
    )  # fmt: skip
    return passkey.name


def _of(user_id: int) -> sa.Select[Passkey]:
    return sa.select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id.desc())


def _own(session: Session, passkey_id: int, by: User) -> Passkey:
    passkey = session.get(Passkey, passkey_id, with_for_update=True)
    if passkey is None or passkey.user_id != by.id or passkey.revoked_at is not None:
        raise NotAllowed(_GONE)
    return passkey
