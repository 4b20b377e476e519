"""A scripted clerk with both hands on the keyboard, and what each letter costs: keys, corrections, seconds."""

import time
from dataclasses import dataclass
from typing import Any

from desk_papers import Paper
from playwright.sync_api import Page


@dataclass
class Cost:
    """What one letter cost the clerk; `typed` counts the characters of corrections, which are no keys of the desk."""

    what: str
    keys: int = 0
    typed: int = 0
    corrections: int = 0
    seconds: float = 0.0


def opened_draft(page: Page) -> str | None:
    """The draft in front of the clerk once the page takes keys, None at the empty desk."""
    page.wait_for_selector("#entry-form[data-ready], .desk-empty", state="attached")
    form = page.locator("#entry-form")
    return form.get_attribute("data-draft") if form.count() else None


def mixed_letters(count: int) -> list[Paper]:
    """Of ten letters six are clean, two hold an unsure value, one lacks its date, one its code."""
    unsure_code, unsure_subject = {"unsure": ("code",)}, {"unsure": ("subject",)}
    no_date, no_code = {"missing": ("issued_on",)}, {"missing": ("code",)}
    kinds: list[dict[str, Any]] = [{}, {}, unsure_code, {}, no_date, {}, unsure_subject, {}, no_code, {}]
    return [Paper(n, **kinds[n % len(kinds)], urgency="khan" if n % 9 == 4 else "thuong") for n in range(count)]


def work_through(page: Page, papers: dict[str, Paper]) -> list[Cost]:
    """Register whatever is open until the desk is empty, as a clerk with hands on the keyboard would."""
    costs = []
    while (draft := opened_draft(page)) is not None:
        paper, begun = papers[draft], time.monotonic()
        cost = Cost("/".join((*paper.unsure, *paper.missing)) or "clean")
        while opened_draft(page) == draft:
            focused = page.evaluate("document.activeElement.name || ''")
            if focused in paper.missing and not page.input_value(f"#f-{focused}"):
                answer = {"issued_on": "12/11/2026", "code": f"{200 + paper.number}/UBND-VX"}[focused]
                page.keyboard.type(answer)
                cost.typed, cost.corrections = cost.typed + len(answer), cost.corrections + 1
            page.keyboard.press("Control+Enter")
            cost.keys += 1
            if cost.keys > 5:
                raise AssertionError(f"the desk does not move on from {paper}")
            page.wait_for_load_state()
            page.wait_for_timeout(30)
        cost.seconds = time.monotonic() - begun
        costs.append(cost)
    return costs
