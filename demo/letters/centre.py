"""Letters of ministries, national agencies, institutes and companies."""

from demo import agencies as a
from demo.archives import word_file, workbook, zipped
from demo.day import Day, printed
from demo.documents import Document
from demo.edxml import package
from demo.letters.story import Story, clerk, file_stem, posted, signed_off
from demo.mails import DOCX, XLSX, File, Mail, Naming

_TO = (f"{a.OFFICE}.",)
_PROVINCES = "Sở Khoa học và Công nghệ các tỉnh, thành phố trực thuộc Trung ương."


def _workbooks(day: Day) -> Story:
    document = Document(
        a.MINISTRY, day.number(6400, 2), day.back(2), "rà soát số liệu thống kê khoa học, công nghệ, đổi "
                                                      "mới sáng tạo và "
        f"chuyển đổi số năm {day.year}", addressees=(_PROVINCES,),
        paragraphs=(
            "Để phục vụ báo cáo Thủ tướng Chính phủ, Bộ Khoa học và Công nghệ đề nghị quý Sở rà soát số "
            "liệu tại 12 biểu "
            "thống kê gửi kèm công văn này.",
            f"Ý kiến xin gửi về Bộ (qua Vụ Kế hoạch - Tài chính) trước ngày {printed(day.ahead(4))}; quá "
            f"hạn coi như "
            "thống nhất với số liệu./.",
        ),
        copies=("- Như trên;", "- Bộ trưởng (để báo cáo);", "- Lưu: VT, KHTC."),
        facts={"due_at": day.ahead(4).isoformat()},
    )  # fmt: skip
    topics = (
        "Nhân lực", "Kinh phí", "Nhiệm vụ cấp tỉnh", "Nhiệm vụ cấp cơ sở", "Sở hữu trí tuệ", "Tiêu chuẩn "
            "đo lường",
        "An toàn bức xạ", "Doanh nghiệp KH&CN", "Khởi nghiệp", "Hạ tầng số", "Dịch vụ công", "Bưu chính "
            "viễn thông",
    )  # fmt: skip
    files = [
        (f"Biểu {number:02d} - {topic}.xlsx", workbook(topic, (
            ("STT", "Chỉ tiêu", "Đơn vị tính", f"Năm {day.year - 1}", f"Năm {day.year}"),
            *((str(row), f"{topic}, chỉ tiêu {row}", "số lượng", str(37 * number + row), str(41 * number + row))
              for row in range(1, 9)),
        )))
        for number, topic in enumerate(topics, start=1)
    ]  # fmt: skip
    archive = File("12 biểu thống kê.zip", zipped(files), "application/zip", Naming.RFC2047)
    return posted("bo-12-bieu", "Công văn của Bộ kèm tệp nén 12 biểu Excel, “quá hạn coi như thống "
                                "nhất”", document,
                  more=(archive,), naming=Naming.RFC2047)  # fmt: skip


def _exchange_package(day: Day) -> Story:
    document = Document(
        a.STANDARDS, day.number(3100), day.back(1), "đăng ký kế hoạch kiểm tra chất lượng hàng hóa trong "
                                                    f"sản xuất năm {day.year + 1}",
        addressees=(_PROVINCES,), urgency="khan",
        paragraphs=(
            "Ủy ban Tiêu chuẩn Đo lường Chất lượng Quốc gia đề nghị quý Sở xây dựng, đăng ký kế hoạch "
            "kiểm tra nhà nước "
            f"về chất lượng hàng hóa năm {day.year + 1}, tập trung vào đồ chơi trẻ em, mũ bảo hiểm, dây cáp điện, "
            "đèn LED.",
            f"Kế hoạch gửi về Ủy ban trước ngày {printed(day.ahead(9))} để tổng hợp./.",
        ),
        facts={"due_at": day.ahead(9).isoformat()},
    )  # fmt: skip
    name = f"{file_stem(document)}.signed.pdf"
    parcel = package(document, name, document.pdf(), day.now, 1)
    files = (File(name, document.pdf()), File(f"{file_stem(document)}.edxml", parcel, "application/xml"))
    return posted("goi-edxml", "Văn bản kèm gói edXML của trục liên thông", document, files=files)


def _recall(day: Day) -> Story:
    wrong = f"{day.number(3090, 3)}/TĐC-HCHQ"
    document = Document(
        a.STANDARDS, day.number(3140, 0), day.today, f"thu hồi Công văn số {wrong} ngày "
                                                     f"{printed(day.back(3))}",
        addressees=(_PROVINCES,),
        paragraphs=(
            f"Ngày {printed(day.back(3))}, Ủy ban Tiêu chuẩn Đo lường Chất lượng Quốc gia ban hành Công "
            f"văn số {wrong} về "
            "việc báo cáo kết quả công bố hợp quy. Do có sai sót trong phụ lục số liệu, Ủy ban thu hồi "
            "văn bản nêu trên.",
            "Đề nghị quý Sở hủy văn bản đã nhận trên hệ thống và thông báo lại cho Ủy ban; văn bản thay "
            "thế sẽ được gửi "
            "sau./.",
        ),
    )  # fmt: skip
    return posted("thu-hoi", "Thông báo thu hồi một văn bản đã gửi", document, subject=f"THU HỒI Công văn "
        f"số {wrong}",
                  is_later=True)  # fmt: skip


