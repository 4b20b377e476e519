"""Duyệt văn bản đến: the leader's desk (Quy chế 63, Điều 5.3, 6.1). A proposal that is right costs one tap."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core import calendar
from core.answers import returning
from core.errors import CongvanError, Permanent, WrongState
from core.incoming.tables import Incoming
from core.incoming.values import URGENCIES
from core.listings import approvals, transfers, ways
from core.listings.approvals import Card, Directed
from core.listings.transfers import Transferred
from core.office import OFFICE_ZONE, office_date
from core.rights import Right
from core.tasks import directing, parties
from core.tasks.directing import Assignment
from core.tasks.parties import Party
from core.tasks.proposing import Proposal, propose
from core.tasks.tables import FORM_NAMES, Form, State, Task
from core.tasks.transitions import Act
from dashboard.tasks.finding import Choice, Group, deputies, groups, task_for
from dashboard.tasks.wording import READY_SENTENCES, proposal_words
from dashboard.web import acting, flash, form_of, in_reading, in_writing, now, origin_of, render, require, whole_number
from dashboard.words import due

_FRIDAY = 4
_LONGEST_LIST = 200
_MOST_SAID = 8
_HEADLESS = " Phòng ấy chưa có tài khoản trưởng phòng: chưa ai nhận được việc."


@dataclass(frozen=True, slots=True)
class Desk:
    """What the leader's desk shows."""

    cards: tuple[tuple[Card, str], ...]  # each with its proposal in words
    count: int
    directed: tuple[Directed, ...]
    transferred: tuple[Transferred, ...]
    returns: tuple[returning.Waiting, ...]

    @property
    def has_choice(self) -> bool:
        """Whether anything can be ticked to be approved with others."""
        return any(card.is_ready for card, _ in self.cards)


@dataclass(frozen=True, slots=True)
class Opened:
    """One document to be given out: what is proposed, to whom it can be given."""

    way: ways.Way
    subject: str
    code: str
    issuer: str
    number: int | None
    urgency: str
    proposal: Proposal | None
    groups: tuple[Group, ...]
    usual: tuple[Choice, ...]
    deputies: tuple[Choice, ...]
    shortcuts: tuple[tuple[str, str], ...]
    asked_by: str  # by when the document wants an answer, "" where it does not say
    usual_due: str  # the same, where that day has not passed


async def index(request: Request) -> Response:
    """GET /duyet: what waits, the most urgent first."""
    person = require(request, Right.DIRECT)
    desk = await in_reading(request, _desk, person.id, at=now(request))
    return render(request, "tasks/approving.html", desk=desk, urgencies=URGENCIES, forms=FORM_NAMES, State=State)


async def several(request: Request) -> Response:
    """POST /duyet: approve the chosen ones as proposed, each in an act of its own, with a result for each."""
    person = require(request, Right.DIRECT)
    await form_of(request)
    at, source, form = now(request), origin_of(request).source, await request.form()
    chosen = [found for text in form.getlist("chon") if (found := _chosen(str(text)))]
    if not chosen:
        flash(request, "warning", "Chưa chọn văn bản nào.")
    done, refusals = [], []
    for task_id, version in chosen[:_LONGEST_LIST]:
        shown = str(form.get(f"de-xuat-{task_id}", ""))
        try:
            done.append(
                await in_writing(request, _approve, person.id, task_id, version, at=at, source=source, shown=shown)
            )
        except CongvanError as refused:
            refusals.append(f"{await in_reading(request, _called, person.id, task_id)}: {refused.sentence}")
        except HTTPException:
            refusals.append("Một văn bản đã chọn không còn ở đây.")
    for kind, said in (("done", done), ("warning", refusals)):
        # The cookie that carries them holds some 4 kB.
        for sentence in said[:_MOST_SAID]:
            flash(request, kind, sentence)
        if len(said) > _MOST_SAID:
            flash(
                request,
                kind,
                f"… và {len(said) - _MOST_SAID} văn bản khác {'đã duyệt' if kind == 'done' else 'chưa duyệt'}.",
            )
    return RedirectResponse("/duyet", 303)


async def approve(request: Request) -> Response:
    """POST /duyet/{id}/theo-de-xuat: approve one as proposed. A repeat is harmless."""
    person, form = require(request, Right.DIRECT), await form_of(request)
    version, at = whole_number(form.get("version", "")) or 0, now(request)
    said = await in_writing(
        request, _approve, person.id, request.path_params["id"], version, at=at, source=origin_of(request).source,
        shown=form.get("shown", ""),
    )  # fmt: skip
    flash(request, "done", said)
    return RedirectResponse("/duyet", 303)


