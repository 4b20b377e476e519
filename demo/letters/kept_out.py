"""Letters that Điều 3 keeps out of the register, and answers of machines and colleagues to what we sent."""

from demo import agencies as a
from demo.day import Day
from demo.documents import Document, dateline
from demo.letters.story import Story, clerk, posted, signed_off
from demo.mails import File, Mail
from demo.petitions import Petition
from demo.scans import scanned

_TO = (f"{a.OFFICE}.",)


def _secret_scan(day: Day) -> Story:
    document = Document(
        a.POLICE, "41", day.back(1), "tình hình bảo vệ mục tiêu trọng điểm", notation="BC-CAT-PA03", kind="Báo cáo",
        addressees=_TO, secrecy="mat",
        paragraphs=("Văn bản giả định dùng để trình diễn việc sàng lọc: nội dung được để trống./.",),
        copies=("- Như trên;", "- Lưu: VT (02 bản)."),
    )  # fmt: skip
    scan = File("van ban di 41.pdf", scanned(document.pdf(), skew=-0.5, seed=9))
    mail = Mail(clerk(a.POLICE), "Gửi văn bản phối hợp", signed_off(a.POLICE, "Gửi quý Sở văn bản đính kèm."), (scan,))
    return Story("quet-dau-mat", "Bản quét có dấu MẬT gửi nhầm qua thư thường: không được lưu lại", mail, (),
                 outcome="exclude", is_later=True)  # fmt: skip


def _top_secret(day: Day) -> Story:
    document = Document(
        a.POLICE, "07", day.back(1), "phương án diễn tập khu vực phòng thủ", notation="KH-CAT", kind="Kế "
            "hoạch",
        secrecy="toi_mat",
        paragraphs=("Văn bản giả định dùng để trình diễn việc sàng lọc: nội dung được để trống./.",),
        copies=("- Lưu: VT (01 bản).",),
    )  # fmt: skip
    file = File("07_KH-CAT_TOI MAT.pdf", document.pdf())
    mail = Mail(clerk(a.POLICE), "TỐI MẬT - Kế hoạch số 07/KH-CAT", "Gửi quý Sở.", (file,))
    return Story("toi-mat", "Tệp chữ có dấu TỐI MẬT, tiêu đề thư cũng ghi", mail, (), outcome="exclude")


def _forwarded_petition(day: Day) -> Story:
    document = Document(
        a.INSPECTORATE, day.number(340), day.back(1), "chuyển đơn của công dân", kind="Phiếu chuyển", addressees=_TO,
        paragraphs=(
            "Thanh tra tỉnh nhận được đơn của công dân trú tại phường Nam Gia Nghĩa, có nội dung kiến "
            "nghị về trạm thu phát "
            "sóng di động.",
            "Căn cứ Luật Tiếp công dân, Thanh tra tỉnh chuyển đơn đến Sở Khoa học và Công nghệ để xem "
            "xét, giải quyết theo "
            "thẩm quyền và thông báo kết quả./.",
        ),
    )  # fmt: skip
    petition = Petition(
        "ĐƠN KIẾN NGHỊ", "Thanh tra tỉnh Lâm Đồng",
        ("Tôi tên là: Nguyễn Văn Mẫu, sinh năm 1970. Thường trú: tổ dân phố 2, phường Nam Gia Nghĩa.",
         "Tôi kiến nghị cơ quan chức năng đo kiểm mức phơi nhiễm trường điện từ của trạm thu phát sóng "
         "cạnh nhà tôi.",
         "Tôi xin cam đoan nội dung trên là đúng sự thật."),
        "NGƯỜI LÀM ĐƠN", "Nguyễn Văn Mẫu", "(Về trạm thu phát sóng di động)", dateline("Lâm Đồng", day.back(5)),
    )  # fmt: skip
    story = posted("phieu-chuyen-don", "Phiếu chuyển đơn kèm đơn của công dân: văn thư phải tự quyết", document,
                   more=(File("Don cua cong dan.pdf", petition.pdf()),))  # fmt: skip
    return Story(story.key, story.line, story.mail, story.documents, outcome="hold")


def _denunciation(day: Day) -> Story:
    petition = Petition(
        "ĐƠN TỐ CÁO", "Giám đốc Sở Khoa học và Công nghệ tỉnh Lâm Đồng",
        ("Tôi tên là: Trần Thị Mẫu, sinh năm 1984, CCCD số 000000000000. Địa chỉ: thôn 3, xã Mẫu, tỉnh "
         "Lâm Đồng.",
         "Người bị tố cáo: chủ một cửa hàng xăng dầu trên địa bàn xã, có dấu hiệu gian lận đo lường.",
         "Tôi đề nghị cơ quan kiểm tra, xử lý theo quy định và giữ bí mật thông tin người tố cáo.",
         "Tôi xin cam đoan những nội dung tố cáo trên là đúng sự thật."),
        "NGƯỜI TỐ CÁO", "Trần Thị Mẫu", dateline=dateline("Lâm Đồng", day.back(1)),
    )  # fmt: skip
    mail = Mail(("mau tran", "tranthimau.84@thucanhan.example.com"), "Đơn tố cáo",
                "Kính gửi Giám đốc Sở.\nTôi gửi đơn tố cáo, mong được xem xét và bảo vệ thông tin.\n",
                (File("don to cao.pdf", petition.pdf()),))  # fmt: skip
    return Story("don-to-cao", "Đơn tố cáo từ hộp thư riêng: giữ kín danh tính người viết", mail, (), outcome="exclude")


