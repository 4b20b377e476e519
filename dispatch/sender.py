"""Sending what waits: claim, commit, send, commit (promise 6).

The outcome of one message and the claim of the next are one transaction; a second one, just before the end of the data,
notes that the server may have the message from now on. Whoever dies before that has surely not sent it.
"""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from config.sending import SendingSettings
from core.db import Database
from core.deliveries import claiming, pausing
from core.deliveries.claiming import Said, Sender
from core.deliveries.tables import Delivery
from core.errors import Permanent, Temporary
from core.files import FolderStore
from core.system_words import reason_of
from dispatch import composer, retry
from dispatch.composer import Mail, Office
from dispatch.smtp import Connection, Lost, Refused, Unanswered, Withdrawn, open_connection

_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 2.0, 60.0
_DOMAIN_PAUSE = timedelta(minutes=5)
_CLOSING = 421  # the server hangs up after it
_NOT_LET_IN = frozenset({530, 535, 538})  # it wants another log-in: no message is to blame
_REFUSES = "Máy chủ thư {host} từ chối ở bước {reply.stage}: {reply.words}"
_GIVEN_UP = "Đã thử {tries} lần, không thử nữa. Lần cuối: {words}"
_BROKEN = "Lỗi của chương trình khi soạn hay gửi thư này; báo người quản trị xem nhật ký."

Outcome = Callable[[Session], None]
log = structlog.get_logger("dispatch")


class Line:
    """The connection to the mail server: opened when one is needed, kept for some messages."""

    def __init__(self, settings: SendingSettings) -> None:
        self._settings = settings
        self._connection: Connection | None = None
        self._used = 0

    def send(self, mail: Mail, at_the_end: Callable[[], bool]) -> str:
        """Send one message; returns the server's words. Raises as `Connection.send`, and Trouble without a server.

        A connection that was kept and turns out to be gone is opened anew.
        """
        is_kept = self._connection is not None
        try:
            return self._send(mail, at_the_end)
        except Unanswered:
            raise
        except (Lost, Refused) as error:
            is_gone = isinstance(error, Lost) or error.reply.code == _CLOSING
            stage = error.stage if isinstance(error, Lost) else error.reply.stage
            if not (is_kept and is_gone and stage in ("RSET", "MAIL")):
                raise
        return self._send(mail, at_the_end)

    def hang_up(self) -> None:
        """Nothing waits any more."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _send(self, mail: Mail, at_the_end: Callable[[], bool]) -> str:
        if self._connection is None:
            self._connection, self._used = opened(self._settings), 0
        self._used += 1
        is_kept = self._used < self._settings.messages_per_connection
        try:
            words = self._connection.send(mail, at_the_end).words
        except Refused as refused:
            is_kept = is_kept and refused.reply.code != _CLOSING
            raise
        except BaseException:
            self._connection.drop()
            self._connection = None
            raise
        finally:
            if not is_kept:
                self.hang_up()
        return words


class Trouble(Exception):
    """The mail server can't be had, for no fault of any message. The text is Vietnamese."""


