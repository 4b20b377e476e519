"""What a letter brings never runs: hostile mail from a real mailbox, and Chromium on every page that shows it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from counts import times
from desk_office import ServedOffice, chromium, served, sign_in
from dovecot_server import Dovecot
from hostile_letters import MARKUP, hostile_letters, letter_of_scripts
from hostile_mails import HOSTILE
from intake_office import Office, letter
from playwright.sync_api import BrowserContext, Error, Page

from core import people
from core.incoming.tables import Incoming, IncomingFile
from core.letters import Message
from core.people import Role

LISTS = ("/den", "/den/hang-doi", "/bi-giu", "/khong-vao-so", "/khong-vao-so/nhap", "/bao-nhan", "/hop-thu",
         f"/den?q={quote(MARKUP)}", f"/so-den/den/2026?tim={quote(MARKUP)}")  # fmt: skip
MOST_FILES = 6  # of one draft that are opened


def taken_in(home: Path, desk: ServedOffice, dovecot: Dovecot) -> int:
    """Have the hostile letters read by `congvan ingest`, a plain one behind them; returns how many there were."""
    letters = [*HOSTILE.values(), *hostile_letters().values()]
    letters = [letter_of_scripts(), *letters[:: times(24, 2, 1)], letter(1)]
    intake = Office(home, dovecot, desk.office.database)
    mailbox = intake.mailbox("vanthu")
    intake.send(mailbox, *letters)
    assert intake.take_in() == 0
    assert [uid for uid, _state in intake.arrivals()] == list(range(1, len(letters) + 1))
    assert intake.arrivals()[-1][1] == "taken"
    return len(letters)


def watched(page: Page) -> list[str]:
    """What the page does that it must not: it is filled while the page lives."""
    seen: list[str] = []

    def stop(dialog: Any) -> None:
        seen.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("dialog", stop)
    page.on("console", lambda message: seen.append(message.text) if "Security Policy" in message.text else None)
    page.on("pageerror", lambda error: seen.append(str(error)))
    page.on("request", lambda request: seen.append(request.url) if "127.0.0.1" not in request.url else None)
    return seen


@pytest.mark.torture
def test_no_script_of_a_letter_runs_on_any_page_that_shows_it(tmp_path: Path, dovecot: Dovecot) -> None:
    (tmp_path / "data").mkdir()
    with served(tmp_path / "data") as desk, chromium() as browser:
        count = taken_in(tmp_path, desk, dovecot)
        give_custody(desk)
        context = browser.new_context()
        page = sign_in(context, desk.address)
        seen = watched(page)
        drafts = drafts_of(desk)
        paths = [*LISTS]
        for draft, files in drafts.items():
            paths += [f"/den/{draft}", f"/den/{draft}/moi?ban=1"]
            paths += [f"/den/{draft}/xem?tep={place}" for place in files[1:4]]
        for path in paths:
            answer = page.goto(desk.address + path, wait_until="load")
            assert answer is not None and answer.status < 500, path
            assert page.title() not in ("owned", "1") and seen == [], path
            assert page.evaluate("document.querySelectorAll('script:not([src])').length") == 0, path
        saved = sum(saved_not_shown(desk, context, draft, files) for draft, files in drafts.items())
        print(f"{count} letters, {len(drafts)} drafts, {len(paths)} pages, {saved} files")
        assert drafts and saved and seen == []


def test_the_words_of_a_letter_are_shown_as_they_are(tmp_path: Path, dovecot: Dovecot) -> None:
    (tmp_path / "data").mkdir()
    with served(tmp_path / "data") as desk, chromium() as browser:
        intake = Office(tmp_path, dovecot, desk.office.database)
        intake.send(intake.mailbox("vanthu"), letter_of_scripts())
        assert intake.take_in() == 0
        with desk.office.database.writing() as session:
            values = dict.fromkeys(("issuer", "parent_issuer", "code", "kind", "subject", "signer_name"), MARKUP)
            session.execute(sa.update(Incoming).values(**values))
            session.execute(sa.update(Message).values(sender_address=MARKUP))
        page = sign_in(browser.new_context(), desk.address)
        seen = watched(page)
        (draft,) = drafts_of(desk)
        page.goto(f"{desk.address}/den/{draft}")
        assert MARKUP in page.locator("#mail").inner_text()
        assert page.locator("[name=subject]").input_value() == MARKUP
        assert (page.title() not in ("owned", "1"), seen) == (True, [])


def give_custody(desk: ServedOffice) -> None:
    """The clerk keeps the sealed letters too, so that one person may see every page."""
    with desk.office.database.writing() as session:
        lan = people.by_username(session, "lan")
        assert lan is not None
        lan.role_rows.append(people.UserRole(role=Role.CUSTODIAN))


def drafts_of(desk: ServedOffice) -> dict[int, list[int]]:
    """Each draft with the positions of its first files."""
    with desk.office.database.reading() as session:
        drafts: dict[int, list[int]] = {row[0]: [] for row in session.execute(sa.select(Incoming.id))}
        for row in session.execute(sa.select(IncomingFile.incoming_id, IncomingFile.position)):
            drafts[row[0]].append(row[1])
    return {draft: sorted(files)[:MOST_FILES] for draft, files in drafts.items()}


def saved_not_shown(desk: ServedOffice, context: BrowserContext, draft: int, files: Sequence[int]) -> int:
    """Ask for each file in the browser: it is saved under a harmless name; its picture is a picture or nothing."""
    page = context.new_page()
    seen = watched(page)
    for place in files:
        address = f"{desk.address}/tep/{draft}/{place}"
        plain = page.request.get(address)
        if plain.status == 409:  # dangerous: it only comes by the way behind the warning
            assert "không tải về theo lối thường" in plain.text()
            address += "?van-tai=1"
        with page.expect_download() as download, pytest.raises(Error, match="Download is starting"):
            page.goto(address)
        assert not set("/\\\n\u202e") & set(download.value.suggested_filename)
        answer = page.request.get(f"{desk.address}/trang/{draft}/{place}/1.png")
        assert answer.status in (404, 422, 503) or answer.headers["content-type"] == "image/png", answer.status
    assert seen == []
    page.close()
    return len(files)
