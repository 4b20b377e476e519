"""Links that stand for a letter's files, and all the links that do not."""

import time

import pytest
from mail_parts import HEADER, Reader

from core.incoming.links import host_of
from ingest.mime.links import MOST_LINKS, file_links

DRIVE = "https://drive.google.com/file/d/1aBcDeMo/view?usp=sharing"
ON_AN_OFFICE_S_SITE = "https://snv.lamdong.gov.vn/tai-lieu?id=12"


def found(text: str, subject: str = "Gửi văn bản") -> tuple[str, ...]:
    return file_links(subject, [text])


def html(markup: str) -> bytes:
    return f"{HEADER}Content-Type: text/html; charset=utf-8\n\n{markup}".replace("\n", "\r\n").encode()


@pytest.mark.parametrize(
    "address",
    [
        DRIVE,
        "https://drive.google.com/drive/folders/1aBcDeMo",
        "https://docs.google.com/document/d/1aBc/edit",
        "https://1drv.ms/b/s!AabbCC",
        "https://lamdonggov-my.sharepoint.com/:b:/g/personal/vanthu/Eabc",
        "https://www.dropbox.com/scl/fi/abc/12-SNV.pdf?dl=0",
        "https://we.tl/t-AbCdEf",
        "https://mega.nz/file/AbC#key",
        "https://www.fshare.vn/file/ABCDEF",
        "https://drive.vnpt.vn/s/abcdef",
        "https://drive.lamdong.gov.vn/ftp/abc",
        "https://mail.lamdong.gov.vn/home/vanthu.snv/Briefcase/12-SNV.zip",
        "https://mail.lamdong.gov.vn/home/vanthu@snv.lamdong.gov.vn/Tep/12",
        "https://mail.lamdong.gov.vn/service/home/~/?auth=co&id=25",
        "https://mail.mau.gov.vn/bigfile/download?id=12",
        "https://luu.mau.gov.vn/index.php/s/pXm3Yt7Qq2aBcDe",
        "https://snv.lamdong.gov.vn/upload/12-snv.pdf",
    ],
)
def test_a_store_of_files_is_known_by_its_address(address: str) -> None:
    assert found(f"Kính gửi quý cơ quan.\n{address}\nTrân trọng.") == (address,)


@pytest.mark.parametrize(
    "line",
    [
        "Đề nghị tải văn bản tại đây: {}",
        "Do dung lượng lớn, file đính kèm tại link {}",
        "Tài liệu họp gửi theo đường dẫn sau: {}",
        "Link tải: {}",
        "De nghi tai file: {}",
        "Đề nghị quý cơ quan tải về tại địa chỉ dưới đây:\n\n{}",
        "The document is available here: {}",
    ],
)
def test_any_address_is_a_file_where_the_words_beside_it_say_so(line: str) -> None:
    assert found(line.format(ON_AN_OFFICE_S_SITE)) == (ON_AN_OFFICE_S_SITE,)


@pytest.mark.parametrize(
    "text",
    [
        f"Căn cứ văn bản đăng trên {ON_AN_OFFICE_S_SITE}, đề nghị thực hiện.",
        "Theo báo: https://bao.mau.example/home/detail/tin-trong-tinh.html",
        "Đề nghị gửi số liệu, báo cáo trên phần mềm tại địa chỉ http://baocao.lamdong.gov.vn/nhap",
        "Thực hiện Công văn số 12 tại địa chỉ https://vanban.mau.example/?id=3 của Bộ",
        "Văn bản nêu trên thực hiện qua phần mềm tại đường link: https://bieu.mau.example/nhap",
        "Website: https://snv.lamdong.gov.vn",
        "Họp trực tuyến tại https://zoom.us/j/123456, tài liệu gửi sau.",
        "Đăng ký tham dự tại https://docs.google.com/forms/d/e/1FA/viewform",
        "Hủy đăng ký nhận thư: https://drive.google.com/unsubscribe/abc",
        "Xem hồ sơ năng lực: https://drive.google.com/file/d/1/view",
        f"Trân trọng.\n--\nVăn thư\n{DRIVE}",
        f"Trân trọng cảm ơn./.\nPhòng Văn thư\nAnh đơn vị: {DRIVE}",
        "https://drive.google.com/",
        f"> {DRIVE}",
        "Không có liên kết nào.",
    ],
)
def test_other_links_are_none(text: str) -> None:
    assert found(text) == ()


