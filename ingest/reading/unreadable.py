"""What a file that cannot be read says of itself."""


class Unreadable(Exception):
    """A file that cannot be opened; `why` is a short code shown as a note: "locked", "damaged",
    "too_large_inside" or "too_slow"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
