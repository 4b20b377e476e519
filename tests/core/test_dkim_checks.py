"""Which letters are checked for DKIM and when, and what is usual of a sender."""

from datetime import UTC, datetime, timedelta
from typing import Any

from core import dkim_checks
from core.dkim_checks import DkimCheck, Unchecked
from core.files import StoredFile
from core.letters import Message
from core.signing.values import DkimFinding, DkimResult

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
SENDER = "Vanthu@lamdong.gov.vn"
OWN = DkimFinding(DkimResult.PASS, "lamdong.gov.vn", is_aligned=True)
NOTHING = DkimFinding(DkimResult.NONE)


class Letters:
    """Letters that came to an office."""

    def __init__(self, office: Any) -> None:
        self._office, self._count = office, 0

    def comes(self, at: datetime = MORNING, sender: str = SENDER) -> int:
        self._count += 1
        sha256 = f"{self._count:064x}"
        with self._office.database.writing() as session:
            session.add(StoredFile(sha256=sha256, size=9, media_type="message/rfc822", stored_at=at))
            session.flush()
            letter = Message(
                identity=sha256, raw_sha256=sha256, raw_size=9, mail_class="letter", outcome="draft",
                sender_address=sender, received_at=at, taken_at=at,
            )  # fmt: skip
            session.add(letter)
            session.flush()
            return letter.id

    def next(self, at: datetime = MORNING) -> Unchecked | None:
        with self._office.database.reading() as session:
            return dkim_checks.next_unchecked(session, at=at)

    def note(self, letter: Unchecked, finding: DkimFinding, at: datetime = MORNING) -> None:
        with self._office.database.writing() as session:
            dkim_checks.note(session, letter, finding, at=at)

    def all(self, finding: DkimFinding, count: int) -> None:
        for _ in range(count):
            self.comes()
            letter = self.next()
            assert letter is not None
            self.note(letter, finding)

    def is_usually_signed(self) -> bool:
        with self._office.database.reading() as session:
            return dkim_checks.is_usually_signed(session, SENDER.lower(), self._count + 1)


def test_letters_are_checked_in_the_order_they_came_each_once(office: Any) -> None:
    letters = Letters(office)
    first, second = letters.comes(), letters.comes()
    for expected in (first, second):
        letter = letters.next()
        assert letter is not None and (letter.message_id, letter.sender, letter.size) == (expected, SENDER, 9)
        letters.note(letter, OWN)
        letters.note(letter, OWN)  # another process was at it too
    assert letters.next() is None
    with office.database.reading() as session:
        assert dkim_checks.finding_of(session, first) == OWN
        assert session.get_one(DkimCheck, first).sender == SENDER.lower()
        assert dkim_checks.finding_of(session, 99) is None


def test_where_it_was_never_checked_the_letters_of_a_day_are_not_those_of_years(office: Any) -> None:
    letters = Letters(office)
    letters.comes(MORNING - timedelta(days=2))
    fresh = letters.comes(MORNING - timedelta(hours=20))
    letter = letters.next()
    assert letter is not None and letter.message_id == fresh


def test_what_dns_did_not_answer_is_asked_again_later_and_not_for_ever(office: Any) -> None:
    letters = Letters(office)
    letters.comes()
    at, tries = MORNING, 0
    while (letter := letters.next(at)) is not None:
        letters.note(letter, DkimFinding(DkimResult.UNKNOWN), at)
        tries += 1
        assert letters.next(at + timedelta(minutes=9)) is None
        at += timedelta(hours=2)
    assert tries == 6
    letters.comes()
    letter = letters.next(at)
    assert letter is not None  # the next letter does not wait for it


def test_a_sender_whose_letters_are_signed_is_known_by_that(office: Any) -> None:
    letters = Letters(office)
    letters.all(OWN, 2)
    assert not letters.is_usually_signed()  # two are no habit
    letters.all(OWN, 1)
    assert letters.is_usually_signed()
    letters.all(DkimFinding(DkimResult.UNKNOWN), 3)
    assert letters.is_usually_signed()  # nobody knows of these
    letters.all(NOTHING, 2)
    assert not letters.is_usually_signed()


def test_another_domains_signature_is_no_habit(office: Any) -> None:
    letters = Letters(office)
    letters.all(DkimFinding(DkimResult.PASS, "gmail.com"), 5)
    assert not letters.is_usually_signed()


def test_a_removed_letter_leaves_no_finding_nor_gets_one_that_was_on_its_way(office: Any) -> None:
    letters = Letters(office)
    letters.comes()
    letter = letters.next()
    assert letter is not None
    letters.note(letter, OWN)
    with office.database.writing() as session:
        dkim_checks.forget(session, letter.message_id)
        session.get_one(Message, letter.message_id).raw_sha256 = None
    letters.note(letter, OWN)
    with office.database.reading() as session:
        assert dkim_checks.finding_of(session, letter.message_id) is None
