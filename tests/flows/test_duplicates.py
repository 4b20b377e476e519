"""How many duplicates are found, and how many false alarms there are: pairs of letters drawn by the generator (B6)."""

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from counts import times
from sent_letters import Post, entry_time
from sqlalchemy.orm import Session

from core import people, registers
from core.db import Database
from core.incoming import duplicates
from core.incoming.likeness import Likeness
from core.incoming.tables import Incoming
from core.people import Role, User
from core.registers import Book
from tests.generator.pair_kinds import pairs
from tests.generator.pairs import Pair

OPENED = datetime(2025, 1, 1, 1, tzinfo=UTC)
NEW_YEAR = datetime(2026, 1, 1, 1, tzinfo=UTC)


@dataclass
class Score:
    """By kind of pair: how many there were, how many were answered rightly, and false alarms."""

    made: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    alarms: Counter[str] = field(default_factory=Counter)
    relations: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def share(self, relation: str) -> float:
        kinds = [kind for kind, of in self.relations.items() if of == relation]
        return sum(self.right[kind] for kind in kinds) / sum(self.made[kind] for kind in kinds)

    def false_alarms(self) -> float:
        return self.alarms.total() / self.made.total()

    def lines(self) -> Iterator[str]:
        for kind, relation in self.relations.items():
            count, right, alarms = self.made[kind], self.right[kind], self.alarms[kind]
            yield f"{kind:14}{relation:12}{count:6} pairs, {right:6} right, {alarms} false"


@pytest.fixture
def post(migrated_sqlite: Path, tmp_path: Path) -> Iterator[tuple[Database, Post]]:
    shutil.copy(migrated_sqlite, tmp_path / "office.sqlite3")
    (tmp_path / "bytes.pdf").write_bytes(b"%PDF-1.4")
    database = Database(f"sqlite:///{tmp_path / 'office.sqlite3'}")
    with database.writing() as session:
        book = Book(code="den", name="Sổ văn bản đến", direction=registers.Direction.INCOMING)
        session.add(book)
        clerk = people.add(session, "lan", "Nguyễn Thị Lan", {Role.CLERK}, "x", at=OPENED)
        session.flush()
        for at in (OPENED, NEW_YEAR):
            registers.open_series(session, book, 1, by=clerk, at=at)
        made = Post(book.id, clerk.id, tmp_path)
    yield database, made
    database.close()


@pytest.mark.parametrize("half", ["practice", "scored"])
def test_a_few_hundred_pairs(post: tuple[Database, Post], half: str) -> None:
    check(scored(*post, list(pairs(half, 300, seed=3))))


@pytest.mark.torture
@pytest.mark.parametrize("half", ["practice", "scored"])
def test_all_pairs(post: tuple[Database, Post], half: str) -> None:
    check(scored(*post, list(pairs(half, times(500, 1000, 5000), seed=11))))


def check(score: Score) -> None:
    print("\n".join(["", *score.lines()]))
    print(f"found {score.share('same'):.2%}, false alarms {score.false_alarms():.2%}, "
          f"replacements {score.share('replacement'):.2%}, annexes {score.share('annex'):.2%}")  # fmt: skip
    print("\n".join(score.wrong[:40]))
    assert score.share("same") >= 0.99
    assert score.false_alarms() <= 0.01


def scored(database: Database, post: Post, made: list[Pair]) -> Score:
    """The first letters come in and are entered or wait, then the second ones, each of which is asked about."""
    score = Score()
    made.sort(key=lambda pair: pair.first.received_at)
    with database.writing() as session:
        for pair in made:
            first = post.bring(session, pair.first)
            if pair.is_entered:
                post.enter(session, first, pair.first, at=entry_time(pair.first))
    with database.writing() as session:
        clerk = session.get_one(User, post.clerk_id)
        for pair in made:
            take(score, session, clerk, post, pair)
    return score


def take(score: Score, session: Session, clerk: User, post: Post, pair: Pair) -> None:
    document = session.get_one(Incoming, post.bring(session, pair.second))
    found = duplicates.find(session, clerk, document)
    score.made[pair.kind] += 1
    score.relations[pair.kind] = pair.relation
    same = [post.documents[match.id] for match in found if match.likeness is Likeness.SAME]
    is_alarm = any(key != pair.second.document.key for key in same) or (same and pair.relation != "same")
    score.alarms[pair.kind] += bool(is_alarm)
    firsts = [match.likeness for match in found if post.documents[match.id] == pair.first.document.key]
    is_right = not same if pair.relation == "other" else pair.relation in firsts
    score.right[pair.kind] += is_right
    if is_alarm or not is_right:
        known = min(one for one, key in post.documents.items() if key == pair.first.document.key)
        first = session.get_one(Incoming, known)
        score.wrong.append(f"{pair.kind}: {[m.likeness.value for m in found]}\n  {_told(first)}\n  {_told(document)}")


def _told(document: Incoming) -> str:
    files = [(file.name, file.role) for file in document.files]
    said = (document.code, document.issuer, document.parent_issuer, document.kind, document.issued_on, document.subject)
    return f"{document.state} {said} {files} {document.proposed.get('annex_of', {}).get('value')}"
