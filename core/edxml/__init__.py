"""edXML packages (QCVN 102:2016/BTTTT): bytes to values, and the files within. Pure: streams in, values out."""

from core.edxml.contents import contents
from core.edxml.package import Attached, Kind, Package, read_package
from core.edxml.references import Reference, parse_day

__all__ = ["Attached", "Kind", "Package", "Reference", "contents", "parse_day", "read_package"]
