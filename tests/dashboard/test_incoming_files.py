"""Files of a draft: what each one is, taking them away, dropping new ones on the desk."""

import re
from typing import Any

import pytest
import sqlalchemy as sa
from desk_papers import Paper, form_in, lay, open_book
from starlette.testclient import TestClient

from core import events
from core.incoming.tables import Incoming
from core.letters import IntakeRequest
from core.requests import NAME_SUFFIX
from dashboard.incoming.files import disposition
from dashboard.web import Office

ANNEX = "Phụ lục số liệu.xlsx"


@pytest.fixture
def lan(signed_in: Any, office: Office) -> TestClient:
    open_book(office)
    browser: TestClient = signed_in("lan")
    return browser


@pytest.fixture
def draft(office: Office) -> int:
    return lay(office, Paper(1, annexes={ANNEX: b"PK\x05\x06" + b"\0" * 18}), received_at=office.clock())


def roles(office: Office, draft_id: int) -> list[str]:
    with office.database.reading() as session:
        return [file.role for file in session.get_one(Incoming, draft_id).files]


def requests(office: Office) -> list[IntakeRequest]:
    with office.database.reading() as session:
        return list(session.scalars(sa.select(IntakeRequest).order_by(IntakeRequest.id)))


def spooled(office: Office) -> list[str]:
    folder = office.spool / "dropped"
    return sorted(path.name for path in folder.iterdir() if path.suffix != NAME_SUFFIX) if folder.exists() else []


def names(office: Office) -> list[str]:
    """What the files in the spool are called, in the order of their requests: no name is in the database yet."""
    folder = office.spool / "dropped"
    assert {one.name for one in requests(office)} == {""}
    return [(folder / f"{one.spool_name}{NAME_SUFFIX}").read_text(encoding="utf-8") for one in requests(office)]


def drop(browser: TestClient, path: str, *files: tuple[str, bytes], token: str | None = None, **headers: str) -> Any:
    csrf = form_in(browser.get("/den/nhap-tay").text, "by-hand")["csrf"] if token is None else token
    parts: list[Any] = [("csrf", (None, csrf)), *(("tep", file) for file in files)]
    return browser.post(path, files=parts, headers=headers, follow_redirects=False)


def test_one_click_says_what_a_file_is_and_saves_what_was_typed(lan: Any, office: Office, draft: int) -> None:
    form = form_in(lan.get(f"/den/{draft}").text) | {"remark": "đang gõ"}
    page = lan.post(f"/den/{draft}/tep/2/chinh", data=form).text
    assert roles(office, draft) == ["annex", "main"]
    assert form_in(page)["remark"] == "đang gõ"
    lan.post(f"/den/{draft}/tep/1/bo", data=form_in(page))
    assert roles(office, draft) == ["left_out", "main"]
    assert lan.post(f"/den/{draft}/tep/1/khac", data=form_in(page)).status_code == 404


def test_one_click_splits_a_file_off_and_another_merges_it_again(lan: Any, office: Office, draft: int) -> None:
    form = form_in(lan.get(f"/den/{draft}").text) | {"remark": "đang gõ"}
    answer = lan.post(f"/den/{draft}/tep/2/tach", data=form, follow_redirects=False)
    new = int(answer.headers["location"].rpartition("/")[2])
    assert (roles(office, draft), roles(office, new)) == (["main"], ["main"])
    page = lan.get(f"/den/{new}").text
    assert f'formaction="/den/{new}/gop/{draft}"' in page and f"/den/{new}/tep/1/tach" not in page
    assert form_in(lan.get(f"/den/{draft}").text)["remark"] == "đang gõ"
    answer = lan.post(f"/den/{new}/gop/{draft}", data=form_in(page), follow_redirects=False)
    assert answer.headers["location"] == f"/den/{draft}"
    assert roles(office, draft) == ["main", "annex"]
    assert "Đã gộp. Các tệp nay là phụ lục" in lan.get(f"/den/{draft}").text


def test_a_split_that_cannot_be_done_says_why_and_keeps_what_was_typed(lan: Any, draft: int) -> None:
    form = form_in(lan.get(f"/den/{draft}").text) | {"remark": "đang gõ"}
    answer = lan.post(f"/den/{draft}/tep/1/tach", data=form)
    assert answer.status_code == 409 and "Đây là văn bản chính của dự thảo" in answer.text
    assert form_in(answer.text)["remark"] == "đang gõ"


def test_a_file_comes_as_it_was_and_never_opens_in_the_page(lan: Any, office: Office, draft: int) -> None:
    answer = lan.get(f"/tep/{draft}/2")
    assert answer.content == b"PK\x05\x06" + b"\0" * 18
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert "filename*=UTF-8''Ph%E1%BB%A5%20l%E1%BB%A5c" in answer.headers["content-disposition"]
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"


def test_who_took_a_file_stands_in_the_journal(lan: Any, office: Office, draft: int) -> None:
    lan.get(f"/tep/{draft}/2")
    query = sa.select(events.Event.act, events.Event.payload).where(events.Event.chain == events.READINGS)
    with office.database.reading() as session:
        assert [tuple(row) for row in session.execute(query)] == [("downloaded", {"name": ANNEX})]


def test_a_file_that_is_not_there_is_not_found(lan: Any, draft: int) -> None:
    assert lan.get(f"/tep/{draft}/9").status_code == 404
    assert lan.get("/tep/999/1").status_code == 404


@pytest.mark.parametrize("name", ['a"b\r\nX: y.pdf', "Công văn.pdf", "…", ""])
def test_a_name_cannot_leave_its_header(name: str) -> None:
    header = disposition(name)
    assert header.isascii()
    assert "\r" not in header and "\n" not in header
    assert header.count('"') == 2


