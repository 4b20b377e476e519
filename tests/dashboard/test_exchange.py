"""Thay thế, cập nhật, thu hồi, trạng thái: what packages say, as the clerk and the custodian see and answer it."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from desk_papers import Paper, form_in, lay, open_book

from core import exchange
from core.edxml import Kind, Reference
from core.exchange import Exchange, Notice, PackageNotice
from core.files import StoredFile
from core.incoming.tables import Incoming, State
from core.letters import Message
from dashboard.incoming import notes
from dashboard.reports import STATUSES
from dashboard.web import Office

LOST = Reference("", "99/STC-NS", date(2026, 5, 1))


@pytest.fixture
def papers(office: Office) -> tuple[int, int]:
    """Two drafts on the desk: one to be entered first, and one whose package says it replaces the first and another."""
    open_book(office, 12)
    old = lay(office, Paper(1), received_at=office.clock())
    new = lay(office, Paper(7), received_at=office.clock())
    with office.database.writing() as session:
        first, second = session.get_one(Incoming, old), session.get_one(Incoming, new)
        first.exchange_id = "x-1"
        made = Exchange(Kind.REPLACEMENT, "x-2", "Sai <b>số liệu</b>", (Reference("x-1", first.code), LOST))
        second.exchange_id, second.exchange = "x-2", made.to_json()
    return old, new


def noted(office: Office, about: Reference, kind: Kind = Kind.RECALL, code: str = "13") -> int:
    """A letter whose package speaks of a document; returns the notice's id."""
    with office.database.writing() as session:
        count = session.execute(sa.select(sa.func.count(Message.id))).scalar_one()
        session.add(StoredFile(sha256=f"{count:064}", size=1, media_type="x", stored_at=office.clock()))
        session.flush()
        said = {"recipient": "Sở Tài chính", "action": kind.value, "status": code, "text": "Ban hành <i>nhầm</i>",
                "original_message_id": None, "about": about.in_words}  # fmt: skip
        letter = Message(
            identity=f"notice {count}", raw_sha256=f"{count:064}", raw_size=1, mail_class="letter", outcome="report",
            sender_address="vanthu@stc.lamdong.gov.vn", received_at=office.clock(), taken_at=office.clock(),
            reports=[said], reasons=[{"rule": f"edxml_{kind}", "evidence": ""}],
        )  # fmt: skip
        session.add(letter)
        session.flush()
        told = Notice(kind, code, "H36", "Sở Tài chính", about, "Ban hành <i>nhầm</i>")
        exchange.note(session, letter.id, [told], at=office.clock())
        newest: int = session.execute(sa.select(sa.func.max(PackageNotice.id))).scalar_one()
        return newest


def enter(desk: Any, draft_id: int) -> Any:
    form = form_in(desk.get(f"/den/{draft_id}").text) | {"looked_all": "1"}
    return desk.post(
        f"/den/{draft_id}/vao-so", data={k: v for k, v in form.items() if v != "-"}, follow_redirects=False
    )


def state(office: Office, incoming_id: int) -> tuple[str, bool]:
    with office.database.reading() as session:
        found = session.get_one(Incoming, incoming_id)
        return found.state, found.removed_at is not None


def test_a_replacement_names_what_it_replaces_and_both_entries_say_so(
    papers: tuple[int, int], signed_in: Any, office: Office
) -> None:
    (old, new), desk = papers, signed_in("lan")
    before = desk.get(f"/den/{new}").text
    assert "văn bản này thay thế văn bản đã gửi" in before
    assert "Sai &lt;b&gt;số liệu" in before
    assert f'<a href="/den/{old}">văn bản cũ</a> <span class="quiet">còn chờ ở bàn văn thư' in before
    assert "Thay thế 99/STC-NS ngày 01/05/2026: <span" in before
    assert "lien-quan-" not in before  # nothing in the register yet
    assert enter(desk, old).status_code == 303
    assert "khi vào sổ, ghi «thay thế số đến 12»" in desk.get(f"/den/{new}").text
    assert enter(desk, new).status_code == 303
    assert f'Thay thế <a href="/den/{old}">số đến 12</a>' in desk.get(f"/den/{new}").text
    entry = desk.get(f"/den/{old}").text
    assert f'Được thay thế bởi <a href="/den/{new}">số đến 13</a>' in entry
    assert "Được thay thế bởi số đến 13</li>" in entry  # what it went through


def test_an_unticked_entry_is_not_linked_and_stays_unticked(
    papers: tuple[int, int], signed_in: Any, office: Office
) -> None:
    (old, new), desk = papers, signed_in("lan")
    enter(desk, old)
    tick = f"lien-quan-{old}"
    form = form_in(desk.get(f"/den/{new}").text)
    assert (form[tick], form["lien-quan"]) == ("1", str(old))
    del form[tick]
    refused = desk.post(f"/den/{new}/vao-so", data=form | {"issued_on": "32/13/2026"})
    assert (refused.status_code, tick in form_in(refused.text)) == (422, False)
    desk.post(f"/den/{new}/luu", data=form)
    assert tick not in form_in(desk.get(f"/den/{new}").text)
    enter(desk, new)
    assert "Được thay thế" not in desk.get(f"/den/{old}").text


