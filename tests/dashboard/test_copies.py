"""Which copy the office has: shown on the draft and the entry, listed while the original is missing, paper noted."""

from typing import Any

import sqlalchemy as sa
from desk_papers import Paper, form_in, lay, open_book
from starlette.testclient import TestClient

from core import people
from core.incoming import drafts, joining
from core.incoming.tables import Incoming
from dashboard.web import Office


def entered(browser: TestClient, office: Office, copy: str) -> int:
    draft = lay(office, Paper(1), received_at=office.clock())
    with office.database.writing() as session:
        session.execute(sa.update(Incoming).where(Incoming.id == draft).values(copy=copy))
    form = form_in(browser.get(f"/den/{draft}").text) | {"looked_all": "1"}
    assert browser.post(f"/den/{draft}/vao-so", data=form, follow_redirects=False).status_code == 303
    return draft


def test_an_entry_lacks_its_original_until_the_paper_has_come(office: Office, signed_in: Any) -> None:
    open_book(office, 1)
    browser: TestClient = signed_in("lan")
    entry = entered(browser, office, "scan")
    missing = f"/so-den/den/{office.clock().year}?thieu-ban-chinh=1"
    page = browser.get(f"/den/{entry}").text
    assert "bản quét" in page and "chưa có bản chính" in page
    assert f'href="/den/{entry}"' in browser.get(missing).text
    token = page.split('name="csrf" value="', 1)[1].split('"', 1)[0]
    page = browser.post(f"/den/{entry}/nhan-ban-giay", data={"csrf": token}).text
    assert "Đã ghi nhận bản giấy" in page and "chưa có bản chính</span>" not in page and "bản giấy" in page
    assert f'href="/den/{entry}"' not in browser.get(missing).text
    assert "không thiếu bản chính" in browser.post(f"/den/{entry}/nhan-ban-giay", data={"csrf": token}).text


def test_a_signed_copy_lacks_nothing(office: Office, signed_in: Any) -> None:
    open_book(office, 1)
    browser: TestClient = signed_in("lan")
    entry = entered(browser, office, "signed")
    page = browser.get(f"/den/{entry}").text
    assert "bản điện tử đủ chữ ký số" in page and "nhan-ban-giay" not in page


def test_the_paper_that_is_joined_to_an_entry_is_its_original(office: Office, signed_in: Any) -> None:
    open_book(office, 1)
    browser: TestClient = signed_in("lan")
    entry = entered(browser, office, "scan")
    with office.database.writing() as session:
        lan = people.by_username(session, "lan")
        assert lan is not None
        paper = session.get_one(Incoming, drafts.begin_by_hand(session, 1, by=lan, at=office.clock()))
        joining.join(session, paper, session.get_one(Incoming, entry), by=lan, at=office.clock())
    missing = f"/so-den/den/{office.clock().year}?thieu-ban-chinh=1"
    assert f'href="/den/{entry}"' not in browser.get(missing).text
    with office.database.writing() as session:
        joining.part(session, session.get_one(Incoming, paper.id), by=lan, at=office.clock())
    assert f'href="/den/{entry}"' in browser.get(missing).text
