"""Signing in by a remembered device, in real Chromium with its virtual authenticator."""

import re
from typing import Any

import pytest
import sqlalchemy as sa
from phone import BY_DEVICE, Phone, acts
from playwright.sync_api import expect

from core import accounts, people
from core.accounts import LoginSession
from core.passkeys.tables import Passkey, PasskeyChallenge
from dashboard import sessions


def test_a_leader_remembers_the_phone_and_enters_with_one_press(full_office: Any, phones: Any) -> None:
    phone = phones()
    phone.sign_in()
    phone.remember()
    expect(phone.page.locator(".device")).to_contain_text("chưa dùng để đăng nhập")
    phone.sign_out()
    phone.page.get_by_role("button", name=BY_DEVICE).click()
    expect(phone.page).to_have_url(re.compile("/duyet"))
    assert "Phạm Quốc Bình" in phone.page.content()
    phone.page.goto("/thiet-bi")
    expect(phone.page.locator(".device")).to_contain_text("dùng lần cuối 09:00 18/11/2026")
    with full_office.database.reading() as session:
        passkey = session.scalars(sa.select(Passkey)).one()
        running = session.scalars(sa.select(LoginSession).where(LoginSession.ended_at.is_(None))).one()
        assert running.passkey_id == passkey.id and passkey.transports == "internal"
        assert session.scalars(sa.select(PasskeyChallenge)).all() == [], "each challenge serves once"
    assert [act for act, _ in acts(full_office)] == [
        "signed_in", "passkey_added", "signed_out", "signed_in",
    ]  # fmt: skip


def _is_refused(phone: Phone) -> None:
    expect(phone.page.get_by_role("alert").first).to_contain_text("Không đăng nhập được bằng khóa này")


def test_an_answer_that_was_used_does_not_serve_again(full_office: Any, phones: Any) -> None:
    phone = phones()
    phone.sign_in()
    phone.remember()
    phone.sign_out()
    sent: list[str] = []
    phone.page.on("request", lambda request: sent.append(request.post_data or "") if "/khoa" in request.url else None)
    phone.press()
    expect(phone.page).to_have_url(re.compile("/duyet"))
    body = sent[-1]
    assert "answer=" in body
    phone.sign_out()
    token = phone.page.locator("input[name=csrf]").first.get_attribute("value")
    body = re.sub("csrf=[^&]*", f"csrf={token}", body)
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    again = phone.page.request.post("/dang-nhap/khoa", data=body, headers=kind, max_redirects=0)
    assert again.status == 422 and "Không đăng nhập được" in again.text()
    assert acts(full_office)[-1] == ("sign_in_refused", {"passkey": 1, "why": "stale"})


def test_an_answer_that_comes_late_is_refused_and_the_next_one_serves(full_office: Any, phones: Any) -> None:
    phone = phones()
    phone.sign_in()
    phone.remember()
    phone.sign_out()

    def late(route: Any) -> None:
        full_office.clock.pass_(minutes=4)
        route.continue_()

    phone.page.route("**/dang-nhap/khoa", late)
    phone.press()
    _is_refused(phone)
    phone.page.unroute("**/dang-nhap/khoa")
    phone.page.get_by_role("button", name=BY_DEVICE).click()
    expect(phone.page).to_have_url(re.compile("/duyet"))


def test_a_forgotten_device_signs_in_no_more_and_its_sessions_end(full_office: Any, phones: Any) -> None:
    phone, desk = phones(), phones()
    phone.sign_in()
    phone.remember()
    phone.sign_out()
    phone.press()
    expect(phone.page).to_have_url(re.compile("/duyet"))
    desk.sign_in()
    desk.page.goto("/thiet-bi")
    desk.page.get_by_role("button", name="Quên thiết bị này").click()
    expect(desk.page.get_by_role("status")).to_contain_text("Đã quên «Điện thoại của tôi»")
    phone.page.goto("/duyet")
    expect(phone.page.get_by_role("heading", name="Đăng nhập")).to_be_visible()
    phone.page.get_by_role("button", name=BY_DEVICE).click()
    _is_refused(phone)
    order = phone.page.locator(".login-sheet form").evaluate_all("forms => forms.map((form) => form.id)")
    assert order == ["by-password", "by-device"], "what does not serve no longer stands first"
    assert acts(full_office)[-1] == ("sign_in_refused", {"passkey": 1, "why": "revoked"})
    phone.sign_in()
    phone.remember("Điện thoại, lần hai")
    assert len(phone.credential["credentialId"]) > 20, "the device keeps one key: the new one replaced the old"


