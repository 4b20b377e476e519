"""For whom devices keep their keys: told by the settings and the socket, never by the browser's Host."""

from dataclasses import replace

import pytest
from starlette.applications import Starlette
from starlette.requests import Request

from config.settings import DashboardSettings
from core.errors import WrongState
from dashboard import relying_party
from dashboard.web import Office


def _request(office: Office, origin: str, host: str, listens: str = "127.0.0.1") -> Request:
    dashboard = DashboardSettings(origin=origin, host=listens)
    app = Starlette()
    app.state.office = replace(office, settings=office.settings.model_copy(update={"dashboard": dashboard}))
    scope = {
        "type": "http", "method": "GET", "path": "/", "query_string": b"", "scheme": "http", "app": app,
        "headers": [(b"host", host.encode())], "server": ("127.0.0.1", 8360),
    }  # fmt: skip
    request = Request(scope)
    request.state.office_name = "Sở Khoa học và Công nghệ"
    return request


@pytest.mark.parametrize(
    ("origin", "host", "expected"),
    [
        ("https://vt.example.vn/", "vt.example.vn", ("vt.example.vn", "https://vt.example.vn")),
        ("https://vt.example.vn:8443", "evil.example", ("vt.example.vn", "https://vt.example.vn:8443")),
        ("", "localhost:8360", ("localhost", "http://localhost:8360")),
        ("", "localhost:9999", ("localhost", "http://localhost:8360")),
    ],
)
def test_the_public_address_of_the_settings_counts(
    office: Office, origin: str, host: str, expected: tuple[str, str]
) -> None:
    party = relying_party.party_of(_request(office, origin, host))
    assert (party.id, party.origin) == expected


@pytest.mark.parametrize(
    ("origin", "host", "listens"),
    [
        ("", "127.0.0.1:8360", "127.0.0.1"), ("", "10.0.0.5:8360", "10.0.0.5"), ("", "evil.example", "127.0.0.1"),
        ("", "[::1]:8360", "::1"), ("", "vanthu:8360", "vanthu"), ("http://vt.example.vn", "localhost", "127.0.0.1"),
    ],
)  # fmt: skip
def test_without_one_no_device_is_remembered(office: Office, origin: str, host: str, listens: str) -> None:
    request = _request(office, origin, host, listens)
    with pytest.raises(WrongState) as refusal:
        relying_party.party_of(request)
    assert refusal.value.sentence == relying_party.fault_of(request)