def test_a_dropped_file_cannot_hide_its_ending(lan: Any, office: Office) -> None:
    drop(lan, "/den/tha-tep", ("C:\\tạm\\Công văn \u202efdp.exe", b"MZ"))
    assert names(office) == ["Công văn fdp.exe"]


def test_dropped_files_wait_in_the_spool_for_intake(lan: Any, office: Office) -> None:
    answer = drop(lan, "/den/tha-tep", ("Thư đến.eml", b"From: a@b\r\n\r\nx"), ("quét.pdf", b"%PDF-1.7"))
    assert answer.status_code == 303
    asked = requests(office)
    assert ([one.kind for one in asked], names(office)) == (["dropped"] * 2, ["Thư đến.eml", "quét.pdf"])
    assert sorted(str(one.spool_name) for one in asked) == spooled(office)
    place = office.spool / "dropped" / str(asked[0].spool_name)
    assert place.read_bytes() == b"From: a@b\r\n\r\nx"
    assert place.stat().st_mode & 0o777 == 0o600
    page = lan.get("/den").text
    assert "Đã nhận 2 tệp" in page
    assert 'Tệp thả lúc 09:00 18/11/2026</span> <span class="quiet">đang đọc…' in page


def test_the_answer_of_intake_stands_on_the_desk(lan: Any, office: Office) -> None:
    drop(lan, "/den/tha-tep", ("thu.eml", b"x"))
    with office.database.writing() as session:
        session.execute(sa.update(IntakeRequest).values(done_at=office.clock(), answer="Trùng thư đã nhận."))
    assert "Trùng thư đã nhận." in lan.get("/den/hang-doi").text


def test_a_file_for_a_draft_is_asked_for_that_draft(lan: Any, office: Office, draft: int) -> None:
    sentence = drop(lan, f"/den/{draft}/them-tep", ("phu-luc.pdf", b"%PDF"), **{"X-Live": "1"})
    assert sentence.text.startswith("Đã nhận 1 tệp")
    assert [(one.kind, one.incoming_id) for one in requests(office)] == [("attached", draft)]


@pytest.mark.parametrize(
    ("token", "status"), [("x", 403), (None, 422)], ids=["a forged form", "more than the settings allow"]
)
def test_a_refused_upload_leaves_nothing_behind(lan: Any, office: Office, token: str | None, status: int) -> None:
    limit = office.settings.dashboard.upload_megabytes
    data = b"x" if token else b"x" * ((limit << 20) + 1)
    assert drop(lan, "/den/tha-tep", ("to.bin", data), token=token).status_code == status
    assert requests(office) == []
    assert spooled(office) == []


def test_a_form_that_breaks_off_leaves_nothing_behind(lan: Any, office: Office) -> None:
    token = form_in(lan.get("/den/nhap-tay").text, "by-hand")["csrf"]
    body = (
        f'--b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{token}\r\n'
        '--b\r\nContent-Disposition: form-data; name="tep"; filename="a.pdf"\r\n\r\n%PDF'
    )
    answer = lan.post("/den/tha-tep", content=body, headers={"Content-Type": "multipart/form-data; boundary=b"})
    assert answer.status_code == 422
    assert "Tệp chưa gửi lên trọn vẹn" in answer.text
    assert spooled(office) == []


def test_sending_no_file_says_so(lan: Any, office: Office) -> None:
    answer = drop(lan, "/den/tha-tep", ("", b""))
    assert answer.status_code == 422
    assert "Chưa chọn tệp nào" in answer.text
    assert spooled(office) == []


def test_a_draft_of_many_files_lists_those_around_the_one_shown(lan: Any, office: Office) -> None:
    annexes = {f"anh-{number:03}.bin": b"%d" % number for number in range(249)}
    many = lay(office, Paper(2, annexes=annexes), received_at=office.clock())
    seen: list[str] = []
    path, page = f"/den/{many}", ""
    for words in ("Tệp <strong>1 – 100</strong> trong 250", "101 – 200</strong>", "201 – 250</strong>"):
        page = lan.get(path).text
        assert words in page
        seen += re.findall(r'download>tải về<span class="unseen"> ([^<]+)<', page)
        after = re.search(r'<a href="([^"]+)"[^>]*>Các tệp sau', page)
        path = f"/den/{many}{after[1]}" if after else ""
    assert (path, len(seen), len(set(seen))) == ("", 250, 250)
    assert "Các tệp trước" in page and lan.get(f"/den/{many}").text.count("Các tệp trước") == 0


def test_a_file_that_the_store_lost_is_said_in_words_and_the_rest_is_shown(
    lan: Any, office: Office, draft: int
) -> None:
    with office.database.reading() as session:
        lost, kept = session.get_one(Incoming, draft).files
    path = office.store.path_of(lost.sha256)
    path.rename(path.with_suffix(".away"))
    shown = f"/den/{draft}?tep={lost.position}"
    page = lan.get(shown)
    assert page.status_code == 200 and "Kho tệp không còn tệp này" in page.text
    assert lan.get(f"/trang/{draft}/{lost.position}/1.png").status_code == 404
    assert lan.get(f"/trang/{draft}/{lost.position}/1.json").status_code in (200, 404)
    taken = lan.get(f"/tep/{draft}/{lost.position}")
    assert taken.status_code < 500 and "Kho tệp thiếu tệp" in taken.text
    assert "Kho tệp không còn" not in lan.get(f"/den/{draft}?tep={kept.position}").text
    path.with_suffix(".away").rename(path)
    assert "Kho tệp không còn" not in lan.get(shown).text
