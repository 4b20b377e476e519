"""Danh bạ cơ quan: the list, one agency and what a clerk changes there, tables in and out."""

from typing import Any

import sqlalchemy as sa
from desk_papers import Paper, lay
from starlette.testclient import TestClient

from core.agencies.tables import Agency, AgencyAddress, AgencyCode, AgencyName, AgencyUpload
from core.incoming.tables import Incoming
from dashboard.web import Office

FINANCE, WARD = "Sở Tài chính", "UBND phường Bắc Gia Nghĩa"


def token(browser: TestClient) -> str:
    return browser.get("/doi-mat-khau").text.split('name="csrf" value="', 1)[1].split('"', 1)[0]


def post(browser: TestClient, path: str, **fields: str) -> Any:
    return browser.post(path, data=fields | {"csrf": token(browser)})


def id_of(office: Office, name: str) -> int:
    with office.database.reading() as session:
        return session.scalars(sa.select(Agency.id).where(Agency.name == name)).one()


def version_of(office: Office, agency_id: int) -> str:
    with office.database.reading() as session:
        return str(session.get_one(Agency, agency_id).version)


def test_the_book_holds_whom_entries_came_from_and_is_searched(full_office: Office, signed_in: Any) -> None:
    browser: TestClient = signed_in("hung")
    page = browser.get("/co-quan").text
    assert FINANCE in page and "chưa ai xem" in page and "Thêm cơ quan" not in page
    assert FINANCE in browser.get("/co-quan?tim=tai+chinh").text
    assert FINANCE in browser.get("/co-quan?tim=SKHCN").text
    assert FINANCE not in browser.get("/co-quan?tim=bac+gia").text
    assert "Không có cơ quan nào khớp" in browser.get("/co-quan?tim=khong-co&xem=het&tiep=~9").text
    page = browser.get(f"/co-quan/{id_of(full_office, FINANCE)}").text
    assert "29 văn bản đã vào sổ" in page and "Thấy lần đầu trong văn bản đến" in page and "Gộp…" not in page


def test_the_list_goes_on_page_after_page(full_office: Office, signed_in: Any) -> None:
    browser: TestClient = signed_in("lan")
    lines = "".join(f"Sở Số {n:03}\n" for n in range(120))
    upload(browser, f"Tên cơ quan\n{lines}".encode())
    post(browser, "/co-quan/nhap/ghi")
    seen, path = 0, "/co-quan?tim=so+so"
    while path:
        page = browser.get(path).text
        seen += page.count("Sở Số ")
        path = page.split('class="button" href="')[1].split('"')[0].replace("&amp;", "&") if "Trang sau" in page else ""
    assert seen == 120


def upload(browser: TestClient, content: bytes, name: str = "danh-ba.csv") -> Any:
    return browser.post("/co-quan/nhap", data={"csrf": token(browser)}, files={"table": (name, content, "text/csv")})


def test_a_clerk_adds_an_agency_and_all_that_is_known_of_it(full_office: Office, signed_in: Any) -> None:
    browser: TestClient = signed_in("lan")
    assert "Ghi tên cơ quan" in post(browser, "/co-quan", name=" ", parent="").text
    page = post(browser, "/co-quan", name="Sở Nội vụ", parent="UBND tỉnh Lâm Đồng")
    path = page.url.path
    assert "Đã thêm" in page.text and "UBND tỉnh Lâm Đồng</a>" in page.text, "its parent is in the book too"
    assert "Danh bạ đã có" in post(browser, "/co-quan", name="Sở Nội vụ", parent="UBND tỉnh Lâm Đồng").text
    assert "Sở NV" in post(browser, f"{path}/ten-goi/them", alias="Sở NV", parent="").text
    page = post(browser, f"{path}/ky-hieu/them", sort="signs", code="snv", valid_from="1/3/2025", valid_to="")
    assert "SNV" in page.text and "từ 01/03/2025" in page.text
    page = post(browser, f"{path}/ky-hieu/them", sort="exchange", code="SNV", valid_from="", valid_to="")
    assert page.status_code == 422 and "Mã định danh có dạng" in page.text
    page = post(browser, f"{path}/dia-chi/them", address="@gmail.com")
    assert page.status_code == 422 and "không của riêng" in page.text and 'value="@gmail.com"' in page.text
    assert "snv@lamdong.gov.vn" in post(browser, f"{path}/dia-chi/them", address="SNV@lamdong.gov.vn").text
    assert "Sở Nội vụ" in browser.get("/co-quan?tim=snv@lam").text


