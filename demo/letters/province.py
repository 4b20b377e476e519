"""Letters of the province: the people's committee, its office, the Party's board and the other "
"departments."""

from demo import agencies as a
from demo.day import Day, printed
from demo.documents import Annex, Document
from demo.letters.story import Story, clerk, posted, signed_off
from demo.mails import File, Mail
from demo.scans import scanned

_TO = (f"{a.OFFICE}.",)


def _meeting_today(day: Day) -> Story:
    document = Document(
        a.PROVINCE, day.number(620), day.back(1), "họp nghe báo cáo tiến độ thực hiện Nghị quyết số "
                                                  "57-NQ/TW và Đề án "
        "chuyển đổi số tỉnh Lâm Đồng", kind="Giấy mời",
        paragraphs=(
            "Ủy ban nhân dân tỉnh trân trọng kính mời các đồng chí tham dự cuộc họp nghe báo cáo tiến độ "
            "thực hiện "
            "Nghị quyết số 57-NQ/TW và Đề án chuyển đổi số tỉnh Lâm Đồng, cụ thể như sau:",
            "## 1. Thành phần",
            "- Chủ trì: Đồng chí Trần Quốc Khải, Phó Chủ tịch Ủy ban nhân dân tỉnh.",
            "- Mời dự họp: Lãnh đạo Sở Khoa học và Công nghệ, Sở Tài chính, Sở Nội vụ, Văn phòng UBND tỉnh.",
            f"## 2. Thời gian: 14 giờ 00 ngày {printed(day.today)}.",
            "## 3. Địa điểm: Phòng họp số 2, Trung tâm Hành chính tỉnh.",
            "Giao Sở Khoa học và Công nghệ chuẩn bị báo cáo, gửi Ủy ban nhân dân tỉnh trước giờ họp./.",
        ),
        copies=("- Thành phần mời;", "- CT, các PCT UBND tỉnh;", "- Lưu: VT, VX."), urgency="khan",
        facts={"event_at": f"{day.today}T14:00", "event_place": "Phòng họp số 2, Trung tâm Hành chính tỉnh"},
    )  # fmt: skip
    subject = f"GM {document.code} họp 14h00 ngày {printed(day.today)}"
    return posted("giay-moi-14h", "Giấy mời của UBND tỉnh họp lúc 14h00 hôm nay", document, subject=subject)


def _urgent_telegram(day: Day) -> Story:
    document = Document(
        a.PROVINCE, day.number(28), day.today, "bảo đảm thông tin liên lạc, ứng phó mưa lũ, sạt lở đất "
                                               "trên địa bàn "
        "tỉnh", kind="Công điện", urgency="hoa_toc",
        paragraphs=(
            "CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH điện:",
            "- Giám đốc các sở, ban, ngành thuộc tỉnh;",
            "- Chủ tịch Ủy ban nhân dân các xã, phường, đặc khu.",
            "Theo dự báo của Đài Khí tượng Thủy văn, từ đêm nay đến hết ngày mai trên địa bàn tỉnh có mưa "
            "to đến rất "
            "to, nguy cơ cao sạt lở đất tại khu vực đồi núi. Chủ tịch Ủy ban nhân dân tỉnh yêu cầu:",
            "1. Sở Khoa học và Công nghệ chỉ đạo các doanh nghiệp viễn thông bảo đảm thông tin liên lạc "
            "thông suốt, "
            "sẵn sàng phương án dự phòng tại các xã có nguy cơ bị chia cắt; báo cáo trước 17 giờ 00 hôm nay.",
            "2. Ủy ban nhân dân các xã, phường rà soát, di dời các hộ dân ra khỏi khu vực nguy hiểm./.",
        ),
        copies=("- Như trên;", "- TT. Tỉnh ủy, HĐND tỉnh;", "- Lưu: VT, NN."),
        facts={"due_at": f"{day.today}T17:00"},
    )  # fmt: skip
    scan = File("CONG DIEN HOA TOC.pdf", scanned(document.pdf(), skew=0.9, seed=3))
    mail = Mail(
        clerk(a.PROVINCE),
        "[HỎA TỐC] Công điện của Chủ tịch UBND tỉnh",
        signed_off(a.PROVINCE, "Kính gửi các cơ quan, đơn vị Công điện HỎA TỐC của Chủ tịch UBND tỉnh (bản quét)."),
        (scan,),
    )
    return Story("cong-dien-hoa-toc", "Công điện HỎA TỐC gửi bằng bản quét, không có lớp chữ", mail, (document,),
                 is_later=True)  # fmt: skip


