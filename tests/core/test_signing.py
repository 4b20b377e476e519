"""Signatures of PDFs: who signed, whether it still stands, and why the signer is believed."""

import random
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import typst
from signed_files import DAY, ORGANISATION, WAYS, Authority, behind, save, with_signature, with_words_appended

from core.signing.judging import Judge
from core.signing.pdfs import check_pdf
from core.signing.values import Signature, Status, Trust

ROOT = Path(__file__).resolve().parents[2]

AUTHORITY = Authority()
LEADER = AUTHORITY.signer("Nguyễn Văn Mẫu")
OFFICE = AUTHORITY.signer(ORGANISATION)
STRANGER = Authority("CA của người lạ").signer(ORGANISATION)


@pytest.fixture(scope="module")
def page() -> bytes:
    return typst.compile(b"SO KHOA HOC VA CONG NGHE\n\n#pagebreak()\nTrang hai", format="pdf")


def checked(data: bytes, tmp_path: Path) -> list[Signature]:
    return check_pdf(save(data, tmp_path / "tệp.pdf"), Judge([AUTHORITY.root], DAY))


def test_a_leader_s_and_then_the_office_s_signature_stand(page: bytes, tmp_path: Path) -> None:
    leader, office = checked(OFFICE.sign(LEADER.sign(page, "lanhdao"), "coquan"), tmp_path)
    assert (leader.signer, office.signer, office.organisation) == ("Nguyễn Văn Mẫu", ORGANISATION, ORGANISATION)
    assert leader.issuer == "CA Thử nghiệm" and leader.signed_at is not None and not leader.is_time_stamped
    assert {(s.status, s.trust, s.changed_after) for s in (leader, office)} == {(Status.INTACT, Trust.TRUSTED, False)}


def test_a_page_without_signatures_has_none(page: bytes, tmp_path: Path) -> None:
    assert checked(page, tmp_path) == []


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_what_was_done_to_a_signed_file_is_never_called_intact(
    page: bytes, tmp_path: Path, way: Callable[[bytes, random.Random], bytes], count: int
) -> None:
    signed = LEADER.sign(page, "lanhdao")
    if count == 2:
        signed = OFFICE.sign(signed, "coquan")
    for seed in range(12):
        found = checked(way(signed, random.Random(seed)), tmp_path)
        assert any(one.status in (Status.MODIFIED, Status.BROKEN) for one in found), seed


@pytest.mark.parametrize("ranges", [(0, 300), (0, 300, 400, 200), (0, 10, 20, 30), (5, 40)])
def test_a_signature_of_a_part_of_the_file_stands_and_does_not_hold_the_file(
    page: bytes, tmp_path: Path, ranges: tuple[int, ...]
) -> None:
    part = LEADER.sign_ranges(page, *ranges)
    (found,) = checked(part, tmp_path)
    assert (found.signer, found.status, found.trust) == ("Nguyễn Văn Mẫu", Status.PARTIAL, Trust.TRUSTED)
    assert not found.is_whole
    (found,) = checked(part[:8] + b"\r" + part[9:], tmp_path)
    assert found.status is Status.BROKEN, "nor does it stand any more"
    leader, office = checked(OFFICE.sign(part, "coquan"), tmp_path)
    assert (leader.status, office.status) == (Status.PARTIAL, Status.INTACT)


def test_a_whole_signature_moved_into_another_file_does_not_count_as_one_of_a_part(page: bytes, tmp_path: Path) -> None:
    signed = LEADER.sign(page, "lanhdao")
    start = signed.rindex(b"/Contents <") + len("/Contents ")
    end = signed.index(b">", start) + 1
    content = bytes.fromhex(signed[start + 1 : end - 1].decode())
    other = typst.compile(b"Chi 10.000.000.000", format="pdf")
    at = with_signature(other, content, (0, 0, 0, 0), signed).index(signed)
    found, *_ = checked(with_signature(other, content, (at, start, at + end, len(signed) - end), signed), tmp_path)
    assert found.status is Status.BROKEN


