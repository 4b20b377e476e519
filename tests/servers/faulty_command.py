"""One command of the program, run to its end, that meets a fault at its N-th durable system call."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from busy_desk import ROOT

_TRACER = Path(__file__).with_name("fault_tracer.py")
_PATIENCE_SECONDS = 120.0
# Waits to be traced before it becomes the command: not one of its calls is missed.
_WAITING = ["sh", "-c", 'read -r go; exec "$@"', "sh"]


@dataclass(frozen=True, slots=True)
class Fault:
    """What happened: the exit code (-9: killed), how many durable calls there were, which was hit, what was said."""

    code: int
    calls: int
    hit: str
    said: str


def command_with_fault(at: int, act: str, *words: str) -> Fault:
    """Run `congvan` with these words; `act` is "kill" or an errno's name, `at` the call's number, 0 to only count."""
    command = subprocess.Popen(
        [*_WAITING, sys.executable, str(ROOT / "congvan.py"), *words], stdin=subprocess.PIPE, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    line = [sys.executable, "-I", str(_TRACER), str(command.pid), str(at), act]
    tracer = subprocess.Popen(line, stdout=subprocess.PIPE, text=True)
    try:
        assert tracer.stdout and tracer.stdout.readline() == "ready\n"
        said = command.communicate("\n", timeout=_PATIENCE_SECONDS)[0]
        found = json.loads(tracer.communicate(timeout=10)[0])
    finally:
        for each in (command, tracer):
            each.kill()
            each.wait()
    return Fault(command.returncode, found["calls"], found["hit"], said)