class Dispatcher:
    """Sends what waits, one message at a time."""

    def __init__(
        self, settings: SendingSettings, database: Database, store: FolderStore, token: str,
        clock: Callable[[], datetime], stop: threading.Event,
    ) -> None:  # fmt: skip
        """`token` names this process among all senders; see `claiming.Sender`."""
        self._settings = settings
        self._database = database
        self._store = store
        self._clock = clock
        self._stop = stop
        self._sender = Sender(token, settings.domain, settings.domain_per_minute)
        self._office = Office(settings.from_address, settings.from_name)
        self._line = Line(settings)
        self._pause = 0.0  # seconds, while the server can't be had
        self._not_before = 0.0  # monotonic
        self._is_well = False  # as the database says, as far as we know

    @property
    def is_in_trouble(self) -> bool:
        """Whether the mail server could not be had the last time."""
        return self._pause > 0

    def settle_abandoned(self) -> None:
        """What this process, or one that died, left in hand."""
        is_alone = self._database.is_sqlite
        with self._database.writing(background=True) as session:
            count = claiming.settle_abandoned(session, token=self._sender.token, is_alone=is_alone, at=self._clock())
        if count:
            log.warning("abandoned_settled", count=count)

    def send_waiting(self) -> int:
        """Send until nothing may go now; returns how many were tried.

        Raises Temporary when the database is away.
        """
        if time.monotonic() < self._not_before:
            return 0
        with self._database.writing(background=True) as session:
            delivery = claiming.claim(session, self._sender, at=self._clock())
        tried = 0
        try:
            while delivery is not None:
                tried += 1
                delivery = self._one(delivery)
        finally:
            self._line.hang_up()
        return tried

    def _one(self, delivery: Delivery) -> Delivery | None:
        """Send one, and claim the next."""
        outcome = self._tried(delivery)
        pause = 0.5
        while True:
            try:
                with self._database.writing(background=True) as session:
                    outcome(session)
                    if self._stop.is_set() or self.is_in_trouble:
                        return None
                    return claiming.claim(session, self._sender, at=self._clock())
            except Temporary as error:
                # The server's answer is known to nobody but us: it is kept until it can be written.
                log.warning("outcome_not_written", delivery=delivery.id, error=str(error.__cause__ or error))
                if self._stop.wait(pause):
                    raise
                pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    def _tried(self, delivery: Delivery) -> Outcome:
        """Send it and say what is to be written of it."""
        handed = False

        def at_the_end() -> bool:
            nonlocal handed
            with self._database.writing(background=True) as session:
                handed = claiming.hand_over(session, delivery, at=self._clock())
            return handed

        try:
            mail = composer.compose(delivery, self._office, self._content_of, at=self._clock())
            words = self._line.send(mail, at_the_end)
        except Trouble as trouble:
            return self._troubled(delivery, str(trouble))
        except Withdrawn:
            log.warning("withdrawn", delivery=delivery.id)
            return _nothing
        except Permanent as error:  # a file is missing
            return self._failed(delivery, Said(str(error)))
        except Unanswered as lost:
            return self._had(self._uncertain(delivery, Said(lost.why, lost.stage)))
        except Lost as lost:
            return self._had(self._deferred(delivery, Said(lost.why, lost.stage)))
        except Refused as refused:
            if refused.reply.stage == "MAIL" and refused.reply.code in _NOT_LET_IN:
                return self._troubled(delivery, _REFUSES.format(host=self._settings.host, reply=refused.reply))
            return self._had(self._refused(delivery, refused))
        except Temporary:
            raise
        except Exception:
            log.exception("delivery_broken", delivery=delivery.id)
            said = Said(_BROKEN)
            return self._uncertain(delivery, said) if handed else self._failed(delivery, said)
        return self._had(self._sent(delivery, words))

    def _content_of(self, sha256: str) -> bytes:
        with self._store.open(sha256) as file:
            return file.read()

    def _sent(self, delivery: Delivery, words: str) -> Outcome:
        log.info("sent", delivery=delivery.id, domain=delivery.domain, said=words)
        at = self._clock()
        return lambda session: claiming.note_sent(session, delivery, Said(words, "DATA", words[:3]), at=at)

    def _refused(self, delivery: Delivery, refused: Refused) -> Outcome:
        reply = refused.reply
        said = Said(reply.words, reply.stage, reply.status)
        if refused.is_final:
            return self._failed(delivery, said)
        deferred = self._deferred(delivery, said)
        if reply.stage != "RCPT" or not reply.status.startswith("4.7."):
            return deferred

        def write(session: Session) -> None:
            deferred(session)
            at = self._clock()
            pausing.pause_domain(session, delivery.domain, reply.words, at=at, lasts=_DOMAIN_PAUSE)

        return write

    def _deferred(self, delivery: Delivery, said: Said) -> Outcome:
        at = self._clock()
        pause = retry.pause_after(delivery.tries, delivery.rank, delivery.id)
        if pause is None:
            words = _GIVEN_UP.format(tries=delivery.tries, words=said.words)
            return self._failed(delivery, Said(words, said.stage, said.status))
        log.warning("deferred", delivery=delivery.id, domain=delivery.domain, stage=said.stage, said=said.words)
        return lambda session: claiming.note_deferred(session, delivery, said, try_at=at + pause, at=at)

    def _failed(self, delivery: Delivery, said: Said) -> Outcome:
        log.warning("failed", delivery=delivery.id, domain=delivery.domain, stage=said.stage, said=said.words)
        at = self._clock()
        return lambda session: claiming.note_failed(session, delivery, said, at=at)

    def _uncertain(self, delivery: Delivery, said: Said) -> Outcome:
        log.warning("uncertain", delivery=delivery.id, domain=delivery.domain, said=said.words)
        at = self._clock()
        return lambda session: claiming.note_uncertain(session, delivery, said, at=at)

    def _troubled(self, delivery: Delivery, why: str) -> Outcome:
        log.warning("no_mail_server", host=self._settings.host, port=self._settings.port, error=why)
        self._pause = min(2 * self._pause, _LONGEST_PAUSE_SECONDS) or _FIRST_PAUSE_SECONDS
        self._not_before = time.monotonic() + self._pause
        self._is_well = False
        at = self._clock()

        def write(session: Session) -> None:
            claiming.give_back(session, delivery)
            pausing.note_trouble(session, why, at=at)

        return write

    def _had(self, outcome: Outcome) -> Outcome:
        """`outcome`, and that the mail server could be had."""
        self._pause = 0.0
        at = self._clock()

        def write(session: Session) -> None:
            outcome(session)
            if not self._is_well:
                pausing.note_trouble(session, None, at=at)
                self._is_well = True

        return write


def _nothing(_session: Session) -> None:
    pass


def opened(settings: SendingSettings) -> Connection:
    """A connection that takes mail. Raises Trouble with what is wrong, in Vietnamese."""
    try:
        return open_connection(settings)
    except Refused as refused:
        raise Trouble(
            f"Máy chủ thư {settings.host} từ chối ở bước {refused.reply.stage}: {refused.reply.words}"
        ) from None
    except Lost as lost:
        where = f"{settings.host}:{settings.port}"
        raise Trouble(f"Không dùng được máy chủ thư {where} (bước {lost.stage}): {lost.why}.") from lost
    except OSError as error:
        raise Trouble(f"Không đọc được mật khẩu của máy chủ thư: {reason_of(error)}.") from error
