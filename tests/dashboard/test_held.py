"""Thư bị giữ, Không vào sổ at the pages."""

import re
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import VERSION
from core.events import Event
from core.letters import Arrival, HeldLetter, IntakeRequest, Message
from dashboard import reasons


def _token(html: str) -> str:
    return html.split('name="csrf" value="', 1)[1].split('"', 1)[0]


def test_held_letters_are_listed_by_their_outside_with_the_reason_in_words(full_office: Any, signed_in: Any) -> None:
    page = signed_in("lan").get("/bi-giu").text
    for words in ("Tệp nén có mật khẩu", "Thư lớn hơn giới hạn", "van-thu, thư mục INBOX, UID 4", "5,9 MB"):
        assert words in page
    assert "Đưa vào nháp</button>" in page, "a locked archive is the clerk's to decide"


def test_a_letter_that_hints_at_a_petition_is_not_the_clerk_s_to_open(full_office: Any, signed_in: Any) -> None:
    with full_office.database.writing() as session:
        session.execute(sa.update(HeldLetter).values(reason="hoi_don_thu"))
    lan = signed_in("lan")
    page = lan.get("/bi-giu").text
    assert "Chờ người giữ thư." in page and "Đưa vào nháp</button>" not in page
    assert lan.get("/bi-giu/2/khong-cap-nhat").status_code == 404
    assert lan.post("/bi-giu/2/dua-vao-nhap", data={"csrf": _token(page)}).status_code == 403


def test_the_custodian_lets_a_letter_in_through_intake(full_office: Any, signed_in: Any) -> None:
    kha = signed_in("kha")
    page = kha.get("/bi-giu").text
    done = kha.post("/bi-giu/2/dua-vao-nhap", data={"csrf": _token(page)})
    assert "Máy đọc xong thì dự thảo hiện" in done.text and "Máy đang đọc lại" in done.text
    assert kha.post("/bi-giu/2/dua-vao-nhap", data={"csrf": _token(page)}).status_code == 409
    with full_office.database.writing() as session:
        request = session.scalars(sa.select(IntakeRequest)).one()
        assert (request.kind, request.held_id) == ("released", 2)
        request.done_at, request.answer = full_office.clock(), "Thư không còn trên máy chủ."
    assert "Thư không còn trên máy chủ." in kha.get("/bi-giu").text


def test_a_password_lies_in_the_spool_for_one_reading_and_nowhere_else(full_office: Any, signed_in: Any) -> None:
    lan = signed_in("lan")
    with full_office.database.writing() as session:
        session.execute(sa.update(HeldLetter).where(HeldLetter.id == 3).values(reason="locked_archive"))
    page = lan.get("/bi-giu").text
    assert page.count('name="mat-khau"') == page.count("Tệp nén có mật khẩu")
    form = {"csrf": _token(page), "mat-khau": "chìa-khóa-9"}
    done = lan.post("/bi-giu/3/doc-lai", data=form)
    assert "Máy đang đọc lại" in done.text and "chìa-khóa-9" not in done.text
    with full_office.database.reading() as session:
        (asked,) = session.scalars(sa.select(IntakeRequest)).all()
        assert session.scalars(sa.select(Event.payload).where(Event.act == "reading_asked")).one() == {
            "with_password": True
        }
    place = full_office.spool / "dropped" / str(asked.spool_name)
    assert (place.read_text(encoding="utf-8"), place.stat().st_mode & 0o777) == ("chìa-khóa-9", 0o600)
    assert asked.name == "" and asked.kind == "again"
    assert lan.post("/bi-giu/3/doc-lai", data=form).status_code == 409
    assert list(place.parent.iterdir()) == [place], "the refused one is gone"


