"""edXML packages as fields and notices: the most trusted source, for the sender's own system wrote them (DOMAIN §3)."""

import html
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from core import edxml
from core.edxml import Kind, Package, Reference
from core.errors import Permanent
from core.evidence import Evidence, Source
from core.exchange import Exchange, Notice
from core.text import normal
from ingest.reading.patterns import LETTER_SUBJECT

PACKAGE_TYPES = ("application/xml", "text/xml")
TRUST = 0.99
MOST_NOTICES = 20  # documents that one message speaks of
_DAMAGE = "\ufffd"
_URGENCY = {1: "khan", 2: "thuong_khan", 3: "hoa_toc", 4: "hoa_toc"}

# Of a package all that is no content of its files is looked at, of hostile ones as much as this.
_WINDOW_BYTES, _MOST_WINDOWS = 16 << 10, 256
# An element's name, attributes and first text. Each begins with "<" and stops at the next: linear on any input.
_ELEMENT = re.compile(r"<([^\s<>/!?\"'=]{1,200}+)([^<>]{0,4000}+)>\s*(?:<!\[CDATA\[\s*)?([^<\]]{0,2000})")
_ATTRIBUTE = re.compile(r"""\s([^\s<>/"'=]{1,200}+)\s{0,9}=\s{0,9}["']([^"'<>]{0,200})["']""")
_LONGEST_TAG, _MOST_WORDS = 4_200, 50_000
_SUBJECT = re.compile("subject", re.IGNORECASE)
_OF_SECRECY = re.compile(r"secur|secre|domat|confiden", re.IGNORECASE)
_LEVELS = {"1", "2", "3", "mật", "tối mật", "tuyệt mật", "mat", "toi mat", "tuyet mat"}


def says_secret(path: Path) -> bool:
    """Whether the package `path` names a degree of secrecy, in an element or in an attribute.

    Looked at as text, not parsed: gateways send packages that no parser takes whole.
    """
    whole, is_all = _without_contents(path)
    for name, attributes, text in _elements(whole, _OF_SECRECY):
        is_named = _OF_SECRECY.search(name)
        if is_named and _is_level(text):
            return True
        for attribute, value in _ATTRIBUTE.findall(attributes) if is_named or _OF_SECRECY.search(attributes) else ():
            own = attribute.rpartition(":")[2]
            if _is_level(value) and (_OF_SECRECY.search(own) or own.lower() in ("value", "val", "level")):
                return True
    # A header amid thousands of small files is found only so.
    return not is_all and _is_said_secret(read_package(path))


def said_subject(path: Path) -> str:
    """The subject in the package `path`, "" if there is none."""
    whole, _ = _without_contents(path)
    found = (text for name, _, text in _elements(whole, _SUBJECT) if name.lower() == "subject")
    return next(map(html.unescape, found), "").strip()


def _is_said_secret(package: Package | None) -> bool:
    said = package.values.items() if package else ()
    return any(_OF_SECRECY.search(path.rpartition("/")[2]) and any(map(_is_level, texts)) for path, texts in said)


def _is_level(text: str) -> bool:
    return normal(" ".join(html.unescape(text[:200]).split())).lower() in _LEVELS


def _without_contents(path: Path) -> tuple[str, bool]:
    """What the file says in windows that have a "<", which base64 has not, and the window behind each; and whether
    that is all of them: of a file with too many only its beginning and its end."""
    kept: list[bytes] = []
    was_tags = is_all = True
    with path.open("rb") as file:
        while window := file.read(_WINDOW_BYTES):
            is_tags = b"<" in window
            if is_tags or was_tags:
                kept.append(window)
            was_tags = is_tags
            if len(kept) > _MOST_WINDOWS:
                del kept[_MOST_WINDOWS // 2]
                is_all = False
    whole = b"".join(kept)
    wide = {b"\xff\xfe": "utf-16-le", b"<\0": "utf-16-le", b"\xfe\xff": "utf-16-be", b"\0<": "utf-16-be"}
    return whole.decode(wide.get(whole[:2], "utf-8"), "replace"), is_all


def _elements(whole: str, words: re.Pattern[str]) -> Iterator[tuple[str, str, str]]:
    """Local name, attributes and first text of the elements that have one of `words` in their tags."""
    end = 0
    for word in islice(words.finditer(whole), _MOST_WORDS):
        opened = whole.rfind("<", max(end, word.start() - _LONGEST_TAG), word.start())
        found = _ELEMENT.match(whole, opened) if opened >= 0 else None
        if found and word.start() < found.end(2):
            end = found.end(2)
            yield found[1].rpartition(":")[2], found[2], found[3]


def read_package(path: Path) -> Package | None:
    """The package in the file `path`, or None where it is other XML or nothing of it can be read."""
    try:
        with path.open("rb") as stream:
            return edxml.read_package(stream)
    except Permanent:
        return None


def exchange_of(package: Package) -> Exchange | None:
    """What `package` makes of its document: new, or instead of which; None where it brings no document."""
    if package.kind in (Kind.STATUS, Kind.RECALL):
        return None
    return Exchange(
        package.kind,
        package.document_id,
        package.reason,
        package.concerns[:MOST_NOTICES],
        package.organ_id[:64],
    )


def notices_of(package: Package) -> tuple[Notice, ...]:
    """What a status message says of our documents, or which of its own its sender calls back."""
    if package.kind not in (Kind.STATUS, Kind.RECALL):
        return ()
    said = package.said or package.reason
    return tuple(
        Notice(package.kind, package.status_code, package.organ_id, package.organ_name, about, said, package.said_at)
        for about in package.concerns[:MOST_NOTICES] or (Reference(),)
    )


def package_fields(package: Package, file: str) -> dict[str, Evidence]:
    """The fields that `package` gives, `file` being its SHA-256; none but of one that brings a document.

    What was damaged on the way (U+FFFD) is no value.
    """
    if package.kind in (Kind.STATUS, Kind.RECALL):
        return {}
    values = {
        "code": package.code,
        "code_number": package.code_number,
        "code_notation": package.code_notation,
        "issued_on": package.issued_on.isoformat() if package.issued_on else "",
        "issuer": package.organ_name,
        "parent_issuer": package.parent_organ_name if package.parent_organ_name != package.organ_name else "",
        "kind": package.type_name,
        "subject": LETTER_SUBJECT.sub("", package.subject),
        "signer_name": package.signer_name,
        "signer_title": package.signer_position,
        "urgency": _URGENCY.get(package.priority or 0, ""),
        "due_at": package.due_on.isoformat() if package.due_on else "",
        "in_reply_to": package.answered_code,
        "page_count": str(package.page_count) if package.page_count else "",
        "recipients": "; ".join(package.receivers),
    }
    known = {name: value for name, value in values.items() if value and _DAMAGE not in value}
    return {name: Evidence(value, TRUST, Source.EDXML, file, text=value) for name, value in known.items()}
