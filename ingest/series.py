"""The UIDs of one folder under one UIDVALIDITY: which have their row, which are on the way, where the cursor stands."""

import threading
from collections.abc import Collection, Iterable, Sequence


class Series:
    """Shared by the thread that watches the folder and the one that commits."""

    waits = True

    def __init__(
        self,
        folder_id: int,
        mailbox: str,
        folder: str,
        uidvalidity: int,
        cursor: int,
        recorded: Iterable[int],
        awaited: Iterable[int] = (),
    ) -> None:
        """`recorded` are the UIDs above `cursor` that have an arrival row already, `awaited` those that an earlier
        process saw and that may have none."""
        self.folder_id = folder_id
        self.mailbox = mailbox
        self.folder = folder
        self.uidvalidity = uidvalidity
        self._cursor = cursor
        self._recorded = set(recorded)
        self._open = {uid for uid in awaited if uid > cursor} - self._recorded  # seen, without a row
        self._noted = frozenset(self._open)  # of these, what the folder's row says
        self._on_the_way: set[int] = set()  # of these, handed over to be read and committed
        self._highest = max([cursor, *self._recorded, *self._open])
        self._lock = threading.Lock()

    @property
    def cursor(self) -> int:
        """The UID up to which, itself included, every UID has its row."""
        with self._lock:
            return self._cursor

    @property
    def floor(self) -> int:
        """The UID above which lie all that have no row yet, as far as we know: the cursor, or lower for lost ones."""
        with self._lock:
            return min([self._cursor + 1, *self._open]) - 1

    @property
    def is_settled(self) -> bool:
        """Whether nothing is on the way to the database."""
        with self._lock:
            return not self._on_the_way

    def see(self, found: Sequence[int], lost: Collection[int] = ()) -> tuple[list[int], list[int]]:
        """Take note of the UIDs above `floor` that a search found, and of `lost` ones, which have no row below it.

        Returns those to be fetched now, ascending, and those seen earlier that are gone from the folder.
        """
        with self._lock:
            present = set(found)
            self._open |= {uid for uid in present if uid > self._cursor} - self._recorded
            self._open |= present.intersection(lost)
            self._highest = max([self._highest, *found])
            waiting = self._open - self._on_the_way
            return sorted(waiting & present), sorted(waiting - present)

    def to_be_noted(self) -> frozenset[int]:
        """All that is seen and without a row, when some of it is news to the folder's row; else nothing."""
        with self._lock:
            return frozenset() if self._open <= self._noted else frozenset(self._open)

    def noted(self, uids: frozenset[int]) -> None:
        """The folder's row says so now."""
        with self._lock:
            self._noted = uids

    def hand_over(self, uid: int) -> None:
        """A letter is on its way; it will be settled or given up."""
        with self._lock:
            self._on_the_way.add(uid)

    def give_up(self, uid: int) -> None:
        """A letter did not reach the database: the next pass fetches it again."""
        with self._lock:
            self._on_the_way.discard(uid)

    def cursor_after(self, uids: Iterable[int]) -> int:
        """Where the cursor will stand once `uids` have their rows."""
        with self._lock:
            left = self._open.difference(uids)
            return min(left) - 1 if left else self._highest

    def settle(self, uids: Iterable[int], _outcome: object = None) -> None:
        """The rows of `uids` are committed."""
        done = set(uids)
        cursor = self.cursor_after(done)
        with self._lock:
            self._open -= done
            self._on_the_way -= done
            self._recorded |= done
            if cursor > self._cursor:
                self._cursor = cursor
                self._recorded = {uid for uid in self._recorded if uid > cursor}
