"""A mail server that pushes letters: sockets that say exactly what a test wants, and who may receive."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from dovecot_server import free_port
from intake_office import Office

from config.listening import ListenerSettings

CLERK = "vanthu.skhcn@lamdong.example.gov.vn"
HEAD = "lanhdao.skhcn@lamdong.example.gov.vn"
SENDER = "vanthu@daknong.example.gov.vn"


def open_listener(office: Office, protocol: str = "lmtp", **changes: object) -> ListenerSettings:
    """Have intake listen on a free port for letters to CLERK and HEAD."""
    values = {"enabled": True, "protocol": protocol, "port": free_port(), "recipients": {CLERK: "den", HEAD: "den"}}
    office.listener = ListenerSettings.model_validate(values | changes)
    return office.listener


def is_open(settings: ListenerSettings) -> bool:
    """Whether somebody answers at the door."""
    with socket.socket() as probe:
        return probe.connect_ex((settings.host, settings.port)) == 0


class Line:
    """One raw connection."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self._file = connection.makefile("rb")

    def answer(self) -> str:
        """The next reply, all its lines; empty when the other side has hung up."""
        lines = []
        while line := self._file.readline():
            lines.append(line.decode())
            if line[3:4] != b"-":
                break
        return "".join(lines)

    def say(self, words: bytes) -> str:
        """Send bytes as they are; returns the next reply."""
        self.socket.sendall(words)
        return self.answer()

    def envelope(self, *recipients: str, greeting: bytes = b"LHLO postfix.example\r\n") -> None:
        """Say all up to and with DATA."""
        assert self.say(greeting).startswith("250")
        assert self.say(b"MAIL FROM:<%s>\r\n" % SENDER.encode()).startswith("250")
        for recipient in recipients or (CLERK,):
            assert self.say(b"RCPT TO:<%s>\r\n" % recipient.encode()).startswith("250")
        assert self.say(b"DATA\r\n").startswith("354")


@contextmanager
def connected(settings: ListenerSettings, seconds: float = 120) -> Iterator[Line]:
    """A connection that has been greeted."""
    with socket.create_connection((settings.host, settings.port), timeout=seconds) as connection:
        line = Line(connection)
        assert line.answer().startswith("220")
        yield line


def dotted(raw: bytes) -> bytes:
    """A mail as it travels after DATA, its end included (RFC 5321 4.5.2)."""
    lines = raw.removesuffix(b"\r\n").split(b"\r\n")
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines) + b"\r\n.\r\n"
