"""What packages say, in all the forms that gateways send them in (DOMAIN §3.4)."""

from datetime import date
from io import BytesIO

import pytest
from exchange_packages import OLD, SENDER, Made, Part, header, package, replacing, soap, status

from core.edxml import Kind, Reference, contents, parse_day, read_package
from core.edxml.references import whole_code
from core.errors import Permanent

NEW = Made(parts=[Part("63.pdf")])
ITSELF = Reference(f"{SENDER},2026/06/04,63/SMA-VP", "63/SMA-VP", date(2026, 6, 4), SENDER)
OLDER = Reference(f"{SENDER},2026/05/01,41/SMA-VP", "41/SMA-VP", date(2026, 5, 1), SENDER)


def test_a_new_package_is_read() -> None:
    said = read_package(package(NEW).encode())
    assert (said.code_number, said.code_notation, said.issued_on) == ("63", "SMA-VP", date(2026, 6, 4))
    assert (said.type_code, said.type_name, said.subject) == ("1", "Công văn", "V/v góp ý dự thảo quy chế mẫu")
    assert (said.organ_id, said.organ_name, said.parent_organ_name) == (SENDER, "Sở Mẫu A", "UBND tỉnh Mẫu")
    assert (said.signer_name, said.signer_position) == ("Nguyễn Văn Mẫu", "PHÓ GIÁM ĐỐC")
    assert (said.due_on, said.priority, said.page_count) == (date(2026, 6, 15), 1, 2)
    assert (said.document_id, said.receivers) == (ITSELF.document_id, ("Sở Khoa học và Công nghệ",))
    assert (said.kind, said.status_code, said.concerns, said.is_whole) == (Kind.NEW, "", (), True)
    assert [(file.number, file.name, file.has_content) for file in said.attachments] == [(0, "63.pdf", True)]


@pytest.mark.parametrize(
    "text",
    [
        package(NEW, namespace=OLD),
        package(NEW, namespace="http://www.go.vn/eDoc"),
        package(NEW).replace(' xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016"', ""),
        package(NEW).replace("<Attachment>", "<edXML:Attachment>").replace("</Attachment>", "</edXML:Attachment>"),
        package(NEW, cids=("cid:", "")),
        package(NEW, cids=("", "cid:")),
        soap(NEW),
        "1212" + package(NEW),
        "\ufeff\n\n " + package(NEW),
        package(Made(in_charge="OrganInCharge", parts=NEW.parts)),
        package(Made(day="04/06/2026", parts=NEW.parts)),
        package(Made(day="2026-06-04 15:11:02", parts=NEW.parts)),
        package(NEW).replace("PromulgationDate", "Date"),
        package(NEW).replace("CodeNumber", "codenumber").replace("Subject", "SUBJECT"),
        package(NEW) + "\n<!-- gateway 2.1 --> rác",
        package(NEW).replace('encoding="UTF-8"', 'encoding="UTF 8" charset="x"'),
        package(NEW).replace("<Code>", "<CodeList>x</CodeList><Code>"),
    ],
    ids=range(17),
)  # fmt: skip
def test_every_known_form_says_the_same(text: str) -> None:
    said = read_package(text.encode())
    assert (said.code, said.issued_on, said.parent_organ_name) == ("63/SMA-VP", date(2026, 6, 4), "UBND tỉnh Mẫu")
    assert (said.subject, said.is_whole) == ("V/v góp ý dự thảo quy chế mẫu", True)
    assert [(file.name, file.has_content) for file in said.attachments] == [("63.pdf", True)]


@pytest.mark.parametrize(
    ("charset", "declared"),
    [("utf-16", "UTF-16"), ("utf-16-le", "UTF-16"), ("utf-16-be", "utf-8"), ("utf-8", "utf-16"), ("utf-8-sig", "UTF-8"),
     ("utf-8", "iso-8859-1"), ("utf-8", "no-such"), ("utf-8", "idna")],
)  # fmt: skip
def test_the_charset_is_what_the_bytes_are_whatever_is_declared(charset: str, declared: str) -> None:
    text = package(NEW).replace('encoding="UTF-8"', f'encoding="{declared}"')
    said = read_package(text.encode(charset))
    assert (said.subject, said.attachments[0].has_content) == ("V/v góp ý dự thảo quy chế mẫu", True)


