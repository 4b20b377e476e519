"""Where the looked-for words stand, cut out with the hits marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.incoming.tables import FileRole, Incoming, IncomingFile
from core.letters import Message
from core.search.query import Query, Term
from core.search.tables import FileText
from core.search.words import LONGEST_WORD, WORD
from core.text import fold, normal, squeeze

_BEFORE, _AFTER = 12, 24  # words around the first hit
MOST_LETTERS = 300_000  # of one text, which is read for each line of the list


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of a text; `is_hit` where it is what was looked for."""

    text: str
    is_hit: bool


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    exact: str
    folded: str


def marked(text: str, query: Query) -> tuple[Piece, ...]:
    """The whole of `text`, with every hit marked."""
    plain = normal(text)
    # As it is printed, where that has the same letters in other spellings only.
    shown = text if len(text) == len(plain) else plain
    return _pieces(shown, 0, len(shown), _hits(_words(plain), query.terms))


def snippet(text: str, query: Query) -> tuple[Piece, ...]:
    """Some words around the place where most of the terms stand together first; () where none stands."""
    plain = normal(text[:MOST_LETTERS])
    words = _words(plain)
    places = _places(words, query.terms)
    if not places:
        return ()
    first = _densest(places)
    start, stop = max(0, first - _BEFORE), min(len(words), first + _AFTER)
    begin = words[start].start if start else 0
    end = words[stop - 1].end if stop < len(words) else len(plain)
    pieces = _pieces(plain, begin, end, _hits(words[start:stop], query.terms))
    before, behind = Piece("… ", is_hit=False), Piece(" …", is_hit=False)
    return (*((before,) if start else ()), *pieces, *((behind,) if stop < len(words) else ()))


def of_documents(
    session: Session, documents: Sequence[int], query: Query
) -> dict[int, tuple[tuple[Piece, ...], str]]:  # fmt: skip
    """For each document that has one: the snippet of a file's text, else of the mail's subject, and where it stands."""
    if not query.terms or not documents:
        return {}
    found: dict[int, tuple[tuple[Piece, ...], str]] = {}
    files = sa.select(
        IncomingFile.incoming_id, IncomingFile.name, sa.func.substr(FileText.text, 1, MOST_LETTERS).label("text")
    ).join(FileText, FileText.sha256 == IncomingFile.sha256)
    files = files.where(IncomingFile.incoming_id.in_(documents), IncomingFile.role != FileRole.LEFT_OUT)
    for row in session.execute(files.order_by(IncomingFile.incoming_id, IncomingFile.position)):
        if row.incoming_id not in found and (pieces := snippet(row.text, query)):
            found[row.incoming_id] = pieces, row.name
    mails = sa.select(Incoming.id, Message.subject).join(Message, Message.id == Incoming.message_id)
    for row in session.execute(mails.where(Incoming.id.in_(set(documents) - found.keys()))):
        if pieces := snippet(row.subject, query):
            found[row.id] = pieces, ""
    return found


def _words(text: str) -> list[_Word]:
    return [_Word(found.start(), found.end(), *_forms(found[0])) for found in WORD.finditer(text)]


@lru_cache(maxsize=20_000)
def _forms(word: str) -> tuple[str, str]:
    return word.casefold()[:LONGEST_WORD], fold(word.casefold())[:LONGEST_WORD]


def _places(words: Sequence[_Word], terms: Sequence[Term]) -> list[tuple[int, int]]:
    """(index of its first word, number of the term) of every hit, in the order of the text."""
    return sorted((place, number) for number, term in enumerate(terms) for place, _ in _runs(words, term))


def _runs(words: Sequence[_Word], term: Term) -> list[tuple[int, int]]:
    """(first, behind the last) of each place where a run of the term stands."""
    forms = [word.exact for word in words] if term.is_exact else [word.folded for word in words]
    found = []
    for run in term.runs:
        length = len(run)
        first = run[0]
        for place, form in enumerate(forms):
            if form == first and tuple(forms[place : place + length]) == run:
                found.append((place, place + length))
    return found


def _densest(places: list[tuple[int, int]]) -> int:
    best, most = places[0][0], 0
    for at, (place, _) in enumerate(places[:2000]):
        near = {number for where, number in places[at : at + 50] if where < place + _AFTER}
        if len(near) > most:
            best, most = place, len(near)
    return best


def _hits(words: Sequence[_Word], terms: Sequence[Term]) -> list[tuple[int, int]]:
    """Spans of letters to be marked, in order, none within another."""
    spans = sorted((words[a].start, words[b - 1].end) for term in terms for a, b in _runs(words, term))
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _pieces(text: str, begin: int, end: int, hits: Sequence[tuple[int, int]]) -> tuple[Piece, ...]:
    found, at = [], begin
    for start, stop in hits:
        found += [Piece(_flat(text[at:start]), is_hit=False), Piece(squeeze(text[start:stop]), is_hit=True)]
        at = stop
    found.append(Piece(_flat(text[at:end]), is_hit=False))
    return tuple(piece for piece in found if piece.text)


def _flat(text: str) -> str:
    """`text` on one line, its outer blanks kept as one."""
    inner = squeeze(text)
    if not inner:
        return " " if text else ""
    return f"{' ' if text[0].isspace() else ''}{inner}{' ' if text[-1].isspace() else ''}"
