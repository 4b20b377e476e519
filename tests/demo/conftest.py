"""The letters of one fixed morning, made once, and the embedded mail server."""

import ssl
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from imapclient import IMAPClient

from demo import mailserver
from demo.agencies import OFFICE_ADDRESS
from demo.letters import DemoLetter, letters

MONDAY_MORNING = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)  # 09:30 in Vietnam


@pytest.fixture(scope="session")
def post() -> Sequence[DemoLetter]:
    """Every letter of Monday, 23 November 2026, 09:30."""
    return letters(MONDAY_MORNING)


@pytest.fixture
def letter(post: Sequence[DemoLetter]) -> Callable[[str], DemoLetter]:
    """One letter by the name of its story."""
    return lambda name: next(one for one in post if one.key == f"20261123-{name}")


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[mailserver.DemoMail]:
    """A running, empty mail server."""
    with mailserver.start(tmp_path / "mail") as running:
        yield running


@pytest.fixture
def imap(mail: mailserver.DemoMail) -> Iterator[IMAPClient]:
    """A session in the office's INBOX, opened over verified TLS."""
    context = ssl.create_default_context(cafile=str(mail.certificate))
    with IMAPClient("127.0.0.1", port=mail.ports.imap, ssl_context=context, timeout=10) as client:
        client.normalise_times = False
        client.login(OFFICE_ADDRESS, mailserver.PASSWORD)
        client.select_folder("INBOX", readonly=True)
        yield client
