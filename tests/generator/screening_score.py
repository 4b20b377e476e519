"""`python -m tests.generator.screening_score FOLDER`: which marked letters pass, which innocent ones are stopped."""

import argparse
import json
import shlex
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def main() -> int:
    """Print the counts by kind of file; exit code 1 if a marked letter passes or more than 1 in 500 is stopped."""
    parser = argparse.ArgumentParser(prog="python -m tests.generator.screening_score", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--command", default="congvan")
    parser.add_argument("--what", choices=("mail", "document"), default="mail")
    parser.add_argument("--show", type=int, default=0, help="print so many mistakes")
    options = parser.parse_args()
    rows = [json.loads(line) for line in (options.folder / "secrecy.jsonl").read_text(encoding="utf-8").splitlines()]
    outcomes = dict(_read(options.command, [str(options.folder / row[options.what]) for row in rows]))
    counts: Counter[tuple[str, str, str]] = Counter()
    wrong: Counter[bool] = Counter()
    for row in rows:
        outcome = outcomes.get(str(options.folder / row[options.what]), "no answer")
        is_secret = row["secrecy"] is not None
        counts["secret" if is_secret else "innocent", row["type"], outcome] += 1
        if is_secret == (outcome not in ("exclude", "hold")):
            wrong[is_secret] += 1
            if sum(wrong.values()) <= options.show:
                print(outcome, row[options.what], row["note"])
    for (sort, file, outcome), count in sorted(counts.items()):
        print(f"{sort:10s} {file:6s} {outcome:10s} {count:4d}")
    innocent = sum(row["secrecy"] is None for row in rows)
    print(f"secret letters that pass: {wrong[True]} of {len(rows) - innocent}")
    print(f"innocent letters stopped: {wrong[False]} of {innocent}")
    return 1 if wrong[True] or wrong[False] * 500 > innocent else 0


def _read(command: str, paths: list[str], batch: int = 40) -> Iterator[tuple[str, str]]:
    for start in range(0, len(paths), batch):
        done = subprocess.run([*shlex.split(command), "read", *paths[start : start + batch]], capture_output=True)
        for line in done.stdout.decode("utf-8", "replace").splitlines():
            answer: dict[str, Any] = json.loads(line)
            yield answer["path"], answer["outcome"]


if __name__ == "__main__":
    sys.exit(main())
