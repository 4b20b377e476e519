"""The forms of a page as a browser would send them, filled in with something plausible."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser


@dataclass
class Form:
    """One form: where it is sent, what it carries hidden, what can be typed, chosen and pressed."""

    action: str
    hidden: dict[str, str] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)  # select and radio
    buttons: dict[str, list[str]] = field(default_factory=dict)

    def filled(self, rng: random.Random) -> dict[str, str]:
        """Values for every field."""
        values = dict(self.hidden)
        for name in self.typed:
            soon = datetime.now(UTC) + timedelta(days=rng.randint(20, 90))
            values[name] = f"{soon:%d/%m/%Y}" if name == "due_at" else "Đã xem xét, đủ căn cứ"
        for several in (self.choices, self.buttons):
            for name, offered in several.items():
                values[name] = rng.choice(offered)
        return values


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(found.get("action", ""))
            self.forms.append(self._form)
        if self._form is None:
            return
        name, value = found.get("name", ""), found.get("value", "")
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select and value:
            self._form.choices.setdefault(self._select, []).append(value)
        elif tag == "textarea" and name:
            self._form.typed.append(name)
        elif tag == "button" and name:
            self._form.buttons.setdefault(name, []).append(value)
        elif tag == "input" and name:
            self._take_input(found.get("type", "text"), name, value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""

    def _take_input(self, kind: str, name: str, value: str) -> None:
        assert self._form is not None
        if kind == "hidden":
            self._form.hidden[name] = value
        elif kind == "radio":
            self._form.choices.setdefault(name, []).append(value)
        elif kind != "checkbox":
            self._form.typed.append(name)


def forms_in(page: str) -> list[Form]:
    """Every form of a page, in its order."""
    reader = _Reader()
    reader.feed(page)
    return reader.forms
