"""Letters of communes, wards, the special zone, and paper that came through the office's own scanner."""

import unicodedata

from demo import agencies as a
from demo.archives import workbook
from demo.day import Day, printed
from demo.documents import Annex, Document
from demo.letters.story import Story, posted
from demo.mails import XLSX, File, Mail, Naming
from demo.scans import photographed, scanned
from demo.tcvn3 import tcvn3

_TO = (f"{a.OFFICE}.",)


def _photo(day: Day) -> Story:
    document = Document(
        a.COMMUNE_QUANG_TRUC, day.number(260), day.back(1), "đề nghị hỗ trợ sửa chữa đài truyền thanh "
            "thông minh các bon vùng "
        "biên giới", addressees=_TO, by_hand=True,
        paragraphs=(
            "Xã Quảng Trực có 04 cụm loa truyền thanh thông minh tại các bon Bu Gia, Bu Krắk, Đắk Huýt hư "
            "hỏng do sét "
            "đánh trong mùa mưa vừa qua.",
            "Ủy ban nhân dân xã kính đề nghị Sở Khoa học và Công nghệ quan tâm, hỗ trợ kinh phí sửa chữa./.",
        ),
    )  # fmt: skip
    body = (
        "Kính gửi: Sở Khoa học và Công nghệ tỉnh Lâm Đồng\n\nUBND xã Quảng Trực gửi công văn đề nghị hỗ "
        "trợ sửa chữa đài "
        "truyền thanh. Máy quét của xã đang hỏng nên gửi ảnh chụp, mong quý Sở thông cảm.\n\nĐiểu Sơn - "
        "văn phòng xã\n"
    )
    picture = File("IMG_0417.jpg", photographed(document.pdf(), seed=5), "image/jpeg")
    mail = Mail(("UBND xa Quang Truc", a.COMMUNE_QUANG_TRUC.address), "Cong van xa Quang Truc", body, (picture,),
                charset="iso-8859-1", body_bytes=tcvn3(body))  # fmt: skip
    return Story("anh-chup-xa", "Ảnh chụp nghiêng của một xã, số viết tay, thư gõ bằng phông TCVN3", mail, (document,))


def _report(day: Day) -> Story:
    document = Document(
        a.COMMUNE_TUY_DUC, day.number(380), day.back(1), "kết quả hoạt động Tổ công nghệ số cộng đồng tháng "
        f"{day.back(1).month} năm {day.back(1).year}", kind="Báo cáo", addressees=_TO,
        paragraphs=(
            "Ủy ban nhân dân xã Tuy Đức báo cáo kết quả hoạt động của 21 Tổ công nghệ số cộng đồng như sau:",
            "1. Hướng dẫn 1.260 lượt người dân cài đặt, sử dụng định danh điện tử và dịch vụ công trực "
            "tuyến.",
            "2. Hỗ trợ 37 hộ kinh doanh đưa sản phẩm lên sàn thương mại điện tử.",
            "3. Khó khăn: 03 bon chưa có sóng di động ổn định; thiếu thiết bị đầu cuối.",
            "Ủy ban nhân dân xã kính báo cáo./.",
        ),
        annexes=(Annex("PHỤ LỤC", "Kết quả theo thôn, bon", "(Kèm theo Báo cáo số        /BC-UBND của "
            "UBND xã Tuy Đức)", (
            ("STT", "Thôn, bon", "Số lượt hướng dẫn", "Ghi chú"), ("1", "Bon Bu N’Drung", "212", ""),
            ("2", "Thôn Đắk Krung", "345", ""), ("3", "Bon Đắk R’Tăng", "188", "Chưa có sóng 4G")), (1, 4, 3, 3)),),
    )  # fmt: skip
    return posted("bao-cao-to-cong-nghe", "Báo cáo của UBND xã Tuy Đức, có phụ lục", document)


def _proposal(day: Day) -> Story:
    document = Document(
        a.WARD_BAC_GIA_NGHIA, day.number(140, 2), day.back(2), "hỗ trợ kinh phí xây dựng phường thông "
            "minh giai đoạn 2026 - "
        "2028", kind="Tờ trình", addressees=_TO,
        paragraphs=(
            "Ủy ban nhân dân phường Bắc Gia Nghĩa kính trình Sở Khoa học và Công nghệ xem xét, hỗ trợ "
            "kinh phí thực hiện mô "
            "hình phường thông minh với các hạng mục: camera an ninh, bảng điện tử, Trung tâm điều hành.",
            "Tổng kinh phí đề nghị hỗ trợ: 2.450.000.000 đồng (Hai tỷ, bốn trăm năm mươi triệu đồng).",
            "Kính trình quý Sở xem xét, quyết định./.",
        ),
    )  # fmt: skip
    name = unicodedata.normalize("NFD", f"Tờ trình {document.number} phường thông minh.pdf")
    return posted("to-trinh-phuong", "Tờ trình của phường, tên tệp gõ trên máy Mac (Unicode tách dấu)", document,
                  files=(File(name, document.pdf()),), subject=unicodedata.normalize("NFD", "Tờ trình "
                      "phường thông minh"),
                  )  # fmt: skip


def _island(day: Day) -> Story:
    document = Document(
        a.ISLAND_PHU_QUY, day.number(510), day.back(1), "khảo sát, lắp đặt trạm quan trắc và mở rộng "
                                                        "Internet băng rộng tại đặc "
        "khu Phú Quý", addressees=_TO,
        paragraphs=(
            "Hiện nay tuyến truyền dẫn vi ba từ đất liền ra đặc khu Phú Quý thường xuyên gián đoạn trong "
            "mùa gió chướng.",
            "Ủy ban nhân dân đặc khu kính đề nghị Sở Khoa học và Công nghệ chủ trì khảo sát, đề xuất "
            "phương án cáp quang "
            f"biển; thời gian đề nghị trước ngày {printed(day.ahead(10))}./.",
        ),
        facts={"due_at": day.ahead(10).isoformat()},
    )  # fmt: skip
    return posted("dac-khu-phu-quy", "Công văn của đặc khu Phú Quý", document, is_later=True)


