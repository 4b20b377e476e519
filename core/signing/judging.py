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
        said = validate(self._context())
        stamp, trust = said.timestamp_validity, trust_of(said)
        if trust is Trust.UNKNOWN and self.roots:
            trust = Trust.STRANGE
        signed_at = stamp.timestamp if stamp and stamp.valid and stamp.intact else said.signer_reported_dt
        found = replace(
            known, trust=trust, signed_at=signed_at.astimezone(UTC) if signed_at else None,
            is_time_stamped=bool(stamp and stamp.trusted),
        )  # fmt: skip
        asked = list(questions_on(said.validation_path)) if trust is Trust.TRUSTED else []
        if asked:
            self.questions += [*asked, *questions_on(stamp.validation_path if stamp else None)]
        return self._as_answered(found, validate) if asked and self.answers is not None else found, said

    def _as_answered(
        self, found: Signature, validate: Callable[[ValidationContext], StandardCMSSignatureStatus]
    ) -> Signature:
        """`found` with what can be believed of the answers; one that is stale, forged or of another is none."""
        assert self.answers is not None
        said = validate(self._context(self.answers, "hard-fail"))
        if said.trusted:
            return replace(found, asked_at=self.at, is_answered=True)
        if said.revocation_details is None:  # an authority's own answer may lack, and the signer's be there
            said = validate(self._context(self.answers, "soft-fail"))
        if said.revocation_details is None:
            return replace(found, asked_at=self.at)
        revoked_at = said.revocation_details.revocation_date.astimezone(UTC)
        stamp = said.timestamp_validity
        # What is proved to have been signed before stands (EN 319 102-1, 5.6.2.4).
        is_before = found.is_time_stamped and found.signed_at is not None and found.signed_at < revoked_at
        is_proved = is_before and not (stamp and stamp.revoked)
        trust = Trust.TRUSTED if is_proved else Trust.REVOKED
        return replace(found, asked_at=self.at, is_answered=True, revoked_at=revoked_at, trust=trust)

    def _context(self, answers: Answers | None = None, mode: str = "soft-fail") -> ValidationContext:
        ocsps, crls = readable(answers) if answers is not None else ([], [])
        return ValidationContext(
            trust_roots=list(self.roots), allow_fetching=False, moment=self.at, algorithm_usage_policy=ALGORITHMS,
            ocsps=ocsps, crls=crls, revocation_mode=mode,
            time_tolerance=_CLOCKS_APART if answers is not None else timedelta(seconds=1),
        )  # fmt: skip
