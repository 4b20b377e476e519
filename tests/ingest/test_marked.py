"""Secrecy marks in subjects, lines and names of files: what marks, what a person decides, what only speaks."""

import time

import pytest

from ingest.letter import Outcome
from ingest.marked import in_name, in_subject, in_text
from tests.ingest.test_screening import OFFICIAL, attachment, letter, outcome

KEPT_OUT, ASKED = 50, 25

SUBJECTS_KEPT_OUT = (
    "MẬT", "TỐI MẬT", "tuyệt mật", "Tối  Mật", "[MẬT] gửi văn bản", "FW: [ MẬT ] Báo cáo", "Fwd: MẬT - Báo cáo",
    "Re: Fwd: [Mật] Kế hoạch", "Trả lời: TUYỆT MẬT: phương án", "MẬT/HỎA TỐC: Báo cáo", "MẬT HỎA TỐC - gửi báo cáo",
    "HỎA TỐC - MẬT - Kế hoạch A2", "*MẬT* Báo cáo", "‹MẬT> Báo cáo", "<MẬT> Báo cáo", "“MẬT” Báo cáo",
    "«Tối mật» Báo cáo", "[Mật] Báo cáo", "Gửi văn bản (Mật)", "Báo cáo (Độ MẬT)", "Báo cáo quý II (độ Mật)",
    "Công văn MẬT số 12/BC-UBND", "VB MẬT", "TÀI LIỆU MẬT", "Tài liệu MẬT - không phổ biến", "Báo cáo số 05 - MẬT",
    "Kế hoạch MẬT của tỉnh", "Văn bản TỐI MẬT của tỉnh", "Độ mật: Mật - CV 12", "Báo cáo, độ mật: Tối mật",
    "Ｔối ＭẬＴ", "M Ậ T - báo cáo", "T.Ố.I M.Ậ.T", "T Ố I   M Ậ T", "МẬТ: báo cáo", "MẬT- báo cáo", "MẬT, KHẨN: họp",
    "[TỐI MẬT] Danh mục bí mật nhà nước của tỉnh", "MẬT - Kế hoạch kiểm tra công tác bảo vệ bí mật nhà nước",
)  # fmt: skip
SUBJECTS_ASKED = (
    "TOI MAT", "TUYET MAT: ke hoach A2", "[TOI MAT] Bao cao", "[MAT] Bao cao", "Fwd: TOI MAT - ke hoach",
    "Cong van mat so 12", "MAT - HOA TOC: bao cao", "Văn bản mật của Bộ Công an", "Gửi công văn mật", "Mật: báo cáo",
    "Tài liệu mật", "KẾ HOẠCH MẬT CỦA TỈNH NĂM 2026", "Danh mục bí mật nhà nước của tỉnh (Tối mật)",
)  # fmt: skip
LINES_KEPT_OUT = (
    "MẬT", "M Ậ T", "T Ố I  M Ậ T", "> TỐI MẬT", "| MẬT |", "═══ TUYỆT MẬT ═══", "MẬT – KHẨN", "MẬT - HỎA TỐC",
    "HỎA TỐC - MẬT", "TỐI MẬT (Bản số 1)", "MẬT Bản số: 03/15", "Tối mật", "Tuyệt mật", "VĂN BẢN MẬT",
    "(TÀI LIỆU TỐI MẬT)", "UBND TỈNH              TỐI MẬT", "UBND TỈNH\tTỐI MẬT", "MẬT\tHà Nội, ngày 1 tháng 6",
    "Mức độ mật: Tối mật", "Độ mật: MẬT. Đề nghị quản lý theo quy định.", "Độ mật : Mật ; Độ khẩn : Hỏa tốc",
    "Độ mật: Tối mật; Độ khẩn: Hỏa tốc", "TỐI\nMẬT", "ＴỐＩ ＭẬＴ", "# TỐI MẬT", "TỐI\u00a0MẬT", "TỐI\u00ad MẬT",
)  # fmt: skip
LINES_ASKED = (
    "TOI MAT", "TUYET MAT", "Mật\nSố: 12/BC-UBND", "Tài liệu này thuộc độ MẬT.",
    "Văn bản gửi kèm là văn bản mật (độ Tối mật), đề nghị mở theo chế độ mật.", "UBND TỈNH\tTối mật",
    "Kèm theo là báo cáo số 5, độ mật: Tối mật",
)  # fmt: skip
NAMES_KEPT_OUT = (
    "TOIMAT_12.pdf", "TUYETMAT12.pdf", "VB tối mật.pdf", "Tối mật 12.pdf", "TỐI MẬT", "CV mật 12.pdf",
    "To\u0302\u0301i ma\u0323\u0302t 12.pdf", "TUYỆT MẬT - kế hoạch.docx",
)  # fmt: skip
NAMES_ASKED = (
    "12-BC-UBND (mật).pdf", "mật.pdf", "MẬT 12.pdf", "[MẬT] BC 12.pdf", "Báo cáo mật số 12.pdf", "Kế hoạch MẬT.pdf",
    "cv_mat_12.pdf", "cong van mat so 12.pdf", "BC12-Mat.pdf", "12.BC.UBND.Mat.pdf", "MAT_12-BC-UBND.pdf",
    "12_BC_UBND_MAT.pdf", "Toi mat 12.pdf", "KH_tuyetmat.pdf", "ke-hoach-toi-mat.pdf", "TAI LIEU MAT.pdf",
    "BC12 Toimat.pdf", "Kế hoạch kiểm tra (MẬT).pdf",
)  # fmt: skip
INNOCENT = (
    "V/v quản lý mật ong", "QUẢN LÝ MẬT ONG NĂM 2026", "Tài liệu mật ong bạc hà", "Mật ong: báo giá",
    "Quy trình nuôi ong lấy mật", "Báo cáo sản lượng mật quý II", "Giá thu mua mật, sáp ong", "Cân đường mật",
    "Sản xuất rỉ mật mía", "Trồng cây rau mật", "Kỷ niệm tuần trăng mật", "Nước mật nhân uống liền",
    "Điều tra mật độ dân số", "MẬT ĐỘ XÂY DỰNG", "Quy định mật độ cây trồng", "Quy hoạch chung, mật độ cư trú",
    "Bảo mật thông tin cá nhân", "BẢO MẬT", "Tập huấn an toàn, bảo mật", "Chính sách bảo mật của cổng dữ liệu",
    "MẬT KHẨU", "Đặt lại mật khẩu tài khoản", "Mật khẩu: xem tin nhắn", "Mat khau wifi", "Mật mã", "MẬT MÃ DÂN SỰ",
    "Kỷ niệm 80 năm ngày thành lập ngành Cơ yếu, mật mã Việt Nam", "Luật Bảo vệ bí mật nhà nước", "BÍ MẬT NHÀ NƯỚC",
    "Tập huấn công tác bảo vệ bí mật nhà nước", "Danh mục bí mật nhà nước độ Tối mật",
    "V/v góp ý dự thảo Quyết định ban hành danh mục bí mật nhà nước độ Tuyệt mật, độ Tối mật, độ Mật lĩnh vực y tế",
    "Danh mục bí mật nhà nước độ Tối mật, Mật", "Quy chế bảo vệ bí mật nhà nước (Tuyệt mật, Tối mật, Mật)",
    "Quy định về độ mật, độ khẩn của văn bản", "Xác định độ mật của tài liệu", "Bí mật kinh doanh trong đấu giá",
    "Hướng dẫn soạn thảo, quản lý văn bản mật", "QUẢN LÝ TÀI LIỆU MẬT", "Khắc dấu độ mật theo mẫu",
    "Hướng dẫn giải mật tài liệu", "Cơ mật viện triều Nguyễn", "Phật giáo Mật tông", "Pháp hội Mật giáo Tây Tạng",
    "Đèo Cù Mật", "Nâng cấp đường qua Cù Mật", "Phường Mật Sơn", "Thông báo nghỉ hưu ông LÊ VĂN MẬT",
    "Chúc mừng đồng chí Nguyễn Văn Mật", "Hội nghị khoa học gan - mật - tụy", "HỘI NGHỊ GAN - MẬT - TỤY TOÀN QUỐC",
    "Phẫu thuật nội soi cắt túi mật", "Điều trị sỏi mật, viêm đường mật", "Cao mật gấu", "Nghề trinh thám, mật thám",
    "Thư mật", "Mật vụ thời Pháp thuộc", "Phong trào mặt trận Tổ quốc", "Mất điện diện rộng", "Khám mắt học đường",
    "Giai phong mat bang", "GIAI PHONG MAT BANG DU AN", "Bao cao mat rung", "Toi mat the bao hiem y te",
    "Cong tac Mat tran", "MAT BANG TANG 1", "Bao cao mat an toan giao thong", "Quan he mật thiết với nhân dân",
)  # fmt: skip
INNOCENT_NAMES = (
    "matkhau.pdf", "mat_bang.pdf", "MAT-BANG-TANG-1.dwg", "MẬT ONG.pdf", "CCCD mat truoc.jpg", "CCCD_mat_1.jpg",
    "mat sau.jpg", "mat2.jpg", "mặt trận.pdf", "mất.pdf", "MAT DO dan so.pdf", "bi mat nha nuoc.pdf",
    "Luat-bao-ve-bi-mat-nha-nuoc.pdf", "toi-mat-the.pdf", "bao-mat-thong-tin.docx", "tai lieu mat ong.pdf",
    "format.pdf", "automat 12.pdf", "Nguyễn Văn Mật.pdf",
)  # fmt: skip
INNOCENT_LINES = (
    "Tuyệt mật\nTối mật\nMật", "Độ mật: Thường", "Độ mật: Không", "Độ mật: Mật, Tối mật, Tuyệt mật", "- mật",
    "Tên hàng\tMật\tSố lượng", "Văn bản này không thuộc độ mật.", "Thư này chứa thông tin bảo mật.",
    "Tài liệu này có mật độ chữ cao", "Văn bản này thay thế danh mục bí mật nhà nước độ Mật",
)  # fmt: skip


