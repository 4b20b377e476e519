"""Signing in, the lock-out, and sessions that end."""

import unicodedata
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import accounts, people
from core.accounts import LoginSession, Origin, Visit
from core.db import Database
from core.errors import Permanent, WrongState
from core.events import Event
from core.people import Role, User

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
IDLE = timedelta(minutes=60)
HERE = Origin("127.0.0.1", "Firefox")
GOOD = "Một câu dài 2026 dễ nhớ"


@cache
def _hash(password: str) -> str:
    return accounts.hash_password(password)


@pytest.fixture
def lan(database: Database) -> int:
    with database.writing() as session:
        return people.add(session, "lan", "Nguyễn Thị Lan", {Role.CLERK}, _hash(GOOD), at=MORNING).id


def _try(database: Database, password: str, *, at: datetime = MORNING, previous: str | None = None) -> str | None:
    with database.reading() as session:
        found = accounts.credentials(session, "LAN ")
    fits = password == GOOD  # argon2 itself is tried once below: it is slow on purpose
    with database.writing() as session:
        return accounts.sign_in(session, found, fits=fits, at=at, origin=HERE, previous=previous)


def _visit(database: Database, token: str, at: datetime) -> Visit | None:
    with database.reading() as session:
        return accounts.visit_of(session, token, at=at, idle=IDLE)


def _acts(session: Session) -> list[str]:
    return list(session.scalars(sa.select(Event.act).order_by(Event.id)))


def test_the_right_password_opens_a_session_that_knows_the_person(database: Database, lan: int) -> None:
    token = _try(database, GOOD)
    assert token is not None
    visit = _visit(database, token, MORNING)
    assert visit is not None and visit.user.id == lan and not visit.is_over
    with database.reading() as session:
        row = session.scalars(sa.select(LoginSession)).one()
        assert token not in (row.token_digest, row.csrf_token), "the database must not hold the cookie's token"


@pytest.mark.parametrize(
    ("typed", "fits"),
    [(GOOD, True), (unicodedata.normalize("NFD", GOOD), True), (GOOD.upper(), False), ("", False)],
    ids=["as chosen", "another keyboard's letters", "other case", "nothing"],
)
def test_a_password_fits_whatever_keyboard_composed_its_letters(typed: str, fits: bool) -> None:
    assert accounts.is_right(accounts.Credentials(1, _hash(GOOD)), typed) is fits


def test_five_wrong_tries_lock_the_account_for_twelve_hours(database: Database, lan: int) -> None:
    for _ in range(accounts.TRIES):
        assert _try(database, "sai") is None
    assert _try(database, GOOD) is None, "the right password must not open a locked account"
    assert _try(database, GOOD, at=MORNING + timedelta(hours=11, minutes=59)) is None
    assert _try(database, GOOD, at=MORNING + timedelta(hours=12, seconds=1)) is not None
    with database.reading() as session:
        assert _acts(session).count("account_locked") == 1


def test_four_wrong_tries_and_a_right_one_begin_the_count_anew(database: Database, lan: int) -> None:
    for _ in range(2):
        for _ in range(accounts.TRIES - 1):
            assert _try(database, "sai") is None
        assert _try(database, GOOD) is not None


def test_the_administrator_unlocks_an_account(database: Database, lan: int) -> None:
    for _ in range(accounts.TRIES):
        _try(database, "sai")
    with database.writing() as session:
        accounts.unlock(session, session.get_one(User, lan), at=MORNING)
    assert _try(database, GOOD) is not None


def test_an_unknown_name_is_refused_like_a_wrong_password(database: Database) -> None:
    with database.reading() as session:
        found = accounts.credentials(session, "nobody")
    assert not accounts.is_right(found, GOOD)
    with database.writing() as session:
        assert accounts.sign_in(session, found, fits=False, at=MORNING, origin=HERE) is None
        event = session.scalars(sa.select(Event)).one()
        assert event.subject_id is None and event.payload is None, "what was typed as a name is not kept"


def test_a_session_ends_when_idle_and_after_twelve_hours_at_most(database: Database, lan: int) -> None:
    token = _try(database, GOOD)
    assert token is not None
    at = MORNING
    while at < MORNING + accounts.LONGEST_SESSION:
        visit = _visit(database, token, at)
        assert visit is not None and not visit.is_over
        with database.writing() as session:
            accounts.note_seen(session, visit.session_id, at=at)
        at += timedelta(minutes=59)
    late = _visit(database, token, MORNING + accounts.LONGEST_SESSION + timedelta(seconds=1))
    assert late is not None and late.is_over

    idle = _try(database, GOOD)
    assert idle is not None
    left = _visit(database, idle, MORNING + IDLE + timedelta(seconds=1))
    assert left is not None and left.is_over


def test_signing_in_again_ends_the_session_the_browser_came_with(database: Database, lan: int) -> None:
    first = _try(database, GOOD)
    second = _try(database, GOOD, previous=first)
    assert first is not None and second is not None
    old = _visit(database, first, MORNING)
    assert old is not None and old.is_over


def test_a_new_password_ends_every_session_and_the_old_password(database: Database, lan: int) -> None:
    other = _try(database, GOOD)
    with database.reading() as session:
        found = accounts.credentials(session, "lan")
    with database.writing() as session:
        token = accounts.change_password(session, found, _hash("Câu khác 2027 cũng dài"), at=MORNING, origin=HERE)
    assert other is not None
    ended, fresh = _visit(database, other, MORNING), _visit(database, token, MORNING)
    assert ended is not None and ended.is_over
    assert fresh is not None and not fresh.is_over and not fresh.user.must_change_password
    with database.reading() as session:
        assert not accounts.is_right(accounts.credentials(session, "lan"), GOOD)
    with database.writing() as session, pytest.raises(WrongState, match="đổi ở nơi khác"):
        accounts.change_password(session, found, _hash(GOOD), at=MORNING, origin=HERE)


def test_a_closed_account_is_nobody_at_once(database: Database, lan: int) -> None:
    token = _try(database, GOOD)
    with database.writing() as session:
        accounts.close(session, session.get_one(User, lan), at=MORNING)
    assert token is not None and _visit(database, token, MORNING) is None
    assert _try(database, GOOD) is None


@pytest.mark.parametrize(
    "poor",
    ["Ngắn 2026 !", "khong co chu hoa 2026", "KHÔNG CÓ CHỮ THƯỜNG 2026", "Không có số nào cả", "Khong1co2dau3cach",
     "Tên tôi là Nguyễn Lan 2026", "x" * 201],
)  # fmt: skip
def test_a_poor_password_is_refused_in_words(poor: str) -> None:
    with pytest.raises(Permanent) as refusal:
        accounts.check_new_password(poor, "lan")
    assert refusal.value.field == "new_password"


def test_a_sentence_makes_a_good_password() -> None:
    accounts.check_new_password("Sáng nay uống 2 ly cà phê", "lan")
