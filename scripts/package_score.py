"""`python -m scripts.package_score FOLDER`: what is read of labelled edXML packages against their labels."""

import argparse
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from core.edxml import Package
from core.text import nfc
from ingest.describe import wrapped
from ingest.reading.archives import open_archives
from ingest.reading.packages import read_package

_FIELDS = {
    "CodeNumber": "code_number", "CodeNotation": "code_notation", "Subject": "subject", "Type": "type_code",
    "TypeName": "type_name", "FullName": "signer_name", "StatusCode": "status_code",
}  # fmt: skip


def main() -> int:
    """Print each wrong field and the share of right ones; exit code 1 if any is wrong.

    FOLDER/edxml.jsonl has a line {"file": path, "expect": {field: value} or null} for each package; null: no package.
    """
    parser = argparse.ArgumentParser(prog="python -m scripts.package_score", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    counts: Counter[bool] = Counter()
    for line in (folder / "edxml.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found = said_by(folder / row["file"])
        expected: dict[str, Any]
        got: dict[str, Any]
        if row["expect"] is None or found is None:
            expected, got = {"package": row["expect"] is not None}, {"package": found is not None}
        else:
            expected = row["expect"]
            got = {name: as_labelled(found, name, label) for name, label in expected.items()}
        for name, label in expected.items():
            is_right = got[name] == (nfc(label) if isinstance(label, str) else label)
            counts[is_right] += 1
            if not is_right:
                print(f"{row['file']} {name}: {got[name]!r}, nhãn ghi {label!r}")
    total = counts.total()
    print(f"Gói edXML: đúng {counts[True]} trên {total} trường ({counts[True] / max(total, 1):.1%})")
    return 1 if counts[False] or not total else 0


def said_by(path: Path) -> tuple[Package, list[str]] | None:
    """The package in a file with the names of the files that come out of it; None where it is none."""
    package = read_package(path)
    if package is None:
        return None
    with tempfile.TemporaryDirectory() as name:
        found, _ = open_archives(wrapped(path).attachments, Path(name))
    return package, [file.name for file in found if file.inside == path.name]


def as_labelled(found: tuple[Package, list[str]], name: str, label: Any) -> Any:
    """A field as labels write it: null for an element that is not there, days as yyyy/MM/dd.

    A status message's DocumentId and day are those of the document that it names. An empty label says that the first
    element of that name is empty, wherever else it stands once more.
    """
    package, files = found
    if name == "attachments":
        return files
    if name == "ResponseFor":
        return any("/ResponseFor" in path for path in package.values)
    if name == "Priority":
        return None if package.priority is None else str(package.priority)
    if name == "PromulgationDate":
        day = package.issued_on or next((one.issued_on for one in package.answers), None)
        return f"{day:%Y/%m/%d}" if day else None
    if name == "DocumentId":
        first = next((texts[0] for path, texts in package.values.items() if path.endswith("/DocumentId")), None)
        answered = next((one.document_id for one in package.answers), None)
        return first if label == "" else package.document_id or answered
    return getattr(package, _FIELDS[name]) or None


if __name__ == "__main__":
    sys.exit(main())
