"""What a document's package says it changes, what came instead of it, and who asks for it back: for its page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from core.edxml import Kind
from core.incoming import relations
from core.incoming.matching import Match
from core.incoming.tables import STATE_NAMES, Incoming, State
from core.recalls import Recall, recalls_of

SHOWN = "lien-quan"  # form field: ids of the entries offered; each has a tick of its own, "lien-quan-12"
_VERBS = {Kind.REPLACEMENT: "thay thế", Kind.UPDATE: "cập nhật"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A document of ours that is meant. `words` say what it is to the clerk; only an entry of the register is offered
    to be linked."""

    id: int
    arrival_number: int | None
    arrived_on: date | None
    words: str
    is_offered: bool
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Change:
    """What the package says: `verb` is thay thế or cập nhật, `targets` each document in words with those of ours."""

    verb: str
    reason: str
    targets: tuple[tuple[str, tuple[Entry, ...]], ...]

    @property
    def offered(self) -> str:
        """The ids of the entries that can be linked, for the form."""
        return " ".join(str(entry.id) for _, entries in self.targets for entry in entries if entry.is_offered)


@dataclass(frozen=True, slots=True)
class RelatedLine:
    """An entry linked with this one; `is_warning` where that one came instead."""

    words: str
    id: int
    arrival_number: int
    arrived_on: date
    is_warning: bool


@dataclass(frozen=True, slots=True)
class Exchanged:
    """All that a document's page shows of packages."""

    change: Change | None
    related: tuple[RelatedLine, ...]
    recalls: tuple[Recall, ...]

    @property
    def is_recalled(self) -> bool:
        """Whether the sender surely asks for this document."""
        return any(match.is_sure for recall in self.recalls for match in recall.matches)


def exchanged(session: Session, document: Incoming, form: Mapping[str, str]) -> Exchanged:
    """What the page of `document` shows; `form` is what was typed and not saved, {} when nothing was."""
    is_draft = document.state == State.DRAFT
    related = () if is_draft else tuple(_line(one) for one in relations.related(session, document))
    change = _change(session, document, form) if is_draft else None
    return Exchanged(change, related, tuple(recalls_of(session, document)))


def keep_choice(document: Incoming, form: Mapping[str, str]) -> None:
    """Keep which of the entries offered by the form are to be linked."""
    shown = _ids(form)
    relations.choose(document, shown, [one for one in shown if form.get(f"{SHOWN}-{one}") == "1"])


def is_field(name: str) -> bool:
    """Whether a field of the form is one of these and none of the register's."""
    return name == SHOWN or name.startswith(SHOWN + "-")


def _change(session: Session, document: Incoming, form: Mapping[str, str]) -> Change | None:
    kind = document.exchange.get("kind", "")
    if kind not in _VERBS:
        return None
    typed = set(_ids(form))
    found = []
    for target in relations.targets(session, document):
        entries = []
        for match in target.matches:
            one = match.document.id
            is_chosen = form.get(f"{SHOWN}-{one}") == "1" if one in typed else one in target.chosen
            entries.append(_entry(match, is_chosen=is_chosen))
        found.append((target.words, tuple(entries)))
    return Change(_VERBS[Kind(kind)], document.exchange.get("reason", ""), tuple(found))


def _entry(match: Match, *, is_chosen: bool) -> Entry:
    document = match.document
    state = State(document.state)
    words = "còn chờ ở bàn văn thư" if state == State.DRAFT else STATE_NAMES[state].lower()
    if not match.is_sure:
        words += f"; cùng số và ngày, nơi ban hành ghi «{document.issuer}»"
    return Entry(
        document.id, document.arrival_number, document.arrived_on, words, state == State.REGISTERED, is_chosen
    )  # fmt: skip


def _line(one: relations.Related) -> RelatedLine:
    verb = _VERBS[one.kind]
    words = f"Được {verb} bởi" if one.is_newer else verb[:1].upper() + verb[1:]
    return RelatedLine(words, one.id, one.arrival_number, one.arrived_on, one.is_newer)


def _ids(form: Mapping[str, str]) -> list[int]:
    return [int(one) for one in form.get(SHOWN, "").split()[:50] if one.isdecimal() and len(one) < 10]
