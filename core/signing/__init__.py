"""PDF signatures: what was signed, by whom, and whether it still stands."""

from core.signing.checking import check_pdf
from core.signing.values import Signature, Status, Trust

__all__ = ["Signature", "Status", "Trust", "check_pdf"]
