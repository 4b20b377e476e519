"""For `congvan doctor`: whether the mail server takes our mail; nothing is sent."""

from collections.abc import Iterator

from config.doctor import Check
from config.sending import SendingSettings
from dispatch.sender import Trouble, opened


def look_at(settings: SendingSettings) -> Iterator[Check]:
    """Connect, check the certificate, log in, hang up."""
    if not settings.host:
        yield Check(
            "Máy chủ thư gửi đi: chưa khai", False,
            "Nơi gửi không được báo đã nhận, đã vào sổ. Khai mục [sending] khi cần gửi thư.", is_needed=False,
        )  # fmt: skip
        return
    what = f"Máy chủ thư gửi đi {settings.host}:{settings.port}"
    try:
        opened(settings).close()
    except Trouble as trouble:
        yield Check(what, False, f"{trouble} Kiểm tra mục [sending]; tới khi nối được, thư nằm chờ ở trang «Gửi đi».")
    else:
        yield Check(f"{what}: nối và đăng nhập được", True)
