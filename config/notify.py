"""Telling whoever supervises this process that it is ready, alive or stopping (sd_notify(3) over a datagram)."""

import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress

READY = "READY=1"
ALIVE = "WATCHDOG=1"
STOPPING = "STOPPING=1"


def tell(message: str) -> None:
    """Send one message to NOTIFY_SOCKET; that nobody listens is never a failure.

    `message` is a line of sd_notify(3), such as READY; an address beginning with "@" is an abstract one.
    """
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
        sender.connect(address)
        sender.sendall(message.encode())


def watchdog_seconds() -> float | None:
    """How long silence may last before the supervisor ends this process; None when it does not watch."""
    found = os.environ.get("WATCHDOG_USEC", "")
    return int(found) / 1_000_000 if found.isdigit() and int(found) > 0 else None


def heartbeat() -> Callable[[], None]:
    """A function to call as often as one likes; it sends ALIVE at a third of the allowed silence."""
    allowed = watchdog_seconds()
    last = float("-inf")

    def beat() -> None:
        nonlocal last
        now = time.monotonic()
        if allowed is not None and now - last >= allowed / 3:
            last = now
            tell(ALIVE)

    return beat
