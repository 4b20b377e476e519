"""A DNS server on 127.0.0.1 that knows some TXT records: its messages are dnspython's, its socket is real."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


class DnsServer:
    """Answers over UDP until it is closed, nobody while it `is_silent`; `records` may be changed meanwhile."""

    def __init__(self) -> None:
        self.records: dict[str, str] = {}
        self.is_silent = False
        self.asked: list[str] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.1)
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where on 127.0.0.1 it listens."""
        port: int = self._socket.getsockname()[1]
        return port

    def close(self) -> None:
        """Answer nobody any more."""
        self._ends.set()
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while not self._ends.is_set():
            try:
                asked, sender = self._socket.recvfrom(4096)
            except TimeoutError:
                continue
            if answer := self._answer(dns.message.from_wire(asked)):
                self._socket.sendto(answer, sender)

    def _answer(self, query: dns.message.Message) -> bytes | None:
        name = query.question[0].name.to_text().rstrip(".").lower()
        self.asked.append(name)
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        if self.is_silent:
            return None
        if name not in self.records:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        else:
            text = self.records[name]
            pieces = " ".join(f'"{text[at : at + 200]}"' for at in range(0, len(text), 200))
            answer.answer.append(dns.rrset.from_text(query.question[0].name, 300, "IN", "TXT", pieces))
        return answer.to_wire()


@contextmanager
def dns_server() -> Iterator[DnsServer]:
    """A server that is closed at the end."""
    server = DnsServer()
    try:
        yield server
    finally:
        server.close()
