"""Signing in: passwords, sessions and the lock-out (Quy chế 63, Chương III, Điều 8; figures of TCVN 14423:2026).

A password is compared outside any transaction, since argon2 is slow on purpose: `credentials` (reading), then
`is_right`, then `sign_in` (writing).
"""

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import events, people
from core.db import Base, table_of
from core.errors import Permanent, WrongState
from core.passkeys.tables import Passkey
from core.people import User
from core.text import fold

TRIES = 5
LOCKED_FOR = timedelta(hours=12)
LONGEST_SESSION = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)  # how exactly `seen_at` is kept: one write a minute, not one a request
SHORTEST_PASSWORD = 14
LONGEST_PASSWORD = 200
PASSWORD_RULE = (
    f"Mật khẩu dài ít nhất {SHORTEST_PASSWORD} ký tự, có đủ chữ thường, chữ HOA, chữ số và ký tự khác "
    "(dấu cách, dấu chấm, …), không chứa tên đăng nhập. Một câu ngắn dễ nhớ là tốt nhất."
)
OWN_ROW = {"of": User}  # PostgreSQL refuses to lock the division that comes along by outer join
_HASHER = PasswordHasher()
_MOST_LETTERS = 1_000  # of a password


class LoginSession(Base):
    """One signed-in browser. `token_digest` is the SHA-256 (hex) of the cookie's token, never the token."""

    __tablename__ = "login_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    csrf_token: Mapped[str] = mapped_column(sa.String(64))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    source: Mapped[str] = mapped_column(sa.String(64), default="")
    browser: Mapped[str] = mapped_column(sa.String(200), default="")
    passkey_id: Mapped[int | None] = mapped_column(sa.ForeignKey("passkeys.id"))  # None: opened by a password


