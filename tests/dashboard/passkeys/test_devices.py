"""The page of remembered devices, in real Chromium with its virtual authenticator."""

from typing import Any

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from phone import BY_DEVICE, GOOD, REMEMBER, acts
from playwright.sync_api import expect

from core.passkeys.tables import Passkey


def test_another_person_s_devices_are_not_there(full_office: Any, phones: Any, signed_in: Any) -> None:
    phone = phones()
    phone.sign_in()
    phone.remember()
    hung = signed_in("hung")
    page = hung.get("/thiet-bi").text
    assert "Điện thoại của tôi" not in page
    form = {"csrf": page.split('name="csrf" value="', 1)[1].split('"', 1)[0], "name": "Của hùng"}
    for path in ("/thiet-bi/1/quen", "/thiet-bi/1/ten", "/thiet-bi/99/quen"):
        assert hung.post(path, data=form).status_code == 403
    with full_office.database.reading() as session:
        passkey = session.scalars(sa.select(Passkey)).one()
        assert passkey.revoked_at is None and passkey.name == "Điện thoại của tôi"


def test_the_password_is_asked_again_before_a_device_is_added(full_office: Any, phones: Any) -> None:
    phone = phones()
    phone.sign_in()
    full_office.clock.pass_(minutes=6)
    phone.page.goto("/thiet-bi")
    button = phone.page.get_by_role("button", name=REMEMBER, exact=True)
    phone.page.get_by_label("Mật khẩu").fill("Sai rồi")
    button.click()
    expect(phone.page.get_by_role("alert")).to_have_text("Mật khẩu hiện tại không đúng.")
    assert phone.cdp.send("WebAuthn.getCredentials", {"authenticatorId": phone.device})["credentials"] == []
    phone.page.get_by_label("Mật khẩu").fill(GOOD)
    button.click()
    expect(phone.page.get_by_role("status")).to_contain_text("Đã nhớ")
    full_office.clock.pass_(minutes=1)
    phone.page.get_by_label("Mật khẩu").fill(GOOD)
    button.click()
    expect(phone.page.get_by_role("alert")).to_have_text("Thiết bị này đã được nhớ rồi.")


def test_a_device_gets_another_name(full_office: Any, phones: Any) -> None:
    phone = phones()
    phone.sign_in()
    phone.remember()
    phone.page.get_by_text("Đổi tên").click()
    phone.page.get_by_label("Tên mới").fill("Máy  bàn ")
    phone.page.get_by_role("button", name="Ghi tên").click()
    expect(phone.page.get_by_role("heading", name="Máy bàn")).to_be_visible()
    payload = {"passkey": 1, "name": "Máy bàn", "before": "Điện thoại của tôi"}
    assert acts(full_office)[-1] == ("passkey_renamed", payload)


def test_who_signs_in_on_a_phone_is_offered_to_be_remembered_once(full_office: Any, phones: Any) -> None:
    phone, desk = phones(390, has_touch=True, is_mobile=True), phones()
    for window, offers in ((desk, 0), (phone, 1), (phone, 0)):
        window.page.goto("/dang-nhap")
        window.page.wait_for_load_state("networkidle")
        window.sign_in()
        expect(window.page.locator("[data-device-offer]")).to_have_count(offers)
        if offers:
            window.page.get_by_role("link", name=REMEMBER).click()
            expect(window.page.get_by_role("heading", name="Thiết bị được nhớ")).to_be_visible()
        window.page.context.clear_cookies()


def test_where_devices_cannot_be_remembered_the_page_says_why(browser: Any, signed_in: Any, visitor: Any) -> None:
    page = browser("binh").new_page()
    page.goto("/thiet-bi")
    expect(page.locator(".notice-warning")).to_contain_text("mở bằng địa chỉ số (127.0.0.1)")
    expect(page.locator(".notice-warning")).to_contain_text(page.url.replace("127.0.0.1", "localhost")[:-10])
    assert page.get_by_role("button", name=REMEMBER).count() == 0
    assert "/dang-nhap/khoa" not in visitor.get("/dang-nhap").text
    token = visitor.get("/dang-nhap").text.split('name="csrf" value="', 1)[1].split('"', 1)[0]
    answer = visitor.post("/dang-nhap/khoa/bat-dau", data={"csrf": token}, headers={"X-Live": "1"})
    assert answer.status_code == 409 and "địa chỉ số" in answer.text


def test_without_javascript_no_button_promises_anything(phones: Any, full_office: Any) -> None:
    phone = phones(java_script_enabled=False)
    phone.sign_in()
    phone.page.goto("/thiet-bi")
    expect(phone.page.get_by_text("cần bật JavaScript")).to_be_visible()
    expect(phone.page.get_by_role("button", name=REMEMBER, exact=True)).to_be_hidden()
    phone.sign_out()
    expect(phone.page.get_by_role("button", name=BY_DEVICE)).to_be_hidden()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_the_pages_of_devices_are_accessible_and_fit(full_office: Any, phones: Any, width: int, scheme: str) -> None:
    phone = phones(width, color_scheme=scheme)
    for path in ("/dang-nhap", "/thiet-bi"):
        if path == "/thiet-bi":
            phone.sign_in()
            phone.remember("x" * 60)
            full_office.clock.pass_(minutes=6)
        phone.page.goto(path)
        found = Axe().run(phone.page, options={"resultTypes": ["violations"]}).response["violations"]
        assert [rule["id"] for rule in found] == []
        assert phone.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
