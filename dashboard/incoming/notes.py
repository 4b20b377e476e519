"""What intake noticed about a draft, by its short codes, in words that say what to do."""

_NOTES = {
    "no_file": "Chưa có tệp: thư chỉ gửi liên kết. Chưa vào sổ được cho đến khi có tệp",
    "stamp_unread": "Bản quét, máy chưa đọc được chữ và dấu. Nhập theo trang văn bản, xem có dấu mật, dấu khẩn không",
    "number_blank": "Máy không thấy số của văn bản, chỉ thấy ký hiệu. Xem số trên trang",
    "locked": "Tệp có mật khẩu, máy không mở được. Xin mật khẩu nơi gửi rồi mở ngoài",
    "virus_unscanned": "Chưa quét vi-rút: chương trình quét không trả lời khi thư đến. Cẩn thận khi mở tệp bên ngoài",
    "damaged": "Tệp hỏng, máy không mở được. Đề nghị nơi gửi lại",
    "too_large_inside": "Tệp PDF bung ra quá lớn, máy không đọc chữ và dấu. Mở tệp ở máy biệt lập nếu cần",
    "too_slow": "Tệp nặng khác thường, máy không đọc chữ và dấu. Mở tệp ở máy biệt lập nếu cần",
    "subject_twice": "Thư có hai tiêu đề khác nhau, máy lấy tiêu đề đầu. Phần mềm thư khác có thể hiện tiêu đề kia",
    "from_twice": "Thư khai hai người gửi khác nhau. Kiểm tra lại với nơi gửi trước khi vào sổ",
    "date_disagrees": "Ngày ghi trên thư lệch quá bảy ngày so với ngày máy chủ nhận. Đừng lấy làm ngày đến",
    "readers_disagree": "Thư viết không chuẩn: phần mềm khác có thể hiện tiêu đề, người gửi hoặc tên tệp khác thế này. "
    "So với hộp thư trước khi vào sổ",
    "too_many_parts": "Thư có quá nhiều phần, máy không tách hết. Mở thư trong hộp thư để xem phần còn lại",
    "too_deep": "Thư lồng quá nhiều lớp, máy không tách hết. Mở thư trong hộp thư để xem phần còn lại",
    "signs_nothing_here": "Thư có chữ ký số rời, nhưng không phải của tệp nào trong thư. Hỏi nơi gửi tệp được ký",
    "may_be_returned": "Nơi gửi có thể đã được báo trả lại văn bản này, từ trước lần khôi phục. Hỏi nơi gửi rồi hãy "
    "vào sổ",
    "mail_signature_broken": "Chữ ký số trên thư không còn đúng: thư bị đổi trên đường đi. Nhiều khi do máy chủ thêm "
    "dòng cuối thư; xem chữ ký trên từng tệp",
}
# What a file would do or lacks; «» stands for its name.
_OF_FILES = {
    "name_pretends": "Tên người gửi hiện như một địa chỉ khác, thư thật ra gửi từ «». Hỏi lại nơi gửi bằng đường khác "
    "trước khi vào sổ",
    "domain_lookalike": "Địa chỉ «» trông như của cơ quan nhà nước nhưng không phải. Đừng mở liên kết, hỏi lại nơi gửi",
    "reply_elsewhere": "Thư của cơ quan nhà nước nhưng xin trả lời về «». Trả lời thì dùng địa chỉ đã biết",
    "sender_private": "Thư mang tên cơ quan nhưng gửi từ hộp thư riêng «». Xem chữ ký trên văn bản, hoặc hỏi lại "
    "nơi gửi",
    "sender_of_other": "Thư gửi từ «», danh bạ ghi địa chỉ ấy là của cơ quan khác cơ quan ban hành. Xem chữ ký trên "
    "văn bản; nếu là gửi hộ thì vào sổ bình thường, lần sau máy không nhắc nữa",
    "virus": "Thư có vi-rút «», người giữ thư đã cho vào nháp. Không mở tệp của thư trên máy làm việc, "
    "báo quản trị kỹ thuật",
    "program": "Tệp «» là chương trình, không phải văn bản. Không mở, báo quản trị kỹ thuật",
    "macro": "Tệp «» có macro. Không bật macro khi mở",
    "pdf_script": "Tệp «» có mã JavaScript chạy khi mở. Xem trên trang này, không mở bằng phần mềm khác",
    "pdf_launch": "Tệp «» có lệnh mở chương trình hoặc gửi dữ liệu đi. Xem trên trang này, không mở bằng phần mềm khác",
    "pdf_files": "Tệp «» có tệp khác nhúng bên trong, máy không mở tệp nhúng",
    "active_control": "Tệp «» có đối tượng nhúng chạy được (ActiveX, OLE). Không bấm vào đối tượng khi mở",
    "script": "Tệp «» là trang có mã chạy được. Không mở bằng trình duyệt",
    "names_disagree": "Tệp «» mang hai tên khác nhau trong thư. Xem nội dung, đừng tin tên tệp",
    "damaged_base64": "Tệp «» bị hỏng trên đường đi, có thể thiếu nội dung. Đề nghị nơi gửi lại",
    "damaged_archive": "Tệp nén «» bị hỏng, máy không lấy hết tệp bên trong. Đề nghị nơi gửi lại",
    "enclosed": "Tệp «» là văn bản được chuyển kèm phiếu này. Cần vào sổ riêng thì bấm «tách» bên tên tệp",
    "misaddressed": "Có thể gửi nhầm: văn bản gửi «», Kính gửi và Nơi nhận đều không có cơ quan mình. Nếu đúng, "
    "trả lại nơi gửi (Điều 21.2 NĐ 30): bấm «Không cập nhật…», lý do đã ghi sẵn",
    "second_document": "Trang «» của văn bản chính có đầu một văn bản khác: có thể hai văn bản nằm trong một tệp",
    "rules_cut": "Các quy tắc từ số «» trở đi chưa xét: chạy quá lâu. Sửa biểu thức của các quy tắc trước",
    "no_file_waived": "Cho vào sổ không kèm tệp, lý do: «»",
    "signature_broken": "Chữ ký số trên tệp «» không còn đúng: tệp bị thay đổi hoặc hỏng sau khi ký. Hỏi lại nơi gửi, "
    "nếu đúng thì trả lại (Điều 21.2 NĐ 30)",
    "signature_modified": "Tệp «» bị sửa sau khi ký, chỗ sửa không ai ký. So với bản nơi gửi còn giữ trước khi vào sổ",
    "signature_partial": "Chữ ký số trên tệp «» chỉ ký lên một phần tệp, phần còn lại không ai ký. Coi như chưa ký số; "
    "hỏi lại nơi gửi",
    "signatures_unchecked": "Tệp «» có chữ ký số mà máy chưa kiểm tra được. Kiểm bằng phần mềm khác nếu cần",
    "unopened": "Tệp nén «» máy chưa mở được. Mở ngoài rồi thả các tệp vào bàn",
    "damaged_package": "Gói «» hỏng hoặc bị cắt cụt, máy chỉ lấy được phần đọc được. Đề nghị nơi gửi lại",
    "package_lacks": "Gói nêu tệp «» nhưng không kèm tệp ấy. Đề nghị nơi gửi lại nếu cần",
    "package_headers": "Gói «» có hai phần đầu khác nhau, máy lấy phần thứ nhất. So với văn bản trước khi vào sổ",
    "package_disagrees": "Gói kèm theo ghi số, ký hiệu «», khác văn bản này: máy không lấy giá trị nào trong gói",
    "recall": "Gói kèm theo thu hồi văn bản «». Xem văn bản ấy đã đến chưa, ở trang Thu hồi",
    "plain_copy": "Tệp «» là bản đã bỏ mật khẩu. Bản gốc còn nguyên trong thư, chữ ký số (nếu có) chỉ còn trên bản gốc",
}
# What rules say, in their own words; behind them, what to do.
_OF_RULES = {
    "rule_differs": ". Xem lại trên trang văn bản",
    "rule_declines": ". Đúng thì bấm «Không cập nhật…», lý do đã ghi sẵn",
    "rule_main": ", các giá trị máy đọc là của tệp trước. Không đúng thì bấm «chính» bên tệp kia",
}
_SHORT = {
    "rule_differs": "quy tắc ghi khác", "rule_declines": "đề nghị không vào sổ", "rule_main": "đổi văn bản chính",
    "rules_cut": "quy tắc chưa xét hết",
    "name_pretends": "tên người gửi giả", "domain_lookalike": "tên miền giả", "reply_elsewhere": "xin trả lời nơi khác",
    "sender_private": "hộp thư riêng", "sender_of_other": "địa chỉ cơ quan khác",
    "no_file": "chưa có tệp", "no_file_waived": "không kèm tệp",
    "misaddressed": "có thể gửi nhầm",
    "stamp_unread": "chưa đọc được dấu", "number_blank": "chưa thấy số", "locked": "tệp có mật khẩu",
    "damaged": "tệp hỏng", "virus": "có vi-rút", "virus_unscanned": "chưa quét vi-rút",
    "too_large_inside": "PDF quá lớn khi bung", "too_slow": "tệp quá nặng", "subject_twice": "hai tiêu đề",
    "from_twice": "hai người gửi", "date_disagrees": "ngày thư lệch", "readers_disagree": "thư viết không chuẩn",
    "too_many_parts": "thư chưa tách hết", "too_deep": "thư chưa tách hết", "signs_nothing_here": "chữ ký rời",
    "mail_signature_broken": "chữ ký thư hỏng", "may_be_returned": "có thể đã báo trả lại",
    "program": "có chương trình", "macro": "có macro", "pdf_script": "PDF có mã chạy", "pdf_launch": "PDF có lệnh chạy",
    "pdf_files": "PDF có tệp nhúng", "active_control": "có đối tượng nhúng", "script": "có mã chạy",
    "names_disagree": "tệp hai tên", "damaged_base64": "tệp hỏng", "damaged_archive": "tệp nén hỏng",
    "plain_copy": "bản đã bỏ mật khẩu", "signature_broken": "chữ ký hỏng", "signature_modified": "sửa sau khi ký",
    "signature_partial": "chỉ ký một phần",
    "signatures_unchecked": "chữ ký chưa kiểm",
    "damaged_package": "gói hỏng", "package_lacks": "gói thiếu tệp", "package_headers": "gói hai phần đầu",
    "package_disagrees": "gói ghi số khác", "recall": "thu hồi văn bản",
    "unopened": "tệp nén chưa mở", "enclosed": "có văn bản kèm phiếu", "second_document": "hai văn bản một tệp",
}  # fmt: skip


def in_words(note: str) -> str:
    """A note as the form says it; one that is words already stays as it is. "macro:a.docm" is a note on a file."""
    code, _, name = note.partition(":")
    if code in _OF_RULES:
        return name + _OF_RULES[code]
    if code in _OF_FILES:
        return _OF_FILES[code].replace("«»", f"«{name}»" if name else "").replace("  ", " ")
    return _NOTES.get(note, note)


def in_short(note: str) -> str:
    """A note as a row of the queue says it."""
    return _SHORT.get(note.partition(":")[0], note)