async def show(request: Request) -> Response:
    """GET /duyet/{id}: give one document, or a duty that came back, out."""
    person = require(request, Right.GIVE_WORK)
    return await _page(request, person.id, {}, None)


async def assign(request: Request) -> Response:
    """POST /duyet/{id}: approve and give out as chosen. A repeat is harmless."""
    person, form = require(request, Right.GIVE_WORK), await form_of(request)
    version, at, raw = whole_number(form.get("version", "")) or 0, now(request), await request.form()
    try:
        said = await in_writing(
            request, _assign, person.id, request.path_params["id"], version, form, raw, at=at,
            source=origin_of(request).source,
        )  # fmt: skip
    except Permanent as refused:
        return await _page(request, person.id, form, refused)
    flash(request, "done", said)
    return RedirectResponse("/duyet" if Right.DIRECT in person.rights else "/viec", 303)


async def _page(request: Request, user_id: int, typed: Mapping[str, str], refused: Permanent | None) -> Response:
    opened = await in_reading(request, _open, user_id, request.path_params["id"], at=now(request))
    raw = await request.form() if request.method == "POST" else FormData()
    return render(
        request, "tasks/assign.html", 422 if refused else 200, opened=opened, typed=typed,
        ticked={name: [str(one) for one in raw.getlist(name)] for name in ("co_handlers", "informed")},
        refused=refused, forms=FORM_NAMES, urgencies=URGENCIES, sentences=READY_SENTENCES, Act=Act, State=State,
    )  # fmt: skip


def _desk(session: Session, user_id: int, *, at: datetime) -> Desk:
    user = acting(session, user_id)
    found = approvals.cards(session, user, at=at)
    names = parties.names(session) if found else {}
    midnight = datetime.combine(office_date(at), datetime.min.time(), OFFICE_ZONE)
    return Desk(
        tuple((card, proposal_words(card.proposal, names)) for card in found),
        approvals.waiting(session, user, on=office_date(at)),
        tuple(approvals.just_directed(session, user, since=midnight, names=names)),
        tuple(transfers.today(session, user, since=midnight, names=names)), tuple(returning.waiting(session)),
    )  # fmt: skip


def _open(session: Session, user_id: int, task_id: int, *, at: datetime) -> Opened:
    user = acting(session, user_id)
    task = task_for(session, user, task_id)
    way = ways.way_of(session, task, user, at=at)
    document = session.get_one(Incoming, task.incoming_id) if task.incoming_id is not None else None
    asked_by = document.due_at if document else ""
    return Opened(
        way, document.subject if document else task.title, document.code if document else "",
        document.issuer if document else "", document.arrival_number if document else None,
        document.urgency if document else "thuong",
        propose(session, task, document, on=office_date(at)) if document else None, groups(session),
        _usual(session, user.id), deputies(session), shortcuts(session, office_date(at)),
        asked_by, asked_by if asked_by[:10] >= office_date(at).isoformat() else "",
    )  # fmt: skip


def _usual(session: Session, user_id: int) -> tuple[Choice, ...]:
    """The divisions that this leader gave work to last, the last first."""
    last = sa.func.max(Task.directed_at).label("last")
    query = (
        sa.select(Task.lead_division_id, last)
        .where(Task.directed_by == user_id, Task.lead_division_id.is_not(None))
        .group_by(Task.lead_division_id)
        .order_by(sa.desc("last"))
        .limit(4)
    )
    ids = [row.lead_division_id for row in session.execute(query)]
    names = parties.names(session)
    return tuple(Choice(f"d{one}", names[f"d{one}"]) for one in ids if f"d{one}" in names)


def shortcuts(session: Session, today: date) -> tuple[tuple[str, str], ...]:
    """Deadlines that people mean: so many working days from now, the coming Friday."""
    special = calendar.exceptions(session)
    days = [(f"+{n} ngày", calendar.add_working_days(today, n, special)) for n in (3, 5, 10)]
    friday = today + timedelta(days=(_FRIDAY - today.weekday()) % 7 or 7)
    return tuple((words, f"{on:%d/%m/%Y}") for words, on in [*days, ("thứ Sáu", friday)])


