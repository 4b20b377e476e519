"""The IMAP session against a real Dovecot."""

import os
from pathlib import Path

from dovecot_server import PASSWORD, Dovecot

from ingest.mailbox import Account, Session

LETTER = b"From: a@b.vn\r\nSubject: =?utf-8?q?Th=C6=B0?=\r\n\r\nN\xe1\xbb\x99i dung\r\n"


def account(dovecot: Dovecot, user: str) -> Account:
    return Account(dovecot.host, dovecot.port, user, PASSWORD, ca_file=dovecot.ca_file)


def test_each_mail_is_read_byte_for_byte_and_the_mailbox_stays_as_it_was(dovecot: Dovecot, tmp_path: Path) -> None:
    user = "doc"
    sent = [LETTER + b"x" * size + b"\r\n" for size in (0, 1, 65_535, 262_144, 3_000_000)]
    with dovecot.client(user) as client:
        for raw in sent:
            client.append("INBOX", raw, flags=[b"\\Flagged"] if len(raw) > 100 else [])
        client.select_folder("INBOX", readonly=True)
        before = client.fetch("1:*", ["FLAGS"])
    files: dict[int, Path] = {}

    def open_target(uid: int, size: int) -> int:
        files[uid] = tmp_path / str(uid)
        return os.open(files[uid], os.O_CREAT | os.O_WRONLY)

    with Session(account(dovecot, user)) as session:
        session.open_folder("INBOX")
        coming = iter(session.uids_above(0))
        bodies = list(session.bodies(lambda: next(coming, None), open_target))
    assert [files[body.uid].read_bytes() for body in bodies] == sent
    with dovecot.client(user) as client:
        client.select_folder("INBOX", readonly=True)
        assert client.fetch("1:*", ["FLAGS"]) == before


def test_a_mail_that_arrives_while_others_are_fetched_is_news_and_not_left_for_the_next_poll(
    dovecot: Dovecot, tmp_path: Path
) -> None:
    user, count = "den-giua-chung", 40
    with dovecot.client(user) as client, Session(account(dovecot, user)) as session:
        for _ in range(count):
            client.append("INBOX", LETTER)
        session.open_folder("INBOX")
        coming, wake = iter(session.uids_above(0)), os.eventfd(0)

        def open_target(uid: int, _size: int) -> int:
            if uid == 2:
                client.append("INBOX", LETTER)
            return os.open(tmp_path / str(uid), os.O_CREAT | os.O_WRONLY)

        assert not session.wait(0.2, wake, idle=True), "what was there when the folder was opened is no news"
        assert len(list(session.bodies(lambda: next(coming, None), open_target))) == count
        assert session.wait(5, wake, idle=True)
        assert not session.wait(0.2, wake, idle=True), "told once"
        assert session.uids_above(count) == [count + 1]
        os.close(wake)
