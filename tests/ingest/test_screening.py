"""Điều 3 of the regulation: what is entered, held or kept out, and what only looks like it."""

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from long_runs import long_runs

from config.vocabulary import vocabulary
from ingest.letter import Address, Attachment, Letter, MailClass, Outcome, Page, Word
from ingest.screening import MOST_FILES, screen
from ingest.screening_rules import Item, score

STATE = "vanthu@snv.lamdong.gov.vn"
PRIVATE = "nguoidan@gmail.com"
MOTTO = ("SỞ NỘI VỤ | CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", " | Độc lập - Tự do - Hạnh phúc")


def attachment(name: str, media_type: str = "application/pdf", warnings: tuple[str, ...] = ()) -> Attachment:
    digest = hashlib.sha256(name.encode()).hexdigest()
    return Attachment(name, 1000, digest, media_type, media_type, None, warnings=warnings)


def letter(
    subject: str = "Gửi văn bản", text: str = "Kính gửi văn bản kèm theo.", sender: str = STATE,
    files: Sequence[Attachment] = (), mail_class: MailClass = MailClass.LETTER, in_reply_to: str | None = None,
) -> Letter:  # fmt: skip
    return Letter(
        message_id="<1@mau.example>", identity="0" * 64, raw_sha256="0" * 64, raw_size=1, subject=subject,
        senders=(Address("", sender),), to=(Address("", "vanthu@skhcn.lamdong.gov.vn"),), cc=(), reply_to=(),
        date=None, in_reply_to=in_reply_to, mail_class=mail_class, text=text, attachments=tuple(files),
    )  # fmt: skip


def page(*lines: str, number: int = 1) -> Page:
    """Lines from the top; "left | right" stands in the two columns of the head."""
    words = []
    for row, line in enumerate(lines):
        left, bar, right = line.partition("|")
        for text, start in ((left, 0.12), (right, 0.5)) if bar else ((left, 0.14),):
            x = start
            for word in text.split():
                words.append(Word(word, x, 0.05 + 0.02 * row, x + 0.009 * len(word), 0.065 + 0.02 * row))
                x += 0.009 * len(word) + 0.006
    return Page(number, tuple(words))


OFFICIAL = page(
    *MOTTO, "Số: 12/SNV-VP | Lâm Đồng, ngày 04 tháng 6 năm 2026", "V/v góp ý dự thảo |",
    "Kính gửi: Sở Khoa học và Công nghệ",
    "Thực hiện Luật Bảo vệ bí mật nhà nước, đề nghị các đơn vị rà soát mật độ, mật khẩu.", "Nơi nhận: | GIÁM ĐỐC",
)  # fmt: skip
PETITION = page(
    *MOTTO, "ĐƠN TỐ CÁO", "Tôi tên là Nguyễn Văn Mẫu, sinh năm 1970, CCCD 0123, thường trú tại xã Mẫu",
    "Tôi xin cam đoan những điều trên là đúng. Người làm đơn",
)  # fmt: skip


def outcome(one: Letter, pages: Mapping[int, Sequence[Page]] | None = None) -> tuple[Outcome, tuple[str, ...], bool]:
    result, reasons, is_secret = screen(one, pages or {})
    return result, tuple(reason.rule for reason in reasons), is_secret


def test_an_official_document_is_drafted() -> None:
    assert outcome(letter(files=[attachment("12.pdf")]), {0: [OFFICIAL]}) == (Outcome.DRAFT, (), False)


@pytest.mark.parametrize(
    "stamp",
    [
        "MẬT",
        "[ TỐI MẬT ]",
        "TUYỆT  MẬT",
        "Độ mật: Tối mật",
        "M Ậ T",
        "T Ố I   M Ậ T",
        "TỐIMẬT",
        "TUYỆ T MẬT",
        "MẬ T",
        "T UYỆT MẬT",
        "TốI MậT",
        "M ậ T",
        "TUYệT MậT",
        "T U Y ệ T   M ậ T",
    ],
)
def test_a_secrecy_stamp_alone_on_its_line_keeps_the_letter_out(stamp: str) -> None:
    stamped = page(*MOTTO, "Số: 12/SNV-VP | Lâm Đồng, ngày 04 tháng 6 năm 2026", stamp, "Kính gửi: Sở Mẫu")
    result, reasons, is_secret = screen(letter(files=[attachment("12.pdf")]), {0: [stamped]})
    assert (result, is_secret) == (Outcome.EXCLUDE, True)
    assert [(r.rule, r.evidence) for r in reasons] == [("secret_stamp", "")]


