"""Windows with devices, at http://localhost: the one address without HTTPS for which browsers keep keys."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from phone import KIND, Phone
from playwright.sync_api import Browser, BrowserContext


@pytest.fixture
def phones(chromium: Browser, server: str) -> Iterator[Callable[..., Phone]]:
    """`phones()` is another window with another device."""
    windows: list[BrowserContext] = []

    def phone(width: int = 1280, **options: Any) -> Phone:
        base = server.replace("127.0.0.1", "localhost")
        context = chromium.new_context(base_url=base, viewport={"width": width, "height": 800}, **options)
        windows.append(context)
        page = context.new_page()
        cdp = context.new_cdp_session(page)
        cdp.send("WebAuthn.enable")
        device = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": KIND})["authenticatorId"]
        return Phone(page, cdp, device)

    yield phone
    for context in windows:
        context.close()
