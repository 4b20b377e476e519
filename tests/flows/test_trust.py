"""From the mailbox to the desk: signatures are judged again behind the letters, by issuers and by other roots."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import IPv4Network

import pytest
import typst
from intake_office import Office, wait_until
from issuer_server import IssuerServer, issuer_server
from signed_files import ORGANISATION, Authority, Signer

from config.outside import SignatureSettings
from core.events import Event
from core.files import StoredFile
from core.incoming.copies import Copy
from core.incoming.tables import Incoming
from core.letters import Message, MessageFile
from core.signing.checks import SignatureCheck
from core.signing.values import Signature, Trust
from ingest import checkup

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
OWN = (IPv4Network("127.0.0.0/8"),)
PAGE = typst.compile("Số: 12/SNV-VP\n\nKính gửi: Sở Khoa học và Công nghệ. Đề nghị góp ý dự thảo kế hoạch.".encode(),
                     ignore_system_fonts=True)  # fmt: skip


@pytest.fixture
def issuer() -> Iterator[IssuerServer]:
    with issuer_server() as server:
        yield server


def _letter(**files: bytes) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "vanthu@snv.lamdong.gov.vn", "vanthu@skhcn.vn", "Gửi văn bản"
    mail["Message-ID"], mail["Date"] = "<12@snv>", "Thu, 04 Jun 2026 08:30:00 +0700"
    mail.set_content("Kính gửi văn bản kèm theo.")
    for ending, data in files.items():
        kind = "pkcs7-signature" if ending == "p7s" else "pdf"
        mail.add_attachment(data, maintype="application", subtype=kind, filename=f"12.{ending}")
    return mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _install(office: Office, *authorities: Authority) -> None:
    folder = office.home / "goc"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for number, one in enumerate(authorities):
        (folder / f"{number}.der").write_bytes(one.root.dump())
    office.intake = office.intake.model_copy(update={"roots": folder})


def _known(issuer: IssuerServer) -> tuple[Authority, Signer]:
    authority = Authority(address=issuer.address)
    return authority, authority.signer(ORGANISATION, NOW - 30 * DAY)


def _signature(office: Office) -> Signature:
    stored = [one for (several,) in office.rows(StoredFile.signatures) + office.rows(MessageFile.signatures)
              for one in several]  # type: ignore[attr-defined]  # fmt: skip
    (one,) = stored
    return Signature.from_json(one)


def _is_judged(office: Office) -> bool:
    return [row[0] for row in office.rows(SignatureCheck.try_at)] == [None]


@pytest.mark.parametrize("way", ["pdf", "p7s"])
def test_a_revoked_certificate_makes_no_original(office: Office, issuer: IssuerServer, way: str) -> None:
    authority, signer = _known(issuer)
    _install(office, authority)
    issuer.give("/ocsp", authority.ocsp(signer, NOW, NOW - DAY))
    office.signatures = SignatureSettings(online=True, networks=OWN)
    files = {"pdf": signer.sign(PAGE, "coquan")} if way == "pdf" else {"pdf": PAGE, "p7s": signer.sign_apart(PAGE)}
    office.send(office.mailbox("chinh"), _letter(**files))
    with office.watching():
        wait_until(lambda: office.messages() == 1 and _is_judged(office), seconds=60)
    one = _signature(office)
    assert (one.trust, one.revoked_at, issuer.asked) == (Trust.REVOKED, NOW - DAY, ["/ocsp"])
    assert office.rows(Incoming.copy) == [(Copy.UNSIGNED,)]
    (event,) = [row[1] for row in office.rows(Event.act, Event.payload) if row[0] == "copy_judged"]
    assert event == {"was": "signed", "now": "unsigned"}


def test_the_list_is_asked_for_where_nobody_answers(office: Office, issuer: IssuerServer) -> None:
    authority, signer = _known(issuer)
    _install(office, authority)
    issuer.give("/crl", authority.crl(NOW))
    office.signatures = SignatureSettings(online=True, networks=OWN)
    office.send(office.mailbox("chinh"), _letter(pdf=signer.sign(PAGE, "coquan")))
    with office.watching():
        wait_until(lambda: office.messages() == 1 and _is_judged(office), seconds=60)
    one = _signature(office)
    assert (one.trust, one.is_answered, issuer.asked) == (Trust.TRUSTED, True, ["/ocsp", "/crl"])
    assert office.rows(Incoming.copy) == [(Copy.SIGNED,)]


@pytest.mark.parametrize(("online", "networks", "asked"), [(False, OWN, []), (True, (), [])])
def test_who_may_not_be_asked_is_not(
    office: Office, issuer: IssuerServer, online: bool, networks: tuple[IPv4Network, ...], asked: list[str]
) -> None:
    authority, signer = _known(issuer)
    _install(office, authority)
    issuer.give("/ocsp", authority.ocsp(signer, NOW, NOW - DAY))
    office.signatures = SignatureSettings(online=online, networks=networks)
    office.send(office.mailbox("chinh"), _letter(pdf=signer.sign(PAGE, "coquan")))
    with office.watching():
        wait_until(lambda: bool([row for row in office.rows(SignatureCheck.roots) if row[0]]), seconds=60)
    assert (_signature(office).trust, issuer.asked) == (Trust.TRUSTED, asked)
    ((try_at, tries),) = office.rows(SignatureCheck.try_at, SignatureCheck.tries)
    assert (try_at is not None, tries) == (online, 1)


def test_doctor_says_what_is_lacking_to_ask(office: Office, issuer: IssuerServer) -> None:
    assert list(checkup._issuers(office.settings)) == []
    office.signatures = SignatureSettings(online=True, proxy=issuer.address)
    (check,) = checkup._issuers(office.settings)
    assert check.line().startswith("! Hỏi nơi cấp chứng thư") and "intake.roots" in check.line()
    _install(office, Authority())
    (check,) = checkup._issuers(office.settings)
    assert check.line().startswith("✓ Hỏi nơi cấp chứng thư qua http://127.0.0.1")
    office.signatures = SignatureSettings(online=True, proxy="http://127.0.0.1:9")
    (check,) = checkup._issuers(office.settings)
    assert check.line().startswith("! Hỏi nơi cấp chứng thư qua") and "signatures.proxy" in check.line()


def test_other_roots_judge_what_is_stored(office: Office, issuer: IssuerServer) -> None:
    authority, signer = _known(issuer)
    _install(office, Authority("CA khác"))
    office.send(office.mailbox("chinh"), _letter(pdf=signer.sign(PAGE, "coquan")))
    with office.watching():
        wait_until(lambda: office.messages() == 1 and _is_judged(office), seconds=60)
        assert (_signature(office).trust, office.rows(Incoming.copy)) == (Trust.STRANGE, [(Copy.UNSIGNED,)])
        _install(office, authority)
        wait_until(lambda: _signature(office).trust is Trust.TRUSTED, seconds=60)
        wait_until(lambda: office.rows(Incoming.copy) == [(Copy.SIGNED,)])
    assert office.rows(Message.outcome) == [("draft",)]
