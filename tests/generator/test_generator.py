"""The generator yields what it yielded when its scored half was frozen, and its truth is what its pages say."""

import ast
import io
import json
import unicodedata
import zipfile
from dataclasses import fields, replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from random import Random

import docx
import pypdfium2
import pytest

from demo.tcvn3 import tcvn3 as demo_tcvn3
from tests.generator import secrecy
from tests.generator.compose import Recipe, compose
from tests.generator.encodings import stored
from tests.generator.files import file_of, write
from tests.generator.kinds import EVERY
from tests.generator.recipes import FILES, digest, drawn, frozen, recipes
from tests.generator.traps import CLASHES, TRAPS, old_spelling
from tests.generator.wording import wording

_HERE = Path(__file__).parent
_TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")


def _text(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return " ".join(" ".join(pages).split())


def test_the_scored_half_is_what_was_frozen() -> None:
    rows = list(frozen())
    assert len(rows) >= 500
    assert [recipe for recipe, truth in rows if digest(recipe) != truth] == []


def test_every_kind_and_every_trap_is_scored() -> None:
    # Each half has the offices for the one or the other of the rarest kinds.
    names = {kind.name for kind in EVERY}
    rows = [recipe for recipe, _ in frozen()]
    assert {EVERY[recipe.kind].name for recipe in rows} == names - {"Nghị định", "Luật"}
    assert {trap for recipe in rows for trap in recipe.traps} == set(TRAPS)
    practice = [drawn("practice", seed, file) for seed in range(300) for file in FILES]
    assert {EVERY[recipe.kind].name for recipe in practice} == names - {"Pháp lệnh"}
    assert {trap for recipe in practice for trap in recipe.traps} == set(TRAPS)


def test_the_halves_share_no_words() -> None:
    practice, scored = wording("practice"), wording("scored")
    assert {one.name for one in practice.offices} & {one.name for one in scored.offices} == set()
    for name in {field.name for field in fields(practice)} - {"offices", "surnames"}:
        assert set(getattr(practice, name)) & set(getattr(scored, name)) == set(), name


@pytest.mark.parametrize("file", [file for file in FILES if file != "doc"])
def test_the_same_recipe_gives_the_same_file(file: str) -> None:
    recipe = drawn("practice", 12, file)
    data = file_of(recipe, compose(recipe))
    assert data == file_of(recipe, compose(recipe))
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            assert {member.date_time[0] for member in package.infolist()} <= {1980, 2020}


@pytest.mark.parametrize("half", ["practice", "scored"])
def test_what_is_true_stands_on_the_page_and_what_is_blank_does_not(half: str) -> None:
    odd = {"tcvn3", "vni", "nfd", "look-alikes", "torn", "spread", "old spelling", "spaced code", "arrival stamp"}
    for recipe in recipes(half, 30, ("pdf",)):
        recipe = replace(recipe, traps=tuple(trap for trap in recipe.traps if trap not in odd))
        paper = compose(recipe)
        text = _text(file_of(recipe, paper)).replace("\ufffe", "-")
        folded = text.casefold().replace("- ", "-")
        for name in ("code", "issuer", "subject", "signer_name", "parent_issuer", "in_reply_to", "event_place"):
            value = paper.truth.get(name)
            assert value is None or value.casefold().replace("- ", "-") in folded, (recipe, name)
        assert (paper.truth["urgency"] is None) == (not {"KHẨN", "TỐC"} & set(text.split()))


def test_blank_numbers_and_days_are_no_values() -> None:
    for trap, field in (("blank number", "code"), ("dotted number", "code"), ("blank day", "issued_on")):
        truth = compose(Recipe("practice", 5, 17, "pdf", (trap,))).truth
        assert truth[field] is None
    assert compose(Recipe("practice", 5, 17, "scan", ("number by hand",))).truth["code"] is not None
    draft = compose(Recipe("practice", 5, 17, "docx", ("draft",))).truth
    assert (draft["code"], draft["issued_on"], draft["signer_name"]) == (None, None, None)


def test_old_encodings_are_those_of_the_old_fonts() -> None:
    line = "Đắk Nông, ngày 04 tháng 6 năm 2015; ủy quyền, nghĩa vụ, Hội đồng"
    assert stored(line, "tcvn3").encode("latin-1") == demo_tcvn3(line)
    assert stored("Cộng hòa xã hội chủ nghĩa Việt Nam", "vni") == "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam"
    assert stored("SỞ KHOA HỌC VÀ CÔNG NGHỆ", "vni") == "SÔÛ KHOA HOÏC VAØ COÂNG NGHEÄ"
    assert stored("Đặng Thị Hiển, nghĩ kỹ, lụt ở Mỹ", "vni") == "Ñaëng Thò Hieån, nghó kyõ, luït ôû Myõ"
    letters = {unicodedata.normalize("NFC", vowel + tone) for vowel in "aăâeêioôơuưyđ" for tone in _TONES}
    assert len({stored(letter, "vni") for letter in letters}) == len(letters)
    assert unicodedata.normalize("NFC", stored(line, "nfd")) == line != stored(line, "nfd")
    assert old_spelling("CỘNG HÒA, Ủy ban, hoàn thành, quý, thủy lợi") == "CỘNG HOÀ, Uỷ ban, hoàn thành, quý, thuỷ lợi"


@pytest.mark.parametrize("encoding", ["tcvn3", "vni"])
def test_the_text_layer_is_old_and_the_page_looks_the_same(encoding: str) -> None:
    plain = Recipe("practice", 8, 17, "pdf", ())
    old = replace(plain, traps=(encoding,))
    new_pdf, old_pdf = file_of(plain, compose(plain)), file_of(old, compose(old))
    assert stored("thực hiện", encoding) in _text(old_pdf)
    pictures = [pypdfium2.PdfDocument(pdf)[0].render(scale=1).to_numpy().tobytes() for pdf in (new_pdf, old_pdf)]
    assert pictures[0] == pictures[1]


def test_scans_have_no_text_layer_or_a_wrong_one() -> None:
    plain = Recipe("practice", 4, 17, "scan", ())
    assert _text(file_of(plain, compose(plain))) == ""
    misread = replace(plain, traps=("misread layer",))
    paper = compose(misread)
    text = _text(file_of(misread, paper))
    assert text.isascii() and len(text) > 300
    assert (paper.truth["subject"] or "") not in text


def test_a_stamp_in_a_box_of_word_stands_outside_the_text() -> None:
    recipe = Recipe("practice", 7, 17, "docx", ("urgent in a box",))
    paper = compose(recipe)
    data = io.BytesIO(file_of(recipe, paper))
    [stamp] = [stamp.text for stamp in paper.stamps]
    assert stamp not in [one.text for one in docx.Document(data).paragraphs]
    with zipfile.ZipFile(data) as package:
        assert stamp in package.read("word/document.xml").decode().partition("txbxContent>")[2]


def test_a_doc_is_asked_of_libreoffice_and_of_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match="LibreOffice"):
        write(tmp_path, recipes("practice", 1, ("doc",)))


