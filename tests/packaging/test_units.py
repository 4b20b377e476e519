"""The systemd units: systemd itself accepts them, and all are hardened alike."""

import shutil
import subprocess
from pathlib import Path

import pytest
from unit_sandbox import settings_of

from config.command_line import parser

FOLDER = Path(__file__).parents[2] / "systemd"
UNITS = ("congvan@.service", "congvan-ingest@.service", "congvan-dispatch@.service", "congvan-dashboard@.service")
PROGRAM = "/opt/congvan/.venv/bin/congvan"


@pytest.mark.parametrize("unit", UNITS)
def test_secrets_never_reach_the_disk(unit: str) -> None:
    found = settings_of(unit)
    assert (found["MemorySwapMax"], found["LimitCORE"]) == ("0", "0")
    assert found["RuntimeDirectory"] == "congvan/%i"


@pytest.mark.parametrize("unit", UNITS)
def test_a_wrong_configuration_is_not_restarted_for_ever(unit: str) -> None:
    assert settings_of(unit)["RestartPreventExitStatus"].split() == ["64", "78"]


def test_all_units_are_hardened_alike() -> None:
    first, *others = ({k: v for k, v in settings_of(unit).items() if k != "ExecStart"} for unit in UNITS)
    assert all(other == first for other in others)
    wanted = {"NoNewPrivileges": "yes", "ProtectSystem": "strict", "PrivateTmp": "yes", "Type": "notify"}
    assert wanted.items() <= first.items()


def test_each_unit_starts_a_command_that_exists() -> None:
    for unit in UNITS:
        program, *arguments = settings_of(unit)["ExecStart"].split()
        assert program == PROGRAM
        assert parser().parse_args(arguments).config == Path("/etc/congvan/%i.toml")


def test_systemd_finds_no_fault_in_them(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.fail("systemd-analyze is missing: apt-get install systemd")
    names = []
    for unit in UNITS:
        text = (FOLDER / unit).read_text(encoding="utf-8").replace(PROGRAM, "/bin/true")
        (tmp_path / unit).write_text(text, encoding="utf-8")
        names.append(unit.replace("@", "@so-khcn"))
    shutil.copy(FOLDER / "congvan.target", tmp_path)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *names, "congvan.target"],
        capture_output=True, text=True, check=False, env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    ours = [line for line in done.stderr.splitlines() if "congvan" in line]
    assert (done.returncode, ours) == (0, [])


@pytest.mark.parametrize("unit", UNITS)
def test_systemd_itself_finds_little_that_could_still_be_closed(unit: str, tmp_path: Path) -> None:
    shutil.copy(FOLDER / unit, tmp_path / unit.replace("@", "@so-khcn"))
    line = ["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=20"]  # tenths: 2.0
    done = subprocess.run(
        [*line, str(tmp_path / unit.replace("@", "@so-khcn"))], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout.splitlines()[-1]
    assert "Overall exposure level" in done.stdout
