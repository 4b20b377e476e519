"""Packages among the files of a letter: which document each speaks for, and what the clerk is told."""

from base64 import b64encode
from datetime import date
from email.message import EmailMessage
from functools import cache
from pathlib import Path

import pytest
from exchange_packages import SENDER, Made, Part, package, replacing, status

from core.edxml import Kind
from core.exchange import Exchange
from demo.agencies import HEALTH
from demo.documents import Document
from ingest.describe import describe_file, read_raw_letter
from ingest.letter import Draft, Outcome, Reading

UNREADABLE = b"%PDF-1.4 torn"


@cache
def paper(number: str = "63") -> bytes:
    document = Document(
        HEALTH, number, date(2026, 6, 4), "góp ý dự thảo", addressees=("Sở Khoa học và Công nghệ.",),
        paragraphs=("Đề nghị quý cơ quan góp ý./.",),
    )  # fmt: skip
    return document.pdf()


def made(number: str, data: bytes, **said: str) -> Made:
    code = f"{number}/SYT-NVY"
    given = {"document_id": f"{SENDER},2026/06/04,{code}", "notation": "SYT-NVY"} | said
    return Made(number=number, parts=[Part(f"{number}.pdf", data)], **given)


def read(folder: Path, *files: tuple[str, bytes]) -> Reading:
    message = EmailMessage()
    message["From"], message["Subject"] = "vanthu@syt.lamdong.gov.vn", "Gửi văn bản"
    message.set_content("Gửi kèm.")
    for name, data in files:
        kind = "pdf" if name.endswith(".pdf") else "xml"
        message.add_attachment(data, maintype="application", subtype=kind, filename=name)
    (folder / "mail.eml").write_bytes(message.as_bytes())
    (folder / "parts").mkdir()
    return read_raw_letter(folder / "mail.eml", folder / "parts")


def goi(said: Made) -> bytes:
    return package(said).encode()


def names(reading: Reading, draft: Draft) -> list[str]:
    assert reading.letter is not None
    return [reading.letter.attachments[index].name for index in draft.files]


def code(draft: Draft) -> str:
    return draft.fields["code"].value if "code" in draft.fields else ""


def test_a_package_speaks_for_what_it_brings(tmp_path: Path) -> None:
    reading = read(tmp_path, ("goi.edxml", goi(made("63", paper()))))
    (draft,) = reading.drafts
    assert names(reading, draft) == ["63.pdf", "goi.edxml"]
    assert (draft.fields["code"].source, draft.fields["signer_name"].source) == ("edxml", "edxml")
    assert draft.exchange == Exchange(Kind.NEW, f"{SENDER},2026/06/04,63/SYT-NVY", "Lý do của nơi gửi", organ_id=SENDER)


def test_what_the_mail_brings_besides_is_not_listed_twice(tmp_path: Path) -> None:
    for place, files in enumerate(
        ([("a.pdf", paper()), ("goi.edxml", goi(made("63", paper())))],
         [("goi.edxml", goi(made("63", paper()))), ("a.pdf", paper())])
    ):  # fmt: skip
        folder = tmp_path / str(place)
        folder.mkdir()
        reading = read(folder, *files)
        (draft,) = reading.drafts
        assert names(reading, draft) == ["a.pdf", "goi.edxml"]
        assert (draft.main, draft.fields["code"].source) == (draft.files[0], "edxml")


@pytest.mark.parametrize("data", [(paper(), paper("64")), (UNREADABLE, UNREADABLE + b"2")], ids=["read", "unread"])
def test_two_packages_of_one_name_are_two_drafts_and_nothing_is_mixed(tmp_path: Path, data: tuple[bytes, ...]) -> None:
    first = made("63", data[0], subject="Một", document_id="a")
    second = made("64", data[1], subject="", document_id="b")
    reading = read(tmp_path, ("goi.edxml", goi(first)), ("goi.edxml", goi(second)))
    one, two = reading.drafts
    assert (names(reading, one), names(reading, two)) == (["63.pdf", "goi.edxml"], ["64.pdf", "goi.edxml"])
    assert (code(one), code(two)) == ("63/SYT-NVY", "64/SYT-NVY")
    assert one.fields["subject"].value == "Một"
    assert "subject" not in two.fields or two.fields["subject"].source == "text"
    assert one.exchange and two.exchange and (one.exchange.document_id, two.exchange.document_id) == ("a", "b")


def test_a_package_is_silent_about_a_document_of_another_number(tmp_path: Path) -> None:
    reading = read(tmp_path, ("goi.edxml", goi(made("77", paper(), subject="Việc khác"))))
    (draft,) = reading.drafts
    assert (code(draft), draft.exchange) == ("63/SYT-NVY", None)
    assert {evidence.source for evidence in draft.fields.values()} == {"text"}
    assert "package_disagrees:77/SYT-NVY" in draft.notes