@pytest.mark.parametrize("beyond", [0, 10**6])
def test_nor_does_one_whose_ranges_go_beyond_the_end_of_the_file(tmp_path: Path, beyond: int) -> None:
    long = "\n\n".join(f"{number} {number * number * 7919}" for number in range(4000))
    signed = LEADER.sign(typst.compile(long.encode(), format="pdf"), "lanhdao")
    other = typst.compile(b"Chi 10.000.000.000", format="pdf")
    found, *_ = checked(behind(other, signed, beyond), tmp_path)
    assert (found.signer, found.status) == ("Nguyễn Văn Mẫu", Status.BROKEN)


def test_a_signature_that_cannot_be_read_beside_another_is_broken_and_not_passed_over(
    page: bytes, tmp_path: Path
) -> None:
    signed = OFFICE.sign(LEADER.sign(page, "lanhdao"), "coquan")
    hole = signed.rindex(b"/Contents <") + 2000
    leader, unknown = checked(signed[:hole] + b">>" + signed[hole + 2 :], tmp_path)
    assert (leader.signer, unknown.signer, unknown.status) == ("Nguyễn Văn Mẫu", "", Status.BROKEN)


@pytest.mark.parametrize("seed", range(4))
def test_nothing_in_a_damaged_file_makes_checking_fail(page: bytes, tmp_path: Path, seed: int) -> None:
    signed, rng = LEADER.sign(page, "lanhdao"), random.Random(seed)
    for _ in range(25):
        damaged = bytearray(signed)
        for at in rng.sample(range(len(damaged)), 6):
            damaged[at : at + rng.randrange(4)] = rng.choice((b"", b">>", b"0 R", b"/Kids", b"\xff", b"99999999999"))
        checked(bytes(damaged), tmp_path)


def test_what_an_office_fills_in_and_signs_is_the_office_s(page: bytes, tmp_path: Path) -> None:
    changed = with_words_appended(LEADER.sign(page, "lanhdao"), random.Random(1))
    (leader,) = checked(changed, tmp_path)
    assert leader.status is Status.MODIFIED
    leader, office = checked(OFFICE.sign(changed, "coquan"), tmp_path)
    assert (leader.status, leader.changed_after, office.status) == (Status.INTACT, True, Status.INTACT)
    leader, stranger = checked(STRANGER.sign(changed, "coquan"), tmp_path)
    assert (leader.status, stranger.trust) == (Status.MODIFIED, Trust.STRANGE), "nobody to be believed signed that"


def test_a_signer_is_believed_for_the_root_and_the_time(page: bytes, tmp_path: Path) -> None:
    (stranger,) = checked(STRANGER.sign(page, "s"), tmp_path)
    assert (stranger.status, stranger.trust) == (Status.INTACT, Trust.STRANGE)
    late = AUTHORITY.signer("Người cũ", since=DAY - timedelta(days=1000))
    (old,) = checked(late.sign(page, "s"), tmp_path)
    assert (old.status, old.trust) == (Status.INTACT, Trust.EXPIRED)


def test_pdfsig_agrees_on_what_stands(page: bytes, tmp_path: Path) -> None:
    """Not on what was appended: that it calls valid, without a word of what came after."""
    signed = LEADER.sign(page, "lanhdao")
    for data, is_valid in ((signed, True), (WAYS[0](signed, random.Random(3)), False)):
        path = save(data, tmp_path / "tệp.pdf")
        said = subprocess.run(["pdfsig", path], capture_output=True, text=True, check=False).stdout
        assert ("Signature is Valid." in said) is is_valid
        assert all(one.status is Status.INTACT for one in check_pdf(path, Judge([], DAY))) is is_valid


def test_nothing_of_a_certificate_reaches_the_log(page: bytes, tmp_path: Path) -> None:
    path = save(Authority("CA khác").signer("Nguyễn Văn Lạ").sign(page, "ky"), tmp_path / "12.pdf")
    code = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path\n"
        "from core.signing.judging import Judge; from core.signing.pdfs import check_pdf\n"
        "print(len(check_pdf(Path(sys.argv[1]), Judge([], datetime.now(UTC)))))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True, cwd=ROOT)
    assert (done.stdout.strip(), done.stderr) == ("1", "")
