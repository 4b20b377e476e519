"""A rule from the clerk's hand to the register: a letter comes, the rule proposes, the clerk confirms."""

from datetime import UTC, date, datetime
from email.message import EmailMessage

import sqlalchemy as sa
from intake_office import Office, wait_until

from core import people, registers
from core.incoming import registration
from core.incoming.tables import Incoming
from core.letters import Exclusion, Message
from core.people import Role
from core.registers import Book
from core.rules import keeping
from core.rules.definition import Condition, Definition, How, Setting, What
from core.rules.tables import RuleUse
from core.rules.trying import Verdict, try_out
from core.search.tables import FileText, TextState
from demo.agencies import HEALTH
from demo.documents import Document

AT = datetime(2026, 6, 8, 1, 30, tzinfo=UTC)
SENDER = "vanthu@syt.lamdong.gov.vn"
RECEIVER = "Phòng Quản lý Khoa học"
OF_HEALTH = Definition(
    "Sở Y tế xin góp ý",
    (
        Condition(What.DOMAIN, How.EQUALS, "syt.lamdong.gov.vn"),
        Condition(What.FILE_NAME, How.CONTAINS, "gop y"),
        Condition(What.TEXT, How.MATCHES_BARE, r"ho so kem theo so (\d+/\S+?)[. ]"),
    ),
    (Setting("receiver", RECEIVER), Setting("in_reply_to", r"\1")),
)


def letter(number: int, subject: str = "Gửi văn bản", words: str = "") -> bytes:
    """A mail with one document, which names the papers that it goes with."""
    document = Document(
        HEALTH, str(number), date(2026, 6, 4), "góp ý dự thảo", addressees=("Sở Khoa học và Công nghệ.",),
        paragraphs=(f"Đề nghị quý cơ quan góp ý, hồ sơ kèm theo số 9{number}/SKHCN-VP. {words}",),
    )  # fmt: skip
    message = EmailMessage()
    message["From"], message["To"] = f"Văn thư Sở Y tế <{SENDER}>", "vanthu@skhcn.lamdong.gov.vn"
    message["Subject"], message["Message-ID"] = subject, f"<{number}@x>"
    message.set_content("Gửi kèm.")
    name = f"{number} Góp ý.pdf"
    message.add_attachment(document.pdf(), maintype="application", subtype="pdf", filename=name)
    return message.as_bytes()


def switch_on(office: Office) -> int:
    """The clerk makes the rule, tries it and switches it on."""
    with office.database.writing() as session:
        clerk = people.add(session, "lan", "Nguyễn Thị Lan", {Role.CLERK}, "x", at=AT)
        rule = keeping.make(session, OF_HEALTH, by=clerk, at=AT)
        keeping.note_trial(session, rule, try_out(session, clerk, OF_HEALTH), version=1, by=clerk, at=AT)
        keeping.switch(session, rule, on=True, by=clerk, at=AT)
        return rule.id


def newest(office: Office) -> Incoming:
    with office.database.reading() as session:
        found = session.scalars(sa.select(Incoming).order_by(Incoming.id.desc())).first()
        assert found is not None
        session.expunge(found)
        return found


def test_a_letter_comes_the_rule_proposes_the_clerk_confirms(office: Office) -> None:
    box = office.mailbox("vanthu")
    office.send(box, letter(1))
    assert office.take_in() == 0
    assert newest(office).receiver == ""
    rule_id = switch_on(office)
    office.send(box, letter(2))
    assert office.take_in() == 0
    draft = newest(office)
    assert (draft.receiver, draft.in_reply_to, draft.code) == (RECEIVER, "92/SKHCN-VP", "2/SYT-NVY")
    assert draft.proposed["receiver"]["source"] == "rule"
    assert registration.unsure_fields(draft) >= {"receiver", "in_reply_to"}, "no letter has proved the rule yet"
    with office.database.writing() as session:
        clerk, book = people.by_username(session, "lan"), session.scalars(sa.select(Book)).one()
        assert clerk is not None
        registers.open_series(session, book, 1, by=clerk, at=AT)
        for document in session.scalars(sa.select(Incoming).order_by(Incoming.id)):
            seen = registration.unsure_fields(document)
            registration.register(session, document, by=clerk, at=AT, looked_at=seen)
        assert session.get_one(RuleUse, (draft.id, rule_id)).version == 1
    with office.watching():
        wait_until(lambda: office.rows(FileText.state) == [(TextState.READ,)] * 2)
    with office.database.reading() as session:
        clerk = people.by_username(session, "lan")
        assert clerk is not None
        trial = try_out(session, clerk, OF_HEALTH)
    assert (trial.looked, trial.matched, trial.right, trial.wrong) == (2, 2, 1, 0)
    assert [[one.verdict for one in letter.compared] for letter in trial.letters][1] == [Verdict.EMPTY] * 2


def test_a_rule_comes_after_screening_and_can_let_nothing_past(office: Office) -> None:
    switch_on(office)
    box = office.mailbox("vanthu")
    office.send(box, letter(3, subject="TỐI MẬT: gửi văn bản"))
    assert office.take_in() == 0
    with office.database.reading() as session:
        assert session.scalars(sa.select(Exclusion.category)).all() == ["bi_mat"]
        assert session.scalars(sa.select(Incoming)).all() == [] == session.scalars(sa.select(Message)).all()


def test_with_rules_off_in_the_settings_the_fields_are_as_before(office: Office) -> None:
    switch_on(office)
    office.intake = office.intake.model_copy(update={"rules": False})
    office.send(office.mailbox("vanthu"), letter(4))
    assert office.take_in() == 0
    draft = newest(office)
    assert (draft.code, draft.receiver, draft.notes) == ("4/SYT-NVY", "", [])
