"""Senders who pretend: names that are addresses, domains that look like a state office's, answers wanted elsewhere."""

from email.message import EmailMessage
from pathlib import Path

import pytest
from signed_files import save

from ingest.describe import read_raw_letter


def notes(tmp_path: Path, sender: str, reply_to: str = "") -> list[str]:
    spool = tmp_path / "spool"
    spool.mkdir()
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "skhcn@lamdong.gov.vn", "Công văn 12/SNV-VP"
    if reply_to:
        mail["Reply-To"] = reply_to
    mail.set_content("Kính gửi văn bản.")
    mail.add_attachment(b"%PDF-1.4 torn", maintype="application", subtype="pdf", filename="12.pdf")
    reading = read_raw_letter(save(mail.as_bytes(), tmp_path / "thu.eml"), spool, 0)
    codes = ("name_pretends", "domain_lookalike", "reply_elsewhere", "sender_private")
    return [note for draft in reading.drafts for note in draft.notes if note.startswith(codes)]


@pytest.mark.parametrize(
    "sender",
    [
        "Văn thư Sở Nội vụ <vanthu@snv.lamdong.gov.vn>", "vanthu@snv.lamdong.gov.vn",
        '"vanthu@lamdong.gov.vn" <vanthu@snv.lamdong.gov.vn>', "Công ty ABC <info@govn.com.vn>",
        "Nguyễn Văn A <a@gmail.com>", "x@mail.govcloud.vn", "x@go.vn", "x@gov.sg", "Sở Y tế <a@tinhuylamdong.dcs.vn>",
    ],
)  # fmt: skip
def test_ordinary_senders_are_not_doubted(tmp_path: Path, sender: str) -> None:
    assert notes(tmp_path, sender) == []


@pytest.mark.parametrize(
    "address",
    [
        "a@lamdong-gov.vn", "a@lamdong.gov.vn.example.com", "a@lamdong.g0v.vn", "a@lamdong.govvn.com", "a@gov-vn.net",
        "a@lamdong.xn--gv-jbc.vn", "a@chinhphu-vn.com", "a@lamdong.gov.vn-mail.com",
    ],
)  # fmt: skip
def test_domains_that_are_read_as_the_states_are_told(tmp_path: Path, address: str) -> None:
    assert notes(tmp_path, address) == [f"domain_lookalike:{address}"]


def test_a_shown_name_that_is_another_address_is_told(tmp_path: Path) -> None:
    sender = '"vanthu@lamdong.gov.vn" <x12@mail.example>'
    assert notes(tmp_path, sender) == ["name_pretends:x12@mail.example"]


def test_an_office_that_writes_from_a_private_mailbox_is_told(tmp_path: Path) -> None:
    assert notes(tmp_path, "Văn thư Sở Nội vụ <snv@gmail.com>") == ["sender_private:snv@gmail.com"]


def test_an_answer_wanted_outside_the_state_is_told(tmp_path: Path) -> None:
    assert notes(tmp_path, "vanthu@lamdong.gov.vn", "ai-do@mail.example") == ["reply_elsewhere:ai-do@mail.example"]


def test_an_answer_to_a_colleague_is_none_of_it(tmp_path: Path) -> None:
    assert notes(tmp_path, "vanthu@lamdong.gov.vn", "lan@snv.lamdong.gov.vn") == []