def _circular(day: Day) -> Story:
    number = day.number(30, 6)
    document = Document(
        a.MINISTRY, f"{number}", day.back(6), "quy định về quản lý nhiệm vụ khoa học và công nghệ cấp "
                                              "tỉnh sử dụng ngân sách "
        "nhà nước", kind="Thông tư", notation=f"{day.today.year}/TT-BKHCN",
        bases=(
            "Căn cứ Luật Khoa học, công nghệ và đổi mới sáng tạo ngày 27 tháng 6 năm 2025;",
            "Theo đề nghị của Vụ trưởng Vụ Kế hoạch - Tài chính;",
            "Bộ trưởng Bộ Khoa học và Công nghệ ban hành Thông tư quy định về quản lý nhiệm vụ khoa học "
            "và công nghệ cấp "
            "tỉnh sử dụng ngân sách nhà nước.",
        ),
        paragraphs=(
            "# Chương I",
            "# QUY ĐỊNH CHUNG",
            "## Điều 1. Phạm vi điều chỉnh",
            "Thông tư này quy định việc xác định, tuyển chọn, giao trực tiếp, kiểm tra, đánh giá, nghiệm "
            "thu và xử lý kết "
            "quả nhiệm vụ khoa học và công nghệ cấp tỉnh sử dụng ngân sách nhà nước.",
            "## Điều 2. Đối tượng áp dụng",
            "Thông tư này áp dụng đối với cơ quan quản lý nhiệm vụ, tổ chức chủ trì, cá nhân chủ nhiệm "
            "nhiệm vụ và tổ "
            "chức, cá nhân khác có liên quan.",
            "## Điều 3. Hiệu lực thi hành",
            "Thông tư này có hiệu lực thi hành sau 45 ngày kể từ ngày ký ban hành./.",
        ),
        copies=("- Văn phòng Chính phủ;", "- UBND các tỉnh, thành phố;", "- Sở KH&CN các tỉnh;", "- Lưu: "
            "VT, KHTC."),
    )  # fmt: skip
    return posted("thong-tu", "Thông tư của Bộ Khoa học và Công nghệ, số có năm ban hành", document)


def _consolidated(day: Day) -> Story:
    document = Document(
        a.MINISTRY, day.number(24, 4), day.back(4), "Nghị định quy định chi tiết thi hành một số điều của "
                                                    "Luật Đo lường",
        kind="Văn bản hợp nhất",
        paragraphs=(
            "Nghị định quy định chi tiết thi hành một số điều của Luật Đo lường được sửa đổi, bổ sung bởi "
            "Nghị định của "
            "Chính phủ về sửa đổi, bổ sung một số nghị định trong lĩnh vực khoa học và công nghệ.",
            "## Điều 1. Phạm vi điều chỉnh",
            "Nghị định này quy định chi tiết về chuẩn đo lường, phương tiện đo, phép đo và lượng của hàng "
            "đóng gói sẵn./.",
        ),
        copies=("- Văn phòng Chính phủ (để đăng Công báo);", "- Cổng thông tin điện tử;", "- Lưu: VT, PC."),
    )  # fmt: skip
    return posted("van-ban-hop-nhat", "Văn bản hợp nhất của Bộ Khoa học và Công nghệ", document, is_later=True)


def _three_documents(day: Day) -> Story:
    def one(step: int, subject: str, text: str) -> Document:
        number = str(int(day.number(2400)) + step)
        return Document(a.RADIATION, number, day.back(1), subject, addressees=_TO, paragraphs=(text,))

    documents = (
        one(0, "cấp giấy phép tiến hành công việc bức xạ đối với Bệnh viện II Lâm Đồng", "Cục An toàn bức "
            "xạ và hạt nhân "
            "thông báo đã cấp giấy phép sử dụng 03 thiết bị X-quang chẩn đoán y tế cho Bệnh viện II Lâm "
            "Đồng. Đề nghị quý "
            "Sở theo dõi, quản lý trên địa bàn./."),
        one(1, "kiểm tra an ninh nguồn phóng xạ tại các cơ sở chiếu xạ nông sản", "Cục An toàn bức xạ và "
            "hạt nhân đề nghị "
            "quý Sở phối hợp kiểm tra việc bảo đảm an ninh nguồn phóng xạ nhóm 1 tại các cơ sở chiếu xạ "
            "nông sản./."),
        one(2, "tập huấn ứng phó sự cố bức xạ, hạt nhân cấp tỉnh", "Cục An toàn bức xạ và hạt nhân tổ "
            "chức lớp tập huấn ứng "
            "phó sự cố bức xạ cho cán bộ quản lý của các Sở Khoa học và Công nghệ, đề nghị cử 02 cán bộ "
            "tham dự./."),
    )  # fmt: skip
    files = tuple(File(f"{file_stem(document)}.signed.pdf", document.pdf()) for document in documents)
    body = signed_off(a.RADIATION, "Cục ATBXHN gửi quý Sở 03 văn bản (tệp đính kèm).")
    mail = Mail(clerk(a.RADIATION), "Gửi 03 văn bản về an toàn bức xạ", body, files)
    return Story("ba-van-ban", "Một thư mang ba văn bản khác nhau", mail, documents)