def _ward_figures(day: Day) -> Story:
    document = Document(
        a.WARD_BAC_GIA_NGHIA, day.number(1450, 0), day.today, "cung cấp số liệu hộ kinh doanh sử dụng "
            "phương tiện đo nhóm 2",
        addressees=_TO,
        paragraphs=(
            "Trả lời Công văn số 1102/SKHCN-TĐC của Sở Khoa học và Công nghệ, Ủy ban nhân dân phường "
            "Bắc Gia Nghĩa cung "
            "cấp số liệu 96 hộ kinh doanh sử dụng cân thông dụng tại chợ Gia Nghĩa theo danh sách gửi kèm./.",
        ),
        facts={"in_reply_to": "1102/SKHCN-TĐC"},
    )  # fmt: skip
    rows = (("STT", "Hộ kinh doanh", "Số cân", "Hạn kiểm định"),
            *((str(n), f"Hộ số {n}", "1", f"{n % 12 + 1:02d}/{day.year + 1}") for n in range(1, 97)))  # fmt: skip
    table = File("Danh sách 96 hộ.xlsx", workbook("Danh sách", rows), XLSX, Naming.RFC2047)
    return posted("phuong-so-lieu", "Phường Bắc Gia Nghĩa trả lời công văn của ta, kèm bảng Excel", document,
                  more=(table,), is_later=True)  # fmt: skip


def _scanned_paper(day: Day) -> Story:
    document = Document(
        a.POLICE, day.number(3700), day.back(1), "phối hợp tuyên truyền phòng, chống lừa đảo trên không "
                                                 "gian mạng",
        addressees=_TO, by_hand=True,
        paragraphs=(
            "Thời gian qua, trên địa bàn tỉnh xảy ra nhiều vụ giả danh cơ quan nhà nước, nhà mạng để "
            "chiếm đoạt tài sản.",
            "Công an tỉnh đề nghị Sở Khoa học và Công nghệ chỉ đạo doanh nghiệp viễn thông nhắn tin cảnh "
            "báo đến thuê bao, "
            "phối hợp tuyên truyền qua Tổ công nghệ số cộng đồng./.",
        ),
    )  # fmt: skip
    return _from_scanner("quet-cong-an", "Giấy đến theo đường bưu điện, máy quét của cơ quan gửi vào hộp "
                                         "thư riêng",
                         document, day, skew=-0.7)  # fmt: skip


def _scanned_invitation(day: Day) -> Story:
    event = day.ahead(3)
    document = Document(
        a.HEALTH, day.number(210), day.back(1), "họp Hội đồng thẩm định cơ sở X-quang chẩn đoán y tế", kind="Giấy mời",
        by_hand=True,
        paragraphs=(
            "Sở Y tế trân trọng kính mời đại diện Sở Khoa học và Công nghệ tham gia Hội đồng thẩm định.",
            f"Thời gian: 13 giờ 30 ngày {printed(event)}.",
            "Địa điểm: Phòng họp tầng 3, Sở Y tế.",
            "Rất mong sự tham dự của quý cơ quan./.",
        ),
        facts={"event_at": f"{event}T13:30", "event_place": "Phòng họp tầng 3, Sở Y tế"},
    )  # fmt: skip
    return _from_scanner("quet-giay-moi", "Giấy mời bản giấy, quét đen trắng", document, day, skew=0.4, later=True)


def _from_scanner(key: str, line: str, document: Document, day: Day, *, skew: float, later: bool = False) -> Story:
    name = f"SCAN_{day.today:%Y%m%d}_{len(key):04d}.pdf"
    paper = scanned(document.pdf(), skew=skew, colour=not later, seed=len(key))
    mail = Mail(("May quet van thu", a.SCANNER_ADDRESS), f"Scanned image from MFP-2 {name}",
                "Device Name: MFP-2\nNumber of Images: 1\nAttachment File Type: PDF\n", (File(name, paper),),
                to=("Van thu", a.SCANNER_ADDRESS))  # fmt: skip
    return Story(key, line, mail, (document,), mailbox=a.SCANNER_ADDRESS, is_later=later)


def _company(day: Day) -> Story:
    document = Document(
        a.HONEY_COMPANY, "25", day.back(1), "đề nghị hỗ trợ áp dụng truy xuất nguồn gốc sản phẩm", notation="CV-CTY",
        addressees=_TO,
        paragraphs=(
            "Công ty TNHH Ong và Dược liệu Tuy Đức có 03 sản phẩm đạt OCOP 4 sao. Công ty kính đề nghị Sở "
            "Khoa học và Công "
            "nghệ hướng dẫn, hỗ trợ kết nối Cổng thông tin truy xuất nguồn gốc sản phẩm, hàng hóa quốc gia.",
            "Công ty xin trân trọng cảm ơn./.",
        ),
    )  # fmt: skip
    return posted("cong-ty-cv", "Công văn của doanh nghiệp, ký hiệu có chữ CV", document,
                  files=(File("cv 25.pdf", document.pdf()),))  # fmt: skip


STORIES = (
    _photo, _report, _proposal, _scanned_paper, _company, _island, _ward_figures, _scanned_invitation,
)  # fmt: skip
