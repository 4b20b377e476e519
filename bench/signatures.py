"""What checking costs of a PDF that four have signed, as intake does it, beside pyHanko alone in the same run."""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "servers")]

import typst  # noqa: E402
from asn1crypto import pem  # noqa: E402
from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: E402
from pyhanko.sign.validation import validate_pdf_signature  # noqa: E402
from pyhanko_certvalidator import ValidationContext  # noqa: E402
from signed_files import ORGANISATION, Authority  # noqa: E402

from ingest.authenticity import pdfs  # noqa: E402
from ingest.letter import Attachment  # noqa: E402

SIGNERS, ROUNDS, MOST = 4, 15, 1.3


def main() -> int:
    """Print the ratio; exit code 1 when it is above the bound."""
    authority = Authority()
    data = typst.compile(b"= 12/SNV-VP\n#lorem(900)", ignore_system_fonts=True)
    for number in range(SIGNERS):
        data = authority.signer(f"{ORGANISATION} {number}").sign(data, f"ky{number}")
    with tempfile.TemporaryDirectory(prefix="congvan-bench-") as name:
        path = Path(name) / "12.pdf"
        path.write_bytes(data)
        file = Attachment("12.pdf", len(data), "0" * 64, "application/pdf", "application/pdf", path)
        file = replace(file, warnings=("pdf_signed",))
        (Path(name) / "goc.pem").write_bytes(pem.armor("CERTIFICATE", authority.root.dump()))
        roots = [authority.root.dump()]

        def ours() -> None:
            (checked,) = pdfs.with_signatures([file], roots)
            assert len(checked.signatures) == SIGNERS

        def bare() -> None:
            with path.open("rb") as opened:
                reader = PdfFileReader(opened)
                for one in reader.embedded_signatures:
                    context = ValidationContext(trust_roots=[authority.root], moment=datetime.now(UTC))
                    assert validate_pdf_signature(one, context).intact

        ratio = statistics.median(_seconds(ours) / _seconds(bare) for _ in range(ROUNDS + 2))
    print(f"a PDF with {SIGNERS} signatures: {ratio:.2f} times pyHanko alone (at most {MOST})")
    return 0 if ratio <= MOST else 1


def _seconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
