"""Pages learn within a moment that something changed, and a server stops although pages listen."""

import http.client
import socket
import threading
import time
from typing import Any

from core import accounts, events
from dashboard.server import prepare


class Listening:
    """A real server of the office and one page's stream."""

    def __init__(self, office: Any, username: str) -> None:
        with office.database.writing() as session:
            found = accounts.credentials(session, username)
            token = accounts.sign_in(session, found, fits=True, at=office.clock(), origin=accounts.Origin())
        self.server = prepare(office)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.socket]})
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)
        host, port = self.socket.getsockname()
        self.connection = http.client.HTTPConnection(host, port, timeout=10)
        self.connection.request("GET", "/tin", headers={"Cookie": f"phien={token}", "Accept": "text/event-stream"})
        self.stream = self.connection.getresponse()

    def next_version(self) -> str:
        while True:
            line = self.stream.readline().decode()
            assert line, "the stream ended"
            if line.startswith("data: "):
                return line.removeprefix("data: ").strip()

    def stop(self) -> float:
        """Seconds the server took to stop."""
        begun = time.monotonic()
        self.server.should_exit = True
        self.thread.join(10)
        assert not self.thread.is_alive()
        self.connection.close()
        self.socket.close()
        return time.monotonic() - begun


def test_an_event_reaches_a_listening_page_long_before_the_next_heartbeat(office: Any) -> None:
    listening = Listening(office, "lan")
    try:
        before = listening.next_version()
        time.sleep(0.5)
        begun = time.monotonic()
        with office.database.writing() as session:
            events.record(session, "drafted", "incoming", 1, by=None, at=office.clock())
        version = listening.next_version()
        while version == before:
            version = listening.next_version()
        assert time.monotonic() - begun < 5
        assert version.split("-")[0].isdigit(), "a stream tells that something changed, never what"
    finally:
        took = listening.stop()
    assert took < 8, "a listening page must not delay the stop"


def test_an_answer_does_not_wait_for_the_acknowledgement_of_its_headers(server: str) -> None:
    connection = http.client.HTTPConnection(server.removeprefix("http://"), timeout=10)
    took = []
    for _ in range(40):
        begun = time.monotonic()
        connection.request("GET", "/healthz")
        assert connection.getresponse().read() == b"ok\n"
        took.append(time.monotonic() - begun)
    connection.close()
    assert min(took[20:]) < 0.035, "forty milliseconds are the kernel's delayed ACK"


def test_the_counters_come_with_the_menu(full_office: Any, signed_in: Any) -> None:
    menu = signed_in("lan").get("/dem", headers={"X-Live": "1"}).text
    assert "văn bản chờ vào sổ" in menu and "thư chờ xem" in menu and "<html" not in menu
    assert "Thư bị giữ" not in signed_in("quan").get("/dem").text


def test_a_stream_is_refused_without_signing_in(visitor: Any) -> None:
    assert visitor.get("/tin").status_code == 204
