"""What a stored content is to the office: the documents and letters that bear it, in the register's words."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.incoming.tables import Incoming, IncomingFile
from core.letters import HeldLetter, Message, MessageFile
from core.office import office_moment

READ = {  # columns of tables
    "incoming": ("id", "arrival_number", "year", "code", "message_id"),
    "incoming_files": ("incoming_id", "position", "name", "sha256"),
    "messages": ("id", "raw_sha256", "received_at", "sender_address"),
    "message_files": ("message_id", "position", "name", "sha256"),
    "held_letters": ("id", "sealed_path"),
}
_AT_ONCE = 500
_SHOWN = 3  # documents named for one content
_NUMBERS = (Incoming.id, Incoming.arrival_number, Incoming.year, Incoming.code)


def bearers(session: Session, contents: Collection[str]) -> dict[str, str]:
    """For each SHA-256 that a row names: "số đến 12 năm 2026 (34/UBND-VX), tệp «a.pdf»"; several by semicolons.

    A content that no document bears is told by its letter.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for some in _parts(sorted(contents)):
        for sha256, words in (*_files(session, some), *_letters(session, some)):
            if words not in found[sha256]:
                found[sha256].append(words)
        for sha256, words in _loose(session, [one for one in some if one not in found]):
            found[sha256].append(words)
    return {sha256: _listed(words) for sha256, words in found.items()}


def sealed_letters(session: Session, names: Collection[str]) -> dict[str, str]:
    """For each name of a sealed file: "thư bị giữ số 7"."""
    path, found = HeldLetter.sealed_path, {}
    for some in _parts(sorted(names)):
        for name, held_id in session.execute(sa.select(path, HeldLetter.id).where(path.in_(some))):
            found[str(name)] = f"thư bị giữ số {held_id}"
    return found


def _files(session: Session, contents: Sequence[str]) -> Iterator[tuple[str, str]]:
    query = sa.select(IncomingFile.sha256, IncomingFile.name, *_NUMBERS).join(
        Incoming, Incoming.id == IncomingFile.incoming_id
    )
    named = query.where(IncomingFile.sha256.in_(contents))
    for sha256, name, *document in session.execute(named.order_by(Incoming.id, IncomingFile.position)):
        yield sha256, f"{_document(document)}, tệp «{name}»"


def _letters(session: Session, contents: Sequence[str]) -> Iterator[tuple[str, str]]:
    query = sa.select(Message.raw_sha256, *_NUMBERS).join(Incoming, Incoming.message_id == Message.id)
    for sha256, *document in session.execute(query.where(Message.raw_sha256.in_(contents)).order_by(Incoming.id)):
        yield str(sha256), f"thư gốc của {_document(document)}"


def _loose(session: Session, contents: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Of letters that became no document, or files that were not taken into one."""
    letter = (Message.received_at, Message.sender_address)
    raw = sa.select(Message.raw_sha256, *letter).where(Message.raw_sha256.in_(contents))
    for sha256, at, sender in session.execute(raw.order_by(Message.id)):
        yield str(sha256), f"thư gốc nhận {office_moment(at)} từ {sender}"
    files = sa.select(MessageFile.sha256, MessageFile.name, *letter).join(Message, Message.id == MessageFile.message_id)
    for sha256, name, at, sender in session.execute(files.where(MessageFile.sha256.in_(contents)).order_by(Message.id)):
        yield sha256, f"tệp «{name}» của thư nhận {office_moment(at)} từ {sender}"


def _document(values: Sequence[object]) -> str:
    document_id, number, year, code = values
    said = f"số đến {number} năm {year}" if number is not None else "văn bản chưa vào sổ"
    return f"{said} ({code or f'không số ký hiệu, mã {document_id}'})"


def _listed(words: list[str]) -> str:
    rest = len(words) - _SHOWN
    return "; ".join(words[:_SHOWN]) + (f"; và {rest} nơi khác" if rest > 0 else "")


def _parts(contents: Sequence[str]) -> Iterator[Sequence[str]]:
    return (contents[start : start + _AT_ONCE] for start in range(0, len(contents), _AT_ONCE))
