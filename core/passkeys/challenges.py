"""What both ceremonies share: for whom a passkey is, and challenges that serve once, soon, and one browser."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from cryptography.exceptions import UnsupportedAlgorithm
from sqlalchemy.orm import Session
from webauthn.helpers import parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException

from core.passkeys.tables import PasskeyChallenge

LIFE = timedelta(minutes=3)
TIMEOUT_MILLISECONDS = 120_000  # how long the browser waits for the person's finger
MOST_LETTERS = 20_000  # of an answer; real ones have a tenth
# What the library and those beneath it raise for bytes that are no answer.
BROKEN = (WebAuthnException, ValueError, TypeError, LookupError, ArithmeticError, RecursionError, UnsupportedAlgorithm)


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """The office as devices know it: `id` is the host name alone, `origin` what browsers say (WebAuthn §4, §5.8.1)."""

    id: str
    origin: str
    name: str


def give(session: Session, *, browser: str, user_id: int | None, at: datetime) -> bytes:
    """A new challenge of 32 bytes for the browser that holds the token `browser`, in place of its earlier one.

    `user_id` is who adds a device, None where somebody signs in. Only the digest is kept.
    """
    challenge, its_browser = secrets.token_bytes(32), _digest(browser.encode())
    over = sa.or_(PasskeyChallenge.given_at <= at - LIFE, PasskeyChallenge.browser == its_browser)
    # Skipped where another browser removes it just now: two that lock the same rows could wait for each other.
    removed = sa.select(PasskeyChallenge.digest).where(over).with_for_update(skip_locked=True)
    session.execute(sa.delete(PasskeyChallenge).where(PasskeyChallenge.digest.in_(removed)))
    session.add(PasskeyChallenge(digest=_digest(challenge), browser=its_browser, user_id=user_id, given_at=at))
    session.flush()
    return challenge


def take(session: Session, client_data: bytes, *, browser: str, user_id: int | None, at: datetime) -> bytes | None:
    """The challenge that an answer's client data names, which is then used up; None where it is not open.

    Not open: never given, answered before, older than LIFE, of another browser, person or ceremony.
    """
    challenge = parse_client_data_json(client_data).challenge
    which = (
        PasskeyChallenge.digest == _digest(challenge),
        PasskeyChallenge.browser == _digest(browser.encode()),
        PasskeyChallenge.user_id.is_(None) if user_id is None else PasskeyChallenge.user_id == user_id,
        PasskeyChallenge.given_at > at - LIFE,
    )
    done: Any = session.execute(sa.delete(PasskeyChallenge).where(*which))
    return challenge if done.rowcount == 1 else None


def _digest(value: bytes) -> str:
    return hashlib.sha256(value).hexdigest()
