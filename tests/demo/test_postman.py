"""The post as a process of its own, as the demo's supervisor starts it."""

import json
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from imapclient import IMAPClient

from demo import mailserver
from demo.letters import DemoLetter
from demo.postman import deliver_arriving, deliver_waiting

ROOT = Path(__file__).parents[2]


def test_the_post_is_ready_with_letters_there_and_more_arrive(tmp_path: Path) -> None:
    start = time.monotonic()
    post = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "demo.postman", str(tmp_path), "--seconds", "0.3"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert post.stdout is not None
        ready = post.stdout.readline()
        assert ready.startswith("ready ") and time.monotonic() - start < 30
        told: dict[str, Any] = json.loads(ready.removeprefix("ready "))
        context = ssl.create_default_context(cafile=told["certificate"])
        with IMAPClient("127.0.0.1", port=told["imap_port"], ssl_context=context, timeout=10) as client:
            client.login(told["mailboxes"][0], told["password"])
            at_start = client.select_folder("INBOX", readonly=True)[b"EXISTS"]
            assert at_start >= 25
            client.idle()
            assert any(what == b"EXISTS" and count > at_start for count, what, *_ in client.idle_check(timeout=5))
            client.idle_done()
    finally:
        post.send_signal(signal.SIGTERM)
        _, complaints = post.communicate(timeout=10)
    assert post.returncode == 0
    assert complaints == ""


def test_a_second_start_delivers_only_what_has_not_arrived(tmp_path: Path, post: Sequence[DemoLetter]) -> None:
    arriving = [letter for letter in post if letter.delay_seconds is not None]
    with mailserver.start(tmp_path) as mail:
        assert deliver_waiting(mail, post) == len(post) - len(arriving)
        turns = iter([True, True, True, False])
        deliver_arriving(mail, post, pause=lambda: next(turns), clock=lambda: arriving[0].received_at)
    with mailserver.start(tmp_path) as mail:
        assert deliver_waiting(mail, post) == 0
        assert [mail.has(letter.mailbox, letter.key) for letter in arriving[:4]] == [True, True, True, False]
        deliver_arriving(mail, post, pause=lambda: True, clock=lambda: arriving[-1].received_at)
        assert all(mail.has(letter.mailbox, letter.key) for letter in post)
    assert len(list(tmp_path.glob("*/*.eml"))) == len(post)
