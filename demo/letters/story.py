"""One letter of the embedded office: what it is, what it carries, and what a reader should find in it."""

from collections.abc import Callable
from dataclasses import dataclass

from demo.agencies import OFFICE_ADDRESS, Agency
from demo.documents import Document
from demo.mails import File, Mail, Naming


@dataclass(frozen=True, slots=True)
class Story:
    """A letter before it is dated.

    `key` is its short name, `line` tells its story in Vietnamese. `outcome` is what it should become (draft,
    hold, exclude, report, ignore), `documents` the documents whose fields a draft should show. `is_later`
    letters arrive while one watches. `damage` spoils the finished bytes as a careless mail program would.
    """

    key: str
    line: str
    mail: Mail
    documents: tuple[Document, ...] = ()
    outcome: str = "draft"
    mailbox: str = OFFICE_ADDRESS
    is_later: bool = False
    damage: Callable[[bytes], bytes] | None = None


_CLOSING = "\n\nTrân trọng.\n--\nVăn thư {name}\nĐiện thoại: 0263 3 000 {extension}\n"


def posted(
    key: str,
    line: str,
    document: Document,
    *,
    files: tuple[File, ...] | None = None,
    more: tuple[File, ...] = (),
    subject: str = "",
    body: str = "",
    naming: Naming = Naming.RFC2231,
    is_later: bool = False,
) -> Story:
    """The usual letter: the agency's clerk sends one signed document, with `more` files behind it."""
    agency = document.agency
    own = files if files is not None else (File(f"{file_stem(document)}.signed.pdf", document.pdf(), naming=naming),)
    written = body or (
        f"Kính gửi Quý cơ quan,\n\n{agency.name} gửi {document.kind} số {document.code} "
        f"về việc {document.subject}.\nChi tiết tại văn bản đính kèm, đề nghị Quý cơ quan tiếp nhận."
    )
    mail = Mail(clerk(agency), subject or f"{document.code} {document.subject}", signed_off(agency, written),
                (*own, *more))  # fmt: skip
    return Story(key, line, mail, (document,), is_later=is_later)


def clerk(agency: Agency) -> tuple[str, str]:
    """The From of an agency's mail room."""
    return f"Văn thư {agency.name}", agency.address


def signed_off(agency: Agency, text: str) -> str:
    """The text with the closing lines of the agency's mail room."""
    extension = f"{sum(agency.address.encode()) % 900 + 100}"
    return text + _CLOSING.format(name=agency.name, extension=extension)


def file_stem(document: Document) -> str:
    """The file name agencies give: number and notation, the slash replaced."""
    return document.code.replace("/", "_")
