"""The pairs of letters are what their kinds say, and the same for the same seed."""

from collections import Counter

from tests.generator.pair_kinds import KINDS, pairs


def test_a_seed_gives_the_same_pairs_again() -> None:
    assert list(pairs("practice", 60, seed=4)) == list(pairs("practice", 60, seed=4))
    assert list(pairs("practice", 60, seed=4)) != list(pairs("practice", 60, seed=5))


def test_every_kind_comes_in_its_share() -> None:
    made = Counter(pair.kind for pair in pairs("practice", 300))
    assert made == {kind.__name__: 3 * share for kind, share in KINDS.items()}


def test_what_is_the_same_is_one_document_and_nothing_else_is() -> None:
    for pair in pairs("practice", 400):
        one, other = pair.first.document, pair.second.document
        assert (one.key == other.key) == (pair.relation in ("same", "annex")), pair
        if pair.kind == "other_issuer":
            assert (one.code, one.issued_on.year) == (other.code, other.issued_on.year)
            assert one.office.name != other.office.name or one.office.parent_name != other.office.parent_name
        if pair.kind == "other_year":
            assert one.code == other.code and one.issued_on.year == other.issued_on.year - 1
        if pair.kind == "corrected":
            assert one.code == other.code
            main, again = pair.first.files[0], pair.second.files[0]
            assert main.content != again.content
        if pair.kind == "resent":
            assert pair.first.files[0].content != pair.second.files[0].content


def test_no_two_documents_of_a_run_bear_one_code_of_one_office_and_year_by_chance() -> None:
    seen: dict[tuple[str, str, int], str] = {}
    for pair in pairs("practice", 1000):
        for one in (pair.first.document, pair.second.document):
            key = (one.office.name + (one.office.parent_name or ""), one.code, one.issued_on.year)
            if pair.kind != "corrected":
                assert seen.setdefault(key, one.key) == one.key, pair