_VISIT = (
    sa.select(LoginSession, User)
    .join(User, User.id == LoginSession.user_id)
    .where(LoginSession.token_digest == sa.bindparam("digest"))
)
_login = table_of(LoginSession).c
_NOTE_SEEN = (
    sa.update(table_of(LoginSession))
    .where(_login.id == sa.bindparam("of"), _login.ended_at.is_(None))
    .values(seen_at=sa.bindparam("seen"))
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a password is compared with. `user_id` is None where no such account exists."""

    user_id: int | None
    password_hash: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an act came from: the browser's address and its own name, for the session and the journal."""

    source: str = ""
    browser: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """A browser known by its cookie; `is_over` when its session was ended, idle too long or too old."""

    session_id: int
    user: User
    csrf_token: str
    started_at: datetime
    seen_at: datetime
    is_over: bool


def hash_password(password: str) -> str:
    """The argon2id hash to be stored. The text is NFKC first: keyboards differ in how they compose ế."""
    return _HASHER.hash(_same_letters(password))


def credentials(session: Session, username: str) -> Credentials:
    """What the password of `username` is compared with; for an unknown name something that takes as long."""
    user = people.by_username(session, username[:64])
    return Credentials(user.id, user.password_hash) if user else Credentials(None, _nobodys_hash())


def is_right(found: Credentials, password: str) -> bool:
    """Whether the password fits. Takes some 50 ms, also for unknown accounts; call outside a transaction."""
    try:
        _HASHER.verify(found.password_hash, _same_letters(password[:LONGEST_PASSWORD]))
    except (VerificationError, InvalidHashError):
        return False
    return found.user_id is not None


def sign_in(
    session: Session, found: Credentials, *, fits: bool, at: datetime, origin: Origin, previous: str | None = None
) -> str | None:
    """Open a session and return its token, or count the wrong try and return None.

    The fifth wrong try locks the account for twelve hours. None is also the answer for a locked or closed
    account, whatever the password: nobody learns which. `previous` is the token the browser came with; that
    session ends, so a token known before the login is worth nothing after it.
    """
    user = session.get(User, found.user_id, with_for_update=OWN_ROW) if found.user_id is not None else None
    if user is None:
        _note_refusal(session, None, at=at, origin=origin)
        return None
    is_locked = user.locked_until is not None and user.locked_until > at
    if is_locked or not user.is_active or user.password_hash != found.password_hash:
        _note_refusal(session, user.id, at=at, origin=origin)
        return None
    if not fits:
        _count_wrong_try(session, user, at=at, origin=origin)
        return None
    user.failed_logins, user.locked_until = 0, None
    return open_session(session, user, at=at, origin=origin, previous=previous)


def open_session(
    session: Session, user: User, *, at: datetime, origin: Origin, previous: str | None = None,
    passkey_id: int | None = None,
) -> str:  # fmt: skip
    """Sign in a person who has proved who they are, by the device `passkey_id` or else by the password; the token.

    `previous` is the token the browser came with; that session ends.
    """
    user.last_login_at = at
    if previous:
        end_sessions(session, LoginSession.token_digest == _digest(previous), at=at)
    token = _open(session, user, at=at, origin=origin, passkey_id=passkey_id)
    payload = {"passkey": passkey_id} if passkey_id is not None else None
    events.record(session, "signed_in", "user", user.id, by=user.id, at=at, source=origin.source, payload=payload)
    return token


def visit_of(session: Session, token: str, *, at: datetime, idle: timedelta) -> Visit | None:
    """Who the cookie's token stands for; None for a token never given out or a closed account."""
    row = session.execute(_VISIT, {"digest": _digest(token)}).first()
    if row is None or not row.User.is_active:
        return None
    login: LoginSession = row.LoginSession
    is_over = login.ended_at is not None or at - login.seen_at > idle or at - login.started_at > LONGEST_SESSION
    return Visit(login.id, row.User, login.csrf_token, login.started_at, login.seen_at, is_over)


def has_given_out(session: Session, user_id: int, csrf_token: str) -> bool:
    """Whether a form with that token was given out to that person, in whichever of his sessions."""
    query = sa.select(LoginSession.id).where(LoginSession.user_id == user_id, LoginSession.csrf_token == csrf_token)
    return session.scalars(query.limit(1)).first() is not None


def note_seen(session: Session, session_id: int, *, at: datetime) -> None:
    """Keep a session alive; harmless when it has ended."""
    session.execute(_NOTE_SEEN, {"of": session_id, "seen": at})


def sign_out(session: Session, session_id: int, *, by: User, at: datetime, origin: Origin) -> None:
    """End one session; harmless when it has ended."""
    end_sessions(session, LoginSession.id == session_id, at=at)
    events.record(session, "signed_out", "user", by.id, by=by.id, at=at, source=origin.source)


def end_sessions(session: Session, which: sa.ColumnElement[bool], *, at: datetime) -> None:
    """End those of the sessions `which` that still run."""
    running = sa.update(LoginSession).where(which, LoginSession.ended_at.is_(None))
    session.execute(running.values(ended_at=at))


def check_new_password(password: str, username: str) -> None:
    """Raise Permanent (field new_password) unless the password keeps the rule of DOMAIN 5.2 without a second factor."""
    text = _same_letters(password)
    classes = (str.islower, str.isupper, str.isdigit, lambda letter: not letter.isalnum())
    if len(text) > LONGEST_PASSWORD:
        raise Permanent(f"Mật khẩu dài quá {LONGEST_PASSWORD} ký tự.", field="new_password")
    is_poor = len(text) < SHORTEST_PASSWORD or not all(any(map(kind, text)) for kind in classes)
    if is_poor or fold(username) in fold(text):
        raise Permanent("Mật khẩu mới chưa đạt. " + PASSWORD_RULE, field="new_password")


def change_password(
    session: Session, found: Credentials, new_hash: str, *, at: datetime, origin: Origin
) -> str:  # fmt: skip
    """Replace the person's own password, end all their sessions and return the token of a new one.

    `found` is what the old password was checked against and `new_hash` the `hash_password` of one that
    passed `check_new_password`. Raises WrongState when the password was changed meanwhile.
    """
    user = session.get(User, found.user_id, with_for_update=OWN_ROW)
    if user is None or user.password_hash != found.password_hash:
        raise WrongState("Mật khẩu vừa được đổi ở nơi khác. Đăng nhập lại bằng mật khẩu mới.")
    user.password_hash, user.must_change_password = new_hash, False
    end_sessions(session, LoginSession.user_id == user.id, at=at)
    token = _open(session, user, at=at, origin=origin)
    events.record(session, "password_changed", "user", user.id, by=user.id, at=at, source=origin.source)
    return token


def reset_password(session: Session, user: User, new_hash: str, *, at: datetime) -> None:
    """Give an account a first password again (`congvan user`), which must be changed: sessions end, the lock opens,
    devices are forgotten."""
    user.password_hash, user.must_change_password = new_hash, True
    user.failed_logins, user.locked_until = 0, None
    forgotten = _forget_devices(session, user, at=at)
    end_sessions(session, LoginSession.user_id == user.id, at=at)
    events.record(session, "password_reset", "user", user.id, by=None, at=at, payload=forgotten)


def unlock(session: Session, user: User, *, at: datetime) -> None:
    """Open an account that wrong tries have locked; harmless when it is open."""
    user.failed_logins, user.locked_until = 0, None
    session.flush()
    events.record(session, "account_unlocked", "user", user.id, by=None, at=at)


def close(session: Session, user: User, *, at: datetime) -> None:
    """Close an account: its sessions end, its devices are forgotten, its acts and name stay. Harmless when closed."""
    user.is_active = False
    forgotten = _forget_devices(session, user, at=at)
    end_sessions(session, LoginSession.user_id == user.id, at=at)
    events.record(session, "account_closed", "user", user.id, by=None, at=at, payload=forgotten)


def _forget_devices(session: Session, user: User, *, at: datetime) -> dict[str, Any] | None:
    """Shut out all devices of an account; what its event says of them. Before its sessions end: locks are taken so."""
    session.flush()
    alive = (Passkey.user_id == user.id, Passkey.revoked_at.is_(None))
    ids = list(session.scalars(sa.update(Passkey).where(*alive).values(revoked_at=at).returning(Passkey.id)))
    return {"passkeys": sorted(ids)} if ids else None


def _count_wrong_try(session: Session, user: User, *, at: datetime, origin: Origin) -> None:
    user.failed_logins += 1
    if user.failed_logins < TRIES:
        _note_refusal(session, user.id, at=at, origin=origin)
        return
    user.failed_logins, user.locked_until = 0, at + LOCKED_FOR
    session.flush()
    events.record(session, "account_locked", "user", user.id, by=None, at=at, source=origin.source)


def _note_refusal(session: Session, user_id: int | None, *, at: datetime, origin: Origin) -> None:
    # The name as typed is not kept: people type their password into that field.
    session.flush()
    events.record(session, "sign_in_refused", "user", user_id, by=None, at=at, source=origin.source)


def _open(session: Session, user: User, *, at: datetime, origin: Origin, passkey_id: int | None = None) -> str:
    token = secrets.token_urlsafe(32)
    session.add(
        LoginSession(
            token_digest=_digest(token), csrf_token=secrets.token_urlsafe(32), user_id=user.id, started_at=at,
            seen_at=at, source=origin.source[:64], browser=origin.browser[:200], passkey_id=passkey_id,
        )
    )  # fmt: skip
    session.flush()
    return token


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _same_letters(password: str) -> str:
    return unicodedata.normalize("NFKC", password[:_MOST_LETTERS])  # quadratic in a run of marks


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash(secrets.token_urlsafe(16))
