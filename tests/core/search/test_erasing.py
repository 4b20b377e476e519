"""Promise 4 in the search tables: after a removal no word of the document stands in them or the database's files."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import people, removal
from core.files import FolderStore
from core.incoming.tables import Incoming
from core.people import Role, User
from core.removal import Basis
from core.search import erasing
from core.search.tables import FileText, SearchRow

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
CANARY = "Zqkhoábímật9f3c"  # one word to every index
# FTS5 writes of a word only what differs from the word before it: its tail tells.
FORMS = [form.encode() for form in (CANARY[2:], CANARY[2:].casefold(), "khoabimat9f3c")]
SECRET, OTHER = f"Mat {CANARY} trong tep", "Khac viec khac"


def _remove(library: Any, incoming_id: int, store: FolderStore) -> None:
    with library.office.database.writing() as session:
        custodian = people.add(session, f"kha{incoming_id}", "Kha", {Role.CUSTODIAN}, "x", at=MORNING)
        gone = removal.remove_content(
            session, session.get_one(Incoming, incoming_id), Basis.SECRET, "Báo mật",
            by=session.get_one(User, custodian.id), at=MORNING,
        )  # fmt: skip
    assert removal.erase(library.office.database, store, gone)


def _bytes_of(path: Path) -> bytes:
    return b"".join(found.read_bytes() for found in path.parent.glob(path.name + "*"))


def _filled(library: Any) -> tuple[int, int]:
    """A secret paper and another of the same letter, whose subject says it too; both read and indexed."""
    letter = library.letter(subject=f"Thư {CANARY}")
    secret = library.draft(letter, (SECRET,), subject=f"Việc {CANARY}")
    other = library.draft(letter, (OTHER,), subject="Việc khác")
    library.register(secret)
    library.follow()
    library.read(SECRET, OTHER)
    library.follow()
    return secret, other


def test_nothing_of_it_is_found_and_the_letters_other_paper_still_is(library: Any, tmp_path: Path) -> None:
    secret, other = _filled(library)
    assert library.ids(CANARY) == [other, secret]
    _remove(library, secret, FolderStore(tmp_path / "files"))
    assert library.ids(CANARY) == [] == library.ids("tep"), "at once, before the index has followed"
    library.follow()
    assert library.ids(CANARY) == []
    assert library.ids("việc khác") == [other]
    assert library.ids("báo mật") == [secret], "what is left of it can be found by its reason"
    with library.office.database.reading() as session:
        kept = session.scalars(sa.select(FileText.text)).all()
        words = session.scalars(sa.select(SearchRow.exact)).all()
    assert kept == [OTHER] and not any(CANARY.casefold() in text for text in words)


def test_a_paper_of_no_letter_takes_no_other_out_of_the_index(library: Any, tmp_path: Path) -> None:
    secret, other = library.draft(subject=CANARY), library.draft(subject="Việc khác")
    library.follow()
    _remove(library, secret, FolderStore(tmp_path / "files"))
    assert (library.ids(CANARY), library.ids("việc khác")) == ([], [other])


def test_sqlite_keeps_no_word_of_it_in_any_of_its_files(library: Any, tmp_path: Path) -> None:
    if not library.office.database.is_sqlite:
        return
    path = Path(str(library.office.database.url.database))
    secret, _ = _filled(library)
    for number in range(30):  # the index has many parts, and goes on
        library.draft(subject=f"Việc thứ {number}")
        library.follow()
    assert all(form in _bytes_of(path) for form in FORMS[1:])
    _remove(library, secret, FolderStore(tmp_path / "files"))
    assert [form for form in FORMS if form in _bytes_of(path)] == []
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.execute("INSERT INTO fts_rows(fts_rows, rank) VALUES ('integrity-check', 1)")
    connection.close()
    library.follow()
    assert len(library.ids("việc thứ", limit=99)) == 30


def test_a_merge_that_was_cut_short_is_due_until_it_is_done(library: Any) -> None:
    if not library.office.database.is_sqlite:
        return
    database = library.office.database
    path = Path(str(database.url.database))
    secret, _ = _filled(library)
    with database.writing() as session:
        custodian = people.add(session, "kha", "Kha", {Role.CUSTODIAN}, "x", at=MORNING)
        removal.remove_content(
            session, session.get_one(Incoming, secret), Basis.SECRET, "Báo mật",
            by=session.get_one(User, custodian.id), at=MORNING,
        )  # fmt: skip
    database.forget()
    assert FORMS[2] in _bytes_of(path), "the process died here: the index still has the word"
    library.follow()
    assert erasing.merge(database) and not erasing.merge(database)
    database.forget()
    assert [form for form in FORMS if form in _bytes_of(path)] == []


def test_a_removal_during_a_merge_makes_it_begin_again(library: Any) -> None:
    if not library.office.database.is_sqlite:
        return
    with library.office.database.writing() as session:
        for _ in range(2):
            erasing.ask(session)
    assert erasing.merge(library.office.database)
    assert not erasing.merge(library.office.database)


def test_a_text_read_while_its_document_was_being_removed_is_not_kept(library: Any, tmp_path: Path) -> None:
    letter = library.letter()
    secret = library.draft(letter, (SECRET,))
    library.follow()
    _remove(library, secret, FolderStore(tmp_path / "files"))
    library.read(SECRET)  # the reader had begun before
    with library.office.database.reading() as session:
        assert _texts(session) == []


def _texts(session: Session) -> list[str]:
    return list(session.scalars(sa.select(FileText.sha256)))
