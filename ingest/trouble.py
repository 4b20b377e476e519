"""What can go wrong between us and a mailbox, as a kind, a Vietnamese sentence for the page and words for the log."""

import imaplib
import socket
import ssl
from enum import StrEnum

from imapclient.exceptions import IMAPClientError, LoginError
from sqlalchemy.exc import DBAPIError

from core.errors import is_of_disk
from ingest.literals import ProtocolError


class Kind(StrEnum):
    """What sort of trouble it is; stored with the mailbox's state and in the log."""

    PASSWORD = "password"
    SECRET = "secret"
    HOST = "host"
    CONNECTION = "connection"
    TLS = "tls"
    FOLDER = "folder"
    LIMIT = "limit"
    DISK = "disk"
    DATABASE = "database"
    PROTOCOL = "protocol"
    PORT = "port"


_SENTENCES = {
    Kind.PASSWORD: "Máy chủ thư từ chối tên đăng nhập hoặc mật khẩu. Sửa mật khẩu rồi bấm «Thử lại».",
    Kind.SECRET: "Không đọc được tệp mật khẩu của hộp thư. Kiểm tra mục secret_file hoặc secret_credential.",
    Kind.HOST: "Không tìm thấy máy chủ thư «{host}». Kiểm tra tên máy chủ trong tệp cấu hình và DNS.",
    Kind.CONNECTION: "Không nối được tới máy chủ thư «{host}» hoặc kết nối bị đứt. Sẽ tự thử lại.",
    Kind.TLS: "Kết nối mã hóa tới «{host}» không tin được: chứng thư không hợp lệ hoặc không đúng tên máy chủ. "
    "Kiểm tra chứng thư của máy chủ, hoặc tệp ở khóa ca_file (có đó, đọc được, dạng PEM).",
    Kind.FOLDER: "Không mở được thư mục «{folder}» trong hộp thư: đã bị xóa, đổi tên hoặc không có quyền đọc.",
    Kind.LIMIT: "Máy chủ thư tạm từ chối vì vượt hạn mức hoặc quá nhiều kết nối. Sẽ tự thử lại.",
    Kind.DISK: "Không ghi được tệp: đĩa đầy hoặc hỏng. Giải phóng chỗ trên đĩa; thư vẫn ở hộp thư, không mất.",
    Kind.DATABASE: "Cơ sở dữ liệu đang bận hoặc không ghi được. Thư vẫn ở hộp thư, sẽ tự thử lại.",
    Kind.PORT: "Không mở được «{host}» để máy chủ thư đẩy thư vào: cổng đang bị chiếm, không được phép, hoặc chứng thư "
    "không đọc được. Xem mục [listener] của tệp cấu hình. Sẽ tự thử lại.",
    Kind.PROTOCOL: "Máy chủ thư «{host}» trả lời sai quy ước IMAP. Sẽ nối lại.",
}

# RFC 5530 codes of a login that fails for another reason than the password.
_NOT_THE_PASSWORD = ("[UNAVAILABLE]", "[LIMIT]", "[OVERQUOTA]", "[INUSE]", "[CONTACTADMIN]", "[SERVERBUG]")
_OVER_LIMIT = ("[LIMIT]", "[OVERQUOTA]", "TOO MANY", "MAXIMUM NUMBER", "QUOTA")


class Trouble(Exception):
    """A failure that the watcher answers with a state, a back-off and another try.

    `kind` says what failed, `sentence` is Vietnamese and can be shown, `detail` is for the log only.
    """

    def __init__(self, kind: Kind, host: str = "", folder: str = "", detail: str = "") -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail
        self.sentence = _SENTENCES[kind].format(host=host, folder=folder)


def trouble_of(error: Exception, host: str, folder: str = "", *, logging_in: bool = False) -> Trouble | None:
    """Say what sort of trouble an exception is; None when it is none of these, that is a bug of ours."""
    if isinstance(error, Trouble):
        return error
    kind = _kind(error, logging_in)
    return Trouble(kind, host, folder, f"{type(error).__name__}: {error}") if kind else None


def _kind(error: Exception, logging_in: bool) -> Kind | None:
    if isinstance(error, DBAPIError):
        return Kind.DATABASE
    if isinstance(error, ssl.SSLError):
        return Kind.TLS
    if isinstance(error, socket.gaierror):
        return Kind.HOST
    if isinstance(error, ProtocolError):
        return Kind.PROTOCOL
    if is_of_disk(error):
        return Kind.DISK
    if isinstance(error, imaplib.IMAP4.abort):
        return Kind.CONNECTION
    if isinstance(error, imaplib.IMAP4.error | IMAPClientError):
        return _of_answer(str(error).upper(), isinstance(error, LoginError) or logging_in)
    return Kind.CONNECTION if isinstance(error, OSError) else None


def _of_answer(answer: str, at_login: bool) -> Kind:
    if any(words in answer for words in _OVER_LIMIT):
        return Kind.LIMIT
    if at_login:
        return Kind.CONNECTION if any(code in answer for code in _NOT_THE_PASSWORD) else Kind.PASSWORD
    return Kind.PROTOCOL
