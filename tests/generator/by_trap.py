"""`python -m tests.generator.by_trap FOLDER`: what `congvan read` gets right, by field, file, trap, kind and issuer.

FOLDER is a practice half or any folder of labelled documents. The scored half is told in totals only, by the scorer;
here it is refused.
"""

import argparse
import json
import re
import shlex
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FIELDS = ("code", "issued_on", "issuer", "kind", "subject", "signer_name", "urgency", "due_at", "event_at",
          "event_place", "in_reply_to", "parent_issuer", "signer_title", "recipients", "page_count")  # fmt: skip


def main() -> int:
    """Print one line for each group, the worst first; exit code 2 for a scored folder."""
    parser = argparse.ArgumentParser(prog="python -m tests.generator.by_trap", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--command", default="congvan")
    parser.add_argument("--show", default="", help="print the mistakes of this field")
    options = parser.parse_args()
    rows = [json.loads(line) for line in (options.folder / "documents.jsonl").read_text(encoding="utf-8").splitlines()]
    if any(row.get("corpus") == "scored" for row in rows):
        parser.error("the scored half is not looked at so closely")
    answers = dict(_read(options.command, [str(options.folder / row["file"]) for row in rows]))
    tables: dict[str, Counter[tuple[str, bool]]] = {
        "field": Counter(),
        "file": Counter(),
        "trap": Counter(),
        "kind": Counter(),
        "issuer": Counter(),
    }
    for row in rows:
        _count(row, answers.get(str(options.folder / row["file"]), {}), tables, options.show)
    for name, table in tables.items():
        print(f"\nby {name}")
        groups = {group for group, _ in table}
        for group in sorted(groups, key=lambda group: table[group, True] / _all(table, group)):
            print(f"{100 * table[group, True] / _all(table, group):6.1f} %  {_all(table, group):5d}  {group}")
    return 0


def _all(table: Counter[tuple[str, bool]], group: str) -> int:
    return table[group, True] + table[group, False]


def _count(
    row: dict[str, Any], fields: dict[str, Any], tables: dict[str, Counter[tuple[str, bool]]], show: str
) -> None:
    traps = row["note"].split("; ")[1:]
    for name in FIELDS:
        want, got = row["label"].get(name), (fields.get(name) or {}).get("value")
        if want is None and got is None:
            continue
        is_right = _folded(want) == _folded(got)
        tables["field"][name if want is not None else f"{name} (invented)", is_right] += 1
        if name == show and not is_right:
            print(f"{row['file']} [{row['note']}]\n    got  {got!r}\n    want {want!r}")
        if name in FIELDS[:7]:
            tables["file"][row["type"], is_right] += 1
            tables["kind"][row["label"]["kind"] or "", is_right] += 1
            tables["issuer"][row["label"]["issuer"], is_right] += 1
            for trap in traps or ["no trap"]:
                tables["trap"][trap, is_right] += 1


def _folded(value: object) -> str:
    text = unicodedata.normalize(
        "NFD", str(value or "").casefold().replace("đ", "d").replace("ubnd", "uy ban nhan dan")
    )
    return re.sub(r"[\W_]+", " ", "".join(c for c in text if not unicodedata.combining(c))).strip()


def _read(command: str, paths: list[str], batch: int = 40) -> Iterator[tuple[str, dict[str, Any]]]:
    for start in range(0, len(paths), batch):
        done = subprocess.run([*shlex.split(command), "read", *paths[start : start + batch]], capture_output=True)
        for line in done.stdout.decode("utf-8", "replace").splitlines():
            answer: dict[str, Any] = json.loads(line)
            drafts = answer["drafts"]
            yield answer["path"], drafts[0]["fields"] if drafts else {}


if __name__ == "__main__":
    sys.exit(main())
