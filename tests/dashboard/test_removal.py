""" "Gỡ nội dung" on its pages: found by the custodian, confirmed with law and reason, printed in the register."""

from typing import Any

import sqlalchemy as sa

from core import people
from core.files import FolderStore, StoredFile
from core.incoming.tables import FileRole, Incoming, IncomingFile
from core.people import Role

CANARY = "KHOA-BI-MAT"
SHA256 = "ab" * 32
REASON = "UBND tỉnh báo thu hồi ngày 18/11/2026"


def with_secret(office: Any) -> None:
    """Entry 3 says the canary and has it as a file."""
    FolderStore(office.settings.files_folder).path_of(SHA256).write_text(CANARY)
    with office.database.writing() as session:
        session.get_one(Incoming, 3).subject = CANARY
        session.add(StoredFile(sha256=SHA256, size=len(CANARY), media_type="text/plain", stored_at=office.clock()))
        session.flush()
        session.add(
            IncomingFile(incoming_id=3, position=1, name=f"{CANARY}.txt", sha256=SHA256, media_type="text/plain",
                         size=len(CANARY), role=FileRole.MAIN)
        )  # fmt: skip


def token_of(browser: Any, path: str = "/doi-mat-khau") -> str:
    return str(browser.get(path).text.split('name="csrf" value="', 1)[1].split('"', 1)[0])


def remove(browser: Any, **form: str) -> Any:
    return browser.post("/den/3/go-noi-dung", data={"csrf": token_of(browser), **form})


def test_the_custodian_finds_it_by_its_number_or_by_the_address_of_its_page(full_office: Any, signed_in: Any) -> None:
    browser = signed_in("kha")
    for query in ("so=1200&nam=2026", "so=1.200", "trang=http%3A%2F%2Fmay-chu%2Fden%2F3"):
        answer = browser.get(f"/go-noi-dung?{query}", follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/den/3/go-noi-dung")
    assert "Không có văn bản nào như vậy" in browser.get("/go-noi-dung?so=99999").text


def test_removed_content_is_nowhere_on_the_pages_and_the_register_says_why(full_office: Any, signed_in: Any) -> None:
    with_secret(full_office)
    clerk, custodian = signed_in("lan"), signed_in("kha")
    pages = ("/den/3", "/den/3/xem", "/so-den/den/2026?den-so=1201", "/so-den/den/2026/in", "/so-den/den/2026/so.csv")
    assert all(CANARY in clerk.get(page).text for page in pages)
    done = remove(custodian, basis="thu_hoi", reason=REASON)
    assert "Đã gỡ nội dung, xóa 1 tệp." in done.text
    for page in pages:
        shown = clerk.get(page).text
        assert CANARY not in shown, page
        assert page == "/den/3/xem" or ("nội dung đã gỡ theo khoản 4 Điều 18" in shown and REASON in shown), page
    assert "Gỡ nội dung: " + REASON in clerk.get("/den/3").text
    assert clerk.get("/tep/3/1").status_code == clerk.get("/trang/3/1/1.png").status_code == 404
    assert not full_office.store.path_of(SHA256).exists()


def test_without_law_and_reason_nothing_is_removed(full_office: Any, signed_in: Any) -> None:
    with_secret(full_office)
    browser = signed_in("kha")
    for form, sentence in (({"reason": REASON}, "Chọn căn cứ"), ({"basis": "bi_mat", "reason": " "}, "Ghi rõ lý do")):
        answer = remove(browser, **form)
        assert (answer.status_code, sentence in answer.text) == (422, True)
    assert full_office.store.path_of(SHA256).exists()
    with full_office.database.reading() as session:
        assert session.scalars(sa.select(Incoming.subject).where(Incoming.id == 3)).one() == CANARY


def test_a_clerk_who_is_custodian_too_has_the_button_on_the_document(full_office: Any, signed_in: Any) -> None:
    assert "Gỡ nội dung" not in signed_in("lan").get("/den/3").text
    with full_office.database.writing() as session:
        lan = people.by_username(session, "lan")
        assert lan is not None
        people.set_roles(session, lan, {Role.CLERK, Role.CUSTODIAN}, at=full_office.clock())
    browser = signed_in("lan")
    assert 'href="/den/3/go-noi-dung"' in browser.get("/den/3").text
    assert 'href="/den/122/go-noi-dung"' in browser.get("/den/122").text
    remove(browser, basis="bi_mat", reason="Có dấu Mật ở trang 2")
    assert 'href="/den/3/go-noi-dung"' not in browser.get("/den/3").text


def test_kept_pictures_of_removed_pages_leave_the_memory(full_office: Any, signed_in: Any, app: Any) -> None:
    with_secret(full_office)
    signed_in("lan").get("/den/3")
    assert app.state.pictures.known(type("File", (), {"sha256": SHA256}))
    remove(signed_in("kha"), basis="bi_mat", reason="Có dấu Mật ở trang 2")
    assert not app.state.pictures.known(type("File", (), {"sha256": SHA256}))
