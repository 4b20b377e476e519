"""The address book by hand: added, corrected, ended, merged, and each taken back."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from agency_letters import HOME, MORNING, PROVINCE, SENDER, MailRoom
from sqlalchemy.orm import Session

from core.agencies import book, said
from core.agencies.tables import Agency, AgencyAddress, AgencyCode, AgencyName, AgencySuccession, Sort
from core.errors import CongvanError, NotAllowed, Permanent, WrongState
from core.events import Event
from core.people import User

ENDED = date(2025, 7, 1)


@pytest.fixture
def room(office: Any) -> MailRoom:
    return MailRoom(office)


def act(room: MailRoom, agency_id: int, work: Callable[..., Any], *args: Any, **more: Any) -> Any:
    """One act of the clerk on an agency as it is now."""
    with room.office.database.writing() as session:
        agency = session.get_one(Agency, agency_id)
        return work(session, agency, *args, by=room.clerk(session), at=MORNING, **more)


def merge(room: MailRoom, one: int, *, into: int) -> None:
    def work(session: Session, agency: Agency, **how: Any) -> None:
        book.merge(session, agency, session.get_one(Agency, into), version=agency.version, **how)

    act(room, one, work)


def end(room: MailRoom, one: int, successor: int | None, on: date | None = ENDED) -> None:
    def work(session: Session, agency: Agency, **how: Any) -> None:
        other = session.get(Agency, successor) if successor is not None else None
        book.end(session, agency, on, other, version=agency.version, **how)

    act(room, one, work)


def part(room: MailRoom, one: int) -> None:
    act(room, one, book.part)


def test_two_clerks_add_one_agency_at_once_and_it_is_one(room: MailRoom) -> None:
    barrier = Barrier(4)

    def add(_: int) -> tuple[int, bool]:
        with room.office.database.writing() as session:
            clerk = room.clerk(session)
            if not room.office.database.is_sqlite:
                barrier.wait(10)
            return book.add(session, HOME, PROVINCE, by=clerk, at=MORNING)

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(add, range(4)))
    assert len({one for one, _ in done}) == 1 and sorted(is_new for _, is_new in done) == [False] * 3 + [True]
    assert room.agencies() == [HOME]


def test_an_agency_called_otherwise_is_still_known_by_its_old_name(room: MailRoom) -> None:
    one = room.puts("Sở Thông tin và Truyền thông", PROVINCE)
    told = {"name": "Sở Khoa học và Công nghệ", "parent": PROVINCE, "level": "province", "note": "gộp 01/3/2025"}
    assert act(room, one, book.change, **told, version=1) == {"name", "level", "note"}
    assert room.known("Sở TTTT").ids == frozenset()
    assert room.known("Sở Thông tin & Truyền thông").ids == room.known("SỞ KHOA HỌC VÀ CÔNG NGHỆ").ids == {one}
    with pytest.raises(WrongState, match="Người khác vừa sửa"):
        act(room, one, book.change, **told, version=1)
    other = room.puts("Sở Tư pháp", PROVINCE)
    with pytest.raises(WrongState, match="Gộp"):
        act(room, other, book.change, **told, version=1)


def test_two_that_are_one_are_merged_and_parted_again(room: MailRoom) -> None:
    for _ in range(2):
        room.enters()
    room.enters(issuer="Sở NV Mẫu", sender="khac@mau.gov.vn", parent_issuer="")
    one, other = room.known(HOME, PROVINCE).ids, room.known("Sở NV Mẫu").ids
    assert one != other
    merge(room, min(other), into=min(one))
    assert room.known("Sở NV Mẫu").ids == one
    assert room.relation("Sở NV Mẫu", HOME) == "SAME"
    third = room.puts("Sở Nội vụ cũ")
    merge(room, min(one), into=third)
    assert room.known("Sở NV Mẫu").ids == room.known(HOME, PROVINCE).ids == {third}, "a merge of merges"
    before = room.said()
    part(room, min(one))
    assert room.known("Sở NV Mẫu").ids == room.known(HOME, PROVINCE).ids == one
    part(room, min(other))
    assert room.known("Sở NV Mẫu").ids == other and room.said() == before
    with pytest.raises(WrongState):
        part(room, min(other))


def test_no_merge_in_a_circle(room: MailRoom) -> None:
    one, other = room.puts("Sở A"), room.puts("Sở B")
    with pytest.raises(WrongState, match="chính nó"):
        merge(room, one, into=one)
    merge(room, one, into=other)
    for pair in ((one, other), (other, one)):
        with pytest.raises(WrongState, match="gộp rồi"):
            merge(room, pair[0], into=pair[1])


def test_an_agency_ends_with_its_successors_and_lives_again(room: MailRoom) -> None:
    old, new, other = room.puts("UBND huyện Cũ"), room.puts("UBND xã Một"), room.puts("UBND xã Hai")
    end(room, old, new)
    end(room, old, other)
    assert room.known("UBND huyện Cũ").kin == {new, other} and room.known("UBND xã Một").kin == {old}
    with pytest.raises(WrongState):
        end(room, new, old)
    with pytest.raises(WrongState, match="chính mình"):
        end(room, old, old)
    with pytest.raises(Permanent, match="Ghi ngày"):
        end(room, old, None, on=None)
    with room.office.database.reading() as session:
        version = session.get_one(Agency, old).version
    act(room, old, book.reopen, version=version)
    assert room.known("UBND huyện Cũ").kin == frozenset()
    with room.office.database.reading() as session:
        assert session.scalars(sa.select(AgencySuccession)).all() == []


def test_a_row_is_corrected_taken_out_and_put_back(room: MailRoom) -> None:
    one = room.puts(HOME, PROVINCE)
    act(room, one, said.add_code, Sort.SIGNS, " snv ", (date(2025, 3, 1), None))
    act(room, one, said.add_code, Sort.SIGNS, "SNV", (date(2025, 3, 1), date(2026, 1, 1)))
    act(room, one, said.add_address, SENDER.upper(), ())
    act(room, one, said.add_name, "Sở NV", PROVINCE)
    with room.office.database.reading() as session:
        code = session.scalars(sa.select(AgencyCode)).one()
        assert (code.code, code.valid_to) == ("SNV", date(2026, 1, 1))
        assert session.scalars(sa.select(AgencyAddress.address)).one() == SENDER

    def on_alias(work: Callable[..., None], name: str = "Sở NV") -> None:
        with room.office.database.writing() as session:
            row = session.scalars(sa.select(AgencyName).where(AgencyName.name == name)).one()
            work(session, session.get_one(Agency, one), row, by=room.clerk(session), at=MORNING)

    on_alias(said.take_out)
    assert room.known("Sở NV").ids == frozenset()
    with pytest.raises(WrongState):
        on_alias(said.take_out)
    on_alias(said.put_back)
    assert room.known("Sở NV").ids == {one}
    with pytest.raises(WrongState, match="tên chính"):
        on_alias(said.take_out, HOME)


@pytest.mark.parametrize(
    ("work", "args", "says"),
    [
        (said.add_address, ("@gmail.com", ("gmail.com",)), "không của riêng"),
        (said.add_address, ("không có", ()), "địa chỉ thư"), (said.add_name, ("…", ""), "tên cơ quan"),
        (said.add_code, (Sort.EXCHANGE, "SNV", (None, None)), "Mã định danh"),
        (said.add_code, (Sort.SIGNS, "SNV", (date(2026, 1, 2), date(2026, 1, 1))), "đứng trước"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words(room: MailRoom, work: Any, args: tuple[Any, ...], says: str) -> None:
    one = room.puts(HOME, PROVINCE)
    with pytest.raises(Permanent, match=says):
        act(room, one, work, *args)


def test_only_who_keeps_the_book_changes_it_and_each_act_is_in_the_journal(room: MailRoom) -> None:
    one, other = room.puts(HOME, PROVINCE), room.puts("Sở Tư pháp")
    end(room, one, other)
    merge(room, one, into=other)
    part(room, one)
    with room.office.database.reading() as session:
        of_one = sa.select(Event.act).where(Event.subject_kind == "agency", Event.subject_id == one)
        acts = session.scalars(of_one.order_by(Event.id)).all()
    assert acts == ["agency_added", "agency_ended", "agency_merged_into", "agency_parted"]
    with room.office.database.writing() as session:
        leader, agency = session.get_one(User, room.office.leader_id), session.get_one(Agency, one)
        how: dict[str, Any] = {"by": leader, "at": MORNING}
        for refused in (
            lambda: book.add(session, "Sở Y tế", "", **how), lambda: book.check(session, agency, **how),
            lambda: book.change(session, agency, name="A b", parent="", level="", note="", version=1, **how),
            lambda: book.end(session, agency, ENDED, None, version=1, **how),
            lambda: book.reopen(session, agency, version=1, **how), lambda: book.part(session, agency, **how),
            lambda: book.merge(session, agency, agency, version=1, **how),
            lambda: said.add_name(session, agency, "Sở NV", "", **how),
            lambda: said.add_address(session, agency, SENDER, (), **how),
        ):  # fmt: skip
            with pytest.raises(NotAllowed):
                refused()


def test_one_merge_and_one_end_at_once_and_the_second_is_told(room: MailRoom) -> None:
    one, other = room.puts("Sở A"), room.puts("Sở B")
    barrier = Barrier(2)

    def told(work: Callable[[Session, Agency, dict[str, Any]], None]) -> object:
        try:
            with room.office.database.writing() as session:
                agency, clerk = session.get_one(Agency, one), room.clerk(session)
                if not room.office.database.is_sqlite:
                    barrier.wait(10)
                work(session, agency, {"version": 1, "by": clerk, "at": MORNING})
        except CongvanError as error:
            return error
        return None

    def merges(session: Session, agency: Agency, how: dict[str, Any]) -> None:
        book.merge(session, agency, session.get_one(Agency, other), **how)

    def ends(session: Session, agency: Agency, how: dict[str, Any]) -> None:
        book.end(session, agency, ENDED, None, **how)

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(told, (merges, ends)))
    assert sum(isinstance(answer, WrongState) for answer in done) == 1
