"""edXML packages in every form that gateways send them in, made anew (QCVN 102:2016, DOMAIN §3)."""

import io
import zipfile
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field

QCVN = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
OLD = "http://www.e-doc.vn/Schema/"
SENDER = "000.00.99.H36"


@dataclass(frozen=True)
class Part:
    """One file of a package; `packed` puts it into a zip of its own, `encoded` stands there instead of its base64."""

    name: str
    data: bytes = b"%PDF-1.4 x"
    content_id: str = "1"
    media_type: str = "application/pdf"
    packed: bool = False
    encoded: str | None = None

    @property
    def base64(self) -> str:
        data = zipped(self.name, self.data) if self.packed else self.data
        return b64encode(data).decode() if self.encoded is None else self.encoded


@dataclass(frozen=True)
class Made:
    """What a package says. `business` stands in TraceHeaderList, `more` at the end of the MessageHeader."""

    number: str = "63"
    notation: str = "SMA-VP"
    day: str = "2026/06/04"
    subject: str = "V/v góp ý dự thảo quy chế mẫu"
    document_id: str = f"{SENDER},2026/06/04,63/SMA-VP"
    business_type: str = "0"
    business: str = ""
    more: str = ""
    organ: str = "Sở Mẫu A"
    in_charge: str = "OrganizationInCharge"
    parts: Sequence[Part] = field(default_factory=list)


def zipped(name: str, data: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of one file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr(name, data)
    return out.getvalue()


def header(made: Made) -> str:
    """The header with the traces, without prefixes."""
    return f"""<MessageHeader>
  <From><OrganId>{SENDER}</OrganId><{made.in_charge}>UBND tỉnh Mẫu</{made.in_charge}>
   <OrganName>{made.organ}</OrganName></From>
  <To><OrganName>Sở Khoa học và Công nghệ</OrganName></To>
  <DocumentId>{made.document_id}</DocumentId>
  <Code><CodeNumber>{made.number}</CodeNumber><CodeNotation>{made.notation}</CodeNotation></Code>
  <PromulgationInfo><Place>Mẫu</Place><PromulgationDate>{made.day}</PromulgationDate></PromulgationInfo>
  <DocumentType><Type>1</Type><TypeDetail>0</TypeDetail><TypeName>Công văn</TypeName></DocumentType>
  <Subject>{made.subject}</Subject><Content/>
  <SignerInfo><Position>PHÓ GIÁM ĐỐC</Position><FullName>Nguyễn Văn Mẫu</FullName></SignerInfo>
  <DueDate>2026/06/15</DueDate>
  <OtherInfo><Priority>1</Priority><PageAmount>2</PageAmount></OtherInfo>{made.more}
 </MessageHeader>
 <TraceHeaderList><TraceHeader><OrganId>{SENDER}</OrganId></TraceHeader>
  <Bussiness><BussinessDocType>{made.business_type}</BussinessDocType>
   <BussinessDocReason>Lý do của nơi gửi</BussinessDocReason>{made.business}</Bussiness></TraceHeaderList>"""


def package(made: Made, *, namespace: str = QCVN, cids: tuple[str, str] = ("cid:", "cid:")) -> str:
    """A QCVN package; `cids` stand before the identifiers in manifest and attachment."""
    listed = "".join(
        f"<Reference><ContentId>{cids[0]}{part.content_id}</ContentId><ContentType>{part.media_type}</ContentType>"
        f"<AttachmentName>{part.name}</AttachmentName></Reference>" for part in made.parts
    )  # fmt: skip
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<edXML xmlns="{namespace}"><edXMLEnvelope><edXMLHeader>'
        f"{header(made)}</edXMLHeader><edXMLBody><edXMLManifest>{listed}</edXMLManifest></edXMLBody></edXMLEnvelope>"
        f"{attachments(made.parts, cids[1])}</edXML>"
    )


def attachments(parts: Sequence[Part], cid: str = "cid:") -> str:
    """The files behind the envelope."""
    return "<AttachmentEncoded>" + "".join(
        f"<Attachment><ContentId>{cid}{part.content_id}</ContentId><AttachmentName>{part.name}</AttachmentName>"
        f"<ContentType>{part.media_type}</ContentType>"
        f"<ContentTransferEncoded>{part.base64}</ContentTransferEncoded></Attachment>" for part in parts
    ) + "</AttachmentEncoded>"  # fmt: skip


def soap(made: Made) -> str:
    """The old form: a SOAP envelope, the manifest in its body, files named there alone (DOMAIN §3.4 number 2)."""
    listed = "".join(
        f'<edXML:Reference xlink:href="cid:{part.content_id}"><edXML:AttachmentName>{part.name}'
        "</edXML:AttachmentName></edXML:Reference>" for part in made.parts
    )  # fmt: skip
    nameless = "".join(
        f"<Attachment><ContentId>{part.content_id}</ContentId>"
        f"<ContentTransferEncoded>{part.base64}</ContentTransferEncoded></Attachment>" for part in made.parts
    )  # fmt: skip
    return (
        '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" xmlns:edXML="'
        f'{OLD}"><SOAP-ENV:Header>{header(made)}<ErrorList/></SOAP-ENV:Header><SOAP-ENV:Body>'
        f"<edXML:Manifest>{listed}</edXML:Manifest></SOAP-ENV:Body><AttachmentEncoded>{nameless}</AttachmentEncoded>"
        "</SOAP-ENV:Envelope>"
    )


def status(code: str, about: str = f"{SENDER},2026/06/04,63/SMA-VP", organ: str = "Sở Mẫu B") -> str:
    """A status message about the document `about`."""
    return (
        f'<?xml version="1.0"?><edXML xmlns="{QCVN}"><edXMLEnvelope><edXMLHeader><MessageHeader><From><OrganId>'
        f"000.00.98.H36</OrganId><OrganName>{organ}</OrganName></From><ResponseFor><OrganId>{SENDER}</OrganId>"
        f"<Code>{about.rpartition(',')[2]}</Code><PromulgationDate>2026/06/04</PromulgationDate>"
        f"<DocumentId>{about}</DocumentId></ResponseFor><StatusCode>{code}</StatusCode>"
        "<Description>Văn thư: vào sổ số 512</Description><Timestamp>2026/06/04 16:02:10</Timestamp>"
        "</MessageHeader></edXMLHeader></edXMLEnvelope></edXML>"
    )


def replacing(*document_ids: str) -> str:
    """The list of documents that a replacement names (DOMAIN §3.1)."""
    return "<ReplacementInfoList>" + "".join(
        f"<ReplacementInfo><DocumentId>{one}</DocumentId><OrganIdList><OrganId>000.00.06.H36</OrganId></OrganIdList>"
        "</ReplacementInfo>" for one in document_ids
    ) + "</ReplacementInfoList>"  # fmt: skip