def seed_key_mails(session: Session, office: Any) -> None:
    """A locked letter of whom two mails seem to bring the password, one held, one taken in; another's is not shown."""
    at, sender = office.clock(), "vanthu@daknong.example.vn"
    held = sa.update(HeldLetter).where
    session.execute(held(HeldLetter.reason == "locked_archive").values(sender_address=sender.title()))
    session.execute(held(HeldLetter.reason == "body_only").values(sender_address=sender, brings_password=True))
    session.execute(held(HeldLetter.reason == "too_large").values(sender_address="ai@example.vn", brings_password=True))
    session.execute(
        sa.text("INSERT INTO files (sha256, size, media_type, stored_at) VALUES ('a', 1, 'x', '2026-11-18')")
    )
    for number, text in enumerate(("Mật khẩu giải nén: chìa-khóa-9", "")):  # the content of the second was removed
        session.add(
            Message(
                identity=f"i{number}", raw_sha256="a", raw_size=1, mail_class="letter", outcome="draft",
                subject="Gửi mật khẩu hồ sơ dự toán", received_at=at, taken_at=at, sender_address=sender,
                body_text=text, brings_password=True,
            )
        )  # fmt: skip


def test_mails_that_may_bring_the_password_are_shown_and_tried_by_one_click(full_office: Any, signed_in: Any) -> None:
    with full_office.database.writing() as session:
        seed_key_mails(session, full_office)
    lan, kha = signed_in("lan"), signed_in("kha")
    page = lan.get("/bi-giu").text
    assert page.count('class="key-mail"') == 2
    assert "Thư bị giữ số 4 của cùng người gửi" in page and "Thư «Gửi mật khẩu hồ sơ dự toán» của cùng" in page
    row = page.split("Thư bị giữ số 1 ", 1)[1].split("</tr>", 1)[0]
    tries = ("Thử mật khẩu ấy</button>", "Mở bằng mật khẩu</button>", "Đưa vào nháp</button>")
    assert sorted(tries, key=row.index) == list(tries), "what is most likely to open it comes first"
    assert "chìa-khóa-9" not in page
    assert "Gửi mật khẩu hồ sơ" not in kha.get("/bi-giu").text, "what letters say is not for the custodian"
    form = {"csrf": _token(page), "thu-mat-khau": "key_message_id 2"}
    assert lan.post("/bi-giu/1/doc-lai", data=form).status_code == 409, "a mail that is not shown"
    form["thu-mat-khau"] = "key_message_id 1"
    assert "Máy đang đọc lại" in lan.post("/bi-giu/1/doc-lai", data=form).text
    with full_office.database.reading() as session:
        (asked,) = session.scalars(sa.select(IntakeRequest)).all()
        assert (asked.key_message_id, asked.key_held_id, asked.spool_name, asked.held_id) == (1, None, None, 1)
    assert not list(full_office.spool.rglob("*.name")) and "chìa-khóa-9" not in str(asked.answer + asked.name)


def test_a_letter_held_by_an_older_version_can_be_read_again(full_office: Any, signed_in: Any) -> None:
    lan = signed_in("lan")
    with full_office.database.writing() as session:
        session.execute(sa.update(HeldLetter).values(program=VERSION))
        session.execute(sa.update(HeldLetter).where(HeldLetter.id == 3).values(program="0.0.9"))
        session.execute(sa.update(HeldLetter).where(HeldLetter.id == 2).values(seal_key=None))
    page = lan.get("/bi-giu").text
    assert page.count("có thể đọc lại") == 1
    assert "/bi-giu/2/doc-lai" not in page, "what was never downloaded can't be read again"
    done = lan.post("/bi-giu/3/doc-lai", data={"csrf": _token(page)})
    assert "Đã yêu cầu đọc lại" in done.text and "Máy đang đọc lại" in done.text
    with full_office.database.reading() as session:
        assert session.scalars(sa.select(IntakeRequest.kind)).one() == "again"