def test_a_copied_key_is_shut_out_and_everybody_is_told(full_office: Any, phones: Any) -> None:
    phone, thief = phones(), phones()
    phone.sign_in()
    phone.remember()
    copy = phone.credential
    thief.cdp.send("WebAuthn.addCredential", {"authenticatorId": thief.device, "credential": copy})
    for _ in range(2):
        phone.sign_out()
        phone.press()
        expect(phone.page).to_have_url(re.compile("/duyet"))
    thief.press()
    expect(thief.page.get_by_role("alert").first).to_contain_text("đã bị sao chép")
    assert acts(full_office)[-1] == ("passkey_copied", {"passkey": 1, "why": "copied"})
    phone.page.goto("/duyet")
    phone.page.get_by_role("button", name=BY_DEVICE).click()
    _is_refused(phone)
    phone.sign_in()
    phone.page.goto("/thiet-bi")
    expect(phone.page.get_by_role("status")).to_contain_text("«Điện thoại của tôi» bị khóa lúc 09:00 18/11/2026")


@pytest.mark.parametrize("end", ["close", "reset"])
def test_a_closed_account_or_a_new_first_password_ends_the_devices(full_office: Any, phones: Any, end: str) -> None:
    phone = phones()
    phone.sign_in()
    phone.remember()
    with full_office.database.writing() as session:
        binh = people.by_username(session, "binh")
        assert binh is not None
        if end == "close":
            accounts.close(session, binh, at=full_office.clock())
        else:
            accounts.reset_password(session, binh, binh.password_hash, at=full_office.clock())
    phone.press()
    _is_refused(phone)
    with full_office.database.reading() as session:
        assert session.scalars(sa.select(Passkey)).one().revoked_at == full_office.clock()


def test_wrong_passwords_lock_the_password_and_leave_the_device(full_office: Any, phones: Any) -> None:
    phone = phones()
    phone.sign_in()
    phone.remember()
    phone.sign_out()
    with full_office.database.writing() as session:
        binh = people.by_username(session, "binh")
        assert binh is not None
        binh.locked_until = full_office.clock() + accounts.LOCKED_FOR
    phone.press()
    expect(phone.page).to_have_url(re.compile("/duyet"))
    with full_office.database.reading() as session:
        binh = people.by_username(session, "binh")
        assert binh is not None and binh.locked_until is not None, "whoever guesses passwords is still kept out"


def test_a_form_that_was_being_filled_is_found_again_after_the_device_signed_in(full_office: Any, phones: Any) -> None:
    phone = phones()
    phone.sign_in("lan")
    phone.remember()
    phone.page.goto("/den/9/huy-so")
    phone.page.get_by_label("Lý do hủy").fill("Gửi nhầm cơ quan")
    full_office.clock.pass_(minutes=61)
    phone.page.get_by_role("button", name="Hủy số đến").click()
    phone.page.get_by_role("button", name=BY_DEVICE).click()
    phone.page.get_by_role("button", name="Mở lại biểu mẫu").click()
    expect(phone.page.get_by_label("Lý do hủy")).to_have_value("Gửi nhầm cơ quan")


def test_an_address_that_asks_without_end_writes_nothing_more(app: Any, office: Any, visitor: Any) -> None:
    app.state.passkey_throttle = sessions.Throttle(2)
    here = {"Host": "localhost"}
    token = visitor.get("/dang-nhap", headers=here).text.split('name="csrf" value="', 1)[1].split('"', 1)[0]
    form = {"csrf": token, "answer": "{}"}
    assert visitor.post("/dang-nhap/khoa/bat-dau", data=form, headers=here).status_code == 200
    assert visitor.post("/dang-nhap/khoa", data=form, headers=here).status_code == 422
    before = acts(office)
    assert visitor.post("/dang-nhap/khoa", data=form, headers=here).status_code == 429
    refused = visitor.post("/dang-nhap/khoa/bat-dau", data=form, headers=here | {"X-Live": "1"})
    assert refused.status_code == 422 and refused.text == sessions.TOO_MANY
    assert acts(office) == before and [why for _, why in before] == [{"passkey": None, "why": "invalid"}]
    office.clock.pass_(minutes=16)
    assert visitor.post("/dang-nhap/khoa/bat-dau", data=form, headers=here).status_code == 200
