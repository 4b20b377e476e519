"""What the door answers to commands that are none of a mail server's."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from dovecot_server import Dovecot
from intake_office import Office, open_office
from pushing import connected, open_listener


@pytest.fixture
def office(tmp_path: Path, dovecot: Dovecot) -> Iterator[Office]:
    with open_office(tmp_path, dovecot) as opened:
        yield opened


def test_nobody_can_log_in_and_help_offers_no_such_thing(office: Office) -> None:
    settings = open_listener(office)
    with office.watching(), connected(settings) as line:
        line.say(b"LHLO a\r\n")
        assert "AUTH" not in line.say(b"HELP\r\n")
        assert line.say(b"AUTH PLAIN AGEAYg==\r\n").startswith("500")
        assert line.say(b"\0\r\n").startswith("500")
        assert line.say(b"NOOP\r\n").startswith("250")