def test_recipes_lay_only_traps_that_suit() -> None:
    for seed in range(200):
        for file in FILES:
            recipe = drawn("practice", seed, file)
            assert all({"doc": "docx"}.get(file, file) in TRAPS[trap].files for trap in recipe.traps)
            assert all(TRAPS[trap].kinds(EVERY[recipe.kind]) for trap in recipe.traps)
            assert all(len(clash & set(recipe.traps)) < 2 for clash in CLASHES)


def test_labels_are_written_as_the_scorer_reads_them(tmp_path: Path) -> None:
    assert write(tmp_path, recipes("scored", 6, ("pdf", "docx"))) == 6
    rows = [json.loads(line) for line in (tmp_path / "documents.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["type"] for row in rows] == ["born-digital", "docx"] * 3
    for row in rows:
        assert (tmp_path / row["file"]).stat().st_size > 1000
        assert {"code", "issued_on", "issuer", "kind", "subject", "signer_name", "urgency", "secrecy"} <= set(
            row["label"]
        )


def test_marked_letters_bear_their_mark_and_innocent_ones_none() -> None:
    for letter in secrecy.secret_letters("practice", 4):
        if letter.file == "pdf" and "tcvn3" not in letter.note:
            assert "MẬT" in _text(letter.document).upper().replace("Ậ ", "Ậ").replace("M Ậ", "MẬ")
        [attached] = message_from_bytes(letter.mail, policy=default).iter_attachments()
        assert attached.get_content() == letter.document and letter.secrecy
    assert [letter.secrecy for letter in secrecy.innocent_letters("practice", 3)] == [None] * 3


def test_the_generator_knows_nothing_of_the_reader() -> None:
    for path in _HERE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            named += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(name.split(".")[0] in ("ingest", "core", "config") for name in named), path


def test_ink_is_drawn_by_one_hand() -> None:
    from tests.generator.ink import number

    assert number("120/4", Random(1)) == number("120/4", Random(1)) != number("120/4", Random(2))
