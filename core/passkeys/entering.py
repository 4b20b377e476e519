"""Signing in by a remembered device, no name typed: the options, and the device's answer (WebAuthn §7.2).

Wrong passwords do not lock it out, and its refusals lock no password: nobody can guess a device's key, so a count
of tries would only let strangers shut a person out.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session
from webauthn import generate_authentication_options, options_to_json, verify_authentication_response
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.structs import AuthenticationCredential, UserVerificationRequirement

from core import accounts, events
from core.accounts import OWN_ROW, LoginSession, Origin
from core.passkeys import challenges
from core.passkeys.challenges import RelyingParty
from core.passkeys.tables import Passkey
from core.people import User


class Refusal(StrEnum):
    """Why a device did not open a session, for the journal; the page tells only of a copy."""

    STALE = "stale"  # no open challenge of this browser
    UNKNOWN = "unknown"
    REVOKED = "revoked"
    CLOSED = "closed"  # the account
    INVALID = "invalid"  # signature, origin, relying party, person not verified
    COPIED = "copied"  # the counter of a real signature went back


@dataclass(frozen=True, slots=True)
class Entered:
    """Whose session was opened, and the token for its cookie."""

    user_id: int
    token: str


def begin(session: Session, party: RelyingParty, *, browser: str, at: datetime) -> str:
    """The options for `navigator.credentials.get`, as JSON with base64url for bytes.

    They name no device: the person's own shows what it holds. `browser` is the token the answer must come with.
    """
    options = generate_authentication_options(
        rp_id=party.id, challenge=challenges.give(session, browser=browser, user_id=None, at=at),
        timeout=challenges.TIMEOUT_MILLISECONDS, user_verification=UserVerificationRequirement.REQUIRED,
    )  # fmt: skip
    return options_to_json(options)


def finish(
    session: Session, answer: str, party: RelyingParty, *, browser: str, at: datetime, origin: Origin,
    previous: str | None = None,
) -> Entered | Refusal:  # fmt: skip
    """Open a session for the person whose device gave `answer` (JSON of the browser's credential), or say why not.

    Its challenge is used up either way. A counter that did not go up means that the key was copied: the device is
    shut out and its sessions end. `previous` is the token the browser came with; that session ends.
    """
    came: VerifiedAuthentication | Refusal = Refusal.INVALID
    passkey, credential = None, _parsed(answer)
    if credential is not None:
        passkey = _known(session, credential.raw_id)
        came = _judged(session, credential, passkey, party, browser=browser, at=at)
    if isinstance(came, Refusal):
        _note_refusal(session, passkey, came, at=at, origin=origin)
        return came
    assert passkey is not None
    user = session.get_one(User, passkey.user_id)
    passkey.sign_count, passkey.is_backed_up = came.new_sign_count, came.credential_backed_up
    passkey.last_used_at = at
    token = accounts.open_session(session, user, at=at, origin=origin, previous=previous, passkey_id=passkey.id)
    return Entered(user.id, token)


def _parsed(answer: str) -> AuthenticationCredential | None:
    if len(answer) > challenges.MOST_LETTERS:
        return None
    try:
        return parse_authentication_credential_json(answer)
    except challenges.BROKEN:
        return None


def _known(session: Session, credential_id: bytes) -> Passkey | None:
    query = sa.select(Passkey).where(Passkey.credential_id == credential_id)
    return session.scalars(query).first()


def _judged(
    session: Session, credential: AuthenticationCredential, passkey: Passkey | None, party: RelyingParty, *,
    browser: str, at: datetime,
) -> VerifiedAuthentication | Refusal:  # fmt: skip
    try:
        client_data = credential.response.client_data_json
        challenge = challenges.take(session, client_data, browser=browser, user_id=None, at=at)
        if challenge is None:
            return Refusal.STALE
        if passkey is None:
            return Refusal.UNKNOWN
        # The library looks at the counter before the signature: a forged answer would shut a device out. So it is
        # told that none was seen, and the counter is compared below, once the signature is known to be real.
        found = verify_authentication_response(
            credential=credential, expected_challenge=challenge, expected_rp_id=party.id,
            expected_origin=party.origin, credential_public_key=passkey.public_key,
            credential_current_sign_count=0, require_user_verification=True,
        )  # fmt: skip
    except challenges.BROKEN:
        return Refusal.INVALID
    # First the account, then its device: closing an account takes its locks in that order too.
    user = session.get_one(User, passkey.user_id, with_for_update=OWN_ROW, populate_existing=True)
    session.refresh(passkey, with_for_update=True)
    if credential.response.user_handle != user.passkey_handle:
        return Refusal.INVALID
    if passkey.revoked_at is not None:
        return Refusal.REVOKED
    if not user.is_active:
        return Refusal.CLOSED
    went_back = found.new_sign_count <= passkey.sign_count
    return Refusal.COPIED if went_back and (found.new_sign_count or passkey.sign_count) else found


def _note_refusal(
    session: Session, passkey: Passkey | None, why: Refusal, *, at: datetime, origin: Origin
) -> None:  # fmt: skip
    act = "sign_in_refused"
    if passkey is not None and why is Refusal.COPIED:
        act, passkey.revoked_at, passkey.is_copied = "passkey_copied", at, True
        accounts.end_sessions(session, LoginSession.passkey_id == passkey.id, at=at)
    session.flush()
    user_id = passkey.user_id if passkey is not None else None
    payload = {"passkey": passkey.id if passkey is not None else None, "why": str(why)}
    events.record(session, act, "user", user_id, by=None, at=at, source=origin.source, payload=payload)
