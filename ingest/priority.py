"""Who goes first where cores are few: people and committing, then fetching and storing, then reading."""

import os

from core.sandbox_child import set_session_nice

READING_NICE = 7
_FETCHING_NICE = 5


def step_behind_people() -> None:
    """Lower the priority of the calling thread, for the rest of its life: it fetches or stores letters.

    Linux has a nice level for each thread (nice(2), NOTES). The threads that answer people and ask for commits
    keep theirs, and so does the committing process: clerks wait for the write lock that it holds.
    """
    os.nice(_FETCHING_NICE)


def step_service_behind_people() -> None:
    """The same for the whole intake where it runs as a service, in a session of its own."""
    set_session_nice(_FETCHING_NICE)
