"""Every page and act, for every role: who is let in."""

from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

ROLES = ("lan", "hung", "mai", "binh", "hoa", "kha", "quan")
BOOK = "/so-den/den/2026"
# Which of ROLES may read a page; everybody else gets what a page that is not there gives.
READERS = {
    BOOK: "lan hung mai binh hoa",
    BOOK + "/in": "lan hung mai binh hoa",
    BOOK + "/so.csv": "lan hung mai binh hoa",
    BOOK + "/kiem-tra": "lan binh hoa",
    "/so-den/den/mo": "lan",
    "/so-den/den/xac-nhan-so": "lan",  # any clerk, while nobody is named
    "/sao-luu": "binh hoa quan",
    "/co-quan": "lan hung mai binh hoa",
    "/co-quan/1": "lan hung mai binh hoa",
    "/co-quan/danh-ba.csv": "lan hung mai binh hoa",
    "/co-quan/nhap": "lan",
    "/co-quan/1/gop": "lan",
    "/co-quan/1/ke-thua": "lan",
    "/den": "lan",
    "/tim": "lan hung mai binh hoa",
    "/tim?q=chuyen+doi+so&tt=draft": "lan hung mai binh hoa",
    "/den/3": "lan binh hoa",
    "/den/122": "lan",
    "/den/3/huy-so": "lan",
    "/bi-giu": "lan kha",
    "/bi-giu/1/khong-cap-nhat": "lan kha",  # a locked archive
    "/bi-giu/5/khong-cap-nhat": "kha",  # perhaps a petition
    "/khong-vao-so": "lan kha",
    "/khong-vao-so/bi_mat": "lan kha",
    "/khong-vao-so/nhap": "lan",
    "/go-noi-dung": "kha",
    "/den/3/go-noi-dung": "kha",
    "/den/122/go-noi-dung": "kha",
    "/hop-thu": "lan quan",
    "/chuyen-thang": "binh hoa",
    "/bao-nhan": "lan",
    "/doi-mat-khau": "lan hung mai binh hoa kha quan",
    "/thiet-bi": "lan hung mai binh hoa kha quan",
    "/dem": "lan hung mai binh hoa kha quan",
    "/": "lan hung mai binh hoa kha quan",
}
ACTORS = {
    "/thiet-bi": "lan hung mai binh hoa kha quan",
    "/so-den/den/xac-nhan-so": "lan",
    "/so-den/den/mo": "lan",
    "/co-quan": "lan",
    "/co-quan/nhap": "lan",
    "/co-quan/nhap/ghi": "lan",
    "/co-quan/nhap/bo": "lan",
    "/co-quan/1/sua": "lan",
    "/co-quan/1/da-xem": "lan",
    "/co-quan/1/mo-lai": "lan",
    "/co-quan/1/tach": "lan",
    "/co-quan/1/gop": "lan",
    "/co-quan/1/ke-thua": "lan",
    "/co-quan/1/ten-goi/them": "lan",
    "/co-quan/1/ky-hieu/1/bo": "lan",
    "/den/3/huy-so": "lan",
    "/den/122/khong-cap-nhat": "lan",
    "/den/122/vao-so": "lan",
    "/den/122/khong-can-tep": "lan",
    "/den/122/gop-phan": "lan",
    "/bi-giu/1/dua-vao-nhap": "lan kha",
    "/bi-giu/2/doc-lai": "lan kha",
    "/bi-giu/5/doc-lai": "kha",
    "/bi-giu/1/khong-cap-nhat": "lan kha",
    "/bi-giu/5/dua-vao-nhap": "kha",
    "/bi-giu/5/khong-cap-nhat": "kha",
    "/khong-vao-so/1/dua-vao-nhap": "kha",
    "/den/3/go-noi-dung": "kha",
    "/chuyen-thang": "binh",
    "/chuyen-thang/1/thoi": "",
    "/hop-thu/van-thu/lay-thu": "lan quan",
    "/hop-thu/van-thu/kiem-tra": "lan quan",
    "/hop-thu/van-thu/doi-chieu": "lan quan",
}
PUBLIC = {
    "/dang-nhap", "/dang-nhap/khoa", "/dang-nhap/khoa/bat-dau", "/healthz", "/metrics", "/static/{hash}/{name:path}",
}  # fmt: skip


@pytest.mark.parametrize("name", ROLES)
def test_each_role_reads_its_pages_and_finds_no_others(full_office: Any, signed_in: Any, name: str) -> None:
    browser = signed_in(name)
    found = {path: browser.get(path).status_code for path in READERS}
    assert found == {path: 200 if name in readers.split() else 404 for path, readers in READERS.items()}


@pytest.mark.parametrize("name", ROLES)
def test_each_role_does_its_acts_and_is_refused_others(full_office: Any, signed_in: Any, name: str) -> None:
    browser = signed_in(name)
    token = browser.get("/doi-mat-khau").text.split('name="csrf" value="', 1)[1].split('"', 1)[0]
    for path, actors in ACTORS.items():
        status = browser.post(path, data={"csrf": token}, follow_redirects=False).status_code
        # A right act with an empty form is refused for what it lacks, never for who asks.
        assert (status in (303, 409, 422)) if name in actors.split() else (status in (403, 404)), path


def test_without_signing_in_only_the_login_page_opens(full_office: Any, app: Starlette, visitor: Any) -> None:
    for route in app.routes:
        assert isinstance(route, Route)
        if route.path in PUBLIC:
            continue
        path = route.path.replace("{year:int}", "2026").replace(":int}", "}").replace("{id}", "3")
        if "GET" in (route.methods or ()):
            answer = visitor.get(path, follow_redirects=False)
            assert answer.status_code in (204, 303), path
            assert answer.status_code == 204 or answer.headers["location"].startswith("/dang-nhap"), path
        else:
            answer = visitor.post(path, data={"csrf": "x"}, follow_redirects=False)
            assert answer.status_code == 401 and 'name="password"' in answer.text, path
