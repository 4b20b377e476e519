"""What rules cost: one draft with none, 10 and 100 of them on, in processor time; a trial over 500 past letters."""

import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlalchemy.orm import Session

from core import people, registers, schema
from core.db import Database
from core.evidence import Evidence, Source
from core.files import StoredFile
from core.incoming import drafts, registration
from core.incoming.drafts import DraftFile, NewDraft
from core.incoming.tables import FileRole, Incoming, Origin
from core.letters import Message
from core.people import Role, User
from core.registers import Book
from core.rules import keeping
from core.rules.definition import Condition, Definition, How, Setting, What
from core.rules.proposing import Said
from core.rules.trying import MOST_LETTERS, Trial, try_out
from core.search.tables import FileText, TextState

AT = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
LETTERS = 100
MOST_DRAFT_MS, MOST_TRIAL_MS = 20, 3000
PAGE = "Thực hiện Quyết định số 123/QĐ-UBND ngày 04 tháng 6 năm 2026 của Ủy ban nhân dân tỉnh, đề nghị các cơ quan "
TEXT = (PAGE * 200)[:20_000]


def main() -> int:
    """Measure on SQLite; 1 when a draft with 100 rules, or a trial, is over its bound."""
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'office.sqlite3'}")
        schema.upgrade(database)
        with database.writing() as session:
            book = Book(code="den", name="Sổ văn bản đến", direction=registers.Direction.INCOMING)
            session.add(book)
            clerk = people.add(session, "lan", "Nguyễn Thị Lan", {Role.CLERK}, "x", at=AT)
            registers.open_series(session, book, 1, by=clerk, at=AT)
            clerk_id = clerk.id
        for count in (0, 10, 100):
            _make_rules(database, clerk_id, count)
            took = _milliseconds_of_a_draft(database)
            missed += took > MOST_DRAFT_MS
            print(f"{count:4} rules on: {took:6.2f} ms a draft (at most {MOST_DRAFT_MS})")
        _enter_letters(database, clerk_id)
        for name, condition in (
            ("sender", Condition(What.DOMAIN, How.EQUALS, "lamdong.gov.vn")),
            ("text, words", Condition(What.TEXT, How.CONTAINS, "ủy ban nhân dân tỉnh")),
            ("text, expression", Condition(What.TEXT, How.MATCHES_BARE, r"quyet dinh so (\d+/\S+)")),
        ):
            definition = Definition("thử", (condition,), (Setting("receiver", "Văn phòng"),))
            began = time.perf_counter()
            with database.reading() as session:
                trial = try_out(session, session.get_one(User, clerk_id), definition)
            took = (time.perf_counter() - began) * 1000
            missed += took > MOST_TRIAL_MS
            print(f"trial by {name}: {trial.looked} letters, {took:.0f} ms (at most {MOST_TRIAL_MS})")
        database.close()
    return 1 if missed else 0


def _make_rules(database: Database, clerk_id: int, count: int) -> None:
    conditions = (
        (Condition(What.SENDER, How.EQUALS, "vanthu{n}@lamdong.gov.vn"),),
        (Condition(What.MAIL_SUBJECT, How.MATCHES, r"^Giấy mời số (\d+){n}"),),
        (Condition(What.TEXT, How.CONTAINS, "kính gửi phòng {n}"),),
        (Condition(What.TEXT, How.MATCHES_BARE, r"tra loi (so )?(\d+)/SKHCN-{n}\b"),),
    )
    with database.writing() as session:
        clerk = session.get_one(User, clerk_id)
        for n in range(len(keeping.in_order(session)), count):
            asked = tuple(Condition(c.what, c.how, c.value.replace("{n}", str(n))) for c in conditions[n % 4])
            definition = Definition(f"quy tắc {n}", asked, (Setting("receiver", "Văn phòng"),))
            rule = keeping.make(session, definition, by=clerk, at=AT)
            keeping.note_trial(session, rule, Trial(0, ()), version=1, by=clerk, at=AT)
            keeping.switch(session, rule, on=True, by=clerk, at=AT)


def _milliseconds_of_a_draft(database: Database) -> float:
    taken = []
    with database.writing() as session:
        for n in range(LETTERS):
            draft = _letter(session, n, ())
            began = time.thread_time()
            drafts.insert(session, draft)
            taken.append((time.thread_time() - began) * 1000)
        session.rollback()
    return statistics.median(taken)


def _letter(session: Session, n: int, files: tuple[DraftFile, ...]) -> NewDraft:
    read = {
        "issuer": "Sở Nội vụ",
        "kind": "Công văn",
        "subject": "góp ý",
        "code": f"{n}/SNV",
        "issued_on": "2026-06-03",
    }
    proposed = {name: Evidence(value, 0.95, Source.TEXT) for name, value in read.items()}
    words = TEXT.split()
    random.Random(n).shuffle(words)
    said = Said("Văn thư", f"Công văn số {n}", " ".join(words))
    message = Message(
        identity=f"{n} {time.perf_counter_ns()}", raw_size=1, mail_class="letter", outcome="draft",
        sender_address="vanthu@lamdong.gov.vn", subject=said.mail_subject, received_at=AT, taken_at=AT,
    )  # fmt: skip
    session.add(message)
    session.flush()
    at = AT + timedelta(minutes=n)
    return NewDraft(Origin.MAIL, 1, message.id, at, n, proposed, files, sender="vanthu@lamdong.gov.vn", said=said)


def _enter_letters(database: Database, clerk_id: int) -> None:
    with database.writing() as session:
        clerk = session.get_one(User, clerk_id)
        for n in range(MOST_LETTERS):
            sha256 = f"{n:064x}"
            session.add(StoredFile(sha256=sha256, size=1, media_type="application/pdf", stored_at=AT))
            session.flush()
            session.add(FileText(sha256=sha256, newest=n, text=TEXT * 3, state=TextState.READ))
            file = DraftFile(f"{n}.pdf", sha256, "application/pdf", 1, FileRole.MAIN)
            document = session.get_one(Incoming, drafts.insert(session, _letter(session, n, (file,))))
            registration.register(session, document, by=clerk, at=AT, looked_at=registration.unsure_fields(document))


if __name__ == "__main__":
    sys.exit(main())
