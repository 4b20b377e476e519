"""What is known of one signature."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """Whether what was signed still stands. What is later filled into forms or signed is no change."""

    INTACT = "intact"
    MODIFIED = "modified"  # changed after signing, and nobody has signed the change
    PARTIAL = (
        "partial"  # the bytes that were signed stand, and never were a whole file: of the rest nobody says anything
    )
    BROKEN = "broken"  # not what was signed, or the signature does not hold the file


class Trust(StrEnum):
    """Whether the signer's certificate can be believed."""

    TRUSTED = "trusted"  # it leads to a root that the operator has installed
    UNKNOWN = "unknown"  # no root is installed by which anybody could be believed
    STRANGE = "strange"  # its issuer is none of those whose roots are installed
    EXPIRED = "expired"  # not valid when it signed
    REVOKED = "revoked"
    WEAK = "weak"  # it rests on a key or a digest that anybody may forge
    REFUSED = "refused"  # issued for something else, or by somebody who may not


@dataclass(frozen=True, slots=True)
class Question:
    """What an issuer is to be asked at `address`: an OCSP `request` (DER, RFC 6960) by POST, or the list of what it
    has revoked (CRL, RFC 5280) where there is none."""

    address: str
    request: bytes = b""


@dataclass(frozen=True, slots=True)
class Answers:
    """What was fetched, in DER, to be believed only as far as its own signatures go."""

    ocsps: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """The signatures within a content, or of a letter (`own`) and by SHA-256 `beside` its files, and what issuers are
    to be asked about them."""

    own: tuple["Signature", ...] = ()
    beside: dict[str, tuple["Signature", ...]] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()

    @property
    def is_unanswered(self) -> bool:
        """Whether an issuer was asked and did not say what can be believed."""
        found = [*self.own, *(one for several in self.beside.values() for one in several)]
        return any(one.asked_at and not one.is_answered for one in found)


_INSTANTS = ("signed_at", "asked_at", "revoked_at")


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature of a file.

    `signer` and `organisation` are the names in the certificate, `issuer` who gave it. `signed_at` (UTC) is the
    signer's own word unless `is_time_stamped`. `is_whole` when it holds all of the file as it was when signed.
    `changed_after` when others changed the file after it, and the last of them signed what came of it (a number
    filled in between the leader's signature and the office's). `asked_at` is when the issuer was asked whether the
    certificate is revoked, `is_answered` whether it said so or not in a way that can be believed, `revoked_at` since
    when it is.
    """

    signer: str
    organisation: str
    issuer: str
    status: Status
    trust: Trust
    signed_at: datetime | None = None
    is_time_stamped: bool = False
    is_whole: bool = True
    changed_after: bool = False
    asked_at: datetime | None = None
    is_answered: bool = False
    revoked_at: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """A plain mapping for the database."""
        return asdict(self) | {name: at.isoformat() for name in _INSTANTS if (at := getattr(self, name))}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Signature":
        """The inverse of `to_json`; what older programs did not know is left open."""
        instants = {name: datetime.fromisoformat(at) for name in _INSTANTS if (at := stored.get(name))}
        return cls(**(stored | {"status": Status(stored["status"]), "trust": Trust(stored["trust"])} | instants))


class DkimResult(StrEnum):
    """What was found of the DKIM signatures of a letter, of several the best."""

    PASS = "pass"
    FAIL = "fail"
    NO_KEY = "no_key"  # its domain publishes no key that could check it
    NONE = "none"
    TOO_LARGE = "too_large"
    UNKNOWN = "unknown"  # DNS did not answer


@dataclass(frozen=True, slots=True)
class DkimFinding:
    """What DKIM says of one letter: `domain` is who signed (d=), "" for nobody; `is_aligned` when that is the sender's
    own domain, one above it or below it (RFC 7489, 3.1.1)."""

    result: DkimResult
    domain: str = ""
    is_aligned: bool = False
