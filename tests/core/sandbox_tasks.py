"""What the sandbox's tests let its child do."""

import os
import subprocess
import tempfile
import time
from pathlib import Path


def twice(number: int) -> int:
    print("noise on standard output")
    return 2 * number


def sleep() -> None:
    subprocess.Popen(["sleep", "60"])
    Path(tempfile.gettempdir(), "began").touch()
    time.sleep(60)


def grow() -> int:
    return len(bytearray(1 << 30))


def die() -> None:
    os._exit(3)


def fail(text: str) -> None:
    raise ValueError(text)


def crafted() -> object:
    return os.system


def temporary_folder() -> str:
    return tempfile.gettempdir()
