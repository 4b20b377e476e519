"""Letters of the other departments of the province."""

from demo import agencies as a
from demo.archives import word_file, workbook
from demo.day import Day, printed
from demo.documents import Document
from demo.letters.story import Story, file_stem, posted
from demo.mails import DOCX, XLSX, File, Mail, Naming

_TO = (f"{a.OFFICE}.",)


def _answer(day: Day) -> Story:
    document, files = _answer_files(day)
    return posted("tra-loi-ba-ban", "Sở Tài chính trả lời công văn của ta: bản docx, bản pdf và bản "
                                    "signed.pdf",
                  document, files=files, subject=f"Trả lời Công văn số {_ASKED}", naming=Naming.RFC2047)  # fmt: skip


def _answer_forwarded(day: Day) -> Story:
    document, files = _answer_files(day)
    body = (
        "Em gửi lại vì hôm qua hộp thư cơ quan báo đầy ạ.\n\n---------- Forwarded message ---------\n"
        f"Từ: Văn thư Sở Tài chính <{a.FINANCE.address}>\nChủ đề: Trả lời Công văn số {_ASKED}\n"
    )
    mail = Mail(
        ("Hương Trần", "huongtran.1988@thucanhan.example.com"), f"Fwd: Trả lời Công văn số {_ASKED}", body, files
    )
    return Story("tra-loi-chuyen-tiep", "Cùng văn bản trả lời ấy, chuyển tiếp từ hộp thư riêng của một "
                                        "cán bộ", mail,
                 (document,), is_later=True)  # fmt: skip


_ASKED = "1185/SKHCN-KHTC"


def _answer_files(day: Day) -> tuple[Document, tuple[File, ...]]:
    document = Document(
        a.FINANCE, day.number(3300), day.back(1), "thẩm định dự toán kinh phí sự nghiệp khoa học, công "
                                                  "nghệ và chuyển đổi "
        f"số năm {day.year + 1}", addressees=_TO,
        paragraphs=(
            f"Trả lời Công văn số {_ASKED} ngày {printed(day.back(8))} của Sở Khoa học và Công nghệ về "
            f"việc đề nghị "
            f"thẩm định dự toán kinh phí năm {day.year + 1}, sau khi xem xét, Sở Tài chính có ý kiến như sau:",
            "1. Thống nhất nội dung và mức kinh phí đối với 12 nhiệm vụ khoa học và công nghệ chuyển tiếp.",
            "2. Đề nghị bổ sung báo giá, thuyết minh khối lượng đối với hạng mục nâng cấp Trung tâm dữ "
            "liệu tỉnh.",
            "Sở Tài chính gửi Sở Khoa học và Công nghệ để hoàn thiện dự toán./.",
        ),
        facts={"in_reply_to": _ASKED},
    )  # fmt: skip
    stem = f"STC - {file_stem(document)} thẩm định dự toán"
    return document, (
        File(f"{stem}.docx", word_file(document), DOCX),
        File(f"{stem}.pdf", document.unsigned().pdf()),
        File(f"{stem}.signed.pdf", document.pdf()),
    )


def _for_another_department(day: Day) -> Story:
    document = Document(
        a.HEALTH, day.number(4200), day.back(1), "phối hợp kiểm tra an toàn thực phẩm tại các chợ đầu mối",
        addressees=("Sở Nông nghiệp và Môi trường tỉnh Lâm Đồng.",),
        paragraphs=(
            "Sở Y tế đề nghị Sở Nông nghiệp và Môi trường cử cán bộ tham gia Đoàn kiểm tra liên ngành về "
            "an toàn thực "
            f"phẩm tại các chợ đầu mối từ ngày {printed(day.ahead(5))}.",
            "Danh sách gửi về Sở Y tế để tổng hợp, trình Ủy ban nhân dân tỉnh quyết định./.",
        ),
    )  # fmt: skip
    return posted("gui-nham-so-khac", "Công văn đề gửi Sở Nông nghiệp và Môi trường nhưng chuyển nhầm đến ta", document)


def _personnel(day: Day) -> Story:
    document = Document(
        a.HOME_AFFAIRS, day.number(2650), day.back(1), "rà soát vị trí việc làm và báo cáo số lượng cán "
                                                       "bộ, công chức, viên "
        "chức", addressees=("- Các sở, ban, ngành thuộc tỉnh;", "- Ủy ban nhân dân các xã, phường, đặc khu."),
        urgency="khan",
        paragraphs=(
            "Thực hiện chỉ đạo của Ủy ban nhân dân tỉnh về sắp xếp tổ chức bộ máy, Sở Nội vụ đề nghị các "
            "cơ quan, đơn vị "
            "rà soát vị trí việc làm, báo cáo số lượng cán bộ, công chức, viên chức có mặt theo biểu mẫu "
            "gửi kèm.",
            f"Báo cáo gửi về Sở Nội vụ chậm nhất ngày {printed(day.ahead(3))}, đồng thời gửi bản mềm qua "
            f"thư điện tử./.",
        ),
        facts={"due_at": day.ahead(3).isoformat()},
    )  # fmt: skip
    form = workbook("Biểu 01", (("STT", "Đơn vị", "Biên chế giao", "Có mặt"), ("1", "", "", "")))
    return posted("noi-vu-khan", "Công văn KHẨN của Sở Nội vụ kèm biểu mẫu Excel", document,
                  more=(File("Bieu mau 01.xlsx", form, XLSX),))  # fmt: skip


