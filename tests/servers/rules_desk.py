"""A clerk who makes rules, and letters that arrive, for the tests of rules."""

from datetime import UTC, datetime
from typing import Any

from core.evidence import Evidence, Source
from core.files import StoredFile
from core.incoming import drafts, registration
from core.incoming.drafts import DraftFile, NewDraft
from core.incoming.tables import Incoming, Origin
from core.letters import Message
from core.people import User
from core.rules import keeping
from core.rules.definition import Condition, Definition, How, Setting, What
from core.rules.proposing import Said
from core.rules.tables import Rule
from core.rules.trying import Trial, try_out

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
SENDER = "vanthu@bantin.example.vn"
OF_BULLETIN = Condition(What.DOMAIN, How.EQUALS, "bantin.example.vn")
RECEIVER = Setting("receiver", "Phòng Quản lý Khoa học")
CLEAN = {"issuer": "Sở Nội vụ", "kind": "Công văn", "subject": "góp ý", "issued_on": "2026-06-03"}


def rule(*conditions: Condition, settings: tuple[Setting, ...] = (RECEIVER,), **more: Any) -> Definition:
    return Definition(more.pop("name", "Bản tin"), conditions or (OF_BULLETIN,), settings, **more)


class Desk:
    """A clerk who makes rules, and letters that arrive."""

    def __init__(self, office: Any) -> None:
        self.office = office
        self._number = 0

    def make(self, definition: Definition, *, right: int = 20, wrong: int = 0, on: bool = True) -> int:
        with self.office.database.writing() as session:
            clerk = session.get_one(User, self.office.clerk_id)
            made = keeping.make(session, definition, by=clerk, at=MORNING)
            keeping.note_trial(session, made, Trial(0, ()), version=1, by=clerk, at=MORNING)
            made.tried_right, made.tried_wrong = right, wrong
            if on:
                keeping.switch(session, made, on=True, by=clerk, at=MORNING)
            return made.id

    def act(self, act: Any, rule_id: int, *arguments: Any, by: int = 0, **how: Any) -> Any:
        with self.office.database.writing() as session:
            person = session.get_one(User, by or self.office.clerk_id)
            return act(session, session.get_one(Rule, rule_id), *arguments, by=person, at=MORNING, **how)

    def arrives(
        self, *, sure: float = 0.8, text: str = "", mail_subject: str = "", files: tuple[DraftFile, ...] = (),
        has_rules: bool = True, **read: str,
    ) -> int:  # fmt: skip
        self._number += 1
        proposed = {name: Evidence(value, sure, Source.TEXT) for name, value in (CLEAN | read).items() if value}
        with self.office.database.writing() as session:
            letter = Message(
                identity=f"{self._number}", raw_size=1, mail_class="letter", outcome="draft", sender_address=SENDER,
                received_at=MORNING, taken_at=MORNING, subject=mail_subject,
            )  # fmt: skip
            session.add(letter)
            session.flush()
            said = Said("Ban biên tập", mail_subject, text) if has_rules else None
            new = NewDraft(
                Origin.MAIL, self.office.book_id, letter.id, MORNING, 0, proposed, files, sender=SENDER, said=said
            )
            return drafts.insert(session, new)

    def document(self, draft_id: int) -> Incoming:
        with self.office.database.reading() as session:
            found: Incoming = session.get_one(Incoming, draft_id)
            assert found.files is not None
            session.expunge_all()
            return found

    def evidence(self, draft_id: int, field: str) -> Evidence:
        return Evidence.from_json(self.document(draft_id).proposed[field])

    def enter(self, draft_id: int, **corrected: str) -> None:
        with self.office.database.writing() as session:
            clerk, document = session.get_one(User, self.office.clerk_id), session.get_one(Incoming, draft_id)
            values = {"code": f"{draft_id}/SNV-VP"} | corrected
            drafts.amend(session, document, values, version=document.version, by=clerk, at=MORNING)
            seen = registration.unsure_fields(document)
            registration.register(session, document, by=clerk, at=MORNING, looked_at=seen)

    def store(self, *contents: str) -> None:
        with self.office.database.writing() as session:
            for one in contents:
                session.add(StoredFile(sha256=one * 64, size=1, media_type="application/pdf", stored_at=MORNING))

    def trial(self, definition: Definition, by: int = 0) -> Trial:
        with self.office.database.reading() as session:
            return try_out(session, session.get_one(User, by or self.office.clerk_id), definition)
