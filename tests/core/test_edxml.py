"""edXML packages of both shapes, and what is refused."""

from datetime import date

import pytest

from core.edxml import parse_day, read_package
from core.errors import Permanent

NEW = """<?xml version="1.0" encoding="UTF-8"?>
<edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016">
 <x:edXMLEnvelope xmlns:x="http://www.mic.gov.vn/TBT/QCVN_102_2016"><x:edXMLHeader><x:MessageHeader>
  <x:From><x:OrganId>000.00.99.H36</x:OrganId><x:OrganizationInCharge>UBND tỉnh Mẫu</x:OrganizationInCharge>
   <x:OrganName>Sở Mẫu A</x:OrganName></x:From>
  <x:To><x:OrganName>Sở Mẫu B</x:OrganName></x:To><x:To><x:OrganName>Sở Mẫu C</x:OrganName></x:To>
  <x:Code><x:CodeNumber>63</x:CodeNumber><x:CodeNotation>SMA-VP</x:CodeNotation></x:Code>
  <x:PromulgationInfo><x:Place>Mẫu</x:Place><x:PromulgationDate>2026/06/04</x:PromulgationDate></x:PromulgationInfo>
  <x:DocumentType><x:Type>1</x:Type><x:TypeName>Công văn</x:TypeName></x:DocumentType>
  <x:Subject>V/v góp ý dự thảo</x:Subject>
  <x:SignerInfo><x:Position>PHÓ GIÁM ĐỐC</x:Position><x:FullName>Nguyễn Văn Mẫu</x:FullName></x:SignerInfo>
  <x:DueDate>15/06/2026</x:DueDate>
  <x:OtherInfo><x:Priority>2</x:Priority><x:PageAmount>3</x:PageAmount></x:OtherInfo>
 </x:MessageHeader></x:edXMLHeader></x:edXMLEnvelope>
 <AttachmentEncoded><Attachment><AttachmentName>63.pdf</AttachmentName>
  <ContentTransferEncoded>JVBERi0xLjQ=</ContentTransferEncoded></Attachment></AttachmentEncoded>
</edXML>"""


def test_a_new_package_is_read() -> None:
    package = read_package(NEW.encode())
    assert (package.code_number, package.code_notation, package.issued_on) == ("63", "SMA-VP", date(2026, 6, 4))
    assert (package.type_name, package.subject, package.status_code) == ("Công văn", "V/v góp ý dự thảo", "")
    assert (package.organ_name, package.parent_organ_name) == ("Sở Mẫu A", "UBND tỉnh Mẫu")
    assert (package.signer_name, package.signer_position) == ("Nguyễn Văn Mẫu", "PHÓ GIÁM ĐỐC")
    assert (package.due_on, package.priority, package.page_count) == (date(2026, 6, 15), 2, 3)
    assert package.receivers == ("Sở Mẫu B", "Sở Mẫu C")


def test_other_prefixes_shapes_and_junk_before_it_are_read_alike() -> None:
    soap = NEW.replace("x:edXMLEnvelope", "x:Envelope").replace("x:edXMLHeader", "x:Header")
    other = soap.replace("http://www.mic.gov.vn/TBT/QCVN_102_2016", "http://www.e-doc.vn/Schema/").replace(
        "x:", "edXML:"
    )
    other = other.replace("xmlns:edXML:", "xmlns:edXML=").replace("xmlns:x=", "xmlns:edXML=")
    assert read_package(b"1212" + other.encode()).code_number == "63"


def test_a_status_message_says_whose_document_it_means() -> None:
    status = (
        "<e><MessageHeader><ResponseFor><Code>7816/VPCP-TTĐT</Code></ResponseFor><StatusCode>03</StatusCode>"
        "</MessageHeader></e>"
    )
    package = read_package(status.encode())
    assert (package.status_code, package.answered_code, package.code_number) == ("03", "7816/VPCP-TTĐT", "")


def test_damage_after_the_header_does_not_matter() -> None:
    broken = NEW.replace("<AttachmentName>63", "<y:AttachmentName>63")
    assert read_package(broken.encode()).subject == "V/v góp ý dự thảo"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no xml",
        b"<a><b/></a>",
        NEW[: NEW.index("<x:OtherInfo>")].encode(),
        b'<!DOCTYPE a [<!ENTITY x "y">]><a><MessageHeader><Subject>&x;</Subject></MessageHeader></a>',
        b"<a>" * 60 + b"</a>" * 60,
    ],
)
def test_what_is_no_package_is_refused(data: bytes) -> None:
    with pytest.raises(Permanent):
        read_package(data)


@pytest.mark.parametrize(
    ("text", "day"),
    [("2026/06/04", date(2026, 6, 4)), ("2026-06-04 15:11:02", date(2026, 6, 4)), ("04/06/2026", date(2026, 6, 4)),
     ("", None), ("2026/13/01", None), ("mai", None)],
)  # fmt: skip
def test_dates_come_in_three_shapes(text: str, day: date | None) -> None:
    assert parse_day(text) == day
