"""Letters checked by the keys that their senders' domains publish (DKIM): behind the letters, since DNS may be slow."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import dns.exception
import dns.resolver
import structlog

from config.outside import SenderSettings
from core import dkim_checks
from core.db import Database
from core.dkim_checks import Unchecked
from core.files import FolderStore
from core.sandbox import Limits, Sandbox, SandboxFailed
from core.signing.values import DkimFinding, DkimResult
from ingest.priority import READING_NICE

_MOST_BYTES = 40 << 20
_MEMORY = 512 << 20  # several copies of a letter are made when its signature is checked
_SECONDS = 30
_MOST_ANSWER = 8_000
_CACHED = 1_000

log = structlog.get_logger()


class SenderCheck:
    """Takes one letter after the other; a letter is opened in a killable process, the names are asked for here."""

    def __init__(
        self, settings: SenderSettings, database: Database, store: FolderStore, folder: Path,
        clock: Callable[[], datetime],
    ) -> None:  # fmt: skip
        """`folder` is in the spool. Raises dns.exception.DNSException where the machine names no DNS server."""
        self._database, self._store, self._clock = database, store, clock
        self._reader = Sandbox(Limits(_SECONDS, _MEMORY, nice=READING_NICE), folder, ["core.signing.dkim"])
        self._resolver = resolver_of(settings)

    def check_next(self) -> bool:
        """Check one letter; False when none waits."""
        at = self._clock()
        with self._database.reading() as session:
            letter = dkim_checks.next_unchecked(session, at=at)
        if letter is None:
            return False
        try:
            finding = self._found(letter)
        except SandboxFailed as failed:
            log.warning("dkim_not_checked", message=letter.message_id, reason=failed.failure.value)
            finding = DkimFinding(DkimResult.UNKNOWN)
        except (dns.exception.DNSException, OSError) as error:
            log.warning("dkim_waits", message=letter.message_id, error=str(error))
            finding = DkimFinding(DkimResult.UNKNOWN)
        with self._database.writing(background=True) as session:
            dkim_checks.note(session, letter, finding, at=at)
        return True

    def close(self) -> None:
        """Kill the reader; the letter in its hands is checked after the next start."""
        self._reader.kill()
        self._reader.close()

    def _found(self, letter: Unchecked) -> DkimFinding:
        if letter.size > _MOST_BYTES:
            return DkimFinding(DkimResult.TOO_LARGE)
        path = self._store.path_of(letter.raw_sha256)
        names = self._reader.call("core.signing.dkim:keys_needed", path)
        assert isinstance(names, tuple)
        if not names:
            return DkimFinding(DkimResult.NONE)
        keys = {name: key_at(self._resolver, name) for name in names}
        found = self._reader.call("core.signing.dkim:check", path, letter.sender, keys)
        assert isinstance(found, DkimFinding)
        return found


def resolver_of(settings: SenderSettings) -> dns.resolver.Resolver:
    """Who is asked: the server that the settings name, else the machine's. Raises dns.exception.DNSException where the
    machine has none."""
    resolver = dns.resolver.Resolver(configure=not settings.resolver)
    if settings.resolver:
        resolver.nameservers, resolver.port = [str(settings.resolver)], settings.resolver_port
    resolver.lifetime = settings.timeout_seconds
    resolver.cache = dns.resolver.LRUCache(_CACHED)
    return resolver


def key_at(resolver: dns.resolver.Resolver, name: str) -> bytes | None:
    """The TXT record at `name`, None where it is known that there is none. Raises dns.exception.DNSException where
    nobody answers."""
    try:
        answer = resolver.resolve(name + ".", "TXT", search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return None
    texts = [b"".join(record.strings)[:_MOST_ANSWER] for record in answer]
    return next((text for text in texts if b"p=" in text), None)
