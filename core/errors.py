"""The four expected kinds of failure. Their text is Vietnamese and can be shown; anything else is a bug."""

import errno


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


_OF_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG, errno.EROFS})


def is_of_disk(error: BaseException) -> bool:
    """Whether a disk that is full, broken or read-only is what failed: no fault of what was being written."""
    return isinstance(error, OSError) and error.errno in _OF_DISK