def test_a_recall_stands_on_the_desk_on_its_document_and_in_the_list(
    papers: tuple[int, int], signed_in: Any, office: Office
) -> None:
    (old, new), desk = papers, signed_in("lan")
    enter(desk, old)
    noted(office, Reference("x-1"))
    noted(office, Reference("x-2"))
    noted(office, LOST)
    assert "3 yêu cầu thu hồi văn bản</a>" in desk.get("/den").text
    page = desk.get(f"/den/{new}").text
    assert "Sở Tài chính thu hồi văn bản này" in page
    assert "Ban hành &lt;i&gt;nhầm" in page
    assert 'value="Nơi gửi thu hồi văn bản (khoản 4 Điều 18 NĐ 30)"' in page
    assert "nhờ người giữ thư gỡ nội dung; số đến được giữ lại" in desk.get(f"/den/{old}").text
    listed = desk.get("/thu-hoi").text
    for words in (
        "số đến 12 ngày",
        "dự thảo chưa vào sổ",
        "chưa thấy văn bản này",
        "thư của vanthu@stc.lamdong.gov.vn",
    ):
        assert words in listed
    assert (state(office, old), state(office, new)) == ((State.REGISTERED, False), (State.DRAFT, False))
    desk.post(f"/den/{new}/khong-cap-nhat", data=form_in(desk.get(f"/den/{new}").text) | {"reason": "Nơi gửi thu hồi"})
    assert "2 yêu cầu thu hồi văn bản</a>" in desk.get("/den").text


def test_the_custodian_removes_what_was_recalled_and_the_request_is_closed(
    papers: tuple[int, int], signed_in: Any, office: Office
) -> None:
    (old, _), desk = papers, signed_in("lan")
    enter(desk, old)
    noted(office, Reference("x-1"))
    custodian = signed_in("kha")
    assert f'href="/den/{old}/go-noi-dung?can-cu=thu_hoi"' in custodian.get("/thu-hoi").text
    page = custodian.get(f"/den/{old}/go-noi-dung?can-cu=thu_hoi").text
    assert '<option value="thu_hoi" selected>' in page
    form = {"csrf": page.partition('name="csrf" value="')[2].partition('"')[0], "basis": "thu_hoi", "reason": "thu hồi"}
    assert custodian.post(f"/den/{old}/go-noi-dung", data=form).status_code == 200
    assert state(office, old) == (State.REGISTERED, True)
    assert "Không có yêu cầu thu hồi nào" in custodian.get("/thu-hoi").text


def test_a_clerk_closes_a_request_with_a_reason(papers: tuple[int, int], signed_in: Any, office: Office) -> None:
    desk, notice = signed_in("lan"), noted(office, LOST)
    page = desk.get("/thu-hoi").text
    csrf = {"csrf": page.partition('name="csrf" value="')[2].partition('"')[0]}
    refused = desk.post(f"/thu-hoi/{notice}/khep", data=csrf | {"reason": "ab"})
    assert (refused.status_code, 'value="ab"' in refused.text) == (422, True)
    assert "Ghi rõ lý do" in refused.text
    done = desk.post(f"/thu-hoi/{notice}/khep", data=csrf | {"reason": "Văn bản này chưa từng đến"})
    assert "Đã khép yêu cầu thu hồi" in done.text
    again = desk.post(f"/thu-hoi/{notice}/khep", data=csrf | {"reason": "Văn bản này chưa từng đến"})
    assert "đã khép lại" in again.text


@pytest.mark.parametrize("username", ["hung", "mai", "binh", "quan"])
def test_others_do_not_see_recalls(papers: tuple[int, int], signed_in: Any, office: Office, username: str) -> None:
    noted(office, Reference("x-1"))
    found = signed_in(username).get("/thu-hoi")
    assert found.status_code in (403, 404)
    assert "Ban hành" not in found.text


def test_every_status_is_told_in_words_with_its_document(signed_in: Any, office: Office) -> None:
    for code in (*STATUSES, "07"):
        noted(office, Reference("", "45/SKHCN-VP", date(2026, 6, 4)), Kind.STATUS, code)
    noted(office, Reference(), Kind.STATUS, "03")
    noted(office, LOST)
    page = signed_in("lan").get("/bao-nhan?loai=status").text
    for words in (*STATUSES.values(), "Trạng thái chưa rõ", "Về văn bản 45/SKHCN-VP ngày 04/06/2026",
                  "Không nêu văn bản nào", "Trạng thái xử lý văn bản, gói edXML"):  # fmt: skip
        assert words in page
    assert "99/STC-NS" not in page
    recalls = signed_in("lan").get("/bao-nhan?loai=recall").text
    assert "Về văn bản 99/STC-NS ngày 01/05/2026, <a href" in recalls


@pytest.mark.parametrize("code", ["package_lacks", "package_headers", "package_disagrees", "recall", "damaged_package"])
def test_every_note_on_packages_has_words(code: str) -> None:
    assert "«goi.edxml»" in notes.in_words(f"{code}:goi.edxml")
    assert notes.in_short(f"{code}:goi.edxml") != f"{code}:goi.edxml"