@pytest.mark.parametrize("subject", SUBJECTS_KEPT_OUT)
def test_a_subject_that_is_marked_keeps_the_letter_out(subject: str) -> None:
    assert in_subject(subject) >= KEPT_OUT
    assert outcome(letter(subject, files=[attachment("1.pdf")]), {0: [OFFICIAL]}) == (
        Outcome.EXCLUDE, ("secret_subject",), True,
    )  # fmt: skip


@pytest.mark.parametrize("subject", SUBJECTS_ASKED)
def test_a_subject_that_may_be_marked_is_a_person_s_to_decide(subject: str) -> None:
    assert ASKED <= in_subject(subject) < KEPT_OUT
    assert outcome(letter(subject, files=[attachment("1.pdf")]), {0: [OFFICIAL]})[0] is Outcome.HOLD


@pytest.mark.parametrize("lines", LINES_KEPT_OUT)
def test_a_line_that_is_a_mark_keeps_the_letter_out(lines: str) -> None:
    text = f"Kính gửi quý Sở.\n{lines}\nTrân trọng."
    assert in_text(text) >= KEPT_OUT
    assert outcome(letter(text=text, files=[attachment("1.pdf")]), {0: [OFFICIAL]})[0] is Outcome.EXCLUDE


@pytest.mark.parametrize("lines", LINES_ASKED)
def test_a_line_that_may_be_a_mark_is_a_person_s_to_decide(lines: str) -> None:
    assert ASKED <= in_text(f"Kính gửi quý Sở.\n{lines}\nTrân trọng.") < KEPT_OUT