def test_a_package_whose_document_is_elsewhere_is_a_draft_of_its_own(tmp_path: Path) -> None:
    lacking = Made(number="64", notation="SYT-NVY", parts=[Part("64.pdf", encoded="")])
    reading = read(tmp_path, ("a.pdf", paper()), ("goi.edxml", goi(lacking)))
    one, two = reading.drafts
    assert (names(reading, one), names(reading, two)) == (["a.pdf"], ["goi.edxml"])
    assert (code(one), code(two)) == ("63/SYT-NVY", "64/SYT-NVY")
    assert "package_lacks:64.pdf" in two.notes


def test_a_second_package_fills_no_blank_of_the_first(tmp_path: Path) -> None:
    first = made("63", UNREADABLE, subject="")
    second = Made(number="", document_id="b", subject="Việc khác", parts=[Part("x.pdf", encoded="")])
    (draft,) = read(tmp_path, ("goi.edxml", goi(first)), ("hai.edxml", goi(second))).drafts
    assert (code(draft), "subject" in draft.fields) == ("63/SYT-NVY", False)


def test_a_package_within_a_package_speaks_for_its_own_files(tmp_path: Path) -> None:
    inner = made("63", UNREADABLE)
    outer = Made(number="90", notation="SYT-NVY", parts=[Part("trong.edxml", goi(inner), packed=True)])
    reading = read(tmp_path, ("goi.edxml", goi(outer)))
    drafts = {code(draft): names(reading, draft) for draft in reading.drafts}
    assert drafts == {"90/SYT-NVY": ["goi.edxml"], "63/SYT-NVY": ["63.pdf", "trong.edxml"]}


def test_what_was_damaged_on_the_way_is_no_value(tmp_path: Path) -> None:
    data = goi(made("63", UNREADABLE, subject="V/v góp ý")).replace("góp".encode(), b"g\xf3p")
    (draft,) = read(tmp_path, ("goi.edxml", data)).drafts
    assert (code(draft), "subject" in draft.fields) == ("63/SYT-NVY", False)


def test_a_replacement_goes_with_its_document(tmp_path: Path) -> None:
    older = f"{SENDER},2026/05/01,41/SYT-NVY"
    said = made("63", paper(), business_type="3", business=replacing(older))
    (draft,) = read(tmp_path, ("goi.edxml", goi(said))).drafts
    assert draft.exchange is not None
    assert (draft.exchange.kind, [one.code for one in draft.exchange.concerns]) == (Kind.REPLACEMENT, ["41/SYT-NVY"])
    assert Exchange.from_json(draft.exchange.to_json()) == draft.exchange


def test_a_recall_that_brings_a_document_is_drafted_without_its_values(tmp_path: Path) -> None:
    said = made("41", paper(), business_type="1", document_id="x-41")
    reading = read(tmp_path, ("goi.edxml", goi(said)))
    (draft,) = reading.drafts
    assert (reading.outcome, code(draft), draft.exchange) == (Outcome.DRAFT, "63/SYT-NVY", None)
    assert "recall:41/SYT-NVY ngày 04/06/2026" in draft.notes
    assert reading.letter is not None
    assert [(one.kind, one.about.document_id) for one in reading.letter.notices] == [(Kind.RECALL, "x-41")]


def test_statuses_and_bare_recalls_are_reports(tmp_path: Path) -> None:
    for number, (text, rule, kind) in enumerate((
        (status("03"), "edxml_status", "status"), (status("02"), "edxml_status", "status"),
        (status("13"), "edxml_recall", "recall"), (package(Made(business_type="1")), "edxml_recall", "recall"),
    )):  # fmt: skip
        folder = tmp_path / str(number)
        folder.mkdir()
        reading = read(folder, ("goi.edxml", text.encode()))
        assert (reading.outcome, [reason.rule for reason in reading.reasons]) == (Outcome.REPORT, [rule])
        assert reading.letter is not None
        (report,) = reading.letter.reports
        assert (report.action, report.about) == (kind, "63/SMA-VP ngày 04/06/2026")
        assert (reading.drafts, len(reading.letter.notices)) == ((), 1)


def test_a_status_beside_a_document_is_both(tmp_path: Path) -> None:
    reading = read(tmp_path, ("a.pdf", paper()), ("goi.edxml", status("03").encode()))
    (draft,) = reading.drafts
    assert (reading.outcome, code(draft)) == (Outcome.DRAFT, "63/SYT-NVY")
    assert {evidence.source for evidence in draft.fields.values()} == {"text"}
    assert reading.letter is not None
    assert len(reading.letter.notices) == 1


def test_a_package_of_json_is_an_ordinary_file(tmp_path: Path) -> None:
    (tmp_path / "goi.json").write_text('{"header": {"messageheader": {"code": {"codenumber": "63"}}}}')
    said = describe_file(tmp_path / "goi.json")
    assert (said["outcome"], said["drafts"][0]["fields"]) == ("draft", {})


def test_the_bare_package_says_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "goi.edxml").write_text("1212" + package(made("63", UNREADABLE)))
    said = describe_file(tmp_path / "goi.edxml")
    (draft,) = said["drafts"]
    assert (draft["main"], draft["files"]) == ("63.pdf", ["63.pdf", "goi.edxml"])
    assert (draft["fields"]["code"]["value"], draft["package"]["kind"]) == ("63/SYT-NVY", "new")
    assert b64encode(UNREADABLE) not in repr(said).encode()
