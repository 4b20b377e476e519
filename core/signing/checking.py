"""The signatures of a PDF, checked with pyHanko: what was signed, by whom, and whether it still stands (Điều 5.1)."""

import logging
import os
import re
import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from asn1crypto import parser, x509
from pyhanko.pdf_utils.crypt import AuthStatus, StandardSecurityHandler
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESFailure, AdESIndeterminate, AdESSubIndic
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.policy_decl import DisallowWeakAlgorithmsPolicy

from core.signing.values import Signature, Status, Trust

for _name_of_logger in ("pyhanko", "pyhanko_certvalidator"):  # they quote certificates, and the paths they tried
    logging.getLogger(_name_of_logger).disabled = True

# What pyHanko and asn1crypto raise on bytes that are not what they should be.
_DAMAGE = (
    PdfError, SignatureValidationError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError,
    RecursionError, NotImplementedError, OSError, AssertionError, EOFError, zlib.error,
)  # fmt: skip
_UNREADABLE = Signature(signer="", organisation="", issuer="", status=Status.BROKEN, trust=Trust.UNKNOWN)
_TRACE = re.compile(rb"/ByteRange\s*\[")
_LONGEST_END = 1024
_END = re.compile(rb"startxref\s+\d+\s+%%EOF\s*\Z")
_HOLE = re.compile(rb"<((?:[0-9A-F]{2})+|(?:[0-9a-f]{2})+)>")
# Not SHA-1: the state's own authority signed with it until 2025. To change a signed document takes more than two
# documents of one digest.
_ALGORITHMS = DisallowWeakAlgorithmsPolicy(  # type: ignore[no-untyped-call]
    weak_hash_algos=frozenset({"md2", "md4", "md5"}), rsa_key_size_threshold=1024
)
# Certificates of offices are made out for the one or the other.
_USAGE = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)
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


def check_pdf(path: Path, roots: Sequence[x509.Certificate], at: datetime) -> list[Signature]:
    """The signatures of the PDF at `path` in the order they were put down, believed by `roots` at the instant `at`.

    Nothing is fetched: what is revoked is known from what the file carries. Traces of a signature that cannot be read,
    in a damaged file above all, count as a broken one by nobody known; a file that needs a password shows none.
    """
    with path.open("rb") as file:
        try:
            reader = _opened(file)
            if reader is None:
                return []
            found = [_checked(one, roots, at) for one in reader.embedded_regular_signatures]
            known = len(reader.embedded_signatures)
        except _DAMAGE:
            found, known = [], 0
        file.seek(0)
        if len(_TRACE.findall(file.read())) > known:
            found.append(_UNREADABLE)
    return [_as_last_signed(one, found[number:]) for number, one in enumerate(found, 1)]


def _opened(file: BinaryIO) -> PdfFileReader | None:
    reader = PdfFileReader(file, strict=False)
    return None if reader.encrypted and not _opens_without_password(reader) else reader


def _opens_without_password(reader: PdfFileReader) -> bool:
    if not isinstance(reader.security_handler, StandardSecurityHandler):
        return False
    return reader.decrypt(b"").status is not AuthStatus.FAILED


def _as_last_signed(one: Signature, later: Sequence[Signature]) -> Signature:
    """`one`, standing still where it was changed and somebody no less to be believed has signed what came of it: the
    number that an office fills in between its leader's signature and its own."""
    if one.status is not Status.MODIFIED or not one.is_whole:
        return one
    if any(
        other.status is Status.INTACT and (other.trust is one.trust or other.trust is Trust.TRUSTED) for other in later
    ):
        return replace(one, status=Status.INTACT, changed_after=True)
    return one


def _checked(one: EmbeddedPdfSignature, roots: Sequence[x509.Certificate], at: datetime) -> Signature:
    certificate = one.signer_cert
    names = certificate.subject.native
    known = Signature(
        signer=_name(names, "common_name"), organisation=_name(names, "organization_name"),
        issuer=_name(certificate.issuer.native, "common_name"), status=Status.BROKEN, trust=Trust.UNKNOWN,
    )  # fmt: skip
    context = ValidationContext(
        trust_roots=list(roots), allow_fetching=False, moment=at, algorithm_usage_policy=_ALGORITHMS
    )
    if not _fills_its_hole(one):
        return known
    said = validate_pdf_signature(one, context, key_usage_settings=_USAGE)
    stamp = said.timestamp_validity
    signed_at = stamp.timestamp if stamp and stamp.valid and stamp.intact else said.signer_reported_dt
    return replace(
        known, status=_status(one, said), trust=_trust(said),
        is_whole=said.coverage in (SignatureCoverageLevel.ENTIRE_REVISION, SignatureCoverageLevel.ENTIRE_FILE),
        signed_at=signed_at.astimezone(UTC) if signed_at else None,
        is_time_stamped=bool(stamp and stamp.trusted),
    )  # fmt: skip


def _fills_its_hole(one: EmbeddedPdfSignature) -> bool:
    """Whether nothing but the signature stands where the signed bytes leave a hole: what is written there, to the case
    of its digits, is signed by nobody."""
    ranges = [int(number) for number in one.byte_range]
    if len(ranges) != 4 or not 0 <= ranges[1] < ranges[2]:
        return False
    stream = one.reader.stream
    stream.seek(ranges[0] + ranges[1])
    hole = _HOLE.fullmatch(stream.read(ranges[2] - ranges[0] - ranges[1]))
    if hole is None:
        return False
    content = bytes.fromhex(hole[1].decode())
    return not any(content[parser.peek(content) :])


def _status(one: EmbeddedPdfSignature, said: PdfSignatureStatus) -> Status:
    if not (said.intact and said.valid) or said.coverage in (None, SignatureCoverageLevel.UNCLEAR):
        return Status.BROKEN
    is_changed = said.modification_level in (None, ModificationLevel.OTHER) or said.docmdp_ok is False
    if is_changed or (said.coverage is not SignatureCoverageLevel.ENTIRE_FILE and not _ends_well(one.reader.stream)):
        return Status.MODIFIED
    return Status.INTACT


def _ends_well(file: BinaryIO) -> bool:
    """Whether the file ends where an update ends; behind it other readers look for what this one does not see."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _LONGEST_END))
    return _END.search(file.read()) is not None


def _trust(said: PdfSignatureStatus) -> Trust:
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
