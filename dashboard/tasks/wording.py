"""Tasks in words: proposals, and the sentences that leaders write most."""

from collections.abc import Mapping

from core.tasks.proposing import Proposal
from core.tasks.tables import FORM_NAMES, Form
from dashboard.words import due

READY_SENTENCES = (
    "Chủ trì, phối hợp các phòng tham mưu thực hiện đúng hạn.",
    "Nghiên cứu, tham mưu văn bản trả lời.",
    "Chuẩn bị nội dung, dự họp.",
    "Tổng hợp báo cáo.",
    "Triển khai thực hiện.",
)


def proposal_words(proposal: Proposal | None, names: Mapping[str, str]) -> str:
    """What approving as proposed will do, on a button: giao Phòng Quản lý Khoa học, hạn 05/12/2026. `names` are
    `parties.names`."""
    if proposal is None:
        return ""
    given = proposal.assignment
    if given.form is Form.FOR_INFORMATION or given.lead is None:
        return FORM_NAMES[Form.FOR_INFORMATION].lower()
    words = f"giao {names[given.lead.key]}"
    if given.form is Form.WORK_FILE:
        words += ", lập hồ sơ"
    return words + (f", hạn {due(given.due_at)}" if given.due_at else "")