@pytest.mark.parametrize(
    "line", ["MẬT ONG", "quản lý mật độ", "Độ mật: Thường", "Độ mật: Không", "BÍ MẬT NHÀ NƯỚC", "bảo mật"]
)
def test_words_that_only_contain_mat_are_no_stamp(line: str) -> None:
    plain = page(*MOTTO, "Số: 12/SNV-VP | Lâm Đồng, ngày 04 tháng 6 năm 2026", line, "Kính gửi: Sở Mẫu", "Nơi nhận:")
    assert outcome(letter(files=[attachment("12.pdf")]), {0: [plain]})[0] is Outcome.DRAFT


@pytest.mark.parametrize(
    "subject", ["Văn bản TỐI MẬT của tỉnh", "[MẬT] gửi văn bản", "tuyệt mật", "Độ mật: Mật - kế hoạch"]
)
def test_a_subject_that_says_secret_is_enough(subject: str) -> None:
    result, reasons, is_secret = screen(letter(subject, files=[attachment("1.pdf")]), {})
    assert (result, is_secret) == (Outcome.EXCLUDE, True)
    assert all(reason.evidence == "" for reason in reasons)


@pytest.mark.parametrize(
    "subject",
    [
        "V/v quản lý mật ong",
        "QUẢN LÝ MẬT ONG NĂM 2026",
        "Luật Bảo vệ bí mật nhà nước",
        "đổi mật khẩu",
        "mặt trận",
        "mất điện",
    ],
)
def test_ordinary_subjects_are_not_secret(subject: str) -> None:
    assert outcome(letter(subject, files=[attachment("1.pdf")]), {0: [OFFICIAL]}) == (Outcome.DRAFT, (), False)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("TOIMAT_12.pdf", Outcome.EXCLUDE), ("VB tối mật.pdf", Outcome.EXCLUDE), ("CV mật 12.pdf", Outcome.EXCLUDE),
        ("12_MAT.pdf", Outcome.HOLD), ("CV_MAT_12.pdf", Outcome.HOLD), ("bao cao (MẬT).pdf", Outcome.HOLD),
        ("matkhau.pdf", Outcome.DRAFT), ("mat_bang.pdf", Outcome.DRAFT), ("MẬT ONG.pdf", Outcome.DRAFT),
        ("mặt trận.pdf", Outcome.DRAFT), ("mất.pdf", Outcome.DRAFT), ("MAT DO dan so.pdf", Outcome.DRAFT),
    ],
)  # fmt: skip
def test_a_file_name_counts_by_its_words(name: str, expected: Outcome) -> None:
    assert outcome(letter(files=[attachment(name)]), {})[0] is expected


def test_secrecy_goes_before_everything_else() -> None:
    stamped = page(*MOTTO, "MẬT", "ĐƠN TỐ CÁO")
    report = letter(files=[attachment("1.pdf")], mail_class=MailClass.REPORT)
    assert outcome(report, {0: [stamped]})[0] is Outcome.EXCLUDE


def test_reports_and_automatic_answers_are_no_drafts() -> None:
    assert outcome(letter(mail_class=MailClass.REPORT)) == (Outcome.REPORT, ("report",), False)
    assert outcome(letter(mail_class=MailClass.AUTO_REPLY)) == (Outcome.IGNORE, ("auto_reply",), False)


def test_a_petition_is_kept_out() -> None:
    one = letter("Đơn tố cáo", sender=PRIVATE, files=[attachment("don.pdf")])
    assert outcome(one, {0: [PETITION]}) == (Outcome.EXCLUDE, ("don_thu",), False)


