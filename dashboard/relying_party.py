"""Where the pages are, as devices see it. What is trusted is told by the settings and the socket, never by Host."""

from starlette.requests import Request

from config.public_address import device_fault, host_of
from core.errors import WrongState
from core.passkeys.challenges import RelyingParty
from dashboard import web


def fault_of(request: Request) -> str:
    """Why devices can't be remembered at this address, in words; empty where they can."""
    fault = device_fault(_origin(request))
    is_here = request.url.hostname in ("127.0.0.1", "::1") and not web.office_of(request).settings.dashboard.origin
    return f"{fault} Chỉ thử trên máy này thì mở http://localhost:{_port(request)}." if fault and is_here else fault


def party_of(request: Request) -> RelyingParty:
    """The office as devices know it. Raises WrongState, in words, where none can be remembered."""
    fault, origin = fault_of(request), _origin(request)
    if fault:
        raise WrongState(fault)
    return RelyingParty(host_of(origin), origin, request.state.office_name or "Công văn")


def _origin(request: Request) -> str:
    settings = web.office_of(request).settings.dashboard
    if settings.origin:
        return settings.origin.rstrip("/")
    # Without a public address only this machine's own name serves, at the port that is really listened to.
    name = "localhost" if request.url.hostname == "localhost" else settings.host
    bracketed = f"[{name}]" if ":" in name else name
    return f"http://{bracketed}" if _port(request) == 80 else f"http://{bracketed}:{_port(request)}"


def _port(request: Request) -> int:
    port: int = request.scope["server"][1]
    return port