def test_rows_are_corrected_taken_out_and_put_back(full_office: Office, signed_in: Any) -> None:
    browser: TestClient = signed_in("lan")
    path = post(browser, "/co-quan", name="Sở Nội vụ", parent="").url.path
    post(browser, f"{path}/ten-goi/them", alias="Sở NV", parent="")
    post(browser, f"{path}/ky-hieu/them", sort="signs", code="SNV")
    post(browser, f"{path}/dia-chi/them", address="snv@lamdong.gov.vn")
    with full_office.database.reading() as session:
        name = session.scalars(sa.select(AgencyName.id).where(AgencyName.name == "Sở NV")).one()
        code = session.scalars(sa.select(AgencyCode.id).where(AgencyCode.code == "SNV")).one()
        address = session.scalars(sa.select(AgencyAddress.id)).one()
    assert "Sở Nội Vụ tỉnh" in post(browser, f"{path}/ten-goi/{name}/sua", alias="Sở Nội Vụ tỉnh", parent="").text
    page = post(browser, f"{path}/ky-hieu/{code}/sua", sort="signs", code="SNV", valid_to="30/6/2026").text
    assert "đến 30/06/2026" in page
    assert "Đã bỏ" in post(browser, f"{path}/dia-chi/{address}/bo").text
    assert "đã bỏ rồi" in post(browser, f"{path}/dia-chi/{address}/bo").text
    assert "Dòng này được dùng lại" in post(browser, f"{path}/dia-chi/{address}/dung-lai").text
    with full_office.database.reading() as session:
        live = sa.select(AgencyName.name).where(AgencyName.removed_at.is_(None))
        names = session.scalars(live.where(AgencyName.agency_id == int(path.rsplit("/", 1)[1]))).all()
        assert sorted(names) == ["Sở Nội Vụ tỉnh", "Sở Nội vụ"]
        assert session.scalars(sa.select(AgencyCode.removed_at).where(AgencyCode.id == code)).one() is None
    other = id_of(full_office, FINANCE)
    assert post(browser, f"/co-quan/{other}/dia-chi/{address}/bo").status_code == 404, "of another agency"


def test_two_are_merged_parted_ended_and_opened_again(full_office: Office, signed_in: Any) -> None:
    browser: TestClient = signed_in("lan")
    one, other = id_of(full_office, WARD), id_of(full_office, FINANCE)
    page = browser.get(f"/co-quan/{one}/gop?tim=tai+chinh").text
    assert FINANCE in page and f'name="other" value="{other}"' in page and f'name="other" value="{one}"' not in page
    merged = post(browser, f"/co-quan/{one}/gop", other=str(other), version=version_of(full_office, one))
    assert merged.url.path == f"/co-quan/{other}" and WARD in merged.text and "59 văn bản" in merged.text
    assert "Đã gộp vào" in browser.get(f"/co-quan/{one}").text
    assert WARD not in browser.get("/co-quan").text
    assert "Đã tách ra" in post(browser, f"/co-quan/{one}/tach").text
    old = version_of(full_office, one)
    refused = post(browser, f"/co-quan/{one}/ke-thua", other=str(other), version=old, day="")
    assert refused.status_code == 422 and "Ghi ngày" in refused.text
    page = post(browser, f"/co-quan/{one}/ke-thua", other=str(other), version=old, day="1/7/2025").text
    assert "thôi hoạt động từ 01/07/2025" in page and "Được kế thừa bởi" in page
    assert WARD in browser.get("/co-quan?xem=het").text and "Kế thừa" in browser.get(f"/co-quan/{other}").text
    assert post(browser, f"/co-quan/{one}/mo-lai", version=old).text.count("Người khác vừa sửa") == 1
    page = post(browser, f"/co-quan/{one}/mo-lai", version=version_of(full_office, one)).text
    assert "lại đang hoạt động" in page and "Được kế thừa bởi" not in page


