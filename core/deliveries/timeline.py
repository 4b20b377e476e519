"""The timeline of a delivery: one line for each thing that happened to it."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.db import table_of
from core.deliveries.tables import DeliveryStep, Step

LONGEST_WORDS = 2_000
_INSERT = sa.insert(table_of(DeliveryStep))


def add(
    session: Session, delivery_id: int, step: Step, *, at: datetime, by: int | None = None, stage: str = "",
    status: str = "", said: str = "", mark: str | None = None,
) -> None:  # fmt: skip
    """Write one line; see `DeliveryStep`. Words longer than 2,000 letters are cut."""
    row: dict[str, Any] = {
        "delivery_id": delivery_id, "at": at, "step": step, "stage": stage, "status": status[:16],
        "said": cut(said), "by": by, "mark": mark,
    }  # fmt: skip
    session.execute(_INSERT, [row])


def cut(words: str) -> str:
    """Words of a server as a row can hold them: PostgreSQL takes no NUL, and nobody reads more."""
    return words.replace("\0", "")[:LONGEST_WORDS]
