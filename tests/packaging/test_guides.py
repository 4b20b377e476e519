"""The commands that README.md and docs/install.md tell people to type."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from config.command_line import parser

ROOT = Path(__file__).parents[2]
AS_SERVICE = "runuser -u congvan -- "
# What root may run as root: it makes a key or a new office, and starts services.
ROOTS = {"backup --new-key", "restore --from"}


def commands(name: str) -> list[str]:
    """Every command line of a guide that starts the program: in a block, a table or a numbered step."""
    found = []
    for line in (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
        if line.startswith("    "):
            found.append(line.strip().split("  #")[0].split(" && ")[0])
        elif re.match(r"\||\d\.|   `", line):
            found += [one.split(" > ")[0] for one in re.findall(r"`([^`]+)`", line)]
    return [one for one in found if re.match(rf"({AS_SERVICE})?congvan [a-z]", one) and "[" not in one]


@pytest.mark.parametrize("name", ["README.md", "docs/install.md"])
def test_every_command_of_the_guides_is_one_that_exists(name: str) -> None:
    for command in commands(name):
        words = shlex.split(command.removeprefix(AS_SERVICE).replace("\\|", "|"))[1:]
        words = [word.split("|")[0] for word in words if word not in {"…", "TỆP…"}]
        if words not in (["user", "add"], ["user"], ["read"], ["LỆNH", "--help"]):
            assert parser().parse_args(words).command == words[0], command


def test_what_touches_the_office_is_run_by_the_service_s_account() -> None:
    steps = [one for one in commands("docs/install.md") if " ".join(one.split()[1:3]) not in ROOTS and " --" in one]
    assert [one for one in steps if "congvan read" not in one and not one.startswith(AS_SERVICE)] == []
    assert len(steps) > 6


@pytest.mark.parametrize("name", ["README.md", "docs/install.md"])
def test_the_settings_file_is_named_before_the_first_command_that_needs_it(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert text.index("export CONGVAN_CONFIG=/etc/congvan/so-khcn.toml") < text.index("congvan upgrade --profile")


def test_the_first_command_works_as_written(tmp_path: Path) -> None:
    (tmp_path / "so-khcn.toml").write_text('data = "data"\n')
    words = next(one for one in commands("README.md") if "upgrade --profile" in one).removeprefix(AS_SERVICE)
    line = [sys.executable, str(ROOT / "congvan.py"), *shlex.split(words)[1:]]
    for config, code in ((tmp_path / "so-khcn.toml", 0), (tmp_path / "none.toml", 78)):
        environment = {**os.environ, "CONGVAN_CONFIG": str(config)}
        done = subprocess.run(line, capture_output=True, text=True, check=False, env=environment)
        assert done.returncode == code, done.stderr
    assert "--config" in done.stderr and "CONGVAN_CONFIG" in done.stderr
