"""Asking those who gave certificates whether one is revoked: OCSP and CRL by HTTP, at addresses that strangers name."""

import asyncio
import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

import aiohttp
import structlog
from yarl import URL

from config.outside import SignatureSettings
from core.signing.values import Question

_MOST_BYTES = 20 << 20
_MOST_KEPT_BYTES = 64 << 20
_KEPT = timedelta(days=1)  # at most, whatever a list says of itself
_MOST_MOVES = 3
_MOVED = (301, 302, 303, 307, 308)
_WINDOW_BYTES = 1 << 16
_AT_MOST = 6  # times the patience with one silence: for the whole of a long list

log = structlog.get_logger()


class Issuers:
    """Fetches answers; lists of revoked certificates are kept until they say that there is a newer one."""

    def __init__(
        self, settings: SignatureSettings, clock: Callable[[], datetime], until: Callable[[bytes], datetime | None]
    ) -> None:  # fmt: skip
        """`until` tells until when a list may be kept; it reads what a stranger wrote."""
        self._settings, self._clock, self._until = settings, clock, until
        self._kept: dict[str, tuple[datetime, bytes]] = {}

    def answer(self, question: Question) -> bytes | None:
        """What stands at the address of `question`, None where nothing can be had."""
        kept = self._kept.get(question.address)
        if kept is not None and not question.request and self._clock() < kept[0]:
            return kept[1]
        try:
            data = asyncio.run(self._fetched(question))
        except (aiohttp.ClientError, OSError, ValueError) as error:  # TimeoutError is an OSError
            log.warning("issuer_silent", address=question.address, error=f"{type(error).__name__}: {error}")
            return None
        if not question.request:
            self._keep(question.address, data)
        return data

    async def _fetched(self, question: Question) -> bytes:
        patience = self._settings.timeout_seconds
        timeout = aiohttp.ClientTimeout(total=_AT_MOST * patience, sock_connect=patience, sock_read=patience)
        # Through a proxy it is the proxy that is connected to, which the operator named.
        factory = None if self._settings.proxy else self._socket
        connector = aiohttp.TCPConnector(socket_factory=factory, force_close=True)
        async with aiohttp.ClientSession(
            connector=connector, timeout=timeout, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()
        ) as session:
            address = URL(question.address)
            for _ in range(_MOST_MOVES + 1):
                self._refuse(address)
                async with self._asked(session, address, question.request) as answer:
                    if answer.status not in _MOVED:
                        return await _whole(answer)
                    address = address.join(URL(answer.headers.get("Location", "")))
        raise ValueError("moved too often")

    def _asked(
        self, session: aiohttp.ClientSession, address: URL, request: bytes
    ) -> aiohttp.client._RequestContextManager:
        headers = {"Accept-Encoding": "identity"}
        if request:
            headers |= {"Content-Type": "application/ocsp-request", "Accept": "application/ocsp-response"}
        return session.request(
            "POST" if request else "GET", address, data=request or None, headers=headers, allow_redirects=False,
            proxy=self._settings.proxy or None,
        )  # fmt: skip

    def _refuse(self, address: URL) -> None:
        """Raises ValueError for an address that is not to be asked whatever its name leads to."""
        if address.scheme not in ("http", "https") or not address.host:
            raise ValueError(f"not to be asked: {address.scheme}")
        try:
            is_allowed = self._may_reach(address.host)
        except ValueError:  # a name; where it leads to is seen when it is connected to
            is_allowed = address.host != "localhost" or not self._settings.proxy
        if not is_allowed:
            raise ValueError("not to be asked: a network of our own")

    def _socket(self, where: tuple[object, ...]) -> socket.socket:
        # Here, and not by the name: what is looked up twice may lead to two places.
        family, kind, protocol, _, place = where
        assert isinstance(family, int) and isinstance(kind, int) and isinstance(protocol, int)
        assert isinstance(place, tuple)
        if not self._may_reach(str(place[0])):
            raise PermissionError("not to be asked: a network of our own")
        return socket.socket(family, kind, protocol)

    def _may_reach(self, host: str) -> bool:
        """Whether the address `host` is one of the internet, or of a network that the settings name. Raises
        ValueError for a name."""
        found = ip_address(host.partition("%")[0])
        if isinstance(found, IPv6Address) and found.ipv4_mapped:
            found = found.ipv4_mapped
        return (found.is_global and not found.is_multicast) or any(found in one for one in self._settings.networks)

    def _keep(self, address: str, data: bytes) -> None:
        until = self._until(data)
        if until is None:
            return
        self._kept.pop(address, None)
        self._kept[address] = (min(until, self._clock() + _KEPT), data)
        while sum(len(kept) for _, kept in self._kept.values()) > _MOST_KEPT_BYTES:
            del self._kept[next(iter(self._kept))]


async def _whole(answer: aiohttp.ClientResponse) -> bytes:
    """The body. Raises ValueError for another status than 200 and for more than 20 MB."""
    if answer.status != 200:
        raise ValueError(f"status {answer.status}")
    data = bytearray()
    async for part in answer.content.iter_chunked(_WINDOW_BYTES):
        data += part
        if len(data) > _MOST_BYTES:
            raise ValueError("too large")
    return bytes(data)
