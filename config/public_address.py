"""The address that browsers use for the pages, and whether devices can be remembered there."""

import ipaddress
from urllib.parse import urlsplit

_HOW = "Người quản trị xem mục 5 của docs/install.md, khóa dashboard.origin."


def host_of(origin: str) -> str:
    """The host's name alone: no scheme, no port; empty where there is none."""
    try:
        return urlsplit(origin).hostname or ""
    except ValueError:
        return ""


def device_fault(origin: str) -> str:
    """Why no device can be remembered for pages at `origin` (scheme://host[:port]), in words; empty where it can.

    Browsers want a host with a name (WebAuthn §5.1.2: no IP address) and HTTPS, or this machine as "localhost".
    """
    host = host_of(origin)
    if host == "localhost":
        return ""
    if not host or _is_number(host):
        return (
            f"Trang này mở bằng địa chỉ số ({host or origin}). Điện thoại và máy tính chỉ nhớ được khóa cho một địa "
            f"chỉ có tên và HTTPS, như https://vanthu.skhcn.lamdong.gov.vn. {_HOW}"
        )
    if not origin.startswith("https://"):
        return (
            f"Trang này không dùng HTTPS ({origin}). Điện thoại và máy tính chỉ nhớ được khóa cho địa chỉ https://. "
            f"{_HOW}"
        )
    return ""


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
