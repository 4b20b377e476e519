"""The pen's number and the scanner's day, magnified beside their fields; in a browser with what else a letter asks."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from desk_documents import ASKS, FOR_OTHERS, INVITATION, lay_document
from PIL import Image
from playwright.sync_api import BrowserContext, expect

from dashboard.web import Office
from demo.documents import Document

_CROP = re.compile(r'<p class="crop"><img src="([^"]+)" alt="([^"]+)"')


def picture(answer: Any) -> Image.Image:
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    return Image.open(io.BytesIO(answer.content)).convert("L")


def test_number_and_day_of_a_scan_are_magnified_beside_their_fields(signed_in: Any, office: Office) -> None:
    lan, draft = signed_in("lan"), lay_document(office, INVITATION, is_scan=True)
    page = lan.get(f"/den/{draft}").text
    found = dict(_CROP.findall(page))
    assert found == {
        f"/trang/{draft}/1/1/code.png": "Số, ký hiệu trên trang 1, phóng to",
        f"/trang/{draft}/1/1/issued_on.png": "Ngày văn bản trên trang 1, phóng to",
    }
    sheet = picture(lan.get(f"/trang/{draft}/1/1.png"))
    shown = picture(lan.get(f"/trang/{draft}/1/1/code.png"))
    box = re.search(r'data-place-of="code" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"', page)
    assert box is not None
    width = float(box[3]) - 0.008 + 0.04  # the frame's room on the page against the crop's
    assert abs(shown.width - 2.5 * width * sheet.width) < 8
    assert np.asarray(shown).min() < 110, "there is ink on it"
    assert np.asarray(shown)[:2].min() > 110, "and paper around it"


def test_what_was_read_as_text_needs_no_crop(signed_in: Any, office: Office) -> None:
    lan, draft = signed_in("lan"), lay_document(office, INVITATION)
    assert 'class="crop"' not in lan.get(f"/den/{draft}").text


def test_a_number_that_was_not_read_is_shown_by_its_notation(signed_in: Any, office: Office) -> None:
    lan, draft = signed_in("lan"), lay_document(office, INVITATION, missing=("code", "code_number"))
    assert _CROP.findall(lan.get(f"/den/{draft}").text)[0][0] == f"/trang/{draft}/1/1/code_notation.png"
    picture(lan.get(f"/trang/{draft}/1/1/code_notation.png"))


def test_a_crop_is_given_to_who_may_see_the_page_and_only_of_what_was_read(signed_in: Any, office: Office) -> None:
    draft = lay_document(office, INVITATION, is_scan=True)
    lan, hung = signed_in("lan"), signed_in("hung")
    for path in ("2/1/code", "1/2/code", "1/1/remark", "1/1/nothing", "1/1/page_count"):
        assert lan.get(f"/trang/{draft}/{path}.png").status_code == 404, path
    for path in (f"/trang/{draft}/1/1.png", f"/trang/{draft}/1/1/code.png"):
        assert hung.get(path).status_code == 404
    virus = lay_document(office, INVITATION, is_scan=True, notes=("virus:Eicar",))
    assert 'class="crop"' not in lan.get(f"/den/{virus}").text
    assert lan.get(f"/trang/{virus}/1/1/code.png").status_code == 404


@pytest.mark.parametrize("width", [1280, 390])
def test_what_a_letter_asks_is_seen_by_everybody_at_any_width(
    browser: Callable[..., BrowserContext], full_office: Office, width: int
) -> None:
    drafts = [lay_document(full_office, paper, is_scan=is_scan)
              for paper, is_scan in ((INVITATION, True), (ASKS, False), (FOR_OTHERS, False))]  # fmt: skip
    page = browser("lan", width).new_page()
    for draft in drafts:
        page.goto(f"/den/{draft}")
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        assert [f"{rule['id']}: {rule['nodes'][0]['html'][:120]}" for rule in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    plain = browser("lan", width, java_script_enabled=False).new_page()
    plain.goto(f"/den/{drafts[0]}")
    for name in ("Số, ký hiệu", "Ngày văn bản"):
        crop = plain.get_by_alt_text(f"{name} trên trang 1, phóng to")
        expect(crop).to_be_visible()
        box, sheet = crop.bounding_box(), plain.locator(".page-sheet").bounding_box()
        assert box and sheet
        natural = crop.evaluate("image => image.naturalWidth")
        # Against the same place on the page beside it: the file's 909 pixels are shown narrower.
        assert box["width"] > 1.2 * natural / 2.5 * sheet["width"] / 909


@pytest.mark.parametrize(
    ("paper", "begin", "end", "field", "value"),
    [
        (INVITATION, "14", "24/11/2026", "event_at", "24/11/2026 14:00"),
        (replace(ASKS, paragraphs=("Trước 4 giờ chiều 20/11/2026.",)), "4", "20/11/2026", "due_at", "20/11/2026 16:00"),
        (replace(ASKS, paragraphs=("Trước 20/11/2026 hoặc sớm hơn.",)), "20/11/2026", "hoặc", "due_at", "20/11/2026"),
    ],
)  # fmt: skip
def test_an_hour_on_the_page_goes_into_the_field_with_its_day(
    browser: Callable[..., BrowserContext], full_office: Office, paper: Document, begin: str, end: str, field: str,
    value: str,
) -> None:  # fmt: skip
    draft = lay_document(full_office, paper, missing=(field,))
    page = browser("lan").new_page()
    page.goto(f"/den/{draft}")
    expect(page.locator("form[data-ready]")).to_be_attached()
    words = page.request.get(f"/trang/{draft}/1/1.json").json()
    first = next(n for n, word in enumerate(words) if word[0] == begin)
    last = next(n for n, word in enumerate(words) if word[0].startswith(end))
    page.focus(f"#f-{field}")
    page.locator(".page-sheet").scroll_into_view_if_needed()
    sheet = page.locator(".page-sheet").bounding_box()
    assert sheet
    for n, act in ((first, page.mouse.down), (last, page.mouse.up)):
        _, x0, y0, x1, y1 = words[n]
        page.mouse.move(sheet["x"] + (x0 + x1) / 2 * sheet["width"], sheet["y"] + (y0 + y1) / 2 * sheet["height"])
        act()
        page.wait_for_timeout(300)
    expect(page.locator(f"#f-{field}")).to_have_value(value)
