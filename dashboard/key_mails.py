"""Mails that seem to bring the password of a held letter, as the list of held letters shows them and gets one back."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from core.key_mails import LOCKED, KeyMail, key_mails
from core.listings import held as listing
from core.listings.held import HeldRow
from dashboard.web import acting, whole_number

_FIELD = "thu-mat-khau"
_KINDS = ("key_held_id", "key_message_id")


def with_key_mails(
    session: Session, user_id: int, *, decided: bool, before: int | None
) -> tuple[list[HeldRow], dict[int, list[KeyMail]]]:  # fmt: skip
    """One page of held letters, and the mails that may bring the password of the locked ones, by id."""
    rows = listing.held(session, decided=decided, before=before)
    locked = [row.id for row in rows if row.can_be_read and row.reason in LOCKED]
    return rows, key_mails(session, locked, acting(session, user_id)) if locked else {}


def shown_key_mail(mail: KeyMail, held_id: int) -> dict[str, Any]:
    """One such mail beside the held letter `held_id`, which it may be itself."""
    if mail.held_id == held_id:
        said, button = "Nội dung của chính thư này có thể chứa mật khẩu.", "Thử mật khẩu trong thư này"
    elif mail.held_id is not None:
        said, button = f"Thư bị giữ số {mail.held_id} của cùng người gửi có thể chứa mật khẩu.", "Thử mật khẩu ấy"
    else:
        subject = mail.subject or "(không tiêu đề)"
        said, button = f"Thư «{subject}» của cùng người gửi có thể chứa mật khẩu.", "Thử mật khẩu ấy"
    kind, number = (_KINDS[0], mail.held_id) if mail.held_id is not None else (_KINDS[1], mail.message_id)
    return {"said": said, "button": button, "name": _FIELD, "value": f"{kind} {number}", "at": mail.received_at}


def chosen_key_mail(form: Mapping[str, str]) -> dict[str, int]:
    """The mail whose password is to be tried, as `core.held.read_again` takes it; {} where none was chosen."""
    kind, _, typed = form.get(_FIELD, "").partition(" ")
    number = whole_number(typed)
    return {kind: number} if kind in _KINDS and number is not None else {}
