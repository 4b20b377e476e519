"""A browser window with an authenticator of its own (Chromium's virtual one), at the office's pages."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from playwright.sync_api import CDPSession, Page, expect

from core.events import Event

GOOD = "Mùa xuân 2026 ở Gia Nghĩa"
BY_DEVICE = "Đăng nhập bằng khóa của thiết bị này"
REMEMBER = "Nhớ thiết bị này"
KIND = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@dataclass
class Phone:
    """A browser window with an authenticator of its own."""

    page: Page
    cdp: CDPSession
    device: str

    def sign_in(self, username: str = "binh") -> None:
        """By the password."""
        self.page.goto("/dang-nhap")
        self.page.get_by_label("Tên đăng nhập").fill(username)
        self.page.get_by_label("Mật khẩu").fill(GOOD)
        self.page.get_by_role("button", name="Đăng nhập", exact=True).click()
        expect(self.page.get_by_role("link", name="Đến nội dung chính")).to_be_attached()

    def remember(self, name: str = "Điện thoại của tôi") -> None:
        self.page.goto("/thiet-bi")
        self.page.get_by_label("Tên để nhận ra").fill(name)
        self.page.get_by_role("button", name=REMEMBER, exact=True).click()
        expect(self.page.get_by_role("status")).to_contain_text(f"Đã nhớ «{name}»")

    def sign_out(self) -> None:
        self.page.locator("form[action='/dang-xuat'] button >> visible=true").first.click()
        expect(self.page.get_by_role("heading", name="Đăng nhập")).to_be_visible()

    def press(self) -> None:
        self.page.goto("/dang-nhap")
        self.page.get_by_role("button", name=BY_DEVICE).click()

    @property
    def credential(self) -> Any:
        """What the device keeps."""
        [found] = self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.device})["credentials"]
        return found


def acts(office: Any) -> list[tuple[str, Any]]:
    """What the journal says of devices and of signing in and out."""
    with office.database.reading() as session:
        rows = session.execute(sa.select(Event.act, Event.payload).order_by(Event.id)).all()
    return [(act, payload) for act, payload in rows if act.startswith(("passkey", "sign"))]
