"""Exchange packages as other offices' systems send them (QCVN 102:2016/BTTTT), with the document inside."""

from base64 import b64encode
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from demo.agencies import OFFICE, OFFICE_ADDRESS, Agency
from demo.documents import Document

_URI = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
_PRIORITIES = {"thuong": "0", "khan": "1", "thuong_khan": "2", "hoa_toc": "3"}


def package(document: Document, name: str, content: bytes, at: datetime, pages: int) -> bytes:
    """A package of a new document (BussinessDocType 0) whose one file is `content` under `name`.

    `at` is the moment of sending in office time.
    """
    register_namespace("edXML", _URI)
    root = Element(_tag("edXML"))
    envelope = _under(root, "edXMLEnvelope")
    header = _under(envelope, "edXMLHeader")
    _message(_under(header, "MessageHeader"), document, pages)
    _trace(_under(header, "TraceHeaderList"), document.agency, at)
    manifest = _under(_under(envelope, "edXMLBody"), "edXMLManifest")
    manifest.set("version", "1.0")
    file = {"AttachmentName": name, "Description": "Văn bản chính", "ContentType": "application/pdf"}
    _fill(_under(manifest, "Reference"), {"ContentId": "cid:vanban1", **file})
    attachment = _under(_under(root, "AttachmentEncoded"), "Attachment")
    _fill(attachment, {"ContentId": "cid:vanban1", **file, "ContentTransferEncoded": b64encode(content).decode()})
    written: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    return written


def _message(message: Element, document: Document, pages: int) -> None:
    agency, signer = document.agency, document.signer or document.agency.signer
    day = f"{document.issued_on:%Y/%m/%d}"
    _party(_under(message, "From"), agency.code, agency.parent, agency.name, agency.address)
    _party(_under(message, "To"), "000.00.06.H36", "Ủy ban nhân dân tỉnh Lâm Đồng", OFFICE, OFFICE_ADDRESS)
    _fill(message, {"DocumentId": f"{agency.code},{day},{document.code}"})
    number = {"CodeNumber": document.number, "CodeNotation": document.printed_notation}
    _fill(_under(message, "Code"), number)
    _fill(_under(message, "PromulgationInfo"), {"Place": agency.place, "PromulgationDate": day})
    _fill(_under(message, "DocumentType"), {"Type": "1", "TypeDetail": "0", "TypeName": document.kind})
    _fill(message, {"Subject": document.subject, "Content": ""})
    competence = " ".join(signer.titles[:-1])
    titles = {"Competence": competence, "Position": signer.titles[-1], "FullName": signer.name}
    _fill(_under(message, "SignerInfo"), titles)
    if "due_at" in document.facts:
        _fill(message, {"DueDate": document.facts["due_at"][:10].replace("-", "/")})
    other = {"Priority": _PRIORITIES[document.urgency], "PromulgationAmount": "1", "PageAmount": str(pages)}
    _fill(_under(message, "OtherInfo"), other)
    _fill(message, {"SteeringType": "1"})
    _fill(_under(message, "ToPlaces"), {"Place": "Lưu: VT"})


def _party(element: Element, code: str, parent: str, name: str, address: str) -> None:
    _fill(element, {
        "OrganId": code, "OrganizationInCharge": parent, "OrganName": name, "OrganAdd": "", "Email": address,
        "Telephone": "", "Fax": "", "Website": "",
    })  # fmt: skip


def _trace(trace: Element, agency: Agency, at: datetime) -> None:
    _fill(_under(trace, "TraceHeader"), {"OrganId": agency.code, "Timestamp": f"{at:%Y/%m/%d %H:%M:%S}"})
    business = _under(trace, "Bussiness")  # spelled so in the standard
    _fill(business, {"BussinessDocType": "0", "BussinessDocReason": "Văn bản điện tử mới", "Paper": "0"})
    staff = {"Department": "Văn phòng", "Staff": "Văn thư", "Email": agency.address, "Mobile": ""}
    _fill(_under(business, "StaffInfo"), staff)


def _tag(name: str) -> str:
    return f"{{{_URI}}}{name}"


def _under(parent: Element, name: str) -> Element:
    return SubElement(parent, _tag(name))


def _fill(parent: Element, values: dict[str, str]) -> None:
    for name, value in values.items():
        _under(parent, name).text = value
