"""Signing in and out at the pages, and forms that survive a session that ended."""

import re
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from office_people import PEOPLE
from starlette.testclient import TestClient

from core import accounts, people
from core.accounts import LoginSession
from core.incoming.tables import Incoming
from core.people import Role
from dashboard import sessions

GOOD = "Mùa xuân 2026 ở Gia Nghĩa"
NEW = "Sáng nay uống 2 ly cà phê"


def _token(html: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', html)
    assert found is not None
    return found[1]


def _login(client: TestClient, username: str, password: str, **fields: str) -> Any:
    page = client.get("/dang-nhap")
    form = {"csrf": _token(page.text), "username": username, "password": password} | fields
    return client.post("/dang-nhap", data=form, follow_redirects=False)


def test_a_visitor_is_led_to_the_login_page_and_then_where_he_wanted_to_go(visitor: TestClient) -> None:
    away = visitor.get("/so-den?tim=a", follow_redirects=False)
    assert (away.status_code, away.headers["location"]) == (303, "/dang-nhap?tiep=/so-den%3Ftim%3Da")
    page = visitor.get(away.headers["location"])
    assert 'name="tiep" value="/so-den?tim=a"' in page.text
    back = _login(visitor, "lan", GOOD, tiep="/so-den?tim=a")
    assert back.headers["location"] == "/so-den?tim=a"


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "/dang-nhap?tiep=/"]
)
def test_the_login_page_never_leads_to_another_server(visitor: TestClient, elsewhere: str) -> None:
    form = {"csrf": _token(visitor.get("/dang-nhap").text), "username": "lan", "password": GOOD, "tiep": elsewhere}
    assert visitor.post("/dang-nhap", data=form, follow_redirects=False).headers["location"] == "/"


def test_the_cookie_can_not_be_read_by_scripts_and_changes_at_each_login(visitor: TestClient) -> None:
    first = _login(visitor, "lan", GOOD)
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie
    token = visitor.cookies["phien"]
    visitor.cookies.delete("phien")
    _login(visitor, "lan", GOOD)
    assert visitor.cookies["phien"] != token


def test_wrong_name_wrong_password_and_a_locked_account_read_the_same(visitor: TestClient, office: Any) -> None:
    texts = {_words(_login(visitor, name, "sai rồi")) for name in ("lan", "khongco")}
    with office.database.writing() as session:
        lan = people.by_username(session, "lan")
        assert lan is not None
        lan.locked_until = office.clock() + accounts.LOCKED_FOR
    texts.add(_words(_login(visitor, "lan", GOOD)))
    assert len(texts) == 1 and "tài khoản đang bị khóa" in texts.pop()


def _words(page: Any) -> str:
    assert page.status_code == 422
    found = re.search(r'role="alert">([^<]+)', page.text)
    assert found is not None
    return found[1]


def test_an_address_that_tries_too_often_waits(visitor: TestClient, clock: Any) -> None:
    throttle = sessions.Throttle()
    for _ in range(throttle.LIMIT):
        assert throttle.is_open("10.0.0.1", clock())
        throttle.note("10.0.0.1", clock())
    assert not throttle.is_open("10.0.0.1", clock()) and throttle.is_open("10.0.0.2", clock())
    visitor.app.state.throttle = throttle  # type: ignore[attr-defined]
    throttle._tries["testclient"] = throttle._tries["10.0.0.1"]
    refused = _login(visitor, "lan", GOOD)
    assert refused.status_code == 429 and "Chờ 15 phút" in refused.text
    clock.pass_(minutes=16)
    assert _login(visitor, "lan", GOOD).status_code == 303


def test_signing_out_ends_the_session_for_good(signed_in: Any) -> None:
    lan = signed_in("lan")
    token, form = lan.cookies["phien"], {"csrf": _token(lan.get("/doi-mat-khau").text)}
    out = lan.post("/dang-xuat", data=form, follow_redirects=False)
    assert out.headers["location"] == "/dang-nhap"
    assert "Đã đăng xuất." in lan.get("/dang-nhap").text
    lan.cookies.set("phien", token)
    assert lan.get("/so-den", follow_redirects=False).headers["location"].startswith("/dang-nhap")


