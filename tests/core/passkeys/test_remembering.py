"""Adding a device, and a person's list of them: both databases, with an authenticator in software."""

from dataclasses import replace
from typing import Any

import cbor2
import pytest
from device_town import HERE, MORNING, PARTY, Town
from soft_device import SoftDevice

from core.errors import NotAllowed, Permanent, WrongState
from core.passkeys import challenges, devices, remembering
from core.passkeys.entering import Refusal
from core.people import User

FORGED_DEVICES: dict[str, dict[str, Any]] = {
    "another origin": {"origin": "https://evil.example"},
    "another relying party": {"party": replace(PARTY, id="evil.example"), "origin": "https://evil.example"},
    "person not verified": {"is_verified": False},
    "too late": {"at": MORNING + challenges.LIFE},
    "another browser": {"browser": "another"},
    "a point that is on no curve": {"public_key": cbor2.dumps({1: 2, 3: -7, -1: 1, -2: b"1" * 32, -3: b"2" * 32})},
    "a key of no known kind": {"public_key": cbor2.dumps({1: 9, 3: -7})},
    "an algorithm that was not asked for": {"public_key": cbor2.dumps({1: 3, 3: -65535, -1: b"n" * 256, -2: b"e"})},
    "a key that would take long": {"public_key": cbor2.dumps({1: 3, 3: -257, -1: b"n" * 2000, -2: b"\x01\x00\x01"})},
}


@pytest.mark.parametrize("other", FORGED_DEVICES.values(), ids=FORGED_DEVICES.keys())
def test_a_device_that_answers_wrongly_is_not_remembered(town: Town, other: dict[str, Any]) -> None:
    if "party" in other:  # asked by another site, handed to us
        with town.database.writing() as session:
            user = session.get_one(User, town.binh)
            options = remembering.begin(session, user, other["party"], browser="b", at=MORNING)
            answer = SoftDevice().create(options, origin=PARTY.origin)
            assert remembering.finish(session, user, answer, "Máy", PARTY, browser="b", at=MORNING, origin=HERE) is None
    else:
        assert town.remember(SoftDevice(), **other) is None
    assert town.passkeys() == []


def test_what_a_browser_says_of_transports_is_kept_only_where_it_is_known(town: Town) -> None:
    said = ["internal", "\ud800", 7, "internal", "x" * 500]
    assert town.remember(SoftDevice(), transports=said) is not None
    assert town.passkeys()[0].transports == "internal"


@pytest.mark.parametrize("name", ["", "  ", "x" * 61])
def test_a_device_needs_a_name(town: Town, name: str) -> None:
    with pytest.raises(Permanent) as refusal:
        town.remember(SoftDevice(), name=name)
    assert refusal.value.field == "name" and town.passkeys() == []


def test_ten_devices_are_remembered_and_no_more(town: Town) -> None:
    for _ in range(remembering.MOST - 1):
        town.remember(SoftDevice())
    with town.database.writing() as session:
        options = remembering.begin(session, session.get_one(User, town.binh), PARTY, browser="b2", at=MORNING)
    town.remember(SoftDevice())
    with pytest.raises(WrongState, match="10 thiết bị"):
        town.remember(SoftDevice())
    with town.database.writing() as session, pytest.raises(WrongState, match="10 thiết bị"):
        user, answer = session.get_one(User, town.binh), SoftDevice().create(options)
        remembering.finish(session, user, answer, "Máy", PARTY, browser="b2", at=MORNING, origin=HERE)
    with town.database.writing() as session:
        by = session.get_one(User, town.binh)
        devices.forget(session, 1, by=by, at=MORNING, origin=HERE, here=0)
    assert town.remember(SoftDevice()) is not None


def test_a_device_is_known_once(town: Town) -> None:
    device = SoftDevice()
    assert town.remember(device) is not None
    assert town.remember(replace(device), town.hung) is None


def test_only_its_own_person_renames_and_forgets_a_device(town: Town) -> None:
    device = SoftDevice()
    town.remember(device)
    with town.database.writing() as session:
        hung = session.get_one(User, town.hung)
        with pytest.raises(NotAllowed):
            devices.forget(session, 1, by=hung, at=MORNING, origin=HERE, here=0)
        with pytest.raises(NotAllowed):
            devices.rename(session, 1, "Của tôi", by=hung, at=MORNING, origin=HERE)
    with town.database.writing() as session:
        binh = session.get_one(User, town.binh)
        devices.forget(session, 1, by=binh, at=MORNING, origin=HERE, here=0)
        with pytest.raises(NotAllowed):
            devices.forget(session, 1, by=binh, at=MORNING, origin=HERE, here=0)
    assert town.enter(device) is Refusal.REVOKED
