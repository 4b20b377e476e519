"""The pen's number and the scanner's day, magnified beside their fields."""

import io
import re
from typing import Any

import numpy as np
from desk_documents import INVITATION, lay_document
from PIL import Image

from dashboard.web import Office

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
