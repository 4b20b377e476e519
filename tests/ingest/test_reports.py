"""Bounces, delays and receipts in the shapes mail servers give them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.letter import Letter, MailClass
from ingest.mime import read_letter

Reader = Callable[[str], Letter]

RETURNED = (
    "Return-Path: <vanthu@skhcn.vn>\nReceived: from a by b\nMessage-ID: <abc@skhcn.vn>\nTo: {to}\nSubject: V/v\n\nxin"
)


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    """Reads a mail from its text."""

    def reader(text: str) -> Letter:
        mail = tmp_path / "mail.eml"
        mail.write_bytes(text.encode())
        return read_letter(mail, None)

    return reader


def dsn(fields: str, *, returned: str = RETURNED.format(to="ubnd@dakmil.vn")) -> str:
    return (
        "From: MAILER-DAEMON@mail.vn\nTo: vanthu@skhcn.vn\nSubject: Undelivered Mail Returned to Sender\n"
        "Auto-Submitted: auto-replied\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="r"\n\n'
        "--r\nContent-Type: text/plain\n\nThis is the mail system.\n"
        f"--r\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mail.vn\n\n{fields}\n"
        f"--r\nContent-Type: message/rfc822\n\n{returned}\n--r--\n"
    )


def prose(sender: str, subject: str, text: str, *, header: str = "") -> str:
    return f"From: {sender}\nTo: vanthu@skhcn.vn\nSubject: {subject}\n{header}\n{text}\n"


def found(letter: Letter) -> list[tuple[str, str, str]]:
    return [(report.recipient, report.action, report.status) for report in letter.reports]


@pytest.mark.parametrize(
    ("fields", "report"),
    [
        (
            "Final-Recipient: rfc822; ubnd@dakmil.vn\nAction: failed\nStatus: 5.1.1\n",
            ("ubnd@dakmil.vn", "failed", "5.1.1"),
        ),
        (
            "Final-Recipient: rfc822;<ubnd@dakmil.vn>\nAction: delayed\nStatus: 4.4.1 (no answer)\n",
            ("ubnd@dakmil.vn", "delayed", "4.4.1"),
        ),
        (
            "Original-Recipient: rfc822;ubnd@dakmil.vn\nFinal-Recipient: rfc822;chung@hop.vn\nAction: Failed\n"
            "Diagnostic-Code: smtp; 552 5.2.2 mailbox full\n",
            ("ubnd@dakmil.vn", "failed", "5.2.2"),
        ),
        (
            "Final-Recipient: rfc822; ubnd@dakmil.vn\nAction: delivered\nStatus: 2.0.0\n",
            ("ubnd@dakmil.vn", "delivered", "2.0.0"),
        ),
        ("Final-Recipient: rfc822; ubnd@dakmil.vn\nAction: failed\n", ("ubnd@dakmil.vn", "failed", "5.0.0")),
    ],
)
def test_a_delivery_report_names_its_recipient(read: Reader, fields: str, report: tuple[str, str, str]) -> None:
    letter = read(dsn(fields))
    assert letter.mail_class is MailClass.REPORT
    assert found(letter) == [report]
    assert letter.reports[0].original_message_id == "<abc@skhcn.vn>"


def test_one_report_may_speak_of_several_recipients(read: Reader) -> None:
    block = "Final-Recipient: rfc822; {}\nAction: {}\nStatus: {}\n"
    letter = read(dsn(block.format("a@b.vn", "failed", "5.1.1") + "\n" + block.format("c@d.vn", "relayed", "2.1.9")))
    assert found(letter) == [("a@b.vn", "failed", "5.1.1"), ("c@d.vn", "relayed", "2.1.9")]


def test_a_read_receipt_names_the_letter_that_was_read(read: Reader) -> None:
    letter = read(
        "From: ubnd@dakmil.vn\nSubject: Đã đọc\n"
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=r\n\n"
        "--r\n\nĐã đọc.\n--r\nContent-Type: message/disposition-notification\n\n"
        "Final-Recipient: rfc822;ubnd@dakmil.vn\nOriginal-Message-ID: <abc@skhcn.vn>\n"
        "Disposition: manual-action/MDN-sent-manually; displayed\n--r--\n"
    )
    assert letter.mail_class is MailClass.REPORT
    assert found(letter) == [("ubnd@dakmil.vn", "displayed", "")]
    assert letter.reports[0].original_message_id == "<abc@skhcn.vn>"


_FULL = RETURNED.format(to="ubnd@dakmil.vn")


@pytest.mark.parametrize(
    ("mail", "reports"),
    [
        pytest.param(
            prose(
                "MAILER-DAEMON@mail.vn (Mail Delivery System)",
                "Undelivered Mail Returned to Sender",
                "This is the mail system at host mail.vn.\n\nI'm sorry to have to inform you that your message\n"
                "could not be delivered to one or more recipients. For help, please send mail to postmaster.\n\n"
                "<ubnd@dakmil.vn>: host mx.dakmil.vn[10.0.0.1] said: 550 5.1.1\n    <ubnd@dakmil.vn>: User unknown\n",
                header="Auto-Submitted: auto-replied\n",
            ),
            [("ubnd@dakmil.vn", "failed", "5.1.1")],
            id="postfix",
        ),
        pytest.param(
            prose(
                "Mail Delivery System <Mailer-Daemon@mail.vn>",
                "Mail delivery failed: returning message to sender",
                "A message that you sent could not be delivered to one or more of its recipients.\n\n  ubnd@dakmil.vn\n"
                "    host mx.dakmil.vn [10.0.0.1]: 552 mailbox full\n\n"
                f"------ This is a copy of the message, including all the headers. ------\n\n{_FULL}",
            ),
            [("ubnd@dakmil.vn", "failed", "5.0.0")],
            id="exim",
        ),
        pytest.param(
            prose(
                "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
                "Delivery Status Notification (Failure)",
                "Address not found. Your message wasn't delivered to ubnd@dakmil.vn.",
                header="X-Failed-Recipients: ubnd@dakmil.vn\n",
            ),
            [("ubnd@dakmil.vn", "failed", "5.0.0")],
            id="gmail",
        ),
        pytest.param(
            prose(
                "MAILER-DAEMON@mail.vn",
                "failure notice",
                "Hi. This is the qmail-send program at mail.vn.\nI'm afraid I wasn't able to deliver your message to "
                "the following addresses.\n\n<ubnd@dakmil.vn>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
                f"<hdnd@dakmil.vn>:\n10.0.0.1 failed: 451 try later\n\n--- Below this line is a copy.\n\n{_FULL}",
            ),
            [("ubnd@dakmil.vn", "failed", "5.1.1"), ("hdnd@dakmil.vn", "delayed", "4.0.0")],
            id="qmail",
        ),
        pytest.param(
            prose(
                "MAILER-DAEMON@mail.vn",
                "Returned mail: see transcript for details",
                "   ----- The following addresses had permanent fatal errors -----\n<ubnd@dakmil.vn>\n"
                "    (reason: 550 5.1.1 User unknown)\n\n   ----- Transcript of session follows -----\n... talking",
            ),
            [("ubnd@dakmil.vn", "failed", "5.1.1")],
            id="sendmail",
        ),
        pytest.param(
            prose(
                "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@skhcn.vn>",
                "Không gửi được: V/v báo cáo",
                "Delivery has failed to these recipients or groups:\n\nubnd@dakmil.vn<mailto:ubnd@dakmil.vn>\n"
                "The email address you entered couldn't be found.\n\nGenerating server: mail.vn\n\n"
                "#550 5.1.10 RESOLVER.ADR.RecipientNotFound ##",
            ),
            [("ubnd@dakmil.vn", "failed", "5.1.10")],
            id="exchange",
        ),
        pytest.param(
            prose(
                "MDaemon@mail.vn",
                "Delivery failure (ubnd@dakmil.vn)",
                "The following recipient(s) could not be reached:\n\n    ubnd@dakmil.vn - no such user here\n",
            ),
            [("ubnd@dakmil.vn", "failed", "5.0.0")],
            id="mdaemon",
        ),
        pytest.param(
            prose(
                "MAILER-DAEMON@mail.vn",
                "Delayed Mail (still being retried)",
                "THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE.\n\n"
                "<ubnd@dakmil.vn>: connect to mx.dakmil.vn[10.0.0.1]:25: Connection timed out\n",
            ),
            [("ubnd@dakmil.vn", "delayed", "4.0.0")],
            id="a delay",
        ),
        pytest.param(
            prose(
                "postmaster@mail.vn",
                "Undeliverable",
                "Your message could not be delivered. Hộp thư đầy.\n\nOriginal message follows.\n\n" + _FULL,
            ),
            [("ubnd@dakmil.vn", "failed", "5.0.0")],
            id="only the returned letter names the recipient",
        ),
    ],
)
def test_a_bounce_in_prose_is_understood(read: Reader, mail: str, reports: list[tuple[str, str, str]]) -> None:
    letter = read(mail)
    assert letter.mail_class is MailClass.REPORT
    assert found(letter) == reports


@pytest.mark.parametrize(
    ("subject", "header", "text"),
    [
        ("Trả lời tự động: V/v báo cáo", "Auto-Submitted: auto-replied\n", "Tôi vắng mặt. Thư chưa được đọc."),
        ("Automatic reply: V/v", "X-Auto-Response-Suppress: All\n", "I am out, my mailbox is full, 550 5.1.1."),
        ("Re: V/v", "Precedence: auto_reply\n", "The user a@b.vn is unknown here since May; delivery failed."),
        (
            "Automatic reply: delivery failure",
            "Auto-Submitted: auto-replied\n",
            "<a@b.vn> no longer works here: rejected",
        ),
        ("Re: Undelivered mail in May", "Auto-Submitted: auto-replied\n", "a@b.vn: your letter is not delivered to me"),
        ("Out of office", "Return-Path: <>\nAuto-Submitted: auto-replied\n", "Do not send to old@b.vn"),
    ],
)
def test_an_automatic_reply_is_never_a_failure(read: Reader, subject: str, header: str, text: str) -> None:
    letter = read(prose("Lan <lan@b.vn>", subject, text, header=header))
    assert letter.mail_class is MailClass.AUTO_REPLY
    assert letter.reports == ()


@pytest.mark.parametrize(
    ("sender", "subject", "text"),
    [
        ("lan@b.vn", "Fwd: Undelivered Mail Returned to Sender", "Gửi lại: <a@b.vn>: 550 5.1.1 User unknown"),
        ("postmaster@b.vn", "V/v nâng cấp hệ thống thư", "Kính gửi các cơ quan, thư điện tử sẽ tạm ngừng."),
        ("vanthu@b.vn", "Báo cáo lỗi", "Địa chỉ x@y.vn không tồn tại."),
    ],
)
def test_a_person_writing_of_failures_writes_a_letter(read: Reader, sender: str, subject: str, text: str) -> None:
    letter = read(prose(sender, subject, text))
    assert letter.mail_class is MailClass.LETTER
    assert letter.reports == ()
