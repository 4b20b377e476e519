"""Letters that are hard to take: links instead of files, locked archives, and mails that were badly made."""

from collections.abc import Callable
from dataclasses import replace

from demo import agencies as a
from demo.archives import locked
from demo.day import Day, printed
from demo.documents import Document
from demo.letters.story import Story, clerk, file_stem, posted, signed_off
from demo.mails import File, Mail

_TO = (f"{a.OFFICE}.",)
_PASSWORD = "Skhcn@2026"


def _drive_link(day: Day) -> Story:
    text = (
        f"Kính gửi quý Sở,\n\nSở Y tế gửi Công văn số {day.number(4230)}/SYT-NVY ngày "
        f"{printed(day.back(1))} về việc lấy ý kiến "
        "dự thảo Đề án y tế số. Do tệp lớn, đề nghị quý cơ quan tải văn bản tại:\n"
        "https://drive.google.com/drive/folders/1aBcDeMoKhongCoThat\n"
    )
    mail = Mail(clerk(a.HEALTH), "Lấy ý kiến dự thảo Đề án y tế số (tệp trên Drive)", signed_off(a.HEALTH, text))
    return Story("chi-co-lien-ket", "Chỉ có liên kết Drive, không có tệp văn bản", mail, ())


def _locked_document(day: Day) -> Document:
    return Document(
        a.FINANCE, day.number(3320), day.back(1), f"số kiểm tra dự toán ngân sách nhà nước năm {day.year + 1}",
        addressees=_TO,
        paragraphs=(f"Sở Tài chính thông báo số kiểm tra dự toán thu, chi ngân sách năm {day.year + 1} của Sở Khoa "
                    "học và Công nghệ "
                    "theo phụ lục đính kèm./.",),
    )  # fmt: skip


def _locked_archive(day: Day) -> Story:
    document = _locked_document(day)
    name = f"{file_stem(document)}.signed.pdf"
    archive = File(f"du toan {day.year + 1}.zip", locked(name, document.pdf(), _PASSWORD), "application/zip")
    body = signed_off(a.FINANCE, f"Gửi quý Sở số kiểm tra dự toán năm {day.year + 1}. Mật khẩu tệp nén gửi ở thư sau.")
    mail = Mail(clerk(a.FINANCE), f"{document.code} số kiểm tra dự toán {day.year + 1}", body, (archive,))
    return Story("zip-khoa", "Tệp nén có mật khẩu", mail, (document,), outcome="hold")


def _password(day: Day) -> Story:
    code = _locked_document(day).code
    mail = Mail(clerk(a.FINANCE), f"Mật khẩu tệp nén {code}", f"Mật khẩu giải nén: {_PASSWORD}\n")
    return Story("mat-khau", "Thư mang mật khẩu của tệp nén gửi trước", mail, (), outcome="hold")


def _wrong_boundary(day: Day) -> Story:
    document = Document(
        a.COMMUNE_QUANG_TRUC, day.number(265), day.back(1), "báo cáo tình hình phủ sóng di động tại các "
            "cột mốc biên giới",
        addressees=_TO, paragraphs=("Ủy ban nhân dân xã Quảng Trực báo cáo 02 khu vực còn lõm sóng di "
                                    "động./.",),
    )  # fmt: skip
    story = posted("ranh-gioi-sai", "Thư hỏng: dòng phân cách khai sai, tệp vẫn đọc được", document)
    return _damaged(story, lambda raw: raw.replace(b'boundary="=_', b'boundary="=_sai_', 1))


def _raw_quoted_printable(day: Day) -> Story:
    document = Document(
        a.COMMUNE_TUY_DUC, day.number(395), day.back(1), "đăng ký tham gia mô hình thôn thông minh", addressees=_TO,
        paragraphs=("Ủy ban nhân dân xã Tuy Đức đăng ký bon Bu N’Drung tham gia mô hình thôn thông minh./.",),
    )  # fmt: skip
    story = posted("qp-tam-bit", "Thư hỏng: khai quoted-printable mà gửi nguyên chữ có dấu 8 bit", document)
    return _damaged(story, lambda raw: raw.replace(b"K=C3=ADnh g=E1=BB=ADi", "Kính gửi = 100% ".encode(), 1))


def _unknown_charset(day: Day) -> Story:
    document = Document(
        a.WARD_BAC_GIA_NGHIA, day.number(1440), day.back(1), "cử đầu mối phối hợp Đề án chuyển đổi số", addressees=_TO,
        paragraphs=("Ủy ban nhân dân phường Bắc Gia Nghĩa cử đồng chí phụ trách văn hóa - xã hội làm đầu "
                    "mối./.",),
    )  # fmt: skip
    story = posted("bang-ma-la", "Thư hỏng: bảng mã không ai biết", document, is_later=True)
    return _damaged(story, lambda raw: raw.replace(b"charset=utf-8", b"charset=x-vnsoft-unicode", 1))


def _broken_subject(day: Day) -> Story:
    document = Document(
        a.AGRICULTURE, day.number(5170), day.back(1), "cung cấp danh mục mã số vùng trồng sầu riêng", addressees=_TO,
        paragraphs=("Sở Nông nghiệp và Môi trường cung cấp danh mục 128 mã số vùng trồng phục vụ xây dựng "
                    "cơ sở dữ liệu "
                    "truy xuất nguồn gốc./.",),
    )  # fmt: skip
    story = posted("tieu-de-hong", "Thư hỏng: tiêu đề mã hóa RFC 2047 bị cắt giữa chữ", document)
    broken = b"Subject: =?utf-8?B?Q3VuZyBj4bqlcCBkYW5oIG3hu6Vj?= =?utf-8?Q?m=C3=A3_s=E1=BB?="
    return _damaged(story, lambda raw: _with_subject(raw, broken))


def _damaged(story: Story, damage: Callable[[bytes], bytes]) -> Story:
    return replace(story, damage=damage)


def _with_subject(raw: bytes, line: bytes) -> bytes:
    start = raw.index(b"Subject: ")
    return raw[:start] + line + raw[raw.index(b"\r\nMessage-ID", start) :]


STORIES = (
    _drive_link, _locked_archive, _password, _wrong_boundary, _raw_quoted_printable, _broken_subject, _unknown_charset,
)  # fmt: skip
