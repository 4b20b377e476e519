"""DKIM (RFC 6376): which keys a letter's signatures need, and whether they stand by the keys that a door has found."""

import binascii
import contextlib
import logging
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import dkim
from dkim.util import InvalidTagValueList, parse_tag_value

from core.signing.values import DkimFinding, DkimResult

_MOST_SIGNATURES = 5
_NAME = re.compile(rb"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})(?:\.[A-Za-z0-9_-]{1,63}){0,8}")
_BEST_FIRST = (DkimResult.PASS, DkimResult.FAIL, DkimResult.NO_KEY)
_SAFE = (b"rsa-sha256", b"ed25519-sha256")  # RFC 8301: SHA-1 proves nothing
_quiet = logging.getLogger("core.signing.dkim.library")
_quiet.disabled = True


def keys_needed(path: Path) -> tuple[str, ...]:
    """The DNS names whose TXT records hold the keys of the letter at `path`, none for one that nobody has signed.
    Raises OSError."""
    with contextlib.suppress(dkim.DKIMException):
        return tuple(dict.fromkeys(_name(sig) for _, sig in _signatures(_Letter(path))))
    return ()


def check(path: Path, sender: str, keys: Mapping[str, bytes | None]) -> DkimFinding:
    """The best signature of the letter at `path` that comes from `sender`'s address, by the TXT records in `keys` (None
    where the name has none). Raises OSError."""
    found: list[DkimFinding] = []
    with contextlib.suppress(dkim.DKIMException):
        letter = _Letter(path)
        found = [_checked(letter, number, sig, sender, keys) for number, sig in _signatures(letter)]
    found.sort(key=lambda one: (_BEST_FIRST.index(one.result), not one.is_aligned))
    return found[0] if found else DkimFinding(DkimResult.NONE)


class _Letter(dkim.DKIM):  # type: ignore[misc]
    def __init__(self, path: Path) -> None:
        super().__init__(path.read_bytes(), logger=_quiet, minkey=1024)


def _signatures(letter: _Letter) -> Iterator[tuple[int, dict[bytes, bytes]]]:
    """The first few, by their place among all, with their tags; those that name no key are left out."""
    fields = [value for name, value in letter.headers if name.lower() == b"dkim-signature"]
    for number, value in enumerate(fields[:_MOST_SIGNATURES]):
        with contextlib.suppress(InvalidTagValueList):
            tags = parse_tag_value(value)
            if all(_NAME.fullmatch(tags.get(tag, b"")) for tag in (b"d", b"s")) and b"." in tags[b"d"]:
                yield number, tags


def _name(tags: Mapping[bytes, bytes]) -> str:
    return f"{tags[b's'].decode('ascii')}._domainkey.{tags[b'd'].decode('ascii')}".lower()


def _checked(
    letter: _Letter, number: int, tags: Mapping[bytes, bytes], sender: str, keys: Mapping[str, bytes | None]
) -> DkimFinding:
    domain = tags[b"d"].decode("ascii").lower()
    key = keys.get(_name(tags))
    is_aligned = _is_aligned(domain, sender) and sum(name.lower() == b"from" for name, _ in letter.headers) == 1
    if key is None:
        return DkimFinding(DkimResult.NO_KEY, domain, is_aligned)
    stands = False
    # With a length (l=) anybody may have added to the text what is read there.
    if tags.get(b"a") in _SAFE and b"l" not in tags:
        with contextlib.suppress(dkim.DKIMException, binascii.Error, ValueError):
            stands = bool(letter.verify(number, dnsfunc=lambda *_, **__: key))
    return DkimFinding(DkimResult.PASS if stands else DkimResult.FAIL, domain, is_aligned)


def _is_aligned(domain: str, sender: str) -> bool:
    own = sender.rpartition("@")[2].lower().rstrip(".")
    return own == domain or own.endswith("." + domain) or domain.endswith("." + own)
