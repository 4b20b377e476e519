"""DKIM (RFC 6376): which keys a letter's signatures need, and whether they stand by the keys that a door has found."""

import binascii
import contextlib
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import dkim
from dkim.util import InvalidTagValueList, parse_tag_value

_MOST_SIGNATURES = 5
_NAME = re.compile(rb"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})(?:\.[A-Za-z0-9_-]{1,63}){0,8}")
_SAFE = (b"rsa-sha256", b"ed25519-sha256")  # RFC 8301: SHA-1 proves nothing
_quiet = logging.getLogger("core.signing.dkim.library")
_quiet.disabled = True


class Result(StrEnum):
    """What was found of a letter's signatures, of several the best."""

    PASS = "pass"
    FAIL = "fail"
    NO_KEY = "no_key"  # its domain publishes no key that could check it
    NONE = "none"
    TOO_LARGE = "too_large"
    UNKNOWN = "unknown"  # DNS did not answer


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one letter: `domain` is who signed (d=), "" for nobody; `is_aligned` when that is the sender's
    own domain, one above it or below it (RFC 7489, 3.1.1)."""

    result: Result
    domain: str = ""
    is_aligned: bool = False


_BEST_FIRST = (Result.PASS, Result.FAIL, Result.NO_KEY)


def keys_needed(path: Path) -> tuple[str, ...]:
    """The DNS names whose TXT records hold the keys of the letter at `path`, none for one that nobody has signed.
    Raises OSError."""
    with contextlib.suppress(dkim.DKIMException):
        return tuple(dict.fromkeys(_name(sig) for _, sig in _signatures(_Letter(path))))
    return ()


def check(path: Path, sender: str, keys: Mapping[str, bytes | None]) -> Finding:
    """The best signature of the letter at `path` that comes from `sender`'s address, by the TXT records in `keys` (None
    where the name has none). Raises OSError."""
    found: list[Finding] = []
    with contextlib.suppress(dkim.DKIMException):
        letter = _Letter(path)
        found = [_checked(letter, number, sig, sender, keys) for number, sig in _signatures(letter)]
    found.sort(key=lambda one: (_BEST_FIRST.index(one.result), not one.is_aligned))
    return found[0] if found else Finding(Result.NONE)


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
) -> Finding:
    domain = tags[b"d"].decode("ascii").lower()
    key = keys.get(_name(tags))
    is_aligned = _is_aligned(domain, sender) and sum(name.lower() == b"from" for name, _ in letter.headers) == 1
    if key is None:
        return Finding(Result.NO_KEY, domain, is_aligned)
    stands = False
    # With a length (l=) anybody may have added to the text what is read there.
    if tags.get(b"a") in _SAFE and b"l" not in tags:
        with contextlib.suppress(dkim.DKIMException, binascii.Error, ValueError):
            stands = bool(letter.verify(number, dnsfunc=lambda *_, **__: key))
    return Finding(Result.PASS if stands else Result.FAIL, domain, is_aligned)


def _is_aligned(domain: str, sender: str) -> bool:
    own = sender.rpartition("@")[2].lower().rstrip(".")
    return own == domain or own.endswith("." + domain) or domain.endswith("." + own)
