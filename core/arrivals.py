"""What became of each letter at each place it arrived: taken in with its drafts, held, left out (promises 1 to 4)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import exchange, files, requests
from core.db import table_of
from core.deliveries import reports
from core.events import Fact
from core.files import Content
from core.incoming import drafts
from core.letters import Arrival, ArrivalState, Exclusion, HeldLetter, MailFolder, Message, MessageFile
from core.signing import checks
from core.signing.values import Signature

# Built once: to build a statement costs more than to run it, and each letter needs all of these.
_arrivals, _messages, _folders = table_of(Arrival).c, table_of(Message).c, table_of(MailFolder).c
_INSERT_ARRIVAL = sa.insert(table_of(Arrival))
_INSERT_FILE = sa.insert(table_of(MessageFile))
_INSERT_MESSAGE = sa.insert(table_of(Message)).returning(_messages.id, sort_by_parameter_order=True)
_RECORDED = sa.select(_arrivals.uid).where(
    _arrivals.mailbox == sa.bindparam("mailbox"), _arrivals.folder == sa.bindparam("folder"),
    _arrivals.uidvalidity == sa.bindparam("uidvalidity"), _arrivals.uid.in_(sa.bindparam("uids", expanding=True)),
)  # fmt: skip
_PLACE = ("mailbox", "folder", "uidvalidity", "uid")
_TAKE_BACK = (
    sa.delete(table_of(Arrival))
    .where(*(_arrivals[name] == sa.bindparam("in_" + name) for name in _PLACE))
    .where(_arrivals.state == sa.bindparam("gone"))
)
_KNOWN = sa.select(_messages.identity, _messages.id).where(
    _messages.identity.in_(sa.bindparam("identities", expanding=True))
)
_ADVANCE = (
    sa.update(table_of(MailFolder))
    .where(_folders.id == sa.bindparam("folder_id"), _folders.uidvalidity == sa.bindparam("of_uidvalidity"))
    .where(_folders.cursor < sa.bindparam("to"))
    .values(cursor=sa.bindparam("to"))
)


@dataclass(frozen=True, slots=True)
class Where:
    """One place a letter arrived at; see `core.letters.Arrival`. `received_at` is an aware instant."""

    door: str
    mailbox: str
    folder: str
    uidvalidity: int
    uid: int
    received_at: datetime | None
    size: int | None


@dataclass(frozen=True, slots=True)
class Named:
    """One file of a letter under the name its mail gave it; `content.path` is where the bytes are stored from.
    `signed_beside` are the signatures that came with the letter in files of their own."""

    name: str
    content: Content
    inside: str = ""
    is_inline: bool = False
    warnings: tuple[str, ...] = ()
    signed_beside: tuple[Signature, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """A letter to be taken in. `values` are the columns of its `Message` row, all but the times it came;
    its files stand in the store already. The drafts' message is set here. `notices` are what its packages say of other
    documents."""

    identity: str
    raw: Content
    values: dict[str, Any]
    files: Sequence[Named]
    drafts: Sequence[drafts.NewDraft]
    notices: Sequence[exchange.Notice] = ()

    def contents(self) -> list[Content]:
        """Everything that must stand in the store before the letter's rows."""
        return [self.raw, *(file.content for file in self.files)]


@dataclass(frozen=True, slots=True)
class Held:
    """A letter that waits, sealed; see `core.letters.HeldLetter`."""

    reason: str
    mark: str
    size: int
    sealed_path: str | None
    seal_key: bytes | None
    detail: str = ""
    program: str = ""
    sender: str = ""
    brings_password: bool = False


@dataclass(frozen=True, slots=True)
class Excluded:
    """A letter left out by trace only; see `core.letters.Exclusion`."""

    category: str
    rule: str
    mark: str
    sender_address: str
    subject: str | None
    files_mark: str = ""


@dataclass(frozen=True, slots=True)
class ForDraft:
    """Files handed over for a draft that lacked them; `contents` stand in the store already."""

    attached: requests.Attached
    stored: Sequence[Content]

    def contents(self) -> Sequence[Content]:
        """Everything that must stand in the store before the rows."""
        return self.stored


Outcome = Taken | Held | Excluded | ForDraft