def test_a_virus_is_named(full_office: Any, signed_in: Any) -> None:
    with full_office.database.writing() as session:
        session.execute(sa.update(HeldLetter).values(reason="virus", detail="Win.Test.Eicar"))
    page = signed_in("lan").get("/bi-giu").text
    assert "Có vi-rút: Win.Test.Eicar" in page and "Đưa vào nháp" not in page
    assert "thư có vi-rút do người được giao giữ thư quyết định" in page


def test_a_letter_with_a_virus_is_let_in_only_after_a_question(full_office: Any, signed_in: Any) -> None:
    with full_office.database.writing() as session:
        session.execute(sa.update(HeldLetter).where(HeldLetter.id == 3).values(reason="virus", detail="Win.Test.Eicar"))
    kha = signed_in("kha")
    page = kha.get("/bi-giu").text
    assert '<a class="button" href="/bi-giu/3/dua-vao-nhap">' in page
    asking = kha.get("/bi-giu/3/dua-vao-nhap").text
    assert "Tôi biết thư này có vi-rút" in asking and "Có vi-rút: Win.Test.Eicar" in asking
    refused = kha.post("/bi-giu/3/dua-vao-nhap", data={"csrf": _token(page)})
    assert refused.status_code == 422 and "Đánh dấu ô này" in refused.text
    with full_office.database.reading() as session:
        assert session.scalars(sa.select(IntakeRequest)).all() == []
    kha.post("/bi-giu/3/dua-vao-nhap", data={"csrf": _token(page), "biet-co-vi-rut": "1"})
    with full_office.database.reading() as session:
        assert session.scalars(sa.select(IntakeRequest.held_id)).all() == [3]
    lan = signed_in("lan")
    assert [lan.get(f"/bi-giu/{held_id}/dua-vao-nhap").status_code for held_id in (2, 3)] == [404, 404]


@pytest.mark.parametrize(
    ("door", "said", "not_said"),
    [
        ("imap", "Thư trên máy chủ thư không bị đụng đến", "bản duy nhất"),
        ("lmtp", "bản niêm phong ở đây là bản duy nhất", "không bị đụng đến"),
        ("smtp", "bản niêm phong ở đây là bản duy nhất", "không bị đụng đến"),
        ("dropped", "bản duy nhất trong chương trình", "không bị đụng đến"),
    ],
)
def test_what_is_lost_when_a_letter_is_destroyed_depends_on_its_door(
    full_office: Any, signed_in: Any, door: str, said: str, not_said: str
) -> None:
    with full_office.database.writing() as session:
        session.execute(sa.update(Arrival).values(door=door))
    page = signed_in("kha").get("/bi-giu/3/khong-cap-nhat").text
    assert said in page and not_said not in page


def test_who_sent_a_held_letter_is_shown_where_that_may_be_kept(full_office: Any, signed_in: Any) -> None:
    with full_office.database.writing() as session:
        plain = sa.update(HeldLetter).where(HeldLetter.reason == "body_only")
        session.execute(plain.values(sender_address="vanthu@daknong.example.vn"))
    page = signed_in("lan").get("/bi-giu").text
    assert "vanthu@daknong.example.vn" in page
    assert "(không lưu: có thể là đơn thư)" in page and "(máy chưa đọc được)" in page


def test_the_custodian_destroys_a_held_letter_with_a_reason(full_office: Any, signed_in: Any) -> None:
    kha = signed_in("kha")
    page = kha.get("/bi-giu/3/khong-cap-nhat").text
    assert kha.post("/bi-giu/3/khong-cap-nhat", data={"csrf": _token(page), "reason": ""}).status_code == 422
    done = kha.post("/bi-giu/3/khong-cap-nhat", data={"csrf": _token(page), "reason": "Thư rác"})
    assert "không mở lại được" in done.text
    assert "Không cập nhật: Thư rác" in kha.get("/bi-giu?xong=1").text
    assert kha.get("/bi-giu/3/khong-cap-nhat").status_code == 404
    with full_office.database.reading() as session:
        assert session.get_one(HeldLetter, 3).seal_key is None


