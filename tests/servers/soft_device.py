"""An authenticator in software (WebAuthn §6): answers options as a phone would, or as a forger would."""

import hashlib
import json
import secrets
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

_PRESENT, _VERIFIED, _BACKUP_ABLE, _BACKED_UP, _ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40


def text_of(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def bytes_of(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class SoftDevice:
    """One credential. `count` goes up with each answer unless it `counts` nothing, as synced ones do."""

    origin: str = "https://vt.example.vn"
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    handle: bytes = b""
    count: int = 0
    counts: bool = True
    is_backed_up: bool = False

    def create(self, options: str, **other: Any) -> str:
        """The answer to registration options; `other` says what a forger does otherwise."""
        asked = json.loads(options)
        self.handle = bytes_of(asked["user"]["id"])
        data = self._data(asked["rp"]["id"], _ATTESTED, **other) + bytes(16)
        data += struct.pack(">H", len(self.id)) + self.id + other.get("public_key", self._public_key())
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", asked, **other)
        response = {"clientDataJSON": text_of(client), "attestationObject": text_of(attested)}
        response["transports"] = other.get("transports", ["internal", "hybrid"])
        return self._answer(response)

    def get(self, options: str, **other: Any) -> str:
        """The answer to sign-in options."""
        asked = json.loads(options)
        data = self._data(other.get("rp_id", asked["rpId"]), 0, **other)
        client = self._client("webauthn.get", asked, **other)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": text_of(client), "authenticatorData": text_of(data), "signature": text_of(signature),
            "userHandle": text_of(other.get("handle", self.handle)),
        }  # fmt: skip
        return self._answer(response)

    def _data(self, whose: str, flags: int, *, is_verified: bool = True, **_other: Any) -> bytes:
        self.count += self.counts
        flags |= _PRESENT | (_VERIFIED if is_verified else 0)
        flags |= _BACKUP_ABLE | _BACKED_UP if self.is_backed_up else 0
        return hashlib.sha256(whose.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _client(self, kind: str, asked: Any, *, origin: str = "", challenge: str = "", **_other: Any) -> bytes:
        said = {"type": kind, "challenge": challenge or asked["challenge"], "origin": origin or self.origin}
        return json.dumps(said).encode()

    def _public_key(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})

    def _answer(self, response: Any) -> str:
        return json.dumps(
            {"id": text_of(self.id), "rawId": text_of(self.id), "type": "public-key", "response": response}
        )
