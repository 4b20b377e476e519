"""Who may confirm the last number of a book after a restore, and how they are called."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.office import OfficeFact
from core.people import User

FACT = "number_confirmers"


def confirmers(session: Session) -> tuple[str, ...]:
    """The usernames of the persons named to confirm the last number; empty when nobody was named."""
    fact = session.get(OfficeFact, FACT)
    return tuple(fact.value["usernames"]) if fact is not None else ()


def who_confirms(session: Session) -> str:
    """The two persons by name, for sentences: "Lê Thị Mai hoặc Phạm Quốc Bình"; "văn thư" where nobody was named."""
    names = sa.select(User.full_name).where(User.username.in_(confirmers(session))).order_by(User.full_name)
    return " hoặc ".join(session.scalars(names)) or "văn thư"
