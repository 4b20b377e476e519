"""edXML packages as fields: the most trusted source, for the sender's own system wrote them (DOMAIN §3.4)."""

from pathlib import Path

from core import edxml
from core.edxml import Package
from core.errors import Permanent
from core.evidence import Evidence, Source
from ingest.reading.patterns import LETTER_SUBJECT

TRUST = 0.99
_URGENCY = {1: "khan", 2: "thuong_khan", 3: "hoa_toc", 4: "hoa_toc"}


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
        "page_count": str(package.page_count) if package.page_count else "",
        "recipients": "; ".join(package.receivers),
    }
    return {name: Evidence(value, TRUST, Source.EDXML, file, text=value) for name, value in values.items() if value}
