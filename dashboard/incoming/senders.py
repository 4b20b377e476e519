"""What a letter's DKIM signature says of its sender, in words (Điều 5.1; RFC 6376)."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from core import dkim_checks
from core.letters import Message
from core.signing.values import DkimFinding, DkimResult

_WORDS = {
    DkimResult.PASS: "Tên miền {domain} xác nhận đã gửi thư này và thư không bị sửa trên đường (DKIM).",
    DkimResult.FAIL: "Chữ ký DKIM của {domain} không đúng với thư: thư bị sửa trên đường hoặc bị giả.",
    DkimResult.NO_KEY: "Thư mang chữ ký DKIM của {domain} nhưng tên miền ấy không công bố khóa, nên không kiểm được.",
    DkimResult.NONE: "Thư không có chữ ký DKIM.",
    DkimResult.TOO_LARGE: "Thư lớn quá nên chữ ký DKIM không được kiểm.",
    DkimResult.UNKNOWN: "Chưa kiểm được chữ ký DKIM: máy chủ DNS không trả lời.",
}
_OTHER = "Tên miền {domain}, không phải tên miền của nơi gửi, xác nhận đã gửi thư này (DKIM)."
_UNLIKE = " Các thư trước từ {sender} đều được tên miền của nơi gửi xác nhận: hỏi lại nơi gửi trước khi vào sổ."


@dataclass(frozen=True, slots=True)
class SenderWords:
    """One sentence or two; `is_odd` when they are to be said aloud."""

    text: str
    is_odd: bool


def vouched(session: Session, message: Message) -> SenderWords | None:
    """What was found of one letter; None where it was not checked."""
    finding = dkim_checks.finding_of(session, message.id)
    if finding is None:
        return None
    is_usual = dkim_checks.is_usually_signed(session, message.sender_address, message.id)
    return in_words(finding, message.sender_address, is_usually_signed=is_usual)


def in_words(finding: DkimFinding, sender: str, *, is_usually_signed: bool) -> SenderWords:
    """What was found of a letter from the address `sender`, whose letters are usually signed by their own domain or
    not."""
    is_own = finding.result is DkimResult.PASS and finding.is_aligned
    words = _OTHER if finding.result is DkimResult.PASS and not is_own else _WORDS[finding.result]
    is_known = finding.result not in (DkimResult.UNKNOWN, DkimResult.TOO_LARGE)
    is_odd = is_known and not is_own and is_usually_signed
    return SenderWords((words + _UNLIKE * is_odd).format(domain=finding.domain, sender=sender), is_odd)
