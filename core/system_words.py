"""What the operating system answers when it refuses, in Vietnamese: the middle of a sentence that goes on to help."""

import errno
import socket
import ssl
import subprocess

_OF_ERRNO = {
    errno.ENOENT: "không có tệp hay thư mục ấy",
    errno.EEXIST: "đã có sẵn",
    errno.EACCES: "không được phép",
    errno.EPERM: "không được phép",
    errno.EISDIR: "đó là thư mục, không phải tệp",
    errno.ENOTDIR: "một phần đường dẫn là tệp, không phải thư mục",
    errno.ENAMETOOLONG: "tên dài quá mức hệ thống cho phép",
    errno.ELOOP: "các liên kết trỏ vòng vào nhau",
    errno.ENOSPC: "đĩa đã đầy",
    errno.EDQUOT: "đã hết phần đĩa được cấp cho tài khoản",
    errno.EFBIG: "tệp lớn quá mức đĩa nhận",
    errno.EROFS: "đĩa chỉ cho đọc",
    errno.EIO: "đĩa hỏng hoặc không trả lời",
    errno.EBUSY: "đang có chương trình khác dùng",
    errno.EMFILE: "chương trình đã mở quá nhiều tệp",
    errno.ENFILE: "máy đã mở quá nhiều tệp",
    errno.ENOMEM: "máy hết bộ nhớ",
    errno.ENOEXEC: "tệp ấy không phải chương trình chạy được",
    errno.EADDRINUSE: "chỗ ấy đang có chương trình khác nghe",
    errno.EADDRNOTAVAIL: "máy này không có địa chỉ ấy",
    errno.ECONNREFUSED: "không có ai nghe ở địa chỉ và cổng ấy",
    errno.ECONNRESET: "bên kia cắt kết nối giữa chừng",
    errno.ECONNABORTED: "kết nối bị cắt giữa chừng",
    errno.EPIPE: "bên kia cắt kết nối giữa chừng",
    errno.EHOSTUNREACH: "không có đường mạng tới máy ấy",
    errno.ENETUNREACH: "không có đường mạng tới máy ấy",
    errno.ENETDOWN: "mạng của máy này đang tắt",
}
# X509_V_ERR_… of OpenSSL's x509_vfy.h.
_OF_CERTIFICATE = {
    9: "chưa đến ngày có hiệu lực",
    10: "đã hết hạn",
    18: "tự ký, máy này chưa tin",
    19: "do một nơi tự ký cấp, máy này chưa tin",
    20: "của nơi cấp mà máy này không biết",
    21: "thiếu chứng thư của nơi cấp",
    23: "đã bị thu hồi",
    62: "cấp cho tên máy khác",
    64: "cấp cho địa chỉ máy khác",
}


def reason_of(error: Exception) -> str:
    """Why the system refused, without a full stop; the system's own words where it says something rare."""
    if isinstance(error, TimeoutError | subprocess.TimeoutExpired):
        return "im lặng quá lâu"
    if isinstance(error, socket.gaierror):
        is_away = error.errno in (socket.EAI_AGAIN, socket.EAI_FAIL)
        return "không hỏi được máy chủ tên miền (DNS)" if is_away else "không tìm thấy máy có tên ấy"
    if isinstance(error, ssl.SSLCertVerificationError):
        why = _OF_CERTIFICATE.get(error.verify_code, error.verify_message)
        return f"chứng thư của máy ấy không tin được: {why}"
    if isinstance(error, ssl.SSLError):
        is_of_file = error.library in ("PEM", "X509") or "PEM lib" in str(error)
        what = "tệp chứng thư hay khóa không đọc được" if is_of_file else "không lập được kết nối mã hóa"
        return f"{what} ({error.reason or error})"
    if isinstance(error, OSError):
        return _OF_ERRNO.get(error.errno or 0) or error.strerror or str(error) or type(error).__name__
    return str(error)
