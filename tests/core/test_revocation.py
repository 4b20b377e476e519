"""Whether a signer's certificate was revoked: what pyHanko makes of what issuers answer, and of what only looks so."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typst
from signed_files import ORGANISATION, Authority, Signer, save

from core.signing.judging import Judge
from core.signing.messages import SignedMessage
from core.signing.pdfs import check_pdf
from core.signing.values import Answers, Signature, Status, Trust

NOW = datetime.now(UTC).replace(microsecond=0)  # pyHanko's signer writes the true time of signing
DAY = timedelta(days=1)
ADDRESS = "http://ca.example"
AUTHORITY = Authority(address=ADDRESS)
OTHER = Authority("CA khác", address=ADDRESS)
OFFICE = AUTHORITY.signer(ORGANISATION, NOW - 30 * DAY)
STAMPS = AUTHORITY.signer("Dấu thời gian", NOW - 30 * DAY, stamps=True)
GOOD = AUTHORITY.ocsp(OFFICE, NOW)


@pytest.fixture(scope="module")
def page() -> bytes:
    return typst.compile(b"SO KHOA HOC VA CONG NGHE", format="pdf")


@pytest.fixture(scope="module")
def signed(page: bytes) -> bytes:
    return OFFICE.sign(page, "coquan")


def found(data: bytes, tmp_path: Path, answers: Answers | None) -> Signature:
    (one,) = check_pdf(save(data, tmp_path / "12.pdf"), Judge([AUTHORITY.root], NOW, answers))
    return one


def test_what_is_to_be_asked_stands_in_the_certificates(signed: bytes, tmp_path: Path) -> None:
    judge = Judge([AUTHORITY.root], NOW)
    check_pdf(save(signed, tmp_path / "12.pdf"), judge)
    assert [(one.address, bool(one.request)) for one in judge.questions] == [
        (f"{ADDRESS}/ocsp", True),
        (f"{ADDRESS}/crl", False),
    ]


@pytest.mark.parametrize("judge", [Judge([OTHER.root], NOW), Judge([AUTHORITY.root], NOW + 800 * DAY)])
def test_nobody_is_asked_about_who_is_not_believed(signed: bytes, tmp_path: Path, judge: Judge) -> None:
    check_pdf(save(signed, tmp_path / "12.pdf"), judge)
    assert judge.questions == []


def test_an_address_of_another_kind_is_not_asked(page: bytes, tmp_path: Path) -> None:
    authority = Authority(address="ldap://ca.example")
    judge = Judge([authority.root], NOW)
    data = authority.signer(ORGANISATION, NOW - 30 * DAY).sign(page, "coquan")
    check_pdf(save(data, tmp_path / "12.pdf"), judge)
    assert judge.questions == []


@pytest.mark.parametrize("answers", [Answers((GOOD,)), Answers((), (AUTHORITY.crl(NOW),))])
def test_what_is_not_revoked_is_said_so(signed: bytes, tmp_path: Path, answers: Answers) -> None:
    one = found(signed, tmp_path, answers)
    assert (one.trust, one.is_answered, one.asked_at, one.revoked_at) == (Trust.TRUSTED, True, NOW, None)


@pytest.mark.parametrize("hours", [500, 1])
@pytest.mark.parametrize("kind", ["ocsp", "crl"])
def test_what_is_revoked_is_not_believed_since_when_ever(
    signed: bytes, tmp_path: Path, hours: int, kind: str
) -> None:  # fmt: skip
    since = NOW - timedelta(hours=hours)
    ocsps = (AUTHORITY.ocsp(OFFICE, NOW, since),) if kind == "ocsp" else ()
    one = found(signed, tmp_path, Answers(ocsps, () if ocsps else (AUTHORITY.crl(NOW, (OFFICE, since)),)))
    assert (one.trust, one.is_answered, one.revoked_at) == (Trust.REVOKED, True, since)


def test_the_signers_own_word_does_not_prove_that_it_was_signed_before(signed: bytes, tmp_path: Path) -> None:
    later, since = NOW + 2 * DAY, NOW + DAY
    judge = Judge([AUTHORITY.root], later, Answers((AUTHORITY.ocsp(OFFICE, later, since),)))
    (one,) = check_pdf(save(signed, tmp_path / "12.pdf"), judge)
    assert (one.trust, one.revoked_at) == (Trust.REVOKED, since) and one.signed_at is not None and one.signed_at < since


@pytest.mark.parametrize(("stamped_days_ago", "trust"), [(5, Trust.TRUSTED), (1, Trust.REVOKED)])
def test_a_time_stamp_proves_that_it_was_signed_before(
    page: bytes, tmp_path: Path, stamped_days_ago: int, trust: Trust
) -> None:  # fmt: skip
    data = OFFICE.sign(page, "coquan", NOW - stamped_days_ago * DAY, STAMPS)
    since = NOW - 2 * DAY
    one = found(data, tmp_path, Answers((AUTHORITY.ocsp(OFFICE, NOW, since),)))
    assert (one.trust, one.is_time_stamped, one.revoked_at) == (trust, True, since)


def test_a_time_stamp_that_nobody_believes_proves_nothing(page: bytes, tmp_path: Path) -> None:
    strange = OTHER.signer("Dấu thời gian", NOW - 30 * DAY, stamps=True)
    data = OFFICE.sign(page, "coquan", NOW - 5 * DAY, strange)
    assert found(data, tmp_path, Answers((AUTHORITY.ocsp(OFFICE, NOW, NOW - DAY),))).trust is Trust.REVOKED


def forged(by: Authority, about: Signer, since: datetime | None) -> bytes:
    return AUTHORITY.ocsp(about, NOW, since, by=by)


@pytest.mark.parametrize(
    "answers",
    [
        Answers(),
        Answers((forged(OTHER, OFFICE, None),)),
        Answers((forged(OTHER, OFFICE, NOW - DAY),)),
        Answers((AUTHORITY.ocsp(STAMPS, NOW, NOW - DAY),)),
        Answers((AUTHORITY.ocsp(OFFICE, NOW - DAY, NOW - 2 * DAY),)),
        Answers((), (AUTHORITY.crl(NOW - 9 * DAY, (OFFICE, NOW - 10 * DAY)),)),
        Answers((), (OTHER.crl(NOW, (OFFICE, NOW - DAY)),)),
        Answers((b"\x30\x03\x0a\x01\x06", b"<html>", b""), (b"<html>", b"", GOOD)),
    ],
    ids=["none", "forged good", "forged revoked", "of another", "of yesterday", "expired", "of another CA", "damaged"],
)
def test_what_cannot_be_believed_is_no_answer(signed: bytes, tmp_path: Path, answers: Answers) -> None:
    one = found(signed, tmp_path, answers)
    assert (one.trust, one.is_answered, one.asked_at, one.revoked_at) == (Trust.TRUSTED, False, NOW, None)


def test_signatures_beside_a_file_are_judged_alike(tmp_path: Path) -> None:
    path = save(OFFICE.sign_apart(b"van ban"), tmp_path / "12.p7s")
    judge = Judge([AUTHORITY.root], NOW, Answers((AUTHORITY.ocsp(OFFICE, NOW, NOW - DAY),)))
    with save(b"van ban", tmp_path / "12.txt").open("rb") as content:
        (one,) = SignedMessage(path).check(judge, content)
    assert (one.trust, one.revoked_at) == (Trust.REVOKED, NOW - DAY)


def test_what_is_known_outlives_the_database() -> None:
    one = Signature(
        "A", "", "", Status.INTACT, Trust.REVOKED, signed_at=NOW, asked_at=NOW, is_answered=True, revoked_at=NOW - DAY
    )
    assert Signature.from_json(one.to_json()) == one
    old = {
        name: value for name, value in one.to_json().items() if name not in ("asked_at", "is_answered", "revoked_at")
    }
    assert Signature.from_json(old).asked_at is None
