"""Every page of a file for the full text, its pictures through the real tesseract."""

from pathlib import Path

from printed_papers import papers
from scanned_papers import photograph, scan_pdf

from core.search.words import folded_words
from ingest.full_text import read_full_text
from ingest.reading.pages import PDF

REPORT = next(p for p in papers() if p.title == "BÁO CÁO" and not p.mark)


def test_the_whole_of_a_scan_is_read_not_only_head_and_signature(tmp_path: Path) -> None:
    pictures = photograph(REPORT, tmp_path)
    printed = read_full_text(tmp_path / "paper.pdf", PDF, "paper.pdf", True, 60)
    assert (printed.how, printed.unread_pages) == ("text", 0)
    scan = scan_pdf(pictures, tmp_path / "scan.pdf")
    seen = read_full_text(scan, PDF, "scan.pdf", True, 300)
    assert (seen.how, seen.unread_pages, len(seen.pages)) == ("ocr", 0, len(printed.pages))
    wanted, found = set(folded_words(" ".join(printed.pages))), set(folded_words(" ".join(seen.pages)))
    assert len(wanted & found) > 0.9 * len(wanted)


def test_without_time_for_pictures_their_pages_are_told_unread(tmp_path: Path) -> None:
    scan = scan_pdf(photograph(REPORT, tmp_path), tmp_path / "scan.pdf")
    found = read_full_text(scan, PDF, "scan.pdf", True, 0)
    assert found.unread_pages == len(found.pages) > 0 and not "".join(found.pages)
