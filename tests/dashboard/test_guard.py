"""What surrounds every page: headers, the right Host, forged forms, failures in words."""

import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from starlette.datastructures import Headers
from starlette.testclient import TestClient

from config.settings import DashboardSettings
from dashboard import guard, words


def test_every_answer_carries_the_security_headers(visitor: TestClient) -> None:
    for path in ("/dang-nhap", "/khong-co", "/healthz"):
        headers = visitor.get(path, follow_redirects=False).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


def test_pages_hold_no_script_or_style_that_the_policy_would_refuse(signed_in: Any) -> None:
    html = signed_in("lan").get("/hop-thu").text
    assert "<style" not in html and "style=" not in html and " onclick" not in html
    assert html.count("<script") == html.count('<script src="/static/')


def test_static_files_are_kept_for_ever_under_an_address_that_names_their_content(visitor: TestClient) -> None:
    address = visitor.get("/dang-nhap").text.split('rel="stylesheet" href="', 1)[1].split('"', 1)[0]
    found = visitor.get(address)
    assert found.status_code == 200 and "immutable" in found.headers["cache-control"]
    assert visitor.get(address.replace("/static/", "/static/0", 1)).status_code == 404
    assert visitor.get("/static/x/../app.py").status_code == 404


@pytest.mark.parametrize(
    ("origin", "headers", "is_ours"),
    [
        ("", {"host": "127.0.0.1:8360"}, True),
        ("", {"host": "localhost:8360", "origin": "http://localhost:8360"}, True),
        ("", {"host": "evil.example:8360"}, False),
        ("", {"host": "127.0.0.1:8360", "origin": "http://evil.example"}, False),
        ("", {"host": "127.0.0.1:8360", "origin": "null"}, False),
        ("https://vt.example.vn", {"host": "vt.example.vn"}, True),
        ("https://vt.example.vn", {"host": "vt.example.vn", "origin": "https://vt.example.vn"}, True),
        ("https://vt.example.vn", {"host": "vt.example.vn", "origin": "http://vt.example.vn"}, False),
        ("https://vt.example.vn", {"host": "127.0.0.1:8360"}, False),
    ],
)
def test_only_the_office_s_own_address_is_served(origin: str, headers: dict[str, str], is_ours: bool) -> None:
    assert guard._is_our_host("/den", Headers(headers), DashboardSettings(origin=origin)) is is_ours


def test_another_host_name_is_told_what_to_do(visitor: TestClient) -> None:
    answer = visitor.get("/dang-nhap", headers={"Host": "evil.example"})
    assert answer.status_code == 421 and "dashboard.origin" in answer.text


@pytest.mark.parametrize(
    "path", ["/den/{}", "/den/{}/xem", "/tep/{}/1", "/trang/1/{}/1.png", "/bi-giu/{}/khong-cap-nhat"]
)
def test_a_number_no_row_can_have_is_not_found(path: str, signed_in: Any) -> None:
    assert signed_in("lan").get(path.format("9" * 19)).status_code == 404


def test_a_form_without_its_token_does_nothing(full_office: Any, signed_in: Any) -> None:
    lan = signed_in("lan")
    for form in ({"reason": "Giả mạo"}, {"reason": "Giả mạo", "csrf": "sai"}, {"reason": "Giả", "csrf": "é"}):
        answer = lan.post("/den/3/huy-so", data=form)
        assert answer.status_code == 403 and "không còn hiệu lực" in answer.text


def test_a_refusal_leads_back_to_the_page_the_person_came_from(full_office: Any, signed_in: Any) -> None:
    lan = signed_in("lan")
    for referer, shown in (("http://127.0.0.1/so-den/den/2026?tim=a", True), ("http://evil.example/x", False)):
        text = lan.post("/den/3/huy-so", data={"csrf": ""}, headers={"Referer": referer}).text
        assert ("Về trang trước" in text) is shown
    assert 'href="/so-den/den/2026?tim=a"' in lan.post(
        "/den/3/huy-so", data={"csrf": ""}, headers={"Referer": "http://127.0.0.1/so-den/den/2026?tim=a"}
    ).text  # fmt: skip


def test_a_refusal_leads_back_to_its_own_form(full_office: Any, signed_in: Any) -> None:
    lan = signed_in("lan")
    for path, is_a_page in (("/den/3/huy-so", True), ("/den/3/luu", False)):
        text = lan.post(path, data={"csrf": ""}, headers={"Referer": f"http://127.0.0.1{path}"}).text
        assert (f'href="{path}">Về trang trước' in text) is is_a_page


def test_a_form_that_is_too_large_is_refused_in_words(signed_in: Any) -> None:
    answer = signed_in("lan").post("/dang-xuat", data={"csrf": "x" * 2_000_000})
    assert answer.status_code == 422 and "nhiều hơn 1 MB" in answer.text


def test_a_locked_database_is_said_in_words_with_a_time_to_come_again(
    signed_in: Any, office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lan = signed_in("lan")
    token = lan.get("/hop-thu").text.split('name="csrf" value="', 1)[1].split('"', 1)[0]
    monkeypatch.setattr("core.db.LOCK_SECONDS", 0.05)
    with office.database.writing():
        answer = lan.post("/dang-xuat", data={"csrf": token}, follow_redirects=False)
    assert answer.status_code == 503 and answer.headers["retry-after"] == "5" and "chưa có gì thay đổi" in answer.text
    assert lan.get("/hop-thu").status_code == 200


def test_a_bug_is_logged_with_its_traceback_and_told_without_it(signed_in: Any, office: Any) -> None:
    lan = signed_in("lan")
    with office.database.writing() as session:
        session.execute(sa.text("UPDATE user_roles SET role = 'vai-la' WHERE role = 'clerk'"))
    with structlog.testing.capture_logs() as logs:
        answer = lan.get("/hop-thu")
    assert answer.status_code == 500 and "đã ghi vào nhật ký" in answer.text
    assert "vai-la" not in answer.text and "Traceback" not in answer.text
    [line] = [line for line in logs if line["event"] == "page_failed"]
    assert line["path"] == "/hop-thu" and isinstance(line["exc_info"], ValueError)


def test_a_number_of_the_register_is_printed_as_a_name_not_as_a_quantity() -> None:
    templates = Path(words.__file__).parent / "templates"
    dotted = re.compile(r"\b\w*(number|first|last|known)\s*\|\s*number\b")
    assert [path.name for path in templates.rglob("*.html") if dotted.search(path.read_text())] == []


def test_values_are_printed_as_the_office_writes_them(clock: Any) -> None:
    at = clock()
    assert (words.number(3412), words.size(1_300_000), words.size(12)) == ("3.412", "1,2 MB", "12 byte")
    assert words.moment(at) == "09:00 18/11/2026" and words.day(at.date()) == "18/11/2026"
    clock.pass_(minutes=5)
    assert words.age(at, clock()) == "5 phút trước"
    clock.pass_(hours=20)
    assert words.age(at, clock()) == "hôm qua"
