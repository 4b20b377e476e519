"""One IMAP session that only reads: login, EXAMINE, UIDs, places, bodies, IDLE. Never writes to the mailbox."""

import contextlib
import ssl
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from time import monotonic
from typing import Self

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError
from imapclient.tls import IMAP4_TLS

from core.office import OFFICE_ZONE
from ingest.literals import Body, Stream, fetch_bodies
from ingest.trouble import Kind, Trouble, trouble_of

_SEARCH_SLICE = 50_000  # UIDs asked for in one SEARCH: its answer is one line of at most 550 kB
_PLACES_SLICE = 500
_IDLE_SECONDS = 25 * 60  # RFC 2177: servers may drop an IDLE after 30 minutes, so ask anew before 29


@dataclass(frozen=True, slots=True)
class Account:
    """Where and as whom to log in. `tls` is "implicit" or "starttls"; `auth` is "password" or "xoauth2",
    `secret` the password or the access token; `ca_file` None trusts the system's authorities."""

    host: str
    port: int
    username: str
    secret: str
    tls: str = "implicit"
    auth: str = "password"
    ca_file: Path | None = None
    timeout_seconds: float = 30


@dataclass(frozen=True, slots=True)
class Place:
    """What the server says of one mail before it is fetched: size in bytes, INTERNALDATE in UTC."""

    uid: int
    size: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Room:
    """The mailbox's quota in bytes."""

    used: int
    limit: int


class Session:
    """One logged-in connection. Every method raises Trouble; after one the session is to be closed."""

    def __init__(self, account: Account) -> None:
        """Connect and log in, with TLS verified against `ca_file` and the host's name."""
        self._account = account
        self._folder = ""
        self._uidnext = 1
        self._has_news = False  # that came beside what we had asked for
        with self._troubles():
            self._client = _connect(account)
        try:
            with self._troubles(logging_in=True):
                _log_in(self._client, account)
            with self._troubles():
                self.has_idle = self._client.has_capability("IDLE")
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Drop the connection without a word: LOGOUT could wait for a server that no longer answers."""
        with contextlib.suppress(Exception):
            self._client.shutdown()

    def open_folder(self, folder: str) -> int:
        """EXAMINE `folder` (read-only, so that not even \\Recent changes) and return its UIDVALIDITY."""
        self._folder = folder
        if any(ord(sign) < 32 for sign in folder):
            raise Trouble(Kind.FOLDER, self._account.host, folder, "control character in the folder's name")
        with self._troubles():
            try:
                answer = self._client.select_folder(folder, readonly=True)
            except IMAPClientError as error:
                raise Trouble(Kind.FOLDER, self._account.host, folder, str(error)) from error
            self._take_news()  # how many there were is no news
            self._uidnext = int(answer.get(b"UIDNEXT", 1))
            return int(answer[b"UIDVALIDITY"])

    def uids_above(self, last: int) -> list[int]:
        """Every UID greater than `last` in the open folder, ascending."""
        with self._troubles():
            return self._search(last)

    def uids_received_before(self, day: date) -> list[int]:
        """UIDs received before `day` began in the office, whatever zone the server counts its days in."""
        with self._troubles():
            sure = self._search(0, ["BEFORE", day - timedelta(days=1)])
            around = self._search(0, ["SINCE", day - timedelta(days=1), "BEFORE", day + timedelta(days=2)])
        begins = datetime.combine(day, time.min, OFFICE_ZONE)
        early = [place.uid for place in self.places(around).values() if place.received_at < begins]
        return sorted({*sure, *early})

    def room(self) -> Room | None:
        """How full the mailbox is (RFC 9208, RFC 2087): the fullest of its quota roots; None where it has none."""
        with self._troubles():
            if not self._client.has_capability("QUOTA"):
                return None
            try:
                _, quotas = self._client.get_quota_root("INBOX")
            except IMAPClientError:
                return None  # announced and yet refused
        limited = [quota for quota in quotas if str(quota.resource).upper() == "STORAGE" and quota.limit]
        fullest = max(limited, key=lambda quota: quota.usage / quota.limit, default=None)
        return Room(fullest.usage * 1024, fullest.limit * 1024) if fullest else None

    def existing(self, uids: Sequence[int]) -> set[int]:
        """Which of `uids` are still in the open folder."""
        found: set[int] = set()
        with self._troubles():
            for start in range(0, len(uids), _PLACES_SLICE):
                named = ",".join(map(str, uids[start : start + _PLACES_SLICE]))
                found.update(self._client.search(["UID", named]))
        return found

    def places(self, uids: Sequence[int]) -> dict[int, Place]:
        """Size and time of each of `uids`; one that was expunged meanwhile is missing."""
        found: dict[int, Place] = {}
        with self._troubles():
            for start in range(0, len(uids), _PLACES_SLICE):
                asked = uids[start : start + _PLACES_SLICE]
                answers = self._client.fetch(asked, ["INTERNALDATE", "RFC822.SIZE"])
                for uid in asked:
                    answer = answers.get(uid, {})
                    if b"RFC822.SIZE" in answer:
                        found[uid] = Place(uid, int(answer[b"RFC822.SIZE"]), _utc(answer.get(b"INTERNALDATE")))
        return found

    def bodies(
        self, next_uid: Callable[[], int | None], open_target: Callable[[int, int], int | None], in_flight: int = 8
    ) -> Iterator[Body]:
        """Stream the raw mails that `next_uid` names, see `literals.fetch_bodies`."""
        imap = self._client._imap

        def hear() -> None:
            self._has_news = True

        with self._troubles():
            yield from fetch_bodies(imap.file, imap.send, next_uid, open_target, in_flight, hear)

    def wait(self, seconds: float, wake: int, *, idle: bool) -> bool:
        """Wait until the server says that the folder changed, `wake` becomes readable or `seconds` pass.

        Returns True when the server said so, be it before, in the middle of another answer. Without `idle` it only
        waits: the caller's next look is the poll.
        """
        with self._troubles():
            if self._take_news():
                return True
            if idle and self.has_idle:
                return self._idle(min(seconds, _IDLE_SECONDS), wake)
            stream: Stream = self._client._imap.file
            stream.wait(seconds, wake)
            return False

    def _idle(self, seconds: float, wake: int) -> bool:
        imap = self._client._imap
        stream: Stream = imap.file
        tag = imap._command("IDLE")
        while imap.tagged_commands[tag] is None and imap._get_response() is not None:
            pass
        if imap.tagged_commands[tag] is not None:
            self.has_idle = False  # announced and yet refused: poll from now on
            del imap.tagged_commands[tag]
            return False
        changed = self._take_news()  # that came before the "+"
        until = monotonic() + seconds
        while not changed and (left := until - monotonic()) > 0:
            has_line, woken = stream.wait(left, wake)
            if has_line:
                imap._get_response()
                changed = self._take_news()
                imap._check_bye()
            if woken:
                break
        imap.send(b"DONE\r\n")
        imap._command_complete("IDLE", tag)
        return changed

    def _take_news(self) -> bool:
        in_answers = self._client._imap.untagged_responses.pop("EXISTS", None)
        has_news, self._has_news = bool(in_answers) or self._has_news, False
        return has_news

    def _search(self, last: int, criteria: Sequence[object] = ()) -> list[int]:
        found: list[int] = []
        first = last + 1
        # imaplib takes no line over a megabyte: a mailbox of 200,000 mails needs more than one SEARCH.
        while first + _SEARCH_SLICE < self._uidnext:
            found += self._client.search(["UID", f"{first}:{first + _SEARCH_SLICE - 1}", *criteria])
            first += _SEARCH_SLICE
        found += self._client.search(["UID", f"{first}:*", *criteria])
        # RFC 3501 6.4.8: "n:*" always names the newest message, even when its UID is below n.
        return sorted(uid for uid in set(found) if uid > last)

    @contextlib.contextmanager
    def _troubles(self, *, logging_in: bool = False) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            trouble = trouble_of(error, self._account.host, self._folder, logging_in=logging_in)
            if trouble is None or trouble is error:
                raise
            raise trouble from error


class _Connection(IMAP4_TLS):  # type: ignore[misc]
    """imaplib's connection, reading through our Stream."""

    def open(self, host: str = "", port: int = 993, timeout: float | None = None) -> None:
        super().open(host, port, timeout)
        self.file = Stream(self.sock)


