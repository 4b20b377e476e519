"""What `congvan doctor` says of the door for mail servers."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from dovecot_server import Dovecot
from intake_office import Office, open_office
from pushing import open_listener

from ingest.listener.checkup import look_at


@pytest.fixture
def office(tmp_path: Path, dovecot: Dovecot) -> Iterator[Office]:
    with open_office(tmp_path, dovecot) as opened:
        yield opened


def test_doctor_says_whether_the_door_can_be_had(office: Office) -> None:
    settings = open_listener(office)
    assert look_at(settings).line() == f"✓ Lối đẩy thư LMTP ở 127.0.0.1:{settings.port}: mở được"
    with office.watching():
        assert look_at(settings).line().endswith("đang nghe")
    with socket.create_server((settings.host, settings.port)) as squatter:
        threading.Thread(target=lambda: squatter.accept()[0].close()).start()
        assert not look_at(settings).is_right
        assert "đổi listener.port" in look_at(settings).advice
    assert not look_at(open_listener(office, certificate=office.home / "none", key=office.home / "none")).is_right
