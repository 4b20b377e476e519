"""Who signed, and whether that certificate can be believed: what checks of every kind of signature share."""

import logging
import zlib
from dataclasses import replace

from asn1crypto import x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.ades.report import AdESFailure, AdESIndeterminate, AdESSubIndic
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import StandardCMSSignatureStatus
from pyhanko_certvalidator.policy_decl import DisallowWeakAlgorithmsPolicy

from core.signing.values import Signature, Status, Trust

# They quote certificates, and the paths they tried. By level, which the loggers below them take over.
for _name_of_logger in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name_of_logger).setLevel(logging.CRITICAL + 1)

# What pyHanko and asn1crypto raise on bytes that are not what they should be.
DAMAGE = (
    PdfError, SignatureValidationError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError,
    RecursionError, NotImplementedError, OSError, AssertionError, EOFError, zlib.error,
)  # fmt: skip
UNREADABLE = Signature(signer="", organisation="", issuer="", status=Status.BROKEN, trust=Trust.UNKNOWN)
# Certificates of offices are made out for the one or the other.
USAGE = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)
# Not SHA-1: the state's own authority signed with it until 2025. To change a signed document takes more than two
# documents of one digest.
ALGORITHMS = DisallowWeakAlgorithmsPolicy(  # type: ignore[no-untyped-call]
    weak_hash_algos=frozenset({"md2", "md4", "md5"}), rsa_key_size_threshold=1024
)
_TRUSTS: dict[AdESSubIndic, Trust] = {
    AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND: Trust.UNKNOWN,
    AdESIndeterminate.CRYPTO_CONSTRAINTS_FAILURE: Trust.WEAK,
    AdESIndeterminate.CRYPTO_CONSTRAINTS_FAILURE_NO_POE: Trust.WEAK,
    AdESIndeterminate.EXPIRED: Trust.EXPIRED,
    AdESIndeterminate.NOT_YET_VALID: Trust.EXPIRED,
    AdESFailure.NOT_YET_VALID: Trust.EXPIRED,
    AdESIndeterminate.OUT_OF_BOUNDS_NO_POE: Trust.EXPIRED,
    AdESIndeterminate.OUT_OF_BOUNDS_NOT_REVOKED: Trust.EXPIRED,
}


def broken_by(certificate: x509.Certificate) -> Signature:
    """A signature by `certificate` of which no more is known yet than that it proves nothing."""
    names = certificate.subject.native
    return replace(
        UNREADABLE, signer=_name(names, "common_name"), organisation=_name(names, "organization_name"),
        issuer=_name(certificate.issuer.native, "common_name"),
    )  # fmt: skip


def trust_of(said: StandardCMSSignatureStatus) -> Trust:
    """Whether the signer can be believed, by what pyHanko found."""
    if said.trusted:
        return Trust.TRUSTED
    if said.revoked:
        return Trust.REVOKED
    problem = said.trust_problem_indic
    return _TRUSTS.get(problem, Trust.REFUSED) if problem else Trust.UNKNOWN


def _name(names: dict[str, str | list[str]], kind: str) -> str:
    """One name of a certificate; several, as offices have levels, in the order they stand."""
    value = names.get(kind, "")
    return ", ".join(value) if isinstance(value, list) else str(value)
