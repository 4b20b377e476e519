"""Screening under Điều 3 of the office's regulation: entered, held for the clerk, or kept out, always with a reason."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from config.vocabulary import vocabulary
from core.text import normal, repair
from ingest import marked
from ingest.attached_text import said_by
from ingest.letter import Letter, MailClass, Outcome, Page, Reason
from ingest.mime.sniff import ARCHIVES
from ingest.reading.half_stamps import may_hide_secrecy
from ingest.reading.head import find_head
from ingest.reading.lines import page_lines
from ingest.reading.packages import PACKAGE_TYPES, said_subject, says_secret
from ingest.reading.patterns import ADDRESSED_TO, RECIPIENTS
from ingest.reading.stamps import bears_secrecy
from ingest.screening_rules import Item, Score, score
from ingest.usable import may_be_main

PagesByAttachment = Mapping[int, Sequence[Page]]
# Mark attachments that are status messages, or call a document back (DOMAIN §3.2, 3.3): no documents themselves.
STATUS_PACKAGE, RECALL_PACKAGE = "edxml_status", "edxml_recall"
_HEAD_LINES = 40
_MOST_LETTERS = 200_000
MOST_FILES = 300  # of one letter: an office sends dozens, and storing thousands keeps the next letter waiting
_HIDDEN = ""  # a suspected secret is never quoted
_IDENTITY = re.compile(
    r"(?i)\b(?:cccd|cmnd|căn cước|chứng minh nhân dân|sinh năm|sinh ngày|thường trú|địa chỉ|số điện thoại)\b"
)
_RECEIPT = re.compile(
    r"(?i)\b(?:đã nhận (?:được )?(?:văn bản|công văn|thư|email|mail)?|số đến\s*:?\s*\d+|xác nhận đã nhận)"
)


def screen(letter: Letter, pages: PagesByAttachment) -> tuple[Outcome, tuple[Reason, ...], bool]:
    """What `letter` becomes, why, and whether it is a suspected state secret.

    `pages` are the pages read, by index of attachment. Secrecy is decided first and alone; its reasons name
    the rule and quote nothing. Source: Quy chế 63/QĐ-SKHCN Điều 3 (Chương I); NĐ 30/2020.
    """
    items = _items(letter, pages)
    secrecy = _secrecy(letter, pages, items)
    limits = vocabulary("screening")["secret"]
    if secrecy.total >= limits["exclude"]:
        return Outcome.EXCLUDE, secrecy.reasons, True
    if letter.mail_class is MailClass.REPORT:
        return Outcome.REPORT, (Reason("report", ""),), False
    if letter.mail_class is MailClass.AUTO_REPLY:
        return Outcome.IGNORE, (Reason("auto_reply", letter.subject[:120]),), False
    decided = _by_category(items)
    if secrecy.total >= limits["ask"]:
        return Outcome.HOLD, secrecy.reasons, False
    outcome, reasons = decided or _by_contents(letter, items)
    return outcome, reasons, False


def secret_on(page: Page, name: str, *, is_first: bool) -> str:
    """The rule by which one page of a file shows a state secret, "" where none does.

    For pages that are read after the letter came in, screened as the first pages were then (Điều 3.1).
    """
    if _is_stamped(page, is_first=is_first):
        return "secret_stamp"
    if not _may_bear_stamp(page, is_first=is_first):
        return ""
    found = _secret_score(Item({**_texts([page]), "file": name}, frozenset()))
    return found.reasons[0].rule if found.total >= vocabulary("screening")["secret"]["exclude"] else ""


def _secrecy(letter: Letter, pages: PagesByAttachment, items: Sequence[Item]) -> Score:
    reasons, total = [], 0
    for document in pages.values():
        if any(_is_stamped(page, is_first=number == 0) for number, page in enumerate(document)):
            reasons.append(Reason("secret_stamp", _HIDDEN))
            total = 100
    if any(says_secret(path) for path in _packages(letter)):
        reasons.append(Reason("secret_package", _HIDDEN))
        total = 100
    if not reasons and any(may_hide_secrecy(page) for document in pages.values() for page in document):
        reasons.append(Reason("secret_stamp", _HIDDEN))
        total = vocabulary("screening")["secret"]["ask"]
    scores = [_secret_score(item) for item in (*items, *_inner_items(letter))]
    best = max(scores, key=lambda score: score.total)
    hidden = [Reason(reason.rule, _HIDDEN) for reason in best.reasons if best.total > 0]
    return Score(max(total, best.total), (*reasons, *hidden))


def _secret_score(item: Item) -> Score:
    """The rules of the vocabulary, and what the texts themselves say by a mark (`ingest.marked`)."""
    by_rules = score("secret", item)
    names = [marked.in_name(name) for name in item.texts.get("file", "").splitlines()]
    found = {
        "secret_subject": marked.in_subject(item.texts.get("subject", "")),
        "secret_line": marked.in_text(item.texts.get("body", "")),
        "secret_file_name": max(names, default=0),
    }
    said = [Reason(rule, _HIDDEN) for rule, weight in found.items() if weight]
    # Two doubts about the same thing are no certainty.
    return Score(by_rules.total + max(found.values()), (*said, *by_rules.reasons))


def _inner_items(letter: Letter) -> Iterator[Item]:
    """Mails within the letter, its other forms, and attached texts: a secret may stand in any of them."""
    for inner in letter.inner:
        texts = {"subject": normal(inner.subject), "body": normal(repair(inner.text)), "file": inner.folder}
        yield Item(texts, frozenset())
    for path in _packages(letter):
        yield Item({"subject": normal(repair(said_subject(path)))}, frozenset())
    for attachment in letter.attachments:
        yield from (Item(texts, frozenset()) for texts in said_by(attachment))


def _packages(letter: Letter) -> Iterator[Path]:
    return (a.path for a in letter.attachments if a.path is not None and a.media_type in PACKAGE_TYPES)


def _is_stamped(page: Page, *, is_first: bool) -> bool:
    """Whether a page bears a secrecy mark: in its upper part where stamps are put, else at its very top, where an annex
    has its own."""
    return bears_secrecy(page, is_whole_head=_may_bear_stamp(page, is_first=is_first))


def _may_bear_stamp(page: Page, *, is_first: bool) -> bool:
    """Whether the page's upper part is where stamps are put: the first page, any other with a head of its own, and
    wherever there are words in red."""
    if page.stamps:
        return True
    return not page.is_scan and bool(page.words) and (is_first or find_head([page]) is not None)


def _by_category(items: Sequence[Item]) -> tuple[Outcome, tuple[Reason, ...]] | None:
    """Petition, one-stop dossier, advertisement: kept out, or asked about; None if nothing of the sort."""
    is_official = any("official_form" in item.signals for item in items)
    if is_official and (found := _passed_on_petition(items)):
        return Outcome.HOLD, (found,)
    asked: list[Reason] = []
    for category, rule, away in (
        ("petition", "don_thu", Outcome.EXCLUDE),
        ("one_stop", "mot_cua", Outcome.EXCLUDE),
        ("advertisement", "quang_cao", Outcome.IGNORE),
    ):
        limits = vocabulary("screening")[category]
        best = max((score(category, item) for item in items), key=lambda score: score.total)
        words = "; ".join(r.evidence for r in best.reasons if r.evidence)[:200]
        if best.total >= limits["exclude"] and not is_official:
            return away, (Reason(rule, words),)
        if best.total >= limits["ask"]:
            asked.append(Reason(f"hoi_{rule}", words))
    return (Outcome.HOLD, tuple(asked)) if asked else None


_PASSED_ON = re.compile(r"(?im)^\W{0,20}phiếu chuyển\b|\bchuyển đơn\b[^.\n]{0,60}")
_ABOUT_PETITION = re.compile(
    r"(?i)\bđơn\b[^.\n]{0,40}\b(?:khiếu nại|tố cáo|kiến nghị|phản ánh|tố giác)|phiếu chuyển đơn|chuyển đơn"
)


def _passed_on_petition(items: Sequence[Item]) -> Reason | None:
    for item in items:
        head = item.texts.get("head", "")
        if "official_form" in item.signals and (found := _PASSED_ON.search(head)) and _ABOUT_PETITION.search(head):
            return Reason("phieu_chuyen_don", found[0].strip()[:120])
    return None


def _by_contents(letter: Letter, items: Sequence[Item]) -> tuple[Outcome, tuple[Reason, ...]]:
    if len(letter.attachments) > MOST_FILES:
        return Outcome.HOLD, (Reason("too_many_files", str(len(letter.attachments))),)
    for attachment in letter.attachments:
        if "locked" in attachment.warnings:
            is_archive = attachment.media_type in ARCHIVES
            return Outcome.HOLD, (Reason("locked_archive" if is_archive else "locked_file", attachment.name),)
        if "two_in_one" in attachment.warnings:
            return Outcome.HOLD, (Reason("two_in_one", attachment.name),)
        if "archive_limits" in attachment.warnings:
            return Outcome.HOLD, (Reason("archive_limits", attachment.name),)
    files = [a for a in letter.attachments if may_be_main(a)]
    if files and all({STATUS_PACKAGE, RECALL_PACKAGE} & set(a.warnings) for a in files):
        is_recall = any(RECALL_PACKAGE in a.warnings for a in files)
        return Outcome.REPORT, (Reason(RECALL_PACKAGE if is_recall else STATUS_PACKAGE, files[0].name),)
    if files:
        return Outcome.DRAFT, ()
    if letter.in_reply_to and len(letter.text) < 1500 and (found := _RECEIPT.search(letter.text)):
        return Outcome.REPORT, (Reason("receipt_in_prose", found[0]),)
    if letter.links:
        return Outcome.DRAFT, (Reason("link_only", letter.links[0][:120]),)
    rule = "body_only_state" if "state_sender" in items[0].signals else "body_only"
    return Outcome.HOLD, (Reason(rule, letter.subject[:120]),)


def _items(letter: Letter, pages: PagesByAttachment) -> list[Item]:
    """The mail first, then each document with pages."""
    shared = _sender_signals(letter)
    documents = []
    for index, document in pages.items():
        texts = _texts(document)
        own = {*shared, *_text_signals(texts["text"])}
        if is_official_form(document):
            own.add("official_form")
        documents.append(Item({**texts, "file": letter.attachments[index].name}, frozenset(own)))
    names = "\n".join(normal(a.name) for a in letter.attachments)
    body = normal(repair(letter.text[:_MOST_LETTERS]))
    sender = " ".join(a.address for a in (*letter.senders, *letter.reply_to))
    signals = {*shared, *_text_signals(body)}
    if any("official_form" in item.signals for item in documents):
        signals.add("official_form")
    texts = {"subject": normal(repair(letter.subject)), "body": body, "text": body, "file": names, "sender": sender}
    return [Item(texts, frozenset(signals)), *documents]


def _texts(pages: Sequence[Page]) -> dict[str, str]:
    if not pages:
        return {"head": "", "text": ""}
    first = [line.plain for line in page_lines(pages[0])]
    last = [line.plain for line in page_lines(pages[-1])] if len(pages) > 1 else []
    return {"head": "\n".join(first[:_HEAD_LINES]), "text": "\n".join([*first, *last])}


def is_official_form(pages: Sequence[Page]) -> bool:
    """Whether a document has the form of NĐ 30 (or the Party's): motto, code line, and Nơi nhận or Kính gửi."""
    head = find_head(pages)
    if head is None or not head.has_motto or head.code_line is None:
        return False
    return any(
        RECIPIENTS.match(line.plain) or ADDRESSED_TO.match(line.plain) for page in pages for line in page_lines(page)
    )


def _sender_signals(letter: Letter) -> set[str]:
    lists = vocabulary("screening")
    domains = [a.address.rpartition("@")[2].lower() for a in letter.senders]
    out = set()
    if any(d == s or d.endswith("." + s) for d in domains for s in lists["state_domains"]):
        out.add("state_sender")
    if any(d in lists["private_domains"] for d in domains):
        out.add("private_sender")
    if letter.mail_class is MailClass.BULK:
        out.add("bulk")
    if not any(not a.is_inline for a in letter.attachments):
        out.add("no_files")
    if len(letter.to) + len(letter.cc) >= 8:
        out.add("many_addressees")
    return out


def _text_signals(text: str) -> set[str]:
    facts = {found[0].lower() for found in _IDENTITY.finditer(text)}
    return {"two_identity_facts"} if len(facts) >= 2 else set()
