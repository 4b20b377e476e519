"""Letters signed by their domain (DKIM), with keys made once."""

import base64
import subprocess
from functools import cache

import dkim


@cache
def key(bits: int) -> tuple[bytes, str]:
    """A private key in PEM, and the TXT record of its public one."""
    # openssl makes short ones too.
    pem = subprocess.run(["openssl", "genrsa", "-traditional", str(bits)], capture_output=True, check=True).stdout
    public = subprocess.run(
        ["openssl", "rsa", "-pubout", "-outform", "DER"], input=pem, capture_output=True, check=True
    ).stdout
    return pem, f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


def signed(raw: bytes, domain: str, selector: str = "mail", *, bits: int = 2048, **how: object) -> bytes:
    """`raw` with a DKIM-Signature of `domain` above it; `how` goes to dkimpy."""
    header: bytes = dkim.sign(raw, selector.encode(), domain.encode(), key(bits)[0], **how)
    return header + raw
