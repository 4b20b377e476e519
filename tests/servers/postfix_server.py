"""A real Postfix with its own configuration and queue, on 127.0.0.1, handing one domain's mail over by LMTP or SMTP."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dovecot_server import free_port

_MAIN = """
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
maillog_file = {home}/log/postfix.log
maillog_file_prefixes = {home}
mail_owner = postfix
setgid_group = postdrop
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
inet_interfaces = loopback-only
inet_protocols = ipv4
myhostname = postfix.example
mydestination =
alias_maps =
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
relay_domains = {domain}
transport_maps = inline:{{ {domain}={transport} }}
disable_dns_lookups = yes
message_size_limit = 200000000
mailbox_size_limit = 0
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
bounce_queue_lifetime = 1h
default_transport = retry:loopback only
"""
_MASTER = """
{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp flags=R
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Postfix:
    """A running server that takes any mail on `port`."""

    home: Path
    port: int

    def log(self) -> str:
        """What it has said so far."""
        return (self.home / "log" / "postfix.log").read_text(errors="replace")

    def queued(self) -> int:
        """How many mails it still has to deliver."""
        return sum(
            path.is_file() for name in ("incoming", "active", "deferred")
            for path in (self.home / "queue" / name).rglob("*")
        )  # fmt: skip


@contextmanager
def running(home: Path, domain: str, transport: str) -> Iterator[Postfix]:
    """Start Postfix in `home`, which others must be able to enter; mail for `domain` goes by `transport`."""
    home.chmod(0o755)
    for name in ("queue", "data", "log", "etc"):
        (home / name).mkdir()
    shutil.chown(home / "data", "postfix")
    port = free_port()
    (home / "etc" / "main.cf").write_text(_MAIN.format(home=home, domain=domain, transport=transport))
    (home / "etc" / "master.cf").write_text(_MASTER.format(port=port))
    _postfix(home, "start")
    try:
        yield Postfix(home, port)
    finally:
        _postfix(home, "stop")


def _postfix(home: Path, act: str) -> None:
    done = subprocess.run(["postfix", "-c", str(home / "etc"), act], capture_output=True, text=True, check=False)
    log = home / "log" / "postfix.log"
    until = time.monotonic() + 10
    while act == "start" and not log.exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert done.returncode == 0, done.stderr + (log.read_text() if log.exists() else "")
