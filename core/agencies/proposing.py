"""What the address book makes of a new letter's issuer before the clerk sees it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from core.agencies.known import NOBODY, known, meant_by, rows_of
from core.agencies.names import Relation, plain_name, relation
from core.agencies.senders import Owner, Writers
from core.agencies.tables import FEW, LONGEST_KEY, Agency, AgencyCode
from core.agencies.values import code_key_of, signing_codes
from core.evidence import Evidence, Source
from core.text import fold, squeeze

_CLEAR = 0.7  # what was read as surely as this stands as it is
_AGREED = 0.75  # read unsurely, and the book says the same of the sender
_UNSURE = 0.6  # it stands nowhere in the document, or otherwise: the clerk looks at it
_FAINT = 0.5  # a code alone
_MOST_SIGNERS = 50
_own, _root = aliased(Agency), aliased(Agency)
_SIGNERS = (
    sa.select(AgencyCode.key, AgencyCode.is_by_hand, _root.id, _root.name, _root.parent_name)
    .select_from(AgencyCode)
    .join(_own, _own.id == AgencyCode.agency_id)
    .join(_root, _root.id == sa.func.coalesce(_own.root_id, _own.id))
    .where(AgencyCode.key.in_(sa.bindparam("keys", expanding=True)), AgencyCode.removed_at.is_(None))
    .order_by(sa.func.length(AgencyCode.key).desc(), AgencyCode.id)
    .limit(_MOST_SIGNERS)
)
_AGREES = "đọc được «{read}», khớp với danh bạ: «{name}» vẫn gửi từ {sender}"
_MEANT = "đọc được «{read}», danh bạ có «{name}» vẫn gửi từ {sender}"
_SPELT = "đọc được «{read}», danh bạ có «{name}»"
_SENDS = "không đọc được; theo danh bạ, {sender} là địa chỉ của «{name}»"
_SIGNS = "không đọc được; theo danh bạ, ký hiệu «{code}» là của «{name}»"
_BELOW = "không đọc được; theo danh bạ, «{issuer}» thuộc «{name}»"


def with_agencies(
    session: Session, taught: Mapping[str, Evidence], read: Mapping[str, Evidence], writing: Writers, sender: str
) -> dict[str, Evidence]:
    """`taught`, what lessons made of `read`, with issuer and parent as the book has them where the document does not
    say them clearly.

    What stands clearly in the document stays, and so does what a lesson says, unless that takes one agency of the
    book for another. `sender` is the letter's address and `writing` who writes from there.
    """
    made = dict(taught)
    if _is_another(session, taught.get("issuer")):
        made["issuer"] = read["issuer"]
    issuer = _issuer(session, made, writing, sender)
    if issuer is not None:
        made["issuer"] = issuer
    if "issuer" in made and "parent_issuer" not in made:
        parent = _parent(session, made["issuer"].value)
        if parent is not None:
            made["parent_issuer"] = parent
    return made


def _is_another(session: Session, lesson: Evidence | None) -> bool:
    """Whether what was read is an agency of its own, and the lesson makes another of it: lessons don't hear marks."""
    if lesson is None or lesson.source is not Source.LESSON or not lesson.as_read:
        return False
    before, after = (lesson.as_read, ""), (lesson.value, "")
    found = known(session, (before, after))
    return found[before].is_settled and not found[before].ids & found.get(after, NOBODY).ids


def _issuer(session: Session, read: Mapping[str, Evidence], writing: Writers, sender: str) -> Evidence | None:
    before = read.get("issuer")
    if before is not None and (before.confidence >= _CLEAR or before.source is Source.LESSON):
        return None
    code = read["code"].value if "code" in read else ""
    owner = writing.owner
    if owner is not None and not _may_sign(session, owner, code):
        owner = None
    if before is not None:
        return _read_again(session, before, read, owner, sender)
    if owner is not None:
        return Evidence(owner.name, _UNSURE, Source.AGENCY, text=_SENDS.format(sender=sender, name=owner.name))
    signer = _signer(session, code)
    if signer is None:
        return None
    return Evidence(signer.name, _FAINT, Source.AGENCY, text=_SIGNS.format(code=code, name=signer.name))


