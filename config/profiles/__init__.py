"""Office profiles that ship with the program: dated facts to start an office from (promise 10)."""

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

from config import toml_faults
from config.settings import SettingsError


def names() -> list[str]:
    """The names of the profiles that ship, sorted."""
    found = (entry.name for entry in files("config.profiles").iterdir())
    return sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml"))


def profile(name: str) -> dict[str, Any]:
    """The parsed profile: one that ships, by name, or a TOML file by its path.

    Raises SettingsError naming the profiles that ship, or saying where the file is wrong.
    """
    shipped = files("config.profiles") / f"{name}.toml"
    source = shipped if name in names() else Path(name)
    try:
        text = source.read_text(encoding="utf-8")
        return tomllib.loads(text)
    except (OSError, UnicodeDecodeError):
        raise SettingsError(
            f"Không có hồ sơ cơ quan «{name}». Có sẵn: {', '.join(names())}; hoặc một tệp TOML."
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"Hồ sơ cơ quan {name} sai cú pháp {toml_faults.sentence(error, text)}.") from error