class _Client(IMAPClient):  # type: ignore[misc]
    def _create_IMAP4(self) -> _Connection:
        return _Connection(self.host, self.port, self.ssl_context, self._timeout.connect)


def _connect(account: Account) -> IMAPClient:
    try:
        context = ssl.create_default_context(cafile=account.ca_file)
    except OSError as error:
        raise ssl.SSLError(f"ca_file {account.ca_file}: {error.strerror}") from error
    timeout = SocketTimeout(account.timeout_seconds, account.timeout_seconds)
    if account.tls == "implicit":
        client = _Client(account.host, account.port, ssl_context=context, timeout=timeout)
    else:
        client = IMAPClient(account.host, account.port, ssl=False, timeout=timeout)
        try:
            client.starttls(context)
        except IMAPClientError as error:
            client.shutdown()
            raise ssl.SSLError(f"STARTTLS: {error}") from error
        # A new reader also forgets whatever was injected before the handshake.
        client._imap.file = Stream(client._imap.sock)
    client._imap.debug = 0  # imapclient sets 5, which formats every line that is sent and received
    client.normalise_times = False
    return client


def _log_in(client: IMAPClient, account: Account) -> None:
    if account.auth == "xoauth2":
        client.oauth2_login(account.username, account.secret)
    elif client.has_capability("AUTH=PLAIN"):
        client.plain_login(account.username, account.secret)  # UTF-8, where LOGIN takes ASCII only
    else:
        client.login(account.username, account.secret)


def _utc(internal: datetime | None) -> datetime:
    if internal is None:
        raise Trouble(Kind.PROTOCOL, detail="no INTERNALDATE")
    return internal.astimezone(UTC)
