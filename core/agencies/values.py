"""Names, codes and addresses as the book keeps them, from text that people or letters give."""

import re
from collections.abc import Collection
from datetime import date

from core.agencies.names import plain_name, spelled
from core.agencies.tables import LONGEST_ADDRESS, LONGEST_CODE, LONGEST_KEY, LONGEST_NAME, Sort
from core.errors import Permanent
from core.notation import parse_code
from core.text import fold, plain, squeeze

_NOT_IN_KEY = re.compile(r"[^a-z0-9]+")
_DOMAIN = r"[a-z0-9](?:[a-z0-9-]{0,62})(?:\.[a-z0-9][a-z0-9-]{0,62}){1,8}"
_ADDRESS = re.compile(rf"(?:[a-z0-9._%+'&=/-]{{1,64}})?@(?P<domain>{_DOMAIN})")
_CODE = re.compile(r"[^\W_]+(?:[ ./&-]+[^\W_]+){0,8}")
# DOMAIN §3.5: the old four groups and those of QĐ 20/2020/QĐ-TTg.
_EXCHANGE = re.compile(r"(?:\d{2,3}\.\d{2}\.\d{2}\.)?[GH]\d{2}(?:\.[0-9A-Z]{1,4}){0,4}|\d{1,3}\.\d{1,3}\.[GH]\d{2}")


def name_values(name: str, parent: str) -> dict[str, str]:
    """The columns of `AgencyName` for a name below a parent, which may be ""."""
    return {
        "name": squeeze(name)[:LONGEST_NAME], "parent_name": squeeze(parent)[:LONGEST_NAME],
        "key": plain_name(name)[:LONGEST_KEY], "spelling": spelled(name)[:LONGEST_KEY],
        "parent_key": plain_name(parent)[:LONGEST_KEY],
    }  # fmt: skip


def identity_of(name: str, parent: str) -> str:
    """What two agencies cannot have alike: name and parent, marks and all."""
    return f"{spelled(name)[:LONGEST_KEY]} < {spelled(parent)[:LONGEST_KEY]}"


def code_values(sort: Sort, code: str) -> dict[str, str]:
    """The columns of `AgencyCode` but for its days."""
    return {"sort": sort, "code": code[:LONGEST_CODE], "key": code_key_of(code)}


def code_key_of(code: str) -> str:
    """Letters and figures of a code alone, folded."""
    return _NOT_IN_KEY.sub("", fold(code))[:LONGEST_CODE]


def address_values(address: str) -> dict[str, str]:
    """The columns of `AgencyAddress`."""
    return {"address": address[:LONGEST_ADDRESS], "domain": address.rpartition("@")[2][:LONGEST_ADDRESS]}


def signing_codes(code: str) -> tuple[str, ...]:
    """Which codes of an agency a số ký hiệu can bear: that of the agency first, then with its division.

    "1234/UBND-KT" bears UBND and UBND-KT, "63/QĐ-SKHCN" bears SKHCN.
    """
    parsed = parse_code(code)
    if parsed is None or not parsed.organ:
        return ()
    whole = parsed.notation
    for sign in "/-":  # the Party's kind stands before a slash
        if parsed.kind and whole.upper().startswith(parsed.kind.upper() + sign):
            whole = whole[len(parsed.kind) + 1 :]
    return tuple(dict.fromkeys((parsed.organ, whole)))


def read_name(text: str, *, field: str = "name") -> str:
    """A name as a person typed it. Raises Permanent for one that is empty, too long or has no letter."""
    name = squeeze(plain(text))
    if len(plain_name(name)) < 2:
        raise Permanent("Ghi tên cơ quan như trên văn bản, ví dụ «Sở Khoa học và Công nghệ».", field=field)
    if len(name) > LONGEST_NAME:
        raise Permanent(f"Tên dài quá {LONGEST_NAME} ký tự. Rút gọn lại.", field=field)
    return name


def read_parent(text: str) -> str:
    """A parent's name as a person typed it; "" for none. Raises Permanent as `read_name`."""
    return read_name(text, field="parent") if text.strip() else ""


def read_code(sort: Sort, text: str) -> str:
    """A code as a person typed it. Raises Permanent for what is none."""
    code = squeeze(plain(text)).upper()
    if not _CODE.fullmatch(code) or len(code) > LONGEST_CODE or not code_key_of(code):
        raise Permanent("Ghi chữ viết tắt như trong ký hiệu, ví dụ «SKHCN» hoặc «UBND-KT».", field="code")
    if sort is Sort.EXCHANGE and not _EXCHANGE.fullmatch(code):
        raise Permanent("Mã định danh có dạng «H36.09» hoặc «000.00.09.H36».", field="code")
    return code


def is_exchange_code(code: str) -> bool:
    """Whether it has the form of an identification code (mã định danh)."""
    return _EXCHANGE.fullmatch(code) is not None


def read_address(text: str, private_domains: Collection[str]) -> str:
    """A mail address or "@" and a domain as a person typed it, in lower case.

    Raises Permanent for what is none, and for a domain where anybody gets a mailbox.
    """
    address = squeeze(text).lower()
    found = _ADDRESS.fullmatch(address)
    if found is None or len(address) > LONGEST_ADDRESS:
        raise Permanent("Ghi địa chỉ thư «vanthu@…» hoặc tên miền riêng «@…».", field="address")
    if address.startswith("@") and found["domain"] in private_domains:
        raise Permanent(
            f"«{address}» là hộp thư ai cũng mở được, không của riêng cơ quan nào. Ghi đủ địa chỉ.", field="address"
        )
    return address


def read_days(first: date | None, last: date | None) -> tuple[date | None, date | None]:
    """The days from and to which something holds. Raises Permanent where they run backwards."""
    if first and last and last < first:
        raise Permanent("Ngày hết hiệu lực đứng trước ngày bắt đầu. Xem lại hai ngày.", field="valid_to")
    return first, last