@pytest.mark.parametrize("name", NAMES_KEPT_OUT)
def test_a_name_that_is_marked_keeps_the_letter_out(name: str) -> None:
    assert in_name(name) >= KEPT_OUT


@pytest.mark.parametrize("name", NAMES_ASKED)
def test_a_name_that_may_be_marked_is_a_person_s_to_decide(name: str) -> None:
    assert ASKED <= in_name(name) < KEPT_OUT
    assert outcome(letter(files=[attachment(name)]), {0: [OFFICIAL]})[0] is Outcome.HOLD


@pytest.mark.parametrize("words", INNOCENT)
def test_words_that_only_speak_of_secrets_or_of_other_things_stop_nothing(words: str) -> None:
    assert (in_subject(words), in_name(f"{words}.pdf"), in_text(words)) == (0, 0, 0)
    sent = letter(
        words, f"Kính gửi quý Sở.\n{words}\nTrân trọng.", files=[attachment(f"{words}.pdf".replace("/", "-"))]
    )
    assert outcome(sent, {0: [OFFICIAL]}) == (Outcome.DRAFT, (), False)


@pytest.mark.parametrize("name", INNOCENT_NAMES)
def test_names_of_other_things_stop_nothing(name: str) -> None:
    assert in_name(name) == 0


@pytest.mark.parametrize("lines", INNOCENT_LINES)
def test_lines_that_list_levels_or_speak_of_them_stop_nothing(lines: str) -> None:
    assert in_text(f"Kính gửi quý Sở.\n{lines}\nTrân trọng.") == 0


def test_two_doubts_are_no_certainty() -> None:
    sent = letter("Cong van mat so 12", "TOI MAT", files=[attachment("cong van mat so 12.pdf")])
    assert outcome(sent, {0: [OFFICIAL]})[0] is Outcome.HOLD


@pytest.mark.parametrize(
    "piece",
    ["mật ", "mật , , , ", "mật - ", "MẬT", "tối mật|", "Độ mật: Mật|", "độ mật: ", "độ  ", "T Ố I ", "M . ", "Re : ",
     "Re   ", "tài liệu này là mật, ", "văn bản kèm ", "gửi ", "khẩn ", "bản số 1 ", "[", "( mật", "mat ", "mat.",
     "_mat", "\n", "\t", "mật\n"],
)  # fmt: skip
def test_endless_runs_are_looked_through_in_a_moment(piece: str) -> None:
    for text in (piece * (100_000 // len(piece)), "mật" + piece * 30 + "x", "Công văn mật " + piece * 20_000):
        for look in (in_text, in_subject, in_name):
            start = time.process_time()
            look(text)
            assert time.process_time() - start < 2, (look.__name__, text[:30])


def test_what_stands_at_the_end_of_an_endless_subject_counts() -> None:
    assert in_subject("Gửi báo cáo " * 10_000 + "- TỐI MẬT") >= KEPT_OUT