def test_a_first_password_must_be_changed_before_anything_else(visitor: TestClient, office: Any) -> None:
    with office.database.writing() as session:
        first = accounts.hash_password("cấp lần đầu")
        people.add(session, "moi", "Người Mới", {Role.CLERK}, first, at=office.clock())
    _login(visitor, "moi", "cấp lần đầu")
    assert visitor.get("/den", follow_redirects=False).headers["location"] == "/doi-mat-khau"
    page = visitor.get("/doi-mat-khau")
    assert "mật khẩu cấp lần đầu" in page.text and "ít nhất 14 ký tự" in page.text

    def change(**fields: str) -> Any:
        form = {"csrf": _token(page.text), "password": "cấp lần đầu", "new_password": NEW, "repeated": NEW} | fields
        return visitor.post("/doi-mat-khau", data=form, follow_redirects=False)

    assert "không giống nhau" in change(repeated="khác").text
    assert "hiện tại không đúng" in change(password="sai").text
    assert "chưa đạt" in change(new_password="ngắn", repeated="ngắn").text
    assert change().headers["location"] == "/"
    assert visitor.get("/den").status_code == 200
    with office.database.reading() as session:
        running = session.scalars(sa.select(LoginSession).where(LoginSession.ended_at.is_(None))).all()
        assert len(running) == 1


def test_an_idle_session_ends_and_reading_the_pages_keeps_it(signed_in: Any, clock: Any) -> None:
    lan = signed_in("lan")
    for _ in range(3):
        clock.pass_(minutes=50)
        assert lan.get("/den", follow_redirects=False).status_code == 200  # the login page would be led to
    clock.pass_(minutes=61)
    assert lan.get("/den", follow_redirects=False).status_code == 303


