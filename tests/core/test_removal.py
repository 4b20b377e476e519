"""Promise 4, found later: one act removes what a document says and keeps the record of itself."""

import hashlib
import sqlite3
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import arrivals, dkim_checks, events, held, people, removal, sealing, verify
from core.arrivals import Named, Taken, Where
from core.errors import NotAllowed, Permanent, WrongState
from core.evidence import Evidence, Source
from core.files import Content, FolderStore, StoredFile
from core.incoming import drafts, registration
from core.incoming.drafts import DraftFile, NewDraft
from core.incoming.tables import FileRole, Incoming, Origin, State
from core.letters import Arrival, HeldLetter, MessageFile
from core.people import Role, User
from core.removal import Basis
from core.signing.checks import SignatureCheck
from core.signing.values import DkimFinding, DkimResult, Signature, Status, Trust

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
CANARY = "KHOA-BI-MAT-9f3c"
IDENTITY = hashlib.sha256(b"the letter").hexdigest()


@dataclass
class Case:
    """An office with one letter of two documents, the first of which is to be removed."""

    office: Any
    store: FolderStore
    folder: Path
    custodian_id: int
    secret_id: int
    other_id: int
    held_id: int

    def remove(self, by: int | None = None, reason: str = "Cơ quan gửi báo gửi nhầm") -> list[str]:
        with self.office.database.writing() as session:
            gone = removal.remove_content(
                session, session.get_one(Incoming, self.secret_id), Basis.RECALLED, reason,
                by=session.get_one(User, by or self.custodian_id), at=MORNING,
            )  # fmt: skip
        assert removal.erase(self.office.database, self.store, gone)
        return gone


def content(folder: Path, name: str, text: str) -> Content:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Content(path, digest, path.stat().st_size, "application/pdf")


@pytest.fixture
def case(office: Any, tmp_path: Path) -> Case:
    store, folder = FolderStore(tmp_path / "files"), tmp_path / "spool"
    folder.mkdir()
    letter = letter_of_two_papers(office, folder)
    with office.database.writing() as session, store.adding():
        store.add(*letter.contents())
        where = Where("imap", "van-thu", "INBOX", 1, 1, MORNING, 10)
        events.record_many(session, arrivals.record(session, [(where, letter)], at=MORNING), by=None, at=MORNING)
        custodian = people.add(session, "kha", "Hồ Minh Kha", {Role.CUSTODIAN}, "x", at=MORNING)
        held_id = held_copy(session)
        ids = session.scalars(sa.select(Incoming.id).order_by(Incoming.id)).all()
        clerk, document = session.get_one(User, office.clerk_id), session.get_one(Incoming, ids[0])
        drafts.set_file_role(session, document, 1, FileRole.ANNEX, by=clerk, at=MORNING)
        document.signer_name = document.receiver = CANARY  # a lesson then quotes it
        registration.register(session, document, by=clerk, at=MORNING)
        checked = dkim_checks.Unchecked(document.message_id or 0, "", 0, f"{CANARY}@x")
        dkim_checks.note(session, checked, DkimFinding(DkimResult.PASS, CANARY), at=MORNING)
        fact = events.Fact("downloaded", "incoming", ids[0], {"name": f"{CANARY}.pdf"})
        events.record_many(session, [fact], by=clerk.id, at=MORNING, chain=events.READINGS)
        return Case(office, store, folder, custodian.id, ids[0], ids[1], held_id)


def letter_of_two_papers(office: Any, folder: Path) -> Taken:
    """A zip with a paper to be removed and another one, named by the second paper too."""
    raw, secret, other, around = (
        content(folder, name, f"{name} {text}")
        for name, text in (("raw", CANARY), ("secret", CANARY), ("other", "plain"), ("zip", CANARY))
    )
    signed = Signature(CANARY, "", "", Status.INTACT, Trust.TRUSTED)
    secret = replace(secret, signatures=(signed,))
    named = [
        Named("goi.zip", around),
        Named(f"{CANARY}.pdf", secret, inside="goi.zip", warnings=(CANARY,)),
        Named("khac.pdf", other, inside="goi.zip"),
    ]
    wrapping = DraftFile("goi.zip", around.sha256, around.media_type, around.size, FileRole.ANNEX)
    papers = [
        paper(office, secret, f"{CANARY}.pdf", CANARY),
        paper(office, other, "khac.pdf", "Việc khác", wrapping),
    ]
    values = {
        "message_id": f"<{CANARY}@x>", "mail_class": "letter", "outcome": "draft", "subject": CANARY,
        "sender_name": CANARY, "sender_address": "vanthu@lamdong.gov.vn", "recipients": [CANARY], "in_reply_to": CANARY,
        "sent_at": None, "body_text": CANARY * 900, "reasons": [{"rule": "r", "evidence": CANARY}], "reports": [],
        "warnings": [CANARY], "signatures": [signed.to_json()],
    }  # fmt: skip
    return Taken(IDENTITY, raw, values, named, papers)


