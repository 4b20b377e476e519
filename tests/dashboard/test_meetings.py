"""Invitations, deadlines with what silence means, and letters for another office, as the clerk sees them."""

from html import unescape
from typing import Any

import pytest
from desk_documents import ASKS, FOR_OTHERS, INVITATION, lay_document
from desk_papers import Paper, form_in, lay, open_book
from starlette.testclient import TestClient

from core.incoming.tables import Incoming
from core.search import index
from dashboard.web import Office

REASON = "Gửi nhầm cơ quan"


@pytest.fixture
def lan(signed_in: Any, office: Office) -> TestClient:
    """The clerk's browser; the book is open."""
    open_book(office, 1)
    browser: TestClient = signed_in("lan")
    return browser


def enter(lan: TestClient, draft: int, **typed: str) -> Any:
    form = form_in(lan.get(f"/den/{draft}").text) | {"looked_all": "1"} | typed
    return lan.post(f"/den/{draft}/vao-so", data=form, follow_redirects=False)


def test_an_invitation_shows_when_where_and_who_with_its_evidence(lan: TestClient, office: Office) -> None:
    draft = lay_document(office, INVITATION)
    page = lan.get(f"/den/{draft}").text
    form = form_in(page)
    assert (form["event_at"], form["event_place"], form["invited"]) == (
        "24/11/2026 14:00", "Phòng họp số 2, Trung tâm Hành chính tỉnh",
        "Lãnh đạo Sở Khoa học và Công nghệ; Lãnh đạo Sở Tài chính",
    )  # fmt: skip
    for name in ("event_at", "event_place", "invited"):
        assert f'data-place-of="{name}"' in page and f'id="passage-{name}"' in page
    assert '<details class="meeting" open>' in page
    assert "Họp 14:00 24/11/2026, Phòng họp số 2, Trung tâm Hành chính tỉnh" in page, "in the queue"
    assert "gửi nhầm" not in page.split('class="entry-form"')[0]


def test_what_the_clerk_says_of_the_meeting_is_kept_shown_and_found(lan: TestClient, office: Office) -> None:
    draft = lay_document(office, INVITATION)
    assert (
        enter(lan, draft, event_at="25/11/2026 8h30", event_place="Hội trường Đam San", due_at="30/11/2026").status_code
        == 303
    )
    entry = lan.get(f"/den/{draft}").text
    for words in ("<dd>08:30 25/11/2026</dd>", "Hội trường Đam San", "Thành phần mời", "Lãnh đạo Sở Tài chính"):
        assert words in entry
    assert "Họp 08:30 25/11/2026, Hội trường Đam San" in lan.get("/so-den/den/2026").text
    with office.database.writing() as session:
        for behind in index.behind(session, 9):
            prepared = index.prepare(session, behind)
            assert prepared is not None and index.store(session, prepared)
    # Also by the day of a deadline, as people write it.
    for typed in ("dam san", "30/11/2026", "25/11/2026", '"8 giờ 30"', "08h30", "lãnh đạo sở tài chính"):
        hits = lan.get("/tim", params={"q": typed}).text
        assert f'href="/den/{draft}"' in hits and "họp 08:30 25/11/2026" in hits, typed


def test_an_hour_that_is_none_is_refused_at_its_field(lan: TestClient, office: Office) -> None:
    answer = enter(lan, lay_document(office, INVITATION), event_at="25/11/2026 25:00")
    assert answer.status_code == 422
    assert 'id="error-event_at">Giờ không đọc được' in answer.text


def test_what_is_no_invitation_has_its_boxes_folded_and_blank(lan: TestClient, office: Office) -> None:
    draft = lay(office, Paper(5), received_at=office.clock())
    page = lan.get(f"/den/{draft}").text
    assert '<details class="meeting">' in page and form_in(page)["event_at"] == ""
    saved = form_in(page) | {"kind": "Giấy mời"}
    assert '<details class="meeting" open>' in lan.post(f"/den/{draft}/luu", data=saved).text


def test_what_silence_means_stands_beside_the_deadline(lan: TestClient, office: Office) -> None:
    draft = lay_document(office, ASKS)
    page = lan.get(f"/den/{draft}").text
    said = "Quá thời hạn trên, coi như thống nhất với dự thảo"
    assert form_in(page)["due_at"] == "25/11/2026 16:00"
    assert f"<q>{said}</q>" in page.split('id="f-due_at"')[1] and 'data-place-of="silence"' in page
    assert enter(lan, draft).status_code == 303
    assert f"<dt>Không trả lời</dt><dd><q>{said}</q></dd>" in lan.get(f"/den/{draft}").text


def test_a_letter_for_another_office_is_proposed_for_return(lan: TestClient, office: Office) -> None:
    draft = lay_document(office, FOR_OTHERS)
    page = unescape(lan.get(f"/den/{draft}").text)
    assert "Có thể gửi nhầm: văn bản gửi «Sở Nông nghiệp và Môi trường tỉnh Lâm Đồng»" in page
    assert "có thể gửi nhầm</span>" in page and f'value="{REASON}" required' in page
    form = {"csrf": form_in(page)["csrf"], "reason": REASON}
    assert lan.post(f"/den/{draft}/khong-cap-nhat", data=form, follow_redirects=False).status_code == 303
    with office.database.reading() as session:
        document = session.get_one(Incoming, draft)
        assert (document.state, document.closed_reason) == ("declined", REASON)


def test_a_letter_for_us_has_no_reason_written_down(lan: TestClient, office: Office) -> None:
    page = lan.get(f"/den/{lay_document(office, ASKS)}").text
    assert f'value="{REASON}" required' not in page and "Có thể gửi nhầm" not in page


def test_an_hour_that_an_earlier_version_misread_bars_nobody(lan: TestClient, office: Office) -> None:
    draft = lay_document(office, ASKS)
    with office.database.writing() as session:
        session.get_one(Incoming, draft).due_at = "2026-11-25T16:75"
    assert form_in(lan.get(f"/den/{draft}").text)["due_at"] == "25/11/2026 16:75"
    with office.database.reading() as session:
        assert index.prepare(session, draft) is not None


def test_a_place_and_guests_that_are_markup_stay_words_on_every_page(lan: TestClient, office: Office) -> None:
    draft = lay_document(office, INVITATION)
    bad = "\"'><script>alert(1)</script>"
    assert enter(lan, draft, event_place=f"Phòng\0 họp {bad}", invited=bad, remark=bad).status_code == 303
    with office.database.writing() as session:
        assert session.get_one(Incoming, draft).event_place == f"Phòng họp {bad}", "PostgreSQL takes no NUL"
        for behind in index.behind(session, 9):
            prepared = index.prepare(session, behind)
            assert prepared is not None and index.store(session, prepared)
    for path in (f"/den/{draft}", "/so-den/den/2026", "/so-den/den/2026/in", "/tim?tu=alert"):
        page = lan.get(path)
        assert page.status_code == 200 and "<script>alert" not in page.text, path
