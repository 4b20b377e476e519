"""A real clamd with a signature database of one line, on a socket of its own."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BAD = b"CONG-VAN-TEST-VIRUS-$H+H*-NOT-A-REAL-ONE"
NAME = "Congvan.Test.UNOFFICIAL"

_CONFIG = """
LocalSocket {home}/clamd.sock
DatabaseDirectory {home}/signatures
TemporaryDirectory {home}
Foreground yes
StreamMaxLength 3M
MaxThreads 4
"""


@contextmanager
def running(home: Path) -> Iterator[Path]:
    """Start clamd and give its socket; it knows one virus, `BAD`, by the name `NAME`."""
    (home / "signatures").mkdir(exist_ok=True)
    (home / "signatures" / "test.ndb").write_text(f"Congvan.Test:0:*:{BAD.hex()}\n")
    config = home / "clamd.conf"
    config.write_text(_CONFIG.format(home=home))
    log = (home / "clamd.log").open("wb")
    server = subprocess.Popen(["clamd", "-c", config], stdout=log, stderr=log, start_new_session=True)
    try:
        _wait_for(home / "clamd.sock", server)
        yield home / "clamd.sock"
    finally:
        server.terminate()
        server.wait(timeout=20)
        log.close()


def _wait_for(path: Path, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if server.poll() is not None:
            raise RuntimeError(f"clamd ended with {server.returncode}: {(path.parent / 'clamd.log').read_text()}")
        with socket.socket(socket.AF_UNIX) as probe:
            if path.exists() and probe.connect_ex(str(path)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("clamd does not answer")
