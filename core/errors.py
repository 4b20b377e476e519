"""The four expected kinds of failure. Their text is Vietnamese and can be shown; anything else is a bug."""


class CongvanError(Exception):
    """Base of all expected failures. `field` names the form field the sentence speaks of, if any."""

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class NotAllowed(CongvanError):
    """The person may not do or see this."""


class WrongState(CongvanError):
    """The thing is not (or no longer) in the state the act needs; nothing was changed."""


class Temporary(CongvanError):
    """Trying again later can succeed: a server is away, the disk is full, the database is locked."""


class Permanent(CongvanError):
    """Trying again unchanged cannot succeed: bad input, a refused password, a damaged file."""
