"""The word lists that ship with the program, as data: kinds of document, names of offices, screening rules."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def vocabulary(name: str) -> dict[str, Any]:
    """The contents of `config/vocab/<name>.toml`; read once a process.

    Raises FileNotFoundError for a name that does not ship and tomllib.TOMLDecodeError for a broken file.
    """
    return tomllib.loads((files("config") / "vocab" / f"{name}.toml").read_text(encoding="utf-8"))
