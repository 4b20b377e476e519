"""Làm quy tắc từ bài học, từ lần sửa: what a rule would say that does what a clerk did."""

from sqlalchemy.orm import Session

from core.incoming.registration import as_text
from core.incoming.tables import Incoming
from core.learning.tables import Lesson
from core.learning.teaching import was_read
from core.letters import Message
from core.rules.definition import FIXED, MOST_NAME, Condition, Definition, How, Setting, What
from core.text import squeeze

_OF_KIND = ", loại "  # as lessons say for what they hold


def from_lesson(lesson: Lesson) -> Definition:
    """A rule that says what a lesson says, to be looked at before it is made."""
    conditions = []
    if lesson.as_read:
        what = What.ISSUER if lesson.field == "issuer" else What.TEXT
        conditions.append(Condition(what, How.EQUALS_BARE if what is What.ISSUER else How.CONTAINS, lesson.as_read))
    if "@" in lesson.holds_for:
        conditions.append(Condition(What.SENDER, How.EQUALS, lesson.holds_for))
    elif lesson.holds_for:
        issuer, _, kind = lesson.holds_for.partition(_OF_KIND)
        conditions.append(Condition(What.ISSUER, How.EQUALS, issuer))
        conditions += [Condition(What.KIND, How.EQUALS, kind)] if kind else []
    settings = (Setting(lesson.field, lesson.value),) if lesson.field in FIXED else ()
    return Definition(_name(lesson.value), tuple(conditions), settings)


def from_correction(session: Session, document: Incoming) -> Definition:
    """A rule that enters for the sender of `document` what a clerk has entered, where it was read otherwise.

    It quotes neither the mail nor the document beyond these values.
    """
    message = session.get(Message, document.message_id) if document.message_id is not None else None
    sender = message.sender_address if message is not None else ""
    conditions = [Condition(What.SENDER, How.EQUALS, sender)] if sender else []
    if read := was_read(document, "issuer"):
        conditions.append(Condition(What.ISSUER, How.EQUALS_BARE, read))
    return Definition(_name(sender or document.issuer), tuple(conditions), corrections(document))


def corrections(document: Incoming) -> tuple[Setting, ...]:
    """The values of `document` that a rule may give and that were read otherwise, or that stand in no document."""
    pairs = ((field, squeeze(was_read(document, field)), as_text(document, field)) for field in FIXED)
    return tuple(
        Setting(field, entered)
        for field, read, entered in pairs
        if entered and entered != read and (read or field == "receiver") and field != "urgency"
    )


def _name(text: str) -> str:
    return squeeze(text)[:MOST_NAME]
