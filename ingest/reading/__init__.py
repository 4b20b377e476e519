"""Files to pages of words with boxes, and pages to fields with evidence."""

from ingest.reading.fields import read_fields
from ingest.reading.pages import read_pages
from ingest.reading.scans import Scans
from ingest.reading.unreadable import Unreadable

__all__ = ["Scans", "Unreadable", "read_fields", "read_pages"]