def test_a_link_to_files_below_the_greeting_counts_when_it_is_said_so() -> None:
    assert found(f"Trân trọng./.\nFile đính kèm tại link: {DRIVE}") == (DRIVE,)


def test_a_list_of_links_stands_under_the_line_that_announces_it() -> None:
    listed = tuple(f"{ON_AN_OFFICE_S_SITE}&phu-luc={n}" for n in (1, 2, 3))
    text = "\n".join(f"{n}. {address}" for n, address in enumerate(listed, start=1))
    assert found(f"Tài liệu gửi kèm tại đường dẫn:\n{text}\nKính mời xem thêm {ON_AN_OFFICE_S_SITE}") == listed


def test_what_an_answer_quotes_is_not_its_own() -> None:
    text = f"Đã nhận, cảm ơn.\nVào Th 5, 4 thg 6, 2026 Văn thư Sở đã viết:\nTải văn bản tại {DRIVE}"
    assert found(text, "Re: Gửi văn bản") == ()
    assert found(text, "Fwd: Gửi văn bản") == (DRIVE,)


def test_the_address_behind_the_words_counts(read: Reader) -> None:
    letter = read(
        html(f'<p>Kính gửi</p><p>Văn bản xem <a class="x" href="{ON_AN_OFFICE_S_SITE}&amp;a=1">tại đây</a></p>')
    )
    assert letter.links == (f"{ON_AN_OFFICE_S_SITE}&a=1",)
    assert "http" not in letter.text
    assert read(html(f"<p>Mời xem <a href={DRIVE}><img src=x></a>")).links == (DRIVE,)
    assert read(html('<a href="https://snv.lamdong.gov.vn/">Sở Nội vụ</a>')).links == ()


def test_a_link_wrapped_by_a_mail_server_is_shown_as_what_it_is() -> None:
    outlook = "https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwe.tl%2Ft-AbC&data=05"
    assert found(f"Xem {outlook}") == ("https://we.tl/t-AbC",)
    google = "https://www.google.com/url?q=https://we.tl/t-AbC&sa=D"
    assert found(f"Xem {google}") == ("https://we.tl/t-AbC",)


def test_a_link_that_only_seems_to_be_wrapped_is_shown_with_its_own_host() -> None:
    forged = "https://mau.example/tai?url=https://drive.google.com/file/d/1abc/view"
    assert found(f"Xem {forged}") == (forged,)
    (turned,) = found("Tải văn bản tại đây https://mau.example\\@drive.google.com/file/d/1abc")
    assert host_of(turned) == "mau.example"


def test_signs_that_turn_an_address_around_are_shown() -> None:
    assert found("https://we.tl/t-\u202efdp.exe") == ("https://we.tl/t-%E2%80%AEfdp.exe",)
    assert found("https://we.tl/t-\udce2\x00a") == ("https://we.tl/t-%3F%00a",)


def test_a_mail_of_links_is_looked_at_for_a_moment_only() -> None:
    begun = time.process_time()
    assert len(found("\n".join(f"https://we.tl/t-{n}" for n in range(50_000)))) == MOST_LINKS
    for text in ("http://a" * 25_000, "http://" + "a" * 190_000, "tải " * 50_000, "a-." * 60_000, "file " * 40_000,
                 "https://a.vn/x " * 13_000, "http://[a/x " * 16_000, "\n" * 200_000):  # fmt: skip
        found(text)
    assert time.process_time() - begun < 2