def _decision(day: Day) -> Story:
    rows = (("STT", "Họ và tên", "Chức vụ, đơn vị", "Nhiệm vụ"),
            ("1", "Trần Quốc Khải", "Phó Chủ tịch UBND tỉnh", "Trưởng ban"),
            ("2", "Giám đốc Sở", "Sở Khoa học và Công nghệ", "Phó Trưởng ban thường trực"),
            ("3", "Nguyễn Bá Thành", "Phó Giám đốc Sở Tài chính", "Thành viên"),
            ("4", "Đinh Thị Thu Hà", "Giám đốc Sở Nội vụ", "Thành viên"))  # fmt: skip
    document = Document(
        a.PROVINCE, day.number(2950, 2), day.back(2), "kiện toàn Ban Chỉ đạo phát triển khoa học, công "
                                                      "nghệ, đổi mới "
        "sáng tạo và chuyển đổi số tỉnh Lâm Đồng", kind="Quyết định",
        bases=(
            "Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;",
            "Căn cứ Luật Khoa học, công nghệ và đổi mới sáng tạo ngày 27 tháng 6 năm 2025;",
            "Theo đề nghị của Giám đốc Sở Khoa học và Công nghệ tại Tờ trình số 87/TTr-SKHCN.",
        ),
        paragraphs=(
            "# QUYẾT ĐỊNH:",
            "Điều 1. Kiện toàn Ban Chỉ đạo phát triển khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi "
            "số tỉnh gồm "
            "các thành viên có tên trong danh sách kèm theo.",
            "Điều 2. Sở Khoa học và Công nghệ là cơ quan thường trực của Ban Chỉ đạo.",
            "Điều 3. Chánh Văn phòng UBND tỉnh, Giám đốc Sở Khoa học và Công nghệ và các thành viên có "
            "tên tại Điều 1 "
            "chịu trách nhiệm thi hành Quyết định này./.",
        ),
        copies=("- Như Điều 3;", "- Bộ Khoa học và Công nghệ;", "- Lưu: VT, VX."),
        annexes=(Annex("DANH SÁCH", "Thành viên Ban Chỉ đạo", "(Kèm theo Quyết định số        /QĐ-UBND "
            "ngày      "
                       f"tháng      năm {day.year} của UBND tỉnh)", rows, (1, 3, 4, 3)),),
    )  # fmt: skip
    return posted("quyet-dinh-ban-chi-dao", "Quyết định của UBND tỉnh có danh sách kèm theo", document)


def _conclusion(day: Day) -> Story:
    document = Document(
        a.PROVINCE_OFFICE, day.number(410), day.back(1), "kết luận của Phó Chủ tịch Ủy ban nhân dân tỉnh "
                                                         "Trần Quốc Khải "
        "tại cuộc họp về phát triển hạ tầng số các xã biên giới", kind="Thông báo",
        paragraphs=(
            "Sau khi nghe Sở Khoa học và Công nghệ báo cáo và ý kiến của các đại biểu, Phó Chủ tịch Ủy "
            "ban nhân dân "
            "tỉnh kết luận:",
            "1. Thống nhất danh mục 14 thôn, bon chưa có sóng di động ổn định cần ưu tiên phủ sóng trong "
            "năm.",
            f"2. Giao Sở Khoa học và Công nghệ tham mưu văn bản gửi Bộ Khoa học và Công nghệ trước ngày "
            f"{printed(day.ahead(6))}.",
            "Văn phòng Ủy ban nhân dân tỉnh thông báo để các cơ quan, đơn vị biết, thực hiện./.",
        ),
        copies=("- CT, các PCT UBND tỉnh;", "- Các sở: KH&CN, TC, NN&MT;", "- Lưu: VT, TH."),
        facts={"due_at": day.ahead(6).isoformat()},
    )  # fmt: skip
    return posted("thong-bao-ket-luan", "Thông báo kết luận cuộc họp của Văn phòng UBND tỉnh", document)


def _very_urgent(day: Day) -> Story:
    document = Document(
        a.PROVINCE, day.number(9100, 0), day.today, "cung cấp số liệu phục vụ phiên chất vấn tại Kỳ họp "
                                                    "thứ Ba, Hội đồng "
        "nhân dân tỉnh", addressees=_TO, urgency="thuong_khan",
        paragraphs=(
            "Để phục vụ phiên chất vấn và trả lời chất vấn tại Kỳ họp thứ Ba, Hội đồng nhân dân tỉnh, Ủy "
            "ban nhân dân "
            "tỉnh yêu cầu Sở Khoa học và Công nghệ tổng hợp số liệu về tỷ lệ hồ sơ trực tuyến, số thuê "
            "bao băng rộng "
            "và kết quả thực hiện nhiệm vụ khoa học và công nghệ cấp tỉnh.",
            f"Báo cáo gửi Ủy ban nhân dân tỉnh trước 10 giờ 00 ngày {printed(day.ahead(1))}./.",
        ),
        copies=("- Như trên;", "- PCT UBND tỉnh Trần Quốc Khải;", "- Lưu: VT, VX."),
        facts={"due_at": f"{day.ahead(1)}T10:00"},
    )  # fmt: skip
    return posted("cong-van-thuong-khan", "Công văn THƯỢNG KHẨN, hạn có giờ", document, is_later=True)


