"""edXML packages (QCVN 102:2016/BTTTT): bytes to values, the files within; status messages written. Pure."""

from core.edxml.contents import contents
from core.edxml.package import Attached, Kind, Package, read_package
from core.edxml.references import Reference, parse_day
from core.edxml.writing import Author, Status, write_status

__all__ = [
    "Attached", "Author", "Kind", "Package", "Reference", "Status", "contents", "parse_day", "read_package",
    "write_status",
]  # fmt: skip
