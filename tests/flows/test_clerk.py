"""A clerk's day at the desk in a real browser: by keyboard, with a held key, beside a colleague, without scripts."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from counts import times
from desk_clerk import mixed_letters, opened_draft, work_through
from desk_office import ServedOffice, chromium, served, sign_in
from desk_papers import Paper, add_file, lay, lay_many
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect

from core import events
from core.incoming.tables import Incoming, State
from core.letters import IntakeRequest

LETTERS = times(12, short=12, full=50)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def house(tmp_path: Path) -> Iterator[ServedOffice]:
    with served(tmp_path) as running:
        yield running


@pytest.fixture
def person(browser: Browser, house: ServedOffice) -> Iterator[Callable[..., Page]]:
    """`person("lan")` is a window of that clerk, at the desk."""
    opened: list[BrowserContext] = []

    def sit_down(username: str = "lan", width: int = 1280, height: int = 800, **options: bool) -> Page:
        opened.append(browser.new_context(viewport={"width": width, "height": height}, **options))  # type: ignore[arg-type]
        return sign_in(opened[-1], house.address, username)

    yield sit_down
    for context in opened:
        context.close()


def numbers(house: ServedOffice) -> list[int | None]:
    query = (
        sa.select(Incoming.arrival_number).where(Incoming.state == State.REGISTERED).order_by(Incoming.arrival_number)
    )
    with house.office.database.reading() as session:
        return list(session.scalars(query.order_by(Incoming.arrival_number)))


@pytest.mark.torture
def test_a_clerk_works_through_mixed_letters_by_keyboard(house: ServedOffice, person: Callable[..., Page]) -> None:
    mixed = mixed_letters(LETTERS)
    ids = lay_many(house.office, mixed, until=datetime.now(UTC))
    costs = work_through(person(), {str(draft): paper for draft, paper in zip(ids, mixed, strict=True)})
    for place, cost in enumerate(costs, 1):
        print(
            f"{place:3} {cost.what:12} keys {cost.keys}  typed {cost.typed:2}  corrections {cost.corrections}  "
            f"{cost.seconds:.2f} s"
        )
    print(f"{len(costs)} letters, {sum(c.keys for c in costs)} keys, {sum(c.seconds for c in costs):.1f} s")
    assert numbers(house) == list(range(1, LETTERS + 1))
    assert {cost.keys for cost in costs if cost.what == "clean"} == {1}
    assert max(cost.keys for cost in costs) <= 2


def test_a_held_key_confirms_once(house: ServedOffice, person: Callable[..., Page]) -> None:
    lay_many(house.office, [Paper(n) for n in range(4)], until=datetime.now(UTC))
    page = person()
    opened_draft(page)
    for modifier in ("", "Control"):
        before = len(numbers(house))
        if modifier:
            page.keyboard.down(modifier)
        for _ in range(25):
            page.keyboard.down("Enter")
            page.wait_for_timeout(50)
        page.keyboard.up("Enter")
        if modifier:
            page.keyboard.up(modifier)
        assert len(numbers(house)) == before + 1
        opened_draft(page)


def test_a_key_meant_for_the_page_before_confirms_nothing(house: ServedOffice, person: Callable[..., Page]) -> None:
    lay_many(house.office, [Paper(n) for n in range(3)], until=datetime.now(UTC))
    page = person()
    opened_draft(page)
    page.clock.install()  # from the next page on its time stands still until we let it pass
    page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))
    page.keyboard.press("Enter")
    for _ in range(3):
        expect(page.locator("#confirm")).to_be_focused()
        expect(page.get_by_label("Dấu đến: số 1,")).to_be_visible()
        page.keyboard.press("Enter")
        page.clock.run_for(150)
    page.clock.run_for(1000)
    assert numbers(house) == [1]
    expect(page.locator("#evidence")).to_contain_text("chưa vào sổ. Xem qua rồi bấm lại")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Dấu đến: số 2,")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_the_number_just_given_is_in_sight_however_far_down_the_next_letter_stands(
    house: ServedOffice, person: Callable[..., Page], width: int, height: int
) -> None:
    lay_many(house.office, [Paper(n) for n in range(12)], until=datetime.now(UTC))
    page = person(width=width, height=height)
    page.locator(".queue-row").nth(9).click()
    opened_draft(page)
    page.locator("#confirm").click()
    stamp = page.get_by_label("Dấu đến: số 1,")
    expect(stamp).to_be_in_viewport(ratio=1)
    assert stamp.evaluate("(it) => it.contains(document.elementFromPoint(it.getBoundingClientRect().x + 9, "
                          "it.getBoundingClientRect().y + 9))")  # fmt: skip


def test_a_click_twice_confirms_once(house: ServedOffice, person: Callable[..., Page]) -> None:
    lay_many(house.office, [Paper(n) for n in range(4)], until=datetime.now(UTC))
    page = person()
    opened_draft(page)
    page.dblclick("#confirm")
    page.wait_for_url("**vua=*")
    opened_draft(page)
    assert numbers(house) == [1]


def test_focusing_a_field_shows_where_it_was_read(house: ServedOffice, person: Callable[..., Page]) -> None:
    lay(house.office, Paper(1), received_at=datetime.now(UTC))
    page = person()
    opened_draft(page)
    page.focus("#f-signer_name")
    expect(page.locator("[data-place-of=signer_name]")).to_have_class("place place-sure is-lit")
    expect(page.locator("#evidence")).to_contain_text("Chữ trong tệp, trang 1 (chắc, 97 %)")
    box = page.locator("[data-place-of=signer_name]").bounding_box()
    frame = page.locator(".page-frame").bounding_box()
    assert box and frame
    assert frame["y"] <= box["y"] <= frame["y"] + frame["height"]


def test_words_on_the_page_go_into_the_field_in_focus(house: ServedOffice, person: Callable[..., Page]) -> None:
    lay(house.office, Paper(4, missing=("issued_on",)), received_at=datetime.now(UTC))
    page = person()
    opened_draft(page)
    assert page.evaluate("document.activeElement.name") == "issued_on"
    address = page.locator(".page-sheet img").get_attribute("src") or ""
    words = page.request.get(house.address + address.replace(".png", ".json")).json()
    first = next(n for n, word in enumerate(words) if word[0] == "ngày")
    sheet = page.locator(".page-sheet").bounding_box()
    assert sheet

    def middle(word: list[float]) -> tuple[float, float]:
        return sheet["x"] + (word[1] + word[3]) / 2 * sheet["width"], sheet["y"] + (word[2] + word[4]) / 2 * sheet[
            "height"
        ]

    page.mouse.move(*middle(words[first]))
    page.mouse.down()
    page.wait_for_timeout(200)
    page.mouse.move(*middle(words[first + 5]))
    page.mouse.up()
    expect(page.locator("#f-issued_on")).to_have_value("14/11/2026")
    assert page.evaluate("document.activeElement.name") == "issued_on"


def test_of_two_clerks_on_one_draft_the_second_is_told(house: ServedOffice, person: Callable[..., Page]) -> None:
    lay(house.office, Paper(1), received_at=datetime.now(UTC))
    lan, minh = person("lan"), person("minh")
    opened_draft(minh)
    minh.fill("#f-remark", "của Minh")
    opened_draft(lan)
    lan.keyboard.press("Enter")
    lan.wait_for_url("**vua=*")
    # the page tells by itself, and what was typed stays
    expect(minh.locator("#others")).to_contain_text("Nguyễn Thị Lan: Vào sổ, số đến 1")
    assert minh.input_value("#f-remark") == "của Minh"
    minh.keyboard.press("Control+Enter")
    expect(minh.get_by_role("alert")).to_contain_text("Nguyễn Thị Lan vừa vào sổ, số đến 1")
    expect(minh.locator(".desk-entry")).to_contain_text("Bạn gõ: của Minh")
    assert numbers(house) == [1]


def test_a_new_draft_appears_while_the_clerk_types(house: ServedOffice, person: Callable[..., Page]) -> None:
    lay(house.office, Paper(1), received_at=datetime.now(UTC))
    page = person()
    opened_draft(page)
    page.focus("#f-remark")
    page.keyboard.type("đang gõ dở")
    lay(house.office, Paper(3, urgency="hoa_toc"), received_at=datetime.now(UTC))
    _tell(house)
    expect(page.locator(".queue-row")).to_have_count(2)
    expect(page.locator(".queue-figures")).to_contain_text("1 khẩn")
    assert page.input_value("#f-remark") == "đang gõ dở"
    assert page.evaluate("document.activeElement.id") == "f-remark"


def test_a_file_added_to_an_open_draft_joins_its_strip(house: ServedOffice, person: Callable[..., Page]) -> None:
    draft = lay(house.office, Paper(1), received_at=datetime.now(UTC))
    page = person()
    opened_draft(page)
    page.fill("#f-remark", "đang gõ dở")
    page.click(".attach summary")
    page.set_input_files("#attach-files", files=FilePayload(name="pl.pdf", mimeType="", buffer=b"%PDF-1.7"))
    page.click(".attach button")
    expect(page.locator(".attach [data-drop-answer]")).to_contain_text("Đã nhận 1 tệp")
    # Nothing of its name is kept before it is screened (promise 4).
    expect(page.locator(".asked")).to_have_text(re.compile(r"Tệp thả lúc \d\d:\d\d .* đang đọc…"))
    add_file(house.office, draft, "pl.pdf", b"%PDF-1.7")
    with house.office.database.writing() as session:
        session.execute(sa.update(IntakeRequest).values(done_at=datetime.now(UTC), answer="Đã thêm 1 tệp."))
    _tell(house)
    expect(page.locator(".files .file")).to_have_count(2)
    assert page.input_value("#f-remark") == "đang gõ dở"


def test_what_was_typed_waits_while_another_draft_is_open(house: ServedOffice, person: Callable[..., Page]) -> None:
    first, _ = lay_many(house.office, [Paper(1), Paper(2)], until=datetime.now(UTC))
    page = person()
    opened_draft(page)
    page.fill("#f-remark", "gõ dở")
    page.keyboard.press("Control+ArrowDown")
    page.wait_for_url("**/den/2")
    opened_draft(page)
    page.keyboard.press("Control+ArrowUp")
    page.wait_for_url(f"**/den/{first}")
    opened_draft(page)
    assert page.input_value("#f-remark") == "gõ dở"


def test_the_desk_works_without_scripts(house: ServedOffice, person: Callable[..., Page]) -> None:
    lay_many(house.office, [Paper(1), Paper(2, unsure=("code",)), Paper(3)], until=datetime.now(UTC))
    page = person(java_script_enabled=False)
    page.keyboard.press("Enter")  # nothing has the focus: a held key does nothing
    assert numbers(house) == []
    assert page.locator(".passage").first.is_visible()
    page.click("#confirm")
    expect(page.get_by_label("Dấu đến: số 1,")).to_be_visible()
    page.click("#confirm")
    expect(page.locator("#error-code")).to_contain_text("Giá trị này máy chưa chắc")
    page.check("#looked-all")
    page.click("#confirm")
    expect(page.get_by_label("Dấu đến: số 2,")).to_be_visible()
    page.locator("#f-remark").press("Enter")  # in a field Enter only saves
    expect(page.get_by_text("Không có gì thay đổi.")).to_be_visible()
    assert numbers(house) == [1, 2]


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_nothing_bars_anyone_from_the_desk(
    house: ServedOffice, person: Callable[..., Page], width: int, height: int
) -> None:
    annexes = {"Phụ lục.xlsx": b"PK\x05\x06" + b"\0" * 18}
    notes = ("chưa đọc được dấu",)
    papers = [Paper(3, urgency="hoa_toc", notes=notes, annexes=annexes), Paper(2, unsure=("code",)), Paper(4)]
    lay_many(house.office, papers, until=datetime.now(UTC))
    page = person(width=width, height=height)
    opened_draft(page)
    found = _violations(page)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**vua=*")
    opened_draft(page)
    found += _violations(page)
    page.goto(f"{house.address}{page.locator('.just-entered a').get_attribute('href')}")
    found += _violations(page)
    for path in ("/den/nhap-tay", "/den/3?tep=1"):
        page.goto(house.address + path)
        found += _violations(page)
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def _violations(page: Page) -> list[str]:
    found = json.loads(json.dumps(Axe().run(page).response["violations"]))
    return [f"{page.url} {one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


def _tell(house: ServedOffice) -> None:
    """Intake records an event with each draft; the pages wake by it."""
    with house.office.database.writing() as session:
        events.record(session, "taken_in", "message", None, by=None, at=datetime.now(UTC))
