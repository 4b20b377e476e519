"""Whatever a browser sends as its device's answer, it is refused in words, never a crash."""

import json
import random
from typing import Any

import pytest
import sqlalchemy as sa
from device_town import HERE, MORNING, PARTY
from soft_device import SoftDevice, bytes_of, text_of

from core import people
from core.db import Database
from core.passkeys import entering, remembering
from core.passkeys.challenges import MOST_LETTERS
from core.passkeys.entering import Refusal
from core.passkeys.tables import Passkey
from core.people import Role

NO_ANSWERS = (
    "", "null", "7", "[]", "{}", "{", "[" * 15_000, '{"a":' * 3_000, "9" * 15_000, "x" * (MOST_LETTERS + 1),
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": 7}', '{"id": 1, "rawId": [], "response": {}}',
    '{"id": "\\ud800", "rawId": "\\ud800", "type": "public-key", "response": {"clientDataJSON": "\\ud800"}}',
)  # fmt: skip
CLIENTS: tuple[Any, ...] = (
    7, [], {"type": []}, {"type": {}, "challenge": 7, "origin": []},
    {"type": "webauthn.get", "challenge": "é", "origin": 1},
    {"type": "webauthn.get", "challenge": "A", "origin": "\ud800", "tokenBinding": {"status": []}},
)  # fmt: skip


def _changed(answer: str, chance: random.Random) -> str:
    """The answer with one of its fields damaged: bytes changed, cut or added, or another JSON value in its place."""
    said = json.loads(answer)
    place = said["response"] if chance.random() < 0.8 else said
    name = chance.choice(sorted(place))
    if not isinstance(place[name], str) or chance.random() < 0.1:
        place[name] = chance.choice([None, 7, [], {}, "", "é", "=", "\ud800", ["x"], True, 1e308])
        return json.dumps(said)
    octets = bytearray(bytes_of(place[name]) if name != "type" else place[name].encode())
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(octets) + 1)
        octets[at : at + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
    place[name] = text_of(bytes(octets))
    if name == "rawId":
        said["id"] = place[name]
    return json.dumps(said)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_answer_crashes_either_ceremony(database: Database) -> None:
    chance = random.Random(20261127)
    with database.writing() as session:
        user = people.add(session, "binh", "Phạm Quốc Bình", {Role.LEADER}, "x", at=MORNING)
        device = SoftDevice()
        for _ in range(300):
            options = remembering.begin(session, user, PARTY, browser="b", at=MORNING)
            answer = _changed(device.create(options), chance)
            remembering.finish(session, user, answer, "Máy", PARTY, browser="b", at=MORNING, origin=HERE)
            session.execute(sa.update(Passkey).values(revoked_at=MORNING))  # or the list would be full one day
            options = entering.begin(session, PARTY, browser="b", at=MORNING)
            entering.finish(session, _changed(device.get(options), chance), PARTY, browser="b", at=MORNING, origin=HERE)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_no_answer_is_refused(database: Database) -> None:
    with database.writing() as session:
        user = people.add(session, "binh", "Phạm Quốc Bình", {Role.LEADER}, "x", at=MORNING)
        clients = [{"clientDataJSON": text_of(json.dumps(one).encode())} for one in CLIENTS]
        signed = [one | {"authenticatorData": "AA", "signature": "AA", "attestationObject": "AA"} for one in clients]
        shaped = [{"id": "AA", "rawId": "AA", "type": "public-key", "response": one} for one in signed]
        for answer in (*NO_ANSWERS, *map(json.dumps, shaped)):
            refused = entering.finish(session, answer, PARTY, browser="b", at=MORNING, origin=HERE)
            assert isinstance(refused, Refusal), answer[:80]
            assert remembering.finish(session, user, answer, "Máy", PARTY, browser="b", at=MORNING, origin=HERE) is None


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_answer_that_is_right_but_far_too_long_is_refused(database: Database) -> None:
    device = SoftDevice()

    def padded(answer: str, size: int) -> str:
        return json.dumps(json.loads(answer) | {"more": "x" * size})

    with database.writing() as session:
        user = people.add(session, "binh", "Phạm Quốc Bình", {Role.LEADER}, "x", at=MORNING)
        for size, is_taken in ((MOST_LETTERS, False), (100, True)):
            options = remembering.begin(session, user, PARTY, browser="b", at=MORNING)
            answer = padded(device.create(options), size)
            passkey = remembering.finish(session, user, answer, "Máy", PARTY, browser="b", at=MORNING, origin=HERE)
            assert (passkey is not None) is is_taken
        for size, is_taken in ((MOST_LETTERS, False), (100, True)):
            answer = padded(device.get(entering.begin(session, PARTY, browser="b", at=MORNING)), size)
            came = entering.finish(session, answer, PARTY, browser="b", at=MORNING, origin=HERE)
            assert (came is not Refusal.INVALID) is is_taken