def _read_again(
    session: Session, before: Evidence, read: Mapping[str, Evidence], owner: Owner | None, sender: str
) -> Evidence | None:
    """A name that was read unsurely, beside what the book says."""
    parent = read["parent_issuer"].value if "parent_issuer" in read else ""
    if owner is not None and _may_be(owner, before.value, parent):
        is_same = fold(squeeze(before.value)) == fold(owner.name)
        words = (_AGREES if is_same else _MEANT).format(read=before.value, name=owner.name, sender=sender)
        sure = _AGREED if is_same else max(before.confidence, _UNSURE)
        return _instead(before, owner.name, sure, words)
    key = plain_name(before.value)[:LONGEST_KEY]
    rows = meant_by(rows_of(session, [key])[key], before.value, parent, is_read=True)
    rows = [row for row in rows if row.is_checked or row.is_by_hand or row.sightings >= FEW]
    names = {row.name for row in rows}
    if len({row.root_id for row in rows}) != 1 or len(names) != 1 or squeeze(before.value) in names:
        return None
    [name] = names
    return _instead(before, name, max(before.confidence, _UNSURE), _SPELT.format(read=before.value, name=name))


def _may_be(owner: Owner, name: str, parent: str) -> bool:
    return relation(name, parent or owner.parent_name, owner.name, owner.parent_name) is Relation.SAME


def _instead(before: Evidence, name: str, sure: float, words: str) -> Evidence:
    return replace(before, value=name, confidence=sure, source=Source.AGENCY, text=words, as_read=before.value)


def _parent(session: Session, issuer: str) -> Evidence | None:
    """The parent of the one agency with that name, where somebody has looked at it."""
    found = known(session, [(issuer, "")])[issuer, ""]
    if len(found.ids) != 1 or not found.is_checked:
        return None
    agency = session.get_one(Agency, next(iter(found.ids)))
    if not agency.parent_name:
        return None
    words = _BELOW.format(issuer=issuer, name=agency.parent_name)
    return Evidence(agency.parent_name, _UNSURE, Source.AGENCY, text=words)


def _may_sign(session: Session, owner: Owner, code: str) -> bool:
    """Whether a document with this số ký hiệu may be his: none of his codes is known, or one of them stands in it."""
    asked = _keys(signing_codes(code))
    if not asked:
        return True
    members = sa.select(Agency.id).where(sa.or_(Agency.id == owner.id, Agency.root_id == owner.id))
    is_believed = sa.or_(AgencyCode.is_by_hand, AgencyCode.sightings >= FEW)
    codes = sa.select(AgencyCode.key).where(AgencyCode.agency_id.in_(members), AgencyCode.removed_at.is_(None))
    known_codes = set(session.scalars(codes.where(is_believed)))
    return not known_codes or bool(known_codes & asked)


def _signer(session: Session, code: str) -> Owner | None:
    """The one agency that signs so, as a person has said; the code with the division goes before the agency's alone.

    Many sign "UBND": of what letters bear it is only asked whether another signs so too.
    """
    asked = _keys(signing_codes(code))
    if not asked:
        return None
    rows = session.execute(_SIGNERS, {"keys": sorted(asked)}).all()
    for key in reversed([code_key_of(text) for text in signing_codes(code)]):
        found = {row.id: row for row in rows if row.key == key}
        if found:
            row = next(iter(found.values()))
            is_one = len(found) == 1 and row.is_by_hand
            return Owner(row.id, row.name, row.parent_name) if is_one else None
    return None


def _keys(codes: Iterable[str]) -> set[str]:
    return {code_key_of(code) for code in codes}
