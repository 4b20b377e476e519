"""What is read of a file that came later than its draft, put where nobody has written anything else."""

from collections.abc import Mapping

from core.evidence import Evidence
from core.incoming.registration import as_text
from core.incoming.tables import Incoming
from core.incoming.values import from_evidence
from core.text import squeeze

_BLANK = ("", "thuong")  # of a choice its first value is no word of anybody


def fill(document: Incoming, read: Mapping[str, Evidence]) -> None:
    """Take values into fields that are empty or still say what the program proposed before; others stay.

    The caller counts the version.
    """
    taken = {name: evidence for name, evidence in read.items() if _is_open(document, name)}
    for name, value in from_evidence(taken).items():
        setattr(document, name, value)
    document.proposed = document.proposed | {name: evidence.to_json() for name, evidence in taken.items()}


def _is_open(document: Incoming, name: str) -> bool:
    value, proposed = as_text(document, name), document.proposed.get(name)
    return value in _BLANK or (proposed is not None and value == squeeze(Evidence.from_json(proposed).value))
