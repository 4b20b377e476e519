"""edXML packages as fields: the most trusted source, for the sender's own system wrote them (DOMAIN §3.4)."""

import html
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from core import edxml
from core.edxml import Package
from core.errors import Permanent
from core.evidence import Evidence, Source
from core.text import normal
from ingest.reading.patterns import LETTER_SUBJECT

PACKAGE_TYPES = ("application/xml", "text/xml")
TRUST = 0.99
_URGENCY = {1: "khan", 2: "thuong_khan", 3: "hoa_toc", 4: "hoa_toc"}

_ENDS_BYTES = 1 << 20  # of a package: its header stands before the files within, or behind them
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
    for name, attributes, text in _elements(path, _OF_SECRECY):
        is_named = _OF_SECRECY.search(name)
        if is_named and _is_level(text):
            return True
        for attribute, value in _ATTRIBUTE.findall(attributes) if is_named or _OF_SECRECY.search(attributes) else ():
            own = attribute.rpartition(":")[2]
            if _is_level(value) and (_OF_SECRECY.search(own) or own.lower() in ("value", "val", "level")):
                return True
    return False


def said_subject(path: Path) -> str:
    """The subject in the package `path`, "" if there is none."""
    found = (text for name, _, text in _elements(path, _SUBJECT) if name.lower() == "subject")
    return next(map(html.unescape, found), "").strip()


def _is_level(text: str) -> bool:
    return normal(" ".join(html.unescape(text[:200]).split())).lower() in _LEVELS


def _elements(path: Path, words: re.Pattern[str]) -> Iterator[tuple[str, str, str]]:
    """Local name, attributes and first text of the elements near either end of the file that have one of `words` in
    their tags."""
    with path.open("rb") as file:
        start = file.read(_ENDS_BYTES)
        file.seek(max(_ENDS_BYTES, path.stat().st_size - _ENDS_BYTES) // 2 * 2)
        rest = file.read(_ENDS_BYTES)
    wide = {b"\xff\xfe": "utf-16-le", b"<\0": "utf-16-le", b"\xfe\xff": "utf-16-be", b"\0<": "utf-16-be"}
    charset = wide.get(start[:2], "utf-8")
    whole = start.decode(charset, "replace") + rest.decode(charset, "replace")
    end = 0
    for word in islice(words.finditer(whole), _MOST_WORDS):
        opened = whole.rfind("<", max(end, word.start() - _LONGEST_TAG), word.start())
        found = _ELEMENT.match(whole, opened) if opened >= 0 else None
        if found and word.start() < found.end(2):
            end = found.end(2)
            yield found[1].rpartition(":")[2], found[2], found[3]


def read_package(path: Path) -> Package | None:
    """The package in the file `path`, or None where it is other XML or cannot be read."""
    if path.stat().st_size > edxml.MOST_BYTES:
        return None
    try:
        return edxml.read_package(path.read_bytes())
    except Permanent:
        return None


def package_fields(package: Package, file: str) -> dict[str, Evidence]:
    """The fields that `package` gives, `file` being its SHA-256; a status message gives none."""
    if package.status_code:
        return {}
    number, notation = package.code_number, package.code_notation
    values = {
        "code": f"{number}/{notation}" if number and notation else "",
        "code_number": number,
        "code_notation": notation,
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
        "document_id": next((one for one in package.values.get("MessageHeader/DocumentId", ()) if one), ""),
        "page_count": str(package.page_count) if package.page_count else "",
        "recipients": "; ".join(package.receivers),
    }
    return {name: Evidence(value, TRUST, Source.EDXML, file, text=value) for name, value in values.items() if value}