def test_of_a_suspected_secret_only_sender_time_rule_and_place_are_shown(full_office: Any, signed_in: Any) -> None:
    page = signed_in("kha").get("/khong-vao-so/bi_mat").text
    for words in ("nguoigui@example.vn", "09:00 18/11/2026", "Tiêu đề thư ghi độ mật", "UID 10"):
        assert words in page


def test_a_false_alarm_is_fetched_again(full_office: Any, signed_in: Any) -> None:
    kha = signed_in("kha")
    page = kha.get("/khong-vao-so/bi_mat").text
    action = re.search(r'action="(/khong-vao-so/1/dua-vao-nhap[^"]*)"', page)
    assert action is not None
    back = kha.post(action[1], data={"csrf": _token(page)}, follow_redirects=False)
    assert back.headers["location"] == "/khong-vao-so/bi_mat"
    with full_office.database.reading() as session:
        assert session.scalars(sa.select(IntakeRequest.exclusion_id)).one() == 1


def test_a_false_alarm_that_no_mailbox_has_is_admitted_when_it_is_sent_again(full_office: Any, signed_in: Any) -> None:
    with full_office.database.writing() as session:
        session.execute(sa.update(Arrival).values(door="lmtp"))
    kha = signed_in("kha")
    page = kha.get("/khong-vao-so/bi_mat").text
    assert "Báo nhầm: nhận khi gửi lại" in page and "Báo nhầm: đưa vào nháp" not in page
    assert "chỉ nơi gửi còn giữ" in page
    done = kha.post("/khong-vao-so/1/dua-vao-nhap?ds=bi_mat", data={"csrf": _token(page)}).text
    assert "đề nghị nơi gửi gửi lại, máy sẽ nhận thư ấy" in done and "Máy đang lấy lại" not in done
    assert "Đề nghị nơi gửi gửi lại nguyên thư" in done
    with full_office.database.reading() as session:
        assert session.scalars(sa.select(IntakeRequest)).all() == []


def test_a_declined_draft_shows_its_reason_and_can_go_back_to_the_desk(full_office: Any, signed_in: Any) -> None:
    lan = signed_in("lan")
    page = lan.get("/khong-vao-so").text
    assert "Thư chào hàng, không phải văn bản đến" in page and "Đưa lại bàn văn thư" in page
    lan.post("/den/121/dua-lai", data={"csrf": _token(page)})
    assert "Thư chào hàng" not in lan.get("/khong-vao-so").text


def test_what_letters_say_is_not_for_the_custodian(full_office: Any, signed_in: Any) -> None:
    kha = signed_in("kha")
    assert kha.get("/khong-vao-so").status_code == 200
    for name in ("nhap", "thu_bao", "khac"):
        assert kha.get(f"/khong-vao-so/{name}").status_code == 404


def test_notices_without_a_document_stand_on_the_clerk_s_list(full_office: Any, signed_in: Any) -> None:
    with full_office.database.writing() as session:
        session.execute(
            sa.text("INSERT INTO files (sha256, size, media_type, stored_at) VALUES ('a', 1, 'x', '2026-11-18')")
        )
        session.add(
            Message(
                identity="i", raw_sha256="a", raw_size=1, mail_class="report", outcome="report",
                subject="Undelivered Mail",
                reasons=[{"rule": "receipt_in_prose", "evidence": ""}], received_at=full_office.clock(),
                taken_at=full_office.clock(),
            )
        )  # fmt: skip
    page = signed_in("lan").get("/khong-vao-so/thu_bao").text
    assert "Undelivered Mail" in page and "Trả lời đã nhận văn bản" in page


@pytest.mark.parametrize("rule", [*reasons.HELD, "weak_file_name", "secret_new_rule", "a_rule_nobody_named"])
def test_every_reason_is_a_sentence(rule: str) -> None:
    assert reasons.held(rule)[0].isupper() and " " in reasons.held(rule)
