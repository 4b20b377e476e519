"""What a half may say: offices, people, subjects, sentences. The halves share no office, name, topic or sentence."""

from dataclasses import dataclass
from functools import cache

from tests.generator.offices import Office


@dataclass(frozen=True)
class Wording:
    """Lists to draw from; `{}` takes a topic, `{cite}` a cited code with its date."""

    offices: tuple[Office, ...]
    surnames: tuple[str, ...]
    given: tuple[str, ...]
    whole_names: tuple[str, ...]
    topics: tuple[str, ...]
    actions: tuple[str, ...]
    decisions: tuple[str, ...]
    events: tuple[str, ...]
    rooms: tuple[str, ...]
    cited: tuple[str, ...]
    sentences: tuple[str, ...]
    addressees: tuple[str, ...]
    streets: tuple[str, ...]
    false_friends: tuple[str, ...]


@cache
def wording(half: str) -> Wording:
    """The lists of `half`: "practice" or "scored"."""
    from tests.generator import wording_practice, wording_scored

    return {"practice": wording_practice.WORDING, "scored": wording_scored.WORDING}[half]
