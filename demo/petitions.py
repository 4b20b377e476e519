"""Papers that citizens write: petitions and one-stop forms, which Điều 3 keeps out of the register."""

from dataclasses import dataclass

from demo.documents import typeset
from demo.strokes import signature


@dataclass(frozen=True, slots=True)
class Petition:
    """A đơn or tờ khai: it carries the Quốc hiệu but neither số nor Nơi nhận (Quy chế 63, Điều 3)."""

    title: str
    to: str
    paragraphs: tuple[str, ...]
    role: str
    name: str
    about: str = ""
    dateline: str = ""

    def pdf(self) -> bytes:
        """The typeset PDF with a text layer."""
        return typeset("petition.typ", {
            "title": self.title, "about": self.about, "to": self.to, "paragraphs": self.paragraphs,
            "role": self.role, "name": self.name, "dateline": self.dateline, "signature": signature(self.name),
        })  # fmt: skip
