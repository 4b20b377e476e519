"""The Message-ID of a delivery: a keyed hash of its id and time, so that nobody else can name one (promise 6)."""

import hashlib
import hmac
from datetime import datetime

from sqlalchemy.orm import Session

from core.sealing import mark_key

_PURPOSE = b"delivery"  # a key of its own: marks of letters tell nothing of Message-IDs
_HEX_LETTERS = 32


def message_id(session: Session, delivery_id: int, made_at: datetime, domain: str) -> str:
    """The Message-ID, with angle brackets, of a delivery from an address at `domain` (RFC 5322 3.6.4): always the same.

    `made_at` is when it was queued: a delivery that takes the number of one that a restore has lost has another. Needs
    a writing session where the office has no key yet.
    """
    key = hmac.digest(mark_key(session), _PURPOSE, hashlib.sha256)
    said = f"{delivery_id} {int(made_at.timestamp() * 1_000_000)}"
    mark = hmac.new(key, said.encode(), hashlib.sha256).hexdigest()[:_HEX_LETTERS]
    return f"<cv.{delivery_id}.{mark}@{domain}>"
