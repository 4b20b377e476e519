"""The state of mailboxes and their folders: who watches, what failed, what people ask of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import events
from core.errors import NotAllowed, Permanent
from core.letters import MailboxState, MailFolder
from core.people import Role, User


@dataclass(frozen=True, slots=True)
class FolderState:
    """What a watcher needs of a `MailFolder` row."""

    id: int
    uidvalidity: int | None
    cursor: int
    import_since: date | None
    reconciled_at: datetime | None
    awaited: frozenset[int]


def ensure(session: Session, name: str, address: str) -> None:
    """Make the row of a configured mailbox if it is missing, and note its address."""
    if session.get(MailboxState, name) is None:
        session.execute(sa.insert(MailboxState).values(name=name, address=address))
    else:
        _set(session, name, address=address)


def ensure_folder(session: Session, mailbox: str, folder: str) -> FolderState:
    """The row of a watched folder, made if it is missing."""
    found = sa.select(MailFolder).where(MailFolder.mailbox == mailbox, MailFolder.folder == folder)
    row = session.scalars(found).first()
    if row is None:
        row = MailFolder(mailbox=mailbox, folder=folder)
        session.add(row)
        session.flush()
    return _state_of(row)


def folder_state(session: Session, folder_id: int) -> FolderState:
    """What the row of a watched folder says now."""
    return _state_of(session.get_one(MailFolder, folder_id))


def note_awaited(session: Session, folder_id: int, uidvalidity: int, uids: Iterable[int]) -> None:
    """Which UIDs were seen and have no row yet: should they be gone when a process looks next, it knows of them."""
    this = (MailFolder.id == folder_id, MailFolder.uidvalidity == uidvalidity)
    session.execute(sa.update(MailFolder).where(*this).values(awaited=_as_set(uids)))


def begin_series(session: Session, folder_id: int, uidvalidity: int, import_since: date | None) -> None:
    """A folder's UIDs are counted anew: at first connect, or because its UIDVALIDITY changed."""
    values = {"uidvalidity": uidvalidity, "cursor": 0, "awaited": "", "import_since": import_since}
    session.execute(sa.update(MailFolder).where(MailFolder.id == folder_id).values(**values))


def refusals(session: Session, mailbox: str) -> tuple[int, datetime | None]:
    """How many logins were refused in a row, and since when nothing more is tried."""
    row = session.get_one(MailboxState, mailbox)
    return row.refused_logins, row.stopped_at


def requests(session: Session) -> Sequence[MailboxState]:
    """Every mailbox with what people ask of it."""
    return session.scalars(sa.select(MailboxState)).all()


def take_lease(session: Session, folder_id: int, holder: str, *, seconds: float, at: datetime) -> bool:
    """Take or renew the right to watch a folder until `at` plus `seconds`; False while another holds it."""
    free = sa.or_(
        MailFolder.lease_holder.in_(("", holder)), MailFolder.lease_until.is_(None), MailFolder.lease_until < at
    )
    statement = sa.update(MailFolder).where(MailFolder.id == folder_id, free)
    taken = session.execute(statement.values(lease_holder=holder, lease_until=at + timedelta(seconds=seconds)))
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def leases(session: Session) -> dict[int, str]:
    """Who holds each watched folder: folder id -> holder."""
    held = sa.select(MailFolder.id, MailFolder.lease_holder).where(MailFolder.lease_holder != "")
    return {row.id: row.lease_holder for row in session.execute(held)}


def give_lease_back(session: Session, folder_id: int, holder: str) -> None:
    """Let another process watch the folder at once."""
    mine = (MailFolder.id == folder_id, MailFolder.lease_holder == holder)
    session.execute(sa.update(MailFolder).where(*mine).values(lease_holder="", lease_until=None))


def note_success(session: Session, mailbox: str, *, at: datetime) -> None:
    """A pass over the mailbox went well: nothing troubles it any more, and what was asked is done."""
    session.execute(sa.update(MailFolder).where(MailFolder.mailbox == mailbox).values(is_missing=False))
    _set(
        session, mailbox, last_success_at=at, trouble="", trouble_kind="", refused_logins=0, stopped_at=None,
        fetch_done_at=at,
    )  # fmt: skip


def note_trouble(
    session: Session, mailbox: str, kind: str, sentence: str, *, refused_logins: int, is_stopped: bool, at: datetime
) -> None:
    """Say on the mailbox's page what is wrong; `is_stopped` when nothing more is tried until a person acts."""
    _set(
        session, mailbox, last_error_at=at, trouble=sentence, trouble_kind=kind, refused_logins=refused_logins,
        stopped_at=at if is_stopped else None, fetch_done_at=at, reconcile_done_at=at,
    )  # fmt: skip