def _approve(
    session: Session, user_id: int, task_id: int, version: int, *, at: datetime, source: str, shown: str | None = None
) -> str:
    """Give out as proposed; `shown` is the proposal that the person saw, in words: another one is not approved."""
    user = acting(session, user_id)
    task = task_for(session, user, task_id, is_act=True)
    if task.incoming_id is None:
        raise WrongState("Việc này không có văn bản để duyệt. Mở việc để giao.")
    document = session.get_one(Incoming, task.incoming_id)
    proposal = propose(session, task, document, on=office_date(at))
    is_other = shown is not None and proposal_words(proposal, parties.names(session)) != shown
    if proposal is None or is_other:
        if task.last_act.startswith(f"{Act.ASSIGN} {user.id} {version} "):  # the same tap came twice
            return _said(session, task, document)
        raise Permanent("Đề xuất đã khác với lúc bạn xem, hoặc không còn. Mở văn bản để giao.")
    typed = Assignment(
        proposal.assignment.form, proposal.assignment.lead, proposal.assignment.co_handlers,
        proposal.assignment.informed, due(proposal.assignment.due_at), proposal.assignment.instruction,
    )  # fmt: skip
    directing.assign(session, task, typed, by=user, at=at, version=version, source=source)
    return _said(session, task, document)


def _assign(
    session: Session, user_id: int, task_id: int, version: int, form: Mapping[str, str], raw: FormData, *,
    at: datetime, source: str,
) -> str:  # fmt: skip
    user = acting(session, user_id)
    task = task_for(session, user, task_id, is_act=True)
    given = assignment_of(form, raw)
    directing.assign(session, task, given, by=user, at=at, version=version, source=source)
    document = session.get(Incoming, task.incoming_id) if task.incoming_id else None
    asked_for = document.due_at if document else ""
    said = _said(session, task, document)
    is_later = asked_for and task.due_at[:10] > asked_for[:10]
    return f"{said} Hạn này sau hạn nơi gửi đặt: {due(asked_for)}." if is_later else said


def assignment_of(form: Mapping[str, str], raw: FormData) -> Assignment:
    """What a form says. Raises Permanent naming a field."""
    try:
        chosen = Form(form.get("form", ""))
    except ValueError:
        raise Permanent("Chọn hình thức giao.", field="form") from None
    several = {name: _parties(raw, name) for name in ("co_handlers", "informed")}
    is_information = chosen is Form.FOR_INFORMATION
    lead = None if is_information else parties.party(form.get("lead", ""))
    due_at = form.get("due_at", "").strip() or form.get("due_shortcut", "")
    return Assignment(
        chosen, lead, () if is_information else several["co_handlers"], several["informed"],
        "" if is_information else due_at, form.get("instruction", "") or form.get("sentence", ""),
    )  # fmt: skip


def _parties(raw: FormData, name: str) -> tuple[Party, ...]:
    return tuple(found for key in raw.getlist(name) if (found := parties.party(str(key))))


def _said(session: Session, task: Task, document: Incoming | None) -> str:
    what = f"Số đến {document.arrival_number}" if document else task.title
    lead = ways.lead_words(task, parties.names(session))
    words = f"giao {lead}" if lead else FORM_NAMES[Form.FOR_INFORMATION].lower()
    said = f"{what}: đã duyệt, {words}{f', hạn {due(task.due_at)}' if task.due_at else ''}."
    led = task.lead_division_id if task.state == State.WITH_HEAD else None
    return said if led is None or parties.heads(session, led) else said + _HEADLESS


def _called(session: Session, user_id: int, task_id: int) -> str:
    task = task_for(session, acting(session, user_id), task_id)
    document = session.get(Incoming, task.incoming_id) if task.incoming_id is not None else None
    return f"Số đến {document.arrival_number}" if document else task.title


def _chosen(text: str) -> tuple[int, int] | None:
    first, _, second = text.partition(":")
    task_id, version = whole_number(first), whole_number(second)
    return (task_id, version) if task_id is not None and version is not None else None


routes = [
    Route("/duyet", index, name="tasks:approvals"),
    Route("/duyet", several, methods=["POST"], name="tasks:several"),
    Route("/duyet/{id:int}", show, name="tasks:assigning"),
    Route("/duyet/{id:int}", assign, methods=["POST"], name="tasks:assign"),
    Route("/duyet/{id:int}/theo-de-xuat", approve, methods=["POST"], name="tasks:approve"),
]