def test_an_old_charset_is_believed_where_it_is_declared_and_guessed_nowhere() -> None:
    text = package(Made(subject="Déjà vu")).replace('encoding="UTF-8"', 'encoding="windows-1258"')
    data = text.encode("cp1258", "ignore")
    assert read_package(data).subject == "Déjà vu"
    assert read_package(data.replace(b"windows-1258", b"UTF-8")).subject == "D\ufffdj\ufffd vu"


def test_sloppy_text_is_read_as_it_was_meant() -> None:
    made = Made(subject="Công ty A & B &amp;quot;mẫu&amp;quot;\x01 1 &lt; 2&nbsp;", document_id="null")
    said = read_package(package(made).encode())
    assert (said.subject, said.document_id) == ('Công ty A & B "mẫu" 1 < 2', "")


def test_a_status_message_says_whose_document_it_means() -> None:
    said = read_package(status("03").encode())
    assert (said.kind, said.status_code, said.code_number, said.document_id) == (Kind.STATUS, "03", "", "")
    assert (said.answers, said.concerns, said.answered_code) == ((ITSELF,), (ITSELF,), "63/SMA-VP")
    assert (said.said, said.said_at) == ("Văn thư: vào sổ số 512", "2026/06/04 16:02:10")


def test_the_sender_that_asks_for_its_document_back_recalls_it() -> None:
    assert read_package(status("13").encode()).kind is Kind.RECALL
    assert [read_package(status(code).encode()).kind for code in ("15", "16")] == [Kind.STATUS, Kind.STATUS]


@pytest.mark.parametrize(
    ("made", "kind", "concerns"),
    [
        (Made(business_type="3", business=replacing(OLDER.document_id, OLDER.document_id)), Kind.REPLACEMENT, (OLDER,)),
        (Made(business_type="3"), Kind.REPLACEMENT, ()),
        (Made(business_type="2"), Kind.UPDATE, (ITSELF,)),
        (Made(business_type="2", business=f"<DocumentId>{OLDER.document_id}</DocumentId>"), Kind.UPDATE, (OLDER,)),
        (Made(business_type="1"), Kind.RECALL, (ITSELF,)),
        (Made(business_type="1", more=f"<ResponseFor><DocumentId>{OLDER.document_id}</DocumentId></ResponseFor>"),
         Kind.RECALL, (OLDER,)),
        (Made(business=f"<DocumentId>{OLDER.document_id}</DocumentId>"), Kind.NEW, ()),
        (Made(business_type="1", document_id="9fbf-1", number="", notation=""), Kind.RECALL,
         (Reference("9fbf-1", "", date(2026, 6, 4), SENDER),)),
    ],
)  # fmt: skip
def test_what_a_package_changes(made: Made, kind: Kind, concerns: tuple[Reference, ...]) -> None:
    said = read_package(package(made).encode())
    assert (said.kind, said.concerns) == (kind, concerns)
    assert said.reason == "Lý do của nơi gửi"


def test_several_answers_are_not_mixed() -> None:
    more = (
        "<ResponseFor><Code>1/A-B</Code></ResponseFor><ResponseFor/><ResponseFor><Code><CodeNumber>2</CodeNumber>"
        "<CodeNotation>C-D</CodeNotation></Code><PromulgationDate>01/02/2026</PromulgationDate></ResponseFor>"
    )
    answers = read_package(package(Made(more=more)).encode()).answers
    assert [(one.code, one.issued_on) for one in answers] == [("1/A-B", None), ("2/C-D", date(2026, 2, 1))]


def test_only_the_first_header_counts() -> None:
    other = header(Made(number="", notation="", subject="Khác", document_id="khác", more="<StatusCode>02</StatusCode>"))
    text = package(Made(number="")).replace("</edXMLHeader>", f"{other}</edXMLHeader>")
    said = read_package(text.encode())
    assert (said.subject, said.code_number, said.status_code) == ("V/v góp ý dự thảo quy chế mẫu", "", "")
    assert said.has_more_headers
    assert not read_package(package(NEW).encode()).has_more_headers


