"""Asking issuers: what is fetched, kept, and never reached, whatever addresses strangers write into certificates."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network

import pytest
from issuer_server import IssuerServer, issuer_server
from signed_files import Authority

from config.outside import SignatureSettings
from core.signing.revocation import kept_until
from core.signing.values import Question
from ingest.issuers import Issuers

NOW = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
HERE = (IPv4Network("127.0.0.1/32"),)
CRL = Authority().crl(NOW)


@pytest.fixture
def server() -> Iterator[IssuerServer]:
    with issuer_server() as one:
        one.give("/crl", CRL)
        yield one


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


def issuers(clock: Clock | None = None, **settings: object) -> Issuers:
    values = {"online": True, "networks": HERE, "timeout_seconds": 1} | settings
    return Issuers(SignatureSettings.model_validate(values), clock or Clock(), kept_until)


def test_an_answer_is_fetched_as_it_is_given(server: IssuerServer) -> None:
    server.pages["/ocsp"] = lambda asked: (200, {"Content-Encoding": "gzip"}, b"answer to " + asked)
    assert issuers().answer(Question(f"{server.address}/ocsp", b"question")) == b"answer to question"


def test_a_list_is_kept_until_there_is_a_newer_one(server: IssuerServer) -> None:
    clock = Clock()
    asking = issuers(clock)
    for hours in (0, 20, 25):
        clock.now = NOW + timedelta(hours=hours)
        assert asking.answer(Question(f"{server.address}/crl")) == CRL
    assert server.asked == ["/crl", "/crl"]


def test_what_is_no_list_is_not_kept(server: IssuerServer) -> None:
    server.give("/crl", b"<html>")
    asking = issuers()
    for _ in range(2):
        assert asking.answer(Question(f"{server.address}/crl")) == b"<html>"
    assert server.asked == ["/crl", "/crl"]


def test_a_move_is_followed_a_few_times(server: IssuerServer) -> None:
    server.move("/old", f"{server.address}/crl")
    server.move("/circle", "/circle")
    assert issuers().answer(Question(f"{server.address}/old")) == CRL
    assert issuers().answer(Question(f"{server.address}/circle")) is None
    assert server.asked.count("/circle") == 4


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://127.0.0.1/crl", "//", "http://[::1"])
def test_a_move_to_another_kind_of_address_is_not_followed(server: IssuerServer, to: str) -> None:
    server.move("/old", to)
    assert issuers().answer(Question(f"{server.address}/old")) is None


def test_a_move_to_a_network_of_our_own_is_not_followed(server: IssuerServer) -> None:
    with issuer_server() as inner:
        inner.give("/crl", CRL)
        port = inner.address.rpartition(":")[2]
        for host in ("127.0.0.2", "[::ffff:127.0.0.2]", "2130706434", "0x7f.0.0.2"):
            server.move("/old", f"http://{host}:{port}/crl")
            assert issuers().answer(Question(f"{server.address}/old")) is None
        assert inner.asked == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "[::ffff:7f00:1]", "0.0.0.0"])
def test_this_machine_is_not_asked_by_whatever_name(server: IssuerServer, host: str) -> None:
    port = server.address.rpartition(":")[2]
    assert issuers(networks=()).answer(Question(f"http://{host}:{port}/crl")) is None
    assert server.asked == []


@pytest.mark.parametrize("host", ["10.1.2.3", "192.168.1.1", "169.254.169.254", "172.16.0.1", "[fe80::1]", "[fd00::1]"])
def test_networks_of_our_own_are_not_asked(host: str) -> None:
    began = time.monotonic()
    assert issuers(networks=(), timeout_seconds=30).answer(Question(f"http://{host}/crl")) is None
    assert time.monotonic() - began < 15


def test_the_proxy_that_the_office_named_is_asked_instead(server: IssuerServer) -> None:
    server.give("http://ca.example/crl", CRL)
    asking = issuers(networks=(), proxy=server.address)
    assert asking.answer(Question("http://ca.example/crl")) == CRL
    assert asking.answer(Question("http://10.0.0.1/crl")) is None
    assert server.asked == ["http://ca.example/crl"]


def test_who_says_nothing_is_not_waited_for(server: IssuerServer) -> None:
    server.is_silent = True
    began = time.monotonic()
    assert issuers().answer(Question(f"{server.address}/crl")) is None
    assert time.monotonic() - began < 15


def test_an_answer_without_end_is_left(server: IssuerServer) -> None:
    server.give("/crl", bytes((20 << 20) + 1))
    assert issuers().answer(Question(f"{server.address}/crl")) is None


@pytest.mark.parametrize("path", ["/none", "/error"])
def test_an_error_is_no_answer(server: IssuerServer, path: str) -> None:
    server.pages["/error"] = lambda _: (500, {}, CRL)
    assert issuers().answer(Question(server.address + path)) is None