def _party_letter(day: Day) -> Story:
    document = Document(
        a.PARTY, day.number(780), day.back(1), "tuyên truyền Ngày Chuyển đổi số quốc gia và phong trào "
                                               "“Bình dân học vụ số”",
        addressees=("Đảng ủy, Ban Giám đốc Sở Khoa học và Công nghệ.",),
        paragraphs=(
            f"Thực hiện chương trình công tác tuyên giáo, dân vận năm {day.year}, Ban Tuyên giáo và Dân vận Tỉnh "
            "ủy đề nghị Sở "
            "Khoa học và Công nghệ phối hợp cung cấp tài liệu, đề cương tuyên truyền về phong trào “Bình "
            "dân học vụ số”.",
            f"Tài liệu gửi về Ban trước ngày {printed(day.ahead(8))}.",
        ),
        copies=("- Như trên,", "- Lãnh đạo Ban,", "- Lưu VP."), facts={"due_at": day.ahead(8).isoformat()},
    )  # fmt: skip
    return posted("van-ban-dang", "Công văn của Ban Tuyên giáo và Dân vận Tỉnh ủy, thể thức văn bản Đảng", document)


def _plan(day: Day) -> Story:
    document = Document(
        a.PROVINCE, day.number(460, 2), day.back(2), "phát triển hệ sinh thái khởi nghiệp đổi mới sáng "
                                                     "tạo tỉnh Lâm Đồng "
        "giai đoạn 2026 - 2030", kind="Kế hoạch",
        bases=("Thực hiện Nghị quyết số 57-NQ/TW ngày 22 tháng 12 năm 2024 của Bộ Chính trị;",),
        paragraphs=(
            "Ủy ban nhân dân tỉnh ban hành Kế hoạch phát triển hệ sinh thái khởi nghiệp đổi mới sáng tạo "
            "với các nội "
            "dung sau:",
            "## I. MỤC TIÊU",
            "Đến năm 2030 hỗ trợ ít nhất 150 dự án khởi nghiệp đổi mới sáng tạo, hình thành 03 không gian "
            "làm việc chung "
            "tại các phường trung tâm; có 10 doanh nghiệp khoa học và công nghệ được cấp giấy chứng nhận "
            "mới.",
            "## II. NHIỆM VỤ",
            "1. Tổ chức Ngày hội khởi nghiệp đổi mới sáng tạo hằng năm.",
            "2. Hỗ trợ doanh nghiệp xác lập quyền sở hữu trí tuệ, áp dụng công cụ nâng cao năng suất chất "
            "lượng.",
            "3. Đưa nội dung đổi mới sáng tạo vào hoạt động trải nghiệm của các trường trung học; bồi dưỡng 200 giáo "
            "viên hướng dẫn nghiên cứu khoa học.",
            "4. Kết nối tổ chức khoa học và công nghệ qua Sàn giao dịch công nghệ tỉnh; hỗ trợ tối thiểu "
            "20 hợp đồng chuyển giao công nghệ trong nông nghiệp công nghệ cao, chế biến bô xít - alumin, năng lượng "
            "tái tạo và du lịch.",
            "5. Bố trí kinh phí từ nguồn sự nghiệp khoa học, công nghệ và đổi mới sáng tạo hằng năm theo phân cấp; huy "
            "động nguồn lực hợp pháp của doanh nghiệp, quỹ đầu tư.",
            "6. Xây dựng cơ sở dữ liệu về khởi nghiệp đổi mới sáng tạo của tỉnh, cập nhật hằng quý, kết nối với Cổng "
            "thông tin khởi nghiệp đổi mới sáng tạo quốc gia.",
            "## III. TỔ CHỨC THỰC HIỆN",
            "Sở Tài chính thẩm định dự toán, tham mưu bố trí kinh phí. Sở Giáo dục và Đào tạo chủ trì nội dung trong "
            "trường học. Ủy ban nhân dân các xã, phường, đặc khu tuyên truyền, giới thiệu ý tưởng, dự án của người dân "
            "trên địa bàn.",
            "Sở Khoa học và Công nghệ là cơ quan thường trực, tổng hợp, báo cáo Ủy ban nhân dân tỉnh "
            "trước ngày 15/12 "
            "hằng năm./.",
        ),
        copies=("- Bộ Khoa học và Công nghệ;", "- TT. Tỉnh ủy, HĐND tỉnh;", "- Các sở, ban, ngành;", "- "
            "Lưu: VT, VX."),
    )  # fmt: skip
    return posted("ke-hoach-khoi-nghiep", "Kế hoạch của UBND tỉnh, nhiều mục", document)


STORIES = (_meeting_today, _urgent_telegram, _decision, _conclusion, _very_urgent, _party_letter, _plan,)  # fmt: skip
