"""What people decide about held and left-out letters: let in, or destroyed (promises 3 and 4).

Letting in is a request that intake carries out: it opens the seal, or fetches the letter again.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import events, requests, rights
from core.arrivals import Excluded
from core.errors import NotAllowed, WrongState
from core.incoming.registration import require_reason
from core.key_mails import key_mails
from core.letters import Arrival, Exclusion, HeldLetter, IntakeRequest
from core.people import User
from core.rights import Right

SENT_ANEW_WITHIN = timedelta(days=14)
IN_A_MAILBOX = "imap"  # the door of what can be fetched again
RELEASED = "released"
DECLINED = "declined"
_DECIDED = {
    RELEASED: "đã được đưa vào nháp", "read_again": "đã được máy đọc lại", "excluded": "đã đọc lại và không vào sổ",
    DECLINED: "đã có quyết định không cập nhật, nội dung đã hủy",
}  # fmt: skip


def release_held(session: Session, held: HeldLetter, *, by: User, at: datetime, source: str = "") -> int:
    """ "Đưa vào nháp": ask intake to open a held letter and draft it; returns the request's id.

    Raises NotAllowed unless `by` may open this one, WrongState when it is decided or asked already.
    """
    _check_undecided(session, held, by)
    session.flush()
    request_id = _ask(session, by, at, held_id=held.id)
    events.record(session, "release_asked", "held_letter", held.id, by=by.id, at=at, source=source)
    return request_id


def read_again(
    session: Session, held: HeldLetter, *, by: User, at: datetime, source: str = "", key_name: str | None = None,
    key_held_id: int | None = None, key_message_id: int | None = None,
) -> int:  # fmt: skip
    """ "Đọc lại": ask intake to read a held letter once more, screened as if it came now; returns the request's id.

    `key_name` is the file in the RAM spool in which the password for its files lies, the others name the mail that
    brings it: the password itself is in no row, event or log (A12). The letter may stay held with a new reason, be
    drafted, or be left out. Raises NotAllowed unless `by` may open this one, WrongState when it is decided or asked
    already, or the mail is none of those shown with it (`core.key_mails`).
    """
    _check_undecided(session, held, by)
    keys = {"key_held_id": key_held_id, "key_message_id": key_message_id}
    if any(keys.values()):
        shown = key_mails(session, [held.id], by).get(held.id, [])
        if (key_held_id, key_message_id) not in [(mail.held_id, mail.message_id) for mail in shown]:
            raise WrongState("Thư mang mật khẩu này không còn ở đây. Tải lại trang rồi chọn lại, hoặc nhập mật khẩu.")
    session.flush()
    request_id = _ask(session, by, at, kind=requests.AGAIN, held_id=held.id, spool_name=key_name, **keys)
    payload = {"with_password": True} if key_name else {name: place for name, place in keys.items() if place} or None
    events.record(session, "reading_asked", "held_letter", held.id, by=by.id, at=at, source=source, payload=payload)
    return request_id


def decline_held(session: Session, held: HeldLetter, reason: str, *, by: User, at: datetime, source: str = "") -> None:
    """ "Không cập nhật": destroy the key, so that nobody can open the letter any more, and note who and why.

    The sealed file's name stays for the sweep, which removes the bytes after this has committed. Raises
    NotAllowed unless `by` may open held letters, WrongState when it is decided, Permanent without a reason.
    """
    _check_undecided(session, held, by)
    held.decision_note = require_reason(reason)
    held.decision, held.decided_by, held.decided_at, held.seal_key = DECLINED, by.id, at, None
    session.flush()
    payload = {"reason": held.decision_note}
    events.record(
        session, "held_declined", "held_letter", held.id, by=by.id, at=at, source=source, payload=payload
    )  # fmt: skip


def release_exclusion(
    session: Session, exclusion: Exclusion, *, by: User, at: datetime, source: str = ""
) -> int | None:
    """A false alarm: ask intake to fetch a left-out letter again and draft it; returns the request's id.

    Where no mailbox has it there is nothing to fetch: None, and it comes in when it is sent again. Raises
    NotAllowed unless `by` is the custodian, WrongState when it was released or asked already.
    """
    rights.require(by, Right.RELEASE_EXCLUDED)
    if exclusion.released_at is not None:
        raise WrongState("Báo nhầm này đã được giải tỏa.")
    if session.get_one(Arrival, exclusion.arrival_id).door != IN_A_MAILBOX:
        exclusion.released_by, exclusion.released_at = by.id, at
        session.flush()
        events.record(session, "admitted", "exclusion", exclusion.id, by=by.id, at=at, source=source)
        return None
    _check_not_asked(session, IntakeRequest.exclusion_id == exclusion.id)
    request_id = _ask(session, by, at, exclusion_id=exclusion.id)
    events.record(session, "release_asked", "exclusion", exclusion.id, by=by.id, at=at, source=source)
    return request_id


def is_admitted(session: Session, letter: Excluded, *, at: datetime) -> bool:
    """Whether a letter that would be left out was called a false alarm before: this very one, or lately one of the
    same sender with exactly the same files, as when a person sends it anew."""
    same_files = sa.and_(
        Exclusion.files_mark == letter.files_mark,
        Exclusion.sender_address == letter.sender_address,
        Exclusion.released_at >= at - SENT_ANEW_WITHIN,
    )
    same = sa.or_(Exclusion.mark == letter.mark, same_files) if letter.files_mark else Exclusion.mark == letter.mark
    released = sa.select(Exclusion.id).where(Exclusion.released_at.is_not(None), same).limit(1)
    return session.scalar(released) is not None


def sealed_names(session: Session) -> set[str]:
    """The name of every sealed file that still has its key: what the sweep must keep."""
    kept = sa.select(HeldLetter.sealed_path).where(HeldLetter.seal_key.is_not(None))
    return {name for name in session.scalars(kept) if name}


def _check_undecided(session: Session, held: HeldLetter, by: User) -> None:
    if not rights.may_open_held(by.roles, held.reason):
        raise NotAllowed(
            "Thư này có vi-rút, dấu hiệu tài liệu mật hoặc đơn thư: chỉ người được giao giữ thư quyết định."
        )
    if held.decision is not None:
        raise WrongState(f"Thư này {_DECIDED.get(held.decision, 'đã có quyết định')}.")
    _check_not_asked(session, IntakeRequest.held_id == held.id)


def _check_not_asked(session: Session, which: sa.ColumnElement[bool]) -> None:
    waiting = sa.select(IntakeRequest.id).where(which, IntakeRequest.done_at.is_(None)).with_for_update()
    if session.execute(waiting).first() is not None:
        raise WrongState("Đã yêu cầu đưa thư này vào nháp, máy đang đọc. Xem lại sau ít phút.")


def _ask(session: Session, by: User, at: datetime, *, kind: str = RELEASED, **what: int | str | None) -> int:
    statement = sa.insert(IntakeRequest).values(
        kind=kind, name="", asked_by=by.id, asked_at=at, answer="", **what
    )  # fmt: skip
    request_id: int = session.execute(statement.returning(IntakeRequest.id)).scalar_one()
    return request_id