def note_missing(session: Session, mailbox: str, folder: str) -> None:
    """A watched folder can't be opened: deleted, renamed, or not ours to read."""
    this = (MailFolder.mailbox == mailbox, MailFolder.folder == folder)
    session.execute(sa.update(MailFolder).where(*this).values(is_missing=True))


def note_reconciled(session: Session, folder_id: int, *, count: int, lost: int, at: datetime) -> None:
    """Server and database were compared: `count` letters there have their row, `lost` had none and are fetched now."""
    folder = session.get_one(MailFolder, folder_id)
    folder.reconciled_at, folder.reconciled_count, folder.reconciled_lost = at, count, lost
    session.flush()
    watched = sa.select(MailFolder.reconciled_at).where(
        MailFolder.mailbox == folder.mailbox, MailFolder.lease_until.is_not(None)
    )
    each = session.scalars(watched).all()
    if None not in each:
        _set(session, folder.mailbox, reconcile_done_at=min((m for m in each if m), default=at))
    if lost:
        payload = {"mailbox": folder.mailbox, "folder": folder.folder, "count": lost}
        events.record(session, "letters_missed", "mailbox", None, by=None, at=at, payload=payload)


def note_room(session: Session, mailbox: str, used: int | None, limit: int | None, *, at: datetime) -> None:
    """The mailbox's quota as the server tells it, in bytes; None where it tells none."""
    _set(session, mailbox, room_used=used, room_limit=limit, room_read_at=at)


def answer_test(session: Session, mailbox: str, answer: str, *, at: datetime) -> None:
    """Say how the connection test went, in a Vietnamese sentence."""
    _set(session, mailbox, test_done_at=at, test_answer=answer)


def ask_fetch(session: Session, mailbox: str, *, by: User, at: datetime, source: str = "") -> None:
    """ "Lấy thư ngay". Raises NotAllowed, Permanent when there is no such mailbox."""
    _may_ask(session, mailbox, by)
    _set(session, mailbox, fetch_asked_at=at)
    _note_asked(session, mailbox, "fetch_asked", by, at, source)


def ask_test(session: Session, mailbox: str, *, by: User, at: datetime, source: str = "") -> None:
    """ "Kiểm tra kết nối". Raises NotAllowed, Permanent when there is no such mailbox."""
    _may_ask(session, mailbox, by)
    _set(session, mailbox, test_asked_at=at, test_answer="")
    _note_asked(session, mailbox, "test_asked", by, at, source)


def ask_retry(session: Session, mailbox: str, *, by: User, at: datetime, source: str = "") -> None:
    """ "Thử lại" after refused logins. Raises NotAllowed, Permanent when there is no such mailbox."""
    _may_ask(session, mailbox, by)
    _set(session, mailbox, retry_asked_at=at)
    _note_asked(session, mailbox, "retry_asked", by, at, source)


def ask_reconcile(session: Session, mailbox: str, *, by: User, at: datetime, source: str = "") -> None:
    """ "Đối chiếu ngay". Raises NotAllowed, Permanent when there is no such mailbox."""
    _may_ask(session, mailbox, by)
    _set(session, mailbox, reconcile_asked_at=at)
    _note_asked(session, mailbox, "reconcile_asked", by, at, source)


def _state_of(row: MailFolder) -> FolderState:
    place = (row.id, row.uidvalidity, row.cursor)
    return FolderState(*place, row.import_since, row.reconciled_at, _from_set(row.awaited))


def _as_set(uids: Iterable[int]) -> str:
    """RFC 3501 9, sequence-set: 4, 7, 8, 9 -> "4,7:9"."""
    runs: list[tuple[int, int]] = []
    for uid in sorted(uids):
        if runs and uid == runs[-1][1] + 1:
            runs[-1] = runs[-1][0], uid
        else:
            runs.append((uid, uid))
    return ",".join(str(first) if first == last else f"{first}:{last}" for first, last in runs)


def _from_set(written: str) -> frozenset[int]:
    runs = [run.partition(":") for run in written.split(",") if run]
    return frozenset(uid for first, _, last in runs for uid in range(int(first), int(last or first) + 1))


def _may_ask(session: Session, mailbox: str, by: User) -> None:
    if not by.roles & {Role.CLERK, Role.ADMIN}:
        raise NotAllowed("Chỉ văn thư hoặc quản trị viên được làm việc này.")
    if session.get(MailboxState, mailbox) is None:
        raise Permanent("Không có hộp thư này.")


def _note_asked(session: Session, mailbox: str, act: str, by: User, at: datetime, source: str) -> None:
    events.record(session, act, "mailbox", None, by=by.id, at=at, source=source, payload={"mailbox": mailbox})


def _set(session: Session, mailbox: str, **values: object) -> None:
    session.execute(sa.update(MailboxState).where(MailboxState.name == mailbox).values(**values))
