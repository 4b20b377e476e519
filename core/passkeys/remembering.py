"""Adding a device: the options that a browser is asked with, and its answer (WebAuthn §7.1)."""

import secrets
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session
from webauthn import generate_registration_options, options_to_json, verify_registration_response
from webauthn.helpers import (
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    parse_registration_credential_json,
)
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialHint,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from core import events
from core.accounts import OWN_ROW, Origin
from core.errors import NotAllowed, WrongState
from core.passkeys import challenges, devices
from core.passkeys.challenges import RelyingParty
from core.passkeys.tables import Passkey
from core.people import User

MOST = 10
_LONGEST_KEY = 1_000  # bytes; an RSA key of 4,096 bits has 530, and a longer one makes each sign-in slow
_LONGEST_ID = 1_023  # bytes (WebAuthn §5.8.3)


def begin(session: Session, user: User, party: RelyingParty, *, browser: str, at: datetime) -> str:
    """The options for `navigator.credentials.create`, as JSON with base64url for bytes.

    The device keeps the key (discoverable) and asks for finger, face or code each time. `browser` is the token
    the answer must come with. Raises WrongState when MOST devices are remembered.
    """
    known = devices.of_user(session, user.id)
    _check_room(known)
    if user.passkey_handle is None:
        user.passkey_handle = secrets.token_bytes(32)
    options = generate_registration_options(
        rp_id=party.id, rp_name=party.name, user_id=user.passkey_handle, user_name=user.username,
        user_display_name=user.full_name, timeout=challenges.TIMEOUT_MILLISECONDS,
        challenge=challenges.give(session, browser=browser, user_id=user.id, at=at),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[_descriptor(one) for one in known],
        hints=[PublicKeyCredentialHint.CLIENT_DEVICE],
    )  # fmt: skip
    return options_to_json(options)


def finish(
    session: Session, user: User, answer: str, name: str, party: RelyingParty, *, browser: str, at: datetime,
    origin: Origin,
) -> Passkey | None:  # fmt: skip
    """Remember the device that gave `answer` (JSON of the browser's credential) under `name`.

    None where the answer is not one to an open challenge of this person and browser, or is no good; the
    challenge is used up all the same. Raises NotAllowed for a closed account, WrongState when MOST devices are
    remembered, Permanent (field name).
    """
    kept_name = devices.checked_name(name)
    row = session.get(User, user.id, with_for_update=OWN_ROW, populate_existing=True)  # two windows, one last place
    if row is None or not row.is_active:
        raise NotAllowed("Tài khoản của bạn đã bị khóa.")
    _check_room(devices.of_user(session, user.id))
    credential = _parsed(answer)
    found = _verified(session, user, credential, party, browser=browser, at=at) if credential else None
    if credential is None or found is None or _is_known(session, found.credential_id):
        return None
    passkey = Passkey(
        user_id=user.id, credential_id=found.credential_id, public_key=found.credential_public_key,
        sign_count=found.sign_count, transports=_words(credential.response.transports or []),
        is_backed_up=found.credential_backed_up, name=kept_name, created_at=at,
    )  # fmt: skip
    session.add(passkey)
    session.flush()
    payload = {"passkey": passkey.id, "name": kept_name}
    events.record(
        session, "passkey_added", "user", user.id, by=user.id, at=at, source=origin.source, payload=payload
    )  # fmt: skip
    return passkey


def _check_room(known: list[Passkey]) -> None:
    if len(known) >= MOST:
        raise WrongState(f"Đã nhớ {MOST} thiết bị, nhiều nhất có thể. Quên một thiết bị không dùng nữa rồi làm lại.")


def _descriptor(passkey: Passkey) -> PublicKeyCredentialDescriptor:
    transports = [AuthenticatorTransport(word) for word in passkey.transports.split()]
    return PublicKeyCredentialDescriptor(id=passkey.credential_id, transports=transports or None)


def _parsed(answer: str) -> RegistrationCredential | None:
    if len(answer) > challenges.MOST_LETTERS:
        return None
    try:
        return parse_registration_credential_json(answer)
    except challenges.BROKEN:
        return None


def _verified(
    session: Session, user: User, credential: RegistrationCredential, party: RelyingParty, *, browser: str,
    at: datetime,
) -> VerifiedRegistration | None:  # fmt: skip
    try:
        client_data = credential.response.client_data_json
        challenge = challenges.take(session, client_data, browser=browser, user_id=user.id, at=at)
        if challenge is None:
            return None
        found = verify_registration_response(
            credential=credential, expected_challenge=challenge, expected_rp_id=party.id,
            expected_origin=party.origin, require_user_verification=True,
        )  # fmt: skip
        if len(found.credential_public_key) > _LONGEST_KEY or len(found.credential_id) > _LONGEST_ID:
            return None
        decoded_public_key_to_cryptography(decode_credential_public_key(found.credential_public_key))
    except challenges.BROKEN:
        return None
    return found


def _is_known(session: Session, credential_id: bytes) -> bool:
    query = sa.select(Passkey.id).where(Passkey.credential_id == credential_id)
    return session.scalars(query).first() is not None


def _words(transports: list[AuthenticatorTransport]) -> str:
    return " ".join(dict.fromkeys(one.value for one in transports))
