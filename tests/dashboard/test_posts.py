"""Every form of every route: who is refused it, and that nobody's forged form does anything."""

import re
from typing import Any

import pytest
import sqlalchemy as sa

from core.events import Event
from dashboard.app import ROUTES

OPEN = ("/dang-nhap", "/dang-nhap/khoa", "/dang-nhap/khoa/bat-dau")  # before anybody is signed in
EVERYBODY = ("/dang-xuat", "/doi-mat-khau", "/thiet-bi/bat-dau", "/thiet-bi")
# One's own devices, and tasks by one's place in each (tests/dashboard/tasks/test_every_act.py): not by role.
BY_ROW = ("/thiet-bi/{id:int}/ten", "/thiet-bi/{id:int}/quen", "/viec/{id:int}/y-kien", "/viec/{id:int}/{act}",
          "/den/{id:int}/trinh")  # fmt: skip
# Who else than the clerk, or who instead.
OTHERS = {
    "/bao-noi-gui": "lan hoa", "/bao-noi-gui/bo": "lan hoa", "/bao-noi-gui/ma-dinh-danh": "lan hoa",
    "/bi-giu/{id:int}/khong-cap-nhat": "lan kha", "/bi-giu/{id:int}/doc-lai": "lan kha",
    "/bi-giu/{id:int}/dua-vao-nhap": "lan kha", "/khong-vao-so/{id:int}/dua-vao-nhap": "kha",
    "/den/{id:int}/go-noi-dung": "kha", "/hop-thu/{name}/{what}": "lan quan",
    "/gui-di/{id:int}/{what}": "lan",
    "/duyet": "binh thu hoa", "/duyet/{id:int}": "binh thu hoa mai", "/duyet/{id:int}/theo-de-xuat": "binh thu hoa",
    "/tra-lai/{id:int}": "binh thu hoa", "/chuyen-thang": "binh thu hoa", "/chuyen-thang/{id:int}/thoi": "binh thu hoa",
    "/viec/giao": "mai binh thu hoa", "/viec/giao/{id:int}/thoi": "mai binh thu hoa",
    "/uy-quyen": "lan hung mai binh thu hoa", "/uy-quyen/{id:int}/thoi": "lan hung mai binh thu hoa",
    "/xin-doc": "lan hung mai binh thu hoa", "/xin-doc/{id:int}/{user:int}": "lan binh thu hoa",
    "/xin-doc/{id:int}/{user:int}/thu-hoi": "lan binh thu hoa",
}  # fmt: skip
POSTS = [route.path for route in ROUTES if "POST" in (route.methods or ()) and route.path not in OPEN]
DROPPED = ("/den/tha-tep", "/den/{id:int}/them-tep")  # read as they come, not by `form_of`
FILLED = {"code": "den", "name": "van-thu", "what": "lay-thu", "part": "ten-goi", "purpose": "sua", "role": "chinh"}


def address(path: str) -> str:
    return re.sub(r"{(\w+)(?::\w+)?}", lambda found: FILLED.get(found[1], "1"), path)


def state(office: Any) -> int:
    with office.database.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Event)) or 0


@pytest.mark.parametrize("name", ["lan", "hung", "mai", "binh", "thu", "hoa", "kha", "quan"])
def test_a_form_is_refused_to_who_has_no_business_there(full_office: Any, signed_in: Any, name: str) -> None:
    browser = signed_in(name)
    token = browser.get("/doi-mat-khau").text.split('name="csrf" value="', 1)[1].split('"', 1)[0]
    strangers = [path for path in POSTS if path not in EVERYBODY + BY_ROW]
    strangers = [path for path in strangers if name not in OTHERS.get(path, "lan").split()]
    before = state(full_office)
    let_in = {}
    for path in strangers:
        answer = browser.post(address(path), data={"csrf": token, "reason": "lý do"}, follow_redirects=False)
        if answer.status_code not in (403, 404):
            let_in[path] = answer.status_code
    assert let_in == {} and state(full_office) == before


@pytest.mark.parametrize("name", ["lan", "binh", "kha"])
def test_a_forged_form_does_nothing_anywhere(full_office: Any, signed_in: Any, name: str) -> None:
    browser = signed_in(name)
    before = state(full_office)
    let_in = {}
    for path in POSTS:
        files = {"tep": ("a.pdf", b"%PDF")} if path in DROPPED else None
        answer = browser.post(address(path), data={"csrf": "khác"}, files=files, follow_redirects=False)
        if answer.status_code not in (403, 404):
            let_in[path] = answer.status_code
    assert let_in == {} and state(full_office) == before
