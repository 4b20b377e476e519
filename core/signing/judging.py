"""Whether signers are believed: by the roots that an operator installed, and by what issuers say of revocation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from asn1crypto import x509
from pyhanko.sign.validation.status import StandardCMSSignatureStatus
from pyhanko_certvalidator import ValidationContext

from core.signing.revocation import questions_on, readable
from core.signing.signers import ALGORITHMS, trust_of
from core.signing.values import Answers, Question, Signature, Trust

_CLOCKS_APART = timedelta(minutes=5)  # ours and the issuer's
_Said = TypeVar("_Said", bound=StandardCMSSignatureStatus)


@dataclass
class Judge:
    """Believes signers by `roots` at the instant `at`, and by `answers` (None: no issuer was asked). Nothing is
    fetched: `questions` gathers what is to be asked about those who are believed so far."""

    roots: Sequence[x509.Certificate]
    at: datetime
    answers: Answers | None = None
    questions: list[Question] = field(default_factory=list)

    def judge(self, known: Signature, validate: Callable[[ValidationContext], _Said]) -> tuple[Signature, _Said]:
        """`known` with the trust in its signer and the instant of signing, as pyHanko finds them by `validate`; and all
        else that it says. Raises what `validate` does."""
        said = validate(self._context(self.at))
        stamp, trust = said.timestamp_validity, trust_of(said)
        if trust is Trust.UNKNOWN and self.roots:
            trust = Trust.STRANGE
        signed_at = stamp.timestamp if stamp and stamp.valid and stamp.intact else said.signer_reported_dt
        found = replace(
            known, trust=trust, signed_at=signed_at.astimezone(UTC) if signed_at else None,
            is_time_stamped=bool(stamp and stamp.trusted),
        )  # fmt: skip
        asked = list(questions_on(said.validation_path)) if trust in (Trust.TRUSTED, Trust.REVOKED) else []
        if asked:
            self.questions += [*asked, *questions_on(stamp.validation_path if stamp else None)]
        return self._as_answered(found, said, validate) if asked and self.answers is not None else found, said

    def _as_answered(
        self, found: Signature, said: StandardCMSSignatureStatus, validate: Callable[[ValidationContext], _Said]
    ) -> Signature:
        if said.revocation_details is None:
            is_answered = validate(self._context(self.at, "hard-fail")).trusted
            return replace(found, asked_at=self.at, is_answered=is_answered)
        revoked_at = said.revocation_details.revocation_date.astimezone(UTC)
        found = replace(found, asked_at=self.at, is_answered=True, revoked_at=revoked_at)
        # What is proved to have been signed before stands (EN 319 102-1, 5.5).
        if found.is_time_stamped and found.signed_at and validate(self._context(found.signed_at)).trusted:
            return replace(found, trust=Trust.TRUSTED)
        return found

    def _context(self, moment: datetime, mode: str = "soft-fail") -> ValidationContext:
        """What pyHanko needs to believe certificates at `moment`; an answer of later counts for it too."""
        ocsps, crls = readable(self.answers) if self.answers is not None else ([], [])
        return ValidationContext(
            trust_roots=list(self.roots), allow_fetching=False, moment=moment, algorithm_usage_policy=ALGORITHMS,
            ocsps=ocsps, crls=crls, revocation_mode=mode, retroactive_revinfo=moment != self.at,
            time_tolerance=_CLOCKS_APART if self.answers is not None else timedelta(seconds=1),
        )  # fmt: skip
