"""Gửi đi: who sees what of the outbox, and what a clerk decides there."""

from typing import Any

import pytest
import sqlalchemy as sa
from outbox_desk import SENDER, message

from core.deliveries import claiming, pausing, queueing
from core.deliveries.claiming import Said
from core.deliveries.tables import Delivery, State
from core.events import READINGS, Event
from core.incoming.tables import Incoming
from core.people import User


def _token(html: str) -> str:
    return html.split('name="csrf" value="', 1)[1].split('"', 1)[0]


class Outbox:
    """Deliveries of the office at the pages' own clock."""

    def __init__(self, office: Any) -> None:
        self._office = office

    def ended(self, note: Any, words: str = "550 5.1.1 không có hộp thư này", **values: Any) -> int:
        at = self._office.clock()
        with self._office.database.writing() as session:
            queueing.queue(session, message(**values), by=None, at=at)
            delivery = claiming.claim(session, SENDER, at=at)
            assert delivery is not None
            note(session, delivery, Said(words, "RCPT", "5.1.1"), at=at)
            return delivery.id

    def get(self, delivery_id: int) -> Delivery:
        with self._office.database.reading() as session:
            found: Delivery = session.get_one(Delivery, delivery_id)
            return found


@pytest.fixture
def outbox(full_office: Any) -> Outbox:
    return Outbox(full_office)


def test_each_queue_shows_its_letters_with_the_servers_own_words(outbox: Outbox, signed_in: Any) -> None:
    outbox.ended(claiming.note_failed, subject="Báo nhận 12/SNV", recipient_name="Sở Nội vụ")
    outbox.ended(claiming.note_sent, "250 2.0.0 Ok: queued as 4B7", subject="Báo nhận 13/SNV")
    page = signed_in("lan").get("/gui-di/khong-gui-duoc").text
    assert "Báo nhận 12/SNV" in page and "550 5.1.1 không có hộp thư này" in page and "Báo nhận 13/SNV" not in page
    assert "Báo nhận 13/SNV" in signed_in("lan").get("/gui-di/da-gui").text
    assert "Không có thư nào chưa rõ." in signed_in("lan").get("/gui-di/chua-ro").text
    assert '<span class="unseen"> thư gửi đi cần xem</span>' in page


def test_one_letter_shows_its_way(outbox: Outbox, signed_in: Any) -> None:
    failed = outbox.ended(claiming.note_failed)
    page = signed_in("lan").get(f"/gui-di/{failed}").text
    assert page.index("Vào hàng chờ") < page.index("<strong>Không gửi được</strong>") < page.index("(RCPT, 5.1.1)")
    assert "Kính gửi quý cơ quan." in page


@pytest.mark.parametrize(
    ("what", "form", "state"),
    [
        ("gui-lai", {}, State.WAITING), ("coi-la-da-gui", {}, State.SENT), ("huy", {}, State.CANCELLED),
        ("sua-dia-chi", {"address": "moi@lamdong.example"}, State.CANCELLED),
        ("bao-nhan", {"words": "chị Hà gọi điện"}, State.SENT),
    ],
)  # fmt: skip
def test_the_clerk_decides_about_a_letter_that_is_not_clear(
    outbox: Outbox, signed_in: Any, what: str, form: dict[str, str], state: State
) -> None:
    unsure = outbox.ended(claiming.note_uncertain)
    client = signed_in("lan")
    token = _token(client.get(f"/gui-di/{unsure}").text)
    answer = client.post(f"/gui-di/{unsure}/{what}", data={"csrf": token} | form)
    assert answer.status_code == 200 and answer.url.path == f"/gui-di/{unsure}"
    assert outbox.get(unsure).state == state
    again = client.post(f"/gui-di/{unsure}/gui-lai", data={"csrf": token})
    assert "không còn chờ quyết định" in again.text and outbox.get(unsure).state == state


