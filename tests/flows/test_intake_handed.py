"""Files that people hand over: dropped, attached, let in; each gets its answer."""

import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from intake_office import Office, letter, wait_until

from core import held, people, removal, requests
from core.files import StoredFile
from core.incoming.tables import FileRole, Incoming, IncomingFile
from core.letters import Exclusion, HeldLetter, IntakeRequest, Message
from core.people import Role, User
from ingest.mailbox import Session
from ingest.spool import spool_root

AT = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)


def custodian(office: Office) -> int:
    with office.database.writing() as session:
        user = people.add(session, "lan", "Lan", {Role.CLERK, Role.CUSTODIAN}, "x", at=AT)
        session.flush()
        return user.id


def ask(office: Office, user_id: int, name: str, content: bytes, incoming_id: int | None = None) -> Path:
    folder = spool_root(office.settings) / "dropped"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / secrets.token_hex(8)
    path.write_bytes(content)
    path.with_name(path.name + requests.NAME_SUFFIX).write_text(name)
    kind = "dropped" if incoming_id is None else "attached"
    with office.database.writing() as session:
        session.add(IntakeRequest(kind=kind, name="", spool_name=path.name, incoming_id=incoming_id,
                                  asked_by=user_id, asked_at=AT))  # fmt: skip
    return path


def answers(office: Office) -> list[str]:
    with office.database.reading() as session:
        return list(session.scalars(sa.select(IntakeRequest.answer).order_by(IntakeRequest.id)))


def all_answered(office: Office) -> bool:
    with office.database.reading() as session:
        return not requests.waiting(session)


def test_a_dropped_document_becomes_a_draft_and_the_same_again_does_not(office: Office) -> None:
    user = custodian(office)
    with office.watching():
        path = ask(office, user, "Công văn 12.pdf", b"%PDF-1.4 no pages")
        wait_until(lambda: all_answered(office))
        ask(office, user, "bản sao.pdf", b"%PDF-1.4 no pages")
        wait_until(lambda: all_answered(office))
    assert answers(office)[0].startswith("Đã đọc xong")
    assert answers(office)[1].startswith("Văn bản này đã có")
    assert not path.exists()
    with office.database.reading() as session:
        file = session.scalars(sa.select(IncomingFile)).one()
        assert (file.name, file.role) == ("Công văn 12.pdf", FileRole.MAIN)


def test_a_dropped_mail_is_read_like_one_that_came(office: Office) -> None:
    user = custodian(office)
    with office.watching():
        ask(office, user, "thu.eml", letter(1))
        wait_until(lambda: all_answered(office))
    with office.database.reading() as session:
        assert session.scalars(sa.select(Message.subject)).one() == "Công văn 1/UBND-KGVX"


def test_a_file_attached_to_a_draft_joins_its_files(office: Office) -> None:
    user = custodian(office)
    with office.watching():
        ask(office, user, "a.pdf", b"%PDF-1.4 a")
        wait_until(lambda: all_answered(office))
        with office.database.reading() as session:
            draft = session.scalars(sa.select(Incoming.id)).one()
        ask(office, user, "phụ lục.xlsx", b"PK not really", incoming_id=draft)
        wait_until(lambda: all_answered(office))
    assert answers(office)[1] == "Đã thêm 1 tệp vào dự thảo."
    with office.database.reading() as session:
        names = session.scalars(sa.select(IncomingFile.name).order_by(IncomingFile.position)).all()
        assert names == ["a.pdf", "phụ lục.xlsx"]
        assert session.scalars(sa.select(Message)).one()


def test_a_file_lost_with_the_spool_is_answered(office: Office) -> None:
    user = custodian(office)
    ask(office, user, "a.pdf", b"%PDF-1.4 a").unlink()
    with office.watching():
        wait_until(lambda: all_answered(office))
    assert "Thả lại tệp" in answers(office)[0]


TEXT_ONLY = (
    b"From: a@skhcn.gov.vn\r\nSubject: Gui van ban\r\nMessage-ID: <l@x>\r\n\r\nDe nghi quy co quan cho y kien.\r\n"
)


def test_a_held_letter_that_is_let_in_becomes_a_draft_and_its_seal_is_dead(office: Office) -> None:
    user = custodian(office)
    mailbox = office.mailbox("vanthu")
    office.send(mailbox, TEXT_ONLY)
    assert office.take_in() == 0
    with office.database.writing() as session:
        sealed = session.scalars(sa.select(HeldLetter)).one()
        assert TEXT_ONLY not in (office.settings.sealed_folder / str(sealed.sealed_path)).read_bytes()
        held.release_held(session, sealed, by=session.get_one(User, user), at=AT)
    with office.watching():
        wait_until(lambda: all_answered(office))
    with office.database.reading() as session:
        raw = session.scalars(sa.select(Message)).one().raw_sha256 or ""
        assert office.store.path_of(raw).read_bytes() == TEXT_ONLY
        assert session.scalars(sa.select(Incoming.id)).one()
        sealed = session.scalars(sa.select(HeldLetter)).one()
        assert (sealed.decision, sealed.seal_key) == ("released", None)
    assert office.take_in() == 0
    assert not list(office.settings.sealed_folder.iterdir())


