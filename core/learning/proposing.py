"""What lessons make of a new letter's values before the clerk sees them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import calendar
from core.db import table_of
from core.evidence import Evidence, Source
from core.learning.asking import DEADLINE, Question, first_questions, next_questions, of_sender
from core.learning.tables import Lesson
from core.text import fold, squeeze

_lessons = table_of(Lesson).c
_FEW = 2  # entries that agree, before it is said what somebody usually does
_MOST = 0.8  # of those entries say so
_SUREST = 0.95
_USUAL_SUREST = 0.6  # it stands nowhere in the document: the clerk looks at it
_HABITS = ("sender_private:", "reply_elsewhere:")  # what is odd of a stranger only
_USUALLY_DUE = "văn bản không ghi hạn, {votes} lần trước văn thư ghi «{value}» kể từ ngày đến"
_MEANT = "đọc được «{read}», {votes} lần trước văn thư sửa thành «{value}»"
_USUALLY = "không đọc được, {votes} lần trước văn thư ghi «{value}»"


def with_lessons(session: Session, read: Mapping[str, Evidence], sender: str, received_on: date) -> dict[str, Evidence]:
    """`read` with the values that earlier entries teach; `sender` is the letter's address, "" where there is none, and
    `received_on` the day from which a usual deadline counts.

    A value that stands nowhere in the document is proposed so unsurely that the clerk must look.
    """
    values = {field: evidence.value for field, evidence in read.items()}
    made = dict(read)
    made |= _answers(session, first_questions(values, sender), read)
    issuer, kind = (made[field].value if field in made else "" for field in ("issuer", "kind"))
    usual = _answers(session, next_questions(values, issuer, kind), read)
    days = usual.pop(DEADLINE, None)
    if days is not None and DEADLINE not in read:
        usual |= _due(session, days, received_on)
    return made | usual


def _due(session: Session, days: Evidence, received_on: date) -> dict[str, Evidence]:
    """The usual number of working days as a day."""
    count = days.value.partition(" ")[0]
    if not count.isdecimal():
        return {}  # usually there is none
    due_on = calendar.add_working_days(received_on, int(count), calendar.exceptions(session))
    return {DEADLINE: replace(days, value=due_on.isoformat())}


def without_habits(session: Session, notes: Sequence[str], sender: str) -> list[str]:
    """`notes` without those that only say what has always been so with a sender whose letters were entered before."""
    if not any(note.startswith(_HABITS) for note in notes):
        return list(notes)
    votes = sa.select(sa.func.sum(_lessons.votes)).where(
        _lessons.field == "issuer", _lessons.scope == of_sender(sender), _lessons.key == ""
    )
    is_known = (session.scalar(votes) or 0) >= _FEW
    return [note for note in notes if not (is_known and note.startswith(_HABITS))]


def _answers(session: Session, questions: Iterable[Question], read: Mapping[str, Evidence]) -> dict[str, Evidence]:
    answers = {}
    for question, votes in _votes(session, questions).items():
        before = read.get(question.field)
        said = _usual(question, votes) if question.is_usual else _meant(votes, before)
        if said is not None:
            answers[question.field] = said
    return answers


def _votes(session: Session, questions: Iterable[Question]) -> dict[Question, dict[str, int]]:
    """How many say what, at each place where somebody says anything."""
    asked = {(one.field, one.scope, one.key): one for one in questions}
    if not asked:
        return {}
    place = sa.tuple_(_lessons.field, _lessons.scope, _lessons.key)
    columns = (_lessons.field, _lessons.scope, _lessons.key, _lessons.value, _lessons.votes)
    found: dict[Question, dict[str, int]] = defaultdict(dict)
    for row in session.execute(sa.select(*columns).where(place.in_(list(asked)), _lessons.reverted_at.is_(None))):
        found[asked[row.field, row.scope, row.key]][row.value] = row.votes
    return found


def usual_votes(session: Session, questions: Iterable[Question]) -> dict[Question, tuple[str, int, int]]:
    """What is usual at each of these places, how many say so, how many something else; left out where too few do."""
    found = {}
    for question, votes in _votes(session, questions).items():
        value, most = max(votes.items(), key=lambda item: item[1])
        others = sum(votes.values()) - most
        if speaks(most, others, is_usual=True):
            found[question] = (value, most, others)
    return found


def speaks(votes: int, others: int, *, is_usual: bool) -> bool:
    """Whether a lesson with so many `votes` proposes its value, where `others` say something else at the same place."""
    return votes >= max(_FEW, _MOST * (votes + others)) if is_usual else votes > others


def _meant(votes: Mapping[str, int], before: Evidence | None) -> Evidence | None:
    """How what was read is meant, where more entries say so than anything else."""
    value, most = max(votes.items(), key=lambda item: item[1])
    others = sum(votes.values()) - most
    if before is None or not speaks(most, others, is_usual=False) or squeeze(before.value) == value:
        return None
    is_same = fold(before.value) == fold(value)
    sure = before.confidence if is_same else min(_SUREST, (most + 1) / (most + others + 2))
    text = _MEANT.format(read=before.value, votes=most, value=value)
    return replace(before, value=value, source=Source.LESSON, text=text, as_read=before.value, confidence=sure)


def _usual(question: Question, votes: Mapping[str, int]) -> Evidence | None:
    value, most = max(votes.items(), key=lambda item: item[1])
    others = sum(votes.values()) - most
    if not speaks(most, others, is_usual=True):
        return None
    sure = min(_USUAL_SUREST, most / (most + others + 2))
    said = _USUALLY_DUE if question.field == DEADLINE else _USUALLY
    return Evidence(value, sure, Source.LESSON, text=said.format(votes=most, value=value))
