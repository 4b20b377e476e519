"""Thousands of seeds tried by programs in processes of their own, some side by side."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
_PROCESSES = 2
_CHUNK = 2_000  # seeds of one process, so that what one left behind can't spoil all the others
_MOST_SECONDS = 900  # of wall time


@dataclass
class Tried:
    """How many seeds were tried, what was wrong by seed, and the most processor seconds that one took."""

    count: int = 0
    faults: dict[str, str] = field(default_factory=dict)
    slowest: float = 0.0


def try_seeds(program: str, folder: Path, count: int, **environment: str) -> Tried:
    """Run `program FOLDER FIRST COUNT` for the seeds from 0 to `count`; each prints what it saw as one JSON object."""
    tried = Tried()
    each = min(_CHUNK, count // _PROCESSES)
    for first in range(0, count, each * _PROCESSES):
        pieces = [(at, min(each, count - at)) for at in range(first, min(first + each * _PROCESSES, count), each)]
        for process in [_started([program, str(folder), *map(str, piece)], environment) for piece in pieces]:
            out, errors = process.communicate(timeout=_MOST_SECONDS)
            assert process.returncode == 0, errors[-2_000:]
            seen = json.loads(out)
            tried.count += seen["count"]
            tried.faults |= seen["faults"]
            tried.slowest = max(tried.slowest, seen["seconds"])
            print(f"{tried.count} tried, the slowest {seen['seconds']:.2f} s (seed {seen['slowest']})")
    return tried


def _started(words: Sequence[str], environment: dict[str, str]) -> subprocess.Popen[str]:
    path = os.pathsep.join([str(ROOT), str(Path(__file__).parent), str(Path(words[0]).parent)])
    variables = {**os.environ, "PYTHONPATH": path, **environment}
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, *words], env=variables, stdout=pipe, stderr=pipe, text=True)
