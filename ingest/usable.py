"""Which files of a letter can be registered as documents, and which only accompany them."""

from ingest.letter import Attachment
from ingest.mime.smime import SIGNATURE_TYPES
from ingest.mime.sniff import ARCHIVES

# Appointments, visiting cards and signatures go with a document and are none.
_NEVER_MAIN = SIGNATURE_TYPES | {"text/calendar", "application/ics", "text/vcard", "text/x-vcard", "text/directory"}
_CONTAINERS = ARCHIVES | {"message/rfc822"}
_CLOSED = {"locked", "damaged_archive", "archive_limits", "unopened"}


def is_kept(attachment: Attachment) -> bool:
    """Whether a file goes with a draft. Opened containers, and documents with a password, are left out: what
    they held stands beside them."""
    if not _CLOSED & set(attachment.warnings) and (
        attachment.media_type in _CONTAINERS or {"opened", "unlocked"} & set(attachment.warnings)
    ):
        return False
    return not attachment.is_inline and "empty" not in attachment.warnings


def may_be_main(attachment: Attachment) -> bool:
    """Whether a file may be the document that a draft is of."""
    return is_kept(attachment) and not {attachment.media_type, attachment.declared_type} & _NEVER_MAIN
