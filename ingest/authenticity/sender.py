"""Whether a sender may be somebody else than the letter makes believe: names and domains that pretend (Điều 5.1)."""

import contextlib
import re
import unicodedata
from collections.abc import Iterator

from config.vocabulary import vocabulary
from core.text import fold
from ingest.letter import Address, Letter

# Letters of other scripts, and digits, that are taken for Latin ones.
_LIKE = str.maketrans(
    "аеорсухіѕјԁԛԝгпвмтнк" + "οαενιρτυχ" + "0156",
    "aeopcyxisjdqwrnbmthk" + "oaeviptux" + "olsg",
)  # fmt: skip
_ADDRESS = re.compile(r"[\w.+-]{1,64}@([\w-]{1,63}(?:\.[\w-]{1,63}){1,8})")
_OFFICE = re.compile(
    r"\b(?:uy ban|ubnd|hdnd|hoi dong nhan dan|tinh uy|huyen uy|thanh uy|dang uy|so|bo|cuc|chi cuc|tong cuc|thanh tra"
    r"|van phong|van thu|cong an|kho bac|bao hiem xa hoi|bhxh|toa an|vien kiem sat|ban quan ly|phong|trung tam)\b"
)


def notes_on_sender(letter: Letter) -> Iterator[str]:
    """Short codes, the address behind a colon:

    "name_pretends" (the shown name is an address of elsewhere), "domain_lookalike" (a domain that is read as a state
    office's and is none), "reply_elsewhere" (a state office wants its answer outside the state's domains),
    "sender_private" (an office's name, somebody's own mailbox). None of them is any proof.
    """
    for sender in letter.senders[:1]:
        domain = _domain(sender.address)
        shown = _ADDRESS.search(sender.name)
        if shown and not _is_same(shown[1].lower(), domain):
            yield f"name_pretends:{sender.address}"
        if _looks_official(domain):
            yield f"domain_lookalike:{sender.address}"
        if is_official(domain):
            for reply in letter.reply_to:
                if not is_official(_domain(reply.address)):
                    yield f"reply_elsewhere:{reply.address}"
        if domain in vocabulary("screening")["private_domains"] and _is_office(sender):
            yield f"sender_private:{sender.address}"


def is_official(domain: str) -> bool:
    """Whether a domain is of those that only state and Party offices get."""
    return any(domain == one or domain.endswith("." + one) for one in vocabulary("screening")["state_domains"])


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower().rstrip(".")


def _is_same(shown: str, domain: str) -> bool:
    return domain == shown or domain.endswith("." + shown) or shown.endswith("." + domain)


def _is_office(sender: Address) -> bool:
    return _OFFICE.search(fold(sender.name)) is not None


def _looks_official(domain: str) -> bool:
    """Whether a domain is read as one of the state's: its letters exchanged for others that look alike, its parts
    joined by other signs, or the whole of it before another's."""
    if not domain or is_official(domain):
        return False
    skeleton = _skeleton(domain)
    for one in vocabulary("screening")["state_domains"]:
        parts = [re.escape(part) for part in one.split(".")]
        joined, dotted = r"[-_.]?".join(parts), r"\.".join(parts)
        # "tinh-gov.vn", "tinh.gov-vn.com", "tinh.gov.vn.example"; a name that only begins so ("govn.vn") is another's.
        if re.search(rf"(?:^|[-_.])(?:{dotted}(?:[-.]|$)|{joined}(?:\.\w+)?$)", skeleton):
            return True
    return False


def _skeleton(domain: str) -> str:
    """`domain` as it is seen: its Punycode unfolded, its look-alikes as the letters they are taken for."""
    labels = []
    for label in domain.split("."):
        if label.startswith("xn--"):
            with contextlib.suppress(UnicodeError):
                label = label.encode("ascii").decode("idna")
        labels.append(label)
    plain = unicodedata.normalize("NFKD", ".".join(labels)).translate(_LIKE)
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).replace("đ", "d")