def _one_stop(day: Day) -> Story:
    code = f"H36.12-{day.today:%y%m%d}-0003"
    form = Petition(
        "TỜ KHAI", "Sở Khoa học và Công nghệ tỉnh Lâm Đồng",
        ("1. Tên tổ chức: Phòng khám đa khoa Mẫu. Địa chỉ: phường Bảo Lộc, tỉnh Lâm Đồng.",
         "2. Đề nghị cấp giấy phép tiến hành công việc bức xạ: sử dụng thiết bị X-quang chẩn đoán y tế.",
         "3. Nhân viên phụ trách an toàn: đã có chứng chỉ.", f"Mã hồ sơ: {code}"),
        "ĐẠI DIỆN TỔ CHỨC", "Lê Văn Mẫu", "ĐỀ NGHỊ CẤP GIẤY PHÉP TIẾN HÀNH CÔNG VIỆC BỨC XẠ",
    )  # fmt: skip
    mail = Mail(("Hệ thống Một cửa điện tử", "motcua@dichvucong.lamdong.example.gov.vn"),
                f"Hồ sơ {code} chờ tiếp nhận", f"Hồ sơ {code} đã nộp trực tuyến, chờ cán bộ tiếp nhận.\n",
                (File("to-khai.pdf", form.pdf()),))  # fmt: skip
    return Story(
        "to-khai-mot-cua", "Tờ khai của hệ thống một cửa: không vào sổ văn bản đến", mail, (), outcome="exclude"
    )


def _advertisement(day: Day) -> Story:
    text = "ƯU ĐÃI cuối năm: giảm 40% máy in, máy quét. Báo giá trong ngày. Hủy đăng ký: bấm vào đây.\n"
    html = f"<html><body><h1>Khuyến mãi</h1><p>{text}</p><img src='cid:none' alt=''></body></html>"
    mail = Mail(("Thiết bị văn phòng Sao Mai", "ban-tin@saomai.example.com"), "🎁 Khuyến mãi máy quét, "
        "giảm đến 40%", text,
                headers={"List-Unsubscribe": "<mailto:huy@saomai.example.com>", "Precedence": "bulk"},
                html=html)  # fmt: skip
    return Story(
        "quang-cao", f"Quảng cáo máy quét gửi ngày {day.today:%d/%m}", mail, (), outcome="ignore", is_later=True
    )


def _prose_bounce(day: Day) -> Story:
    text = (
        "Xin chào,\n\nThư của bạn gửi tới vanthu@quangson.lamdong.example.gov.vn không chuyển được.\n"
        "Lý do: hộp thư người nhận đã đầy (over quota). Thư đã được trả lại.\n\n"
        f"Chủ đề thư gốc: 1192/SKHCN-CĐS khảo sát hạ tầng số\nThời điểm: {day.back(1):%d/%m/%Y}\n"
    )
    mail = Mail(("Mail Delivery System", "postmaster@mail.lamdong.example.gov.vn"), "Thư không gửi được", text,
                headers={"Auto-Submitted": "auto-replied"})  # fmt: skip
    return Story(
        "thu-tra-lai", "Thư báo không gửi được, viết bằng lời, không theo chuẩn nào", mail, (), outcome="report"
    )


def _out_of_office(day: Day) -> Story:
    text = f"Tôi đi công tác đến hết ngày {day.ahead(3):%d/%m/%Y}. Việc gấp xin liên hệ Văn phòng.\n"
    mail = Mail(("Lâm Gia Bảo", "lgbao@dhlangbiang.example.edu.vn"), "Trả lời tự động: 1188/SKHCN-QLKH", text,
                headers={"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"})  # fmt: skip
    return Story("vang-mat", "Trả lời tự động: đang đi công tác", mail, (), outcome="ignore", is_later=True)


def _receipt(day: Day) -> Story:
    mail = Mail(clerk(a.COMMUNE_TUY_DUC), f"Re: 1190/SKHCN-CĐS ngày {day.back(2):%d/%m/%Y}", "Đã nhận, số "
        "đến 214. Văn thư",
                headers={"In-Reply-To": "<gui-di-1190@skhcn.lamdong.example.gov.vn>"})  # fmt: skip
    return Story("da-nhan-214", "“Đã nhận, số đến 214. Văn thư”: cơ quan nhận báo lại bằng một dòng", mail, (),
                 outcome="report")  # fmt: skip


STORIES = (
    _forwarded_petition, _denunciation, _top_secret, _one_stop, _prose_bounce, _receipt, _secret_scan, _advertisement,
    _out_of_office,
)  # fmt: skip
