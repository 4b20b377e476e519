"""Which signatures are judged again and when, what is kept of it, and which copy a document then is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core import files, signature_checks
from core.files import Content, StoredFile
from core.incoming import copies, drafts
from core.incoming.copies import Copy
from core.incoming.drafts import DraftFile, NewDraft
from core.incoming.tables import FileRole, Incoming, Origin, State
from core.signature_checks import Judged, Waiting
from core.signing.values import Signature, Status, Trust

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
SIGNED = Signature("Sở Nội vụ", "Sở Nội vụ", "CA", Status.INTACT, Trust.TRUSTED, MORNING)
GOOD = replace(SIGNED, asked_at=MORNING, is_answered=True)
REVOKED = replace(GOOD, trust=Trust.REVOKED, revoked_at=MORNING - HOUR)
SILENT = replace(SIGNED, asked_at=MORNING + HOUR)


class Desk:
    """Signed files that came to an office."""

    def __init__(self, office: Any) -> None:
        self.office = office

    def comes(self, name: str, at: datetime = MORNING, *signatures: Signature) -> int:
        """The draft of one file that bears these signatures, or one."""
        content = Content(Path(), name * 64, 1, "application/pdf", signatures or (SIGNED,))
        file = DraftFile("12.pdf", content.sha256, content.media_type, 1, FileRole.MAIN)
        new = NewDraft(Origin.DROPPED, self.office.book_id, None, at, 0, {}, (file,), copy=Copy.SIGNED)
        with self.office.database.writing() as session:
            files.note_stored(session, [content], at=at)
            return drafts.insert(session, new)

    def next(self, at: datetime = MORNING) -> Waiting | None:
        with self.office.database.reading() as session:
            return signature_checks.next_waiting(session, at=at)

    def note(self, found: Judged | None, roots: str = "r", at: datetime = MORNING) -> list[int]:
        waiting = self.next(at)
        assert waiting is not None
        with self.office.database.writing() as session:
            return [one.id for one in signature_checks.note(session, waiting, found, roots, at=at)]

    def anew(self, roots: str, *, is_online: bool = False, at: datetime = MORNING) -> int:
        with self.office.database.writing() as session:
            return signature_checks.judge_anew(session, roots, is_online=is_online, at=at)

    def stored(self, name: str) -> Signature:
        with self.office.database.reading() as session:
            (one,) = session.get_one(StoredFile, name * 64).signatures
            return Signature.from_json(one)

    def judged(self, draft: int, signed: Copy | None, *, is_picture: bool = False) -> str:
        with self.office.database.writing() as session:
            document = session.get_one(Incoming, draft)
            copies.judge_again(session, document, signed, is_picture=is_picture, at=MORNING)
            return str(document.copy)


@pytest.fixture
def desk(office: Any) -> Desk:
    return Desk(office)


def found(*own: Signature, is_asked: bool = False, waits: bool = False) -> Judged:
    return Judged(own, {}, is_asked, waits)


def test_each_signed_file_is_judged_once_the_newest_first(desk: Desk) -> None:
    drafts_made = [desk.comes("a"), desk.comes("b")]
    assert desk.note(found(SIGNED)) == drafts_made[1:]
    assert desk.note(found(SIGNED)) == drafts_made[:1]
    assert desk.next(MORNING + 99 * HOUR) is None


def test_a_file_without_signatures_waits_for_nobody(desk: Desk) -> None:
    with desk.office.database.writing() as session:
        files.note_stored(session, [Content(Path(), "a" * 64, 1, "application/pdf")], at=MORNING)
    assert desk.next() is None


def test_other_roots_judge_anew_the_same_do_not(desk: Desk) -> None:
    desk.comes("a")
    desk.note(found(SIGNED), "r")
    assert desk.anew("r") == 0 and desk.next() is None
    assert desk.anew("s") == 1
    desk.note(found(replace(SIGNED, trust=Trust.STRANGE)), "s")
    assert desk.stored("a").trust is Trust.STRANGE


def test_who_can_ask_issuers_now_asks_about_what_came_before(desk: Desk) -> None:
    desk.comes("a")
    desk.note(found(SIGNED))
    assert desk.anew("r", is_online=True) == 1
    desk.note(found(GOOD, is_asked=True))
    assert desk.anew("r", is_online=True) == 0


@pytest.mark.parametrize("outcome", [found(SILENT, waits=True), None])
def test_who_does_not_answer_is_asked_again_with_growing_pauses(desk: Desk, outcome: Judged | None) -> None:
    desk.comes("a")
    at, pauses = MORNING, []
    while desk.next(at + 99 * HOUR) is not None:
        began = at
        while desk.next(at) is None:
            at += timedelta(minutes=10)
        pauses.append((at - began) // timedelta(minutes=10))
        desk.note(outcome, at=at)
    assert pauses == [0, 1, 3, 9, 27, 81]
    assert desk.anew("r", is_online=True) == 0, "it was given up"


def test_what_was_said_once_outlives_that_nobody_answers(desk: Desk) -> None:
    desk.comes("a", MORNING, REVOKED)
    desk.note(found(SILENT, waits=True))
    assert desk.stored("a") == REVOKED
    desk.note(found(replace(SIGNED, trust=Trust.STRANGE)), at=MORNING + HOUR)
    assert (desk.stored("a").trust, desk.stored("a").revoked_at) == (Trust.STRANGE, REVOKED.revoked_at)
    desk.anew("s")
    desk.note(found(SIGNED))
    assert desk.stored("a") == REVOKED


def test_what_was_stamped_before_the_revocation_stays_good(desk: Desk) -> None:
    stamped = replace(SIGNED, is_time_stamped=True, signed_at=MORNING - 2 * HOUR)
    desk.comes("a", MORNING, replace(stamped, asked_at=MORNING, is_answered=True, revoked_at=MORNING - HOUR))
    desk.note(found(stamped))
    assert desk.stored("a").trust is Trust.TRUSTED


def test_a_file_that_another_program_counts_otherwise_keeps_what_was_found(desk: Desk) -> None:
    desk.comes("a")
    desk.note(found(GOOD, REVOKED))
    assert desk.stored("a") == SIGNED


def test_the_copy_follows_the_signatures(desk: Desk) -> None:
    draft = desk.comes("a")
    assert desk.judged(draft, None) == Copy.UNSIGNED
    assert desk.judged(draft, Copy.UNSEALED) == Copy.UNSEALED
    assert desk.judged(draft, None, is_picture=True) == Copy.SCAN
    assert desk.judged(draft, None) == Copy.SCAN
    assert desk.judged(draft, Copy.SIGNED) == Copy.SIGNED


@pytest.mark.parametrize(
    ("state", "copy"), [(State.DRAFT, Copy.PAPER), (State.DRAFT, ""), (State.DECLINED, Copy.SIGNED)]
)
def test_what_a_person_has_said_or_closed_stays(desk: Desk, state: State, copy: str) -> None:
    draft = desk.comes("a")
    with desk.office.database.writing() as session:
        document = session.get_one(Incoming, draft)
        document.state, document.copy = state, copy
    assert desk.judged(draft, None) == copy
