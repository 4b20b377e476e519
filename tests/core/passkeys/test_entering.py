"""Signing in by a remembered device, and what does not: both databases, with an authenticator in software."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from device_town import HERE, MORNING, PARTY, Town
from soft_device import SoftDevice

from core import accounts
from core.accounts import LoginSession
from core.errors import NotAllowed
from core.passkeys import challenges, devices, remembering
from core.passkeys.entering import Entered, Refusal
from core.passkeys.tables import PasskeyChallenge
from core.people import User


def test_a_remembered_device_opens_a_session_like_a_password_does(town: Town) -> None:
    device = SoftDevice(is_backed_up=True)
    assert town.remember(device, name=" Điện   thoại ") is not None
    entered = town.enter(device)
    assert isinstance(entered, Entered) and entered.user_id == town.binh
    [passkey] = town.passkeys()
    assert (passkey.name, passkey.transports, passkey.is_backed_up) == ("Điện thoại", "internal hybrid", True)
    assert passkey.sign_count == 2 and passkey.last_used_at == MORNING
    with town.database.reading() as session:
        visit = accounts.visit_of(session, entered.token, at=MORNING, idle=timedelta(minutes=60))
        assert visit is not None and visit.user.last_login_at == MORNING and not visit.is_over
        assert session.get_one(LoginSession, visit.session_id).passkey_id == passkey.id
    assert town.last_event() == ("signed_in", town.binh, {"passkey": passkey.id})


def test_signing_in_by_a_device_ends_the_session_the_browser_came_with(town: Town) -> None:
    device = SoftDevice()
    town.remember(device)
    first = town.enter(device)
    assert isinstance(first, Entered)
    assert isinstance(town.answer(device.get(town.ask()), previous=first.token), Entered)
    with town.database.reading() as session:
        old = accounts.visit_of(session, first.token, at=MORNING, idle=timedelta(minutes=60))
        assert old is not None and old.is_over


def test_the_options_name_nobody_and_ask_for_the_person(town: Town) -> None:
    town.remember(SoftDevice())
    asked = json.loads(town.ask())
    assert asked["rpId"] == "vt.example.vn" and asked["userVerification"] == "required"
    assert not asked.get("allowCredentials")
    with town.database.writing() as session:
        made = json.loads(
            remembering.begin(session, session.get_one(User, town.binh), PARTY, browser="b", at=MORNING)
        )  # fmt: skip
        challenge = session.scalars(sa.select(PasskeyChallenge).where(PasskeyChallenge.user_id.is_not(None))).one()
        assert challenge.digest not in json.dumps(made) and made["challenge"] not in challenge.digest
    assert made["authenticatorSelection"]["residentKey"] == "required"
    assert made["authenticatorSelection"]["userVerification"] == "required" and made["attestation"] == "none"
    assert len(made["excludeCredentials"]) == 1 and str(town.binh) != made["user"]["id"]


FORGED_SIGN_INS: dict[str, tuple[dict[str, Any], Refusal]] = {
    "another origin": ({"origin": "https://vt.example.vn.evil.example"}, Refusal.INVALID),
    "plain http": ({"origin": "http://vt.example.vn"}, Refusal.INVALID),
    "another port": ({"origin": "https://vt.example.vn:8443"}, Refusal.INVALID),
    "another relying party": ({"rp_id": "evil.example"}, Refusal.INVALID),
    "person not verified": ({"is_verified": False}, Refusal.INVALID),
    "another person's handle": ({"handle": b"x" * 32}, Refusal.INVALID),
    "a challenge of its own": ({"challenge": "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE"}, Refusal.STALE),
}


@pytest.mark.parametrize(("other", "why"), FORGED_SIGN_INS.values(), ids=FORGED_SIGN_INS.keys())
def test_a_forged_answer_opens_nothing_and_shuts_nobody_out(town: Town, other: Any, why: Refusal) -> None:
    device = SoftDevice()
    town.remember(device)
    assert town.enter(device, **other) is why
    assert town.last_event()[0] == "sign_in_refused" and town.last_event()[2]["why"] == why
    assert isinstance(town.enter(device), Entered)


def test_another_key_under_a_known_name_opens_nothing(town: Town) -> None:
    device, other = SoftDevice(), SoftDevice()
    town.remember(device)
    town.remember(other, town.hung)
    forged = replace(other, id=device.id, handle=device.handle, count=0)
    assert town.enter(forged) is Refusal.INVALID, "an old counter under a false signature must not shut the device out"
    assert isinstance(town.enter(device), Entered)
    assert town.enter(SoftDevice(handle=device.handle)) is Refusal.UNKNOWN
    mixed = town.enter(device, handle=other.handle)
    assert mixed is Refusal.INVALID, "the account is the key's, and the device must say the same"


def test_a_challenge_serves_once_one_browser_for_three_minutes(town: Town) -> None:
    device = SoftDevice()
    town.remember(device)
    options = town.ask()
    assert town.answer(device.get(options), browser="another") is Refusal.STALE
    assert isinstance(town.answer(device.get(options)), Entered)
    assert town.answer(device.get(options)) is Refusal.STALE
    options = town.ask()
    assert town.answer(device.get(options), at=MORNING + challenges.LIFE) is Refusal.STALE
    options = town.ask()
    town.ask()
    assert town.answer(device.get(options)) is Refusal.STALE, "a browser has one challenge at a time"
    options = town.ask()
    assert town.answer(device.get(options, origin="https://evil.example")) is Refusal.INVALID
    assert town.answer(device.get(options)) is Refusal.STALE, "a wrong answer uses its challenge up"
    town.ask(browser="left open")
    town.ask(browser="b2", at=MORNING + challenges.LIFE)
    with town.database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(PasskeyChallenge)) == 1


def test_a_challenge_of_one_ceremony_or_person_does_not_serve_another(town: Town) -> None:
    device = SoftDevice()
    town.remember(device)
    with town.database.writing() as session:
        binh, hung = session.get_one(User, town.binh), session.get_one(User, town.hung)
        made = json.loads(remembering.begin(session, binh, PARTY, browser="b", at=MORNING))
        answer = SoftDevice().create(json.dumps(made))
        assert remembering.finish(session, hung, answer, "Máy", PARTY, browser="b", at=MORNING, origin=HERE) is None
    assert town.answer(device.get(json.dumps(made | {"rpId": PARTY.id}))) is Refusal.STALE
    asked = json.loads(town.ask())
    false = {**asked, "rp": {"id": PARTY.id}, "user": {"id": "AAAA"}}
    with town.database.writing() as session:
        binh = session.get_one(User, town.binh)
        answer = SoftDevice().create(json.dumps(false))
        assert remembering.finish(session, binh, answer, "Máy", PARTY, browser="b", at=MORNING, origin=HERE) is None


def test_two_answers_at_once_open_one_session(town: Town) -> None:
    device = SoftDevice(counts=False)
    town.remember(device)
    answer = device.get(town.ask())
    with ThreadPoolExecutor(2) as pool:
        came = list(pool.map(lambda _: town.answer(answer), range(2)))
    assert sorted(isinstance(one, Entered) for one in came) == [False, True]


def test_a_device_forgotten_meanwhile_opens_nothing(town: Town) -> None:
    device = SoftDevice()
    town.remember(device)
    answer = device.get(town.ask())
    with ThreadPoolExecutor(1) as pool:
        with town.database.writing() as session:
            by = session.get_one(User, town.binh)
            devices.forget(session, 1, by=by, at=MORNING, origin=HERE, here=0)
            came = pool.submit(town.answer, answer)
            time.sleep(0.5)  # it waits for the lock by now
        assert came.result(30) is Refusal.REVOKED


def test_a_counter_that_goes_back_shuts_the_device_out_and_ends_its_sessions(town: Town) -> None:
    device = SoftDevice()
    town.remember(device)
    copy = replace(device)
    entered = town.enter(device)
    assert isinstance(entered, Entered)
    assert town.enter(copy) is Refusal.COPIED
    assert town.last_event() == ("passkey_copied", town.binh, {"passkey": 1, "why": "copied"})
    assert town.enter(device) is Refusal.REVOKED
    with town.database.reading() as session:
        visit = accounts.visit_of(session, entered.token, at=MORNING, idle=timedelta(minutes=60))
        assert visit is not None and visit.is_over
        assert devices.of_user(session, town.binh) == []
        assert len(devices.copied(session, town.binh, since=MORNING - timedelta(days=1))) == 1
        assert devices.copied(session, town.binh, since=MORNING) == []


def test_a_synced_key_that_counts_nothing_is_no_copy(town: Town) -> None:
    device = SoftDevice(counts=False)
    town.remember(device)
    assert isinstance(town.enter(device), Entered) and isinstance(town.enter(device), Entered)


def test_the_largest_counter_is_kept(town: Town) -> None:
    device = SoftDevice(count=2**32 - 3)
    town.remember(device)
    assert isinstance(town.enter(device), Entered)
    assert town.passkeys()[0].sign_count == 2**32 - 1


@pytest.mark.parametrize("end", ["close", "reset"])
def test_a_closed_account_and_a_new_first_password_end_the_devices(town: Town, end: str) -> None:
    device, other = SoftDevice(), SoftDevice()
    town.remember(device)
    town.remember(other, town.hung)
    with town.database.writing() as session:
        binh = session.get_one(User, town.binh)
        if end == "close":
            accounts.close(session, binh, at=MORNING)
        else:
            accounts.reset_password(session, binh, "y", at=MORNING)
    assert town.last_event()[2] == {"passkeys": [1]}
    assert town.enter(device) is Refusal.REVOKED
    assert isinstance(town.enter(other), Entered)


def test_a_closed_account_is_nobody_whatever_its_devices(town: Town) -> None:
    device = SoftDevice()
    town.remember(device)
    with town.database.writing() as session:
        session.get_one(User, town.binh).is_active = False
    assert town.enter(device) is Refusal.CLOSED
    with pytest.raises(NotAllowed):
        town.remember(SoftDevice())


def test_a_device_answers_neither_to_the_lock_of_passwords_nor_opens_it(town: Town) -> None:
    device, until = SoftDevice(), MORNING + timedelta(hours=1)
    town.remember(device)
    with town.database.writing() as session:
        user = session.get_one(User, town.binh)
        user.failed_logins, user.locked_until = 3, until
    for _ in range(accounts.TRIES + 1):
        assert town.enter(device, origin="https://evil.example") is Refusal.INVALID
    assert isinstance(town.enter(device), Entered)
    with town.database.reading() as session:
        user = session.get_one(User, town.binh)
        assert (user.failed_logins, user.locked_until) == (3, until)