def _word_only(day: Day) -> Story:
    document = Document(
        a.NUCLEAR, day.number(190), day.back(1), "mời hợp tác đo liều bức xạ cá nhân và kiểm xạ phòng "
                                                 f"X-quang năm {day.year + 1}",
        addressees=_TO,
        paragraphs=(
            "Trung tâm Ứng dụng Kỹ thuật hạt nhân có phòng thí nghiệm đo liều cá nhân được công nhận theo "
            "tiêu chuẩn "
            "ISO/IEC 17025. Trung tâm trân trọng đề nghị quý Sở phối hợp thông báo đến các cơ sở bức xạ "
            "trên địa bàn về "
            "dịch vụ đo liều, kiểm xạ định kỳ.",
            "Kính đề nghị quý Sở quan tâm, phối hợp./.",
        ),
    )  # fmt: skip
    file = File(f"CV {document.number} mời hợp tác.docx", word_file(document), DOCX)
    return posted("chi-co-docx", "Công văn chỉ có bản Word, không có bản PDF", document, files=(file,))


def _conference(day: Day) -> Story:
    event = day.ahead(6)
    document = Document(
        a.UNIVERSITY, day.number(85), day.back(1), "dự Hội thảo khoa học “Công nghệ cao trong nông nghiệp "
                                                   "Cao nguyên”",
        kind="Giấy mời",
        paragraphs=(
            "Trường Đại học Cao nguyên Lang Biang trân trọng kính mời Lãnh đạo Sở Khoa học và Công nghệ "
            "đến dự Hội thảo.",
            f"Thời gian: 08 giờ 00 ngày {printed(event)}.",
            "Địa điểm: Hội trường A1, số 1 đường Lang Biang, phường Lâm Viên - Đà Lạt.",
            "Sự có mặt của quý vị đại biểu góp phần vào thành công của Hội thảo./.",
        ),
        facts={"event_at": f"{event}T08:00",
               "event_place": "Hội trường A1, số 1 đường Lang Biang, phường Lâm Viên - Đà Lạt"},
    )  # fmt: skip
    return posted("hoi-thao-dai-hoc", "Giấy mời hội thảo của một trường đại học", document, is_later=True)


def _indication(day: Day) -> Story:
    document = Document(
        a.PROPERTY, day.number(1500, 2), day.back(2), "thẩm định nội dung đơn đăng ký chỉ dẫn địa lý “Di "
                                                      "Linh” cho sản phẩm "
        "cà phê nhân", addressees=_TO,
        paragraphs=(
            "Cục Sở hữu trí tuệ đã thẩm định hình thức đơn đăng ký chỉ dẫn địa lý nêu trên. Đề nghị quý "
            "Sở bổ sung bản đồ "
            "khu vực địa lý có xác nhận của cơ quan có thẩm quyền theo đơn vị hành chính cấp xã mới.",
            "Tài liệu bổ sung gửi về Cục trong thời hạn 02 tháng kể từ ngày ký công văn này./.",
        ),
    )  # fmt: skip
    return posted("chi-dan-dia-ly", "Cục Sở hữu trí tuệ yêu cầu bổ sung đơn chỉ dẫn địa lý", document)


def _archive_course(day: Day) -> Story:
    document = Document(
        a.HOME_MINISTRY, day.number(7200, 2), day.back(2), "bồi dưỡng nghiệp vụ văn thư, lưu trữ điện tử "
                                                           f"năm {day.year}",
        addressees=("- Các sở, ngành tỉnh Lâm Đồng;", "- Ủy ban nhân dân các xã, phường, đặc khu tỉnh Lâm "
                                                      "Đồng."),
        paragraphs=(
            "Bộ Nội vụ tổ chức lớp bồi dưỡng nghiệp vụ văn thư, lưu trữ điện tử theo Luật Lưu trữ năm "
            "2024 cho công chức, "
            "viên chức làm công tác văn thư. Hình thức: trực tuyến, 03 buổi.",
            f"Danh sách đăng ký gửi trước ngày {printed(day.ahead(5))}./.",
        ),
        facts={"due_at": day.ahead(5).isoformat()},
    )  # fmt: skip
    form = workbook("Danh sách", (("STT", "Họ và tên", "Chức vụ", "Thư điện tử"),))
    return posted("boi-duong-van-thu", "Bộ Nội vụ mở lớp bồi dưỡng văn thư, kèm mẫu đăng ký", document,
                  more=(File("Mau dang ky.xlsx", form, XLSX),), naming=Naming.RAW)  # fmt: skip


STORIES = (
    _workbooks, _exchange_package, _circular, _three_documents, _word_only, _indication, _archive_course,
    _recall, _consolidated, _conference,
)  # fmt: skip