def record(session: Session, arrived: Sequence[tuple[Where, Outcome]], *, at: datetime) -> list[Fact]:
    """Write arrivals with what their letters became; returns the events to be recorded last, in order.

    A letter known already by its identity (or mark) only gets another arrival (promise 2).
    """
    letters = [outcome for _, outcome in arrived if isinstance(outcome, Taken)]
    known = _known(session, letters)
    files.note_stored(session, [one for _, new in arrived if isinstance(new, ForDraft) for one in new.stored], at=at)
    new = _insert_letters(session, [pair for pair in arrived if isinstance(pair[1], Taken)], known, at)
    rows: list[dict[str, Any]] = []
    facts = reports.take_all(session, [letter.values for letter in letters if letter.identity in new], at=at)
    for where, outcome in arrived:
        if isinstance(outcome, Taken):
            message_id = known[outcome.identity]
            is_new = outcome.identity in new
            new.discard(outcome.identity)  # the same letter again in this group is seen again
            rows.append(_row(where, ArrivalState.TAKEN, message_id, at))
            facts.append(_taken(session, where, outcome, message_id, at, is_new=is_new))
        elif isinstance(outcome, Held):
            facts.append(_hold(session, where, outcome, at))
        elif isinstance(outcome, Excluded):
            facts.append(_exclude(session, where, outcome, at))
        elif requests.attach(session, where.uid, outcome.attached, at=at):
            facts.append(Fact("files_added", "incoming", outcome.attached.incoming_id, {"count": len(outcome.stored)}))
    if rows:
        session.execute(_INSERT_ARRIVAL, rows)
    return facts


def record_without_letter(session: Session, places: Sequence[Where], state: ArrivalState, *, at: datetime) -> None:
    """Write arrivals that have no letter: skipped before the cut-off, or vanished before they were fetched."""
    if places:
        session.execute(_INSERT_ARRIVAL, [_row(where, state, None, at) for where in places])


def recorded_uids(session: Session, mailbox: str, folder: str, uidvalidity: int, uids: Iterable[int]) -> set[int]:
    """Which of `uids` have an arrival already."""
    place = {"mailbox": mailbox, "folder": folder, "uidvalidity": uidvalidity, "uids": list(uids)}
    return set(session.scalars(_RECORDED, place))


def recorded_above(session: Session, mailbox: str, folder: str, uidvalidity: int, cursor: int) -> set[int]:
    """Every UID greater than `cursor` that has an arrival already."""
    place = (Arrival.mailbox == mailbox, Arrival.folder == folder, Arrival.uidvalidity == uidvalidity)
    return set(session.scalars(sa.select(Arrival.uid).where(*place, Arrival.uid > cursor)))


def take_back_vanished(session: Session, where: Where) -> bool:
    """Forget that a letter had vanished, when a slow process has it in hand all the same; False if it had not."""
    place = {"in_" + name: getattr(where, name) for name in _PLACE}
    gone = session.execute(_TAKE_BACK, place | {"gone": ArrivalState.VANISHED})
    return bool(gone.rowcount)  # type: ignore[attr-defined]


def advance(session: Session, folder_id: int, uidvalidity: int, cursor: int) -> None:
    """Move a folder's cursor forward, never back, and only within the series it belongs to."""
    session.execute(_ADVANCE, {"folder_id": folder_id, "of_uidvalidity": uidvalidity, "to": cursor})


def _known(session: Session, letters: Sequence[Taken]) -> dict[str, int]:
    wanted = [letter.identity for letter in letters]
    if not wanted:
        return {}
    return {row.identity: row.id for row in session.execute(_KNOWN, {"identities": wanted})}


def _insert_letters(
    session: Session, arrived: Sequence[tuple[Where, Outcome]], known: dict[str, int], at: datetime
) -> set[str]:
    """Insert the letters not known yet, add them to `known`, and return their identities."""
    new: dict[str, tuple[Where, Taken]] = {}
    for where, letter in arrived:
        if isinstance(letter, Taken) and letter.identity not in known:
            new.setdefault(letter.identity, (where, letter))
    if not new:
        return set()
    files.note_stored(session, [content for _, letter in new.values() for content in letter.contents()], at=at)
    rows = [
        letter.values
        | {"identity": identity, "raw_sha256": letter.raw.sha256, "raw_size": letter.raw.size}
        | {"received_at": where.received_at or at, "sort_uid": where.uid, "taken_at": at}
        for identity, (where, letter) in new.items()
    ]
    known.update(zip(new, session.scalars(_INSERT_MESSAGE, rows), strict=True))
    named = [row for identity, (_, letter) in new.items() for row in _file_rows(known[identity], letter.files)]
    if named:
        session.execute(_INSERT_FILE, named)
    for identity, (_, letter) in new.items():
        for draft in letter.drafts:
            drafts.insert(session, replace(draft, message_id=known[identity]))
        exchange.note(session, known[identity], letter.notices, at=at)
        if letter.values.get("signatures") or any(file.signed_beside for file in letter.files):
            checks.begin(session, letters=[known[identity]], at=at)
    return set(new)


