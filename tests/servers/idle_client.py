"""A bare IDLE client: when a mailbox's owner could know of a letter at the earliest (the control of bench/)."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from dovecot_server import Dovecot


@contextmanager
def listening(dovecot: Dovecot, user: str) -> Iterator[list[float]]:
    """Gives a list that grows by the instant (time.monotonic) of each letter the client hears of."""
    heard: list[float] = []
    stop, idling = threading.Event(), threading.Event()

    def listen() -> None:
        with dovecot.client(user) as client:
            client.select_folder("INBOX", readonly=True)
            client.idle()
            idling.set()
            while not stop.is_set():
                for answer in client.idle_check(timeout=0.2):
                    if answer[1] == b"EXISTS":
                        heard.append(time.monotonic())
            client.idle_done()

    thread = threading.Thread(target=listen)
    thread.start()
    if not idling.wait(10):
        raise RuntimeError("the bare client could not begin to idle")
    try:
        yield heard
    finally:
        stop.set()
        thread.join()
