"""For machines: /healthz says whether the pages can work, /metrics counts for Prometheus, on this host only."""

import ipaddress
from datetime import datetime

import sqlalchemy as sa
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from config.settings import Settings
from config.web_port import OFFICE_HEADER
from core import alarms, events
from core.backup import marks
from core.errors import Temporary
from core.incoming.tables import Incoming, State
from core.letters import Arrival, ArrivalState, HeldLetter, IntakeRequest, MailboxState
from dashboard.web import in_reading, now, office_of


async def healthz(request: Request) -> Response:
    """GET /healthz: 200 "ok" (and how many mailboxes raise an alarm, which backups), or 503 with what is wrong.

    A header says which of the machine's offices answers.
    """
    answer = await _health(request)
    answer.headers[OFFICE_HEADER] = office_of(request).settings.mark
    return answer


async def _health(request: Request) -> Response:
    if not office_of(request).store.folder.is_dir():
        return PlainTextResponse("Không thấy thư mục kho tệp.\n", 503)
    try:
        lines = await in_reading(request, _alarms, office_of(request).settings, at=now(request))
    except Temporary as error:
        return PlainTextResponse(error.sentence + "\n", 503)
    # The pages themselves work: nobody is to stop sending people here for a mailbox's sake.
    return PlainTextResponse("".join(f"{line}\n" for line in ("ok", *lines)))


async def metrics(request: Request) -> Response:
    """GET /metrics: what waits and what troubles, read fresh from the database; 404 from another host."""
    if not _is_local(request):
        raise HTTPException(404)
    registry = CollectorRegistry()
    settings, at = office_of(request).settings, now(request)
    figures = await in_reading(request, _figures, settings.watched, at=at)
    figures |= await in_reading(request, _backups, settings, at=at)
    for name, (help_text, value) in figures.items():
        Gauge(name, help_text, registry=registry).set(value)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def _is_local(request: Request) -> bool:
    # A proxy on this host must not pass the path on; its header tells that it did.
    if request.client is None or "x-forwarded-for" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _alarms(session: Session, settings: Settings, *, at: datetime) -> list[str]:
    boxes = _alarmed(session, settings.watched, at=at)
    backups = marks.troubled(session, marks.late_after(settings.backup), at=at)
    said = [f"cảnh báo: {boxes} hộp thư"] if boxes else []
    if backups:
        said.append(f"cảnh báo: sao lưu hỏng hoặc quá hạn ({', '.join(marks.NAMES[kind] for kind in backups)})")
    return said


def _backups(session: Session, settings: Settings, *, at: datetime) -> dict[str, tuple[str, float]]:
    late = marks.late_after(settings.backup)
    figures: dict[str, tuple[str, float]] = {
        "congvan_backup_places": ("Backup places configured", float(bool(late))),
        "congvan_backups_troubled": (
            "Kinds of backup that failed last or are overdue", len(marks.troubled(session, late, at=at)),
        ),
    }  # fmt: skip
    for kind, mark in marks.all_marks(session).items():
        if mark.done_at is not None:
            age = (at - mark.done_at).total_seconds()
            figures[f"congvan_backup_{kind}_age_seconds"] = (f"Age of the last good backup run: {kind}", age)
        failed = float(bool(mark.failure))
        figures[f"congvan_backup_{kind}_failed"] = (f"Whether the last backup run failed: {kind}", failed)
    return figures


def _alarmed(session: Session, watched: tuple[str, ...], *, at: datetime) -> int:
    query = sa.select(sa.func.count()).select_from(MailboxState)
    which = sa.or_(MailboxState.alarm != "", alarms.IS_UNHEARD)
    return session.execute(query.where(which), alarms.asked(watched, at=at)).scalar_one()


def _figures(session: Session, watched: tuple[str, ...], *, at: datetime) -> dict[str, tuple[str, float]]:
    def count(*which: sa.ColumnElement[bool]) -> int:
        return session.execute(sa.select(sa.func.count()).where(*which)).scalar_one()

    figures: dict[str, tuple[str, float]] = {
        "congvan_drafts_waiting": ("Drafts on the clerk's desk", count(Incoming.state == State.DRAFT)),
        "congvan_entries": ("Entries in the registers", count(Incoming.state == State.REGISTERED)),
        "congvan_held_waiting": ("Held letters without a decision", count(HeldLetter.decision.is_(None))),
        "congvan_requests_waiting": ("Requests intake has not answered", count(IntakeRequest.done_at.is_(None))),
        "congvan_mailboxes_troubled": ("Mailboxes with an error", count(MailboxState.trouble != "")),
        "congvan_mailboxes_alarmed": (
            "Mailboxes silent, failing, full, with missed letters, or that no process reads",
            _alarmed(session, watched, at=at),
        ),
        "congvan_mailboxes_unheard": ("Mailboxes that no process reads", len(alarms.unheard(session, watched, at=at))),
        "congvan_mailboxes_stopped": ("Mailboxes that wait for a person", count(MailboxState.stopped_at.is_not(None))),
        "congvan_events": ("Events in the journal", events.latest(session)),
    }
    for state in ArrivalState:
        figures[f"congvan_arrivals_{state}"] = (f"Arrivals {state}", count(Arrival.state == state))
    oldest = session.execute(sa.select(sa.func.min(MailboxState.last_success_at))).scalar_one()
    if oldest is not None:
        figures["congvan_oldest_success_seconds"] = ("Unix time of the oldest last success", oldest.timestamp())
    return figures


routes = [Route("/healthz", healthz, name="health:healthz"), Route("/metrics", metrics, name="health:metrics")]