def _taken(session: Session, where: Where, letter: Taken, message_id: int, at: datetime, *, is_new: bool) -> Fact:
    if where.mailbox == requests.REQUESTED:
        # A dropped document is a letter without a subject, whose first file it is.
        name = letter.values["subject"] or (letter.files[0].name if letter.files else "")
        requests.note_taken(session, where.uid, message_id, name, is_new=is_new, at=at)
    return Fact("taken_in" if is_new else "seen_again", "message", message_id, {"mailbox": where.mailbox})


def _file_rows(message_id: int, named: Sequence[Named]) -> list[dict[str, Any]]:
    return [
        {
            "message_id": message_id, "position": position, "name": file.name, "sha256": file.content.sha256,
            "media_type": file.content.media_type[:120], "size": file.content.size, "inside": file.inside,
            "is_inline": file.is_inline, "warnings": list(file.warnings),
            "signatures": [one.to_json() for one in file.signed_beside],
        }
        for position, file in enumerate(named, start=1)
    ]  # fmt: skip


def _hold(session: Session, where: Where, held: Held, at: datetime) -> Fact:
    known = sa.select(HeldLetter.id).where(HeldLetter.mark == held.mark, HeldLetter.decision.is_(None))
    again = session.scalars(known).first()
    arrival_id = _insert_arrival(session, where, ArrivalState.HELD, at)
    if where.mailbox == requests.REQUESTED:
        held_again = requests.note_held(session, where.uid, held.reason, at=at)
        if held_again is not None:
            session.execute(sa.update(HeldLetter).where(HeldLetter.id == held_again).values(**_held_values(held)))
            return Fact("held_again", "held_letter", held_again, {"reason": held.reason})
    if again is not None:
        return Fact("seen_again", "held_letter", again, {"mailbox": where.mailbox})
    statement = sa.insert(HeldLetter).values(arrival_id=arrival_id, held_at=at, decision_note="", **_held_values(held))
    held_id: int = session.execute(statement.returning(HeldLetter.id)).scalar_one()
    return Fact("held", "held_letter", held_id, {"mailbox": where.mailbox, "reason": held.reason})


def _held_values(held: Held) -> dict[str, Any]:
    return {
        "reason": held.reason[:48], "mark": held.mark, "size": held.size, "sealed_path": held.sealed_path,
        "seal_key": held.seal_key, "detail": held.detail, "program": held.program, "sender_address": held.sender,
        "brings_password": held.brings_password,
    }  # fmt: skip


def _exclude(session: Session, where: Where, excluded: Excluded, at: datetime) -> Fact:
    known = sa.select(Exclusion.id).where(Exclusion.mark == excluded.mark, Exclusion.released_at.is_(None))
    again = session.scalars(known).first()
    arrival_id = _insert_arrival(session, where, ArrivalState.EXCLUDED, at)
    if where.mailbox == requests.REQUESTED:
        requests.note_excluded(session, where.uid, at=at)
    if again is not None:
        return Fact("seen_again", "exclusion", again, {"mailbox": where.mailbox})
    statement = sa.insert(Exclusion).values(
        arrival_id=arrival_id, category=excluded.category, rule=excluded.rule[:64], mark=excluded.mark,
        files_mark=excluded.files_mark, sender_address=excluded.sender_address[:320],
        subject=excluded.subject, excluded_at=at,
    )  # fmt: skip
    exclusion_id: int = session.execute(statement.returning(Exclusion.id)).scalar_one()
    return Fact("excluded", "exclusion", exclusion_id, {"mailbox": where.mailbox, "rule": excluded.rule})


def _insert_arrival(session: Session, where: Where, state: ArrivalState, at: datetime) -> int:
    statement = sa.insert(Arrival).values(_row(where, state, None, at)).returning(Arrival.id)
    return int(session.execute(statement).scalar_one())


def _row(where: Where, state: ArrivalState, message_id: int | None, at: datetime) -> dict[str, Any]:
    return {
        "door": where.door, "mailbox": where.mailbox, "folder": where.folder, "uidvalidity": where.uidvalidity,
        "uid": where.uid, "state": state, "message_id": message_id, "received_at": where.received_at,
        "size": where.size, "seen_at": at,
    }  # fmt: skip