def test_a_header_behind_or_within_the_files_is_told_from_theirs() -> None:
    hidden = f"<Attachment><ContentTransferEncoded>{header(Made(number='9'))}</ContentTransferEncoded></Attachment>"
    text = f"<edXML><AttachmentEncoded>{hidden}</AttachmentEncoded>{header(NEW)}</edXML>"
    said = read_package(text.encode())
    assert (said.code, said.has_more_headers, [file.has_content for file in said.attachments]) == (
        "63/SMA-VP", False, [False],
    )  # fmt: skip


def test_what_a_manifest_calls_attachments_are_no_files() -> None:
    listed = "<edXMLManifest><Attachment><AttachmentName>x.pdf</AttachmentName></Attachment>"
    text = package(NEW).replace("<edXMLManifest>", listed)
    assert [(file.number, file.name) for file in read_package(text.encode()).attachments] == [(0, "63.pdf")]
    assert [number for number, _ in contents(BytesIO(text.encode()))] == [0]


def test_files_are_named_by_manifest_or_themselves() -> None:
    parts = [Part("a.pdf", content_id="1"), Part("", content_id="1"), Part("c.pdf", content_id="3", encoded="${tệp}")]
    text = package(Made(parts=parts)).replace("</edXMLManifest>", "<Reference><ContentId>cid:9</ContentId>"
        "<AttachmentName>d.pdf</AttachmentName></Reference></edXMLManifest>")  # fmt: skip
    files = read_package(text.encode()).attachments
    assert [(file.number, file.name, file.has_content) for file in files] == [
        (0, "a.pdf", True), (1, "a.pdf", True), (2, "c.pdf", False), (None, "d.pdf", False),
    ]  # fmt: skip


def test_what_was_closed_before_the_end_is_read_at_every_cut() -> None:
    whole = read_package(package(NEW).encode())
    data, read = package(NEW).encode(), []
    for cut in range(0, len(data), 7):
        try:
            said = read_package(data[:cut])
        except Permanent:
            continue
        read.append(cut)
        assert not said.is_whole
        for name in (
            "code_number",
            "code_notation",
            "subject",
            "type_name",
            "signer_name",
            "document_id",
            "organ_name",
        ):
            assert getattr(said, name) in ("", getattr(whole, name))
    assert read[0] < 450
    assert read_package(data[: data.index(b"<Attachment>")]).subject == whole.subject


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no xml",
        b"\xff\xfe",
        b"<a><b/></a>",
        b'{"header": {"messageheader": {"subject": "x"}}}',
        b"<a><MessageHeader/></a>",
        b'<!DOCTYPE a [<!ENTITY x "y">]><a><MessageHeader><Subject>&x;</Subject></MessageHeader></a>',
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd"><a><MessageHeader><Subject>x</Subject></MessageHeader></a>',
        b"<a>" * 60 + b"<MessageHeader><Subject>x</Subject></MessageHeader>" + b"</a>" * 60,
    ],
)
def test_what_is_no_package_is_refused(data: bytes) -> None:
    with pytest.raises(Permanent):
        read_package(data)


@pytest.mark.parametrize(
    ("text", "day"),
    [("2026/06/04", date(2026, 6, 4)), ("2026-06-04 15:11:02", date(2026, 6, 4)), ("04/06/2026", date(2026, 6, 4)),
     ("4/6/2026", date(2026, 6, 4)), ("2026/6/4T01:00", date(2026, 6, 4)), ("04-06-2026", date(2026, 6, 4)),
     ("", None), ("2026/13/01", None), ("mai", None), ("20260604", None), ("2026/06/041", None)],
)  # fmt: skip
def test_days_come_in_many_shapes(text: str, day: date | None) -> None:
    assert parse_day(text) == day


@pytest.mark.parametrize(
    ("number", "notation", "code"),
    [("63", "SMA-VP", "63/SMA-VP"), ("15", "HD/BTGTU", "15-HD/BTGTU"), ("30", "2020/NĐ-CP", "30/2020/NĐ-CP"),
     ("63/SMA-VP", "SMA-VP", "63/SMA-VP"), ("63", "/SMA-VP", "63/SMA-VP"), ("", "SMA-VP", ""), ("63", "", "")],
)  # fmt: skip
def test_number_and_notation_make_the_code(number: str, notation: str, code: str) -> None:
    assert whole_code(number, notation) == code
