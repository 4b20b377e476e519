"""How long reading takes: text PDFs as a multiple of PDFium's bare work, scans as a multiple of bare tesseract.

Documents are made by tests/generator. Fails above 4 times for PDFs and 1.3 times for scans.
"""

import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import pypdfium2 as pdfium  # noqa: E402
from PIL import Image  # noqa: E402

from core.evidence import Source  # noqa: E402
from ingest.letter import Page  # noqa: E402
from ingest.reading import Scans, read_fields  # noqa: E402
from ingest.reading.pages import PDF  # noqa: E402
from ingest.reading.scan.pictures import DOTS_PER_INCH  # noqa: E402
from ingest.reading.scan.preparing import Gray  # noqa: E402
from ingest.reading.scan.sheets import Sheets  # noqa: E402
from ingest.reading.scan.tesseract import AS_A_BLOCK, AS_A_PAGE  # noqa: E402
from ingest.reading.scan.zones import head_zone, signature_zone  # noqa: E402

PDFS, SCANS, ROUNDS = 60, 20, 3
MOST_PDF, MOST_SCAN = 4.0, 1.3


def main() -> int:
    """Print both ratios; exit code 1 when one is above its bound."""
    with tempfile.TemporaryDirectory(prefix="congvan-bench-") as name:
        folder = Path(name)
        pdf = _ratio("text PDF to fields / PDFium", _made(folder, "pdf", PDFS), _fields, _bare_pdf, MOST_PDF)
        scan = _ratio("scan to words / tesseract", _made(folder, "scan", SCANS), _scanned, _bare_scan, MOST_SCAN)
    return 0 if pdf <= MOST_PDF and scan <= MOST_SCAN else 1


def _made(folder: Path, kind: str, count: int) -> list[Path]:
    target = folder / kind
    words = [sys.executable, "-m", "tests.generator", str(target), "--kinds", kind, "--count", str(count)]
    subprocess.run(words, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    return sorted((target / "documents").iterdir())


def _ratio(
    what: str, paths: list[Path], ours: Callable[[Path], object], bare: Callable[[Path], object], most: float
) -> float:
    for path in paths:  # whatever is loaded or cut out once
        bare(path)
    ours(paths[0])
    ratios = []
    for _ in range(ROUNDS):
        spent = {ours: 0.0, bare: 0.0}
        for path in paths:  # in turn, so that both meet the same machine
            for work in (bare, ours):
                began = time.perf_counter()
                work(path)
                spent[work] += time.perf_counter() - began
        ratios.append(spent[ours] / spent[bare])
        each = 1000 / len(paths)
        print(f"{what}: {spent[ours] * each:.1f} ms / {spent[bare] * each:.1f} ms = {ratios[-1]:.2f}")
    ratio = statistics.median(ratios)
    print(f"{what}: {ratio:.2f} times (at most {most})")
    return ratio


def _fields(path: Path) -> object:
    return read_fields(Scans(0).read(path, PDF), page_count=1)


def _bare_pdf(path: Path) -> int:
    """What no reader of PDF files can do without, for the pages that are read."""
    letters = 0
    document = pdfium.PdfDocument(path)
    for page in list(document)[:3]:
        text = page.get_textpage()
        letters += len(text.get_text_range())
        text.close()
        page.close()
    document.close()
    return letters


def _scanned(path: Path) -> tuple[Page, ...]:
    pages = Scans(120).read(path, PDF)
    read_fields(pages, source=Source.OCR)
    return pages


@cache
def _crops(path: Path) -> list[tuple[Gray, int]]:
    """The head of page 1 and the first block that looks like a signature, as they are given to tesseract."""
    sheets = Sheets(path, len(pdfium.PdfDocument(path)), is_pdf=True)
    head = head_zone(sheets[1].black).cut(sheets[1].black)
    blocks = ((sheets[n], signature_zone(sheets[n].black)) for n in range(1, sheets.count + 1))
    block = next((zone.cut(sheet.stamped) for sheet, zone in blocks if zone), None)
    return [(head, AS_A_PAGE)] + ([(block, AS_A_BLOCK)] if block is not None else [])


def _bare_scan(path: Path) -> list[bytes]:
    return [_bare_tesseract(crop, layout) for crop, layout in _crops(path)]


def _bare_tesseract(crop: Gray, layout: int) -> bytes:
    """The program as anyone runs it, on one processor."""
    picture = io.BytesIO()
    Image.fromarray(crop).save(picture, "TIFF")
    options = ("-l", "vie", "--psm", str(layout), "--dpi", str(DOTS_PER_INCH), "-c", "tessedit_do_invert=0", "tsv")
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    return subprocess.run(
        ("tesseract", "-", "-", *options), input=picture.getvalue(), capture_output=True, check=True, env=environment
    ).stdout


if __name__ == "__main__":
    sys.exit(main())
