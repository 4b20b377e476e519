"""Finding documents by what they and their files say, on both databases alike."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import people
from core.incoming import drafts, registration
from core.incoming.drafts import DraftFile
from core.incoming.tables import FileRole, Incoming, State
from core.people import Role, User
from core.search import index, texts
from core.search.finding import Filters
from core.search.tables import FileText, SearchRow, TextState

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
BODY = "Bao cáo về việc triển khai cửa khẩu thông minh|trang hai nói về đường sắt đô thị"
HOSTILE = (
    '"', '""', '"góp ý', "*", "góp*", "(", ")", "góp) OR (ý", "a OR b", "NEAR(góp ý)", "exact : góp", "-góp", "^góp",
    "{exact} : x", "fts_rows", "'; DROP TABLE incoming; --", "góp & ý", "góp | !ý", "góp:*", "<->", "\\", "%", "_",
    "\x00", "góp\x00ý", "\ud800", "ǁ", "“”", "a" * 5000, "- " * 900, "😀", "١٢٣", "İ", "ß", "½", "e\u0301\u0301", "1e5",
    "$$", "E'\\''", ":1", "%s", "{0}", "\n\r\t", "AND", "NOT góp", "góp AND", "''", "`", "@@", "!", "&",
)  # fmt: skip


TYPED = (
    "góp ý", "gop y", "GÓP Ý", '"dự thảo quy chế"', '"du thao quy che"', "1234/UBND-KGVX", "1234/ubnd-kgvx", "kgvx",
    "03/06/2026", "3/6/2026", "3-6-2026", "ủy ban lâm đồng", "uỷ ban", "công văn 1234/UBND", "1234/UBND chuyen doi so",
    "go\u0301p y\u0301",
)  # fmt: skip
MISSED = (
    "gớp ý", "góp y", '"quy chế dự thảo"', "UBND/1234", "03/06/2025", "góp ý không có", "góp ý số 99", '"số 03"',
    "cong vạn",
)  # fmt: skip


def test_a_document_is_found_by_words_phrases_codes_and_dates(library: Any) -> None:
    wanted = library.draft()
    library.draft(code="9/TB-VP", subject="lịch trực Tết", issuer="Văn phòng", kind="Thông báo", issued_on="2026-01-02")
    library.follow()
    assert {typed: library.ids(typed) for typed in TYPED} == {typed: [wanted] for typed in TYPED}


def test_marks_order_in_phrases_and_every_word_count(library: Any) -> None:
    wanted = library.draft()
    library.follow()
    assert {typed: library.ids(typed) for typed in MISSED} == {typed: [] for typed in MISSED}
    assert library.ids("thảo dự") == [wanted], "words outside quotes stand in any order"


def test_nothing_typed_reaches_the_index_as_its_syntax(library: Any) -> None:
    library.draft(subject="Khác hẳn", code="77/ZZ", issuer="Bộ", kind="Chỉ thị", issued_on="2025-08-09")
    library.follow()
    assert {typed: library.ids(typed) for typed in HOSTILE} == {typed: [] for typed in HOSTILE}
    assert library.ids("zz*") == library.ids("(khác)") == library.ids("'hẳn'") == [1], "signs are left out, words stay"
    with library.office.database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Incoming)) == 1


def test_files_mail_and_numbers_are_found_too_each_with_its_words_marked(library: Any) -> None:
    letter = library.letter(subject="Hỏa tốc: họp bàn giao", sender="Sở Tài chính")
    first = library.draft(letter, (BODY,))
    library.draft()
    number = library.register(first)
    library.follow()
    assert library.ids("thông minh") == [], "nobody has read the file yet"
    library.read(BODY)
    library.follow()
    assert number == 1 and library.ids('"số đến 1"') == [first]
    for typed in ("cửa khẩu", "duong sat do thi", "bàn giao", "stc.lamdong.gov.vn", "Bao.pdf", "minh trang hai"):
        assert library.ids(typed) == [first], typed
    hit = library.found("cửa khẩu").hits[0]
    assert [piece.text for piece in hit.snippet if piece.is_hit] == ["cửa", "khẩu"]
    assert hit.place == "Bao.pdf" and "triển khai" in "".join(piece.text for piece in hit.snippet)
    mail = library.found("ban giao").hits[0]
    assert (mail.place, [piece.text for piece in mail.snippet if piece.is_hit]) == ("", ["bàn", "giao"])
    assert [p.text for p in library.found("chuyen doi").hits[0].subject if p.is_hit] == ["chuyển", "đổi"]


def test_the_newest_come_first_and_pages_follow_without_a_gap(library: Any) -> None:
    made = [library.draft() for _ in range(7)]
    library.follow()
    for typed in ("góp ý", "1234/UBND"):
        page = library.found(typed, limit=3)
        seen = [hit.id for hit in page.hits]
        while page.before is not None:
            page = library.found(typed, limit=3, before=page.before)
            seen += [hit.id for hit in page.hits]
        assert seen == made[::-1]


def test_each_person_finds_only_what_they_may_read(library: Any) -> None:
    office = library.office
    with office.database.writing() as session:
        others = {
            role: people.add(session, role.value, "X", {role}, "x", at=MORNING).id
            for role in (Role.SPECIALIST, Role.HEAD, Role.ADMIN, Role.CUSTODIAN)
        }
    entered, draft = library.draft(), library.draft()
    library.register(entered)
    library.follow()
    assert library.ids("góp ý") == [draft, entered]
    assert library.ids("góp ý", by=office.leader_id) == [entered], "drafts are the clerk's alone"
    for role, user_id in others.items():
        assert library.ids("góp ý", by=user_id) == [], role
        assert library.ids("", by=user_id, filters=Filters(kind="Công văn")) == [], role


def test_filters_narrow_with_words_and_without(library: Any) -> None:
    first = library.draft(urgency="hoa_toc")
    second = library.draft(kind="Quyết định", issuer="Bộ Khoa học và Công nghệ")
    third = library.draft()
    library.register(first)
    library.register(second, at=MORNING + timedelta(days=3))
    library.follow()
    june = date(2026, 6, 4)
    cases = {
        Filters(state=State.DRAFT): [third], Filters(urgency="hoa_toc"): [first], Filters(kind="Quyết định"): [second],
        Filters(issuer="khoa hoc"): [second], Filters(issuer="Uỷ ban"): [third, first],
        Filters(from_day=june, to_day=june): [first], Filters(from_day=date(2026, 6, 5)): [second],
        Filters(book_id=library.office.book_id): [third, second, first], Filters(year=2025): [],
        Filters(year=2026): [second, first],
        Filters(issuer="không có"): [],
    }  # fmt: skip
    for filters, wanted in cases.items():
        assert library.ids("góp ý", filters=filters) == wanted, filters
        assert library.ids("", filters=filters) == wanted, filters
    assert library.ids("") == [], "nothing asked finds nothing"
    assert library.ids("hỏa tốc") == [first]


def _amend(library: Any, incoming_id: int, **form: str) -> None:
    with library.office.database.writing() as session:
        document, clerk = session.get_one(Incoming, incoming_id), session.get_one(User, library.office.clerk_id)
        drafts.amend(session, document, form, version=document.version, by=clerk, at=MORNING)


def test_whatever_an_act_changes_is_found_after_the_index_has_followed(library: Any) -> None:
    draft = library.draft()
    library.follow()
    _amend(library, draft, subject="phòng cháy")
    assert library.follow() == 1
    assert (library.ids("góp ý"), library.ids("phòng cháy")) == ([], [draft])
    with library.office.database.writing() as session:
        content = library._content(session, b"them")
        drafts.add_files(session, draft, [DraftFile("bo-sung.pdf", content, "application/pdf", 1, FileRole.ANNEX)])
    assert library.follow() == 1 and library.ids("bo-sung") == [draft]
    library.register(draft)
    assert library.follow() == 1 and library.ids('"số đến 1"') == [draft]
    with library.office.database.writing() as session:
        document, clerk = session.get_one(Incoming, draft), session.get_one(User, library.office.clerk_id)
        registration.void(session, document, "Vào trùng lần nữa", by=clerk, at=MORNING)
    assert library.follow() == 1 and library.ids("vào trùng") == [draft]
    assert library.follow() == 0, "what has not changed is not indexed again"


def test_words_of_a_document_that_changed_meanwhile_are_not_written(library: Any) -> None:
    draft = library.draft()
    with library.office.database.reading() as session:
        prepared = index.prepare(session, draft)
    assert prepared is not None
    _amend(library, draft, subject="phòng cháy")
    with library.office.database.writing() as session:
        assert not index.store(session, prepared)
        assert session.get(SearchRow, draft) is None
    assert library.follow() == 1 and library.ids("góp ý") == []


def _state(session: Session) -> tuple[str, int, str]:
    row = session.scalars(sa.select(FileText)).one()
    return row.state, row.tries, row.problem


def test_a_file_that_cannot_be_read_is_tried_thrice_and_then_given_up(library: Any) -> None:
    library.draft(None, (BODY,))
    library.follow()
    database, at = library.office.database, MORNING
    for pause in (timedelta(0), timedelta(hours=1), timedelta(days=1)):
        at += pause
        with database.writing() as session:
            if pause:
                assert texts.next_waiting(session, at=at - timedelta(minutes=1)) is None
            waiting = texts.next_waiting(session, at=at)
            assert waiting is not None and waiting.media_type == "application/pdf"
            texts.note_failed(session, waiting.sha256, "memory", program="1", at=at)
    with database.writing() as session:
        assert _state(session) == (TextState.FAILED, 3, "memory")
        assert texts.next_waiting(session, at=at + timedelta(days=99)) is None
        assert texts.try_again(session, "1") == 0
        assert texts.try_again(session, "2") == 1, "a newer program may be able to"
        assert texts.next_waiting(session, at=at) is not None


def test_pages_that_nobody_could_read_are_tried_by_the_next_version(library: Any) -> None:
    draft = library.draft(None, (BODY,))
    library.follow()
    library.read(BODY)
    with library.office.database.writing() as session:
        assert texts.try_again(session, "2") == 0, "all of it was read"
        session.execute(sa.update(FileText).values(unread_pages=1))
        assert (texts.try_again(session, "1"), texts.try_again(session, "2")) == (0, 1)
    library.follow()
    assert library.ids("cửa khẩu") == [draft], "what was read is found meanwhile"


def test_the_newest_documents_files_are_read_first_and_each_content_once(library: Any) -> None:
    library.draft(None, ("cu hon",))
    newer = library.draft(None, ("moi hon", "cu hon"))
    library.follow()
    with library.office.database.reading() as session:
        rows = {row.sha256: row.newest for row in session.scalars(sa.select(FileText))}
        waiting = texts.next_waiting(session, at=MORNING)
        assert waiting is not None and rows[waiting.sha256] == newer and len(rows) == 2
