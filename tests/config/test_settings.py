"""The settings file: what stands in the example, and how a wrong one is refused."""

import re
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from config import VERSION, settings
from config.settings import Settings, SettingsError

EXAMPLE = Path(__file__).parents[2] / "config" / "example.toml"
MAILBOX = '[[mailboxes]]\nname = "a"\nhost = "h"\nusername = "u"\nsecret_file = "s"\n'


def load(tmp_path: Path, text: str) -> Settings:
    """Load a settings file with this text."""
    path = tmp_path / "congvan.toml"
    path.write_text(text, encoding="utf-8")
    return settings.load(path)


def keys_of(model: type[BaseModel], prefix: str = "") -> set[str]:
    """Every key of a section and those below it, dotted."""
    found = set()
    for name, field in model.model_fields.items():
        below = _section(field.annotation)
        found |= keys_of(below, f"{prefix}{name}.") if below else {prefix + name}
    return found


def _section(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _section(part))), None)


def keys_in(text: str) -> set[str]:
    """Every key of a TOML text, those commented out too."""
    found, table = set(), ""
    for line in text.splitlines():
        if head := re.match(r"\[+([a-z]+)\]+$", line):
            table = head[1] + "."
        elif key := re.match(r"#?([a-z_]+) = ", line):
            found.add(table + key[1])
    return found


def test_the_example_names_every_key_and_no_other() -> None:
    assert keys_in(EXAMPLE.read_text(encoding="utf-8")) == keys_of(Settings)


def test_the_example_loads_and_is_of_the_official_mailbox() -> None:
    loaded = settings.load(EXAMPLE)
    assert loaded.mailboxes[0].host == "mail.daknong.gov.vn"
    assert loaded.mailboxes[0].folders == ("INBOX",)


def test_every_key_of_the_example_says_what_it_is_and_its_default() -> None:
    described = ""
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("# ") or line.startswith("#   "):
            described += line
            continue
        if re.match(r"#?[a-z_]+ = ", line) and not line.startswith("#secret_file"):
            assert re.search(r"[Mm]ặc định|Bắt buộc|đúng một", described), line
        described = described if line.startswith(("secret_credential", "#secret")) else ""


def test_the_example_shows_the_defaults_where_it_does_not_set_the_office() -> None:
    found = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    for section in ("intake", "listener", "dashboard", "log"):
        model = Settings.model_fields[section].annotation
        assert isinstance(model, type)
        assert model(**found[section]) == model(), section


def test_a_missing_file_says_where_to_begin(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"config/example\.toml"):
        settings.load(tmp_path / "none.toml")


def test_paths_are_taken_from_the_files_own_folder(tmp_path: Path) -> None:
    loaded = load(tmp_path, 'data = "office"\n' + MAILBOX)
    assert loaded.data == tmp_path / "office"
    assert loaded.mailboxes[0].secret_path() == tmp_path / "s"


def test_a_credential_is_found_where_systemd_puts_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    loaded = load(tmp_path, 'data = "d"\n' + MAILBOX.replace("secret_file", "secret_credential"))
    assert loaded.mailboxes[0].secret_path() == tmp_path / "s"


def test_the_program_s_version_is_the_package_s() -> None:
    package = tomllib.loads((EXAMPLE.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    assert package["project"]["version"] == VERSION