def test_a_wrong_address_comes_back_with_what_was_typed(outbox: Outbox, signed_in: Any) -> None:
    failed = outbox.ended(claiming.note_failed)
    client = signed_in("lan")
    token = _token(client.get(f"/gui-di/{failed}").text)
    answer = client.post(f"/gui-di/{failed}/sua-dia-chi", data={"csrf": token, "address": "chị Hà"})
    assert answer.status_code == 422 and 'value="chị Hà"' in answer.text and "không đúng dạng" in answer.text


def test_the_clerk_stops_the_outbox_and_lets_it_go_on(full_office: Any, signed_in: Any) -> None:
    client = signed_in("lan")
    token = _token(client.get("/gui-di").text)
    assert client.post("/gui-di/tam-dung", data={"csrf": token, "reason": ""}).status_code == 422
    page = client.post("/gui-di/tam-dung", data={"csrf": token, "reason": "máy chủ bảo trì"}).text
    assert "Đang tạm dừng, không thư nào đi." in page and "máy chủ bảo trì" in page and "Nguyễn Thị Lan" in page
    assert "Tiếp tục gửi</button>" not in signed_in("binh").get("/gui-di").text
    assert "Đang gửi tiếp." in client.post("/gui-di/tiep-tuc", data={"csrf": token}).text
    with full_office.database.reading() as session:
        assert pausing.paused(session) is None


def test_who_may_not_decide_can_not_and_who_may_not_see_sees_nothing(outbox: Outbox, signed_in: Any) -> None:
    failed = outbox.ended(claiming.note_failed)
    for name in ("hung", "mai", "kha"):
        assert signed_in(name).get("/gui-di").status_code == 404
        assert signed_in(name).get(f"/gui-di/{failed}").status_code == 404
    for name in ("binh", "hoa", "quan"):
        client = signed_in(name)
        page = client.get(f"/gui-di/{failed}").text
        assert "Gửi lại</button>" not in page
        assert client.post(f"/gui-di/{failed}/huy", data={"csrf": _token(page)}).status_code == 403
    assert outbox.get(failed).state == State.FAILED


def test_a_leader_sees_only_letters_about_what_he_may_read_and_the_administrator_no_words(
    outbox: Outbox, full_office: Any, signed_in: Any
) -> None:
    with full_office.database.reading() as session:
        draft = session.query(Incoming.id).filter(Incoming.state == "draft").limit(1).scalar()
    about = outbox.ended(claiming.note_failed, incoming_id=draft, subject="về dự thảo", body="lời riêng")
    plain = outbox.ended(claiming.note_failed, subject="thông báo chung", recipient_name="Sở Nội vụ")
    page = signed_in("binh").get("/gui-di/khong-gui-duoc").text
    assert "thông báo chung" in page and "về dự thảo" not in page
    assert signed_in("binh").get(f"/gui-di/{about}").status_code == 404
    page = signed_in("quan").get("/gui-di/khong-gui-duoc").text
    assert f"Thư số {about}" in page and f"Thư số {plain}" in page and "vanthu@lamdong.example" in page
    assert not any(word in page for word in ("về dự thảo", "thông báo chung", "Sở Nội vụ"))
    one = signed_in("quan").get(f"/gui-di/{about}").text
    assert "lời riêng" not in one and "về dự thảo" not in one and "550 5.1.1" in one


def test_a_letter_that_tells_of_a_document_is_noted_as_a_reading_of_it(
    full_office: Any, outbox: Outbox, signed_in: Any
) -> None:
    about = outbox.ended(claiming.note_failed, incoming_id=1, subject="về số đến 1198")
    for name in ("lan", "lan", "binh", "quan"):
        assert signed_in(name).get(f"/gui-di/{about}").status_code == 200
    other = outbox.ended(claiming.note_failed, subject="không về văn bản nào")
    assert signed_in("hoa").get(f"/gui-di/{other}").status_code == 200
    read = sa.select(User.username).join(Event, Event.actor_id == User.id).order_by(Event.id)
    read = read.where(Event.chain == READINGS, Event.act == "read", Event.subject_id == 1)
    with full_office.database.reading() as session:
        assert list(session.scalars(read)) == ["lan", "binh"], "the administrator is shown no subject"