def paper(office: Any, file: Content, name: str, says: str, *more: DraftFile) -> NewDraft:
    proposed = {
        "subject": Evidence(says, 0.9, Source.TEXT, file.sha256, 1, None, says),
        "code": Evidence("12/UBND-VX", 0.9, Source.TEXT), "issued_on": Evidence("2026-06-01", 0.9, Source.TEXT),
        "issuer": Evidence("UBND tỉnh", 0.9, Source.TEXT), "kind": Evidence("Công văn", 0.9, Source.TEXT),
        "signer_name": Evidence("Lê Văn A", 0.9, Source.SUBJECT, None, None, None, CANARY),
    }  # fmt: skip
    main = DraftFile(name, file.sha256, file.media_type, file.size, FileRole.MAIN)
    return NewDraft(Origin.MAIL, office.book_id, None, MORNING, 0, proposed, (main, *more))


def held_copy(session: Session) -> int:
    """The same letter as it came another time, when it could not be read."""
    arrival = Arrival(mailbox="van-thu", folder="INBOX", uidvalidity=1, uid=2, state="held", seen_at=MORNING)
    session.add(arrival)
    session.flush()
    sealed = HeldLetter(
        arrival_id=arrival.id, reason="unreadable_time", mark=sealing.mark(sealing.mark_key(session), IDENTITY),
        size=1, sealed_path="f" * 32, seal_key=b"k" * 32, held_at=MORNING,
    )  # fmt: skip
    session.add(sealed)
    session.flush()
    return sealed.id


def everything(database: Any) -> str:
    """Every row of every table as text."""
    with database.reading() as session:
        tables = sa.inspect(session.connection()).get_table_names()
        return "\n".join(str(tuple(row)) for t in tables for row in session.execute(sa.text(f'SELECT * FROM "{t}"')))


def test_nothing_of_the_document_is_left_but_its_number_day_and_reason(case: Case) -> None:
    assert CANARY in everything(case.office.database)
    gone = case.remove()
    assert CANARY not in everything(case.office.database)
    assert len(gone) == 3, "the file, the archive around it, the raw letter"
    with case.office.database.reading() as session:
        assert session.scalars(sa.select(SignatureCheck)).all() == []
    left = [path.read_text(encoding="utf-8") for path in case.store.contents()]
    assert left == ["other plain"]
    with case.office.database.reading() as session:
        document = session.get_one(Incoming, case.secret_id)
        assert (document.arrival_number, document.state, str(document.arrived_on)) == (1, "registered", "2026-06-04")
        assert document.subject.startswith("(nội dung đã gỡ theo khoản 4 Điều 18")
        assert (document.remark, document.code, document.issuer) == ("Cơ quan gửi báo gửi nhầm", "", "")
        event = session.scalars(sa.select(events.Event).where(events.Event.act == "content_removed")).one()
        assert (event.actor_id, event.payload) == (
            case.custodian_id, {"basis": "thu_hoi", "reason": "Cơ quan gửi báo gửi nhầm", "files": 3},
        )  # fmt: skip


def test_the_other_document_of_the_letter_keeps_its_file_and_its_values(case: Case) -> None:
    case.remove()
    with case.office.database.reading() as session:
        other = session.get_one(Incoming, case.other_id)
        assert (other.subject, [file.name for file in other.files]) == ("Việc khác", ["khac.pdf"])
        assert other.proposed.keys() == {"subject", "code", "issued_on", "issuer", "kind"}, "the mail's words went"
        kept = session.scalars(sa.select(MessageFile.name)).all()
        assert kept == ["khac.pdf"]


def test_chains_numbers_and_files_verify_afterwards(case: Case, tmp_path: Path) -> None:
    case.remove()
    (tmp_path / "sealed").mkdir()
    with case.office.database.reading() as session:
        proof = verify.verify(session, case.store, tmp_path / "sealed")
        assert (proof.faults, proof.files, proof.entries) == ([], 1, 1)
        blanked = sa.select(events.Event.act).where(events.Event.payload.is_(sa.null())).order_by(events.Event.id)
        assert {"file_role_set", "downloaded"} <= set(session.scalars(blanked))


