"""Remembered devices, and the challenges that are open."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base

LONGEST_NAME = 60


class Passkey(Base):
    """One device (credential) of one person; `credential_id` and `public_key` (COSE) as the device gave them.

    Rows stay when a device is forgotten: the journal names them. `sign_count` is a 32-bit unsigned number.
    """

    __tablename__ = "passkeys"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(sa.BigInteger)
    transports: Mapped[str] = mapped_column(sa.String(80))  # the browser's words, with blanks between
    is_backed_up: Mapped[bool]  # it lives in the person's account at the device's maker, not in one device alone
    name: Mapped[str] = mapped_column(sa.String(LONGEST_NAME))
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    is_copied: Mapped[bool] = mapped_column(default=False)  # its counter went back: there are two of it


class PasskeyChallenge(Base):
    """One challenge given to a browser and not yet answered; `digest` and `browser` are SHA-256 in hex."""

    __tablename__ = "passkey_challenges"

    digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    browser: Mapped[str] = mapped_column(sa.String(64), index=True)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))  # who adds a device; None: signing in
    given_at: Mapped[datetime] = mapped_column(index=True)
