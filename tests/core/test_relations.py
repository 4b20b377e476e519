"""Thay thế, cập nhật: linked when the newer document is registered, both ways, and never on a guess."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from core.edxml import Kind, Reference
from core.evidence import Evidence, Source
from core.exchange import Exchange
from core.incoming import drafts, grouping, registration, relations
from core.incoming.drafts import NewDraft
from core.incoming.tables import Incoming, Origin, State
from core.listings import history
from core.people import User

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
OLD = {
    "code": "41/SMA-VP", "issued_on": "2026-05-01", "issuer": "Sở Mẫu A", "kind": "Công văn", "subject": "góp ý"
}  # fmt: skip
NEW = OLD | {"code": "63/SMA-VP", "issued_on": "2026-06-04"}
NAMED = Reference("000.00.99.H36,2026/05/01,41/SMA-VP", "41/SMA-VP", date(2026, 5, 1), "000.00.99.H36")


def laid(office: Any, values: dict[str, str], exchange: Exchange | None = None) -> int:
    proposed = {name: Evidence(value, 0.95, Source.TEXT) for name, value in values.items()}
    new = NewDraft(Origin.MAIL, office.book_id, None, MORNING, 0, proposed, (), (), exchange)
    with office.database.writing() as session:
        return drafts.insert(session, new)


def replacing(*concerns: Reference, kind: Kind = Kind.REPLACEMENT) -> Exchange:
    return Exchange(kind, "d-new", "Sai số liệu", concerns)


def enter(office: Any, draft_id: int) -> int:
    with office.database.writing() as session:
        clerk = session.get_one(User, office.clerk_id)
        return registration.register(session, session.get_one(Incoming, draft_id), by=clerk, at=MORNING)


def linked(session: Session, incoming_id: int) -> list[tuple[str, bool, int]]:
    return [
        (one.kind, one.is_newer, one.arrival_number)
        for one in relations.related(session, session.get_one(Incoming, incoming_id))
    ]


def done(session: Session, incoming_id: int) -> list[str]:
    return [step.what for step in history.steps(session, incoming_id)]


def test_a_replacement_and_what_it_replaces_name_each_other(office: Any) -> None:
    old = laid(office, OLD)
    assert enter(office, old) == 1
    new = laid(office, NEW, replacing(NAMED))
    with office.database.reading() as session:
        (target,) = relations.targets(session, session.get_one(Incoming, new))
        assert (target.words, target.chosen) == ("41/SMA-VP ngày 01/05/2026", frozenset({old}))
        assert linked(session, old) == []
    assert enter(office, new) == 2
    with office.database.reading() as session:
        assert linked(session, new) == [("replacement", False, 1)]
        assert linked(session, old) == [("replacement", True, 2)]
        assert done(session, new)[-1] == "Thay thế số đến 1"
        assert done(session, old)[-1] == "Được thay thế bởi số đến 2"
        document = session.get_one(Incoming, old)
        assert (document.arrival_number, document.state) == (1, State.REGISTERED)


def test_an_update_is_known_by_its_document_id_whatever_its_number_is_now(office: Any) -> None:
    own = Exchange(Kind.NEW, "9fbf-2")
    old = laid(office, OLD, own)
    enter(office, old)
    new = laid(office, NEW, replace(replacing(Reference("9fbf-2"), kind=Kind.UPDATE), document_id="9fbf-2"))
    enter(office, new)
    with office.database.reading() as session:
        assert linked(session, old) == [("update", True, 2)]
        assert done(session, old)[-1] == "Được cập nhật bởi số đến 2"


def test_another_issuer_another_day_or_no_day_is_not_linked_by_itself(office: Any) -> None:
    entries = [laid(office, OLD | change) for change in ({"issuer": "UBND xã Mẫu"}, {"issued_on": "2025-05-01"})]
    for entry in entries:
        enter(office, entry)
    nameless = replace(NAMED, document_id="", issued_on=None)
    new = laid(office, NEW, replacing(NAMED, nameless, Reference("", "không số", date(2026, 5, 1))))
    with office.database.writing() as session:
        document = session.get_one(Incoming, new)
        found = relations.targets(session, document)
        assert [[m.document.id for m in target.matches] for target in found] == [[entries[0]], [], []]
        assert [target.chosen for target in found] == [frozenset()] * 3
        # The clerk knows better.
        relations.choose(document, [entries[0]], [entries[0]])
    enter(office, new)
    with office.database.reading() as session:
        assert linked(session, new) == [("replacement", False, 1)]


def test_what_the_clerk_does_not_want_linked_is_not(office: Any) -> None:
    old = laid(office, OLD | {"issuer": "SỞ MẪU A"})
    enter(office, old)
    new = laid(office, NEW, replacing(NAMED))
    with office.database.writing() as session:
        relations.choose(session.get_one(Incoming, new), [old], [])
    enter(office, new)
    with office.database.reading() as session:
        assert linked(session, new) == linked(session, old) == []


def test_an_old_draft_or_a_voided_number_is_shown_and_not_linked(office: Any) -> None:
    waiting, voided = laid(office, OLD), laid(office, OLD)
    enter(office, voided)
    with office.database.writing() as session:
        document, clerk = session.get_one(Incoming, voided), session.get_one(User, office.clerk_id)
        registration.void(session, document, "vào nhầm", by=clerk, at=MORNING)
    new = laid(office, NEW, replacing(NAMED))
    with office.database.reading() as session:
        (target,) = relations.targets(session, session.get_one(Incoming, new))
        assert {match.document.id for match in target.matches} == {waiting, voided}
    enter(office, new)
    with office.database.reading() as session:
        assert linked(session, new) == []


def test_what_a_package_says_goes_along_when_drafts_are_merged(office: Any) -> None:
    enter(office, laid(office, OLD))
    new, other = laid(office, {}, replacing(NAMED)), laid(office, NEW)
    with office.database.writing() as session:
        document, into = session.get_one(Incoming, new), session.get_one(Incoming, other)
        grouping.merge(session, document, into, by=session.get_one(User, office.clerk_id), at=MORNING)
    enter(office, other)
    with office.database.reading() as session:
        assert linked(session, other) == [("replacement", False, 1)]


def test_a_new_document_and_one_without_a_package_change_nothing(office: Any) -> None:
    enter(office, laid(office, OLD))
    for exchange in (None, Exchange(Kind.NEW, "d", concerns=(NAMED,))):
        new = laid(office, NEW, exchange)
        enter(office, new)
        with office.database.reading() as session:
            document = session.get_one(Incoming, new)
            assert Exchange.from_json(document.exchange) == exchange
            assert linked(session, new) == []