def test_a_page_can_be_read_while_nothing_can_be_written(
    signed_in: Any, office: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lan = signed_in("lan")
    clock.pass_(minutes=5)
    monkeypatch.setattr("core.db.LOCK_SECONDS", 0.05)
    with office.database.writing():
        assert lan.get("/bi-giu").status_code == 200


def test_what_a_page_fetches_by_itself_keeps_nobody_signed_in(signed_in: Any, clock: Any) -> None:
    lan = signed_in("lan")
    for _ in range(2):
        clock.pass_(minutes=31)
        answer = lan.get("/dem", headers={"X-Live": "1"}, follow_redirects=False)
    assert answer.status_code == 401


def test_a_form_survives_a_session_that_ended(full_office: Any, signed_in: Any, clock: Any) -> None:
    lan = signed_in("lan")
    form = {"csrf": _token(lan.get("/den/3/huy-so").text), "reason": "Gửi nhầm «cơ quan» <khác>"}
    clock.pass_(minutes=61)
    ended = lan.post("/den/3/huy-so", data=form)
    assert ended.status_code == 401 and "những gì bạn vừa nhập còn nguyên" in ended.text
    assert "Gửi nhầm" not in ended.text, "what was typed travels sealed"
    kept = re.search(r'name="kept" value="([^"]+)"', ended.text)
    assert kept is not None

    again = {"csrf": _token(ended.text), "username": "lan", "password": GOOD, "kept": kept[1]}
    resume = lan.post("/dang-nhap", data=again)
    fields = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', resume.text))
    assert 'action="/den/3/huy-so"' in resume.text and fields["xem_lai"] == "1"
    review = lan.post("/den/3/huy-so", data={**fields, "reason": form["reason"]})
    assert review.status_code == 422 and "Gửi nhầm «cơ quan» &lt;khác&gt;</textarea>" in review.text
    assert "chưa có gì được ghi" in review.text
    with full_office.database.reading() as session:
        assert session.get_one(Incoming, 3).state == "registered", "nothing is done before the person looked at it"

    done = lan.post("/den/3/huy-so", data=form | {"csrf": _token(review.text)}, follow_redirects=False)
    assert done.status_code == 303


def test_a_form_opened_before_signing_in_again_elsewhere_is_shown_again(full_office: Any, signed_in: Any) -> None:
    form = {"csrf": _token(signed_in("lan").get("/den/3/huy-so").text), "reason": "Gửi nhầm «cơ quan»"}
    lan = signed_in("lan")  # the same browser, signed in again in another window
    review = lan.post("/den/3/huy-so", data=form)
    assert review.status_code == 422 and "Gửi nhầm «cơ quan»</textarea>" in review.text
    assert "chưa có gì được ghi" in review.text
    with full_office.database.reading() as session:
        assert session.get_one(Incoming, 3).state == "registered"
    done = lan.post("/den/3/huy-so", data=form | {"csrf": _token(review.text)}, follow_redirects=False)
    assert done.status_code == 303
    strange = signed_in("thu").post("/dang-xuat", data=form)
    assert strange.status_code == 403 and "không còn hiệu lực" in strange.text


def test_a_login_page_left_open_leads_on_once_signed_in_elsewhere(full_office: Any, signed_in: Any, clock: Any) -> None:
    lan = signed_in("lan")
    form = {"csrf": _token(lan.get("/den/3/huy-so").text), "reason": "Gửi nhầm «cơ quan»"}
    clock.pass_(minutes=61)
    ended = lan.post("/den/3/huy-so", data=form)
    kept = re.search(r'name="kept" value="([^"]+)"', ended.text)
    assert kept is not None
    stale = {"csrf": _token(ended.text), "username": "lan", "password": GOOD, "kept": kept[1]}
    lan = signed_in("lan")  # the same browser, in another window
    assert "Gửi nhầm «cơ quan»" in lan.post("/dang-nhap", data=stale).text
    thu = signed_in("thu")
    other = thu.post("/dang-nhap", data=stale)
    assert other.url.path == "/duyet" and "Gửi nhầm" not in other.text
    assert "đã đăng nhập ở cửa sổ khác, tài khoản của" in other.text and PEOPLE["thu"][0] in other.text


def test_a_button_pressed_after_the_session_ended_is_offered_again(
    full_office: Any, signed_in: Any, clock: Any
) -> None:
    lan = signed_in("lan")
    form = {"csrf": _token(lan.get("/hop-thu").text)}
    clock.pass_(minutes=61)
    kept = re.search(r'name="kept" value="([^"]+)"', (ended := lan.post("/hop-thu/cu/lay-thu", data=form)).text)
    assert kept is not None
    again = {"csrf": _token(ended.text), "username": "lan", "password": GOOD, "kept": kept[1]}
    token = _token(lan.post("/dang-nhap", data=again).text)
    offered = lan.post("/hop-thu/cu/lay-thu", data={"csrf": token, "xem_lai": "1"})
    assert offered.status_code == 422 and "chưa được làm" in offered.text and "Làm tiếp</button>" in offered.text
    done = lan.post("/hop-thu/cu/lay-thu", data={"csrf": _token(offered.text)}, follow_redirects=False)
    assert done.status_code == 303


def test_a_browser_that_would_lose_its_session_is_told_so(office: Any, app: Any, visitor: TestClient) -> None:
    strict = office.settings.dashboard.model_copy(update={"insecure_cookies": False, "host": "10.0.0.5"})
    app.state.office = replace(office, settings=office.settings.model_copy(update={"dashboard": strict}))
    assert "không dùng HTTPS" in visitor.get("/dang-nhap", headers={"Host": "10.0.0.5:8360"}).text
    answer = visitor.get("/dang-nhap", headers={"Host": "127.0.0.1:8360"})
    assert "không dùng HTTPS" not in answer.text
    assert "__Host-khach" in answer.headers["set-cookie"] and "Secure" in answer.headers["set-cookie"]


def test_a_kept_form_opens_for_its_own_person_only(full_office: Any, signed_in: Any, clock: Any) -> None:
    lan = signed_in("lan")
    form = {"csrf": _token(lan.get("/den/3/huy-so").text), "reason": "Gửi nhầm"}
    clock.pass_(minutes=61)
    ended = lan.post("/den/3/huy-so", data=form)
    kept = re.search(r'name="kept" value="([^"]+)"', ended.text)
    assert kept is not None
    other = {"csrf": _token(ended.text), "username": "binh", "password": GOOD, "kept": kept[1]}
    assert lan.post("/dang-nhap", data=other, follow_redirects=False).headers["location"] == "/"


def test_a_forged_form_with_an_ended_session_is_not_kept(full_office: Any, signed_in: Any, clock: Any) -> None:
    lan = signed_in("lan")
    clock.pass_(minutes=61)
    ended = lan.post("/den/3/huy-so", data={"csrf": "x", "reason": "Giả"})
    assert ended.status_code == 401 and 'name="kept"' not in ended.text
