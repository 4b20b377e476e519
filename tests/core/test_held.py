"""What the custodian decides about held and left-out letters."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from core import held, people, rights
from core.errors import NotAllowed, Permanent, WrongState
from core.events import Event
from core.letters import Arrival, Exclusion, HeldLetter, IntakeRequest
from core.people import Role, User

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)


@pytest.fixture
def letters(office: Any) -> tuple[int, int, int]:
    """Ids of a held letter, a left-out letter and the custodian."""
    with office.database.writing() as session:
        custodian = people.add(session, "kha", "Hồ Minh Kha", {Role.CUSTODIAN}, "x", at=MORNING)
        arrival = Arrival(
            mailbox="van-thu", folder="INBOX", uidvalidity=1, uid=1, state="held", seen_at=MORNING, size=10
        )
        session.add(arrival)
        session.flush()
        letter = HeldLetter(
            arrival_id=arrival.id, reason="unreadable_time", mark="m", size=10, sealed_path="f" * 32,
            seal_key=b"k" * 32, held_at=MORNING,
        )  # fmt: skip
        left = Exclusion(arrival_id=arrival.id, category="bi_mat", rule="secret_line", mark="n", excluded_at=MORNING)
        session.add_all([letter, left])
        session.flush()
        return letter.id, left.id, custodian.id


def test_not_entering_a_held_letter_destroys_its_key_and_says_why(office: Any, letters: tuple[int, int, int]) -> None:
    held_id, _, custodian_id = letters
    with office.database.writing() as session:
        letter, kha = session.get_one(HeldLetter, held_id), session.get_one(User, custodian_id)
        held.decline_held(session, letter, "Thư rác", by=kha, at=MORNING)
    with office.database.writing() as session:
        letter, kha = session.get_one(HeldLetter, held_id), session.get_one(User, custodian_id)
        assert (letter.seal_key, letter.decision, letter.decision_note) == (None, "declined", "Thư rác")
        assert letter.sealed_path == "f" * 32, "the sweep still needs the file's name"
        assert session.scalars(sa.select(Event).where(Event.act == "held_declined")).one().actor_id == custodian_id
        with pytest.raises(WrongState, match="nội dung đã hủy"):
            held.release_held(session, letter, by=kha, at=MORNING)


def test_a_reason_is_asked_for(office: Any, letters: tuple[int, int, int]) -> None:
    held_id, _, custodian_id = letters
    with office.database.writing() as session, pytest.raises(Permanent):
        letter, kha = session.get_one(HeldLetter, held_id), session.get_one(User, custodian_id)
        held.decline_held(session, letter, " ", by=kha, at=MORNING)


def test_letting_a_letter_in_is_asked_of_intake_once(office: Any, letters: tuple[int, int, int]) -> None:
    held_id, left_id, custodian_id = letters
    with office.database.writing() as session:
        letter, kha = session.get_one(HeldLetter, held_id), session.get_one(User, custodian_id)
        held.release_held(session, letter, by=kha, at=MORNING)
        held.release_exclusion(session, session.get_one(Exclusion, left_id), by=kha, at=MORNING)
        with pytest.raises(WrongState, match="máy đang đọc"):
            held.release_held(session, letter, by=kha, at=MORNING)
        with pytest.raises(WrongState, match="máy đang đọc"):
            held.release_exclusion(session, session.get_one(Exclusion, left_id), by=kha, at=MORNING)
    with office.database.reading() as session:
        rows = session.scalars(sa.select(IntakeRequest).order_by(IntakeRequest.id)).all()
        assert [(row.kind, row.held_id, row.exclusion_id) for row in rows] == [
            ("released", held_id, None), ("released", None, left_id),
        ]  # fmt: skip


def test_what_may_be_a_secret_is_seen_by_the_clerk_but_not_opened(office: Any, letters: tuple[int, int, int]) -> None:
    held_id, left_id, _ = letters
    with office.database.writing() as session:
        lan = session.get_one(User, office.clerk_id)
        letter = session.get_one(HeldLetter, held_id)
        letter.reason = "secret_stamp"
        acts: tuple[Callable[[], object], ...] = (
            lambda: held.release_held(session, letter, by=lan, at=MORNING),
            lambda: held.decline_held(session, letter, "Thư rác", by=lan, at=MORNING),
            lambda: held.release_exclusion(session, session.get_one(Exclusion, left_id), by=lan, at=MORNING),
        )
        for act in acts:
            with pytest.raises(NotAllowed):
                act()


@pytest.mark.parametrize(
    ("reason", "role", "may"),
    [
        ("locked_archive", Role.CLERK, True),
        ("body_only_state", Role.CLERK, True),
        ("phieu_chuyen_don", Role.CLERK, False),
        ("hoi_don_thu", Role.CLERK, False),
        ("secret_stamp", Role.CLERK, False),
        ("một lý do chưa ai biết", Role.CLERK, False),
        ("secret_stamp", Role.CUSTODIAN, True),
        ("locked_archive", Role.LEADER, False),
        ("locked_archive", Role.ADMIN, False),
    ],
)
def test_what_hints_at_a_secret_or_a_petition_is_the_custodians_alone(reason: str, role: Role, may: bool) -> None:
    assert rights.may_open_held({role}, reason) is may