def test_a_petition_in_the_mail_itself_is_kept_out() -> None:
    text = "ĐƠN KHIẾU NẠI\nTôi tên là Nguyễn Văn Mẫu, sinh năm 1970, địa chỉ: xã Mẫu."
    assert outcome(letter("Kính gửi Sở", text, PRIVATE))[:2] == (Outcome.EXCLUDE, ("don_thu",))


def test_a_passed_on_petition_is_asked_about() -> None:
    slip = page(
        *MOTTO, "Số: 12/PC-SNV | Lâm Đồng, ngày 04 tháng 6 năm 2026", "PHIẾU CHUYỂN ĐƠN",
        "Về việc chuyển đơn tố cáo của công dân", "Kính gửi: Sở Khoa học và Công nghệ", "Nơi nhận: | GIÁM ĐỐC",
    )  # fmt: skip
    one = letter(files=[attachment("12.pdf"), attachment("don.pdf")])
    assert outcome(one, {0: [slip], 1: [PETITION]})[:2] == (Outcome.HOLD, ("phieu_chuyen_don",))


@pytest.mark.parametrize(
    "line",
    [
        "Báo cáo kết quả giải quyết khiếu nại, tố cáo năm 2026",
        "Kế hoạch tiếp công dân",
        "kiến nghị cử tri",
        "đơn giá, đơn vị, hóa đơn",
    ],
)
def test_official_papers_about_petitions_are_drafted(line: str) -> None:
    about = page(
        *MOTTO, "Số: 12/BC-SNV | Lâm Đồng, ngày 04 tháng 6 năm 2026", "BÁO CÁO", line, "Kính gửi: Sở", "Nơi nhận:"
    )
    assert outcome(letter(line, files=[attachment("12.pdf")]), {0: [about]}) == (Outcome.DRAFT, (), False)


def test_a_one_stop_dossier_is_kept_out_and_an_opinion_on_one_is_not() -> None:
    receipt = page(*MOTTO, "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ", "Mã hồ sơ: 000.00.12.H36-260615-0003")
    one = letter("Hồ sơ", sender=PRIVATE, files=[attachment("gtn.pdf")])
    assert outcome(one, {0: [receipt]})[:2] == (Outcome.EXCLUDE, ("mot_cua",))
    opinion = page(*MOTTO, "Số: 12/SNV-VP | Lâm Đồng, ngày 04 tháng 6 năm 2026",
                   "V/v hồ sơ 000.00.12.H36-260615-0003 |", "Kính gửi: Sở", "Nơi nhận:")  # fmt: skip
    assert outcome(letter(files=[attachment("12.pdf")]), {0: [opinion]})[0] is Outcome.DRAFT


def test_advertising_is_left_out_with_its_reason() -> None:
    one = letter("Khuyến mãi lớn", "Ưu đãi 50%, hủy đăng ký tại đây", "sale@shop.example", mail_class=MailClass.BULK)
    assert outcome(one) == (Outcome.IGNORE, ("quang_cao",), False)
    priced = letter("Báo giá thiết bị", "Gửi Quý Sở", "kd@congty.example", [attachment("bg.xlsx", "application/x")])
    assert outcome(priced)[0] is Outcome.HOLD
    listed = letter(files=[attachment("12.pdf")], mail_class=MailClass.BULK)
    assert outcome(listed, {0: [OFFICIAL]})[0] is Outcome.DRAFT


def test_what_cannot_be_opened_or_has_no_file_is_held_but_links_are_drafted() -> None:
    locked = attachment("ho so.zip", "application/zip", ("locked",))
    assert outcome(letter(files=[locked]))[:2] == (Outcome.HOLD, ("locked_archive",))
    assert outcome(letter(text="Kính gửi Quý Sở, trân trọng."))[:2] == (Outcome.HOLD, ("body_only_state",))
    linked = replace(letter(), links=("https://drive.google.com/file/d/x",))
    assert outcome(linked)[:2] == (Outcome.DRAFT, ("link_only",))
    assert outcome(replace(linked, attachments=(locked,)))[:2] == (Outcome.HOLD, ("locked_archive",))
    assert outcome(letter(text="Xin chào", sender=PRIVATE))[:2] == (Outcome.HOLD, ("body_only",))


