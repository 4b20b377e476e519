"""Scans: pictures of pages to words with boxes, of their head and signature only."""

from ingest.reading.scan.reading import read_scan

__all__ = ["read_scan"]