def test_a_held_letter_that_a_disk_refuses_to_read_is_not_said_to_be_gone(office: Office) -> None:
    user = custodian(office)
    office.send(office.mailbox("vanthu"), TEXT_ONLY)
    assert office.take_in() == 0
    with office.database.writing() as session:
        sealed = session.scalars(sa.select(HeldLetter)).one()
        path = office.settings.sealed_folder / str(sealed.sealed_path)
        path.unlink()
        path.mkdir()  # what can't be read, whoever asks
        held.release_held(session, sealed, by=session.get_one(User, user), at=AT)
    with office.watching():
        wait_until(lambda: all_answered(office))
    assert answers(office)[0].startswith("Máy không ghi được văn bản này")


SECRET = (
    "From: a@skhcn.gov.vn\r\nSubject: (MẬT) Báo cáo KHOA-BI-MAT\r\nMessage-ID: <s@x>\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n\r\nĐộ mật: TỐI MẬT\r\nKHOA-BI-MAT\r\n"
).encode()


def test_a_suspected_secret_leaves_no_trace_and_a_false_alarm_is_fetched_again(office: Office) -> None:
    user = custodian(office)
    mailbox = office.mailbox("vanthu")
    office.send(mailbox, SECRET)
    assert office.take_in() == 0
    assert office.arrivals() == [(1, "excluded")]
    for path in (p for folder in (office.home / "data", office.home / "spool") for p in folder.rglob("*")):
        assert not path.is_file() or b"KHOA-BI-MAT" not in path.read_bytes(), path
    with office.database.writing() as session:
        excluded = session.scalars(sa.select(Exclusion)).one()
        assert (excluded.category, excluded.sender_address, excluded.subject) == ("bi_mat", "a@skhcn.gov.vn", None)
        held.release_exclusion(session, excluded, by=session.get_one(User, user), at=AT)
    with office.watching():
        wait_until(lambda: all_answered(office))
    with office.database.reading() as session:
        raw = session.scalars(sa.select(Message)).one().raw_sha256 or ""
        assert office.store.path_of(raw).read_bytes() == SECRET


def test_a_false_alarm_is_fetched_although_the_connection_breaks_first(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = custodian(office)
    office.send(office.mailbox("vanthu"), SECRET)
    assert office.take_in() == 0
    with office.database.writing() as session:
        excluded = session.scalars(sa.select(Exclusion)).one()
        held.release_exclusion(session, excluded, by=session.get_one(User, user), at=AT)
    whole, cuts = Session.bodies, list[int]()

    def cut_once(self: Session, *arguments: Any) -> Any:
        if not cuts:
            cuts.append(1)
            raise ConnectionResetError
        return whole(self, *arguments)

    monkeypatch.setattr(Session, "bodies", cut_once)
    with office.watching():
        wait_until(lambda: all_answered(office))
    assert cuts
    assert answers(office)[0].startswith("Đã đọc xong")


def test_a_dropped_secret_leaves_not_even_its_name(office: Office) -> None:
    user = custodian(office)
    with office.watching():
        path = ask(office, user, "KHOA-BI-MAT.eml", SECRET)
        wait_until(lambda: all_answered(office))
        wait_until(lambda: not path.exists())
    assert answers(office)[0].startswith("Tệp có dấu hiệu")
    office.database.close()  # the write-ahead log is written back
    for found in (p for folder in (office.home / "data", office.home / "spool") for p in folder.rglob("*")):
        assert not found.is_file() or b"KHOA-BI-MAT" not in found.read_bytes(), found


def test_a_file_that_cannot_be_taken_up_does_not_delay_the_next(office: Office) -> None:
    user = custodian(office)
    poison = ask(office, user, "a.pdf", b"%PDF-1.4 a")
    poison.unlink()
    poison.mkdir()
    ask(office, user, "b.pdf", b"%PDF-1.4 b")
    with office.watching():
        wait_until(lambda: all_answered(office))
    assert answers(office)[0].startswith("Máy không ghi được văn bản này")
    assert answers(office)[1].startswith("Đã đọc xong")


def test_a_letter_too_large_for_the_spool_is_held_in_its_mailbox_and_says_where_it_lies(office: Office) -> None:
    user = custodian(office)
    mailbox = office.mailbox("vanthu")
    office.intake = office.intake.model_copy(update={"spool_megabytes": 16})
    office.send(mailbox, letter(1, size=8 << 20), letter(2))
    assert office.take_in() == 0
    assert office.arrivals() == [(1, "held"), (2, "taken")]
    with office.database.writing() as session:
        large = session.scalars(sa.select(HeldLetter)).one()
        assert (large.reason, large.seal_key) == ("too_large", None)
        held.release_held(session, large, by=session.get_one(User, user), at=AT)
    with office.watching():
        wait_until(lambda: all_answered(office))
    assert answers(office)[0].startswith("Thư còn nguyên ở hộp thư")


def test_a_letter_whose_content_was_removed_is_left_out_when_it_comes_again(office: Office) -> None:
    user = custodian(office)
    office.send(office.mailbox("vanthu"), letter(1))
    assert office.take_in() == 0
    with office.database.writing() as session:
        by, document = session.get_one(User, user), session.scalars(sa.select(Incoming)).one()
        gone = removal.remove_content(session, document, removal.Basis.SECRET, "Báo nhầm", by=by, at=AT)
    assert removal.erase(office.database, office.store, gone)
    office.send(office.mailbox("second"), letter(1, trace="by another route"))
    assert office.take_in() == 0
    with office.database.reading() as session:
        left = session.scalars(sa.select(Exclusion)).one()
        assert (left.category, left.rule, left.subject) == ("bi_mat", "content_removed", None)
        assert not session.scalars(sa.select(StoredFile)).all()
    assert not list(office.store.contents()), "nothing of it touched the store again"
