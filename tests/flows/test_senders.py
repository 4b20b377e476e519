"""From the mailbox to the desk: whose domain vouches for a letter is found out behind it (DKIM, RFC 6376)."""

from ipaddress import IPv4Address

from dns_server import DnsServer, dns_server
from intake_office import Office, wait_until
from mail_parts import HEADER, mixed, pdf_part
from signed_mails import key, signed

from config.outside import SenderSettings
from core.dkim_checks import DkimCheck
from core.letters import Message
from core.signing.values import DkimResult
from ingest import checkup

DOMAIN = "lamdong.example.gov.vn"
LOCAL = IPv4Address("127.0.0.1")
NAME = f"mail._domainkey.{DOMAIN}"


def _letter(number: int) -> bytes:
    return mixed(
        pdf_part(f'Content-Type: application/pdf\nContent-Disposition: attachment; filename="{number}.pdf"\n'),
        header=HEADER.replace("sytdaknong.vn", DOMAIN).replace("<1@", f"<{number}@"),
    )


def _findings(office: Office) -> list[tuple[object, ...]]:
    return office.rows(DkimCheck.message_id, DkimCheck.result, DkimCheck.domain, DkimCheck.is_aligned)


def _opened(office: Office, server: DnsServer) -> None:
    office.senders = SenderSettings(dkim=True, resolver=LOCAL, resolver_port=server.port, timeout_seconds=1)


def test_signed_letters_are_checked_behind_their_drafts(office: Office) -> None:
    box = office.mailbox("chinh")
    letters = [_letter(number) for number in (1, 2, 3)]
    changed = signed(letters[1], DOMAIN).replace(b"Subject: ", b"Subject: Khan ", 1)
    office.send(box, signed(letters[0], DOMAIN), changed, letters[2])
    with dns_server() as server:
        server.records[NAME] = key(2048)[1]
        _opened(office, server)
        assert any(check.line().startswith("✓ Hỏi DNS") for check in checkup._dns(office.settings))
        with office.watching():
            wait_until(lambda: len(_findings(office)) == 3, seconds=60)
        assert server.asked.count(NAME) == 1  # kept for the second
    assert {row[1:] for row in _findings(office)} == {
        (DkimResult.PASS, DOMAIN, True),
        (DkimResult.FAIL, DOMAIN, True),
        (DkimResult.NONE, "", False),
    }


def test_letters_come_in_while_dns_says_nothing(office: Office) -> None:
    box = office.mailbox("chinh")
    office.send(box, signed(_letter(1), DOMAIN))
    with dns_server() as server:
        server.is_silent = True
        _opened(office, server)
        (check,) = checkup._dns(office.settings)
        assert check.line().startswith("! Hỏi DNS") and "senders.resolver" in check.line()
        with office.watching():
            wait_until(lambda: len(_findings(office)) == 1, seconds=60)
    assert office.rows(Message.outcome) == [("draft",)]
    assert [row[1] for row in _findings(office)] == [DkimResult.UNKNOWN]


def test_nobody_is_asked_where_it_is_not_switched_on(office: Office) -> None:
    box = office.mailbox("chinh")
    office.send(box, signed(_letter(1), DOMAIN))
    with dns_server() as server:
        office.senders = SenderSettings(resolver=LOCAL, resolver_port=server.port)
        assert list(checkup._dns(office.settings)) == []
        with office.watching():
            wait_until(lambda: office.messages() == 1)
        assert server.asked == []
    assert _findings(office) == []
