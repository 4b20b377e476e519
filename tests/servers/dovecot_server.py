"""A real Dovecot with its own configuration, certificate authority and users, on 127.0.0.1."""

import ipaddress
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from imapclient import IMAPClient

PASSWORD = "mật-khẩu-hộp-thư"

_CONFIG = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{home}/server.pem
ssl_key = <{home}/server.key
disable_plaintext_auth = yes
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = {storage}:{home}/mail/%u
mail_uid = nobody
mail_gid = nogroup
first_valid_uid = 1
mail_fsync = never
mail_max_userip_connections = {connections}
default_login_user = dovenull
default_internal_user = dovecot
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={home}/home/%u
}}
service imap-login {{
  inet_listener imap {{
    port = {plain_port}
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
  process_min_avail = 1
  service_count = 0
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap {{
  process_limit = 200
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
"""
_QUOTA = """
mail_plugins = quota
protocol imap {{
  mail_plugins = quota imap_quota
}}
plugin {{
  quota = count:Account
  quota_vsizes = yes
  quota_rule = *:storage={kilobytes}K
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """A running server: IMAPS on `port`, STARTTLS on `plain_port`, trusted through `ca_file`.

    Every user name exists, with an empty mailbox of its own and the password `PASSWORD`.
    """

    home: Path
    port: int
    plain_port: int
    host: str = "localhost"

    @property
    def ca_file(self) -> Path:
        """The certificate authority that signed the server's certificate."""
        return self.home / "ca.pem"

    @contextmanager
    def client(self, user: str, password: str = PASSWORD) -> Iterator[IMAPClient]:
        """A plain imapclient session, for what clerks do by webmail."""
        context = ssl.create_default_context(cafile=self.ca_file)
        client = IMAPClient(self.host, self.port, ssl_context=context, timeout=10)
        client.plain_login(user, password)
        try:
            yield client
        finally:
            client.logout()


@contextmanager
def running(
    home: Path, *, storage: str = "sdbox", connections: int = 50, quota_kilobytes: int = 0
) -> Iterator[Dovecot]:
    """Start Dovecot in `home`, which others must be able to enter, and stop it at the end.

    `storage` is sdbox, mdbox or maildir; with `quota_kilobytes` each account has that much room.
    """
    for name in ("run", "state", "mail", "home"):
        (home / name).mkdir(parents=True, exist_ok=True)
    for name in ("mail", "home"):
        shutil.chown(home / name, "nobody", "nogroup")
    _make_certificates(home)
    port, plain_port = free_port(), free_port()
    config = home / "dovecot.conf"
    config.write_text(
        _CONFIG.format(
            home=home, password=PASSWORD, storage=storage, port=port, plain_port=plain_port, connections=connections
        )
        + (_QUOTA.format(kilobytes=quota_kilobytes) if quota_kilobytes else "")
    )
    server = subprocess.Popen(["dovecot", "-F", "-c", config], start_new_session=True)
    try:
        _wait_for(port, server)
        yield Dovecot(home, port, plain_port)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=10)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if server.poll() is not None:
            raise RuntimeError(f"dovecot ended with {server.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError("dovecot does not answer")


def _make_certificates(home: Path) -> None:
    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test CA")])
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    ca = _certificate(ca_name, ca_name, ca_key, ca_key, x509.BasicConstraints(True, None))
    own = _certificate(name, ca_name, key, ca_key, x509.SubjectAlternativeName(names))
    (home / "ca.pem").write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    (home / "server.pem").write_bytes(own.public_bytes(serialization.Encoding.PEM))
    (home / "server.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    extension: x509.ExtensionType,
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=30))
    return builder.add_extension(extension, critical=False).sign(signer, hashes.SHA256())