def test_a_held_copy_of_the_same_letter_loses_its_key(case: Case) -> None:
    case.remove()
    with case.office.database.reading() as session:
        copy = session.get_one(HeldLetter, case.held_id)
        assert (copy.seal_key, copy.decision) == (None, "declined")
        assert held.sealed_names(session) == set()


def test_the_letter_is_known_again_by_its_mark_alone(case: Case) -> None:
    with case.office.database.reading() as session:
        mark = sealing.mark(sealing.mark_key(session), IDENTITY)
        assert not removal.is_removed(session, mark)
    case.remove()
    assert IDENTITY not in everything(case.office.database)
    with case.office.database.reading() as session:
        assert removal.is_removed(session, mark)


def test_only_the_custodian_removes_once_and_with_a_reason(case: Case) -> None:
    for person in (case.office.clerk_id, case.office.leader_id):
        with pytest.raises(NotAllowed):
            case.remove(by=person)
    with pytest.raises(Permanent):
        case.remove(reason=" ")
    assert CANARY in everything(case.office.database), "a refused act changes nothing"
    case.remove()
    with pytest.raises(WrongState, match="đã gỡ rồi"):
        case.remove()


def test_a_draft_leaves_the_desk_and_does_not_come_back(case: Case) -> None:
    case.secret_id, case.other_id = case.other_id, case.secret_id
    case.remove()
    with case.office.database.writing() as session:
        draft = session.get_one(Incoming, case.secret_id)
        assert draft.state == State.DECLINED
        with pytest.raises(WrongState, match="đã gỡ"):
            drafts.take_back(session, draft, by=session.get_one(User, case.office.clerk_id), at=MORNING)


def test_a_file_that_another_letter_names_stays_and_is_pointed_out(case: Case) -> None:
    with case.office.database.writing() as session:
        secret = session.get_one(Incoming, case.secret_id).files[0]
        again = DraftFile("ban-sao.pdf", secret.sha256, "application/pdf", secret.size, FileRole.MAIN)
        new = NewDraft(Origin.DROPPED, case.office.book_id, None, MORNING, 0, {}, (again,))
        second = drafts.insert(session, new)
        twins = removal.twins(session, session.get_one(Incoming, case.secret_id))
        assert [(twin.id, twin.arrival_number) for twin in twins] == [(second, None)]
    assert secret.sha256 not in case.remove()
    assert case.store.path_of(secret.sha256).is_file()


def test_a_content_brought_again_in_the_same_moment_is_not_unlinked(case: Case) -> None:
    with case.office.database.writing() as session:
        gone = removal.remove_content(
            session, session.get_one(Incoming, case.secret_id), Basis.SECRET, "Báo mật",
            by=session.get_one(User, case.custodian_id), at=MORNING,
        )  # fmt: skip
        session.add(StoredFile(sha256=gone[0], size=1, media_type="x", stored_at=MORNING))
    removal.erase(case.office.database, case.store, gone)
    assert case.store.path_of(gone[0]).is_file()
    assert not any(case.store.path_of(sha256).exists() for sha256 in gone[1:])


def test_sqlite_keeps_no_residue_of_it_in_its_file_or_its_log(case: Case) -> None:
    if not case.office.database.is_sqlite:
        return
    path = Path(str(case.office.database.url.database))
    files = [path, path.with_name(path.name + "-wal")]
    assert any(CANARY.encode() in file.read_bytes() for file in files)
    case.remove()
    for file in files:
        assert CANARY.encode() not in file.read_bytes(), file.name
    assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_busy_database_after_the_commit_is_no_refusal_of_what_was_removed(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.db.LOCK_SECONDS", 0.1)
    monkeypatch.setattr(removal, "_FORGETTING_SECONDS", 0.1)
    with case.office.database.writing() as session:
        gone = removal.remove_content(
            session, session.get_one(Incoming, case.secret_id), Basis.SECRET, "Báo mật",
            by=session.get_one(User, case.custodian_id), at=MORNING,
        )  # fmt: skip
    with case.office.database.writing():  # somebody writes for long
        is_clean = removal.erase(case.office.database, case.store, gone)
    assert is_clean is not case.office.database.is_sqlite
    assert gone and not any(case.store.path_of(sha256).exists() for sha256 in gone)