def test_an_answer_that_only_says_received_is_a_report() -> None:
    one = letter("Re: Gửi văn bản", "Đã nhận, số đến 214. Văn thư", in_reply_to="<2@mau.example>")
    assert outcome(one)[:2] == (Outcome.REPORT, ("receipt_in_prose",))


def test_an_unread_scan_is_drafted_not_suspected() -> None:
    assert outcome(letter(files=[attachment("1.pdf")]), {0: [Page(1, (), is_scan=True)]})[0] is Outcome.DRAFT


def test_a_letter_of_hundreds_of_files_is_held() -> None:
    dozens = [attachment(f"bieu-{number}.pdf") for number in range(MOST_FILES)]
    assert outcome(letter(files=dozens))[0] is Outcome.DRAFT
    found, rules, _ = outcome(letter(files=[*dozens, attachment("them.pdf")]))
    assert (found, rules) == (Outcome.HOLD, ("too_many_files",))


@pytest.mark.parametrize(
    ("package", "charset"),
    [
        ("<e><x:SecurityLevel>2</x:SecurityLevel></e>", "utf-8"),
        ("<e><Secrecy> Tối Mật </Secrecy></e>", "utf-16"),
        ("<e><Secrecy><![CDATA[Mật]]></Secrecy></e>", "utf-8"),
        ("<e><Secrecy>M&#x1EAD;t</Secrecy></e>", "utf-8"),
        ('<e><Document secrecy="Mật"/></e>', "utf-8"),
        ('<e><DoMat value="1"/></e>', "utf-16-le"),
        ("<e><MessageHeader><Subject>Tài liệu (MẬT) về phòng thủ</Subject></MessageHeader></e>", "utf-8"),
        ("<e>" + "<a>x</a>" * 200_000 + "<Secrecy>Mật</Secrecy></e>", "utf-8"),
    ],
)
def test_a_package_that_says_it_is_secret_is_kept_out(tmp_path: Path, package: str, charset: str) -> None:
    path = tmp_path / "goi.edxml"
    path.write_bytes(package.encode(charset))
    file = replace(attachment("goi.edxml", "application/xml"), path=path)
    assert outcome(letter(files=[file]))[::2] == (Outcome.EXCLUDE, True)


@pytest.mark.parametrize(
    "package",
    [
        '<e><w:Security s:mustUnderstand="1"><w:SecurityToken id="2"/></w:Security></e>',
        "<e><Secrecy>0</Secrecy><Security>Thường</Security></e>",
        "<e><Subject>V/v công tác bảo vệ bí mật nhà nước</Subject><PageAmount>2</PageAmount></e>",
    ],
)
def test_a_package_that_is_no_secret_comes_in(tmp_path: Path, package: str) -> None:
    path = tmp_path / "goi.edxml"
    path.write_bytes(package.encode())
    file = replace(attachment("goi.edxml", "application/xml"), path=path)
    assert outcome(letter(files=[file]))[::2] == (Outcome.DRAFT, False)


# Long runs of what each rule is made of, alone, behind its words, and with the next piece of it in turn.
_CATEGORIES = ("secret", "petition", "advertisement", "one_stop")
_PLACES = ("head", "text", "file", "subject", "body", "sender")


@pytest.mark.parametrize("category", _CATEGORIES)
def test_no_rule_is_slow_on_long_runs(category: str) -> None:
    score(category, Item(dict.fromkeys(_PLACES, "x"), frozenset()))  # compiles the rules
    for rule in vocabulary("screening")["rule"]:
        if rule["category"] == category and rule["where"] != "signal":
            for text in long_runs(rule["pattern"], 30_000):
                start = time.process_time()
                score(category, Item({rule["where"]: text}, frozenset()))
                assert time.process_time() - start < 0.5, (rule["name"], text[:40])
