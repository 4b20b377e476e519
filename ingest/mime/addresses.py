"""Address lists as mails write them (RFC 5322 3.4): plain forms read here, crooked ones by flanker.

This is the only place that knows flanker. It is imported when first needed: that takes most of a second
and prints its parser's noise.
"""

import contextlib
import io
import logging
import re
import warnings
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

from ingest.letter import Address
from ingest.mime.headers import decode_words, plain, to_text

MAX_ADDRESSES = 2_000
# What flanker gets: it is slow on long input, and nested comments cost it exponential time.
_MAX_LETTERS = 4_000
_MAX_CROOKED = 50
_MAX_CROOKED_LETTERS = 320
_SPEC = r"""[^\s<>()",:;@\[\]\\]+@[^\s<>()",:;@\\]+"""
_BARE = re.compile(rf"^<?({_SPEC})>?$")
_NAMED = re.compile(rf"""^(?:"((?:[^"\\]|\\.)*)"|([^<>"@]*?))\s*<\s*({_SPEC})\s*>\s*(?:\([^()]*\))?$""")
_WITH_COMMENT = re.compile(rf"^({_SPEC})\s*\(([^()]*)\)$")
_SEVERAL = re.compile(rf"^{_SPEC}(?:\s+{_SPEC})+$")
_ANYWHERE = re.compile(_SPEC)
# A quote without its end is found once, as the rest of the text: looked for at each quote it would be quadratic.
_QUOTED, _OPEN_QUOTE = r'"(?:[^"\\]|\\.)*+"', r'"(?:[^"\\]|\\.)*+\\?\Z'
_COMMENT = r'\\.|[()]|[^()"\\]+|.'
_PIECE = r'=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*\?=|<[^<>]*>|\([^()]*\)|[,;]|[^,;"<(=]+|.'


def parse(values: Iterator[bytes]) -> tuple[Address, ...]:
    """The mailboxes of one or more address fields, in order; groups are opened, what names nobody is left out."""
    found: list[Address] = []
    crooked = 0
    for element in islice((e for value in values for e in _elements(to_text(value)) if e), MAX_ADDRESSES):
        if _SEVERAL.match(element):  # the commas were forgotten
            found += [Address("", _spec(spec)) for spec in element.split()]
            continue
        address = _simple(element) if len(element) <= _MAX_LETTERS else _last_resort(element)
        if address is None and crooked < _MAX_CROOKED:
            crooked += 1
            address = _crooked(element)
        if address is not None:
            found.append(address)
    return tuple(found)


def _elements(text: str) -> Iterator[str]:
    """The elements of a list, split at commas and semicolons outside quotes, words, brackets and comments."""
    element: list[str] = []
    for piece in _pieces(_PIECE, text):
        if piece in ",;":
            yield " ".join("".join(element).split())
            element = []
        else:
            element.append(piece)
    yield " ".join("".join(element).split())


def _pieces(pattern: str, text: str) -> Iterator[str]:
    """`text` cut into quoted runs and what `pattern` finds; a quote that nothing closes is a letter like others."""
    whole, rest = _cutters(pattern)
    for match in whole.finditer(text):
        yield from (piece[0] for piece in rest.finditer(match[0])) if match["open"] else (match[0],)


@lru_cache
def _cutters(pattern: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    whole = re.compile(rf"{_QUOTED}|(?P<open>{_OPEN_QUOTE})|{pattern}", re.DOTALL)
    return whole, re.compile(pattern, re.DOTALL)


def _simple(element: str) -> Address | None:
    # "Nhóm: a@b.vn" opens a group (RFC 5322 3.4); its name is nobody's.
    group = re.match(r'^[^<>"@:=]*:\s*', element)
    element = element[group.end() :] if group else element
    if match := _BARE.match(element):
        return Address("", _spec(match[1]))
    if match := _NAMED.match(element):
        name = re.sub(r"\\(.)", r"\1", match[1]) if match[1] is not None else match[2]
        return Address(_shown(name), _spec(match[3]))
    if match := _WITH_COMMENT.match(element):
        return Address(_shown(match[2]), _spec(match[1]))
    return None


def _crooked(element: str) -> Address | None:
    if "@" not in element and "=?" in element:
        decoded = plain(decode_words(element))
        return (_simple(decoded) or _last_resort(decoded)) if "@" in decoded else None
    if "(" in element and (address := _simple(_without_comments(element))):
        return address
    if "@" not in element and not re.search(r"<[^<>\s]+>", element):
        return None
    if len(element) <= _MAX_CROOKED_LETTERS and element.count("(") < 8 and element.count("<") < 8:
        parsed = _flanker()(element)
        spec = getattr(parsed, "address", None)
        if isinstance(spec, str) and "@" in spec:
            return Address(_shown(str(getattr(parsed, "display_name", ""))), _spec(spec))
    return _last_resort(element)


def _last_resort(element: str) -> Address | None:
    """Whatever looks like an address, the rest as its name."""
    inside = re.search(r"<([^<>]+)>\s*$", element[-1_000:])
    if inside:
        spec = re.sub(r"\s+", "", inside[1])
        return Address(_shown(element[: -len(inside[0])].strip(' "')), _spec(spec)) if spec else None
    specs = _ANYWHERE.findall(element[:2_000])
    return Address(_shown(element[: element.rfind(specs[-1])].strip(' "<(')), _spec(specs[-1])) if specs else None


def _without_comments(element: str) -> str:
    """`element` without its comments, which may nest (RFC 5322 3.2.2)."""
    kept: list[str] = []
    depth = 0
    for piece in _pieces(_COMMENT, element):
        if piece == "(":
            depth += 1
        elif piece == ")":
            depth = max(0, depth - 1)
        elif depth == 0:
            kept.append(piece)
    return "".join(kept).strip()


def _shown(name: str) -> str:
    return re.sub(r"\s+", " ", plain(decode_words(name.strip()))).strip("\"' ")[:300]


def _spec(text: str) -> str:
    return plain(decode_words(text)).strip("<>'")[:320]


@lru_cache(maxsize=1)
def _flanker() -> Callable[[str], Any]:
    noise = io.StringIO()
    with warnings.catch_warnings(), contextlib.redirect_stderr(noise), contextlib.redirect_stdout(noise):
        warnings.simplefilter("ignore")
        from flanker.addresslib import address

    # It logs the fields it can't read, and those may be words of a secret letter. A filter, since its lexer
    # sets its own level and a later logging configuration may enable loggers again.
    for name in [name for name in logging.root.manager.loggerDict if name.startswith("flanker")]:
        logging.getLogger(name).addFilter(lambda _record: False)

    def parse_one(text: str) -> Any:
        try:
            return address.parse(text)
        except Exception:
            # Its lexer raises what it likes; an element it can't read is read by the last resort.
            return None

    return parse_one