def _long_subject(day: Day) -> Story:
    document = Document(
        a.AGRICULTURE, day.number(5150), day.back(1),
        "góp ý dự thảo Quyết định của Ủy ban nhân dân tỉnh quy định chính sách hỗ trợ ứng dụng công nghệ "
        "cao, công nghệ "
        "số và truy xuất nguồn gốc trong sản xuất, sơ chế, chế biến, bảo quản và tiêu thụ nông sản chủ "
        "lực trên địa bàn "
        "tỉnh Lâm Đồng giai đoạn 2026 - 2030",
        addressees=("- Các sở: Khoa học và Công nghệ, Tài chính, Tư pháp, Công Thương;",
                    "- Hội Nông dân tỉnh;", "- Ủy ban nhân dân các xã, phường."),
        paragraphs=(
            "Sở Nông nghiệp và Môi trường đã hoàn thành dự thảo Quyết định nêu trên, đề nghị các cơ quan "
            "nghiên cứu, cho ý "
            f"kiến bằng văn bản trước ngày {printed(day.ahead(7))}.",
            "Quá thời hạn nêu trên, cơ quan không có ý kiến xem như thống nhất với dự thảo./.",
        ),
        facts={"due_at": day.ahead(7).isoformat()},
    )  # fmt: skip
    draft = File("Dự thảo Quyết định.docx", word_file(document), DOCX, Naming.CONTINUED)
    return posted("trich-yeu-dai", "Công văn góp ý, trích yếu dài nhiều dòng, tên tệp cắt khúc theo RFC "
                                   "2231", document,
                  more=(draft,), naming=Naming.CONTINUED)  # fmt: skip


def _schools(day: Day) -> Story:
    document = Document(
        a.EDUCATION, day.number(2900), day.back(1), "cử giám khảo Cuộc thi Khoa học, kỹ thuật cấp tỉnh "
                                                    "dành cho học sinh "
        f"trung học năm học {day.year} - {day.year + 1}", addressees=_TO,
        paragraphs=(
            "Để chuẩn bị Cuộc thi Khoa học, kỹ thuật cấp tỉnh, Sở Giáo dục và Đào tạo kính đề nghị Sở "
            "Khoa học và Công "
            "nghệ cử 04 cán bộ có chuyên môn về hệ thống nhúng, sinh học và vật liệu tham gia Ban Giám khảo.",
            f"Danh sách xin gửi về Phòng Giáo dục Trung học trước ngày {printed(day.ahead(5))}./.",
        ),
        facts={"due_at": day.ahead(5).isoformat()},
    )  # fmt: skip
    return posted("giao-duc-giam-khao", "Sở Giáo dục và Đào tạo đề nghị cử giám khảo", document, is_later=True)


def _petrol(day: Day) -> Story:
    document = Document(
        a.INDUSTRY, day.number(1980, 0), day.today, "phối hợp kiểm tra đo lường, chất lượng trong kinh "
                                                    "doanh xăng dầu, khí "
        "dầu mỏ hóa lỏng dịp cuối năm", addressees=_TO,
        paragraphs=(
            "Sở Công Thương dự kiến kiểm tra 18 cửa hàng xăng dầu, 06 cơ sở kinh doanh LPG trên địa bàn "
            "các phường Xuân "
            "Hương - Đà Lạt, Bảo Lộc, Bắc Gia Nghĩa và các xã lân cận.",
            "Đề nghị Sở Khoa học và Công nghệ cử kiểm định viên, phương tiện lấy mẫu tham gia Đoàn kiểm "
            "tra./.",
        ),
    )  # fmt: skip
    return posted(
        "cong-thuong-xang-dau", "Sở Công Thương mời phối hợp kiểm tra đo lường xăng dầu", document, is_later=True
    )


def _honey(day: Day) -> Story:
    document = Document(
        a.AGRICULTURE, day.number(5180, 0), day.today, "hỗ trợ xây dựng nhãn hiệu chứng nhận “Mật ong Tuy "
                                                       "Đức”",
        addressees=_TO,
        paragraphs=(
            "Nghề nuôi ong lấy mật tại các xã Tuy Đức, Quảng Trực hiện có 214 hộ với sản lượng khoảng 380 "
            "tấn mật ong mỗi "
            "năm. Sản phẩm MẬT ONG rừng được thị trường ưa chuộng nhưng chưa có nhãn hiệu được bảo hộ.",
            "Sở Nông nghiệp và Môi trường đề nghị Sở Khoa học và Công nghệ hướng dẫn hồ sơ đăng ký nhãn "
            "hiệu chứng nhận "
            "“Mật ong Tuy Đức”, bố trí kinh phí từ Chương trình phát triển tài sản trí tuệ./.",
        ),
    )  # fmt: skip
    return posted("mat-ong", "Công văn về mật ong: có chữ “mật” mà không phải bí mật", document,
                  subject=f"{document.code} V/v nhãn hiệu Mật ong Tuy Đức", is_later=True)  # fmt: skip


STORIES = (
    _answer, _answer_forwarded, _for_another_department, _personnel, _long_subject, _schools, _petrol, _honey,
)  # fmt: skip
