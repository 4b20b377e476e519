"""What was read of a letter's files, and which of them make one coming draft."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from core.edxml import Package
from core.evidence import Evidence
from ingest.letter import Page
from ingest.reading.attached import goes_with


@dataclass(frozen=True)
class FileReading:
    """What was read of one attachment: its pages and fields, and why not ("locked", "damaged", "") otherwise. Of an
    edXML package `package` is what it says."""

    pages: tuple[Page, ...] = ()
    fields: Mapping[str, Evidence] = field(default_factory=dict)
    problem: str = ""
    package: Package | None = None

    @property
    def is_unread(self) -> bool:
        """Whether it is a scan whose head could not be read: no words in it, or none that make a document's head."""
        if not self.pages or not (self.pages[0].is_scan or self.pages[0].is_seen):
            return False
        return self.fields.keys() <= {"page_count"}

    @property
    def is_package(self) -> bool:
        """Whether it is an edXML package: it speaks for a document and is none."""
        return self.package is not None

    @cached_property
    def is_document(self) -> bool:
        """Whether it has a head of its own: a code, or at least a notation with its number left blank, but no annex's
        form that says with which document it goes."""
        if "code" not in self.fields and goes_with(self.pages) is not None:
            return False
        return "code_notation" in self.fields or ("issuer" in self.fields and "kind" in self.fields)


@dataclass
class Group:
    """The files of one coming draft, as indexes: documents (twins of one another), then annexes."""

    documents: list[int]
    annexes: list[int] = field(default_factory=list)
