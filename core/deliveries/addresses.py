"""Addresses that mail can be sent to: what may stand in RFC 5321's RCPT TO without being another command."""

import re

from core.errors import Permanent

# RFC 5321 4.1.2, and RFC 6531 for letters beyond ASCII; quoted local parts are not for people to type.
_LOCAL = r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_ADDRESS = re.compile(rf"({_LOCAL})@({_LABEL}(?:\.{_LABEL})*)")
_LONGEST_LOCAL_OCTETS, _LONGEST_OCTETS = 64, 254


def checked(address: str, *, field: str = "address") -> str:
    """`address` without blanks around it. Raises Permanent, naming `field`, when no mail can be sent to it."""
    address = address.strip()
    found = _ADDRESS.fullmatch(address)
    if (
        found is None
        or len(found[1].encode()) > _LONGEST_LOCAL_OCTETS
        or len(address.encode()) > _LONGEST_OCTETS
    ):  # fmt: skip
        raise Permanent("Địa chỉ thư không đúng dạng, ví dụ vanthu@lamdong.gov.vn.", field=field)
    return address


def domain_of(address: str) -> str:
    """The domain of a checked address, in small letters."""
    return address.rpartition("@")[2].lower()
