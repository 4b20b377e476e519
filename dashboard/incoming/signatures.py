"""The signatures of a document's files in one line of words, the details behind it (Điều 5.1)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.signing.values import Signature, Status, Trust
from dashboard.words import moment

_STATES = {
    Status.INTACT: "còn nguyên vẹn",
    Status.MODIFIED: "tệp bị sửa sau khi ký",
    Status.PARTIAL: "chỉ ký lên một phần tệp",
    Status.BROKEN: "không đúng với tệp",
}
_TRUSTS = {
    Trust.TRUSTED: "chứng thư tin được",
    Trust.UNKNOWN: "chưa rõ nơi cấp chứng thư",
    Trust.STRANGE: "nơi cấp chứng thư không có trong danh sách cơ quan tin",
    Trust.EXPIRED: "chứng thư hết hạn",
    Trust.REVOKED: "chứng thư đã bị thu hồi",
    Trust.WEAK: "chứng thư dùng khóa không còn an toàn",
    Trust.REFUSED: "chứng thư không cấp để ký văn bản",
}
_WORST_FIRST = (Status.BROKEN, Status.MODIFIED, Status.PARTIAL, Status.INTACT)
_DOUBTS = (Trust.REVOKED, Trust.REFUSED, Trust.WEAK, Trust.EXPIRED, Trust.STRANGE, Trust.UNKNOWN)


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One signature among the details."""

    signer: str
    organisation: str
    words: str
    is_wrong: bool


def summary(signatures: Sequence[Signature]) -> str:
    """What follows "Chữ ký số" in one line: whether all stand, who signed, and what is in doubt."""
    worst = next(status for status in _WORST_FIRST if any(one.status is status for one in signatures))
    those = [one for one in signatures if one.status is worst]
    state = ("có, nhưng " if worst in (Status.MODIFIED, Status.PARTIAL) else "") + _STATES[worst]
    names = ", ".join(dict.fromkeys(one.signer for one in those if one.signer)) or "người ký không đọc được"
    doubt = next((trust for trust in _DOUBTS if any(one.trust is trust for one in those)), None)
    return f"{state}: {names}" + (f" ({_TRUSTS[doubt]})" if doubt and worst is Status.INTACT else "")


def lines(signatures: Iterable[Signature]) -> list[SignatureLine]:
    """Each signature with all that is known of it."""
    return [_line(one) for one in signatures]


def _asked(one: Signature) -> str:
    """What the issuer was asked, and what it said."""
    if one.asked_at is None:
        return ""
    if not one.is_answered:
        return "chưa hỏi được nơi cấp về việc thu hồi"
    if one.revoked_at is None:
        return f"đã hỏi nơi cấp lúc {moment(one.asked_at)}: còn hiệu lực"
    asked = f"đã hỏi nơi cấp lúc {moment(one.asked_at)}"
    if one.trust is Trust.REVOKED:
        return asked
    return f"{asked}: bị thu hồi từ {moment(one.revoked_at)}, sau dấu thời gian của chữ ký"


def _line(one: Signature) -> SignatureLine:
    said = [_STATES[one.status], _TRUSTS[one.trust]]
    if one.trust is Trust.REVOKED and one.revoked_at:
        said[1] += f" từ {moment(one.revoked_at)}"
    if one.issuer:
        said[1] += f", do {one.issuer} cấp"
    if asked := _asked(one):
        said.append(asked)
    if one.signed_at:
        said.append(f"ký {moment(one.signed_at)}" + (" (có dấu thời gian)" if one.is_time_stamped else ""))
    if one.changed_after:
        said.append("sau đó tệp được điền thêm rồi người ký sau ký lên cả phần thêm")
    organisation = one.organisation if one.organisation != one.signer else ""
    return SignatureLine(
        one.signer or "(không đọc được)", organisation, "; ".join(said), one.status is not Status.INTACT
    )