def test_what_letters_brought_is_checked_and_called_rightly(full_office: Office, signed_in: Any) -> None:
    browser: TestClient = signed_in("lan")
    one = id_of(full_office, WARD)
    assert "chưa ai xem" not in post(browser, f"/co-quan/{one}/da-xem").text
    told = {
        "name": "UBND phường Bắc Gia Nghĩa",
        "parent": "UBND tỉnh Lâm Đồng",
        "level": "commune",
        "note": "Trụ sở mới",
    }
    page = post(browser, f"/co-quan/{one}/sua", **told, version=version_of(full_office, one)).text
    assert "Cấp xã" in page and "Trụ sở mới" in page
    page = post(browser, f"/co-quan/{one}/sua", **told | {"name": ""}, version=version_of(full_office, one))
    assert page.status_code == 422 and "Ghi tên cơ quan" in page.text
    parent = browser.get(f"/co-quan/{id_of(full_office, 'UBND tỉnh Lâm Đồng')}").text
    assert "Cơ quan trực thuộc (1)" in parent


def test_a_table_is_looked_at_before_it_is_written(full_office: Office, signed_in: Any) -> None:
    browser: TestClient = signed_in("lan")
    assert "Chọn tệp CSV" in post(browser, "/co-quan/nhap").text
    assert "CSV UTF-8" in upload(browser, "Tên cơ quan\nSở".encode("utf-16")).text
    content = f"Tên cơ quan;Ký hiệu\nSở Nội vụ;SNV\n{FINANCE};STC\n;X\n".encode()
    page = upload(browser, content).text
    assert "danh-ba.csv" in page and "Ghi 2 dòng vào danh bạ, bỏ qua 1 dòng lỗi" in page
    assert page.index("lỗi</span>") < page.index("thêm mới</span>") < page.index("bổ sung</span>")
    assert "Sở Nội vụ" not in browser.get("/co-quan").text
    page = post(browser, "/co-quan/nhap/ghi").text
    assert "1 cơ quan thêm mới, 1 bổ sung. Bỏ qua 1 dòng lỗi" in page and "Sở Nội vụ" in page
    assert "đã ghi hoặc đã bỏ" in post(browser, "/co-quan/nhap/ghi").text, "a second press writes nothing"
    table = browser.get("/co-quan/danh-ba.csv")
    assert "attachment" in table.headers["content-disposition"] and "Sở Nội vụ" in table.content.decode("utf-8-sig")
    upload(browser, table.content)
    assert "Chọn tệp CSV" not in post(browser, "/co-quan/nhap/bo").text
    with full_office.database.reading() as session:
        assert session.scalars(sa.select(AgencyUpload)).all() == []


def test_an_entry_leads_to_its_issuer(full_office: Office, signed_in: Any) -> None:
    browser: TestClient = signed_in("lan")
    page = browser.get("/den/3").text
    link = page.split('href="/co-quan/theo-ten?')[1].split('"')[0].replace("&amp;", "&")
    assert browser.get(f"/co-quan/theo-ten?{link}").url.path == f"/co-quan/{id_of(full_office, FINANCE)}"
    assert browser.get("/co-quan/theo-ten?ten=Không+có&thuoc=").url.path == "/co-quan"
    assert '/co-quan">Danh bạ cơ quan</a>' in page


def test_a_proposal_of_the_book_says_where_it_comes_from(full_office: Office, signed_in: Any) -> None:
    browser: TestClient = signed_in("lan")
    draft = lay(full_office, Paper(7), received_at=full_office.clock())
    with full_office.database.writing() as session:
        document = session.get_one(Incoming, draft)
        said = {"value": document.issuer, "confidence": 0.6, "source": "agency", "text": "không đọc được; theo danh bạ"}
        document.proposed = document.proposed | {"issuer": said}
    page = browser.get(f"/den/{draft}").text
    assert '<a href="/co-quan">Theo danh bạ cơ quan</a>' in page and "không đọc được; theo danh bạ" in page
